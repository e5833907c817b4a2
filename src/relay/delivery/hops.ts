/** The next hops there are: made when mail comes up for them, by route and name. */
import { NULL_REVERSE_PATH } from '../../domain/address.ts';
import type { ScheduledRecipient } from '../../domain/ports.ts';
import { findRoute, nextHopOf, routingSubject } from '../../domain/routing.ts';
import type { HoldRoute, Route } from '../../domain/settings.ts';
import { Hop } from './hop.ts';
import type { HopRecords } from './hop-records.ts';
import { type SessionSources, sessionOpener } from './sessions.ts';

/** Past so many, hops of single domains that have nothing to do are forgotten. */
const HOP_LIMIT = 2_000;
const PRUNE_EVERY = 5 * 60_000;

const NO_ROUTE: HoldRoute = {
  via: 'hold',
  match: {},
  returnPath: 'preserve',
  limits: { connections: 1, rate: null, messagesPerConnection: 1 },
};

export interface HopsOptions {
  readonly routes: readonly Route[];
  readonly sources: SessionSources;
  readonly records: HopRecords;
}

export class Hops {
  readonly #routes: readonly Route[];
  /** For what a person released, or what was tried before: it does not go back on hold. */
  readonly #onwardRoutes: readonly Route[];
  readonly #sources: SessionSources;
  readonly #records: HopRecords;
  readonly #hops = new Map<string, Hop>();
  /** By route: how many routes before it lead to the same names. */
  readonly #ordinals = new Map<Route, number>();
  #nextPrune = 0;

  constructor({ routes, sources, records }: HopsOptions) {
    this.#routes = routes;
    this.#onwardRoutes = routes.filter(({ via }) => via !== 'hold');
    this.#sources = sources;
    this.#records = records;
    const seen = new Map<string, number>();
    for (const route of routes) {
      const names = `${route.via} ${nextHopOf(route, NOBODY)}`;
      const ordinal = seen.get(names) ?? 0;
      seen.set(names, ordinal + 1);
      this.#ordinals.set(route, ordinal);
    }
    // Those that stand in the configuration are shown, and can be paused, before they have mail.
    for (const route of routes) if (route.via !== 'mx') this.#hop(route, nextHopOf(route, NOBODY));
    for (const id of records.paused) this.#revive(id);
  }

  all(): IterableIterator<Hop> {
    return this.#hops.values();
  }

  named(name: string): readonly Hop[] {
    return [...this.#hops.values()].filter((hop) => hop.name === name);
  }

  hopFor(scheduled: ScheduledRecipient): Hop {
    const { address, sender, account } = scheduled;
    const path = sender === null ? NULL_REVERSE_PATH : ({ kind: 'address', address: sender } as const);
    const subject = routingSubject(address, path, account);
    const route = findRoute(scheduled.released || scheduled.attempts > 0 ? this.#onwardRoutes : this.#routes, subject);
    return route === undefined ? this.#hop(NO_ROUTE, 'no-route') : this.#hop(route, nextHopOf(route, subject));
  }

  /** Two routes to one host may differ in credentials and TLS: each has a queue of its own. */
  #hop(route: Route, name: string): Hop {
    const id = idOf(route.via, name, this.#ordinals.get(route) ?? 0);
    let hop = this.#hops.get(id);
    if (hop === undefined) {
      hop = new Hop({ id, name, route, open: sessionOpener(route, name, this.#sources) });
      const record = this.#records.recall(id);
      if (record !== undefined) hop.restore(record);
      this.#hops.set(id, hop);
    }
    return hop;
  }

  /** A domain that is paused is shown, and can be resumed, before it has mail again. */
  #revive(id: string): void {
    const match = /^mx (.+?)(?:#(\d+))?$/.exec(id);
    if (match?.[1] === undefined) return;
    const ordinal = Number(match[2] ?? 1) - 1;
    const route = this.#routes.find((one) => one.via === 'mx' && this.#ordinals.get(one) === ordinal);
    if (route !== undefined) this.#hop(route, match[1]);
  }

  /** Forgets, now and then, the hops of domains without mail; `busy`: those that have some. */
  prune(now: number, busy: () => ReadonlySet<Hop>): void {
    if (this.#hops.size < HOP_LIMIT || now < this.#nextPrune) return;
    this.#nextPrune = now + PRUNE_EVERY;
    const keep = busy();
    for (const [id, hop] of this.#hops) {
      if (hop.route.via === 'mx' && !keep.has(hop) && hop.lines.size === 0 && hop.paused === null) this.#hops.delete(id);
    }
  }
}

/** Domains apart from hosts, so that none of them can take the other's name. */
function idOf(via: Route['via'], name: string, ordinal: number): string {
  return `${via === 'mx' ? 'mx ' : ''}${name}${ordinal === 0 ? '' : `#${ordinal + 1}`}`;
}

const NOBODY = { recipientDomain: '', sender: null, account: '' };

/** Why what comes up for this hop is held instead of tried; null: it is tried. */
export function holdReason(hop: Hop): string | null {
  if (hop.route === NO_ROUTE) return 'no route leads to this recipient: add one to the configuration, then release';
  return hop.route.via === 'hold' ? 'held by a route of the configuration' : null;
}
