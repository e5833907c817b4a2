/**
 * Follows the change feed and the clock, lets the decider decide, and writes what it decided together
 * with the position that it was decided at.
 *
 *   upstream    the feed, from consumer positions of its own: one for events as they come, one more
 *               for each `after`
 *   downstream  `recordSignals`: position, book and deliveries in one commit, then `onRecorded`
 *   failure     what was not committed is forgotten, the book read anew, and the feed read again from
 *               the committed position: nothing is lost, nothing doubled. Errors of the store are
 *               logged and tried again.
 *
 * The first start begins at the present end of the feed: nobody wants a year of signals. What people
 * do (acknowledge, close) takes its turn between two steps.
 */
import { StoreError } from '../domain/errors.ts';
import type { FeedEvent } from '../domain/events.ts';
import type { MessageId } from '../domain/ids.ts';
import type { Log } from '../domain/log.ts';
import type { SignalDelivery, Store } from '../domain/ports.ts';
import type { SignalChanges, SignalRecord } from '../domain/signal.ts';
import type { MessageRecord } from '../domain/signal-match.ts';
import { countArrivals } from './arrivals.ts';
import { SignalBook } from './book.ts';
import type { Decider, Telling } from './decider.ts';
import { stillSo } from './lasting.ts';
import { isLateConsumer, LateCursor, lateConsumer } from './late-cursor.ts';

export const CONSUMER = 'signals';

export interface FollowerOptions {
  readonly store: Store;
  readonly decider: (book: SignalBook) => Decider;
  readonly compose: (tellings: readonly Telling[]) => Promise<readonly SignalDelivery[]>;
  readonly now: () => number;
  readonly log: Log;
  readonly onRecorded: (deliveries: readonly SignalDelivery[], states: SignalChanges['states']) => void;
  /** The book was read anew: deliveries may have been recorded without our learning of it. */
  readonly onReloaded: () => Promise<void>;
}

const PAGE = 200;
/** Messages read side by side. */
const AT_ONCE = 50;
/** Events without a signal that are passed before the position is written: they need no commit each. */
const UNWRITTEN_LIMIT = 1000;
/** And by time, where it moved: the clean-up waits for it. */
const WRITTEN_EVERY = 3_600_000;
/** Events that come one by one are gathered for so long. */
const GATHER = 50;
/** The clock is looked at this often at least, should it jump. */
const LONGEST_SLEEP = 30_000;
const RETRY_FIRST = 500;
const RETRY_LONGEST = 30_000;
const LINEAGE_LIMIT = 10;

export class Follower {
  readonly #o: FollowerOptions;
  readonly #abort = new AbortController();
  #decider: Decider;
  #late: LateCursor[] = [];
  #position = 0;
  #written = 0;
  #writtenAt = 0;
  #running: Promise<void> = Promise.resolve();
  /** One at a time: a step of the feed, or what a person asks for. */
  #turn: Promise<unknown> = Promise.resolve();
  #wake: () => void = () => {};

  private constructor(options: FollowerOptions, book: SignalBook) {
    this.#o = options;
    this.#decider = options.decider(book);
  }

  static async start(options: FollowerOptions): Promise<Follower> {
    const follower = new Follower(options, await SignalBook.load(options.store));
    await follower.#open();
    follower.#running = follower.#run();
    return follower;
  }

  get decider(): Decider {
    return this.#decider;
  }

  async #open(): Promise<void> {
    const { store, now } = this.#o;
    const known = await store.consumers.get(CONSUMER);
    this.#position = known?.seq ?? store.lastSeq;
    this.#written = this.#position;
    this.#writtenAt = now();
    if (known === undefined) await store.consumers.put(CONSUMER, { seq: this.#position, at: now() });
    this.#decider.begin(store.lastSeq);
    await this.#commit();
    const delays = this.#decider.delays;
    for (const { name } of await store.consumers.list()) {
      if (isLateConsumer(name) && !delays.some((after) => lateConsumer(after) === name)) await store.consumers.delete(name);
    }
    this.#late = await Promise.all(
      delays.map(async (after) => {
        const stored = await store.consumers.get(lateConsumer(after));
        const position = stored?.seq ?? store.lastSeq;
        if (stored === undefined) await store.consumers.put(lateConsumer(after), { seq: position, at: now() });
        const wanted = (event: FeedEvent): boolean => this.#decider.mayMeanLate(after, event);
        return new LateCursor({ after, types: this.#decider.typesAfter(after), wanted, position });
      }),
    );
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake();
    await this.#running;
    await this.#exclusive(() => this.#commit()).catch((error: unknown) => {
      // Nothing is lost: those events are read again.
      this.#o.log.warn({ err: error }, 'the position of the signals in the feed could not be written');
    });
  }

  /** Changes signals at a person's wish, durably; in its turn. */
  change(work: (decider: Decider) => readonly SignalRecord[]): Promise<readonly SignalRecord[]> {
    return this.#exclusive(async () => {
      try {
        const changed = work(this.#decider);
        if (changed.length > 0) await this.#commit();
        return changed;
      } catch (error) {
        await this.#reload();
        throw error;
      } finally {
        this.#wake();
      }
    });
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let retry = RETRY_FIRST;
    while (!signal.aborted) {
      try {
        const more = await this.#exclusive(() => this.#step());
        retry = RETRY_FIRST;
        if (!more) await this.#waitForMore();
      } catch (error) {
        await this.#failed(error, retry);
        retry = Math.min(retry * 2, RETRY_LONGEST);
      }
    }
  }

  async #failed(error: unknown, retryMs: number): Promise<void> {
    const { log, store } = this.#o;
    if (error instanceof StoreError && error.code === 'cursor-expired') {
      log.error({ err: error, to: store.lastSeq }, 'signals: events were removed from the feed before they were read; going on at its end');
      await this.#exclusive(() => this.#skip());
      return;
    }
    log.error({ err: error, retryMs }, 'signals: the feed could not be read or the signals not recorded; tried again');
    await this.#exclusive(() => this.#reload()).catch(() => {});
    await sleep(retryMs, this.#abort.signal);
  }

  /** The feed no longer has what comes next: retention went past us while we were away. */
  async #skip(): Promise<void> {
    const { store } = this.#o;
    await this.#reload();
    this.#position = store.lastSeq;
    await this.#commit();
    for (const cursor of this.#late) {
      const from = cursor.written;
      cursor.reset(store.lastSeq);
      await this.#commitLate(cursor, from);
    }
  }

  /** Forgets what was not committed. */
  async #reload(): Promise<void> {
    const { store, decider, onReloaded } = this.#o;
    this.#decider = decider(await SignalBook.load(store));
    this.#written = (await store.consumers.get(CONSUMER))?.seq ?? this.#written;
    this.#position = this.#written;
    for (const cursor of this.#late) cursor.reset((await store.consumers.get(cursor.consumer))?.seq ?? cursor.written);
    await onReloaded();
  }

  /** True when there is more to do at once. */
  async #step(): Promise<boolean> {
    const more = await this.#readOn();
    let moreLate = false;
    for (const cursor of this.#late) moreLate = (await this.#readLate(cursor)) || moreLate;
    await this.#lookAtTheClock();
    return more || moreLate;
  }

  async #waitForMore(): Promise<void> {
    const { store, now } = this.#o;
    const { signal } = this.#abort;
    if (signal.aborted) return;
    const times = [this.#decider.nextAt, ...this.#late.map(({ nextAt }) => nextAt)].filter((at) => at !== null);
    const wait = Math.max(0, Math.min(LONGEST_SLEEP, Math.min(...times) - now()));
    const timer = new AbortController();
    const enough = (): void => timer.abort();
    this.#wake = enough;
    signal.addEventListener('abort', enough, { once: true });
    const timeout = setTimeout(enough, wait);
    await store.waitForChanges(this.#position, timer.signal);
    const interrupted = timer.signal.aborted;
    clearTimeout(timeout);
    // Also where a store that was closed under us returns at once, again and again.
    if (!interrupted) await sleep(store.lastSeq > this.#position ? GATHER : RETRY_FIRST, timer.signal);
    signal.removeEventListener('abort', enough);
    this.#wake = () => {};
  }

  // ── As they come ──

  async #readOn(): Promise<boolean> {
    const { store } = this.#o;
    const before = this.#position;
    if (store.lastSeq <= before) return false;
    const page = await store.changes({ after: before, limit: PAGE, types: this.#decider.types });
    await this.#hear(page.items);
    this.#position = Math.max(before, page.last);
    if (this.#decider.hasTellings || this.#decider.book.changed || this.#position - this.#written >= UNWRITTEN_LIMIT) await this.#commit();
    return store.lastSeq > this.#position && page.items.length >= PAGE;
  }

  async #hear(events: readonly FeedEvent[]): Promise<void> {
    for (let i = 0; i < events.length; i += AT_ONCE) {
      const some = events.slice(i, i + AT_ONCE);
      const records = await this.#recordsOf(some.filter((event) => this.#decider.needsRecord(event)));
      for (const event of some) {
        const record = (event.message === undefined ? undefined : records.get(event.message)) ?? null;
        const lineage = event.origin === 'resend' && this.#decider.book.memberCount > 0 ? await this.#lineageOf(record) : [];
        this.#decider.hear({ event, record, lineage });
      }
    }
  }

  async #recordsOf(events: readonly FeedEvent[]): Promise<ReadonlyMap<MessageId, MessageRecord>> {
    const ids = [...new Set(events.flatMap(({ message }) => message ?? []))];
    const found = await Promise.all(ids.map((id) => this.#o.store.record(id)));
    return new Map(found.flatMap((record) => (record === undefined ? [] : [[record.message.id, record] as const])));
  }

  async #lineageOf(record: MessageRecord | null): Promise<readonly MessageRecord[]> {
    const lineage: MessageRecord[] = [];
    let id = record?.message.supersedes ?? null;
    while (id !== null && lineage.length < LINEAGE_LIMIT) {
      const earlier = await this.#o.store.record(id);
      if (earlier === undefined) break;
      lineage.push(earlier);
      id = earlier.message.supersedes;
    }
    return lineage;
  }

  // ── So much later ──

  async #readLate(cursor: LateCursor): Promise<boolean> {
    const { store, now } = this.#o;
    const from = cursor.written;
    const due = await cursor.due(store, now());
    if (due.length === 0 && cursor.position - from < UNWRITTEN_LIMIT) return false;
    // What the other reader decided is written with its own position, before this one decides anything.
    await this.#commit();
    for (const event of due) await this.#hearLate(cursor.after, event);
    if (this.#decider.hasTellings || this.#decider.book.changed || cursor.position - from >= UNWRITTEN_LIMIT) {
      await this.#commitLate(cursor, from);
    }
    return due.length > 0;
  }

  async #hearLate(after: number, event: FeedEvent): Promise<void> {
    const { store } = this.#o;
    const so = await stillSo(store, event, (one) => this.#decider.lasts(one));
    if (so === null) return;
    this.#decider.hearLate(after, { event, record: so.record }, so.index);
  }

  // ── The clock ──

  async #lookAtTheClock(): Promise<void> {
    const { store, now } = this.#o;
    for (const { rule, window } of this.#decider.expectations(now())) {
      this.#decider.expected(rule, window, await countArrivals(store, rule, window), now());
    }
    this.#decider.tick(now());
    const overdue = this.#position > this.#written && now() - this.#writtenAt >= WRITTEN_EVERY;
    await (overdue ? this.#commit() : this.#commitIfChanged());
  }

  // ── Writing ──

  #commitIfChanged(): Promise<void> {
    return this.#decider.hasTellings || this.#decider.book.changed ? this.#commit() : Promise.resolve();
  }

  /** All that was decided, with the position of the events as they come. */
  async #commit(): Promise<void> {
    await this.#record(CONSUMER, this.#written, this.#position);
    this.#written = this.#position;
    this.#writtenAt = this.#o.now();
  }

  async #commitLate(cursor: LateCursor, from: number): Promise<void> {
    const { position } = cursor;
    await this.#record(cursor.consumer, from, position);
    cursor.written = position;
  }

  async #record(consumer: string, from: number, seq: number): Promise<void> {
    const { store, compose, now, onRecorded } = this.#o;
    const { book } = this.#decider;
    const deliveries = await compose(this.#decider.takeTellings());
    const changes = book.changes();
    if (deliveries.length === 0 && seq === from && isEmpty(changes)) return;
    const done = await store.recordSignals({ consumer, from, seq, deliveries, changes, now: now() });
    if (!done) throw new Error(`the position of ${consumer} was moved by another reader`);
    book.written();
    onRecorded(deliveries, changes.states);
  }
}

function isEmpty({ signals, forgotten, members, states }: ReturnType<SignalBook['changes']>): boolean {
  return signals.length + forgotten.length + members.length + states.length === 0;
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
