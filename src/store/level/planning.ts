/**
 * How a list is searched: which of its filters give the ids, and which are asked of the ids that
 * come. The narrowest index gives them, together with those of about its width, which jump from
 * one to the other; a much wider one is not walked but asked, key by key, whether it has an id.
 */
import type { MessageFilter } from '../../domain/ports.ts';
import { queryWords } from '../../domain/words.ts';
import type { StoreContext } from './context.ts';
import { isPendingState } from './indexes.ts';
import { type IndexName, indexPrefix } from './keys.ts';
import { type IdSource, IndexSource, PendingSource, UnionSource } from './sources.ts';
import type { WordSearch } from './wordsearch.ts';

/** An index so many times wider than the narrowest is asked: that costs a look-up, and walking so many keys. */
const MUCH_WIDER = 6;
/** What a key of an index takes on disk, roughly; sizes are compared in octets. */
const KEY_OCTETS = 24;
/** Differences below this say nothing: what has just been written is not on disk yet. */
const SLACK = 128 * KEY_OCTETS;

/** Which of the ids have it. */
export type Holds = (ids: readonly string[]) => Promise<readonly boolean[]>;

interface Planned {
  readonly octets: number;
  readonly open: () => IdSource;
  /** Null: only the record tells. */
  readonly holds: Holds | null;
}

export interface Plan {
  readonly sources: readonly IdSource[];
  /** Narrowest first. */
  readonly holds: readonly Holds[];
}

/** `older`: a page that is not the first. The sources are open, and to be closed. */
export async function planSearch(context: StoreContext, words: WordSearch, filter: MessageFilter, older: boolean): Promise<Plan> {
  const planned = (await planFilters(context, words, filter, older)).sort((a, b) => a.octets - b.octets);
  const widest = (planned[0]?.octets ?? 0) * MUCH_WIDER + SLACK;
  const walked = planned.filter(({ octets }) => octets <= widest);
  if (walked.length === 0) return { sources: [new IndexSource(context.database, 'm')], holds: [] };
  return {
    sources: walked.map(({ open }) => open()),
    holds: planned.flatMap(({ octets, holds }) => (octets <= widest || holds === null ? [] : [holds])),
  };
}

async function planFilters(context: StoreContext, words: WordSearch, filter: MessageFilter, older: boolean): Promise<Planned[]> {
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
    holds: async (ids) => {
      const found = await database.hasMany(prefixes.flatMap((prefix) => ids.map((id) => prefix + id)));
      return ids.map((_, i) => prefixes.some((_, p) => found[p * ids.length + i]));
    },
  };
}

/** Pending states come from memory, the others from their index. */
async function planStates(context: StoreContext, states: readonly string[]): Promise<Planned> {
  const { pending } = context;
  const inMemory = states.filter(isPendingState);
  const onDisk = states.filter((state) => !isPendingState(state));
  const indexed = await planIndex(context, 'state', onDisk);
  if (inMemory.length === 0) return indexed;
  return {
    octets: indexed.octets + pending.counts.messages * KEY_OCTETS,
    open: () => unionOf([new PendingSource(pending, inMemory), indexed.open()]),
    // What is in the queue is read for the rest: few of what is asked are.
    holds: null,
  };
}

async function planWord(words: WordSearch, word: string, older: boolean): Promise<Planned | null> {
  const found = await words.source(word, older);
  if (found === null) return null;
  return { octets: Math.min(found.size * KEY_OCTETS, Number.MAX_SAFE_INTEGER), open: found.open, holds: null };
}

function unionOf(sources: readonly IdSource[]): IdSource {
  const [only] = sources;
  return sources.length === 1 && only !== undefined ? only : new UnionSource(sources);
}
