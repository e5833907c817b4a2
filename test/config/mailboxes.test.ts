import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/index.ts';
import type { MailboxSettings } from '../../src/domain/settings.ts';
import { surroundings } from './surroundings.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 1024,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const KEY = JSON.stringify({ client_email: 'bounces@project.iam.example', private_key: privateKey, private_key_id: 'k1' });
const FILES = { '/etc/relais/account.json': KEY, '/etc/relais/broken.json': '{"client_email": "a@b.example"}' };

function parse(entries: string) {
  return parseConfig(`routes: [{via: hold}]\nreports: {mailboxes: [${entries}]}\n`, '/etc/relais/relais.yaml', surroundings(FILES));
}

function settled(entry: string): MailboxSettings | undefined {
  return parse(entry).config.reports.mailboxes?.[0];
}

function mistakes(entries: string): string[] {
  try {
    parse(entries);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message, value }) => `${path.slice(2).join('.')}: ${message}${value === null ? '' : ` [${value}]`}`);
  }
}

describe('a mailbox of reports', () => {
  it('has defaults for all but server, user and password', () => {
    expect(settled('{imap: {host: imap.example.com, user: b@example.com, password: pw}}')).toEqual({
      name: 'b@example.com/INBOX',
      imap: {
        host: 'imap.example.com',
        port: 993,
        user: 'b@example.com',
        tls: 'implicit',
        ca: null,
        auth: { kind: 'password', password: 'pw' },
      },
      folder: 'INBOX',
      moveTo: null,
      every: 300_000,
      idle: true,
      otherMail: 'leave',
    });
    expect(settled('{imap: {host: imap.example.com, user: b, password: pw, tls: starttls}}')?.imap.port).toBe(143);
  });

  it.each([
    [
      'client credentials of Microsoft 365',
      '{provider: microsoft, tenant: contoso.example, clientId: app, clientSecret: s}',
      {
        tokenUrl: 'https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token',
        scope: 'https://outlook.office365.com/.default',
        grant: { kind: 'client-credentials', clientId: 'app', clientSecret: 's' },
      },
    ],
    [
      'a refresh token of Microsoft 365, without a secret',
      '{provider: microsoft, tenant: t, clientId: app, refreshToken: r}',
      {
        scope: 'https://outlook.office365.com/IMAP.AccessAsUser.All offline_access',
        grant: { kind: 'refresh-token', clientId: 'app', clientSecret: null, refreshToken: 'r' },
      },
    ],
    [
      'a refresh token of Google',
      '{provider: google, clientId: app, clientSecret: s, refreshToken: r}',
      { tokenUrl: 'https://oauth2.googleapis.com/token', scope: null },
    ],
    [
      'a service account of Google',
      '{provider: google, serviceAccount: {file: account.json}}',
      {
        tokenUrl: 'https://oauth2.googleapis.com/token',
        scope: 'https://mail.google.com/',
        grant: { kind: 'service-account', email: 'bounces@project.iam.example', privateKey, keyId: 'k1' },
      },
    ],
    [
      'another server',
      '{tokenUrl: "http://127.0.0.1:8080/token", clientId: a, clientSecret: s}',
      { tokenUrl: 'http://127.0.0.1:8080/token', scope: null },
    ],
  ])('signs in with %s', (_name, oauth2, expected) => {
    expect(settled(`{imap: {host: imap.example.com, user: b, oauth2: ${oauth2}}}`)?.imap.auth).toMatchObject({
      kind: 'oauth2',
      ...expected,
    });
  });

  const imap = (more: string): string => `{imap: {host: imap.example.com, user: b, ${more}}}`;
  it.each<readonly [string, string, readonly (string | RegExp)[]]>([
    ['no way to sign in', '{imap: {host: imap.example.com, user: b}}', [/^0\.imap: allowed is a mapping with either password or oauth2/]],
    [
      'two ways',
      imap('password: p, oauth2: {provider: google, clientId: a, refreshToken: r}'),
      [/^0\.imap\.oauth2: allowed is oauth2 in place of password/],
    ],
    [
      'a secret that is missing',
      imap('oauth2: {provider: microsoft, tenant: t, clientId: a}'),
      [/^0\.imap\.oauth2\.clientSecret: is missing; it takes the secret/],
    ],
    [
      'no tenant',
      imap('oauth2: {provider: microsoft, clientId: a, clientSecret: s}'),
      [/^0\.imap\.oauth2\.tenant: is missing; it takes the id of the tenant/],
    ],
    [
      'no provider',
      imap('oauth2: {clientId: a, clientSecret: s}'),
      [/^0\.imap\.oauth2\.provider: is missing; it takes microsoft or google/],
    ],
    [
      'a key that is none',
      imap('oauth2: {serviceAccount: {file: broken.json}}'),
      [/^0\.imap\.oauth2: allowed is a mapping whose serviceAccount is a JSON key .* \[a mapping\]$/],
    ],
    ['tokens in the clear', imap('oauth2: {tokenUrl: "http://id.example/t", clientId: a, clientSecret: s}'), [/tokenUrl: needs https/]],
    ['a password in the clear', imap('password: p, tls: none'), [/^0\.imap\.tls: the password would cross the network in the clear/]],
    ['a loop', '{imap: {host: h, user: b, password: p}, folder: A, moveTo: A}', [/^0\.moveTo: is the folder that is read/]],
    ['a time without unit', '{imap: {host: h, user: b, password: p}, every: 5}', [/^0\.every: allowed is a time with its unit/]],
    ['one twice', `${imap('password: p')}, ${imap('password: p')}`, [/^1\.folder: is the folder of reports\.mailboxes\[0\] already/]],
    [
      'a name twice',
      `{name: x, imap: {host: h, user: a, password: p}}, {name: x, imap: {host: h, user: b, password: p}}`,
      [/^1\.name: the name "x" is taken by reports\.mailboxes\[0\] already/],
    ],
  ])('%s is a mistake that says what to do', (_name, entries, expected) => {
    const found = mistakes(entries);
    expect(found).toEqual(expected.map((one) => expect.stringMatching(one)));
  });

  it('takes bounces to the report domain without a listener', () => {
    const yaml =
      'routes: [{via: hold}]\nreports: {domain: b.example, mailboxes: [{imap: {host: 127.0.0.1, user: b, password: p, tls: none}}]}\n';
    expect(parseConfig(yaml, '/etc/relais/relais.yaml', surroundings()).warnings).toEqual([]);
  });
});
