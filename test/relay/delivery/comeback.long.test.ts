import { expect, it } from 'vitest';
import { startFakeHop } from '../../support/fake-hop.ts';
import { createMemoryStore } from '../../support/memory-store.ts';
import { acceptMessage, settings, smarthost, startHarness } from './harness.ts';

const QUEUED = 10_000;
const CONNECTIONS = 8;

it('R18 10,000 queued and the hop comes back: few are tried in vain, by one connection, then by no more than its limit', async () => {
  const hop = await startFakeHop();
  await hop.goDown();
  const memory = createMemoryStore();
  const ids = [];
  for (let i = 0; i < QUEUED; i++) ids.push(await acceptMessage(memory, { to: [`u${i}@example.net`] }));
  // One that ends in order is still closing while its successor is dialled: here none ends.
  const limits = { connections: CONNECTIONS, rate: null, messagesPerConnection: QUEUED };
  const retry = { delays: [100, 200, 400], expireAfter: 3_600_000 };
  const relay = await startHarness([smarthost(hop.port, { limits })], { memory, settings: settings({ retry }) });
  try {
    const failures = (): number => memory.events.filter(({ type }) => type === 'recipient.deferred').length;
    await relay.until(() => (failures() >= 8 ? true : undefined));
    const { blockedUntil } = relay.delivery.nextHops()[0] ?? {};
    expect(blockedUntil).not.toBeNull();
    const vain = failures();
    // The first look by the first lines, each look after it by one.
    expect(vain).toBeLessThan(40);
    await hop.comeBack();
    await hop.received(QUEUED);
    await relay.until(() => (memory.queue.messages === 0 ? true : undefined));
    expect(hop.mostOpen).toBeLessThanOrEqual(CONNECTIONS);
    expect(hop.messages).toHaveLength(QUEUED);
    const attempts = await Promise.all(ids.map(async (id) => (await memory.record(id))?.recipients[0]?.attempts ?? 0));
    expect(attempts.reduce((sum, n) => sum + n, 0)).toBeLessThan(QUEUED + 60);
    const told = memory.events.map(({ type }) => type).filter((type) => type.startsWith('queue.'));
    expect(told).toEqual(['queue.blocked', 'queue.recovered']);
  } finally {
    await relay.stop(0);
    await hop.stop();
  }
}, 300_000);
