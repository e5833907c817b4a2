/**
 * All messages that match, newest first, for exports: what comes next is read while the slice before is
 * used. Nothing is held for a reader who takes long: the database's iterators, which keep what they saw
 * from being cleared away, are closed after some slices, or when nobody asks for some seconds, and opened
 * anew where they were. What is accepted meanwhile is newer than all that is still to come.
 */
import type { MessageSummary } from '../../domain/message.ts';
import type { MessageFilter } from '../../domain/ports.ts';
import type { StoreContext } from './context.ts';
import type { EntryCursor } from './database.ts';
import { boundsOf, IdWalk, type Spending } from './id-walk.ts';
import { type CompiledFilter, compileFilter, type SearchedFilter } from './indexes.ts';
import { messageKey, statusKey } from './keys.ts';
import { messagesWithin, statusesWithin, summaryOf } from './listing.ts';
import { type Plan, planSearch, type SearchMemory } from './planning.ts';
import { decodeMessage, messageJsonOf } from './records.ts';

/** Messages a slice: a millisecond of work, and so few that they are gone before the young generation is swept. */
const SLICE = 64;
/** Slices that are read ahead. */
const AHEAD = 4;
/** Slices after which the iterators are opened anew. */
const SEGMENT = 400;
/** Milliseconds after which they are closed while nobody asks. */
const IDLE = 5_000;

/** An export is not cut. */
const UNLIMITED: Spending = { spent: false, miss: () => false };

interface Raw {
  readonly id: string;
  /** Undefined: erased meanwhile. */
  readonly message: Buffer | undefined;
  readonly status: Buffer | undefined;
}

/** To be closed. Calls may overlap. */
interface Reader {
  /** Empty: the end. */
  next(): Promise<readonly Raw[]>;
  close(): Promise<void>;
}

export async function* scanMessages(
  context: StoreContext,
  memory: SearchMemory,
  filter: SearchedFilter,
): AsyncGenerator<readonly MessageSummary[]> {
  const compiled = compileFilter(filter);
  let position: string | null = null;
  for (let ended = false; !ended; ) {
    const plan = await planSearch(context, memory, filter, position !== null);
    const reader = openReader(context, plan, filter, position);
    const ahead: Promise<readonly Raw[]>[] = [];
    let left = false;
    try {
      for (let slices = 0; slices < SEGMENT && !left; slices++) {
        while (ahead.length < AHEAD) ahead.push(quiet(reader.next()));
        const raw: readonly Raw[] = (await ahead.shift()) ?? [];
        ended = raw.length === 0;
        if (ended) break;
        position = raw.at(-1)?.id ?? position;
        const idle = setTimeout(() => {
          left = true;
          void quiet(reader.close());
        }, IDLE);
        try {
          yield summariesOf(context, compiled, raw);
        } finally {
          clearTimeout(idle);
        }
      }
    } finally {
      await Promise.allSettled(ahead);
      if (!left) await reader.close();
    }
  }
}

/** Its failure is heard by whoever awaits it, if anybody does. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function summariesOf({ committer }: StoreContext, compiled: CompiledFilter, raw: readonly Raw[]): MessageSummary[] {
  const summaries: MessageSummary[] = [];
  for (const { id, message: value, status } of raw) {
    if (value === undefined || !compiled.json(messageJsonOf(value))) continue;
    const record = decodeMessage(messageKey(id), value);
    if (committer.isUncommitted(record.message.id) || !compiled.message(record.message)) continue;
    const summary = summaryOf(id, record, status, compiled);
    if (summary !== undefined) summaries.push(summary);
  }
  return summaries;
}

function openReader(context: StoreContext, plan: Plan, filter: MessageFilter, position: string | null): Reader {
  const bounds = boundsOf(filter, position);
  if (plan.walked.length > 0) return new IndexReader(context, new IdWalk(plan, bounds, position, UNLIMITED));
  const { database } = context;
  return new RangeReader(database.entryCursor(messagesWithin(bounds)), database.entryCursor(statusesWithin(bounds)));
}

/** Those that the indexes name, each looked up. */
class IndexReader implements Reader {
  readonly #context: StoreContext;
  readonly #walk: IdWalk;
  #walking: Promise<readonly string[]> = Promise.resolve([]);

  constructor(context: StoreContext, walk: IdWalk) {
    this.#context = context;
    this.#walk = walk;
  }

  async next(): Promise<readonly Raw[]> {
    this.#walking = this.#walking.then(() => this.#ids());
    const ids = await this.#walking;
    const { database } = this.#context;
    const [messages, statuses] = await Promise.all([database.getMany(ids.map(messageKey)), database.getMany(ids.map(statusKey))]);
    return ids.map((id, i) => ({ id, message: messages[i], status: statuses[i] }));
  }

  async close(): Promise<void> {
    await this.#walking.catch(() => undefined);
    await this.#walk.close();
  }

  async #ids(): Promise<readonly string[]> {
    for (;;) {
      const ids = await this.#walk.next(SLICE);
      if (ids.length > 0 || this.#walk.drained) return ids;
    }
  }
}

/** All of them, messages and statuses side by side: half of what looking them up costs. */
class RangeReader implements Reader {
  readonly #messages: EntryCursor;
  readonly #statuses: EntryCursor;
  /** Read, and of messages still to come. */
  #left: [string, Buffer][] = [];
  #drained = false;
  #reading: Promise<readonly Raw[]> = Promise.resolve([]);

  constructor(messages: EntryCursor, statuses: EntryCursor) {
    this.#messages = messages;
    this.#statuses = statuses;
  }

  next(): Promise<readonly Raw[]> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  async close(): Promise<void> {
    await this.#reading.catch(() => undefined);
    await Promise.all([this.#messages.close(), this.#statuses.close()]);
  }

  async #read(): Promise<readonly Raw[]> {
    const [messages] = await Promise.all([this.#messages.next(SLICE), this.#left.length < SLICE ? this.#readStatuses() : undefined]);
    const last = statusKey(messages.at(-1)?.[0].slice(1) ?? '');
    while (!this.#drained && (this.#left.at(-1)?.[0] ?? '') < last) await this.#readStatuses();
    const statuses = this.#left;
    let at = 0;
    const raw = messages.map(([key, message]): Raw => {
      const id = key.slice(1);
      const wanted = statusKey(id);
      while (at < statuses.length && (statuses[at]?.[0] ?? '') < wanted) at++;
      return { id, message, status: statuses[at]?.[0] === wanted ? statuses[at]?.[1] : undefined };
    });
    this.#left = statuses.slice(at);
    return raw;
  }

  async #readStatuses(): Promise<void> {
    if (this.#drained) return;
    const statuses = await this.#statuses.next(SLICE);
    this.#drained = statuses.length === 0;
    this.#left = this.#left.length === 0 ? statuses : [...this.#left, ...statuses];
  }
}
