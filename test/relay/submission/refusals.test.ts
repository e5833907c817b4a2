/** What is refused, and how: the code, the enhanced status, and that nothing was written for it. */
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { type Running, type RunOptions, runSubmission, SMALL_MESSAGE } from './harness.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: RunOptions = {}): Promise<{ readonly client: RawClient; readonly run: Running }> {
  running = await runSubmission(options);
  return { client: await RawClient.greeted({ port: running.port }), run: running };
}

describe('refusals', () => {
  const MAIL = 'MAIL FROM:<a@src.test>';
  const RCPT = 'RCPT TO:<b@dest.test>';
  it.each<[string, readonly (string | Buffer)[], string]>([
    ['R40 malformed sender', ['MAIL FROM:<a@@x>'], '501 5.1.7'],
    ['R40 no brackets', ['MAIL FROM:a@src.test'], '501 5.1.7'],
    ['R40 malformed recipient', [MAIL, 'RCPT TO:<b(@x>'], '501 5.1.3'],
    ['R40 no domain', [MAIL, 'RCPT TO:<b>'], '501 5.1.3'],
    ['R40 empty recipient', [MAIL, 'RCPT TO:<>'], '501 5.1.3'],
    ['R40 UTF-8 sender without SMTPUTF8', ['MAIL FROM:<ü@src.test>'], '553 5.6.7'],
    ['R40 UTF-8 recipient without SMTPUTF8', [MAIL, 'RCPT TO:<b@dést.test>'], '553 5.6.7'],
    ['R40 invalid UTF-8', ['MAIL FROM:<a@src.test> SMTPUTF8', Buffer.from('RCPT TO:<\xfc@dest.test>', 'latin1')], '501 5.1.3'],
    ['R40 U+FFFD', ['MAIL FROM:<a@src.test> SMTPUTF8', 'RCPT TO:<\ufffd@dest.test>'], '501 5.1.3'],
    ['R40 NUL', [MAIL, 'RCPT TO:<b\0@dest.test>'], '501 5.1.3'],
    ['R41 source route', [MAIL, 'RCPT TO:<@relay.test:b@dest.test>'], '501 5.1.3'],
    ['R42 unknown MAIL parameter', [`${MAIL} FOO=bar`], '555 5.5.4'],
    ['R42 unknown RCPT parameter', [MAIL, `${RCPT} FOO`], '555 5.5.4'],
    ['REQUIRETLS without TLS (RFC 8689)', [`${MAIL} REQUIRETLS`], '530 5.7.10'],
    ['HOLDFOR over the limit (RFC 4865)', [`${MAIL} HOLDFOR=2592100`], '501 5.5.4'],
    ['HOLDFOR and HOLDUNTIL', [`${MAIL} HOLDFOR=1 HOLDUNTIL=2025-01-31T08:00:00Z`], '501 5.5.4'],
    ['PROXY from no proxy', ['PROXY TCP4 192.0.2.1 192.0.2.2 1 2'], '421 4.7.0'],
    ['a parameter twice', [`${MAIL} SIZE=1 size=2`], '501 5.5.4'],
    ['a bad BODY', [`${MAIL} BODY=BINARYMIME`], '501 5.5.4'],
    ['a bad SIZE', [`${MAIL} SIZE=x`], '501 5.5.4'],
    ['a bad RET', [`${MAIL} RET=ALL`], '501 5.5.4'],
    ['a bad NOTIFY', [MAIL, `${RCPT} NOTIFY=NEVER,DELAY`], '501 5.5.4'],
    ['a bad ORCPT', [MAIL, `${RCPT} ORCPT=b@dest.test`], '501 5.5.4'],
    ['control characters smuggled in as xtext', [`${MAIL} ENVID=a+0D+0Ab`], '501 5.5.4'],
    ['SIZE over the limit', [`${MAIL} SIZE=1000001`], '552 5.3.4'],
    ['R42 BDAT with its data', [MAIL, RCPT, 'BDAT 3 LAST\r\nabc'], '500 5.5.2'],
    ['R42 EXPN', ['EXPN list'], '500 5.5.2'],
    ['R42 ETRN', ['ETRN dest.test'], '500 5.5.2'],
    ['R42 TURN', ['TURN'], '500 5.5.2'],
    ['R42 SEND', ['SEND FROM:<a@src.test>'], '500 5.5.2'],
    ['LHLO, whose refusal smtp-server sends without a status', ['LHLO x'], '500 5.5.2'],
    ['an empty command', [''], '500 5.5.2'],
    ['R38 AUTH in clear', ['AUTH LOGIN'], '538 5.7.11'],
    ['STARTTLS with an argument', ['STARTTLS now'], '501 5.5.4'],
    ['a line that never ends', ['x'.repeat(70_000)], '500 5.5.2'],
    ['R42 BDAT', [MAIL, RCPT, 'BDAT 3 LAST'], '500 5.5.2'],
    ['R42 WIZ', ['WIZ'], '500 5.5.2'],
    ['R42 SHELL', ['SHELL'], '500 5.5.2'],
    ['R42 KILL', ['KILL'], '500 5.5.2'],
    ['R42 XCLIENT', ['XCLIENT ADDR=10.0.0.1'], '500 5.5.2'],
    ['R42 XFORWARD', ['XFORWARD ADDR=10.0.0.1'], '500 5.5.2'],
    ['MAIL within a transaction', [MAIL, MAIL], '503 5.5.1'],
    ['RCPT without MAIL', [RCPT], '503 5.5.1'],
    ['DATA without MAIL', ['DATA'], '503 5.5.1'],
    ['DATA without RCPT', [MAIL, 'DATA'], '503 5.5.1'],
    ['DATA with an argument', [MAIL, RCPT, 'DATA x'], '501 5.5.4'],
    ['RCPT after RSET', [MAIL, 'RSET', RCPT], '503 5.5.1'],
    ['RCPT after another EHLO', [MAIL, 'EHLO x', RCPT], '503 5.5.1'],
    ['mail to the report domain', [MAIL, 'RCPT TO:<rb-x@Bounce.Test>'], '550 5.7.1'],
    ['EHLO without a name', ['EHLO'], '501 5.5.4'],
    ['HELO with two', ['HELO a b'], '501 5.5.4'],
    ['AUTH on a listener that does not allow it yet', ['AUTH PLAIN AAAA'], '538 5.7.11'],
  ])('%s', async (_name, lines, expected) => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    let reply = '';
    for (const line of lines) reply = (await client.command(line)).raw;
    expect(reply.slice(0, expected.length + 1)).toBe(`${expected} `);
    expect(run.store.writers).toEqual([]);
  });

  it('answers HELP, NOOP and VRFY without telling anything', async () => {
    const { client } = await start();
    await client.command('EHLO erp.test');
    const replies = await client.pipeline(['HELP', 'NOOP', 'VRFY root']);
    expect(replies.map(({ code, status }) => [code, status])).toEqual([
      [214, '2.0.0'],
      [250, '2.0.0'],
      [252, '2.1.5'],
    ]);
  });

  it('takes postmaster without a domain', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    await client.submit({ from: '', to: ['Postmaster'], data: SMALL_MESSAGE });
    expect(run.store.recorded[0]?.message.envelope.recipients[0]?.address).toBe('Postmaster@relay.test');
  });

  it('R48 over 50 Received fields: a loop', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    const data = (hops: number) => `${'Received: by x; y\r\n'.repeat(hops)}\r\nbody\r\n.\r\n`;
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: data(51) })).raw.slice(0, 9)).toBe('554 5.4.6');
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: data(50) })).code).toBe(250);
    expect(run.store.recorded.length).toBe(1);
  });

  it('lets go of the content when the client vanishes', async () => {
    const { client, run } = await start();
    await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>', 'DATA']);
    await client.flush(`a: b\r\n\r\n${'x'.repeat(10_000)}`);
    await expect.poll(() => run.store.writers.length).toBe(1);
    client.vanish({ reset: true });
    await expect.poll(() => run.store.writers[0]?.aborted).toBe(true);
    await expect.poll(() => run.submission.connections).toBe(0);
  });

  it('forgets the transaction of before STARTTLS', async () => {
    const { client } = await start();
    await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>']);
    await client.command('STARTTLS');
    await client.startTls();
    await client.command('EHLO erp.test');
    expect((await client.command('RCPT TO:<b@dest.test>')).code).toBe(503);
  });

  it('R54 what the client says stays on one line', async () => {
    const { client, run } = await start();
    await client.command('EHLO a\x1b[31m');
    await client.command('EHLO evil\u0085x');
    await client.command('EHLO (comment');
    await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: 'Subject: a\r\n =?utf-8?q?b=0D=0Ac=1B[31m?=\r\n\r\n.\r\n' });
    const message = run.store.recorded[0]?.message;
    expect(message?.headers.subject).toBe('a b c [31m');
    expect(message?.received.split('\r\n')[0]).toBe('Received: from [127.0.0.1] ([127.0.0.1])');
    for (const line of run.log.lines) expect(line).not.toMatch(/[\r\n\x1b]/);
  });
});
