/**
 * The change feed as its readers see it: committed events in order, without a gap from the first
 * that is kept. The latest are kept in memory, for most readers are near the end; older ones are
 * read from the database.
 *
 * Upstream: the committer publishes. Downstream: `changes` and `waitForChanges` of the port.
 */
import { StoreError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../domain/events.ts';
import type { FeedPage, Store } from '../../domain/ports.ts';
import { decodeJson } from './codec.ts';
import type { Database } from './database.ts';
import { eventKey, eventsAfter } from './keys.ts';

/** Events kept in memory. */
const RECENT = 4096;
/** Events looked at for one page when filters take few of them. */
const LOOKED_AT = 20_000;
const CHUNK = 1000;

interface Waiter {
  readonly after: number;
  readonly wake: () => void;
}

type ChangesRequest = Parameters<Store['changes']>[0];

export class Feed {
  readonly #database: Database;
  #recent: FeedEvent[] = [];
  readonly #waiters = new Set<Waiter>();
  #lastSeq: number;
  #firstSeq: number;
  #closed = false;

  constructor(database: Database, bounds: { readonly lastSeq: number; readonly firstSeq: number }) {
    this.#database = database;
    this.#lastSeq = bounds.lastSeq;
    this.#firstSeq = bounds.firstSeq;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** The oldest that is kept. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** Tells what was committed. */
  publish(events: readonly FeedEvent[], firstSeq: number): void {
    this.#firstSeq = firstSeq;
    const last = events.at(-1);
    if (last === undefined) return;
    for (const event of events) this.#recent.push(event);
    if (this.#recent.length > 2 * RECENT) this.#recent = this.#recent.slice(-RECENT);
    this.#lastSeq = last.seq;
    for (const waiter of this.#waiters) if (last.seq > waiter.after) waiter.wake();
  }

  /** Puts events that were rewritten in the place of those in memory. */
  replace(events: readonly FeedEvent[]): void {
    const first = this.#recent[0]?.seq ?? 0;
    for (const event of events) {
      if (event.seq >= first && event.seq - first < this.#recent.length) this.#recent[event.seq - first] = event;
    }
  }

  async changes({ after, limit, types, accounts }: ChangesRequest): Promise<FeedPage> {
    if (after < this.#firstSeq - 1) {
      throw new StoreError('cursor-expired', `the feed begins at ${this.#firstSeq}: what came after ${after} is no longer kept`);
    }
    const wanted = eventFilter(types, accounts);
    const items: FeedEvent[] = [];
    let last = Math.min(after, this.#lastSeq);
    const until = Math.min(this.#lastSeq, last + Math.max(LOOKED_AT, limit));
    while (last < until && items.length < limit) {
      const size = wanted === null ? Math.min(limit - items.length, until - last) : until - last;
      const events = await this.#read(last, Math.min(CHUNK, size));
      for (const event of events) {
        if (items.length >= limit) break;
        last = event.seq;
        if (wanted === null || wanted(event)) items.push(event);
      }
    }
    return { items, last };
  }

  /** The events with these sequence numbers, those that are kept: also before the feed's beginning (feed-trimming.ts). */
  async pick(seqs: readonly number[]): Promise<FeedEvent[]> {
    const keys = seqs.filter((seq) => seq <= this.#lastSeq).map(eventKey);
    const values = await this.#database.getMany(keys);
    return values.flatMap((value, i) => (value === undefined ? [] : [decodeJson<FeedEvent>(keys[i] ?? '', value)]));
  }

  waitForChanges(after: number, signal: AbortSignal): Promise<void> {
    if (this.#lastSeq > after || signal.aborted || this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const waiter: Waiter = { after, wake };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Lets everyone who waits go. */
  close(): void {
    this.#closed = true;
    for (const { wake } of [...this.#waiters]) wake();
  }

  /** Up to `count` events after `after`; there are some. */
  async #read(after: number, count: number): Promise<readonly FeedEvent[]> {
    const first = this.#recent[0]?.seq;
    if (first !== undefined && after + 1 >= first) return this.#recent.slice(after + 1 - first, after + 1 - first + count);
    const lastSeq = this.#lastSeq;
    const entries = await this.#database.entries({ ...eventsAfter(after), limit: Math.min(count, lastSeq - after) });
    if (entries.length === 0) {
      if (after + 1 < this.#firstSeq) throw new StoreError('cursor-expired', `what came after ${after} is no longer kept`);
      throw new StoreError('damaged', `the register is damaged: event ${after + 1} of the feed is missing; run \`relais verify\``);
    }
    return entries.map(([key, value]) => decodeJson<FeedEvent>(key, value));
  }
}

function eventFilter(types: ChangesRequest['types'], accounts: ChangesRequest['accounts']): ((event: FeedEvent) => boolean) | null {
  if (types === undefined && accounts === undefined) return null;
  return ({ type, account }) => {
    if (types !== undefined && !types.includes(type)) return false;
    return accounts === undefined || (account !== undefined && accounts.includes(account));
  };
}
