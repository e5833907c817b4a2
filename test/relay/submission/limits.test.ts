/** What bounds a client: connections, time, size, recipients. */
import { afterEach, describe, expect, it } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { type Running, type RunOptions, runSubmission, SMALL_MESSAGE } from './harness.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: RunOptions = {}): Promise<Running> {
  running = await runSubmission(options);
  return running;
}

async function inData(port: number): Promise<RawClient> {
  const client = await RawClient.greeted({ port });
  await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>', 'RCPT TO:<b@dest.test>', 'DATA']);
  return client;
}

describe('connections', () => {
  it('R29 500 at once: those over the limit get 421 and go; the others are served', async () => {
    const run = await start({ limits: { connections: 20, connectionsPerAddress: 100 } });
    const clients = await Promise.all(Array.from({ length: 500 }, () => RawClient.connect({ port: run.port }).catch(() => undefined)));
    const greetings = await Promise.all(clients.map((client) => client?.reply().catch(() => undefined)));
    const greeted = clients.filter((_, index) => greetings[index]?.code === 220);
    expect(greeted.length).toBe(20);
    expect(run.submission.connections).toBe(20);
    const refused = greetings.filter((greeting) => greeting?.code === 421);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map((reply) => reply?.raw))).toEqual(
      new Set(['421 4.7.0 relay.test Too many connections; try again later\r\n']),
    );
    await Promise.all(clients.map((client, index) => (greetings[index]?.code === 220 ? undefined : client?.whenClosed())));
    for (const client of greeted) expect((await client?.command('NOOP'))?.code).toBe(250);
    await Promise.all(greeted.map((client) => client?.command('QUIT')));
    expect(run.submission.connections).toBe(0);
    expect((await (await RawClient.connect({ port: run.port })).reply()).code).toBe(220);
  });

  it('counts by address too', async () => {
    const run = await start({ limits: { connectionsPerAddress: 2 } });
    const here = { port: run.port };
    await RawClient.greeted(here);
    const second = await RawClient.greeted(here);
    const third = await RawClient.connect(here);
    expect((await third.reply()).raw).toBe('421 4.7.0 relay.test Too many connections from your address; try again later\r\n');
    expect((await (await RawClient.connect({ ...here, localAddress: '127.0.0.9' })).reply()).code).toBe(220);
    await second.command('QUIT');
    expect((await (await RawClient.connect(here)).reply()).code).toBe(220);
  });

  it('says so over TLS on an implicit listener', async () => {
    const run = await start({ limits: { connections: 1 }, listener: { tls: 'implicit' } });
    await RawClient.greeted({ port: run.port, tls: true });
    const second = await RawClient.connect({ port: run.port, tls: true });
    expect((await second.reply()).code).toBe(421);
    await second.whenClosed();
  });

  it('R29 one client holds no more unfinished handshakes than connections', async () => {
    const run = await start({ limits: { connections: 50, connectionsPerAddress: 3 }, listener: { tls: 'implicit' } });
    const silent = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect({ port: run.port })));
    await expect.poll(() => silent.filter((client) => client.closed).length).toBe(17);
    const other = await RawClient.connect({ port: run.port, tls: true, localAddress: '127.0.0.9' });
    expect((await other.reply()).code).toBe(220);
    for (const client of silent) client.vanish();
  });

  it('gives the place back when a TLS handshake fails, or never ends', async () => {
    const run = await start({ limits: { idle: 300 } });
    const garbage = await RawClient.greeted({ port: run.port });
    await garbage.pipeline(['EHLO x', 'STARTTLS']);
    garbage.send('this is no TLS\r\n\r\n');
    const silent = await RawClient.greeted({ port: run.port });
    await silent.pipeline(['EHLO x', 'STARTTLS']);
    await expect.poll(() => run.submission.connections, { timeout: 5000 }).toBe(0);
  });
});

describe('time', () => {
  it('an idle client gets 421', async () => {
    const run = await start({ limits: { idle: 100 } });
    const client = await RawClient.greeted({ port: run.port });
    expect((await client.reply()).raw.slice(0, 9)).toBe('421 4.4.2');
    await client.whenClosed();
  });

  it('a client that waits for its 250 is not idle', async () => {
    const run = await start({ limits: { idle: 100, data: 200 } });
    run.store.onAccept = () => new Promise((resolve) => setTimeout(resolve, 500));
    const client = await inData(run.port);
    client.send(SMALL_MESSAGE);
    expect((await client.reply()).code).toBe(250);
    expect(run.store.recorded.length).toBe(1);
  });

  it('R30 a message that drips in is cut at its deadline, however busy it keeps the line', async () => {
    const run = await start({ limits: { data: 300, idle: 5000 } });
    const client = await inData(run.port);
    client.send('a: b\r\n\r\n');
    const drip = setInterval(() => client.send('x'), 20);
    const reply = await client.reply();
    clearInterval(drip);
    expect(reply.raw.slice(0, 9)).toBe('421 4.4.2');
    await client.whenClosed();
    expect(run.store.recorded).toEqual([]);
    expect(run.store.writers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('R30 a client that falls silent in DATA is not waited for', async () => {
    const run = await start({ limits: { idle: 100 } });
    const client = await inData(run.port);
    await client.flush('a: b\r\n\r\nbody\r\n');
    expect((await client.reply()).raw.slice(0, 9)).toBe('421 4.4.2');
    await client.whenClosed();
    expect(run.store.recorded).toEqual([]);
    expect(run.store.writers.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('R34 a client that never reads is closed', async () => {
    const run = await start({ limits: { idle: 200 } });
    const client = await RawClient.greeted({ port: run.port });
    await client.command('EHLO erp.test');
    client.socket.pause();
    const flood = 'EHLO x\r\n'.repeat(10_000);
    const more = (): void => {
      if (!client.socket.destroyed && client.send(flood)) setImmediate(more);
    };
    client.socket.on('drain', more);
    more();
    await expect.poll(() => run.submission.connections, { timeout: 10_000 }).toBe(0);
    client.vanish();
  });
});

describe('size', () => {
  it('R31 past the limit: 552, and cut off soon after', async () => {
    const run = await start({ limits: { messageSize: 1_000_000 } });
    const client = await inData(run.port);
    client.send('a: b\r\n\r\n');
    const chunk = Buffer.from(`${'x'.repeat(78)}\r\n`.repeat(10_000));
    const more = (): void => {
      while (client.socket.bytesWritten < 100_000_000 && !client.closed && client.send(chunk));
    };
    client.socket.on('drain', more);
    more();
    expect((await client.reply()).raw.slice(0, 9)).toBe('552 5.3.4');
    await client.whenClosed();
    expect(client.socket.bytesWritten).toBeLessThan(30_000_000); // the limit, a megabyte more, and what sockets buffer
    expect(run.store.recorded).toEqual([]);
    expect(run.store.writers.map(({ aborted }) => aborted)).toEqual([true]);
    expect(run.submission.connections).toBe(0);
  });

  it('a message of exactly the limit is taken', async () => {
    const run = await start({ limits: { messageSize: 1000 } });
    const client = await inData(run.port);
    client.send(`${'x'.repeat(998)}\r\n.\r\n`);
    expect((await client.reply()).code).toBe(250);
    await client.pipeline(['MAIL FROM:<>', 'RCPT TO:<b@dest.test>', 'DATA']);
    client.send(`${'x'.repeat(999)}\r\n.\r\n`);
    expect((await client.reply()).code).toBe(552);
  });

  it('a faulty message is bounded by the limit as well', async () => {
    const run = await start({ limits: { messageSize: 100_000 } });
    const client = await inData(run.port);
    client.send(`a\n${'x\r\n'.repeat(50_000)}`);
    expect((await client.reply()).code).toBe(550);
    await client.whenClosed();
  });

  it('an endless command line is cut', async () => {
    const run = await start();
    const client = await RawClient.greeted({ port: run.port });
    client.send('x'.repeat(100_000));
    expect((await client.reply()).raw.slice(0, 9)).toBe('500 5.5.2');
    await client.whenClosed();
  });
});

it('R32 10,000 RCPT: 452 past the limit, and the message goes to the others', async () => {
  const run = await start({ limits: { recipients: 100 } });
  const client = await RawClient.greeted({ port: run.port });
  await client.pipeline(['EHLO erp.test', 'MAIL FROM:<a@src.test>']);
  const replies = await client.pipeline(Array.from({ length: 10_000 }, (_, index) => `RCPT TO:<r${index}@dest.test>`));
  const counts = new Map<string, number>();
  for (const { raw } of replies) counts.set(raw.slice(0, 9), (counts.get(raw.slice(0, 9)) ?? 0) + 1);
  expect([...counts]).toEqual([
    ['250 2.1.5', 100],
    ['452 4.5.3', 9900],
  ]);
  await client.command('DATA');
  client.send(SMALL_MESSAGE);
  expect((await client.reply()).code).toBe(250);
  expect(run.store.recorded[0]?.message.envelope.recipients.length).toBe(100);
});

describe('stopping', () => {
  it('tells idle clients 421, takes no new ones, and is down', async () => {
    const run = await start();
    const client = await RawClient.greeted({ port: run.port });
    const stopped = run.submission.stop(5000);
    expect(run.submission.up).toBe(false);
    expect((await client.reply()).raw.slice(0, 9)).toBe('421 4.3.2');
    await stopped;
    await expect(RawClient.connect({ port: run.port })).rejects.toThrow();
  });

  it('R6 a message in DATA may finish within the grace time', async () => {
    const run = await start();
    const client = await inData(run.port);
    const stopped = run.submission.stop(60_000);
    client.send(SMALL_MESSAGE);
    expect((await client.reply()).code).toBe(250);
    expect((await client.reply()).raw.slice(0, 9)).toBe('421 4.3.2');
    await stopped;
    expect(run.store.recorded.length).toBe(1);
  });

  it('R6 otherwise it gets 421 and is not recorded', async () => {
    const run = await start();
    const client = await inData(run.port);
    await client.flush('a: b\r\n\r\nx');
    const stopped = run.submission.stop(50);
    expect((await client.reply()).raw.slice(0, 9)).toBe('421 4.3.2');
    await stopped;
    expect(run.store.recorded).toEqual([]);
  });

  it('R6 what is being recorded is answered, past the grace time', async () => {
    const run = await start();
    let accept: (() => void) | undefined;
    run.store.onAccept = () => new Promise((resolve) => (accept = resolve));
    const client = await inData(run.port);
    client.send(SMALL_MESSAGE);
    await expect.poll(() => accept).toBeDefined();
    const stopped = run.submission.stop(0);
    setTimeout(() => accept?.(), 50);
    expect((await client.reply()).code).toBe(250);
    await stopped;
    expect(run.store.recorded.length).toBe(1);
  });

  it('does not wait for clients that never close their side', async () => {
    const run = await start();
    const client = await RawClient.greeted({ port: run.port });
    client.socket.removeAllListeners('end');
    await run.submission.stop(0);
    client.vanish();
  });
});
