/**
 * How a list is searched: which of its filters give the ids, and which are asked of the ids that
 * come. The narrowest gives them, hundreds at a time, and the others are asked of them all at once.
 * Going from one index to the other and back would take a look-up for each id, and each of those
 * waits for its turn among the mail that is committed: forty of them made a page of 15 ms one of 90.
 * What can not be asked (a union of many words) is walked beside when it is about as narrow, and
 * else left to the records.
 */
import { invertId } from '../../domain/ids.ts';
import { queryWords } from '../../domain/words.ts';
import type { StoreContext } from './context.ts';
import type { Database } from './database.ts';
import type { IndexSizes } from './index-sizes.ts';
import { isPendingState, type SearchedFilter } from './indexes.ts';
import { type IndexName, indexPrefix, wordPrefix } from './keys.ts';
import { type IdSource, IndexSource, ListSource, PendingSource, UnionSource } from './sources.ts';
import type { WordSearch } from './wordsearch.ts';

/** What can not be asked is walked beside the narrowest up to so many times its width. */
const MUCH_WIDER = 6;
/** What a key of an index takes on disk, roughly; sizes are compared in octets. */
const KEY_OCTETS = 24;
/** More words are not asked one by one of each id. */
const WORDS_ASKED = 4;
/** Differences below this say nothing: what has just been written is not on disk yet. */
const SLACK = 128 * KEY_OCTETS;

/** Which of the ids have it. */
export type Holds = (ids: readonly string[]) => Promise<readonly boolean[]>;

interface Planned {
  readonly octets: number;
  /** `first`: how many keys are read at first. */
  readonly open: (first?: number) => IdSource;
  /** Null: it can not be asked. */
  readonly holds: Holds | null;
}

/** A filter that is asked of ids, and can say where it has the next one. */
export interface Asked {
  readonly holds: Holds;
  readonly open: (first?: number) => IdSource;
}

export interface Plan {
  /** Give the ids; none: every message is looked at. */
  readonly walked: readonly ((first?: number) => IdSource)[];
  /** Narrowest first. */
  readonly asked: readonly Asked[];
}

/** What is remembered from search to search. */
export interface SearchMemory {
  readonly words: WordSearch;
  readonly sizes: IndexSizes;
}

/** `older`: a page that is not the first. */
export async function planSearch(context: StoreContext, memory: SearchMemory, filter: SearchedFilter, older: boolean): Promise<Plan> {
  const planned = (await planFilters(context, memory, filter, older)).sort((a, b) => a.octets - b.octets);
  const [narrowest, ...others] = planned;
  if (narrowest === undefined) return { walked: [], asked: [] };
  const widest = narrowest.octets * MUCH_WIDER + SLACK;
  return {
    walked: [narrowest, ...others.filter(({ octets, holds }) => holds === null && octets <= widest)].map(({ open }) => open),
    asked: others.flatMap(({ open, holds }) => (holds === null ? [] : [{ open, holds }])),
  };
}

async function planFilters(context: StoreContext, memory: SearchMemory, filter: SearchedFilter, older: boolean): Promise<Planned[]> {
  const { words } = memory;
  const { state, account, q } = filter;
  const planned: Promise<Planned | null>[] = [];
  const add = (name: IndexName, values: readonly string[] | undefined): void => {
    if (values !== undefined) planned.push(planIndex(context, memory, name, values));
  };
  add('recipient', one(filter.recipient));
  add('document', one(filter.document));
  add('documentType', one(filter.documentType));
  add('contact', one(filter.contact));
  add('administration', one(filter.administration));
  add('stream', filter.stream);
  add('messageId', one(filter.messageId));
  if (filter.template !== undefined) planned.push(planPrefixes(context, memory, templatePrefixes(filter.template, filter)));
  add('tag', one(filter.tag));
  add('domain', one(filter.domain));
  add('sender', one(filter.sender));
  add('account', account);
  if (state !== undefined) planned.push(planStates(context, memory, state));
  if (q !== undefined) {
    for (const word of queryWords(q)) planned.push(planWord(context, words, word, older));
  }
  return (await Promise.all(planned)).filter((plan) => plan !== null);
}

function one(value: string | undefined): string[] | undefined {
  return value === undefined ? undefined : [value];
}

function templatePrefixes(template: string, { templateStreams = [] }: SearchedFilter): string[] {
  return [indexPrefix('template', template), ...templateStreams.map((stream) => indexPrefix('stream', stream))];
}

function planIndex(context: StoreContext, memory: SearchMemory, name: IndexName, values: readonly string[]): Promise<Planned> {
  return planPrefixes(
    context,
    memory,
    [...new Set(values)].map((value) => indexPrefix(name, value)),
  );
}

async function planPrefixes({ database }: StoreContext, { sizes }: SearchMemory, prefixes: readonly string[]): Promise<Planned> {
  const octets = await Promise.all(prefixes.map((prefix) => sizes.octets(prefix)));
  return {
    octets: octets.reduce((sum, size) => sum + size, 0),
    open: (first) => unionOf(prefixes.map((prefix) => new IndexSource(database, prefix, first))),
    holds: (ids) => haveKeys(database, prefixes, ids),
  };
}

/** Whether there is a key of any of the prefixes for each id. */
async function haveKeys(database: Database, prefixes: readonly string[], ids: readonly string[]): Promise<boolean[]> {
  const found = await database.hasMany(prefixes.flatMap((prefix) => ids.map((id) => prefix + id)));
  return ids.map((_, i) => prefixes.some((_, p) => found[p * ids.length + i]));
}

/** Pending states come from memory, the others from their index. */
async function planStates(context: StoreContext, memory: SearchMemory, states: readonly string[]): Promise<Planned> {
  const { pending } = context;
  const inMemory = states.filter(isPendingState);
  const onDisk = states.filter((state) => !isPendingState(state));
  const indexed = await planIndex(context, memory, 'state', onDisk);
  if (inMemory.length === 0) return indexed;
  return {
    octets: indexed.octets + pending.counts.messages * KEY_OCTETS,
    open: (first) => unionOf([new PendingSource(pending, inMemory), indexed.open(first)]),
    holds: async (ids) => {
      const found = (await indexed.holds?.(ids)) ?? [];
      return ids.map((id, i) => found[i] === true || pending.holds(inMemory, invertId(id)));
    },
  };
}

async function planWord({ database }: StoreContext, words: WordSearch, word: string, older: boolean): Promise<Planned | null> {
  const found = await words.source(word, older);
  if (found === null) return null;
  if (found.kind === 'ids') {
    const { ids } = found;
    return {
      octets: ids.length * KEY_OCTETS,
      open: () => new ListSource(ids),
      holds: async (asked) => {
        const list = new ListSource(ids);
        return asked.map((id) => list.seek(id, true) === id);
      },
    };
  }
  const prefixes = found.words.map(wordPrefix);
  return {
    octets: Number.MAX_SAFE_INTEGER,
    open: (first) => unionOf(prefixes.map((prefix) => new IndexSource(database, prefix, first))),
    holds: prefixes.length > WORDS_ASKED ? null : (ids) => haveKeys(database, prefixes, ids),
  };
}

function unionOf(sources: readonly IdSource[]): IdSource {
  const [only] = sources;
  return sources.length === 1 && only !== undefined ? only : new UnionSource(sources);
}
