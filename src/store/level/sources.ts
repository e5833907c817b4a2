/**
 * Where the ids of a list come from: each source gives inverted ids in ascending order, that is
 * newest first, and can jump ahead. A list is what all its sources have in common.
 */
import type { Database, KeyCursor } from './database.ts';
import { invertedIdOf, prefixRange } from './keys.ts';
import type { PendingTable } from './pending.ts';

type Found = string | undefined;

export interface IdSource {
  /** The first id after `id`, or `id` itself when `inclusive`; undefined: there is none. */
  seek(id: string, inclusive: boolean): Found | Promise<Found>;
  close(): Promise<void>;
}

/** Keys read at first, and after a jump; from then on twice as many each time. */
const FIRST_CHUNK = 64;
const LAST_CHUNK = 1024;

/** The keys that begin with a prefix and end with an inverted id: an index value, a word, all messages. */
export class IndexSource implements IdSource {
  readonly #prefix: string;
  readonly #cursor: KeyCursor;
  readonly #first: number;
  #chunk: string[] = [];
  #at = 0;
  #size: number;
  #ended = false;

  constructor(database: Database, prefix: string, first = FIRST_CHUNK) {
    this.#prefix = prefix;
    this.#first = first;
    this.#size = first;
    this.#cursor = database.keyCursor(prefixRange(prefix));
  }

  seek(id: string, inclusive: boolean): Found | Promise<Found> {
    while (this.#at < this.#chunk.length) {
      const found = this.#chunk[this.#at] ?? '';
      if (found > id || (inclusive && found === id)) return found;
      this.#at++;
    }
    return this.#ended ? undefined : this.#refill(id, inclusive);
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }

  async #refill(id: string, inclusive: boolean): Promise<Found> {
    const last = this.#chunk.at(-1);
    // Jumping costs a search, going on does not: only what lies ahead is jumped to.
    if (last === undefined ? id !== '' : last < id) {
      this.#cursor.seek(this.#prefix + id);
      this.#size = this.#first;
    }
    const keys = await this.#cursor.next(this.#size);
    this.#ended = keys.length < this.#size && keys.length === 0;
    this.#size = Math.min(this.#size * 2, LAST_CHUNK);
    this.#chunk = keys.map(invertedIdOf);
    this.#at = 0;
    return this.seek(id, inclusive);
  }
}

/** Ids that are known already, ascending. */
export class ListSource implements IdSource {
  readonly #ids: readonly string[];
  #at = 0;

  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  seek(id: string, inclusive: boolean): Found {
    let low = this.#at;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#ids[middle] ?? '';
      if (found < id || (!inclusive && found === id)) low = middle + 1;
      else high = middle;
    }
    this.#at = low;
    return this.#ids[low];
  }

  async close(): Promise<void> {}
}

/** Messages with a recipient in one of some pending states, from memory. */
export class PendingSource implements IdSource {
  readonly #table: PendingTable;
  readonly #states: readonly string[];

  constructor(table: PendingTable, states: readonly string[]) {
    this.#table = table;
    this.#states = states;
  }

  seek(id: string, inclusive: boolean): Found {
    return this.#table.seek(this.#states, id, inclusive);
  }

  async close(): Promise<void> {}
}

/** What any of several sources has. */
export class UnionSource implements IdSource {
  readonly #sources: readonly IdSource[];
  readonly #heads: Found[];
  readonly #ended: boolean[];

  constructor(sources: readonly IdSource[]) {
    this.#sources = sources;
    this.#heads = sources.map(() => undefined);
    this.#ended = sources.map(() => false);
  }

  async seek(id: string, inclusive: boolean): Promise<Found> {
    let first: Found;
    const waiting: Promise<void>[] = [];
    for (const [i, source] of this.#sources.entries()) {
      const head = this.#heads[i];
      if (this.#ended[i] || (head !== undefined && (head > id || (inclusive && head === id)))) continue;
      const found = source.seek(id, inclusive);
      if (found instanceof Promise) waiting.push(found.then((value) => this.#set(i, value)));
      else this.#set(i, found);
    }
    if (waiting.length > 0) await Promise.all(waiting);
    for (const head of this.#heads) if (head !== undefined && (first === undefined || head < first)) first = head;
    return first;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
  }

  #set(i: number, found: Found): void {
    this.#heads[i] = found;
    this.#ended[i] = found === undefined;
  }
}

/** What all of several sources have: each jumps to where the others are. */
export class CommonSource implements IdSource {
  readonly #sources: readonly IdSource[];
  readonly #late: () => boolean;

  /** `late`: when it says so the search stops at what it has come to, though not all have it. */
  constructor(sources: readonly IdSource[], late: () => boolean) {
    this.#sources = sources;
    this.#late = late;
  }

  async seek(id: string, inclusive: boolean): Promise<Found> {
    let wanted = id;
    let open = inclusive;
    for (;;) {
      let agreed = 0;
      for (const source of this.#sources) {
        const sought = source.seek(wanted, open);
        const found = sought instanceof Promise ? await sought : sought;
        if (found === undefined) return undefined;
        // The first decides where to look; any later one that is past it begins the round anew.
        if (agreed > 0 && found !== wanted) {
          wanted = found;
          open = true;
          agreed = -1;
          break;
        }
        wanted = found;
        open = true;
        agreed++;
      }
      if (agreed > 0 || this.#late()) return wanted;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#sources.map((source) => source.close()));
  }
}
