/**
 * What is kept of next hops through restarts: a person's pause, how long one that refuses is left
 * alone, what its rate still counts. Only of those hops that have something to be kept.
 *
 * Upstream: the dispatcher and what administrators ask. Downstream: `store.nextHops`. One write a
 * hop is under way at a time; those who ask meanwhile share the next.
 *
 * Failure: a pause that can not be written is an error for who asked. A rate whose cover can not be
 * written lets nothing go. A block that can not be written is lost at a restart: the hop is then
 * asked once more, which is all.
 */
import type { Log } from '../../domain/log.ts';
import type { NextHopRecord, Store } from '../../domain/ports.ts';
import type { Hop } from './hop.ts';

/** A block that ended so long ago is history: its route is gone, or nothing was sent there since. */
const STALE_AFTER = 7 * 86_400_000;

export class HopRecords {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #log: Log;
  /** As they stand in the store. */
  readonly #known = new Map<string, NextHopRecord>();
  readonly #writes = new Map<string, { running: Promise<void>; next: Promise<void> | null; renew: boolean }>();

  constructor(options: { readonly store: Store; readonly now: () => number; readonly log: Log }) {
    this.#store = options.store;
    this.#now = options.now;
    this.#log = options.log;
  }

  /** Reads what a process before this one kept; what means nothing any more is dropped. `spans`: how long rates look back. */
  async load(span: number): Promise<void> {
    const now = this.#now();
    for (const { name, value } of await this.#store.nextHops.list()) {
      const counts = value.sentAt.some((at) => at > now - span);
      const blocked = value.failures > 0 && value.blockedUntil > now - STALE_AFTER;
      if (value.paused !== null || blocked || counts) this.#known.set(name, value);
      else await this.#store.nextHops.delete(name);
    }
  }

  recall(id: string): NextHopRecord | undefined {
    return this.#known.get(id);
  }

  /** Hops that a person paused. */
  get paused(): readonly string[] {
    return [...this.#known].flatMap(([id, { paused }]) => (paused === null ? [] : [id]));
  }

  /** Durable once it resolves: how the hop stands now, or later. */
  save(hop: Hop, renew = false): Promise<void> {
    const write = this.#writes.get(hop.id);
    if (write === undefined) return this.#begin(hop, renew);
    write.renew ||= renew;
    write.next ??= write.running.then(
      () => this.#begin(hop, write.renew),
      () => this.#begin(hop, write.renew),
    );
    return write.next;
  }

  /** As `save`, for what may be lost. */
  note(hop: Hop): void {
    this.save(hop).catch((error: unknown) => this.#log.error({ err: error, nextHop: hop.name }, 'how a next hop stands could not be kept'));
  }

  #begin(hop: Hop, renew: boolean): Promise<void> {
    const running = this.#write(hop, renew).finally(() => {
      if (this.#writes.get(hop.id)?.running === running) this.#writes.delete(hop.id);
    });
    this.#writes.set(hop.id, { running, next: null, renew: false });
    return running;
  }

  async #write(hop: Hop, renew: boolean): Promise<void> {
    const draft = hop.rate?.draft(this.#now(), renew);
    const record = hop.record(draft?.sentAt ?? []);
    if (record !== null) {
      await this.#store.nextHops.put(hop.id, record);
      this.#known.set(hop.id, record);
    } else if (this.#known.delete(hop.id)) await this.#store.nextHops.delete(hop.id);
    if (draft !== undefined) hop.rate?.granted(draft);
  }

  /** A message is about to go to the hop: once this resolves, it counts on disk. Undefined: it does already. */
  cover(hop: Hop): Promise<void> | undefined {
    const { rate } = hop;
    if (rate === null) return undefined;
    if (!rate.isCovered(this.#now())) return this.#renew(hop);
    rate.went(this.#now());
    return undefined;
  }

  async #renew(hop: Hop): Promise<void> {
    do await this.save(hop, true);
    while (hop.rate?.isCovered(this.#now()) === false);
    hop.rate?.went(this.#now());
  }

  /** At the end: covers that were not used are taken back. */
  async close(hops: Iterable<Hop>): Promise<void> {
    for (const hop of hops) {
      if (hop.rate === null) continue;
      hop.rate.uncover();
      await this.save(hop).catch((error: unknown) => this.#log.warn({ err: error, nextHop: hop.name }, 'a rate could not be kept'));
    }
  }
}
