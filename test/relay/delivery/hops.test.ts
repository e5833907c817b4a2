import { afterEach, describe, expect, it } from 'vitest';
import type { HopLimits, Route } from '../../../src/domain/settings.ts';
import { verifyToken } from '../../../src/domain/tokens.ts';
import { type FakeHop, startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, settings, smarthost, startHarness, TOKEN_KEY } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function startHop(options?: Parameters<typeof startFakeHop>[0]): Promise<FakeHop> {
  const hop = await startFakeHop(options);
  open.push(hop);
  return hop;
}

async function startRelay(routes: readonly Route[], options?: Parameters<typeof startHarness>[1]): Promise<Harness> {
  const relay = await startHarness(routes, options);
  open.push(relay);
  return relay;
}

const HOLD: Route = { via: 'hold', match: {}, returnPath: 'preserve', limits: { connections: 1, rate: null, messagesPerConnection: 1 } };

function limits(changes: Partial<HopLimits>): HopLimits {
  return { connections: 5, rate: null, messagesPerConnection: 100, ...changes };
}

function events(relay: Harness, type: string): number {
  return relay.store.events.filter((event) => event.type === type).length;
}

describe('a next hop as a whole', () => {
  it('R18 is left alone while down, and met by few connections when it is back', async () => {
    const hop = await startHop();
    await hop.goDown();
    const relay = await startRelay([smarthost(hop.port, { limits: limits({ connections: 4 }) })], {
      settings: settings({ retry: { delays: [150], expireAfter: 3_600_000 } }),
    });
    const ids = await Promise.all(Array.from({ length: 300 }, (_, i) => relay.accept({ to: [`u${i}@example.net`] })));
    await relay.until(() => (events(relay, 'queue.blocked') === 1 ? true : undefined));
    await hop.comeBack();
    for (const id of ids) await relay.settled(id, ['transferred']);
    const attempts = await Promise.all(ids.map(async (id) => (await relay.store.message(id))?.recipients[0]?.attempts ?? 0));
    // A few were tried against the hop that was down, most were not.
    expect(attempts.reduce((sum, n) => sum + n, 0)).toBeLessThan(330);
    expect(hop.mostOpen).toBeLessThanOrEqual(4);
    expect([events(relay, 'queue.blocked'), events(relay, 'queue.recovered')]).toEqual([1, 1]);
    expect(relay.delivery.nextHops()[0]).toMatchObject({ state: 'active', waiting: 0, attempting: 0, blockedUntil: null });
  });

  it('R17 of a provider that no longer relays for us fails nobody', async () => {
    const hop = await startHop({ script: ({ stage }) => (stage === 'rcpt' ? { reply: '554 5.7.1 Relay access denied' } : undefined) });
    const relay = await startRelay([smarthost(hop.port)], { settings: settings({ retry: { delays: [400_000], expireAfter: 3_600_000 } }) });
    const id = await relay.accept({ to: ['ann@example.net'] });
    await relay.settled(id, ['deferred']);
    await relay.until(() => (events(relay, 'queue.blocked') === 1 ? true : undefined));
  });

  it('that refuses a shared message by one reply says of nobody that the address is dead', async () => {
    const hop = await startHop({ script: ({ stage }) => (stage === 'content' ? { reply: '550 5.1.1 user unknown' } : undefined) });
    const relay = await startRelay([smarthost(hop.port, { returnPath: 'preserve' })]);
    const id = await relay.accept({ to: ['ann@example.net', 'bob@example.net'] });
    await relay.settled(id, ['failed', 'failed']);
    const recipients = (await relay.store.message(id))?.recipients ?? [];
    expect(recipients.map(({ failure }) => failure?.addressInvalid)).toEqual([false, false]);
  });

  it('backs off longer with each refusal, with jitter', async () => {
    const hop = await startHop({
      script: ({ stage }) => (stage === 'greeting' ? { reply: '554 5.3.2 no service', close: 'end' } : undefined),
    });
    const relay = await startRelay([smarthost(hop.port)], {
      settings: settings({ retry: { delays: [40, 400_000], expireAfter: 3_600_000 } }),
      random: () => 0.5,
    });
    const id = await relay.accept({ to: ['ann@example.net'] });
    await relay.until(async () => ((await relay.store.message(id))?.recipients[0]?.attemptList[1]?.outcome != null ? true : undefined));
    const [status] = relay.delivery.nextHops();
    expect(status).toMatchObject({ state: 'blocked', waiting: 1, lastReply: { code: 554 } });
    expect((status?.blockedUntil ?? 0) - Date.now()).toBeGreaterThan(300_000);
    expect(hop.connections).toBe(2);
    expect(events(relay, 'queue.blocked')).toBe(1);
  });

  it('is not blocked for one connection too many: the others carry the mail', async () => {
    let refused = 0;
    const hop: FakeHop = await startHop({
      script: ({ stage }) => {
        if (stage === 'greeting' && hop.open > 2) {
          refused++;
          return { reply: '421 4.7.0 too many connections', close: 'end' };
        }
        return stage === 'content' ? { reply: '250 ok', delay: 5 } : undefined;
      },
    });
    const relay = await startRelay([smarthost(hop.port)]);
    await relay.settled(await relay.accept({ to: ['first@example.net'] }), ['transferred']);
    const ids = await Promise.all(Array.from({ length: 40 }, (_, i) => relay.accept({ to: [`u${i}@example.net`] })));
    for (const id of ids) await relay.settled(id, ['transferred']);
    expect(refused).toBeGreaterThan(0);
    expect(events(relay, 'queue.blocked')).toBe(0);
  });

  it('expires what waits for it when its time is over, without an attempt', async () => {
    const relay = await startRelay([smarthost(1)]);
    const first = await relay.accept({ to: ['ann@example.net'] });
    await relay.settled(first, ['deferred']);
    const second = await relay.accept({ to: ['bob@example.net'], expireAt: Date.now() + 100 });
    const { recipients } = await relay.settled(second, ['expired']);
    expect(recipients[0]?.attempts).toBe(0);
  });

  it('has no more connections than its limit, and all hops together than theirs', async () => {
    const hops = await Promise.all([startHop(), startHop(), startHop()]);
    for (const hop of hops) hop.script = ({ stage }) => (stage === 'content' ? { reply: '250 ok', delay: 3 } : undefined);
    const routes = hops.map((hop, i) => smarthost(hop.port, { match: { recipientDomain: [`d${i}.example`] } }));
    const relay = await startRelay(routes, { settings: settings({ connections: 2 }) });
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(
        most,
        relay.delivery.nextHops().reduce((sum, { connections }) => sum + connections, 0),
      );
    }, 2);
    const ids = await Promise.all(Array.from({ length: 60 }, (_, i) => relay.accept({ to: [`u@d${i % 3}.example`] })));
    for (const id of ids) await relay.settled(id, ['transferred']);
    clearInterval(watch);
    expect(most).toBeLessThanOrEqual(2);
    expect(hops.map(({ messages }) => messages.length)).toEqual([20, 20, 20]);
  });

  it('gets no more messages within a time than its rate allows', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port, { limits: limits({ rate: { messages: 5, per: 300 } }) })]);
    const started = Date.now();
    const ids = await Promise.all(Array.from({ length: 12 }, (_, i) => relay.accept({ to: [`u${i}@example.net`] })));
    for (const id of ids) await relay.settled(id, ['transferred']);
    expect(Date.now() - started).toBeGreaterThanOrEqual(595);
  });

  it('serves accounts in turn: one large run does not hold up the others', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port, { limits: limits({ connections: 1 }) })]);
    await relay.delivery.pause(`127.0.0.1:${hop.port}`, 'test');
    for (let i = 0; i < 50; i++) await relay.accept({ to: [`payslip${i}@example.net`], account: 'payroll' });
    const order = await relay.accept({ to: ['order@example.net'], account: 'shop' });
    await relay.delivery.resume(`127.0.0.1:${hop.port}`, 'test');
    await relay.settled(order, ['transferred']);
    expect(hop.messages.length).toBeLessThan(10);
  });
});

describe('what administrators ask', () => {
  it('pause holds the mail back, resume and flush let it go', async () => {
    const hop = await startHop({
      script: ({ stage, connection }) => (stage === 'rcpt' && connection === 0 ? '450 4.2.1 later' : undefined),
    });
    const name = `127.0.0.1:${hop.port}`;
    const relay = await startRelay([smarthost(hop.port)]);
    expect(await relay.delivery.pause(name, 'test')).toBe(true);
    const id = await relay.accept({ to: ['ann@example.net'] });
    expect(relay.delivery.nextHops()).toMatchObject([
      { nextHop: name, via: 'smarthost', state: 'paused', waiting: 1, attempting: 0, paused: { by: 'test' } },
    ]);
    expect(hop.connections).toBe(0);
    await relay.delivery.resume(name, 'test');
    await relay.settled(id, ['deferred']);
    expect(relay.delivery.nextHops()[0]).toMatchObject({ state: 'active', waiting: 1 });
    hop.script = () => undefined;
    expect(await relay.delivery.flush(name, 'test')).toBe(true);
    await relay.settled(id, ['transferred']);
    for (const verb of ['pause', 'resume', 'flush'] as const) expect(await relay.delivery[verb]('nowhere.example', null)).toBe(false);
  });

  it('a retry makes a deferred recipient due, a cancellation takes it out', async () => {
    const hop = await startHop({ script: ({ stage }) => (stage === 'rcpt' ? '450 4.2.1 later' : undefined) });
    const relay = await startRelay([smarthost(hop.port)]);
    const id = await relay.accept({ to: ['ann@example.net'] });
    await relay.settled(id, ['deferred']);
    await relay.store.apply([{ message: id, index: 0, evidence: { kind: 'retry' } }], Date.now());
    await relay.until(async () => ((await relay.store.message(id))?.recipients[0]?.attemptList[1]?.outcome != null ? true : undefined));
    await relay.store.apply([{ message: id, index: 0, evidence: { kind: 'cancelled' } }], Date.now());
    expect(relay.delivery.nextHops()[0]).toMatchObject({ waiting: 0, attempting: 0 });
  });
});

describe('what is held', () => {
  it('no route: held, never bounced; released it is held again until there is one', async () => {
    const relay = await startRelay([smarthost(1, { match: { recipientDomain: ['elsewhere.example'] } })]);
    const id = await relay.accept({ to: ['ann@example.net'] });
    const { recipients, events: told } = await relay.settled(id, ['held']);
    expect(recipients[0]?.attempts).toBe(0);
    expect(told.find(({ type }) => type === 'recipient.held')?.reason).toContain('no route');
  });

  it('a hold route holds, shows, and lets go what a person releases', async () => {
    const hop = await startHop();
    const relay = await startRelay([HOLD, smarthost(hop.port)]);
    const id = await relay.accept({ to: ['ann@example.net'] });
    await relay.settled(id, ['held']);
    expect(relay.delivery.nextHops()[0]).toMatchObject({ nextHop: 'hold', via: 'hold', waiting: 1 });
    await relay.store.apply([{ message: id, index: 0, evidence: { kind: 'released' } }], Date.now());
    await relay.settled(id, ['transferred']);
    expect(hop.messages).toHaveLength(1);
  });

  it('R24 content that does not match its hash is held and never forwarded', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port)]);
    await relay.delivery.pause(`127.0.0.1:${hop.port}`, 'test');
    const id = await relay.accept({ to: ['ann@example.net'] });
    relay.store.corrupt(id);
    await relay.delivery.resume(`127.0.0.1:${hop.port}`, 'test');
    const { recipients, events: told } = await relay.settled(id, ['held']);
    expect(recipients[0]?.attemptList[0]).toMatchObject({ outcome: 'internal', phase: 'local' });
    expect(told.filter(({ type }) => type !== 'message.accepted').map(({ type, reason }) => [type, reason])).toEqual([
      ['recipient.held', 'the stored content does not match its SHA-256: quarantined, not to be forwarded'],
    ]);
    expect(hop.connections).toBe(0);
  });
});

describe('return paths', () => {
  it('verp: one transaction a recipient, each with a token that verifies', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port, { returnPath: 'verp' })], { reportDomain: 'bounce.example.com' });
    const id = await relay.accept({ to: ['a@example.net', 'b@example.net', 'c@example.net'] });
    await relay.settled(id, ['transferred']);
    const subjects = hop.messages.map(({ mail, rcpts }) => {
      const local = /^MAIL FROM:<([^@]+)@bounce\.example\.com>/.exec(mail)?.[1] ?? '';
      const verified = verifyToken(local, [TOKEN_KEY], { now: Date.now(), lifetime: 60_000 });
      return [verified.ok && verified.subject.message === id ? verified.subject.index : 'bad', rcpts];
    });
    expect(subjects.sort()).toEqual([
      [0, ['RCPT TO:<a@example.net>']],
      [1, ['RCPT TO:<b@example.net>']],
      [2, ['RCPT TO:<c@example.net>']],
    ]);
  });

  it('the null reverse-path stays null, also with verp', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port, { returnPath: 'verp' })], { reportDomain: 'bounce.example.com' });
    await relay.settled(await relay.accept({ from: null, to: ['a@example.net'] }), ['transferred']);
    expect(hop.messages[0]?.mail).toMatch(/^MAIL FROM:<> /);
  });

  it('preserve: more recipients than fit go in several transactions of one attempt each', async () => {
    const hop = await startHop();
    const relay = await startRelay([smarthost(hop.port)]);
    const to = Array.from({ length: 230 }, (_, i) => `u${i}@example.net`);
    const { recipients } = await relay.settled(await relay.accept({ to }), ['transferred']);
    expect(hop.messages.map(({ rcpts }) => rcpts.length).sort()).toEqual([100, 100, 30]);
    expect(recipients.every(({ attempts }) => attempts === 1)).toBe(true);
  });

  it('two routes to one host keep their own credentials', async () => {
    const hop = await startHop({ extensions: ['PIPELINING', 'AUTH PLAIN'] });
    const auth = (user: string) => ({ user, password: 'p' });
    const relay = await startRelay([
      smarthost(hop.port, { match: { account: ['one'] }, auth: auth('one') }),
      smarthost(hop.port, { match: { account: ['two'] }, auth: auth('two') }),
    ]);
    for (const account of ['one', 'two']) await relay.settled(await relay.accept({ to: ['a@example.net'], account }), ['transferred']);
    const users = hop.commands.filter((line) => line.startsWith('AUTH')).map((line) => Buffer.from(line.slice(11), 'base64').toString());
    expect(users).toEqual(['\0one\0p', '\0two\0p']);
  });
});
