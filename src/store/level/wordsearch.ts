/**
 * Words of a search, each to be found as a word or the beginning of one.
 *
 * - A beginning that few keys have is read whole, exactly.
 * - One that many keys of a few words have is a union of those words.
 * - One that many keys of many words have is so common that looking through the register, newest
 *   first, fills a page soon: it has no source, and the filter decides.
 */
import { LRUCache } from 'lru-cache';
import type { Database, KeyCursor } from './database.ts';
import { afterWord, invertedIdOf, wordOf, wordPrefix, wordRange } from './keys.ts';
import { type IdSource, IndexSource, ListSource, UnionSource } from './sources.ts';

const READ_WHOLE = 20_000;
const CHUNK = 1000;
const WORDS = 64;
/** Lists found before, for the pages that follow the first. */
const REMEMBERED_IDS = 200_000;
const REMEMBERED_FOR = 60_000;

export interface WordSource {
  readonly source: IdSource;
  /** Ids at most; infinite where that is not known. */
  readonly size: number;
}

export class WordSearch {
  readonly #database: Database;
  readonly #found = new LRUCache<string, readonly string[]>({
    maxSize: REMEMBERED_IDS,
    sizeCalculation: (ids) => ids.length + 1,
    ttl: REMEMBERED_FOR,
  });

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Where the messages with a word that begins so come from; null: everywhere. `older`: only ids
   * after a page's end are wanted, which what was found for that page has all of.
   */
  async source(beginning: string, older: boolean): Promise<WordSource | null> {
    const remembered = older ? this.#found.get(beginning) : undefined;
    if (remembered !== undefined) return { source: new ListSource(remembered), size: remembered.length };
    const cursor = this.#database.keyCursor(wordRange(beginning));
    try {
      const whole = await readWhole(cursor);
      if (whole !== null) {
        this.#found.set(beginning, whole);
        return { source: new ListSource(whole), size: whole.length };
      }
      const words = await distinctWords(cursor, beginning);
      if (words === null) return null;
      const sources = words.map((word) => new IndexSource(this.#database, wordPrefix(word)));
      return { source: new UnionSource(sources), size: Number.POSITIVE_INFINITY };
    } finally {
      await cursor.close();
    }
  }
}

/** All ids, ascending, each once; null when there are too many. */
async function readWhole(cursor: KeyCursor): Promise<readonly string[] | null> {
  const ids: string[] = [];
  for (;;) {
    const keys = await cursor.next(CHUNK);
    if (keys.length === 0) break;
    if (ids.length + keys.length > READ_WHOLE) return null;
    for (const key of keys) ids.push(invertedIdOf(key));
  }
  ids.sort();
  return ids.filter((id, i) => id !== ids[i - 1]);
}

/** The words, found by jumping from one to the next; null when there are too many. */
async function distinctWords(cursor: KeyCursor, beginning: string): Promise<string[] | null> {
  const words: string[] = [];
  cursor.seek(`w${beginning}`);
  for (;;) {
    const [key] = await cursor.next(1);
    if (key === undefined) return words;
    if (words.length === WORDS) return null;
    const word = wordOf(key);
    words.push(word);
    cursor.seek(afterWord(word));
  }
}
