/**
 * The register, filtered and in pages, newest first. A page costs the page, not the register: ids
 * come from the narrowest index (planning.ts), hundreds at a time; the other indexes are asked of
 * them all at once; what is left is held against the records. Where none of some hundreds is left,
 * the other indexes say where to go on. A search that finds little is cut after its time and gives
 * what it has, with a cursor from which it goes on.
 */
import { invertId } from '../../domain/ids.ts';
import { type MessageSummary, messageState } from '../../domain/message.ts';
import type { Page, PageRequest } from '../../domain/ports.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import type { EntryCursor } from './database.ts';
import { type Bounds, boundsOf, IdWalk, type Spending } from './id-walk.ts';
import { type CompiledFilter, compileFilter, type SearchedFilter } from './indexes.ts';
import { type KeyRange, MESSAGES, messageKey, STATUSES, statusKey } from './keys.ts';
import { type Plan, planSearch, type SearchMemory } from './planning.ts';
import { decodeMessage, decodeStatus, initialStatus, type MessageRecord, messageJsonOf } from './records.ts';

/** Milliseconds that a page may search, once its sources are open. */
const TIME = 10;
/** Looked at in vain before time counts at all. */
const FREE_MISSES = 256;
/** Records read at once, when the first did not fill the page; twice as many each time that found few. */
const BATCH = 64;
const LARGEST_BATCH = 256;
const POSITION = /^[0-9A-Z]{26}$/;
const PAGE_LIMIT = 500;

export async function listMessages(
  context: StoreContext,
  memory: SearchMemory,
  filter: SearchedFilter,
  page: PageRequest,
): Promise<Page<MessageSummary>> {
  const limit = Math.min(Math.max(page.limit, 1), PAGE_LIMIT);
  // A name that is given meanwhile makes no other list of it.
  const { templateStreams: _, ...asked } = filter;
  const mark = markOf('messages', asked);
  const position = decodeCursor(mark, page.cursor, POSITION);
  const plan = await planSearch(context, memory, filter, position !== null);
  const effort = new Effort();
  const search = new Search({ context, plan, filter, compiled: compileFilter(filter), position, effort });
  try {
    const items: MessageSummary[] = [];
    while (items.length <= limit && !search.ended && !effort.spent) {
      for (const summary of await search.next(limit + 1 - items.length)) items.push(summary);
    }
    if (items.length > limit) {
      const shown = items.slice(0, limit);
      return { items: shown, next: encodeCursor(mark, invertId(shown.at(-1)?.message.id ?? '')) };
    }
    return { items, next: search.ended || search.lookedAt === null ? null : encodeCursor(mark, search.lookedAt) };
  } finally {
    await search.close();
  }
}

/**
 * What a page spends on messages it does not show. Time alone cuts no page: on a busy machine a
 * page that finds what it looks for is slow, but whole.
 */
export class Effort implements Spending {
  readonly #started = performance.now();
  #misses = 0;

  get spent(): boolean {
    return this.#misses > FREE_MISSES && performance.now() - this.#started > TIME;
  }

  /** Counts what was looked at in vain; whether it was too much. */
  miss(count: number): boolean {
    this.#misses += count;
    return this.spent;
  }
}

interface SearchRequest {
  readonly context: StoreContext;
  readonly plan: Plan;
  /** For its bounds of time. */
  readonly filter: SearchedFilter;
  /** What every message is held against. */
  readonly compiled: CompiledFilter;
  readonly position: string | null;
  readonly effort: Effort;
}

/** A message to be looked at; `value`: its record, where that was read with the id. */
interface Candidate {
  readonly id: string;
  readonly value?: Buffer | undefined;
}

/** Goes through what may match, newest first, some at a time. To be closed. */
export class Search {
  readonly #request: SearchRequest;
  readonly #filter: CompiledFilter;
  readonly #bounds: Bounds;
  /** Gives the ids; null: every message is looked at. */
  readonly #walk: IdWalk | null;
  #everything: EntryCursor | null = null;
  /** What the indexes let through and was not read yet. */
  #passed: Candidate[] = [];
  /** The last id that was taken from the source. */
  #taken: string | null;
  #batch = BATCH;
  #drained = false;
  /** The last id that was looked at; null: none was. */
  lookedAt: string | null;

  constructor(request: SearchRequest) {
    const { filter, compiled, position, plan, effort } = request;
    this.#request = request;
    this.#filter = compiled;
    this.lookedAt = position;
    this.#taken = position;
    this.#bounds = boundsOf(filter, position);
    this.#walk = plan.walked.length === 0 ? null : new IdWalk(plan, this.#bounds, position, effort);
  }

  async close(): Promise<void> {
    await Promise.all([this.#walk?.close(), this.#everything?.close()]);
  }

  /** Nothing comes after what was looked at. */
  get ended(): boolean {
    return this.#drained && this.#passed.length === 0;
  }

  /** Looks at some more messages, for `wanted` that match; those that do, in order, and no more. */
  async next(wanted: number): Promise<MessageSummary[]> {
    if (this.#passed.length === 0) await (this.#walk === null ? this.#takeAny(wanted) : this.#take(this.#walk, wanted));
    // A filter that lets few through is not looked at one record at a time.
    const candidates = this.#passed.splice(0, Math.max(wanted, this.#batch));
    const found = await this.#read(candidates);
    if (found.length < candidates.length / 2) this.#batch = Math.min(this.#batch * 2, LARGEST_BATCH);
    this.#request.effort.miss(candidates.length - found.length);
    this.lookedAt = this.#passed.length === 0 ? this.#taken : (candidates.at(-1)?.id ?? this.lookedAt);
    return found;
  }

  /** The next messages, whatever they are, with their records: one after the other they cost half of what looking them up does. */
  async #takeAny(wanted: number): Promise<void> {
    this.#everything ??= this.#request.context.database.entryCursor(messagesWithin(this.#bounds));
    const count = Math.max(wanted, this.#batch);
    const entries = await this.#everything.next(count);
    // Fewer than asked is not the end: a step is bounded in octets as well.
    this.#drained = entries.length === 0;
    this.#passed = entries.map(([key, value]) => ({ id: key.slice(1), value }));
    this.#taken = this.#passed.at(-1)?.id ?? this.#taken;
  }

  async #take(walk: IdWalk, wanted: number): Promise<void> {
    const ids = await walk.next(Math.max(wanted, this.#batch));
    this.#passed = ids.map((id) => ({ id }));
    this.#taken = walk.taken;
    this.#drained = walk.drained;
  }

  /** Those that match; the status is read of those alone that match without it. */
  async #read(candidates: readonly Candidate[]): Promise<MessageSummary[]> {
    const { database, committer } = this.#request.context;
    const missing = candidates.filter(({ value }) => value === undefined).map(({ id }) => id);
    const looked = await database.getMany(missing.map(messageKey));
    const records: { readonly id: string; readonly record: MessageRecord }[] = [];
    let next = 0;
    for (const candidate of candidates) {
      const { id } = candidate;
      const value = candidate.value ?? looked[next++];
      if (value === undefined) continue; // erased meanwhile
      if (!this.#filter.json(messageJsonOf(value))) continue;
      const record = decodeMessage(messageKey(id), value);
      if (!committer.isUncommitted(record.message.id) && this.#filter.message(record.message)) records.push({ id, record });
    }
    const statuses = await database.getMany(records.map(({ id }) => statusKey(id)));
    return records.flatMap(({ id, record }, i) => summaryOf(id, record, statuses[i], this.#filter) ?? []);
  }
}

/** What a list shows of a message; undefined: its status is not one that the filter asks for. */
export function summaryOf(
  id: string,
  { message, seq }: MessageRecord,
  value: Buffer | undefined,
  filter: Pick<CompiledFilter, 'status'>,
): MessageSummary | undefined {
  const status = value === undefined ? initialStatus(message) : decodeStatus(statusKey(id), value, seq);
  const state = messageState(status.recipients.map((recipient) => recipient.state));
  if (!filter.status(state, status.recipients)) return undefined;
  return {
    message,
    state,
    contentErased: status.contentErased,
    recipients: message.envelope.recipients.map(({ address }, index) => ({
      address,
      state: status.recipients[index]?.state ?? 'queued',
      category: status.recipients[index]?.category ?? null,
    })),
  };
}

/** Keys of the messages within bounds. */
export function messagesWithin(bounds: Bounds): KeyRange {
  return within(messageKey, MESSAGES, bounds);
}

export function statusesWithin(bounds: Bounds): KeyRange {
  return within(statusKey, STATUSES, bounds);
}

function within(keyOf: (inverted: string) => string, all: KeyRange, { after, until }: Bounds): KeyRange {
  return { gt: keyOf(after), ...(until === null ? { lt: all.lt ?? '' } : { lte: keyOf(until) }) };
}
