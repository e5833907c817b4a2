/**
 * Words of a search, each to be found as a word or the beginning of one.
 *
 * - A beginning that few keys have is read whole, exactly.
 * - One that many keys of a few words have is a union of those words.
 * - One that many keys of many words have is so common that looking through the register, newest
 *   first, fills a page soon: it has no source, and the filter decides. That is remembered.
 */
import { LRUCache } from 'lru-cache';
import type { Database, KeyCursor } from './database.ts';
import { afterWord, invertedIdOf, wordOf, wordRange } from './keys.ts';

/** Keys read at first; what has no more is known exactly. */
const FEW = 500;
/** What has many words is read so far, and for so many milliseconds. */
const MANY = 20_000;
const MANY_TIME = 20;
/** On disk, roughly: what is wider is not begun to be read. */
const MANY_OCTETS = 1024 * 1024;
const CHUNK = 2000;
const WORDS = 32;
/** Keys read after each jump: where the words are many, a few jumps show it. */
const AFTER_JUMP = 64;
/** Lists found before, for the pages that follow the first. */
const REMEMBERED_IDS = 200_000;
const REMEMBERED_FOR = 60_000;
const REMEMBERED_COMMON = 1000;

export type WordSource =
  /** All ids, inverted, ascending. */
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  /** The words that begin so: any of them. */
  | { readonly kind: 'words'; readonly words: readonly string[] };

export class WordSearch {
  readonly #database: Database;
  readonly #found = new LRUCache<string, readonly string[]>({
    maxSize: REMEMBERED_IDS,
    sizeCalculation: (ids) => ids.length + 1,
    ttl: REMEMBERED_FOR,
  });
  /** Beginnings that are too common to be looked up. */
  readonly #common = new LRUCache<string, true>({ max: REMEMBERED_COMMON, ttl: REMEMBERED_FOR });

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Where the messages with a word that begins so come from; null: everywhere. `older`: only ids
   * after a page's end are wanted, which what was found for that page has all of.
   */
  async source(beginning: string, older: boolean): Promise<WordSource | null> {
    const remembered = older ? this.#found.get(beginning) : undefined;
    if (remembered !== undefined) return { kind: 'ids', ids: remembered };
    if (this.#common.has(beginning)) return null;
    const cursor = this.#database.keyCursor(wordRange(beginning));
    try {
      const ids: string[] = [];
      const words = new Set<string>();
      if (await readOn(cursor, FEW, ids, words)) return this.#known(beginning, ids);
      if (words.size <= WORDS && (await jumpOn(cursor, words))) return { kind: 'words', words: [...words] };
      const many = await this.#readMany(cursor, beginning);
      if (many === undefined) this.#common.set(beginning, true);
      return many ?? null;
    } finally {
      await cursor.close();
    }
  }

  async #readMany(cursor: KeyCursor, beginning: string): Promise<WordSource | undefined> {
    const { gte = '', lt = '' } = wordRange(beginning);
    if ((await this.#database.approximateSize({ start: gte, end: lt })) > MANY_OCTETS) return undefined;
    const started = performance.now();
    const ids: string[] = [];
    cursor.seek(gte);
    while (ids.length < MANY && performance.now() - started < MANY_TIME) {
      if (await readOn(cursor, CHUNK, ids, null)) return this.#known(beginning, ids);
    }
    return undefined;
  }

  #known(beginning: string, ids: string[]): WordSource {
    const sorted = ids.sort().filter((id, i) => id !== ids[i - 1]);
    this.#found.set(beginning, sorted);
    return { kind: 'ids', ids: sorted };
  }
}

/** Reads up to `count` keys; true: there are no more. */
async function readOn(cursor: KeyCursor, count: number, ids: string[], words: Set<string> | null): Promise<boolean> {
  const keys = await cursor.next(count);
  for (const key of keys) {
    ids.push(invertedIdOf(key));
    if (words !== null && words.size <= WORDS) words.add(wordOf(key));
  }
  return keys.length < count;
}

/** Jumps from word to word after those known; false: there are too many. */
async function jumpOn(cursor: KeyCursor, words: Set<string>): Promise<boolean> {
  for (;;) {
    const last = [...words].at(-1);
    if (last === undefined) return false;
    cursor.seek(afterWord(last));
    const keys = await cursor.next(AFTER_JUMP);
    for (const key of keys) words.add(wordOf(key));
    if (words.size > WORDS) return false;
    if (keys.length < AFTER_JUMP) return true;
  }
}
