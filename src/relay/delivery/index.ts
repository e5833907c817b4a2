/**
 * Delivery: takes what the store holds for next hops, forwards it, and tells the store what came of
 * it. The only part of relais that speaks SMTP as a client.
 *
 * Upstream: the store's schedule. Downstream: next hops (smarthost, MX, sandbox). Standards:
 * RFC 5321 as client, the rest as its files cite.
 *
 * Failure: see dispatcher.ts. After a crash, attempts whose lease ended become `unanswered`.
 */
import type { Log } from '../../domain/log.ts';
import type { DeliveryControl, NextHopStatus, ScheduledRecipient, Store } from '../../domain/ports.ts';
import { priorityOf } from '../../domain/priority.ts';
import type { Attempt } from '../../domain/recipient.ts';
import type { DeliverySettings, DkimKey, Route } from '../../domain/settings.ts';
import type { TlsSession } from '../../domain/tls.ts';
import type { TokenKey } from '../../domain/tokens.ts';
import { Dkim, type SendersOf } from './content/dkim.ts';
import { loadSigner } from './content/signature.ts';
import { Dispatcher } from './dispatcher.ts';
import { type MailResolver, systemResolver, validatingResolver } from './dns.ts';
import { DnsOutage, watched } from './dns-outage.ts';
import type { Hop } from './hop.ts';
import { HopRecords } from './hop-records.ts';
import { Hops } from './hops.ts';
import type { Lane } from './lane.ts';
import { loadQueue } from './load.ts';
import { createStsPolicies } from './mta-sts.ts';
import { createFindMx } from './mx.ts';
import { policyHost } from './policy-host.ts';
import { Queue } from './queue.ts';
import { createReachability } from './reachability.ts';
import type { SessionSources } from './sessions.ts';
import { SMTP_TIMEOUTS, type SmtpTimeouts } from './smtp-timeouts.ts';
import { statusOf } from './status.ts';
import { createTrust } from './targets.ts';
import { createFindTlsa } from './tlsa.ts';

export interface Delivery extends DeliveryControl {
  /** Running, and the store takes what it is told. */
  readonly up: boolean;
  /** No new attempts; what runs may end within the grace; every outcome is committed before this resolves. */
  stop(graceMs: number): Promise<void>;
}

export interface DeliveryOptions {
  readonly routes: readonly Route[];
  readonly settings: DeliverySettings;
  readonly hostname: string;
  /** Domain of our return paths; null: every route preserves the ERP's. */
  readonly reportDomain: string | null;
  /** The first signs. */
  readonly tokenKeys: readonly TokenKey[];
  /** Keys that sign what goes out; none: nothing is signed. */
  readonly dkim?: readonly DkimKey[];
  /** What an account may send as, where its From asks for a signature; without it: anything. */
  readonly sendersOf?: SendersOf;
  readonly sandboxHop: { readonly host: string; readonly port: number } | null;
  readonly store: Store;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** In place of the configured or the system's; for MX routes. */
  readonly resolver?: MailResolver;
  /** Where policy hosts are reached and what vouches for them, in place of port 443 and the system's authorities. */
  readonly policyHosts?: { readonly port: number; readonly ca: string };
  readonly timeouts?: SmtpTimeouts;
}

/** Resolves once the schedule is loaded; attempts begin while it loads. */
export async function startDelivery(options: DeliveryOptions): Promise<Delivery> {
  const { settings, store, now, random, log } = options;
  const observer: TlsObserver = { onTlsSession: null };
  const outage = new DnsOutage();
  const sources = sessionSources(options, observer, outage);
  const records = new HopRecords({ store, now, log });
  await records.load(Math.max(0, ...options.routes.map(({ limits }) => limits.rate?.per ?? 0)));
  const hops = new Hops({ routes: options.routes, sources, records });
  const laneFor = (scheduled: ScheduledRecipient): Lane =>
    hops.hopFor(scheduled).laneOf(scheduled.account, priorityOf(scheduled, settings.priorities));
  const queue = new Queue({ start: now(), laneFor });
  const paths = { domain: options.reportDomain, key: options.tokenKeys[0] };
  const keys = options.dkim ?? [];
  if (keys.length > 0) await loadSigner();
  const dkim = new Dkim(keys, options.sendersOf ?? (() => ['*']));
  const dispatcher = new Dispatcher({ settings, paths, dkim, store, queue, hops, records, outage, now, random, log });
  const unfollow = await loadQueue({ store, queue, now, stir: () => dispatcher.stir() });
  log.info({ pending: queue.size }, 'delivery started');
  const stopSources = (): void => sources.policies.stop();
  return new RunningDelivery({ queue, hops, records, dispatcher, now, observer, unfollow, stopSources });
}

/** All that a session with a next hop is made from. */
function sessionSources(options: DeliveryOptions, observer: TlsObserver, outage: DnsOutage): SessionSources {
  const { settings, store, now, random, log, hostname } = options;
  const { resolvers, dnssec } = settings;
  const asked = options.resolver ?? (dnssec === true ? validatingResolver(resolvers) : systemResolver(resolvers));
  const resolver = watched(asked, outage);
  const onTls = (session: TlsSession): void => observer.onTlsSession?.(session);
  const fetch = policyHost({ resolver, ...options.policyHosts });
  return {
    hostname,
    findMx: createFindMx({ resolver, hostname, random, now }),
    findTlsa: createFindTlsa({ resolver, now }),
    policies: createStsPolicies({ resolver, fetch, store: store.mtaStsPolicies, now, log, onTls }),
    reachability: createReachability(now),
    trustOf: createTrust(),
    sandboxHop: options.sandboxHop,
    timeouts: options.timeouts ?? SMTP_TIMEOUTS,
    now,
    onTls,
  };
}

type TlsObserver = Pick<DeliveryControl, 'onTlsSession'>;

interface Parts {
  readonly queue: Queue;
  readonly hops: Hops;
  readonly records: HopRecords;
  readonly dispatcher: Dispatcher;
  readonly now: () => number;
  readonly observer: TlsObserver;
  readonly unfollow: () => void;
  readonly stopSources: () => void;
}

class RunningDelivery implements Delivery {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get up(): boolean {
    return this.#parts.dispatcher.up;
  }

  get onAttempt(): ((attempt: Attempt) => void) | null {
    return this.#parts.dispatcher.onAttempt;
  }

  set onAttempt(listener: ((attempt: Attempt) => void) | null) {
    this.#parts.dispatcher.onAttempt = listener;
  }

  get onTlsSession(): DeliveryControl['onTlsSession'] {
    return this.#parts.observer.onTlsSession;
  }

  set onTlsSession(listener: DeliveryControl['onTlsSession']) {
    this.#parts.observer.onTlsSession = listener;
  }

  nextHops(): readonly NextHopStatus[] {
    return statusOf(this.#parts.hops, this.#parts.queue);
  }

  pause(nextHop: string, by: string | null): Promise<boolean> {
    const at = this.#parts.now();
    return this.#each(nextHop, (hop) => {
      hop.paused ??= { at, by };
    });
  }

  resume(nextHop: string): Promise<boolean> {
    return this.#each(nextHop, (hop) => {
      hop.paused = null;
      hop.unblock();
    });
  }

  flush(nextHop: string): Promise<boolean> {
    return this.#each(nextHop, (hop) => {
      hop.unblock();
      this.#parts.queue.flush(hop, this.#parts.now());
    });
  }

  /** In force at once, and durable when it resolves. */
  async #each(name: string, change: (hop: Hop) => void): Promise<boolean> {
    const { hops, dispatcher, records } = this.#parts;
    const found = hops.named(name);
    for (const hop of found) {
      change(hop);
      dispatcher.wake(hop);
    }
    await Promise.all(found.map((hop) => records.save(hop)));
    return found.length > 0;
  }

  async stop(graceMs: number): Promise<void> {
    await this.#parts.dispatcher.stop(graceMs);
    this.#parts.unfollow();
    this.#parts.stopSources();
  }
}
