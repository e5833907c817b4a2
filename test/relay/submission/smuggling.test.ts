/** What a client cannot get past us: other ends of data, commands behind STARTTLS, commands without an end, other ways to say whom mail is for. */
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { account, plainToken, type Running, type RunOptions, runSubmission, SMALL_MESSAGE } from './harness.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: RunOptions = {}): Promise<{ readonly client: RawClient; readonly run: Running }> {
  running = await runSubmission(options);
  return { client: await RawClient.greeted({ port: running.port }), run: running };
}

describe('R36 the end of data', () => {
  const BREAKS = { CRLF: '\r\n', LF: '\n', CR: '\r', CRCRLF: '\r\r\n', LFCR: '\n\r', NUL: '\0', nothing: '' };
  const names = Object.keys(BREAKS) as (keyof typeof BREAKS)[];
  const variants = names.flatMap((before) => names.map((after) => [before, after] as const));

  it('written in any other way ends nothing: at most one message, or 550 and none', async () => {
    const { client: first, run } = await start();
    let client = first;
    await client.command('EHLO erp.test');
    for (const [before, after] of variants) {
      if (before === 'CRLF' && after === 'CRLF') continue;
      const name = `${before}.${after}`;
      const inner = 'MAIL FROM:<evil@src.test>\r\nRCPT TO:<evil@dest.test>\r\nDATA\r\nSubject: evil\r\n\r\nevil';
      const data = `Subject: x\r\n\r\nbody${BREAKS[before]}.${BREAKS[after]}${inner}\r\n.\r\n`;
      const earlier = run.store.recorded.length;
      const reply = await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data });
      const bare = /\r(?!\n)|(?<!\r)\n|\0/.test(data);
      expect(reply.raw.slice(0, 9), name).toBe(bare ? '550 5.6.0' : '250 2.0.0');
      if (data.includes('\r\n.\r\nMAIL')) {
        // An end by RFC 5321, but not to everybody: what follows is not run.
        await client.whenClosed();
        expect(client.pending, name).toEqual([]);
        client = await RawClient.greeted({ port: run.port });
        await client.command('EHLO erp.test');
      }
      expect((await client.command('NOOP')).raw, name).toBe('250 2.0.0 OK\r\n');
      expect(run.store.recorded.length - earlier, name).toBe(bare ? 0 : 1);
      if (!bare) expect(run.store.recorded.at(-1)?.content.includes('evil')).toBe(true);
    }
    expect(client.pending).toEqual([]);
    expect(run.store.recorded.every(({ message }) => message.envelope.recipients[0]?.address === 'b@dest.test')).toBe(true);
    expect(variants.length).toBe(49);
  });

  it.each([
    'a\nb\r\n.\r\n',
    'a\rb\r\n.\r\n',
    'a\0b\r\n.\r\n',
    'a\n.\r\nMAIL FROM:<evil@src.test>\r\n.\r\n',
    'a\r\n.\nMAIL FROM:<evil@src.test>\r\n.\r\n',
  ])('%j: 550, nothing recorded, and the session goes on', async (data) => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    const reply = await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data });
    expect(reply.raw.slice(0, 9)).toBe('550 5.6.0');
    expect((await client.command('NOOP')).code).toBe(250);
    expect(client.pending).toEqual([]);
    expect(run.store.recorded).toEqual([]);
    expect(run.store.writers.every(({ aborted }) => aborted)).toBe(true);
  });
});

describe('R38 STARTTLS', () => {
  it('R38 what is pipelined behind STARTTLS is never run', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    client.send(`STARTTLS\r\nMAIL FROM:<evil@src.test>\r\n${'NOOP\r\n'.repeat(300)}`);
    expect((await client.reply()).code).toBe(220);
    await client.startTls();
    expect((await client.command('EHLO erp.test')).code).toBe(250);
    expect((await client.command('RCPT TO:<b@dest.test>')).code).toBe(503);
    expect(client.pending).toEqual([]);
    expect(run.store.writers).toEqual([]);
  });

  it('runs no AUTH, no mail that was sent with it in clear', async () => {
    const { client, run } = await start({ accounts: [account('erp', 'secret')], networks: [] });
    await client.command('EHLO erp.test');
    const injected = [
      `AUTH PLAIN ${plainToken('erp', 'secret')}`,
      'MAIL FROM:<evil@src.test>',
      'RCPT TO:<b@dest.test>',
      'DATA',
      'Subject: evil',
      '',
      '.',
    ];
    client.send(`STARTTLS\r\n${injected.join('\r\n')}\r\n`);
    expect((await client.reply()).code).toBe(220);
    await client.startTls();
    await client.command('EHLO erp.test');
    expect((await client.command('MAIL FROM:<a@src.test>')).raw.slice(0, 9)).toBe('530 5.7.0');
    expect(client.pending).toEqual([]);
    expect(client.malformed).toEqual([]);
    expect(run.store.writers).toEqual([]);
    expect(run.log.lines.filter((line) => line.includes('AUTH'))).toEqual([]);
  });

  it('pipelined AUTH in clear: each is 538, and nothing runs', async () => {
    const { client, run } = await start({ accounts: [account('erp', 'secret')], networks: [] });
    const replies = await client.pipeline([
      'EHLO x',
      `AUTH PLAIN ${plainToken('erp', 'secret')}`,
      'AUTH LOGIN',
      'ZXJw',
      'c2VjcmV0',
      'MAIL FROM:<a@src.test>',
    ]);
    expect(replies.map(({ code }) => code)).toEqual([250, 538, 538, 500, 500, 530]);
    expect(run.store.writers).toEqual([]);
  });
});

describe('the end of the connection', () => {
  it('R43 an unterminated command at the end of the connection has no effect', async () => {
    const { client, run } = await start();
    const replies = await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>']);
    expect(replies.map(({ code }) => code)).toEqual([250, 250, 250]);
    client.send('DATA');
    client.halfClose();
    await client.whenClosed();
    expect(client.pending).toEqual([]);
    expect(run.store.writers).toEqual([]);
  });

  it('R43 an unterminated message at the end of the connection is not recorded', async () => {
    const { client, run } = await start();
    await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>', 'DATA']);
    client.send('a: b\r\n\r\nbody\r\n.');
    client.halfClose();
    await client.whenClosed();
    expect(run.store.recorded).toEqual([]);
    expect(run.store.writers.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('R41 for those who may submit', () => {
  it.each([
    ['user%dest.test@relay.test', 'user%dest.test@relay.test'],
    ['dest.test!user@relay.test', 'dest.test!user@relay.test'],
    ['"b@dest.test"@relay.test', '"b@dest.test"@relay.test'],
    ['"@dest.test:b"@relay.test', '"@dest.test:b"@relay.test'],
  ])('%s is an address at its domain and at no other', async (to, recorded) => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    expect((await client.submit({ from: 'a@src.test', to: [to], data: SMALL_MESSAGE })).code).toBe(250);
    expect(run.store.recorded[0]?.message.envelope.recipients[0]?.address).toBe(recorded);
  });

  it.each([
    '@dest.test:b@relay.test',
    '@a,@b:c@dest.test',
    'b@dest.test@relay.test',
    '"b@dest.test',
    'b@dest.test\\',
    '"b"c@dest.test',
    'b@"dest.test"',
  ])('%s is none', async (to) => {
    const { client } = await start();
    await client.pipeline(['EHLO x', 'MAIL FROM:<a@src.test>']);
    expect((await client.command(`RCPT TO:<${to}>`)).raw.slice(0, 9)).toBe('501 5.1.3');
  });

  it.each(['"a@src.test"@evil.test', 'a%src.test@evil.test', 'src.test!a@evil.test', 'a@src.test.evil.test', 'a@xsrc.test'])(
    'a sender pattern covers no %s',
    async (from) => {
      const { client } = await start({ accounts: [account('default', 'x', ['*@src.test'])] });
      await client.command('EHLO x');
      expect((await client.command(`MAIL FROM:<${from}>`)).raw.slice(0, 9)).toBe('550 5.7.1');
      expect((await client.command('MAIL FROM:<a@src.test>')).code).toBe(250);
    },
  );
});
