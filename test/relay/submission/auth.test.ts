/** Who may submit, and as whom. */
import { afterEach, describe, expect, it } from 'vitest';
import { hashPassword } from '../../../src/domain/password.ts';
import type { Account } from '../../../src/domain/settings.ts';
import { createAuthenticator } from '../../../src/relay/submission/authenticator.ts';
import { RawClient } from '../../support/raw-client.ts';
import { account, plainToken, type Running, type RunOptions, runSubmission, SMALL_MESSAGE } from './harness.ts';

const PASSWORD = 'correct horse';
const erp = account('erp', PASSWORD, ['*@src.test', 'boss@other.test']);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** A client outside `networks` on a listener that takes AUTH in clear. */
async function start(options: RunOptions = {}): Promise<{ readonly client: RawClient; readonly run: Running }> {
  const run = await runSubmission({ networks: [], accounts: [erp], listener: { authWithoutTls: true }, ...options });
  running = run;
  const client = await RawClient.greeted({ port: run.port });
  await client.command('EHLO erp.test');
  return { client, run };
}

const begins = (reply: { readonly raw: string }): string => reply.raw.slice(0, 9);

describe('AUTH', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['PLAIN', [`AUTH PLAIN ${plainToken('erp', PASSWORD)}`], ['235 2.7.0']],
    ['PLAIN in two steps', ['AUTH PLAIN', plainToken('erp', PASSWORD)], ['334 \r\n', '235 2.7.0']],
    ['PLAIN as itself', [`AUTH PLAIN ${base64(`erp\0erp\0${PASSWORD}`)}`], ['235 2.7.0']],
    ['PLAIN as another', [`AUTH PLAIN ${base64(`root\0erp\0${PASSWORD}`)}`], ['535 5.7.8']],
    ['PLAIN, wrong', [`AUTH PLAIN ${plainToken('erp', 'x')}`], ['535 5.7.8']],
    ['PLAIN, unknown account', [`AUTH PLAIN ${plainToken('nobody', PASSWORD)}`], ['535 5.7.8']],
    ['PLAIN, empty password', [`AUTH PLAIN ${plainToken('erp', '')}`], ['535 5.7.8']],
    ['PLAIN, malformed', ['AUTH PLAIN !!!'], ['501 5.5.4']],
    ['PLAIN, given up', ['AUTH PLAIN', '*'], ['334 \r\n', '501 5.5.4']],
    ['LOGIN', ['AUTH LOGIN', base64('erp'), base64(PASSWORD)], ['334 VXNlc', '334 UGFzc', '235 2.7.0']],
    ['LOGIN with the name', [`AUTH LOGIN ${base64('erp')}`, base64(PASSWORD)], ['334 UGFzc', '235 2.7.0']],
    ['LOGIN, wrong', ['AUTH LOGIN', base64('erp'), base64('x')], ['334 VXNlc', '334 UGFzc', '535 5.7.8']],
    ['a mechanism that is not offered', ['AUTH CRAM-MD5'], ['504 5.5.4']],
    ['twice', [`AUTH PLAIN ${plainToken('erp', PASSWORD)}`, 'AUTH PLAIN'], ['235 2.7.0', '503 5.5.1']],
    [
      'within a transaction',
      [`AUTH PLAIN ${plainToken('erp', PASSWORD)}`, 'MAIL FROM:<>', 'AUTH LOGIN'],
      ['235 2.7.0', '250 2.1.0', '503 5.5.1'],
    ],
  ])('%s', async (_name, lines, expected) => {
    const { client } = await start();
    const replies: string[] = [];
    for (const line of lines) replies.push((await client.command(line)).raw);
    expect(replies.map((reply, index) => reply.slice(0, expected[index]?.length))).toEqual(expected);
  });

  it('takes scrypt hashes, and remembers a success', async () => {
    const hash = await hashPassword(PASSWORD, Buffer.alloc(16, 7), { N: 16_384, r: 8, p: 1 });
    const { run } = await start({ accounts: [{ ...erp, password: { kind: 'scrypt', value: hash } }] });
    for (const [password, expected] of [
      ['wrong', '535 5.7.8'],
      [PASSWORD, '235 2.7.0'],
      ['wrong', '535 5.7.8'],
      [PASSWORD, '235 2.7.0'],
    ] as const) {
      const client = await RawClient.greeted({ port: run.port });
      await client.command('EHLO erp.test');
      expect(begins(await client.command(`AUTH PLAIN ${plainToken('erp', password)}`))).toBe(expected);
    }
  });

  it('R38 is refused in clear unless the listener allows it', async () => {
    const { client } = await start({ listener: { authWithoutTls: false } });
    expect(begins(await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`))).toBe('538 5.7.1');
    expect(begins(await client.command('MAIL FROM:<a@src.test>'))).toBe('530 5.7.0');
  });

  it('is forgotten at STARTTLS, and recorded after it', async () => {
    const { client, run } = await start();
    await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`);
    await client.command('STARTTLS');
    await client.startTls();
    await client.command('EHLO erp.test');
    expect(begins(await client.command('MAIL FROM:<a@src.test>'))).toBe('530 5.7.0');
    await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`);
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).code).toBe(250);
    const message = run.store.recorded[0]?.message;
    expect(message).toMatchObject({ account: 'erp', client: { user: 'erp', tls: { version: 'TLSv1.3' } } });
    expect(message?.received).toContain('with ESMTPSA id');
  });

  it('R39 20 failed AUTHs: the connection is closed after some, then nothing is checked, but who succeeded before goes on', async () => {
    const { client, run } = await start();
    await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`);
    const started = performance.now();
    const replies: string[] = [];
    let connections = 0;
    while (replies.length < 21) {
      const guesser = await RawClient.greeted({ port: run.port });
      connections++;
      await guesser.command('EHLO erp.test');
      while (!guesser.closed && replies.length < 21) {
        const reply = await guesser.command(`AUTH PLAIN ${plainToken('erp', `guess ${replies.length}`)}`).catch(() => undefined);
        if (reply === undefined) break;
        replies.push(begins(reply));
      }
    }
    expect(replies).toEqual([...Array.from({ length: 20 }, () => '535 5.7.8'), '454 4.7.0']);
    expect(connections).toBe(5);
    expect(performance.now() - started).toBeGreaterThan(80);
    const persistent = await RawClient.greeted({ port: run.port });
    await persistent.command('EHLO erp.test');
    for (let i = 0; i < 5; i++) expect(begins(await persistent.command(`AUTH PLAIN ${plainToken('erp', 'x')}`))).toBe('454 4.7.0');
    await persistent.whenClosed();
    const elsewhere = await RawClient.greeted({ port: run.port, localAddress: '127.0.0.9' });
    await elsewhere.command('EHLO erp.test');
    expect(begins(await elsewhere.command(`AUTH PLAIN ${plainToken('erp', 'x')}`))).toBe('535 5.7.8');
    const owner = await RawClient.greeted({ port: run.port });
    await owner.command('EHLO erp.test');
    expect(begins(await owner.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`))).toBe('235 2.7.0');
  });

  it('R63 leaves no password in the log', async () => {
    const { client, run } = await start();
    await client.command(`AUTH PLAIN ${plainToken('erp', 'very secret')}`);
    await client.pipeline(['AUTH LOGIN', base64('erp'), base64('very secret')]);
    await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`);
    await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: 'Subject: x\r\n\r\nprivate body\r\n.\r\n' });
    const log = run.log.lines.join('\n');
    expect(log).toContain('AUTH failed');
    for (const secret of ['very secret', PASSWORD, base64('very secret'), plainToken('erp', 'very secret'), 'private body']) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('without AUTH', () => {
  it.each([
    'RCPT TO:<user%dest.test@relay.test>',
    'RCPT TO:<dest.test!user@relay.test>',
    'RCPT TO:<@relay.test:b@dest.test>',
    'RCPT TO:<"b@dest.test"@relay.test>',
    'RCPT TO:<"b@dest.test">',
    'RCPT TO:<b@dest.test@relay.test>',
    'RCPT TO:<b@[127.0.0.1]>',
  ])('R41 outside networks nothing is relayed: %s', async (line) => {
    const { client, run } = await start();
    for (const from of ['<a@src.test>', '<>', '<a@relay.test>', '<"a@src.test"@relay.test>', '<@relay.test:a@src.test>']) {
      expect(begins(await client.command(`MAIL FROM:${from}`))).toBe('530 5.7.0');
      expect((await client.command(line)).code).toBe(503);
      expect((await client.command('DATA')).code).toBe(503);
    }
    expect(run.store.writers).toEqual([]);
  });

  it.each([
    [['127.0.0.0/8'], 250],
    [['10.0.0.0/8', '127.0.0.1'], 250],
    [['::ffff:127.0.0.0/104'], 250],
    [['10.0.0.0/8', '::1/128'], 530],
    [[], 530],
  ])('networks %j: %i', async (networks, code) => {
    const { client } = await start({ networks });
    expect((await client.command('MAIL FROM:<a@src.test>')).code).toBe(code);
  });

  it('rejects what is no network, and says what one is', async () => {
    await expect(runSubmission({ networks: ['127.0.0.0/33'] })).rejects.toThrow(
      "'127.0.0.0/33' is not a network; write it as 192.0.2.0/24",
    );
    await expect(runSubmission({ networks: ['localhost'] })).rejects.toThrow('is not a network');
  });
});

describe('senders', () => {
  const sandbox = account('default', 'x', ['*@intern.test']);
  it.each<[string, RunOptions, boolean, string, string]>([
    ['its own domain', {}, true, 'a@src.test', '250 2.1.0'],
    ['its own domain in capitals', {}, true, 'A@SRC.TEST', '250 2.1.0'],
    ['a single address', {}, true, 'boss@other.test', '250 2.1.0'],
    ['another domain', {}, true, 'x@other.test', '550 5.7.1'],
    ['the null path', {}, true, '', '250 2.1.0'],
    ['any, of networks', { networks: ['127.0.0.0/8'] }, false, 'x@y.test', '250 2.1.0'],
    ['those of default, of networks', { networks: ['127.0.0.0/8'], accounts: [erp, sandbox] }, false, 'x@y.test', '550 5.7.1'],
    ['its own, of networks', { networks: ['127.0.0.0/8'], accounts: [erp, sandbox] }, true, 'a@src.test', '250 2.1.0'],
  ])('%s', async (_name, options, authenticate, from, expected) => {
    const { client } = await start(options);
    if (authenticate) await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`);
    const reply = await client.command(`MAIL FROM:<${from}>`);
    expect(begins(reply)).toBe(expected);
    if (reply.code === 550) expect(reply.raw).toMatch(/Account (erp|default) may not send as <.*>; add it to the account's senders/);
  });

  it('are those of the configuration after a reload', async () => {
    const { client, run } = await start();
    await client.command(`AUTH PLAIN ${plainToken('erp', PASSWORD)}`);
    run.submission.reload({
      accounts: [{ ...erp, senders: ['*@new.test'] }],
      settings: { ...run.settings, limits: { ...run.settings.limits, messageSize: 5 } },
    });
    expect(begins(await client.command('MAIL FROM:<a@src.test>'))).toBe('550 5.7.1');
    expect(begins(await client.command('MAIL FROM:<a@new.test> SIZE=6'))).toBe('552 5.3.4');
    run.submission.reload({ accounts: [], settings: run.settings });
    expect(begins(await client.command('MAIL FROM:<a@src.test>'))).toBe('530 5.7.0');
  });
});

describe('authenticator', () => {
  const accounts = (...list: readonly Account[]) => new Map(list.map((each) => [each.name, each]));
  const guess = { client: '192.0.2.1', user: 'erp', password: 'wrong' };

  it('forgets failures after their window', async () => {
    let now = 1_000_000;
    const authenticator = createAuthenticator({ now: () => now });
    for (let i = 1; i <= 20; i++) expect(await authenticator.verify(guess, accounts(erp))).toEqual({ kind: 'refused', steps: i });
    expect((await authenticator.verify({ ...guess, password: PASSWORD }, accounts(erp))).kind).toBe('throttled');
    expect((await authenticator.verify({ ...guess, client: '192.0.2.2', password: PASSWORD }, accounts(erp))).kind).toBe('accepted');
    now += 11 * 60_000;
    expect(await authenticator.verify(guess, accounts(erp))).toEqual({ kind: 'refused', steps: 1 });
  });

  it('R39 guessed at from many places, an account is slowed, then not checked; whoever succeeded before goes on there', async () => {
    let now = 1;
    const authenticator = createAuthenticator({ now: () => now });
    const owner = { client: '203.0.113.1', user: 'erp', password: PASSWORD };
    const hashed = { ...erp, password: { kind: 'plain', value: 'before' } } as const;
    expect((await authenticator.verify({ ...owner, password: 'before' }, accounts(hashed))).kind).toBe('accepted');
    const steps: number[] = [];
    for (let i = 0; i < 100; i++) {
      const verdict = await authenticator.verify({ ...guess, client: `192.0.2.${i}` }, accounts(erp));
      if (verdict.kind === 'refused') steps.push(verdict.steps);
    }
    expect(steps).toEqual(Array.from({ length: 100 }, (_, index) => Math.ceil((index + 1) / 10)));
    const stranger = { ...guess, client: '198.51.100.1', password: PASSWORD };
    expect((await authenticator.verify(stranger, accounts(erp))).kind).toBe('throttled');
    // Even with a new password, from where the account succeeded lately.
    expect((await authenticator.verify(owner, accounts(erp))).kind).toBe('accepted');
    now += 11 * 60_000;
    expect((await authenticator.verify(stranger, accounts(erp))).kind).toBe('accepted');
  });

  it('R39 a success forgets the failures of its client at that account, and no others', async () => {
    const other = account('other', 'guessed at');
    const authenticator = createAuthenticator({ now: () => 1 });
    for (let i = 0; i < 5; i++) await authenticator.verify(guess, accounts(erp, other));
    expect((await authenticator.verify({ ...guess, password: PASSWORD }, accounts(erp, other))).kind).toBe('accepted');
    expect(await authenticator.verify(guess, accounts(erp, other))).toEqual({ kind: 'refused', steps: 1 });
    for (let i = 0; i < 19; i++) {
      await authenticator.verify({ ...guess, user: 'other' }, accounts(erp, other));
      await authenticator.verify({ ...guess, password: PASSWORD }, accounts(erp, other));
    }
    await authenticator.verify({ ...guess, user: 'other' }, accounts(erp, other));
    expect((await authenticator.verify({ ...guess, user: 'other', password: 'guessed at' }, accounts(erp, other))).kind).toBe('throttled');
  });

  it('R39 remembers a bounded number of clients and accounts', async () => {
    const authenticator = createAuthenticator({ now: () => 1 });
    for (let i = 0; i < 20; i++) await authenticator.verify(guess, accounts(erp));
    for (let i = 0; i < 10_000; i++) {
      await authenticator.verify({ client: `c${i}`, user: `u${i}`.repeat(100), password: 'x' }, accounts(erp));
    }
    expect(await authenticator.verify(guess, accounts(erp))).toEqual({ kind: 'refused', steps: 1 });
  });

  it('does not accept an old password, nor an account without one', async () => {
    const authenticator = createAuthenticator({ now: () => 1 });
    const right = { ...guess, password: PASSWORD };
    expect((await authenticator.verify(right, accounts(erp))).kind).toBe('accepted');
    expect((await authenticator.verify(right, accounts(account('erp', 'changed')))).kind).toBe('refused');
    expect((await authenticator.verify(right, accounts({ ...erp, password: null }))).kind).toBe('refused');
    expect((await authenticator.verify({ ...right, password: '' }, accounts({ ...erp, password: null }))).kind).toBe('refused');
  });

  it('computes a hash once for many connections of the same client', async () => {
    const hash = await hashPassword(PASSWORD, Buffer.alloc(16), { N: 16_384, r: 8, p: 1 });
    const hashed = accounts({ ...erp, password: { kind: 'scrypt', value: hash } });
    const authenticator = createAuthenticator({ now: () => 1 });
    const right = { ...guess, password: PASSWORD };
    const before = process.cpuUsage();
    expect((await authenticator.verify(right, hashed)).kind).toBe('accepted');
    const once = process.cpuUsage(before).user;
    const after = process.cpuUsage();
    for (let i = 0; i < 100; i++) expect((await authenticator.verify(right, hashed)).kind).toBe('accepted');
    expect(process.cpuUsage(after).user).toBeLessThan(once * 10);
  });
});
