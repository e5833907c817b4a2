import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, type Ran, type RunOptions, relais, startTestRelay, type TestRelay } from './relay.ts';

/** Commands against one running relay, found through its configuration. */
let relay: TestRelay;
beforeAll(async () => {
  relay = await startTestRelay();
});
afterAll(() => relay?.remove());

function at(args: readonly string[]): Promise<Ran> {
  return command(configured(args));
}

/** In a process of its own. */
function apart(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return relais(configured(args), options);
}

function configured([first = '', ...rest]: readonly string[]): string[] {
  const words = ['token', 'user'].includes(first) ? rest.splice(0, 1) : [];
  return [first, ...words, '--config', relay.config, ...rest];
}

async function send(to: string, headers: Record<string, string> = {}): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port: relay.smtpPort, ignoreTLS: true });
  const { response } = await transport.sendMail({ from: 'erp@example.com', to, subject: 'Invoice 2026-117', text: 'x', headers });
  transport.close();
  return /Recorded as (\S+)/.exec(response)?.[1] ?? '';
}

describe('a message', () => {
  let id: string;
  beforeAll(async () => {
    const sent = await at(['send-test', '--to', 'bounce@example.com', '--json']);
    expect(sent.code, sent.stderr).toBe(1);
    id = (JSON.parse(sent.stdout) as { id: string }).id;
  });

  it('is shown by its id and by its recipient, with what the next hop said', async () => {
    const shown = [await apart(['status', id.toLowerCase()]), await at(['status', 'bounce@example.com'])];
    for (const { code, stdout, stderr } of shown) {
      expect(code, stderr).toBe(0);
      expect(stdout).toContain(id);
      expect(stdout).toMatch(/bounce@example\.com {2}failed \(mailbox-unknown\) since/);
      expect(stdout).toMatch(/#1 .* failed {2}sandbox .* 550 5\.1\.1/);
      expect(stdout).not.toContain('\x1b');
    }
  });

  it('is one JSON object a line where that was asked for', async () => {
    const status = await at(['status', id, '--json']);
    const list = await at(['list', '--state', 'failed', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({
      id,
      state: 'failed',
      recipients: [{ state: 'failed', attempts: [{ outcome: 'failed' }] }],
    });
    expect(
      list.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id),
    ).toContain(id);
  });

  it('is found by document and by Message-ID; several are listed', async () => {
    await send('ann@example.com', { 'X-Relais-Document': 'INV-7', 'Message-ID': '<first@erp.example>' });
    await send('ben@example.com', { 'X-Relais-Document': 'INV-7', 'Message-ID': '<second@erp.example>' });
    const byDocument = await at(['status', 'INV-7']);
    const byMessageId = await at(['status', '<second@erp.example>']);
    expect(byDocument.stdout.trim().split('\n')).toHaveLength(3);
    expect(byDocument.stdout).toMatch(/ID +ACCEPTED +STATE +RECIPIENTS +SUBJECT/);
    expect(byMessageId.stdout).toMatch(/ben@example\.com/);
    expect(byMessageId.stdout).toMatch(/document +INV-7/);
  });

  it('that nobody knows ends with 1 and says so', async () => {
    const { code, stdout, stderr } = await at(['status', 'nobody@example.com']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^relais: Nothing is recorded for nobody@example\.com/);
  });

  it('that is final cannot be retried, and the reason is told', async () => {
    const { code, stderr } = await at(['retry', id]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^relais: .*failed/);
  });
});

describe('tokens and users', () => {
  it('token add prints the token and nothing else, and the token works; revoked it does not', async () => {
    const made = await apart(['token', 'add', '--name', 'erp', '--role', 'operator', '--expires', '90d']);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^\S+\n$/);
    const token = made.stdout.trim();
    const remote = { RELAIS_URL: relay.url, RELAIS_TOKEN: token };
    expect((await relais(['queue'], { env: remote })).stdout).toContain('messages in the queue');
    const listed = await at(['token', 'list', '--json']);
    expect(JSON.parse(listed.stdout)).toMatchObject({ name: 'erp', role: 'operator' });
    expect(listed.stdout).not.toContain(token);
    expect((await at(['token', 'revoke', 'erp'])).code).toBe(0);
    const refused = await command(['queue', '--url', relay.url, '--token', token]);
    expect(refused.code).toBe(69);
    expect(refused.stderr).toContain('does not accept the token');
  });

  it('a user is added with a password from standard input', async () => {
    const added = await apart(['user', 'add', 'ann', '--role', 'admin'], { input: 'correct horse battery\n' });
    expect(added, added.stderr).toMatchObject({ code: 0, stdout: '' });
    const short = await apart(['user', 'add', 'ben'], { input: 'short\n' });
    expect(short.code).toBe(64);
    expect((await at(['user', 'list'])).stdout).toMatch(/^NAME .*\nann +admin/);
  });

  it('a permission that is none is refused with those there are', async () => {
    const { code, stderr } = await at(['token', 'add', '--name', 'x', '--permissions', 'messages:read,mail:send']);
    expect(code).toBe(64);
    expect(stderr).toMatch(/No such permission: mail:send\.\nThere are messages:read,/);
  });
});

it('R7 a second relay on the same data ends with 75 and leaves the first alone', async () => {
  const { code, stderr } = await apart(['start']);
  expect(code).toBe(75);
  expect(stderr).toContain(relay.dataDir);
  expect((await fetch(`${relay.url}/readyz`)).status).toBe(200);
});

it('R63 neither token nor password is in anything that was logged', async () => {
  const { token } = JSON.parse(readFileSync(`${relay.dataDir}/run/control.json`, 'utf8')) as { token: string };
  const made = await at(['token', 'add', '--name', 'seen']);
  relay.signal('SIGHUP');
  await relay.logged(/configuration reloaded/);
  const secrets = [token, made.stdout.trim(), 'correct horse battery'];
  await relay.remove();
  const { stdout, stderr } = await relay.ended;
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
});
