import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { humanLine } from '../../src/cli/log.ts';
import { printable, table } from '../../src/cli/terminal.ts';
import { command } from './relay.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'relais-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('usage', () => {
  it.each([
    [['staus', 'x'], /unknown command 'staus'\n\(Did you mean status\?\)/],
    [['list', '--stat', 'failed'], /unknown option '--stat'\n\(Did you mean --state\?\)/],
    [['send-test'], /required option '--to <address>' not specified/],
    [['token', 'add', '--name', 'x', '--role', 'boss'], /Allowed choices are viewer, operator, admin/],
    [['list', '--limit', 'many'], /Expected a whole number/],
  ])('%j ends with 64 and a hint', async (args, expected) => {
    const { code, stdout, stderr } = await command(args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain('    at ');
  });

  it('--version and --help end with 0; the schema is printed', async () => {
    const version = await command(['--version']);
    const help = await command(['--help']);
    const schema = await command(['config', 'schema']);
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(help?.code).toBe(0);
    for (const name of ['start', 'init', 'check', 'send-test', 'status', 'list', 'queue', 'token', 'verify']) {
      expect(help?.stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    }
    expect(JSON.parse(schema?.stdout ?? '')).toMatchObject({ title: 'Configuration of relais' });
  });
});

it('init writes the example, says what it still wants, and never overwrites', async () => {
  const first = await command(['init', join(dir, 'relais.yaml')]);
  expect(first.code, first.stderr).toBe(0);
  expect(first.stderr).toContain('the environment variable SMARTHOST_PASSWORD is not set');
  const text = readFileSync(join(dir, 'relais.yaml'), 'utf8');
  expect(text).toContain('Configuration of relais');
  const second = await command(['init', join(dir, 'relais.yaml')]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('exists already; nothing was changed');
  expect(readFileSync(join(dir, 'relais.yaml'), 'utf8')).toBe(text);
});

it('references test says what each rule finds, attachments among it, and which one decides', async () => {
  const config = join(dir, 'relais.yaml');
  const rules = '[{field: administration, from: subject, pattern: "for (?<administration>\\\\w+)"}]';
  writeFileSync(config, `routes: [{via: hold}]\nreferences: {profiles: [odoo, ubl], rules: ${rules}}\n`);
  const file = join(dir, 'mail.eml');
  const xml = 'Content-Type: text/xml\nContent-Disposition: attachment; filename=a.xml\n\n<Invoice><ID>2026-1</ID></Invoice>';
  const head = 'Subject: Invoice 1 for Acme\nX-Odoo-Objects: account.move-9\nX-Relais-Contact: C-9';
  writeFileSync(file, `${head}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n${xml}\n--b--\n`);
  const people = await command(['references', 'test', '--config', config, file]);
  expect(people.code, people.stderr).toBe(0);
  expect(people.stdout).toMatch(/contact +C-9 +said by X-Relais-\*/);
  expect(people.stdout).toMatch(/administration +Acme +your rule 1: subject/);
  expect(people.stdout).toMatch(/document +account\.move-9 +odoo 2: X-Odoo-Objects/);
  expect(people.stdout).toMatch(/passed over +document 2026-1 +ubl 1: xml Invoice\/ID/);
  const programs = await command(['references', 'test', '--json', '--config', config, file]);
  const { references, findings, stream } = JSON.parse(programs.stdout);
  expect(references).toMatchObject({ document: 'account.move-9', contact: 'C-9', administration: 'Acme', tags: { 'odoo-id': '9' } });
  expect(findings).toContainEqual({ profile: 'ubl', index: 0, field: 'document', tag: null, from: 'xml', value: '2026-1', decides: false });
  expect(stream).toMatchObject({ pattern: 'invoice # for …' });
  const missing = await command(['references', 'test', '--config', config, join(dir, 'missing.eml')]);
  expect([missing.code, missing.stdout]).toEqual([64, '']);
  expect((await command(['references', 'apply', '--url', 'http://127.0.0.1:1', '--token', 'x'])).stderr).toContain('--all');
});

it('report parses files and prints one object each, with the keys of the contract', async () => {
  const bounce = [
    'From: MAILER-DAEMON@mx.example',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    'MIME-Version: 1.0',
    '',
    '--b',
    '',
    'Sorry.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example',
    '',
    'Final-Recipient: rfc822; ann@example.com',
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    '--b--',
    '',
  ].join('\r\n');
  writeFileSync(join(dir, 'one.eml'), bounce);
  const { code, stdout, stderr } = await command(['report', '--json', join(dir, 'one.eml'), join(dir, 'gone.eml')]);
  expect(code).toBe(64);
  expect(stderr).toContain('gone.eml: cannot be read (ENOENT)');
  const parsed = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual(['file', 'kind', 'originalMessageId', 'envelopeId', 'reportingMta', 'recipients']);
  expect(parsed).toMatchObject({
    file: join(dir, 'one.eml'),
    kind: 'bounce',
    recipients: [{ address: 'ann@example.com', action: 'failed', status: '5.1.1', replyCode: 550, addressInvalid: true, permanent: true }],
  });
});

describe('check asks the next hop', () => {
  async function checked(lines: readonly string[], route: string): Promise<{ code: number | null; stdout: string; heard: string }> {
    let heard = '';
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      const left = [...lines];
      socket.write(`${left.shift() ?? ''}\r\n`);
      socket.on('data', (chunk) => {
        heard += chunk.toString();
        const next = left.shift();
        if (next !== undefined) socket.write(`${next}\r\n`);
      });
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const config = join(dir, 'relais.yaml');
    writeFileSync(
      config,
      `submission: {listeners: [{port: 0}]}\nhttp: {port: 0}\nroutes: [{via: smarthost, host: 127.0.0.1, port: ${port}, ${route}}]\n`,
    );
    try {
      const { code, stdout } = await command(['check', '--config', config]);
      return { code, stdout, heard };
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }

  it('and tells its greeting', async () => {
    const { code, stdout, heard } = await checked(['220 mx.example', '250 mx.example', '221 bye'], 'tls: none');
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^ok +next hop +127\.0\.0\.1:\d+ answers without TLS: 220 mx\.example$/m);
    expect(heard).toMatch(/^EHLO \S+\r\nQUIT\r\n$/);
  });

  it('and fails on a refusal, and on STARTTLS that is required and not offered', async () => {
    const refused = await checked(['554 5.7.1 go away'], 'tls: none');
    expect(refused.code).toBe(69);
    expect(refused.stdout).toMatch(/^failed +next hop .* greets with 554 5\.7\.1 go away$/m);
    const plain = await checked(['220 mx', '250-mx\r\n250 SIZE'], 'tls: required');
    expect(plain.code).toBe(69);
    expect(plain.stdout).toContain('does not offer STARTTLS, and tls is required');
  });
});

describe('check --route tells which route mail takes', () => {
  const YAML = `
accounts: [{name: erp, password: x, senders: ["*@example.com"]}]
routes:
  - {match: {recipientDomain: ["*.partner.example"]}, via: smarthost, host: [a.example, "b.example:25"], tls: required}
  - {match: {account: [erp]}, via: mx, returnPath: preserve}
`;

  async function route(...args: readonly string[]) {
    const config = join(dir, 'relais.yaml');
    writeFileSync(config, YAML);
    return command(['check', '--config', config, '--route', ...args]);
  }

  it('and why, with the hosts, the return path and TLS', async () => {
    const { code, stdout } = await route('me@example.com', 'ann@mail.partner.example');
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^takes it {2}routes\[0\] smarthost recipientDomain \*\.partner\.example covers mail\.partner\.example$/m);
    expect(stdout).toMatch(/^next hop {4}a\.example:587$/m);
    expect(stdout).toMatch(/^hosts {7}a\.example:587, then b\.example:25$/m);
  });

  it('as JSON, by account, with a submission that would be refused', async () => {
    const { code, stdout } = await route('me@else.example', 'ann@example.org', '--account', 'erp', '--json');
    expect(code, stdout).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      refusal: 'account erp may not send as me@else.example: 550 5.7.1 at submission',
      steps: [{ matches: false }, { matches: true, why: 'account erp covers erp' }],
      route: { index: 1, via: 'mx', nextHop: 'example.org', returnPath: 'me@else.example' },
    });
  });

  it('and says where there is none, or what was asked is nonsense', async () => {
    const none = await route('<>', 'ann@example.org');
    expect([none.code, none.stdout.trim().split('\n').at(-1)]).toEqual([1, 'held      no route takes it: add one to the configuration']);
    for (const args of [
      ['me@example.com'],
      ['me@example.com', 'nobody'],
      ['a', 'ann@example.org'],
      ['<>', 'ann@example.org', '--account', 'who'],
    ]) {
      const { code, stderr } = await route(...args);
      expect(code, stderr).toBe(64);
    }
  });
});

describe('what is printed', () => {
  const plain = { isTerminal: false, canAsk: false, width: 30, print: () => undefined, note: () => undefined } as const;
  const none = (text: string | number | null | undefined): string => String(text);
  const colors = new Proxy({}, { get: () => none }) as Parameters<typeof humanLine>[1]['colors'];

  it('R54 control characters and escape sequences of others do not reach the terminal', () => {
    expect(printable('550 \x1b[31mred\x1b[0m\r\n250 ok\u202e\x00')).toBe('550 red 250 ok ');
    const line = humanLine(JSON.stringify({ level: 'warn', time: '2026-01-01T00:00:00.000Z', msg: 'helo\r\nfaked', helo: 'a\x1b[2Jb' }), {
      colors,
    });
    expect(line).toMatch(/^\d\d:\d\d:\d\d warn {2}helo faked helo=ab$/);
  });

  it('a table is aligned, and its last column cut to the width', () => {
    const rows = [
      { name: 'a', text: 'short' },
      { name: 'longer', text: 'x'.repeat(60) },
    ];
    const lines = table({ ...plain, colors }, rows, [
      { title: 'NAME', of: ({ name }) => name },
      { title: 'TEXT', of: ({ text }) => text },
    ]);
    expect(lines).toEqual(['NAME    TEXT', 'a       short', `longer  ${'x'.repeat(21)}…`]);
  });
});
