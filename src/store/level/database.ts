/**
 * The adapter around LevelDB (`level`): what the register needs of it and no more, with its traps
 * disarmed. Keys are text, values octets.
 *
 * - An array batch costs four times what a chained batch does (measured: 320 against 80 µs for 24
 *   puts), so commits are chained batches.
 * - `sync` is off unless asked for; commits ask.
 * - With `createIfMissing` a store whose CURRENT is gone is silently made anew, the old tables
 *   deleted: an existing one is opened without.
 * - LevelDB names no mode when it makes files: the process's umask has to (R65).
 *
 * Upstream: the committer and the readers of this folder. Failure: errors of LevelDB as they are,
 * but for those of opening, which become StoreErrors `locked` and `damaged`.
 */
import { isMainThread } from 'node:worker_threads';
import { Level } from 'level';
import { StoreError } from '../../domain/errors.ts';
import type { KeyRange } from './keys.ts';

/** Two of these may be in memory at once. A larger one makes less work of compaction, and a slower start after a crash. */
const WRITE_BUFFER = 8 * 1024 * 1024;
const BLOCK_CACHE = 16 * 1024 * 1024;
/** Fewer and larger tables: a million messages are some 200 files instead of 800. */
const FILE_SIZE = 8 * 1024 * 1024;

/** Octets one step of an iterator may read: classic-level stops at 16 KiB, which makes many steps of a thousand entries. */
const STEP_OCTETS = 1024 * 1024;

export interface ReadOptions extends KeyRange {
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** Collects the writes of one commit; all become durable together. */
export interface Batch {
  /** `value` is not empty: see NO_VALUE. */
  put(key: string, value: Buffer): void;
  del(key: string): void;
}

export interface WritableBatch extends Batch {
  /** How many puts and dels. */
  readonly length: number;
  write(options: { readonly sync: boolean }): Promise<void>;
}

/** Goes through a range in chunks; `seek` jumps ahead. To be closed. */
export interface KeyCursor {
  next(size: number): Promise<string[]>;
  seek(key: string): void;
  close(): Promise<void>;
}

/** Goes through a range in chunks, with the values. To be closed. */
export interface EntryCursor {
  next(size: number): Promise<[string, Buffer][]>;
  close(): Promise<void>;
}

/** The database as it stood when it was taken. To be closed. */
export interface Snapshot {
  close(): Promise<void>;
}

/** Methods of classic-level that `level` has at run time and does not declare. */
interface SizedLevel {
  approximateSize(start: string, end: string): Promise<number>;
  compactRange(start: string, end: string): Promise<void>;
}

export class Database {
  /** The directory. */
  readonly location: string;
  readonly #level: Level<string, Buffer>;

  private constructor(location: string, level: Level<string, Buffer>) {
    this.location = location;
    this.#level = level;
  }

  static async open(location: string, options: { readonly create: boolean }): Promise<Database> {
    // In a worker thread the mask is the main thread's business.
    if (isMainThread) process.umask(process.umask() | 0o077);
    const level = new Level<string, Buffer>(location, {
      keyEncoding: 'utf8',
      valueEncoding: 'buffer',
      createIfMissing: options.create,
      errorIfExists: false,
      writeBufferSize: WRITE_BUFFER,
      cacheSize: BLOCK_CACHE,
      maxFileSize: FILE_SIZE,
    });
    try {
      await level.open();
    } catch (error) {
      await level.close().catch(() => undefined);
      throw openingError(location, error);
    }
    return new Database(location, level);
  }

  batch(): WritableBatch {
    const batch = this.#level.batch();
    return {
      put: (key, value) => void batch.put(key, value),
      del: (key) => void batch.del(key),
      get length() {
        return batch.length;
      },
      write: (options) => batch.write(options),
    };
  }

  get(key: string): Promise<Buffer | undefined> {
    return this.#level.get(key);
  }

  getMany(keys: readonly string[], snapshot?: Snapshot): Promise<(Buffer | undefined)[]> {
    if (keys.length === 0) return Promise.resolve([]);
    return this.#level.getMany([...keys], (snapshot === undefined ? {} : { snapshot }) as object);
  }

  hasMany(keys: readonly string[]): Promise<boolean[]> {
    return keys.length === 0 ? Promise.resolve([]) : this.#level.hasMany([...keys]);
  }

  snapshot(): Snapshot {
    return this.#level.snapshot();
  }

  entries(options: ReadOptions): Promise<[string, Buffer][]> {
    return this.#level.iterator(stepping(options)).all();
  }

  keys(options: ReadOptions): Promise<string[]> {
    return this.#level.keys(stepping(options)).all();
  }

  /** The first keys of a range, no more than `limit`: one step, where `keys` makes another to learn that it was all. */
  async firstKeys(range: KeyRange, limit: number): Promise<string[]> {
    const iterator = this.#level.keys({ ...stepping(range), limit, fillCache: true } as KeyRange);
    try {
      return await iterator.nextv(limit);
    } finally {
      // Nobody waits for that.
      iterator.close().catch(() => undefined);
    }
  }

  /** The range in slices, each entry read as it stood when the iteration began. */
  async *slices(options: ReadOptions, size: number): AsyncGenerator<[string, Buffer][]> {
    const iterator = this.#level.iterator(stepping(options));
    try {
      for (;;) {
        const slice = await iterator.nextv(size);
        if (slice.length === 0) return;
        yield slice;
      }
    } finally {
      await iterator.close();
    }
  }

  keyCursor(range: KeyRange): KeyCursor {
    // Cached blocks: what is asked for once on a page is asked for again on the next.
    const iterator = this.#level.keys({ ...stepping(range), fillCache: true } as KeyRange);
    return {
      next: (size) => iterator.nextv(size),
      seek: (key) => iterator.seek(key),
      close: () => iterator.close(),
    };
  }

  entryCursor(range: KeyRange): EntryCursor {
    const iterator = this.#level.iterator({ ...stepping(range), fillCache: true } as KeyRange);
    return { next: (size) => iterator.nextv(size), close: () => iterator.close() };
  }

  /** Octets on disk of a range, roughly; what is still in memory does not count. */
  approximateSize(range: { readonly start: string; readonly end: string }): Promise<number> {
    return (this.#level as unknown as SizedLevel).approximateSize(range.start, range.end);
  }

  /** Rewrites the range's tables without what was deleted. */
  compact(range: { readonly start: string; readonly end: string }): Promise<void> {
    return (this.#level as unknown as SizedLevel).compactRange(range.start, range.end);
  }

  /** Waits for the reads and writes that run. */
  close(): Promise<void> {
    return this.#level.close();
  }
}

function stepping(options: ReadOptions): ReadOptions {
  return { ...options, highWaterMarkBytes: STEP_OCTETS } as ReadOptions;
}

function openingError(location: string, error: unknown): Error {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const { code, message } = cause as { code?: string; message?: string };
  if (code === 'LEVEL_LOCKED') {
    return new StoreError('locked', `another process holds ${location}: stop it, or give this one a dataDir of its own`, { cause: error });
  }
  if (message?.includes('No space left') === true) {
    return new StoreError('damaged', `the register in ${location} does not open, for the disk is full: make room, and start again`, {
      cause: error,
    });
  }
  return new StoreError(
    'damaged',
    `the register in ${location} does not open: ${message ?? String(cause)}. It was left as it is: restore a backup, or build it from the spool with \`relais rebuild\``,
    { cause: error },
  );
}
