import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standingBehaviour, withNotify } from '../../../src/relay/sandbox/behaviour.ts';
import { type SandboxHop, startSandboxHop } from '../../../src/relay/sandbox/index.ts';
import { type FakeHop, startFakeHop } from '../../support/fake-hop.ts';

const log = { debug() {}, info() {}, warn() {}, error() {} };
let reports: FakeHop;
let hop: SandboxHop;

beforeAll(async () => {
  reports = await startFakeHop();
  hop = await startSandboxHop({
    hostname: 'relais.test',
    reportTo: { host: '127.0.0.1', port: reports.port },
    delays: { greylist: 300, slow: 200, report: 20 },
    log,
  });
});
afterAll(async () => {
  await hop.stop();
  await reports.stop();
});

/** Sends one message and gives the replies to RCPT and to the final dot. */
async function send(to: string, from = 'rb-token@bounce.test', parameters = ''): Promise<{ rcpt: string; final: string }> {
  const socket = connect(hop.port, '127.0.0.1').setEncoding('utf8');
  const lines: string[] = [];
  let wake: () => void = () => undefined;
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
    const parts = text.split('\r\n');
    text = parts.pop() ?? '';
    lines.push(...parts.filter((line) => line[3] !== '-'));
    wake();
  });
  const reply = async (command?: string): Promise<string> => {
    if (command !== undefined) socket.write(`${command}\r\n`);
    for (;;) {
      const line = lines.shift();
      if (line !== undefined) return line;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await reply();
  await reply('EHLO client.test');
  await reply(`MAIL FROM:<${from}> ENVID=QQ314`);
  const rcpt = await reply(`RCPT TO:<${to}>${parameters}`);
  let final = '';
  if (rcpt.startsWith('2')) {
    await reply('DATA');
    final = await reply('Subject: Invoice\r\nMessage-ID: <1@erp.test>\r\n\r\nHello.\r\n.');
  }
  socket.end('QUIT\r\n');
  return { rcpt, final };
}

describe('the sandbox hop', () => {
  const cases: readonly [to: string, reply: RegExp][] = [
    ['bounce@example.net', /^550 5\.1\.1 /],
    ['Bounce+tag@example.net', /^550 5\.1\.1 /],
    ['full@example.net', /^552 5\.2\.2 /],
    ['blocked@example.net', /^554 5\.7\.1 /],
    ['greylist@example.net', /^451 4\.7\.1 /],
    ['anyone@example.net', /^250 /],
  ];
  for (const [to, reply] of cases) {
    it(`answers ${to} with ${reply.source}`, async () => {
      const { rcpt, final } = await send(to);
      expect(rcpt).toMatch(reply);
      if (rcpt.startsWith('2')) expect(final).toMatch(/^250 2\.0\.0 Ok: queued as SANDBOX-\d+/);
    });
  }

  it('puts defer off once, and greylist for its time', async () => {
    const replies = [await send('defer@example.net'), await send('defer@example.net'), await send('defer@example.net')];
    expect(replies.map(({ rcpt }) => rcpt.slice(0, 9))).toEqual(['451 4.2.0', '250 Accep', '451 4.2.0']);
    await send('greylist+2@example.net');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await send('greylist+2@example.net')).rcpt).toMatch(/^250 /);
  });

  it('answers slow late', async () => {
    const started = Date.now();
    await send('slow@example.net');
    expect(Date.now() - started).toBeGreaterThanOrEqual(195);
  });

  const reported: readonly [to: string, expected: readonly string[]][] = [
    [
      'late-bounce@example.net',
      ['report-type=delivery-status', 'Action: failed', 'Status: 5.1.1', 'Final-Recipient: rfc822; late-bounce@example.net'],
    ],
    ['confirm@example.net', ['report-type=delivery-status', 'Action: delivered', 'Status: 2.0.0']],
    ['complaint@example.net', ['report-type=feedback-report', 'Feedback-Type: abuse', 'Original-Rcpt-To: <complaint@example.net>']],
  ];
  for (const [to, expected] of reported) {
    it(`takes ${to}, and reports to the reverse-path, itself from the null one`, async () => {
      const before = reports.messages.length;
      const { final } = await send(to, 'rb-token@bounce.test', to.startsWith('late') ? ' NOTIFY=FAILURE ORCPT=rfc822;was@example.net' : '');
      expect(final).toMatch(/^250 /);
      const message = (await reports.received(before + 1)).at(-1);
      expect(message?.mail).toMatch(/^MAIL FROM:<>/);
      expect(message?.rcpts).toEqual(['RCPT TO:<rb-token@bounce.test>']);
      const text = message?.content.toString() ?? '';
      for (const part of [...expected, 'Message-ID: <1@erp.test>']) expect(text).toContain(part);
      if (to.startsWith('late')) expect(text).toMatch(/Original-Envelope-Id: QQ314[\s\S]*Original-Recipient: rfc822;was@example\.net/);
    });
  }

  it('takes stray-bounce@…, and reports what tells the recipient and no message to another address of the domain', async () => {
    const before = reports.messages.length;
    await send('stray-bounce@example.net', 'rb-token@bounce.test', ' ORCPT=rfc822;was@example.net');
    const message = (await reports.received(before + 1)).at(-1);
    expect(message?.rcpts).toEqual(['RCPT TO:<bounces@bounce.test>']);
    const text = message?.content.toString() ?? '';
    expect(text).toContain('Final-Recipient: rfc822; stray-bounce@example.net');
    expect(text).not.toMatch(/QQ314|1@erp\.test|rb-token/);
  });

  it('reports nothing to the null reverse-path', async () => {
    const before = reports.messages.length;
    expect((await send('late-bounce@example.net', '')).final).toMatch(/^250 /);
    await send('confirm@example.net');
    await reports.received(before + 1);
    expect(reports.messages.slice(before).map(({ content }) => content.includes('Action: delivered'))).toEqual([true]);
  });
});

it('honours NOTIFY: success is reported where it was asked for, failure unless it was not (RFC 3461 §4.1)', () => {
  const reported = (to: string, ...notify: readonly string[]) => withNotify(standingBehaviour(`${to}@example.net`), notify).report;
  expect(['anyone', 'late-bounce', 'confirm', 'complaint'].map((to) => reported(to))).toEqual([null, 'bounce', 'delivered', 'complaint']);
  expect(['anyone', 'late-bounce', 'confirm', 'complaint'].map((to) => reported(to, 'NEVER'))).toEqual([null, null, null, 'complaint']);
  expect(['anyone', 'late-bounce'].map((to) => reported(to, 'SUCCESS'))).toEqual(['delivered', null]);
  expect(['anyone', 'late-bounce'].map((to) => reported(to, 'FAILURE', 'DELAY'))).toEqual([null, 'bounce']);
});
