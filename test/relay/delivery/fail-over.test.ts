import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startFakeDns } from '../../support/fake-dns.ts';
import { type FakeHop, type FakeHopOptions, type Script, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, mxRoute, settings, smarthost, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function startHop(options: FakeHopOptions = {}): Promise<FakeHop> {
  const hop = await startFakeHop(options);
  open.push(hop);
  return hop;
}

/** A smarthost route over the hops, in order. */
async function startRelay(hops: readonly { readonly port: number }[]): Promise<Harness> {
  const [first, ...others] = hops;
  const fallbacks = others.map(({ port }) => ({ host: '127.0.0.1', port }));
  const relay = await startHarness([smarthost(first?.port ?? 0, { fallbacks })]);
  open.push(relay);
  return relay;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}

async function sendOne(relay: Harness) {
  const [recipient] = (await relay.settled(await relay.accept({ to: ['ann@example.net'] }))).recipients;
  return { state: recipient?.state, attempt: recipient?.attemptList[0] };
}

const at =
  (wanted: string, reply: string, close?: 'end'): Script =>
  ({ stage }) =>
    stage === wanted ? { reply, ...(close === undefined ? {} : { close }) } : undefined;

describe('a route with several hosts', () => {
  it('goes on to the next that can be reached; the hop keeps its name', async () => {
    const down = await closedPort();
    const second = await startHop();
    const relay = await startRelay([{ port: down }, second]);
    const { state, attempt } = await sendOne(relay);
    expect([state, attempt?.address, attempt?.nextHop]).toEqual(['transferred', `127.0.0.1:${second.port}`, `127.0.0.1:${down}`]);
    expect(relay.delivery.nextHops().map(({ nextHop }) => nextHop)).toEqual([`127.0.0.1:${down}`]);
  });

  const passing: readonly (readonly [string, Script])[] = [
    ['421 in its greeting', at('greeting', '421 4.3.2 not now', 'end')],
    ['554 in its greeting', at('greeting', '554 5.3.2 no service', 'end')],
    ['421 to EHLO', at('ehlo', '421 4.3.2 not now', 'end')],
    ['421 to MAIL', at('mail', '421 4.3.2 not now', 'end')],
    ['421 to RCPT', at('rcpt', '421 4.3.2 not now', 'end')],
    ['421 to DATA', at('data', '421 4.3.2 not now', 'end')],
    ['a closed connection after RCPT', ({ stage }) => (stage === 'rcpt' ? { reply: null, close: 'destroy' } : undefined)],
  ];
  for (const [name, script] of passing) {
    it(`R13 ${name}: the next host takes it in the same attempt`, async () => {
      const first = await startHop({ script });
      const second = await startHop();
      const relay = await startRelay([first, second]);
      const { state, attempt } = await sendOne(relay);
      expect([state, attempt?.number, attempt?.address]).toEqual(['transferred', 1, `127.0.0.1:${second.port}`]);
      expect([first.messages.length, second.messages.length]).toEqual([0, 1]);
      expect(relay.store.events.some(({ type }) => type === 'queue.blocked')).toBe(false);
    });
  }

  const settled: readonly (readonly [string, Script, string])[] = [
    ['550 to RCPT', at('rcpt', '550 5.1.1 no such user'), 'failed'],
    ['550 to MAIL', at('mail', '550 5.7.1 not you'), 'failed'],
    ['451 to RCPT', at('rcpt', '451 4.2.1 later'), 'deferred'],
    ['451 after the dot', at('content', '451 4.3.0 later'), 'deferred'],
    ['421 after the dot', at('content', '421 4.3.0 later', 'end'), 'deferred'],
    ['a closed connection after the dot', ({ stage }) => (stage === 'content' ? { reply: null, close: 'destroy' } : undefined), 'deferred'],
  ];
  for (const [name, script, state] of settled) {
    it(`${name} is the answer: no other host is asked`, async () => {
      const first = await startHop({ script });
      const second = await startHop();
      const { state: became, attempt } = await sendOne(await startRelay([first, second]));
      expect([became, attempt?.address, second.connections]).toEqual([state, `127.0.0.1:${first.port}`, 0]);
    });
  }

  it('all of which say 421: one deferral, with what the first said, and the hop is left alone', async () => {
    const hops = await Promise.all([
      startHop({ script: at('mail', '421 4.3.2 first', 'end') }),
      startHop({ script: at('greeting', '421 4.3.2 second', 'end') }),
    ]);
    const relay = await startRelay(hops);
    const { state, attempt } = await sendOne(relay);
    expect([state, attempt?.reply?.text, hops.map(({ connections }) => connections)]).toEqual(['deferred', 'first', [1, 1]]);
    await relay.until(() => relay.store.events.find(({ type }) => type === 'queue.blocked'));
  });

  it('tries one that could not be reached after the others for a while', async () => {
    const first = await startHop({ script: at('greeting', '421 4.3.2 not now', 'end') });
    const second = await startHop({ script: ({ stage }) => (stage === 'quit' ? { reply: '221 bye', close: 'end' } : undefined) });
    const relay = await startHarness([
      smarthost(first.port, {
        fallbacks: [{ host: '127.0.0.1', port: second.port }],
        limits: { connections: 1, rate: null, messagesPerConnection: 1 },
      }),
    ]);
    open.push(relay);
    for (let i = 0; i < 4; i++) expect((await sendOne(relay)).state).toBe('transferred');
    expect([first.connections, second.connections]).toEqual([1, 4]);
  });
});

it('RFC 5321 §5.1: the next MX is tried after 421, never after a recipient was refused', async () => {
  const near = await startHop({
    script: ({ stage, line }) => (stage !== 'rcpt' ? undefined : line.includes('<bob@') ? '550 5.1.1 no' : '421 4.3.2 not now'),
  });
  const far = await startHop({ at: { address: '127.0.0.2', port: near.port } });
  const dns = await startFakeDns({
    'example.net': {
      mx: [
        [10, 'near.example'],
        [20, 'far.example'],
      ],
    },
    'near.example': { a: ['127.0.0.1'] },
    'far.example': { a: ['127.0.0.2'] },
  });
  const relay = await startHarness([mxRoute(near.port)], { settings: settings({ resolvers: [dns.server] }) });
  open.push(dns, relay);
  const both = await relay.settled(await relay.accept({ to: ['bob@example.net', 'ann@example.net'] }));
  expect(both.recipients.map((recipient) => recipient.state)).toEqual(['failed', 'deferred']);
  expect(far.connections).toBe(0);
  await relay.delivery.flush('example.net', 'ops');
  const last = await relay.settled(both.message.id, ['failed', 'transferred']);
  expect(last.recipients[1]?.attemptList.at(-1)?.address).toBe(`127.0.0.2:${far.port}`);
  expect(far.messages.map(({ rcpts }) => rcpts)).toEqual([['RCPT TO:<ann@example.net>']]);
});
