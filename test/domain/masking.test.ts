import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { durationText, MASK, maskedConfig } from '../../src/domain/masking.ts';
import { surroundings } from '../config/surroundings.ts';

const { privateKey } = generateKeyPairSync('ed25519', {
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const { privateKey: serviceKey } = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const WEBHOOK_KEY = Buffer.from('hunter2-hunter2-hunter2-hunter2').toString('base64');

/** Every key that takes a secret has one that says `hunter2`, or is a key. */
const SECRETS = `hostname: relay.example.com
dataDir: /var/lib/relais
accounts: [{name: erp, password: "hunter2 plain"}, {name: hr}]
routes:
  - {via: smarthost, host: smtp.example.com, auth: {user: relay-user, password: hunter2}, limits: {rate: 30/minute}}
  - {via: hold}
dkim: [{domain: example.com, selector: s1, key: {file: /k.pem}}]
delivery: {retry: [90s, 5m], expireAfter: 36h}
reports:
  domain: bounce.example.com
  mailboxes:
    - {imap: {host: imap.example.com, user: b, password: hunter2}}
    - {imap: {host: imap.example.com, user: c, oauth2: {provider: microsoft, tenant: t.example, clientId: id, clientSecret: hunter2, refreshToken: hunter2}}}
    - {imap: {host: imap.example.com, user: d, oauth2: {provider: google, serviceAccount: {file: /account.json}}}}
signals:
  - {name: erp, on: [recipient.failed], notify: [{webhook: {url: "https://hooks.example.com/hunter2?token=hunter2", secret: whsec_${WEBHOOK_KEY}}}]}
http:
  publicUrl: https://mail.example.com
  oidc: {issuer: "https://id.example.com", clientId: relais, clientSecret: hunter2, roles: {a: admin}}
`;

const FILES = {
  '/k.pem': privateKey,
  '/account.json': JSON.stringify({ client_email: 'bounces@project.iam.example', private_key: serviceKey, private_key_id: 'k1' }),
};

describe('the configuration as it is shown', () => {
  const { config } = parseConfig(SECRETS, '/etc/relais/relais.yaml', surroundings(FILES));
  const shown = maskedConfig(config);
  const text = JSON.stringify(shown);

  it('R63 holds no secret', () => {
    expect(JSON.stringify(config)).toContain('hunter2');
    for (const secret of ['hunter2', 'PRIVATE KEY', WEBHOOK_KEY, privateKey.split('\n')[1] ?? '-']) expect(text).not.toContain(secret);
    expect(shown).toMatchObject({
      accounts: [
        { name: 'erp', password: MASK },
        { name: 'hr', password: null },
      ],
      routes: [{ auth: { user: 'relay-user', password: MASK } }, {}],
      dkim: [{ domain: 'example.com', key: MASK }],
      http: { oidc: { clientId: 'relais', clientSecret: MASK } },
    });
    expect(text).toContain(`https://hooks.example.com/${MASK}`);
  });

  it('has times and sizes as people write them', () => {
    expect(shown).toMatchObject({
      delivery: { retry: { delays: ['90s', '5m'], expireAfter: '36h' } },
      retention: { content: '30d', records: '540d' },
      submission: { limits: { messageSize: '25MB', idle: '5m' } },
      shutdownGrace: '20s',
    });
  });

  it('R63 holds no secret of the example either, with all that stands commented out', () => {
    const example = readFileSync(new URL('../../config/relais.example.yaml', import.meta.url), 'utf8')
      .replace(/^( *)# ( *(?:[a-zA-Z]+:|- ).*)$/gm, '$1$2')
      .replace(/^ *- match: .*\n *via: mx\n/m, '')
      .replace(/^ *tls: \{key.*\n/m, '');
    const names = [...example.matchAll(/\{env: (\w+)\}/g)].map(([, name = '']) => name);
    const env = Object.fromEntries(names.map((name) => [name, name.includes('WEBHOOK') ? `whsec_${WEBHOOK_KEY}` : 'hunter2']));
    const loaded = parseConfig(
      example,
      '/etc/relais.yaml',
      surroundings({ '/etc/relais/dkim-example.com-s1.pem': privateKey }, env),
    ).config;
    expect(JSON.stringify(loaded)).toContain('hunter2');
    for (const secret of ['hunter2', WEBHOOK_KEY, 'PRIVATE']) expect(JSON.stringify(maskedConfig(loaded))).not.toContain(secret);
  });
});

it.each([
  [0, '0'],
  [1, '1ms'],
  [90_000, '90s'],
  [3_600_000, '1h'],
  [129_600_000, '36h'],
  [2_592_000_000, '30d'],
])('%i ms are %s', (ms, text) => expect(durationText(ms)).toBe(text));
