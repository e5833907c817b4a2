/**
 * Counters of recipients by hour of acceptance, and of accounts and templates by day as well, for a month
 * by hours is a thousand of each; of outcomes (`outcome-counts.ts`) by day alone. They are kept by a
 * projection of the feed: it follows with a position of its own, which is written in one batch with the
 * counters, about once a second. The path of a commit pays nothing, and after a crash the projection
 * goes on from its position.
 *
 * Upstream: the feed. Downstream: `statistics` of the port. Counters outlive the messages they count.
 */
import { type Address, asciiDomainOf } from '../../domain/address.ts';
import type { FeedEvent } from '../../domain/events.ts';
import { idTime } from '../../domain/ids.ts';
import { outcomeCounts } from '../../domain/outcome-counts.ts';
import type { StatisticsRequest, StatisticsRow } from '../../domain/ports.ts';
import type { RecipientState } from '../../domain/recipient.ts';
import { decodeJson, encodeJson } from './codec.ts';
import type { Database } from './database.ts';
import type { Feed } from './feed.ts';
import {
  dailyKey,
  dailyRange,
  isDaily,
  isHourly,
  type KeyRange,
  STATISTICS_CURSOR_KEY,
  type StatisticsDimension,
  statisticsKey,
  statisticsRange,
} from './keys.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FLUSH_AFTER = 1000;
const CATCH_UP = 2000;
const SLICE = 1000;
/** Next hops, of each account, that are told apart on one day; those that come after are counted as one, without a name. */
const HOPS_A_DAY = 200;
/** Days of which those hops are kept at hand. */
const DAYS_AT_HAND = 8;
/** After every hour that there is. */
const LAST_HOUR = 99_999_999;

/** How far the feed is counted; `daily`: the days as well. */
interface Cursor {
  readonly seq: number;
  readonly daily?: true;
}

type Counts = Partial<Record<RecipientState, number>>;

/** As it stands under its key; of a day, with its first hour. */
interface Counter {
  readonly hour: number;
  readonly account: string;
  readonly dimension: StatisticsDimension;
  readonly value: string;
  readonly counts: Counts;
}

interface Row {
  readonly at: number;
  readonly group: string;
  readonly states: Counts;
}

export interface StatisticsOptions {
  readonly database: Database;
  readonly feed: Feed;
  /** False once a write was rejected anywhere in the store: nothing is written then. */
  readonly isWritable: () => boolean;
  /** A write was rejected. */
  readonly onFailed: (error: unknown) => void;
}

export class Statistics {
  readonly #options: StatisticsOptions;
  /** What is to be added to what stands on disk. */
  #changes = new Map<string, Counter>();
  /** Sequence number of the last event that `#changes` or the disk has. */
  #projected: number;
  #flushed: number;
  #flushing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** By day, the keys of its next hops. */
  readonly #hops = new Map<number, Set<string>>();
  #closed = false;

  private constructor(options: StatisticsOptions, projected: number) {
    this.#options = options;
    this.#projected = projected;
    this.#flushed = projected;
  }

  static async open(options: StatisticsOptions): Promise<Statistics> {
    const value = await options.database.get(STATISTICS_CURSOR_KEY);
    const cursor = value === undefined ? null : decodeJson<Cursor>(STATISTICS_CURSOR_KEY, value);
    if (cursor !== null && cursor.daily !== true) await addUpDays(options.database, cursor.seq);
    return new Statistics(options, Math.max(cursor?.seq ?? 0, options.feed.firstSeq - 1));
  }

  /** Up to where the feed is no longer needed. */
  get position(): number {
    return this.#flushed;
  }

  /** Hears of what was committed. */
  noted(events: readonly FeedEvent[]): void {
    if (events[0]?.seq === this.#projected + 1) this.#project(events);
    this.#timer ??= this.#closed ? null : setTimeout(() => void this.flush(), FLUSH_AFTER).unref();
  }

  /** Brings the counters on disk up to the end of the feed. */
  async flush(): Promise<void> {
    while (this.#flushing !== null) await this.#flushing.catch(() => undefined);
    if (!this.#options.isWritable()) return;
    this.#flushing = this.#flush();
    try {
      await this.#flushing;
    } catch (error) {
      this.#options.onFailed(error);
    } finally {
      this.#flushing = null;
    }
  }

  async rows(request: StatisticsRequest): Promise<StatisticsRow[]> {
    await this.flush();
    const { group, accounts } = request;
    const dimension = group === 'state' ? 'account' : group;
    const rows = new Map<string, Row>();
    for (const range of rangesOf(request, dimension)) {
      for await (const slice of this.#options.database.slices(range, SLICE)) {
        for (const [key, value] of slice) {
          const counter = decodeJson<Counter>(key, value);
          if (accounts === undefined || accounts.includes(counter.account)) addToRows(rows, counter, request);
        }
      }
    }
    return [...rows.values()].sort((a, b) => a.at - b.at || (a.group < b.group ? -1 : 1));
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.flush();
  }

  async #flush(): Promise<void> {
    const { database, feed } = this.#options;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    do {
      if (this.#projected < feed.lastSeq) {
        const { items } = await feed.changes({ after: this.#projected, limit: CATCH_UP });
        // While the page was read the events may have come by themselves.
        this.#project(items.filter(({ seq }) => seq > this.#projected));
      }
      const changes = this.#changes;
      const seq = this.#projected;
      if (seq === this.#flushed) continue;
      this.#changes = new Map();
      addDays(changes);
      await this.#boundHops(changes);
      const keys = [...changes.keys()];
      const values = await database.getMany(keys);
      const batch = database.batch();
      for (const [i, key] of keys.entries()) {
        const change = changes.get(key);
        if (change === undefined) continue;
        const value = values[i];
        const before = value === undefined ? {} : decodeJson<Counter>(key, value).counts;
        batch.put(key, encodeJson({ ...change, counts: sum(before, change.counts) }));
      }
      batch.put(STATISTICS_CURSOR_KEY, encodeJson({ seq, daily: true } satisfies Cursor));
      // Not synchronous: what a crash takes is projected again, for the position goes with it.
      await batch.write({ sync: false });
      this.#flushed = seq;
    } while (this.#projected < feed.lastSeq);
  }

  /** However many domains mail goes to, a day has so many next hops and no more. */
  async #boundHops(changes: Map<string, Counter>): Promise<void> {
    for (const [key, change] of [...changes]) {
      if (change.dimension !== 'nextHop') continue;
      const known = await this.#hopsOf(change.hour / 24);
      if (known.has(key)) continue;
      if (known.size < HOPS_A_DAY) {
        known.add(key);
        continue;
      }
      changes.delete(key);
      const unnamed = { ...change, value: '' };
      changes.set(keyOf(unnamed), { ...unnamed, counts: sum(changes.get(keyOf(unnamed))?.counts ?? {}, change.counts) });
    }
  }

  async #hopsOf(day: number): Promise<Set<string>> {
    const known = this.#hops.get(day);
    if (known !== undefined) return known;
    if (this.#hops.size >= DAYS_AT_HAND) this.#hops.clear();
    const read = new Set(await this.#options.database.keys(dailyRange('nextHop', day, day + 1)));
    this.#hops.set(day, read);
    return read;
  }

  #project(events: readonly FeedEvent[]): void {
    for (const event of events) {
      const { message, account = '', template = '', previous, state } = event;
      this.#projected = event.seq;
      // Notifications are the relay's own words, no mail that an ERP sent.
      if (message === undefined || event.origin === 'notification') continue;
      const hour = Math.floor(idTime(message) / HOUR);
      this.#projectOutcomes(event, idTime(message));
      const add = (domain: string, counted: RecipientState, by: number): void => {
        this.#add({ hour, account, dimension: 'account', value: '' }, counted, by);
        this.#add({ hour, account, dimension: 'template', value: template }, counted, by);
        this.#add({ hour, account, dimension: 'domain', value: domain }, counted, by);
      };
      if (event.type === 'message.accepted') {
        for (const [domain, count] of Object.entries(event.domains ?? {})) add(domain, 'queued', count);
      } else if (event.was?.template !== undefined) {
        for (const [counted, count] of Object.entries(event.states ?? {}) as [RecipientState, number][]) {
          this.#add({ hour, account, dimension: 'template', value: event.was.template ?? '' }, counted, -count);
          this.#add({ hour, account, dimension: 'template', value: template }, counted, count);
        }
      } else if (previous !== undefined && state !== undefined && previous !== state) {
        const domain = event.recipient === undefined ? '' : asciiDomainOf(event.recipient as Address);
        add(domain, previous, -1);
        add(domain, state, 1);
      }
    }
  }

  #projectOutcomes(event: FeedEvent, acceptedAt: number): void {
    const hour = Math.floor(acceptedAt / DAY) * 24;
    for (const { group, value, state } of outcomeCounts(event, acceptedAt)) {
      this.#add({ hour, account: event.account ?? '', dimension: group, value }, state, 1);
    }
  }

  #add(parts: Omit<Counter, 'counts'>, state: RecipientState, by: number): void {
    const key = keyOf(parts);
    let counter = this.#changes.get(key);
    if (counter === undefined) {
      counter = { ...parts, counts: {} };
      this.#changes.set(key, counter);
    }
    (counter.counts as Record<string, number>)[state] = (counter.counts[state] ?? 0) + by;
  }
}

/** Of a dimension that is counted by hours, its hour's; of another, its day's. */
function keyOf({ hour, dimension, ...rest }: Omit<Counter, 'counts'>): string {
  return isHourly(dimension) ? statisticsKey({ ...rest, hour, dimension }) : dailyKey({ ...rest, day: Math.floor(hour / 24), dimension });
}

/** Adds to changes of hours what they mean for their days. */
function addDays(changes: Map<string, Counter>): void {
  for (const { hour, account, dimension, value, counts } of [...changes.values()]) {
    if (!isDaily(dimension) || !isHourly(dimension)) continue;
    const day = Math.floor(hour / 24);
    const key = dailyKey({ day, account, dimension, value });
    const before = changes.get(key)?.counts ?? {};
    changes.set(key, { hour: day * 24, account, dimension, value, counts: sum(before, counts) });
  }
}

/** Of a store that an earlier version wrote, which had hours alone. */
async function addUpDays(database: Database, seq: number): Promise<void> {
  for (const dimension of ['account', 'template'] as const) {
    let days = new Map<string, Counter>();
    let day = -1;
    for await (const slice of database.slices(statisticsRange(dimension, 0, LAST_HOUR), SLICE)) {
      for (const [key, value] of slice) {
        const counter = decodeJson<Counter>(key, value);
        const next = Math.floor(counter.hour / 24);
        // Hours come in order: a day is over when the next begins.
        if (next !== day) {
          await writeCounters(database, days);
          days = new Map();
          day = next;
        }
        const dayKey = dailyKey({ ...counter, dimension, day });
        days.set(dayKey, { ...counter, hour: day * 24, counts: sum(days.get(dayKey)?.counts ?? {}, counter.counts) });
      }
    }
    await writeCounters(database, days);
  }
  const done = database.batch();
  done.put(STATISTICS_CURSOR_KEY, encodeJson({ seq, daily: true } satisfies Cursor));
  await done.write({ sync: false });
}

async function writeCounters(database: Database, counters: ReadonlyMap<string, Counter>): Promise<void> {
  if (counters.size === 0) return;
  const batch = database.batch();
  for (const [key, counter] of counters) batch.put(key, encodeJson(counter));
  await batch.write({ sync: false });
}

/** Whole days by their own counters, where there are such; what is left at both ends by its hours. */
function rangesOf({ from, to, by }: StatisticsRequest, dimension: StatisticsDimension): readonly KeyRange[] {
  if (!isHourly(dimension)) return [dailyRange(dimension, Math.floor(from / DAY), Math.ceil(to / DAY))];
  const [first, last] = [Math.floor(from / HOUR), Math.ceil(to / HOUR)];
  const [firstDay, lastDay] = [Math.ceil(first / 24), Math.floor(last / 24)];
  if (by === 'hour' || !isDaily(dimension) || firstDay >= lastDay) return [statisticsRange(dimension, first, last)];
  return [
    statisticsRange(dimension, first, firstDay * 24),
    dailyRange(dimension, firstDay, lastDay),
    statisticsRange(dimension, lastDay * 24, last),
  ];
}

function addToRows(rows: Map<string, Row>, counter: Counter, { by, group }: StatisticsRequest): void {
  const step = by === 'hour' ? HOUR : DAY;
  const at = Math.floor((counter.hour * HOUR) / step) * step;
  for (const [state, count] of Object.entries(counter.counts) as [RecipientState, number][]) {
    if (count === 0) continue;
    const name = group === 'state' ? state : group === 'account' ? counter.account : counter.value;
    const row = rows.get(`${at} ${name}`) ?? { at, group: name, states: {} };
    row.states[state] = (row.states[state] ?? 0) + count;
    rows.set(`${at} ${name}`, row);
  }
}

function sum(before: Counts, change: Counts): Counts {
  const counts: Counts = { ...before };
  for (const [state, by] of Object.entries(change) as [RecipientState, number][]) counts[state] = (counts[state] ?? 0) + by;
  return counts;
}
