/**
 * How next hops stand: blocked while they refuse us, slowed while they ask for less, recovered by
 * their first answer. Blocks and recoveries are events of the feed, and kept through a restart.
 *
 * Upstream: what attempts met. Downstream: the hop, `store.appendEvent`, hop-records.ts.
 */
import type { Log } from '../../domain/log.ts';
import type { EvidenceItem, Store } from '../../domain/ports.ts';
import type { Reply } from '../../domain/reply.ts';
import type { RetryPolicy } from '../../domain/retry.ts';
import type { DnsOutage } from './dns-outage.ts';
import type { Hop } from './hop.ts';
import type { HopRecords } from './hop-records.ts';
import type { Hops } from './hops.ts';
import { type HopFailure, outcomeOfHopFailure } from './outcome.ts';

export interface StandingsOptions {
  readonly retry: RetryPolicy;
  readonly store: Store;
  readonly records: HopRecords;
  readonly hops: Pick<Hops, 'all'>;
  readonly outage: DnsOutage;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** The hop is left alone until its `blockedUntil`. */
  readonly onBlocked: (hop: Hop, failure: HopFailure) => void;
  /** The hop may be asked again at once. */
  readonly onReleased: (hop: Hop) => void;
}

/** What a resolver that answers nobody is called in events, and under which it is kept; no hop has such a name. */
const DNS = '(dns)';

export class Standings {
  readonly #o: StandingsOptions;

  constructor(options: StandingsOptions) {
    this.#o = options;
    const { outage, records } = options;
    outage.reason = records.recall(DNS)?.lastError ?? null;
    outage.onChange = (reason) => this.#resolverChanged(reason);
  }

  /** One fault, told once: the domains that it blocks are not, and all are asked again when it is over. */
  #resolverChanged(reason: string | null): void {
    const { store, hops, now, log, onReleased } = this.#o;
    const failed = (error: unknown): void => log.error({ err: error }, 'that the DNS does not answer could not be kept');
    if (reason !== null) {
      log.warn({ reason }, 'mail to domains waits for the DNS, none is failed');
      const record = { paused: null, failures: 1, blockedUntil: now(), lastError: reason, sentAt: [] };
      store.nextHops.put(DNS, record).catch(failed);
      this.#announce('queue.blocked', DNS, null, reason);
      return;
    }
    log.info({}, 'the DNS answers again');
    store.nextHops.delete(DNS).catch(failed);
    this.#announce('queue.recovered', DNS, null, null);
    for (const hop of hops.all()) {
      if (hop.route.via !== 'mx' || hop.blockedBy?.phase !== 'dns' || hop.failures === 0) continue;
      hop.unblock();
      onReleased(hop);
    }
  }

  block(hop: Hop, failure: HopFailure, startedAt: number): void {
    const { retry, records, outage, now, random, log, onBlocked } = this.#o;
    const fresh = hop.block(failure, startedAt, now(), retry, random());
    if (fresh) hop.silent = outage.reason !== null && failure.phase === 'dns' && hop.route.via === 'mx';
    records.note(hop);
    if (fresh && !hop.silent) {
      log.warn({ nextHop: hop.name, phase: failure.phase, reason: failure.error }, 'next hop blocked: its mail waits, none is failed');
      this.#announce('queue.blocked', hop.name, failure.reply, failure.error);
    }
    onBlocked(hop, failure);
  }

  /** It asks for less; where that does not help, it is left alone. */
  slow(hop: Hop, failure: HopFailure, startedAt: number): void {
    const { now, log } = this.#o;
    hop.lastReply = failure.reply ?? hop.lastReply;
    hop.lastError = failure.error;
    if (hop.slow(startedAt, now())) this.block(hop, failure, startedAt);
    else log.info({ nextHop: hop.name, connections: hop.window, reason: failure.error }, 'next hop slowed down');
  }

  succeeded(hop: Hop, startedAt: number): void {
    const { records, now, log } = this.#o;
    if (!hop.succeeded(startedAt, now())) return;
    const { silent } = hop;
    hop.silent = false;
    records.note(hop);
    if (silent) return;
    log.info({ nextHop: hop.name }, 'next hop recovered');
    this.#announce('queue.recovered', hop.name, null, null);
  }

  #announce(type: 'queue.blocked' | 'queue.recovered', nextHop: string, reply: Reply | null, reason: string | null): void {
    const { store, now, log } = this.#o;
    const event = { type, nextHop, ...(reply === null ? {} : { reply }), ...(reason === null ? {} : { reason }) };
    store.appendEvent(event, now()).catch((error: unknown) => log.error({ err: error, ...event }, 'an event could not be recorded'));
  }
}

/** What is said of a recipient whose time ran out while its hop could not be tried. */
export function expiryAt(hop: Hop): EvidenceItem['evidence'] {
  if (hop.paused !== null) {
    const by = hop.paused.by === null ? '' : ` by ${hop.paused.by}`;
    return { kind: 'expired', reason: `${hop.name} was paused${by}: nothing was sent to it` };
  }
  if (hop.failures === 0) return { kind: 'expired' };
  const { category, reply, error } = outcomeOfHopFailure(
    hop.blockedBy ?? { phase: 'connect', reply: null, error: hop.lastError ?? 'no answer' },
  );
  const failure = { source: 'attempt', category, status: reply?.status ?? null, reply, addressInvalid: false } as const;
  return { kind: 'expired', reason: `${hop.name} could not be used: ${error}`, failure };
}
