import { afterEach, describe, expect, it } from 'vitest';
import type { MxRoute } from '../../../src/domain/settings.ts';
import { DnsFailure, type MailResolver } from '../../../src/relay/delivery/dns.ts';
import { DnsOutage, watched } from '../../../src/relay/delivery/dns-outage.ts';
import { startFakeHop } from '../../support/fake-hop.ts';
import { type Harness, settings, startHarness } from './harness.ts';

const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

const NOBODY = { kind: 'no-data', records: [], secure: false, alias: null } as const;

/** Every domain's mail goes to 127.0.0.1, while the resolver answers. */
function resolverOf(answers: { code: string | null }): MailResolver {
  const ask = async <T>(answer: T): Promise<T> => {
    if (answers.code !== null) throw new DnsFailure(answers.code);
    return answer;
  };
  return {
    resolveMx: () => ask({ ...NOBODY, kind: 'records', records: [{ exchange: 'mx.example', priority: 10 }] }),
    resolve4: () => ask({ ...NOBODY, kind: 'records', records: ['127.0.0.1'] }),
    resolve6: () => ask(NOBODY),
    resolveTxt: () => ask(NOBODY),
    resolveTlsa: null,
  };
}

function mxRoute(port: number): MxRoute {
  return {
    via: 'mx',
    match: {},
    returnPath: 'preserve',
    tls: 'none',
    port,
    limits: { connections: 5, rate: null, messagesPerConnection: 100 },
  } as unknown as MxRoute;
}

function told(relay: Harness): string[] {
  return relay.store.events.filter(({ type }) => type.startsWith('queue.')).map(({ type, nextHop }) => `${type} ${nextHop}`);
}

async function start(port: number, answers: { code: string | null }, options: Parameters<typeof startHarness>[1] = {}): Promise<Harness> {
  const relay = await startHarness([mxRoute(port)], {
    settings: settings({ retry: { delays: [400_000], expireAfter: 3_600_000 } }),
    resolver: resolverOf(answers),
    ...options,
  });
  open.push(relay);
  return relay;
}

describe('a resolver that answers nobody', () => {
  const DOMAINS = 40;

  it('is told once, fails nobody, and lets all domains go on when it answers again', async () => {
    const hop = await startFakeHop();
    open.push(hop);
    const answers = { code: 'ETIMEOUT' as string | null };
    const relay = await start(hop.port, answers);
    const ids = await Promise.all(Array.from({ length: DOMAINS }, (_, i) => relay.accept({ to: [`ann@d${i}.example`] })));
    for (const id of ids) await relay.settled(id, ['deferred']);
    const blocked = told(relay);
    expect(blocked).toContain('queue.blocked (dns)');
    // Before the third name in vain it may have been one domain's matter.
    expect(blocked.length).toBeLessThanOrEqual(3);
    answers.code = null;
    // Somebody asks: all hops are left alone for minutes yet.
    await relay.delivery.flush('d7.example', null);
    await relay.until(() => told(relay).find((event) => event === 'queue.recovered (dns)'));
    expect(relay.delivery.nextHops().filter(({ blockedUntil }) => blockedUntil !== null)).toEqual([]);
    for (const { nextHop } of relay.delivery.nextHops()) await relay.delivery.flush(nextHop, null);
    for (const id of ids) await relay.settled(id, ['transferred']);
    // As many recoveries as blocks, no domain's recovery without its block.
    const names = (type: string): string[] => told(relay).flatMap((event) => (event.startsWith(type) ? [event.split(' ')[1] ?? ''] : []));
    expect(names('queue.recovered').sort()).toEqual(names('queue.blocked').sort());
  });

  it('is remembered by the next process, which tells of the recovery', async () => {
    const hop = await startFakeHop();
    open.push(hop);
    const answers = { code: 'ECONNREFUSED' as string | null };
    const relay = await start(hop.port, answers);
    const ids = await Promise.all(Array.from({ length: 5 }, (_, i) => relay.accept({ to: [`ann@d${i}.example`] })));
    for (const id of ids) await relay.settled(id, ['deferred']);
    await relay.until(() => told(relay).find((event) => event === 'queue.blocked (dns)'));
    await relay.stop(100);
    answers.code = null;
    const after = await start(hop.port, answers, { memory: relay.store });
    const id = await after.accept({ to: ['ann@new.example'] });
    await after.settled(id, ['transferred']);
    await after.until(() => told(after).find((event) => event === 'queue.recovered (dns)'));
    expect(told(after).filter((event) => event === 'queue.blocked (dns)')).toHaveLength(1);
  });
});

describe('what is an outage', () => {
  async function ask(codes: readonly (string | null)[], nameOf: (i: number) => string): Promise<boolean> {
    const answers = { code: null as string | null };
    const outage = new DnsOutage();
    const resolver = watched(resolverOf(answers), outage);
    for (const [i, code] of codes.entries()) {
      answers.code = code;
      await resolver.resolveMx(nameOf(i)).catch(() => undefined);
    }
    return outage.reason !== null;
  }

  it.each<[string, readonly (string | null)[], (i: number) => string, boolean]>([
    ['three names in vain', ['ETIMEOUT', 'ETIMEOUT', 'ECONNREFUSED'], (i) => `d${i}`, true],
    ['two names in vain', ['ETIMEOUT', 'ETIMEOUT'], (i) => `d${i}`, false],
    ['one name in vain, again and again', ['ETIMEOUT', 'ETIMEOUT', 'ETIMEOUT', 'ETIMEOUT'], () => 'd', false],
    ['names in vain with an answer between', ['ETIMEOUT', 'ETIMEOUT', null, 'ETIMEOUT', 'ETIMEOUT'], (i) => `d${i}`, false],
    ['servers that say they failed', ['ESERVFAIL', 'EREFUSED', 'ESERVFAIL', 'ESERVFAIL'], (i) => `d${i}`, false],
    ['an outage that is over', ['ETIMEOUT', 'ETIMEOUT', 'ETIMEOUT', null], (i) => `d${i}`, false],
  ])('%s', async (_, codes, nameOf, outage) => {
    expect(await ask(codes, nameOf)).toBe(outage);
  });
});
