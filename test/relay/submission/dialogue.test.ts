/** The dialogue as an ERP sees it, over real sockets. */
import { readFileSync } from 'node:fs';
import { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { NO_REFERENCES } from '../../../src/domain/references.ts';
import { RawClient } from '../../support/raw-client.ts';
import { type Running, type RunOptions, runSubmission, SMALL_MESSAGE } from './harness.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: RunOptions = {}): Promise<{ readonly client: RawClient; readonly run: Running }> {
  running = await runSubmission(options);
  return { client: await RawClient.greeted({ port: running.port, tls: options.listener?.tls === 'implicit' }), run: running };
}

const NOW = Date.UTC(2025, 0, 1);
const BASE = [
  ...['relay.test', 'PIPELINING', '8BITMIME', 'SMTPUTF8', 'SIZE 1000000', 'ENHANCEDSTATUSCODES', 'DSN'],
  'FUTURERELEASE 2592000 2025-01-31T00:00:00Z',
];

describe('listeners', () => {
  it.each([
    ['starttls', { tls: 'starttls', authWithoutTls: false }, [...BASE, 'STARTTLS']],
    ['starttls, AUTH before TLS allowed', { tls: 'starttls', authWithoutTls: true }, [...BASE, 'STARTTLS', 'AUTH PLAIN LOGIN']],
    ['none', { tls: 'none', authWithoutTls: false }, BASE],
    ['none, AUTH allowed', { tls: 'none', authWithoutTls: true }, [...BASE, 'AUTH PLAIN LOGIN']],
    ['implicit', { tls: 'implicit', authWithoutTls: false }, [...BASE, 'REQUIRETLS', 'AUTH PLAIN LOGIN']],
  ] as const)('%s: EHLO offers exactly what is there', async (_name, listener, lines) => {
    const { client } = await start({ listener, now: () => NOW });
    expect((await client.command('EHLO erp.test')).lines).toEqual(lines);
  });

  it('offers AUTH and no STARTTLS after STARTTLS', async () => {
    const { client } = await start({ now: () => NOW });
    await client.command('EHLO erp.test');
    expect((await client.command('STARTTLS')).code).toBe(220);
    await client.startTls();
    expect((await client.command('EHLO erp.test')).lines).toEqual([...BASE, 'REQUIRETLS', 'AUTH PLAIN LOGIN']);
    expect((await client.command('STARTTLS')).code).toBe(503);
  });

  it('greets at once: smtp-server waits 100 ms for clients that talk too soon', async () => {
    running = await runSubmission();
    const { port } = running;
    const started = performance.now();
    for (let i = 0; i < 10; i++) {
      const client = await RawClient.greeted({ port });
      expect((await client.command('QUIT')).code).toBe(221);
    }
    expect(performance.now() - started).toBeLessThan(900);
  });

  it('waits as long as configured, and turns away who talks before', async () => {
    const run = await runSubmission({ greetingDelay: 50 });
    running = run;
    const early = await RawClient.connect({ port: run.port });
    early.send('EHLO erp.test\r\n');
    expect((await early.reply()).code).toBe(421);
    expect((await (await RawClient.connect({ port: run.port })).reply()).code).toBe(220);
  });

  it('rejects with the system code when a port is taken, and leaves no listener behind', async () => {
    running = await runSubmission();
    await expect(runSubmission({ listener: { port: running.port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('opens several listeners', async () => {
    running = await runSubmission();
    expect(running.submission.listeners).toEqual([{ address: '127.0.0.1', port: running.port, tls: 'starttls' }]);
    expect(running.submission.up).toBe(true);
  });
});

describe('a message', () => {
  it('is recorded, and 250 carries its id', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    const reply = await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE });
    const [recorded] = run.store.recorded;
    expect(reply.raw).toBe(`250 2.0.0 Recorded as ${recorded?.message.id}\r\n`);
    expect(recorded?.content.toString()).toBe('Subject: hello\r\nMessage-ID: <1@src.test>\r\n\r\nbody\r\n');
    expect(recorded?.message).toMatchObject({
      account: 'default',
      client: { address: '127.0.0.1', helo: 'erp.test', tls: null, user: null },
      envelope: {
        reversePath: { kind: 'address', address: 'a@src.test' },
        recipients: [{ address: 'b@dest.test', notify: null, orcpt: null }],
        ret: null,
        envid: null,
        smtputf8: false,
        eightBitMime: false,
      },
      headers: { subject: 'hello', messageId: '1@src.test', from: null, date: null },
      supersedes: null,
    });
    expect(recorded?.message.received).toMatch(
      /^Received: from erp\.test \(\[127\.0\.0\.1\]\)\r\n\tby relay\.test with ESMTP id [0-9A-Z]{26}\r\n\tfor <b@dest\.test>;\r\n\t\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000\r\n$/,
    );
  });

  it('passes through byte for byte, dots and 8-bit octets included, whatever the chunks', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    const octets = Buffer.from([0xff, 0xfe, 0x80, 0xc3, 0x28]);
    const body = Buffer.concat([Buffer.from('a: b\r\n\r\n.\r\n..x\r\n. y\r\n'), octets, Buffer.from('\r\n\t\r\n\r\n')]);
    const wire = Buffer.from(`${body.toString('latin1').replace(/^\./gm, '..')}.\r\n`, 'latin1');
    await client.command('MAIL FROM:<> BODY=8BITMIME');
    await client.command('RCPT TO:<b@dest.test>');
    await client.command('DATA');
    for (const octet of wire) await client.flush(Buffer.from([octet]));
    expect((await client.reply()).code).toBe(250);
    expect(run.store.recorded[0]?.content.equals(body)).toBe(true);
    expect(run.store.recorded[0]?.message.envelope).toMatchObject({ reversePath: { kind: 'null' }, eightBitMime: true });
  });

  it('loses its X-Relais fields, which are recorded, and nothing else', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    const data =
      'From: a\r\nX-Relais-Document: INV-1\r\nx-relais-tag: run=7\r\nTo: b\r\nX-Relais-Contact:\r\n =?utf-8?q?J=C3=BCrgen?=\r\n\tx\r\nX-Relay: y\r\n\r\nX-Relais-Class: body\r\n.\r\n';
    await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data });
    expect(run.store.recorded[0]?.content.toString()).toBe('From: a\r\nTo: b\r\nX-Relay: y\r\n\r\nX-Relais-Class: body\r\n');
    expect(run.store.recorded[0]?.message.references).toEqual({
      ...NO_REFERENCES,
      document: 'INV-1',
      contact: 'Jürgen x',
      tags: { run: '7' },
    });
  });

  it('carries its DSN parameters, decoded', async () => {
    const { client, run } = await start();
    await client.dialogue(`
      C: EHLO erp.test
      S: 250
      C: MAIL FROM:<a@src.test> RET=HDRS ENVID=QQ+2B314159 SIZE=100 AUTH=<>
      S: 250 2.1.0
      C: RCPT TO:<b@dest.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bx@dest.test
      S: 250 2.1.5
      C: RCPT TO:<C@DEST.test> notify=never
      S: 250 2.1.5
      C: DATA
      S: 354
      C: Subject: x
      C: .
      S: 250 2.0.0
    `);
    expect(run.store.recorded[0]?.message.envelope).toEqual({
      reversePath: { kind: 'address', address: 'a@src.test' },
      ret: 'hdrs',
      envid: 'QQ+314159',
      smtputf8: false,
      eightBitMime: false,
      recipients: [
        { address: 'b@dest.test', notify: ['success', 'delay'], orcpt: { type: 'rfc822', address: 'b+x@dest.test' } },
        { address: 'C@dest.test', notify: 'never', orcpt: null },
      ],
    });
    expect(run.store.recorded[0]?.message.received).not.toContain('for <');
  });

  it('has each recipient once: a repeated RCPT takes the place of the one before', async () => {
    const { client, run } = await start();
    await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>', 'RCPT TO:<c@dest.test>']);
    const replies = await client.pipeline(['RCPT TO:<b@DEST.test> NOTIFY=NEVER', 'RCPT TO:<B@dest.test>', 'DATA']);
    expect(replies.map(({ code }) => code)).toEqual([250, 250, 354]);
    expect((await client.command('x: y\r\n.')).code).toBe(250);
    expect(run.store.recorded[0]?.message.envelope.recipients.map(({ address, notify }) => [address, notify])).toEqual([
      ['b@dest.test', 'never'],
      ['c@dest.test', null],
      ['B@dest.test', null],
    ]);
  });

  it('may follow another in the same write', async () => {
    const { client, run } = await start();
    const transaction = ['MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>', 'DATA'];
    client.send(`EHLO erp.test\r\n${[...transaction, 'n: 1', '.', ...transaction, 'n: 2', '.', 'QUIT'].join('\r\n')}\r\n`);
    const codes: number[] = [];
    for (let i = 0; i < 10; i++) codes.push((await client.reply()).code);
    expect(codes).toEqual([250, 250, 250, 354, 250, 250, 250, 354, 250, 221]);
    expect(run.store.recorded.map(({ content }) => content.toString())).toEqual(['n: 1\r\n', 'n: 2\r\n']);
    await client.whenClosed();
  });

  it('may be empty, or all header, or all body', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    for (const data of ['.\r\n', 'Subject: x\r\n.\r\n', '\r\nSubject: no\r\n.\r\n']) {
      expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data })).code).toBe(250);
    }
    expect(run.store.recorded.map(({ content, message }) => [content.toString(), message.headers.subject])).toEqual([
      ['', null],
      ['Subject: x\r\n', 'x'],
      ['\r\nSubject: no\r\n', null],
    ]);
  });

  it('is answered although its client has closed its side', async () => {
    const { client, run } = await start();
    let recorded: (() => void) | undefined;
    run.store.onAccept = () => new Promise((resolve) => (recorded = resolve));
    client.send('EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@dest.test>\r\nDATA\r\na: b\r\n.\r\n');
    client.halfClose();
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await client.reply()).code);
    recorded?.();
    codes.push((await client.reply()).code);
    expect(codes).toEqual([250, 250, 250, 354, 250]);
    await client.whenClosed();
  });

  it('is recorded with the TLS it came over', async () => {
    const { client, run } = await start({ listener: { tls: 'implicit' } });
    await client.command('EHLO erp.test');
    await client.command('MAIL FROM:<jürgen@src.test> SMTPUTF8');
    await client.command('RCPT TO:<ü@dést.test>');
    await client.command('DATA');
    expect((await client.command('x: y\r\n.')).code).toBe(250);
    const message = run.store.recorded[0]?.message;
    expect(message?.client.tls).toEqual({ version: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) });
    expect(message?.received).toContain('with UTF8SMTPS id');
    expect(message?.envelope).toMatchObject({ smtputf8: true, recipients: [{ address: 'ü@dést.test' }] });
  });

  it('may come from a client that says HELO', async () => {
    const { client, run } = await start();
    expect((await client.command('HELO old.test')).lines).toEqual(['relay.test']);
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).code).toBe(250);
    expect(run.store.recorded[0]?.message.received).toContain('from old.test ([127.0.0.1])\r\n\tby relay.test with SMTP id');
  });

  it('R45 comes through octet for octet with nested MIME, and with names that mean something to JavaScript', async () => {
    const { client, run } = await start();
    await client.command('EHLO erp.test');
    const levels = Array.from({ length: 3000 }, (_, level) => level);
    const open = levels.map((level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`).join('');
    const close = levels.map((level) => `--b${2999 - level}--\r\n`).join('');
    const names = '__proto__: x\r\nconstructor: y\r\ntoString: z\r\nSubject: one\r\nSubject: two\r\nsubject : three\r\n: no name\r\n';
    const text = `${names}${open}\r\ndeep\r\n${close}`;
    const tag = 'X-Relais-Tag: __proto__=polluted\r\nX-Relais-Tag: constructor=1\r\n';
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: `${tag}${text}.\r\n` })).code).toBe(250);
    const { message, content } = run.store.recorded[0] ?? {};
    expect(content?.toString()).toBe(text);
    expect(message?.headers.subject).toBe('one');
    expect(Object.entries(message?.references.tags ?? {})).toEqual([
      ['__proto__', 'polluted'],
      ['constructor', '1'],
    ]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('the store', () => {
  it('rejects: 451, never 250, and the session goes on', async () => {
    const { client, run } = await start();
    run.store.onAccept = () => Promise.reject(new Error('disk'));
    await client.command('EHLO erp.test');
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).raw.slice(0, 9)).toBe('451 4.3.0');
    run.store.onAccept = null;
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).code).toBe(250);
    expect(run.log.lines.join('')).not.toContain('body');
  });

  it('refuses bytes in the middle: 451 at the end', async () => {
    const { client, run } = await start();
    run.store.onWrite = (size) => (size > 5000 ? Promise.reject(new Error('disk')) : undefined);
    await client.command('EHLO erp.test');
    const reply = await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: `a: b\r\n\r\n${'x\r\n'.repeat(30_000)}.\r\n` });
    expect(reply.raw.slice(0, 9)).toBe('451 4.3.0');
    expect(run.store.writers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('throws: 451', async () => {
    const { client, run } = await start();
    run.store.openContent = () => {
      throw new Error('bug');
    };
    await client.command('EHLO erp.test');
    expect((await client.submit({ from: 'a@src.test', to: ['b@dest.test'], data: SMALL_MESSAGE })).raw.slice(0, 9)).toBe('451 4.3.0');
  });

  it('holds the client back while it writes', async () => {
    const { client, run } = await start({ limits: { messageSize: 50_000_000 } });
    const held: (() => void)[] = [];
    run.store.onWrite = () => new Promise((resolve) => held.push(resolve));
    await client.pipeline(['EHLO erp.test', 'MAIL FROM:<>', 'RCPT TO:<b@dest.test>', 'DATA']);
    client.send(`a: b\r\n\r\n${'x'.repeat(20_000_000)}\r\n.\r\n`);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    const taken = run.store.writers[0]?.size ?? 0;
    expect(taken).toBeLessThan(1_000_000);
    run.store.onWrite = null;
    for (const release of held) release();
    expect((await client.reply()).code).toBe(250);
    expect(run.store.recorded[0]?.message.size).toBe(20_000_010);
  });

  it.each([
    ['not writable', { writable: false, reason: 'poisoned', freeOctets: 1e12 }, '451 4.3.0'],
    ['R22 below the floor of free space', { writable: true, reason: null, freeOctets: 999 }, '452 4.3.1'],
  ] as const)('%s: refused at MAIL, and before DATA', async (_name, state, expected) => {
    const { client, run } = await start({ diskFloor: 1000 });
    await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>']);
    run.store.state = state;
    expect((await client.command('DATA')).raw.slice(0, 9)).toBe(expected);
    await client.command('RSET');
    expect((await client.command('MAIL FROM:<a@src.test>')).raw.slice(0, 9)).toBe(expected);
  });

  it('R33 a full queue: 452', async () => {
    const { client, run } = await start({ limits: { queue: 10 } });
    run.store.queue = { messages: 10, queued: 10, deferred: 0, held: 0 };
    await client.command('EHLO erp.test');
    expect((await client.command('MAIL FROM:<a@src.test>')).raw.slice(0, 9)).toBe('452 4.3.1');
  });
});

it('names the version of smtp-server that the adapter was written for', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../../node_modules/smtp-server/package.json', import.meta.url), 'utf8'));
  expect(version).toBe('3.21.6');
});

it('shows a new certificate and keeps new limits after a reload', async () => {
  const { run } = await start({ listener: { tls: 'implicit' } });
  const subject = async (): Promise<unknown> => {
    const client = await RawClient.greeted({ port: run.port, tls: true });
    return client.socket instanceof TLSSocket ? client.socket.getPeerCertificate().subject.CN : undefined;
  };
  expect(await subject()).toBe('relay.test');
  const made = await generate([{ name: 'commonName', value: 'new.test' }], { keyType: 'ec' });
  run.submission.reload({
    accounts: [],
    settings: { ...run.settings, limits: { ...run.settings.limits, idle: 100 } },
    tls: { key: made.private, certificate: made.cert },
  });
  expect(await subject()).toBe('new.test');
  const client = await RawClient.greeted({ port: run.port, tls: true });
  expect((await client.reply()).code).toBe(421);
});
