import { afterEach, describe, expect, it } from 'vitest';
import { startFakeHop } from '../../support/fake-hop.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { acceptMessage, type Harness, settings, smarthost, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function startAt(port: number, options: Parameters<typeof startHarness>[1] = {}): Promise<Harness> {
  const relay = await startHarness([smarthost(port)], options);
  open.push(relay);
  return relay;
}

describe('delivery stops', () => {
  it('lets what runs end within the grace, and begins nothing new', async () => {
    const hop = await startFakeHop({ script: ({ stage }) => (stage === 'content' ? { reply: '250 ok', delay: 100 } : undefined) });
    open.push(hop);
    const relay = await startAt(hop.port);
    const id = await relay.accept({ to: ['ann@example.net'] });
    await hop.received(1);
    const stopping = relay.stop(5_000);
    const late = await relay.accept({ to: ['bob@example.net'] });
    await stopping;
    expect(relay.delivery.up).toBe(false);
    expect((await relay.store.message(id))?.recipients[0]).toMatchObject({ state: 'transferred', attempting: null });
    expect((await relay.store.message(late))?.recipients[0]).toMatchObject({ state: 'queued', attempts: 0 });
    await expect.poll(() => hop.open).toBe(0);
  });

  it('drops what does not end: unanswered, ambiguous once the dot went out, committed before it resolves', async () => {
    const hop = await startFakeHop({
      script: ({ stage, line }) => {
        if (line.includes('early@')) return { reply: '250 ok', delay: 60_000 };
        return stage === 'content' ? { reply: '250 ok', delay: 60_000 } : undefined;
      },
    });
    open.push(hop);
    const relay = await startAt(hop.port);
    const dotted = await relay.accept({ to: ['dotted@example.net'] });
    const early = await relay.accept({ to: ['early@example.net'] });
    await hop.received(1);
    await hop.heard(/early@/);
    await relay.stop(20);
    const attempts = await Promise.all([dotted, early].map(async (id) => (await relay.store.message(id))?.recipients[0]));
    expect(attempts.map((recipient) => [recipient?.state, recipient?.attempting])).toEqual([
      ['deferred', null],
      ['deferred', null],
    ]);
    expect(attempts.map((recipient) => recipient?.attemptList[0])).toMatchObject([
      { outcome: 'unanswered', ambiguous: true, error: 'relais stopped' },
      { outcome: 'unanswered', ambiguous: false, error: 'relais stopped' },
    ]);
    // What can not have arrived is due at once when relais is back.
    expect((attempts[1]?.nextAttemptAt ?? 0) - Date.now()).toBeLessThan(1_000);
  });
});

describe('delivery starts', () => {
  it('takes up what the store holds, and leaves what is due later', async () => {
    const hop = await startFakeHop();
    open.push(hop);
    const memory = createMemoryStore();
    const due = await acceptMessage(memory, { to: ['ann@example.net'] });
    await acceptMessage(memory, { to: ['bob@example.net'], dueAt: Date.now() + 60_000 });
    const soon = await acceptMessage(memory, { to: ['eve@example.net'], dueAt: Date.now() + 150 });
    const relay = await startAt(hop.port, { memory });
    await relay.settled(due, ['transferred']);
    await relay.settled(soon, ['transferred']);
    expect(hop.messages).toHaveLength(2);
    expect(relay.delivery.nextHops()[0]?.waiting).toBe(1);
  });

  it('attempts of a process that is gone become unanswered once their lease has ended, then are tried again', async () => {
    const hop = await startFakeHop();
    open.push(hop);
    const memory = createMemoryStore();
    const id = await acceptMessage(memory, { to: ['ann@example.net'] });
    const now = Date.now();
    await memory.claim({ message: id, indexes: [0], nextHop: 'gone', leaseUntil: now + 150, retryAt: now + 60_000, now });
    const relay = await startAt(hop.port, { memory });
    const { recipients } = await relay.settled(id, ['transferred']);
    expect(Date.now() - now).toBeGreaterThanOrEqual(145);
    expect(recipients[0]?.attemptList.map(({ outcome, ambiguous }) => [outcome, ambiguous])).toEqual([
      ['unanswered', true],
      ['transferred', false],
    ]);
  });
});

describe('a fault of ours', () => {
  it('a store that refuses claims suspends delivery; nothing is lost, tried or failed', async () => {
    const hop = await startFakeHop();
    open.push(hop);
    const memory = createMemoryStore();
    const claim = memory.claim.bind(memory);
    let refuse = true;
    memory.claim = (request) => (refuse ? Promise.reject(new Error('EIO: i/o error')) : claim(request));
    const id = await acceptMessage(memory, { to: ['ann@example.net'] });
    const relay = await startAt(hop.port, { memory });
    await expect.poll(() => relay.delivery.up).toBe(false);
    expect(hop.connections).toBe(0);
    refuse = false;
    await relay.settled(id, ['transferred']);
    expect(relay.delivery.up).toBe(true);
  });

  it('an outcome is told to the store until it takes it', async () => {
    const hop = await startFakeHop();
    open.push(hop);
    const memory = createMemoryStore();
    const apply = memory.apply.bind(memory);
    let refusals = 2;
    memory.apply = (items, now) => (refusals-- > 0 ? Promise.reject(new Error('EIO: i/o error')) : apply(items, now));
    const id = await acceptMessage(memory, { to: ['ann@example.net'] });
    const relay = await startAt(hop.port, { memory });
    const { recipients } = await relay.settled(id, ['transferred']);
    expect(recipients[0]?.attempts).toBe(1);
    expect(hop.messages).toHaveLength(1);
  });

  it('content that can not be read is an internal outcome: deferred past its time, never expired', async () => {
    const memory = createMemoryStore();
    memory.content = () => Promise.reject(new Error('EIO: i/o error'));
    const relay = await startAt(1, { memory, settings: settings({ retry: { delays: [60], expireAfter: 100 } }) });
    const id = await relay.accept({ to: ['ann@example.net'], expireAt: Date.now() + 100 });
    await relay.until(async () => (((await memory.message(id))?.recipients[0]?.attempts ?? 0) >= 4 ? true : undefined));
    const recipient = (await memory.message(id))?.recipients[0];
    expect(recipient?.state).toBe('deferred');
    expect(recipient?.attemptList[0]).toMatchObject({ outcome: 'internal', phase: 'local', error: 'EIO: i/o error' });
  });
});
