import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { compareRecord, recordOf } from '../../src/domain/dkim-record.ts';
import { checkDns, type DnsSource } from '../../src/domain/dns-check.ts';
import { dnsSentence } from '../../src/domain/dns-words.ts';
import type { Config } from '../../src/domain/settings.ts';
import { surroundings } from '../config/surroundings.ts';
import { makeDkimKey } from '../support/dkim-keys.ts';
import { command } from './relay.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'relais-dkim-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('dkim generate', () => {
  it.each(['rsa', 'ed25519'] as const)('%s: a key for its user alone, and a record that belongs to it', async (type) => {
    const file = join(dir, 'key.pem');
    const args = ['dkim', 'generate', '--domain', 'Bücher.example', '--selector', 's1', '--type', type, '--bits', '1024', '--out', file];
    const made = await command([...args, '--json']);
    expect([made.code, made.stderr]).toEqual([0, '']);
    const { record, configuration } = JSON.parse(made.stdout) as {
      record: { name: string; value: string; strings: string[] };
      configuration: unknown;
    };
    const key = { domain: 'xn--bcher-kva.example', selector: 's1', key: readFileSync(file, 'utf8'), headers: null };
    expect(record).toMatchObject({ name: 's1._domainkey.xn--bcher-kva.example', type: 'TXT', value: recordOf(key).value });
    expect(compareRecord(record.value, key).state).toBe('ok');
    expect([record.strings.join(''), Math.max(...record.strings.map((text) => text.length)) <= 255]).toEqual([record.value, true]);
    expect(configuration).toEqual({ domain: key.domain, selector: 's1', key: { file } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(made.stdout).not.toContain('PRIVATE');
    const again = await command(args);
    expect([again.code, again.stdout, readFileSync(file, 'utf8')]).toEqual([1, '', key.key]);
    expect(again.stderr).toContain('exists already; nothing was changed');
  });

  it('what it prints for people is a zone line whose strings fit, and a configuration that loads', async () => {
    const { stdout } = await command(['dkim', 'generate', '--domain', 'example.com', '--selector', 's1', '--out', join(dir, 'k.pem')]);
    expect(stdout).toMatch(/^s1\._domainkey\.example\.com\. IN TXT \(\n {4}"v=DKIM1; k=rsa; p=[\w+/]{237}"\n {4}"[\w+/=]+" \)$/m);
    const [, snippet = ''] = /^(dkim:\n {2}- .*\n)/m.exec(stdout) ?? [];
    writeFileSync(join(dir, 'relais.yaml'), `routes: [{via: hold}]\n${snippet}`);
    const { config } = parseConfig(
      readFileSync(join(dir, 'relais.yaml'), 'utf8'),
      join(dir, 'relais.yaml'),
      surroundings({ [join(dir, 'k.pem')]: readFileSync(join(dir, 'k.pem'), 'utf8') }),
    );
    expect(config.dkim).toMatchObject([{ domain: 'example.com', selector: 's1' }]);
  });

  it.each([
    [['--domain', 'a b', '--selector', 's1'], /--domain is "a b"/],
    [['--domain', 'example.com', '--selector', 's 1'], /--selector is "s 1"/],
    [['--domain', 'example.com', '--selector', 's1', '--bits', '512'], /--bits is 512/],
    [['--domain', 'example.com', '--selector', 's1', '--type', 'dsa'], /Allowed choices are rsa, ed25519/],
  ])('%j ends with 64', async (args, expected) => {
    const { code, stderr } = await command(['dkim', 'generate', '--out', join(dir, 'k.pem'), ...args]);
    expect(code).toBe(64);
    expect(stderr).toMatch(expected);
  });
});

const { key: KEY } = makeDkimKey('rsa', 'example.com', 's1');
const OURS = recordOf(KEY).value;
const P = OURS.split('p=')[1] ?? '';
const PKCS1 = createPublicKey(KEY.key).export({ type: 'pkcs1', format: 'der' }).toString('base64');

it.each([
  ['the key itself', OURS, 'ok', 'is the configured key (rsa)'],
  [
    'spaces and other tags',
    ` v=DKIM1 ; h=sha1:sha256; s=email; n=note; p=${P.slice(0, 50)} ${P.slice(50)} ;`,
    'ok',
    'is the configured key',
  ],
  ['the key without its wrapping', `p=${PKCS1}`, 'ok', 'is the configured key'],
  ['another key', recordOf(makeDkimKey('rsa', 'example.com', 's1').key).value, 'failed', 'holds another key'],
  ['a revoked one', 'v=DKIM1; p=', 'failed', 'revoked'],
  ['another kind', `v=DKIM1; k=ed25519; p=${P}`, 'failed', 'is for a key of type ed25519, and the configured one is rsa'],
  ['no key', 'v=spf1 -all', 'failed', 'version spf1 -all'],
  ['no p', 'v=DKIM1; k=rsa', 'failed', 'holds no key'],
  ['another version', `v=DKIM2; p=${P}`, 'failed', 'version DKIM2'],
  ['a hash of old', `h=sha1; p=${P}`, 'failed', 'sha256'],
  ['another service', `s=tlsrpt; p=${P}`, 'failed', 'not for mail'],
  ['a test', `t=s:y; p=${P}`, 'warning', 't=y'],
] as const)('a record with %s is told as what it is', (_, record, state, said) => {
  const verdict = compareRecord(record, KEY);
  const told = dnsSentence(verdict);
  expect(told).toContain(said);
  expect(verdict.state).toBe(state);
  if (state === 'failed') expect(told).toContain(`; publish ${OURS}`);
});

/** Names that are not there do not exist; an Error is what the resolver rejects with. */
function zone(records: Readonly<Record<string, readonly string[] | Error>>): DnsSource {
  const find = async (question: string): Promise<readonly string[]> => {
    const found = records[question] ?? Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    if (found instanceof Error) throw found;
    return found;
  };
  return {
    resolveTxt: async (name) => (await find(`TXT ${name}`)).map((text) => [text.slice(0, 100), text.slice(100)]),
    resolveMx: async (name) => (await find(`MX ${name}`)).map((exchange) => ({ exchange })),
    resolve4: (name) => find(`A ${name}`),
    resolve6: (name) => find(`AAAA ${name}`),
    reverse: (address) => find(`PTR ${address}`),
  };
}

describe('check asks the DNS', () => {
  const yaml = `hostname: relay.example.com
accounts: [{name: erp, senders: ["*@mail.example.com", "*@*.example.org", "*"]}]
routes: [{via: mx, returnPath: preserve}]
reports: {domain: bounce.example.com, listeners: [{port: 2500}]}
dkim: [{domain: example.com, selector: s1, key: {file: /k}}]
`;
  const config: Config = parseConfig(yaml, '/r.yaml', surroundings({ '/k': KEY.key })).config;
  const GOOD = {
    'TXT s1._domainkey.example.com': [OURS],
    'TXT example.com': ['other', 'v=spf1 mx -all'],
    'TXT mail.example.com': ['v=spf1 mx -all'],
    'TXT bounce.example.com': ['v=spf1 a:relay.example.com -all'],
    'TXT _dmarc.example.com': ['v=DMARC1; p=none'],
    'MX bounce.example.com': ['relay.example.com.'],
    'A relay.example.com': ['192.0.2.1'],
    'PTR 192.0.2.1': ['Relay.example.com'],
  };
  const told = async (records: Parameters<typeof zone>[0], of: Config = config): Promise<readonly string[]> =>
    (await checkDns(of, zone(records))).filter(({ state }) => state !== 'ok').map(({ what, state, said }) => `${what} ${state}: ${said}`);

  it('and says nothing is wrong where all is there', async () => {
    expect(await told(GOOD)).toEqual([]);
    expect((await checkDns(config, zone(GOOD))).map(({ what }) => what)).toEqual([
      'DKIM',
      'SPF',
      'SPF',
      'SPF',
      'DMARC',
      'DMARC',
      'DMARC',
      'MX',
      'PTR',
    ]);
  });

  it.each([
    [
      'TXT s1._domainkey.example.com',
      [],
      /^DKIM failed: s1\._domainkey\.example\.com has no TXT record, so no signature holds; publish v=DKIM1; k=rsa; p=/,
    ],
    ['TXT s1._domainkey.example.com', [OURS, OURS], /^DKIM failed: .*has 2 TXT records/],
    ['TXT s1._domainkey.example.com', new Error('timed out'), /^DKIM warning: .*could not be looked up \(timed out\)/],
    ['TXT mail.example.com', [], /^SPF warning: mail\.example\.com has no SPF record/],
    ['TXT mail.example.com', ['v=spf1 -all', 'v=spf1 a -all'], /^SPF warning: .*more than one/],
    ['MX bounce.example.com', [], /^MX failed: bounce\.example\.com \(reports\.domain\) has no MX, .*publish MX 10 relay\.example\.com\./],
    ['MX bounce.example.com', ['mx.other.example'], /^MX warning: the MX .* is mx\.other\.example, not relay\.example\.com/],
    ['A relay.example.com', [], /^PTR warning: relay\.example\.com \(hostname\) has no address/],
    ['PTR 192.0.2.1', ['host1.provider.example'], /^PTR warning: 192\.0\.2\.1, .*points to host1\.provider\.example: have whoever/],
  ] as const)('%s: %j is told', async (question, answer, expected) => {
    expect(await told({ ...GOOD, [question]: answer })).toEqual([expect.stringMatching(expected)]);
  });

  it('but not for the sandbox, of which nothing leaves the machine', async () => {
    expect(await told({}, { ...config, sandbox: true })).toEqual([]);
  });
});
