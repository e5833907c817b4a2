/**
 * The register, filtered and in pages, newest first. A page costs the page, not the register: ids
 * come from the indexes of the filters that take most away, and what they have in common is held
 * against the rest, record by record. A search that finds little is cut after its time and gives
 * what it has, with a cursor from which it goes on.
 */
import { invertId, lowestIdAt } from '../../domain/ids.ts';
import { type MessageSummary, messageState } from '../../domain/message.ts';
import type { MessageFilter, Page, PageRequest } from '../../domain/ports.ts';
import { queryWords } from '../../domain/words.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import { compileFilter, isPendingState } from './indexes.ts';
import { type IndexName, indexPrefix, messageKey, statusKey } from './keys.ts';
import { decodeMessage, decodeStatus, initialStatus } from './records.ts';
import { CommonSource, type IdSource, IndexSource, PendingSource, UnionSource } from './sources.ts';
import type { WordSearch } from './wordsearch.ts';

/** Milliseconds that a page may search, once its sources are open. */
const TIME = 25;
/** Looked at in vain before time counts at all. */
const FREE_MISSES = 256;
const BATCH = 128;
/** An index so many times wider than the narrowest is not walked: its filter is checked by record. */
const MUCH_WIDER = 16;
/** What a key of an index takes on disk, roughly; sizes are compared in octets. */
const KEY_OCTETS = 24;
const POSITION = /^[0-9A-Z]{26}$/;
const PAGE_LIMIT = 500;

interface Planned {
  readonly octets: number;
  readonly open: () => IdSource;
}

export async function listMessages(
  context: StoreContext,
  words: WordSearch,
  filter: MessageFilter,
  page: PageRequest,
): Promise<Page<MessageSummary>> {
  const limit = Math.min(Math.max(page.limit, 1), PAGE_LIMIT);
  const mark = markOf('messages', filter);
  const position = decodeCursor(mark, page.cursor, POSITION);
  const sources = await openSources(context, words, filter, position !== null);
  const effort = new Effort();
  const source = new CommonSource(sources, () => effort.miss(1));
  try {
    const search = new Search(context, source, filter, position);
    const items: MessageSummary[] = [];
    while (items.length <= limit && !search.ended) {
      for (const summary of await search.next(items.length === 0 ? limit + 1 : BATCH, effort)) items.push(summary);
      if (effort.spent) break;
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

class Search {
  readonly #context: StoreContext;
  readonly #source: IdSource;
  readonly #matches: ReturnType<typeof compileFilter>;
  readonly #until: string | null;
  #position: string;
  #inclusive = false;
  /** The last id that was looked at; null: none was. */
  lookedAt: string | null;
  /** Nothing comes after. */
  ended = false;

  constructor(context: StoreContext, source: IdSource, filter: MessageFilter, position: string | null) {
    this.#context = context;
    this.#source = source;
    this.#matches = compileFilter(filter);
    this.lookedAt = position;
    // Accepted before `to`: ids below the lowest of that instant, which inverted come after it.
    const start = filter.to === undefined ? '' : invertId(lowestIdAt(filter.to));
    this.#position = position !== null && position > start ? position : start;
    this.#until = filter.from === undefined ? null : invertId(lowestIdAt(filter.from));
  }

  /** Looks at up to `count` messages; those that match. */
  async next(count: number, effort: Effort): Promise<MessageSummary[]> {
    const ids: string[] = [];
    while (ids.length < count && !this.ended && (ids.length === 0 || !effort.spent)) {
      const sought = this.#source.seek(this.#position, this.#inclusive);
      const found = sought instanceof Promise ? await sought : sought;
      if (found === undefined || (this.#until !== null && found > this.#until)) {
        this.ended = true;
        break;
      }
      ids.push(found);
      this.#position = found;
      this.#inclusive = false;
    }
    this.lookedAt = ids.at(-1) ?? this.lookedAt;
    const found = await this.#read(ids);
    effort.miss(ids.length - found.length);
    return found;
  }

  async #read(ids: readonly string[]): Promise<MessageSummary[]> {
    const { database, committer } = this.#context;
    const values = await database.getMany([...ids.map(messageKey), ...ids.map(statusKey)]);
    const summaries: MessageSummary[] = [];
    for (const [i, id] of ids.entries()) {
      const value = values[i];
      if (value === undefined) continue; // erased meanwhile
      const { message, seq } = decodeMessage(messageKey(id), value);
      if (committer.isUncommitted(message.id)) continue;
      const statusValue = values[ids.length + i];
      const status = statusValue === undefined ? initialStatus(message) : decodeStatus(statusKey(id), statusValue, seq);
      const state = messageState(status.recipients.map((recipient) => recipient.state));
      if (!this.#matches({ message, state, recipients: status.recipients })) continue;
      summaries.push({
        message,
        state,
        contentErased: status.contentErased,
        recipients: message.envelope.recipients.map(({ address }, index) => ({
          address,
          state: status.recipients[index]?.state ?? 'queued',
          category: status.recipients[index]?.category ?? null,
        })),
      });
    }
    return summaries;
  }
}

/** The sources that take most away; all messages when no filter has an index. */
async function openSources(context: StoreContext, words: WordSearch, filter: MessageFilter, older: boolean): Promise<IdSource[]> {
  const planned = await planSources(context, words, filter, older);
  const narrowest = Math.min(...planned.map(({ octets }) => octets));
  const chosen = planned.filter(({ octets }) => octets <= narrowest * MUCH_WIDER + BATCH * KEY_OCTETS).sort((a, b) => a.octets - b.octets);
  return chosen.length === 0 ? [new IndexSource(context.database, 'm')] : chosen.map(({ open }) => open());
}

async function planSources(context: StoreContext, words: WordSearch, filter: MessageFilter, older: boolean): Promise<Planned[]> {
  const { state, account, q } = filter;
  const planned: Promise<Planned | null>[] = [];
  const add = (name: IndexName, values: readonly string[] | undefined): void => {
    if (values !== undefined) planned.push(planIndex(context, name, values));
  };
  add('recipient', one(filter.recipient));
  add('document', one(filter.document));
  add('contact', one(filter.contact));
  add('messageId', one(filter.messageId));
  add('template', one(filter.template));
  add('tag', one(filter.tag));
  add('domain', one(filter.domain));
  add('sender', one(filter.sender));
  add('account', account);
  if (state !== undefined) planned.push(planStates(context, state));
  if (q !== undefined) {
    for (const word of queryWords(q)) planned.push(planWord(words, word, older));
  }
  return (await Promise.all(planned)).filter((plan) => plan !== null);
}

function one(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [value];
}

async function planIndex({ database }: StoreContext, name: IndexName, values: readonly string[]): Promise<Planned> {
  const prefixes = [...new Set(values)].map((value) => indexPrefix(name, value));
  const sizes = await Promise.all(prefixes.map((prefix) => database.approximateSize({ start: prefix, end: `${prefix}\u{10ffff}` })));
  return {
    octets: sizes.reduce((sum, size) => sum + size, 0),
    open: () => unionOf(prefixes.map((prefix) => new IndexSource(database, prefix))),
  };
}

/** Pending states come from memory, the others from their index. */
async function planStates(context: StoreContext, states: readonly string[]): Promise<Planned> {
  const inMemory = states.filter(isPendingState);
  const indexed = await planIndex(
    context,
    'state',
    states.filter((state) => !isPendingState(state)),
  );
  if (inMemory.length === 0) return indexed;
  const { pending } = context;
  return {
    octets: indexed.octets + pending.counts.messages * KEY_OCTETS,
    open: () => unionOf([new PendingSource(pending, inMemory), indexed.open()]),
  };
}

async function planWord(words: WordSearch, word: string, older: boolean): Promise<Planned | null> {
  const found = await words.source(word, older);
  if (found === null) return null;
  return { octets: Math.min(found.size * KEY_OCTETS, Number.MAX_SAFE_INTEGER), open: found.open };
}

function unionOf(sources: readonly IdSource[]): IdSource {
  const [only] = sources;
  return sources.length === 1 && only !== undefined ? only : new UnionSource(sources);
}
