/** How wide indexes are on disk, roughly, remembered for some seconds: planning asks it of each filter of each page. */
import { LRUCache } from 'lru-cache';
import type { Database } from './database.ts';

const REMEMBERED = 2000;
const REMEMBERED_FOR = 10_000;

export class IndexSizes {
  readonly #database: Database;
  readonly #sizes = new LRUCache<string, number>({ max: REMEMBERED, ttl: REMEMBERED_FOR });

  constructor(database: Database) {
    this.#database = database;
  }

  /** Octets of all keys with the prefix. */
  async octets(prefix: string): Promise<number> {
    const known = this.#sizes.get(prefix);
    if (known !== undefined) return known;
    const size = await this.#database.approximateSize({ start: prefix, end: `${prefix}\u{10ffff}` });
    this.#sizes.set(prefix, size);
    return size;
  }
}
