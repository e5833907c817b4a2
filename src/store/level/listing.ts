/**
 * The register, filtered and in pages, newest first. A page costs the page, not the register: ids
 * come from the indexes (planning.ts), what they have in common is held against the rest, first by
 * look-ups in the wider indexes, then record by record. A search that finds little is cut after its
 * time and gives what it has, with a cursor from which it goes on.
 */
import { invertId, lowestIdAt } from '../../domain/ids.ts';
import { type MessageSummary, messageState } from '../../domain/message.ts';
import type { MessageFilter, Page, PageRequest } from '../../domain/ports.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import { type CompiledFilter, compileFilter } from './indexes.ts';
import { messageKey, statusKey } from './keys.ts';
import { type Plan, planSearch } from './planning.ts';
import { decodeMessage, decodeStatus, initialStatus, type MessageRecord } from './records.ts';
import { CommonSource, type IdSource } from './sources.ts';
import type { WordSearch } from './wordsearch.ts';

/** Milliseconds that a page may search, once its sources are open. */
const TIME = 15;
/** Looked at in vain before time counts at all. */
const FREE_MISSES = 256;
/** Records read at once, when the first did not fill the page. */
const BATCH = 64;
/** Ids taken at once when indexes are asked of them, at first and at most. */
const FIRST_ASKED = 128;
const MOST_ASKED = 512;
const POSITION = /^[0-9A-Z]{26}$/;
const PAGE_LIMIT = 500;

export async function listMessages(
  context: StoreContext,
  words: WordSearch,
  filter: MessageFilter,
  page: PageRequest,
): Promise<Page<MessageSummary>> {
  const limit = Math.min(Math.max(page.limit, 1), PAGE_LIMIT);
  const mark = markOf('messages', filter);
  const position = decodeCursor(mark, page.cursor, POSITION);
  const plan = await planSearch(context, words, filter, position !== null);
  const effort = new Effort();
  const source = new CommonSource(plan.sources, () => effort.miss(1));
  try {
    const search = new Search({ context, source, plan, filter, position, effort });
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
    await source.close();
  }
}

/**
 * What a page spends on messages it does not show. Time alone cuts no page: on a busy machine a
 * page that finds what it looks for is slow, but whole.
 */
class Effort {
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
  readonly source: IdSource;
  readonly plan: Plan;
  readonly filter: MessageFilter;
  readonly position: string | null;
  readonly effort: Effort;
}

class Search {
  readonly #request: SearchRequest;
  readonly #filter: CompiledFilter;
  readonly #until: string | null;
  #position: string;
  /** Ids that the indexes let through and that were not read yet. */
  #passed: string[] = [];
  /** The last id that was taken from the source. */
  #taken: string | null;
  #asked = FIRST_ASKED;
  #drained = false;
  /** The last id that was looked at; null: none was. */
  lookedAt: string | null;

  constructor(request: SearchRequest) {
    const { filter, position } = request;
    this.#request = request;
    this.#filter = compileFilter(filter);
    this.lookedAt = position;
    this.#taken = position;
    // Accepted before `to`: ids below the lowest of that instant, which inverted come after it.
    const start = filter.to === undefined ? '' : invertId(lowestIdAt(filter.to));
    this.#position = position !== null && position > start ? position : start;
    this.#until = filter.from === undefined ? null : invertId(lowestIdAt(filter.from));
  }

  /** Nothing comes after what was looked at. */
  get ended(): boolean {
    return this.#drained && this.#passed.length === 0;
  }

  /** Looks at some more messages, for `wanted` that match; those that do, in order, and no more. */
  async next(wanted: number): Promise<MessageSummary[]> {
    if (this.#passed.length === 0) await this.#take(wanted);
    // A filter that lets few through is not looked at one record at a time.
    const ids = this.#passed.splice(0, Math.max(wanted, BATCH));
    const found = await this.#read(ids);
    this.#request.effort.miss(ids.length - found.length);
    this.lookedAt = this.#passed.length === 0 ? this.#taken : (ids.at(-1) ?? this.lookedAt);
    return found;
  }

  async #take(wanted: number): Promise<void> {
    const { source, plan, effort } = this.#request;
    const asks = plan.holds.length > 0;
    const count = asks ? this.#asked : Math.max(wanted, BATCH);
    this.#asked = Math.min(this.#asked * 2, MOST_ASKED);
    let ids: string[] = [];
    while (ids.length < count && !this.#drained && (ids.length === 0 || !effort.spent)) {
      const sought = source.seek(this.#position, false);
      const found = sought instanceof Promise ? await sought : sought;
      if (found === undefined || (this.#until !== null && found > this.#until)) {
        this.#drained = true;
        break;
      }
      ids.push(found);
      this.#position = found;
    }
    this.#taken = ids.at(-1) ?? this.#taken;
    const taken = ids.length;
    for (const holds of plan.holds) {
      const held = ids.length === 0 ? [] : await holds(ids);
      ids = ids.filter((_, i) => held[i]);
    }
    effort.miss(taken - ids.length);
    this.#passed = ids;
  }

  /** Those that match; the status is read of those alone that match without it. */
  async #read(ids: readonly string[]): Promise<MessageSummary[]> {
    const { database, committer } = this.#request.context;
    const records: { readonly id: string; readonly record: MessageRecord }[] = [];
    for (const [i, value] of (await database.getMany(ids.map(messageKey))).entries()) {
      const id = ids[i] ?? '';
      if (value === undefined) continue; // erased meanwhile
      const record = decodeMessage(messageKey(id), value);
      if (!committer.isUncommitted(record.message.id) && this.#filter.message(record.message)) records.push({ id, record });
    }
    const statuses = await database.getMany(records.map(({ id }) => statusKey(id)));
    return records.flatMap(({ id, record }, i) => this.#summaryOf(id, record, statuses[i]) ?? []);
  }

  #summaryOf(id: string, { message, seq }: MessageRecord, value: Buffer | undefined): MessageSummary | undefined {
    const status = value === undefined ? initialStatus(message) : decodeStatus(statusKey(id), value, seq);
    const state = messageState(status.recipients.map((recipient) => recipient.state));
    if (!this.#filter.status(state, status.recipients)) return undefined;
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
}
