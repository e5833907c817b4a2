import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
  const words = ['token', 'user', 'suppressions', 'reports'].includes(first) ? rest.splice(0, 1) : [];
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

  it('is found by Message-ID; several of a recipient are listed below how the address stands', async () => {
    await send('ann@example.com', { 'Message-ID': '<first@erp.example>' });
    await send('ann@example.com', { 'X-Relais-Document': 'INV-6', 'Message-ID': '<second@erp.example>' });
    const byMessageId = await at(['status', '<second@erp.example>']);
    const byAddress = await at(['status', 'ann@example.com']);
    expect(byMessageId.stdout).toMatch(/ann@example\.com/);
    expect(byMessageId.stdout).toMatch(/document +INV-6/);
    expect(byAddress.stdout).toMatch(/^ann@example\.com {2}(fine|waiting)\n/);
    expect(byAddress.stdout).toMatch(/ID +ACCEPTED +STATE +RECIPIENTS +SUBJECT/);
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

describe('documents and addresses', () => {
  beforeAll(async () => {
    const about = { 'X-Relais-Document': 'INV-7', 'X-Relais-Document-Type': 'invoice', 'X-Relais-Contact': 'C-1' };
    await send('bounce@gmial.com', about);
  });

  it('a document is one verdict, why, and what was sent to whom, in aligned columns', async () => {
    await expect.poll(async () => (await at(['status', 'INV-7'])).stdout).toMatch(/^INV-7 {2}failed/);
    const { code, stdout, stderr } = await at(['status', 'INV-7']);
    expect([code, stderr]).toEqual([0, '']);
    const [head, why, ...rest] = stdout.split('\n');
    expect(head).toMatch(/^INV-7 {2}failed since \d{4}-/);
    expect(why).toMatch(/^ {2}refused by the next hop \(mailbox-unknown\): 550 5\.1\.1 /);
    expect(rest.join('\n')).toMatch(/type +invoice\n.*subject +Invoice 2026-117\n.*contact +C-1\n/);
    const columns = rest.find((line) => line.includes('RECIPIENT')) ?? '';
    const row = rest.find((line) => /^ {2}bounce@gmial\.com +failed /.test(line)) ?? '';
    expect(row.indexOf('550')).toBe(columns.indexOf('ANSWER'));
  });

  it('as JSON it is the answer of the API; a name that nobody knows ends with 1', async () => {
    const { stdout } = await at(['status', 'INV-7', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      document: 'INV-7',
      verdict: 'failed',
      recipients: [{ address: 'bounce@gmial.com', steps: [{ link: 'first' }] }],
    });
    expect(await at(['status', 'INV-7', '--administration', 'elsewhere'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('sent again to the right address, the verdict turns and both steps stand there', async () => {
    const [line = ''] = (await at(['list', '--document', 'INV-7', '--state', 'failed', '--json'])).stdout.split('\n');
    await at(['resend', (JSON.parse(line) as { id: string }).id, '--replace', 'bounce@gmial.com=bob@gmail.com']);
    await expect.poll(async () => (await at(['status', 'INV-7'])).stdout).toMatch(/^INV-7 {2}transferred since/);
    const { stdout } = await at(['status', 'INV-7']);
    expect(stdout).toMatch(/corrected +bounce@gmial\.com to bob@gmail\.com\n/);
    expect(stdout).toMatch(/\n {2}bounce@gmial\.com +failed .* sent .*\n {2}bob@gmail\.com +transferred .* corrected /);
  });

  it('documents are listed by verdict, one a line', async () => {
    await send('full@example.com', { 'X-Relais-Document': 'INV-8', 'X-Relais-Administration': 'Books 2' });
    await expect
      .poll(async () => (await at(['documents', '--verdict', 'failed'])).stdout)
      .toMatch(/INV-8 +Books 2 +failed .*full@example\.com/);
    const listed = await at(['documents', '--json', '-n', '500']);
    const found = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { document: string; verdict: string });
    expect(found).toContainEqual(expect.objectContaining({ document: 'INV-7', verdict: 'transferred' }));
    expect(await at(['documents', '--verdict', 'perhaps'])).toMatchObject({ code: 64, stdout: '' });
    expect((await at(['documents', '-q', 'nothinglikeit'])).stderr).toBe('No document fits.\n');
  });

  it('addresses that fail are listed with why and what they were meant to be; the others on request', async () => {
    await send('bounce@gmial.com', { 'X-Relais-Contact': 'C-2' });
    await expect.poll(async () => (await at(['contacts', '-q', 'gmial'])).stdout).toContain('C-2');
    const { stdout } = await at(['contacts']);
    expect(stdout).toMatch(/ADDRESS +SINCE +WHY +PERHAPS +CONTACT +ANSWER\n/);
    expect(stdout).toMatch(/bounce@gmial\.com +\d{4}.* mailbox-unknown +bounce@gmail\.com +C-2 +550 5\.1\.1/);
    expect(stdout).not.toContain('bob@gmail.com');
    expect((await at(['contacts', '--all'])).stdout).toMatch(/bob@gmail\.com +fine /);
    const [json = ''] = (await at(['contacts', '-q', 'gmial', '--json'])).stdout.split('\n');
    expect(JSON.parse(json)).toMatchObject({ state: 'problem', suggestion: { address: 'bounce@gmail.com', takesMail: null } });
    const shown = await at(['status', 'bounce@gmial.com']);
    expect(shown.stdout).toMatch(/^bounce@gmial\.com {2}problem since .*\n {2}perhaps +bounce@gmail\.com\n {2}contact +C-2\n/);
  });
});

describe('messages are sent, acted on and sent again', () => {
  const idOf = ({ stdout }: Ran): string => (JSON.parse(stdout) as { id: string }).id;
  const mail = ['send', '--from', 'Billing <billing@example.com>', '--subject', 'Invoice', '--text', 'x', '--json'];
  const tomorrow = new Date(Date.now() + 3_600_000).toISOString();

  it('send takes references and files, or a message as it is', async () => {
    const composed = await at([...mail, '--to', 'ann@example.com', 'ben@example.com', '--document', 'INV-9', '--attach', relay.config]);
    expect(composed.stderr).toBe('');
    expect(JSON.parse((await at(['status', idOf(composed), '--json'])).stdout)).toMatchObject({ origin: 'api', document: 'INV-9' });
    const file = join(relay.dir, 'message.eml');
    writeFileSync(file, 'Subject: As it is\n\nx\n');
    const raw = await at(['send', '--from', 'a@example.com', '--to', 'b@example.com', '--raw', file]);
    expect(raw.stdout).toMatch(/^[0-9A-Z]{26} {2}recorded for b@example\.com\n$/);
    const wrong = await at(['send', '--from', 'nobody', '--to', 'ann']);
    expect([wrong.code, wrong.stderr]).toEqual([64, expect.stringMatching(/from: "nobody": not a mail address; to\.0: "ann": not a mail/)]);
  });

  it('what is to be sent later says so, is held, released and tried by filter, and counted first with --dry-run', async () => {
    await at([...mail, '--to', 'ann@example.com', '--send-at', tomorrow, '--template', 'later']);
    expect((await at(['list', '--template', 'later'])).stdout).toMatch(/ID +ACCEPTED +STATE +SEND AT +RECIPIENTS/);
    const said: string[] = [];
    for (const words of [['hold', '--dry-run'], ['hold'], ['release'], ['cancel']]) {
      const { stdout } = await at([...words, '--template', 'later']);
      said.push(stdout.trim());
    }
    expect(said).toEqual(['1 message would be held.', '1 message is held.', '1 message is released.', '1 message is cancelled.']);
    const again = await at(['cancel', '--template', 'later', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ action: 'cancel', dryRun: false, matched: 1, changed: 0, unchanged: 1 });
  });

  it('retry takes ids or filters, and not both or neither', async () => {
    for (const words of [
      ['retry'],
      ['retry', 'X', '--state', 'queued'],
      ['retry', '--recipient', 'a@b.example', '--recipient', 'c@d.example'],
    ]) {
      expect((await at(words)).code).toBe(64);
    }
  });

  it('resend corrects an address, and both messages tell of each other', async () => {
    const first = idOf(await at([...mail, '--to', 'bounce@example.com']));
    await expect.poll(async () => (await at(['list', '--state', 'failed', '--json'])).stdout).toContain(first);
    const resent = await at(['resend', first, '--replace', 'bounce@example.com=ann@example.com', '--rewrite-to']);
    expect(resent.stdout).toMatch(new RegExp(`^${first} {2}sent again as [0-9A-Z]{26} {2}ann@example\\.com\n$`));
    const second = /as (\S+)/.exec(resent.stdout)?.[1] ?? '';
    expect((await at(['status', first])).stdout).toContain(`replaced by ${second}`);
    expect((await at(['status', second])).stdout).toMatch(new RegExp(`replaces +${first}`));
    const bulk = await at(['resend', '--state', 'failed', '--sender', 'billing@example.com']);
    expect(bulk).toMatchObject({ code: 0, stdout: expect.stringContaining('sent again before, and left alone (--again)') });
  });

  it('suppressions are added, listed and lifted, with the mail that was not sent', async () => {
    await at(['suppressions', 'add', 'Stop@example.com', '--note', 'asked us to stop']);
    expect((await at(['suppressions', 'list'])).stdout).toMatch(/stop@example\.com +manual +.*asked us to stop/);
    const id = idOf(await at([...mail, '--to', 'stop@example.com']));
    await expect.poll(async () => (await at(['list', '--state', 'suppressed', '--json'])).stdout).toContain(id);
    const lifted = await at(['suppressions', 'lift', 'stop@example.com']);
    expect(lifted.stdout).toMatch(new RegExp(`stop@example\\.com is lifted\\.[^]*${id}`));
    expect((await at(['suppressions', 'lift', 'stop@example.com'])).code).toBe(1);
    expect((await at(['suppressions', 'list', '--json'])).stdout).toBe('');
  });

  it('a report that fits no message waits, is shown with its candidates, and is linked once', async () => {
    const sent = await send('review@example.com');
    await expect.poll(async () => (await at(['status', sent])).stdout).toContain('review@example.com  transferred');
    const file = join(relay.dir, 'bounce.eml');
    const status =
      'Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; review@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n';
    const type = 'multipart/report; report-type=delivery-status; boundary=b';
    writeFileSync(
      file,
      `Subject: Undelivered\r\nContent-Type: ${type}\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n${status}\r\n--b--\r\n`,
    );
    expect((await at(['report', file, '--submit'])).code).toBe(1);
    const [listed] = (await at(['reports', 'list', '--unmatched', '--json'])).stdout.trim().split('\n');
    const { id } = JSON.parse(listed ?? '') as { id: string };
    expect((await at(['reports', 'show', id])).stdout).toMatch(
      new RegExp(`It may be about:\\n.*\\n${sent} .* transferred +review@example\\.com`),
    );
    expect(await at(['reports', 'link', id, sent])).toMatchObject({ code: 0, stdout: `${sent}  review@example.com is now failed\n` });
    expect(await at(['reports', 'link', id, sent])).toMatchObject({ code: 1, stderr: expect.stringContaining('already-linked') });
    expect((await at(['status', sent])).stdout).toMatch(/report .* bounce .*\(linked by local\)/);
    expect((await at(['reports', 'list', '--unmatched'])).stderr).toContain('No report waits for review.');
  });

  it('a next hop is paused and resumed by its name', async () => {
    expect((await at(['queue', 'pause', 'sandbox'])).stdout).toBe('sandbox is paused: nothing is sent to it.\n');
    expect((await at(['queue'])).stdout).toMatch(/sandbox +paused/);
    expect(JSON.parse((await at(['queue', 'resume', 'sandbox', '--json'])).stdout)).toMatchObject({ nextHop: 'sandbox', state: 'active' });
  });
});

describe('evidence', () => {
  it('is made of a message or document, and verified by anybody who knows the key', async () => {
    const id = await send('ann@example.com', { 'X-Relais-Document': 'EV-1', 'Message-ID': '<evidence@erp.example>' });
    const file = (name: string): string => join(relay.dir, name);
    const json = await at(['evidence', id]);
    expect(json.code, json.stderr).toBe(0);
    expect(JSON.parse(json.stdout)).toMatchObject({ statement: { subject: { kind: 'message', message: id } } });
    expect(JSON.parse((await at(['evidence', '<evidence@erp.example>'])).stdout)).toMatchObject({
      statement: { subject: { message: id } },
    });
    const pdf = await at(['evidence', 'EV-1', '--pdf', file('ev.pdf'), '--language', 'fr']);
    expect([pdf.code, pdf.stdout]).toEqual([0, '']);
    expect(await at(['evidence', 'nothing-like-it'])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no evidence for nothing-like-it/),
    });
    writeFileSync(file('ev.json'), json.stdout);
    writeFileSync(file('relay.pem'), (await at(['evidence', 'key'])).stdout);
    writeFileSync(file('seals.jsonl'), (await at(['evidence', 'seals'])).stdout);
    writeFileSync(file('mail.eml'), 'Subject: another\r\n\r\n');
    const verify = (...args: string[]): Promise<Ran> => command(['evidence', 'verify', ...args]);
    for (const name of ['ev.json', 'ev.pdf']) {
      const verified = await verify(file(name), '--key', file('relay.pem'), '--seals', file('seals.jsonl'));
      expect(verified.code, verified.stdout + verified.stderr).toBe(0);
      expect(verified.stdout).not.toMatch(/FAILS/);
    }
    expect(await verify(file('ev.json'), '--key', '0'.repeat(64))).toMatchObject({ code: 1, stdout: expect.stringMatching(/FAILS +key/) });
    const other = await verify(file('ev.json'), '--key', file('relay.pem'), '--content', file('mail.eml'), '--json');
    expect(other.code).toBe(1);
    expect(JSON.parse(other.stdout)).toMatchObject({
      holds: false,
      findings: expect.arrayContaining([expect.objectContaining({ what: 'content', holds: false })]),
    });
    expect(await verify(file('relay.pem'), '--key', file('relay.pem'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/FAILS +file +This is no evidence: it is not JSON/),
    });
    expect(await verify(file('none.pdf'))).toMatchObject({ code: 64 });
    expect(await verify(file('ev.json'), '--key', 'none')).toMatchObject({
      code: 64,
      stderr: expect.stringMatching(/neither a fingerprint/),
    });
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

  it('a user gets another password, or loses the second factor, and is signed out', async () => {
    const signIn = async (password: string): Promise<number> =>
      (await fetch(`${relay.url}/sign-in`, { method: 'POST', body: new URLSearchParams({ user: 'cyd', password }), redirect: 'manual' }))
        .status;
    expect((await apart(['user', 'add', '--name', 'cyd'], { input: 'correct horse battery\n' })).code).toBe(0);
    expect(await signIn('correct horse battery')).toBe(303);
    const changed = await apart(['user', 'passwd', 'cyd'], { input: 'another horse battery\n' });
    expect(changed).toMatchObject({ code: 0, stdout: '' });
    expect(await signIn('correct horse battery')).toBe(401);
    expect(await signIn('another horse battery')).toBe(303);
    expect((await at(['user', 'passwd', 'cyd', '--remove-totp'])).stderr).toContain('password alone');
    expect((await at(['user', 'passwd', 'nobody', '--remove-totp'])).code).toBe(1);
    expect((await at(['user', 'list'])).stdout).toMatch(/cyd +viewer .* password/);
  });

  it('sign-in prints an address that signs a browser in once', async () => {
    const { stdout } = await at(['sign-in']);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sign-in\/link\?key=[A-Za-z0-9_-]{43}\n$/);
    const first = await fetch(stdout.trim());
    expect([first.status, first.headers.get('set-cookie')?.startsWith('relais_session=')]).toEqual([200, true]);
    expect((await fetch(stdout.trim())).status).toBe(410);
    const token = (await at(['token', 'add', '--name', 'far', '--role', 'admin'])).stdout.trim();
    const refused = await relais(['sign-in'], { env: { RELAIS_URL: relay.url, RELAIS_TOKEN: token } });
    expect(refused.stderr).toContain('local-only');
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
  const secrets = [token, made.stdout.trim(), 'correct horse battery', 'another horse battery'];
  await relay.remove();
  const { stdout, stderr } = await relay.ended;
  for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
});
