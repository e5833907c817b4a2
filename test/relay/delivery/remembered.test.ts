import { afterEach, describe, expect, it } from 'vitest';
import type { HopLimits, Route } from '../../../src/domain/settings.ts';
import { type FakeHop, type Script, startFakeHop } from '../../support/fake-hop.ts';
import { createMemoryStore, type MemoryStore } from '../../support/memory-store.ts';
import { acceptMessage, type Harness, mxRoute, settings, smarthost, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function startHop(script?: Script): Promise<FakeHop> {
  const hop = await startFakeHop(script === undefined ? {} : { script });
  open.push(hop);
  return hop;
}

async function startRelay(routes: readonly Route[], options: Parameters<typeof startHarness>[1] = {}): Promise<Harness> {
  const relay = await startHarness(routes, options);
  open.push({ stop: () => relay.stop(0) });
  return relay;
}

function limits(changes: Partial<HopLimits>): HopLimits {
  return { connections: 5, rate: null, messagesPerConnection: 100, ...changes };
}

function types(memory: MemoryStore): string[] {
  return memory.events.map(({ type }) => type).filter((type) => type.startsWith('queue.'));
}

const HOLD: Route = { via: 'hold', match: {}, returnPath: 'preserve', limits: limits({}) };

/** The most messages that went within any `per` milliseconds. */
function mostWithin(instants: readonly number[], per: number): number {
  return Math.max(...instants.map((at) => instants.filter((other) => other >= at && other < at + per).length));
}

describe('through a restart', () => {
  it('a pause holds, and says by whom', async () => {
    const hop = await startHop();
    const memory = createMemoryStore();
    const name = `127.0.0.1:${hop.port}`;
    const first = await startRelay([smarthost(hop.port)], { memory });
    expect(await first.delivery.pause(name, 'ann')).toBe(true);
    await first.stop(0);
    const id = await acceptMessage(memory, { to: ['bob@example.net'] });
    const second = await startRelay([smarthost(hop.port)], { memory });
    expect(second.delivery.nextHops()[0]).toMatchObject({ state: 'paused', waiting: 1, paused: { by: 'ann' } });
    expect(hop.connections).toBe(0);
    expect(await second.delivery.resume(name, 'eve')).toBe(true);
    await second.settled(id, ['transferred']);
    expect(await memory.nextHops.list()).toEqual([]);
  });

  it('a domain that was paused is shown before it has mail, and can be resumed', async () => {
    const memory = createMemoryStore();
    const paused = { at: Date.now(), by: 'ann' };
    const record = { paused, failures: 0, blockedUntil: 0, lastError: null, sentAt: [] };
    await memory.nextHops.put('mx example.net', record);
    const relay = await startRelay([HOLD, mxRoute(1)], { memory });
    expect(relay.delivery.nextHops()).toContainEqual(
      expect.objectContaining({ nextHop: 'example.net', via: 'mx', state: 'paused', waiting: 0, paused }),
    );
    expect(await relay.delivery.resume('example.net', null)).toBe(true);
  });

  it('a pause that can not be written is an error for who asked, and holds all the same', async () => {
    const hop = await startHop();
    const memory = createMemoryStore();
    const relay = await startRelay([smarthost(hop.port)], { memory });
    memory.nextHops.put = () => Promise.reject(new Error('EIO: i/o error'));
    await expect(relay.delivery.pause(`127.0.0.1:${hop.port}`, 'ann')).rejects.toThrow('EIO');
    expect(relay.delivery.nextHops()[0]?.state).toBe('paused');
  });

  it('a hop that refuses is left alone as long as before, and its recovery is told', async () => {
    const refusal = { reply: '554 5.3.2 no service', close: 'end' } as const;
    const hop = await startHop(({ stage }) => (stage === 'greeting' ? refusal : undefined));
    const memory = createMemoryStore();
    const first = await startRelay([smarthost(hop.port)], { memory });
    const id = await first.accept({ to: ['ann@example.net'] });
    await first.settled(id, ['deferred']);
    const blockedUntil = first.delivery.nextHops()[0]?.blockedUntil;
    await first.stop(0);
    hop.script = () => undefined;
    const second = await startRelay([smarthost(hop.port)], { memory });
    expect(second.delivery.nextHops()[0]).toMatchObject({ state: 'blocked', blockedUntil });
    expect(hop.connections).toBe(1);
    await second.delivery.flush(`127.0.0.1:${hop.port}`, 'ann');
    await second.settled(id, ['transferred']);
    await second.until(() => (types(memory).length === 2 ? true : undefined));
    expect(types(memory)).toEqual(['queue.blocked', 'queue.recovered']);
    expect(await memory.nextHops.list()).toEqual([]);
  });

  it('a rate is kept although the process was killed, and exactly when it stopped in order', async () => {
    const instants: number[] = [];
    const hop = await startHop(({ stage }) => {
      if (stage === 'content') instants.push(Date.now());
      return undefined;
    });
    const per = 700;
    const route = smarthost(hop.port, { limits: limits({ rate: { messages: 6, per } }) });
    const memory = createMemoryStore();
    const first = await startRelay([route], { memory });
    for (let i = 0; i < 4; i++) await first.accept({ to: [`a${i}@example.net`] });
    await hop.received(4);
    const killed = await memory.nextHops.list();
    // The cover was durable before each of them went.
    expect(killed[0]?.value.sentAt.length).toBeGreaterThanOrEqual(4);
    await first.stop(0);
    const inOrder = (await memory.nextHops.list())[0]?.value.sentAt ?? [];
    expect(inOrder.length).toBeLessThanOrEqual(4);
    expect(Math.max(...inOrder)).toBeLessThanOrEqual(Date.now());
    for (const { name, value } of killed) await memory.nextHops.put(name, value);
    for (let i = 0; i < 8; i++) await acceptMessage(memory, { to: [`b${i}@example.net`] });
    await startRelay([route], { memory });
    await hop.received(12);
    // What is on its way takes its time: a part of the period tells all the same.
    expect(mostWithin(instants, per * 0.6)).toBeLessThanOrEqual(6);
  });

  it('nothing goes under a rate that could not be written down, and it is our own fault', async () => {
    const hop = await startHop();
    const memory = createMemoryStore();
    memory.nextHops.put = () => Promise.reject(new Error('EIO: i/o error'));
    const relay = await startRelay([smarthost(hop.port, { limits: limits({ rate: { messages: 6, per: 60_000 } }) })], { memory });
    const { recipients } = await relay.settled(await relay.accept({ to: ['ann@example.net'] }));
    expect(recipients[0]?.attemptList[0]).toMatchObject({ outcome: 'internal' });
    expect(hop.messages).toHaveLength(0);
  });

  it('what a person released does not go back on hold, tried or not', async () => {
    const hop = await startHop();
    const memory = createMemoryStore();
    const routes = [HOLD, smarthost(hop.port)];
    const first = await startRelay(routes, { memory });
    const id = await first.accept({ to: ['ann@example.net'] });
    await first.settled(id, ['held']);
    await first.delivery.pause(`127.0.0.1:${hop.port}`, null);
    await memory.apply([{ message: id, index: 0, evidence: { kind: 'released' } }], Date.now());
    await first.stop(0);
    const second = await startRelay(routes, { memory });
    await second.delivery.resume(`127.0.0.1:${hop.port}`, null);
    await second.settled(id, ['transferred']);
    expect(memory.events.filter(({ type }) => type === 'recipient.held')).toHaveLength(1);
  });

  it('what a route no longer there, or a block long ago left behind is forgotten', async () => {
    const memory = createMemoryStore();
    const old = { paused: null, failures: 3, blockedUntil: Date.now() - 30 * 86_400_000, lastError: 'x', sentAt: [Date.now() - 1e9] };
    await memory.nextHops.put('gone.example:25', old);
    await startRelay([smarthost(1)], { memory });
    expect(await memory.nextHops.list()).toEqual([]);
  });
});

describe('a hop that slows us down', () => {
  it('gets fewer connections, and is left alone when it goes on asking', async () => {
    const hop = await startHop(({ stage }) => (stage === 'mail' ? '451 4.7.0 Temporary rate limit, slow down' : undefined));
    const memory = createMemoryStore();
    const relay = await startRelay([smarthost(hop.port)], {
      memory,
      settings: settings({ retry: { delays: [20], expireAfter: 3_600_000 } }),
    });
    const ids = await Promise.all(Array.from({ length: 8 }, (_, i) => relay.accept({ to: [`u${i}@example.net`] })));
    await relay.until(() => (types(memory).length === 1 ? true : undefined));
    expect(relay.delivery.nextHops()[0]).toMatchObject({ state: 'blocked', lastReply: { code: 451, status: '4.7.0' } });
    hop.script = () => undefined;
    for (const id of ids) await relay.settled(id, ['transferred']);
    expect(types(memory)).toEqual(['queue.blocked', 'queue.recovered']);
  });

  it('a full mailbox, a grey list and too many recipients are no such thing', async () => {
    const replies = [
      '452 4.2.2 mailbox full',
      '451 4.7.1 Greylisted',
      '452 4.5.3 too many recipients',
      '450 4.2.1 receiving mail too quickly',
    ];
    const hop = await startHop(({ stage, line }) => (stage === 'rcpt' ? replies[Number(/u(\d+)@/.exec(line)?.[1]) % 4] : undefined));
    const memory = createMemoryStore();
    const relay = await startRelay([smarthost(hop.port)], { memory });
    const ids = await Promise.all(Array.from({ length: 24 }, (_, i) => relay.accept({ to: [`u${i}@example.net`] })));
    for (const id of ids) await relay.settled(id, ['deferred']);
    expect(types(memory)).toEqual([]);
  });
});

describe('a server that blocks our address', () => {
  const BLOCKED = '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.dnsbl.example';

  it('holds its hop with an event; nobody fails, and who expires is told why', async () => {
    const hop = await startHop(({ stage }) => (stage === 'rcpt' ? BLOCKED : undefined));
    const relay = await startRelay([smarthost(hop.port)]);
    const id = await relay.accept({ to: ['ann@example.net'] });
    await relay.settled(id, ['deferred']);
    expect(types(relay.store)).toEqual(['queue.blocked']);
    const late = await relay.accept({ to: ['bob@example.net'], expireAt: Date.now() + 80 });
    const { recipients, events } = await relay.settled(late, ['expired']);
    expect(recipients[0]).toMatchObject({ attempts: 0, failure: { category: 'blocked', status: '5.7.1', addressInvalid: false } });
    expect(events.at(-1)?.reason).toContain('could not be used: 554 5.7.1');
  });

  it('does not hold up the others for one message that alone meets it', async () => {
    const hop = await startHop(({ stage, line }) => (stage === 'rcpt' && line.includes('odd@') ? BLOCKED : undefined));
    const relay = await startRelay([smarthost(hop.port)], { settings: settings({ retry: { delays: [40], expireAfter: 3_600_000 } }) });
    const odd = await relay.accept({ to: ['odd@example.net'] });
    await relay.settled(odd, ['deferred']);
    await relay.settled(await relay.accept({ to: ['ann@example.net'] }), ['transferred']);
    const attempts = async (): Promise<number> => (await relay.store.message(odd))?.recipients[0]?.attempts ?? 0;
    await relay.until(async () => ((await attempts()) >= 6 ? true : undefined));
    expect(types(relay.store).filter((type) => type === 'queue.blocked').length).toBeLessThanOrEqual(2);
    expect((await relay.store.message(odd))?.recipients[0]?.state).toBe('deferred');
  });

  it('expiry at a paused hop says who paused it', async () => {
    const relay = await startRelay([smarthost(1)]);
    await relay.delivery.pause('127.0.0.1:1', 'ann');
    const { events } = await relay.settled(await relay.accept({ to: ['bob@example.net'], expireAt: Date.now() + 60 }), ['expired']);
    expect(events.at(-1)?.reason).toBe('127.0.0.1:1 was paused by ann: nothing was sent to it');
  });
});
