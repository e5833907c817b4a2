import { afterEach, describe, expect, it } from 'vitest';
import type { Route } from '../../../src/domain/settings.ts';
import { type FakeHop, type Script, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, settings, smarthost, startHarness } from './harness.ts';

const PRIORITIES = { urgent: ['order-*'], bulk: ['payslip*'] };

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function startHop(script?: Script): Promise<FakeHop> {
  const hop = await startFakeHop(script === undefined ? {} : { script });
  open.push(hop);
  return hop;
}

async function startRelay(routes: readonly Route[], changes: Parameters<typeof settings>[0] = {}): Promise<Harness> {
  const relay = await startHarness(routes, { settings: settings({ priorities: PRIORITIES, ...changes }) });
  open.push({ stop: () => relay.stop(0) });
  return relay;
}

function limits(connections: number, rate: { messages: number; per: number } | null = null) {
  return { limits: { connections, rate, messagesPerConnection: 100 } };
}

async function payroll(relay: Harness, count: number, domain = 'example.net'): Promise<void> {
  for (let i = 0; i < count; i++) await relay.accept({ to: [`p${i}@${domain}`], class: 'payslip-2026' });
}

/** Which message of the hop, from 0, went to the address. */
function placeOf(hop: FakeHop, recipient: string): number {
  return hop.messages.findIndex(({ rcpts }) => rcpts.some((line) => line.includes(recipient)));
}

const TAKES = (delay: number): Script => {
  return ({ stage }) => (stage === 'content' ? { reply: '250 ok', delay } : undefined);
};

describe('an order confirmation amid payslips of the same account', () => {
  it('overtakes what waits, what is claimed and what is in memory', async () => {
    const hop = await startHop(TAKES(2));
    const relay = await startRelay([smarthost(hop.port, limits(5))]);
    await payroll(relay, 300);
    await hop.received(50);
    const order = await relay.accept({ to: ['order@example.net'], class: 'order-confirmation' });
    const before = hop.messages.length;
    const { recipients } = await relay.settled(order, ['transferred']);
    // No more than what was on the lines, and on its way to the store, when it came.
    expect(placeOf(hop, 'order@')).toBeLessThan(before + 25);
    expect(recipients[0]?.attempts).toBe(1);
    expect(hop.messages.length).toBeLessThan(300);
  });

  it('finds a line free at a hop that takes its time over each', async () => {
    const hop = await startHop(({ stage, line }) => {
      if (stage !== 'content') return undefined;
      return { reply: '250 ok', delay: line.includes('order') ? 0 : 400 };
    });
    const relay = await startRelay([smarthost(hop.port, limits(4))]);
    await payroll(relay, 40);
    await hop.received(3);
    const started = Date.now();
    const order = await relay.accept({ to: ['order@example.net'], class: 'order-confirmation' });
    await hop.heard(/^RCPT TO:<order@/);
    expect(Date.now() - started).toBeLessThan(300);
    await relay.settled(order, ['transferred']);
  });

  it('finds a connection free where bulk to other hops takes all it may have', async () => {
    const slow = await startHop(TAKES(400));
    const routes = [
      smarthost(slow.port, { match: { recipientDomain: ['a.example'] }, ...limits(10) }),
      smarthost(slow.port, { match: { recipientDomain: ['b.example'] }, ...limits(10) }),
    ];
    const quick = await startHop();
    const relay = await startRelay([...routes, smarthost(quick.port, limits(10))], { connections: 4 });
    await payroll(relay, 20, 'a.example');
    await payroll(relay, 20, 'b.example');
    await slow.received(3);
    const started = Date.now();
    await relay.settled(await relay.accept({ to: ['order@c.example'], class: 'order-7' }), ['transferred']);
    expect(Date.now() - started).toBeLessThan(300);
    expect(slow.mostOpen).toBe(3);
  });

  it('finds room in a rate, of which bulk leaves a part', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port, limits(5, { messages: 10, per: 60_000 }))]);
    await payroll(relay, 30);
    await hop.received(9);
    await relay.settled(await relay.accept({ to: ['order@example.net'], class: 'order-7' }), ['transferred']);
    expect(hop.messages).toHaveLength(10);
  });

  it('is not waited for by the payslips for ever: they keep turns of their own', async () => {
    const hop = await startHop(TAKES(1));
    const relay = await startRelay([smarthost(hop.port, limits(1))]);
    const name = `127.0.0.1:${hop.port}`;
    await relay.delivery.pause(name, null);
    await payroll(relay, 3);
    for (let i = 0; i < 120; i++) await relay.accept({ to: [`o${i}@example.net`], class: 'order-confirmation' });
    await relay.delivery.resume(name, null);
    await hop.received(123);
    const places = [0, 1, 2].map((i) => placeOf(hop, `<p${i}@`));
    expect(Math.max(...places)).toBeLessThan(80);
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it('what is sent again is urgent, whatever its class', async () => {
    const hop = await startHop(TAKES(2));
    const relay = await startRelay([smarthost(hop.port, limits(2))]);
    await payroll(relay, 120);
    await hop.received(10);
    await relay.settled(await relay.accept({ to: ['again@example.net'], class: 'payslip-2026', origin: 'resend' }), ['transferred']);
    expect(hop.messages.length).toBeLessThan(60);
  });
});
