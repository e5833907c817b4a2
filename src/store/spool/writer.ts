/**
 * Takes the content of one message or report while it arrives.
 *
 * Up to 1 MiB is kept in memory and joins the next group of the spool. What grows beyond streams
 * into a segment of its own, whose preamble is written last: until then the file holds no entry.
 *
 * Upstream: submission and reports, through the store. Downstream: `Spool.prepare`.
 * On failure: a disk without room refuses this content alone, and its file goes; every other
 * refusal poisons the spool.
 */
import { createHash } from 'node:crypto';
import { StoreError } from '../../domain/errors.ts';
import type { ContentWriter } from '../../domain/ports.ts';
import { type EntryKind, PREAMBLE_LENGTH } from './entry.ts';
import { type SpoolFile, type SpoolFiles, writeAll } from './files.ts';

/** Content up to this size is kept in memory until its commit. */
export const SMALL_LIMIT = 1024 * 1024;
/** What may wait in memory for the disk while large content streams. */
const WINDOW = 256 * 1024;
/** Chunks below this are gathered, so that content that drips costs its octets and not its chunks. */
const TINY = 2 * 1024;
const GATHERED = 16 * 1024;

/** What a writer needs of its spool. */
export interface WriterHost {
  readonly files: SpoolFiles;
  /** A number and a path for a segment of its own; throws when the spool is poisoned or closed. */
  newSegment(): { readonly segment: number; readonly path: string; readonly dir: string };
  /** A write or a sync was refused. */
  refused(error: unknown): void;
  /** The writer is done with: committed or let go. */
  released(writer: SpoolWriter): void;
}

/** No room for this content; nothing of what others wrote is touched by it. */
function isNoRoom(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

/** A segment of its own while it is written. */
class SingleSegment {
  readonly segment: number;
  readonly #path: string;
  readonly #host: WriterHost;
  readonly #opened: Promise<SpoolFile>;
  readonly #entered: Promise<unknown>;
  #pending: Buffer[] = [];
  #pendingSize = 0;
  #position: number;
  #flushing: Promise<void> | null = null;
  #error: Error | null = null;

  constructor(host: WriterHost, headerLength: number) {
    const { segment, path, dir } = host.newSegment();
    this.segment = segment;
    this.#path = path;
    this.#host = host;
    this.#position = PREAMBLE_LENGTH + headerLength;
    this.#opened = host.files.open(path, 'create');
    // Its error is met in `seal`; here it only must not go unheard.
    this.#entered = this.#opened.then(() => host.files.syncDirectory(dir));
    this.#entered.catch(() => undefined);
  }

  /** Resolves when more may come; undefined: at once. */
  push(chunks: readonly Buffer[]): Promise<void> | undefined {
    if (this.#error !== null) return Promise.reject(this.#error);
    for (const chunk of chunks) {
      this.#pending.push(chunk);
      this.#pendingSize += chunk.length;
    }
    this.#flushing ??= this.#flush();
    if (this.#pendingSize <= WINDOW) return undefined;
    const held = this.#flushed();
    // A client that went away no longer waits: the next call, or `seal`, tells the error again.
    held.catch(() => undefined);
    return held;
  }

  /** Writes what is still pending, then the fixed part, and makes all of it durable. */
  async seal(fixed: Buffer): Promise<void> {
    await this.#flushed();
    const file = await this.#opened;
    await this.#entered;
    await writeAll(file, [fixed], 0);
    await file.fdatasync();
    await file.close();
  }

  /** Closes and removes the file. */
  async discard(): Promise<void> {
    this.#error ??= new StoreError('closed', 'the content was let go');
    await this.#flushing;
    await this.#entered.catch(() => undefined);
    const file = await this.#opened.catch(() => null);
    if (file === null) return;
    await file.close().catch(() => undefined);
    await this.#host.files.remove(this.#path);
  }

  async #flushed(): Promise<void> {
    await this.#flushing;
    if (this.#error !== null) throw this.#error;
  }

  async #flush(): Promise<void> {
    try {
      const file = await this.#opened;
      while (this.#pending.length > 0 && this.#error === null) {
        const chunks = this.#pending;
        const size = this.#pendingSize;
        this.#pending = [];
        await writeAll(file, chunks, this.#position);
        this.#position += size;
        this.#pendingSize -= size;
      }
    } catch (error) {
      this.#error ??= error instanceof Error ? error : new Error(String(error));
      this.#pending = [];
      if (!isNoRoom(error)) this.#host.refused(error);
    } finally {
      this.#flushing = null;
    }
  }
}

export class SpoolWriter implements ContentWriter {
  readonly kind: EntryKind;
  readonly header: Buffer;
  readonly #host: WriterHost;
  readonly #hash = createHash('sha256');
  #chunks: Buffer[] = [];
  /** How much of the last chunk, a buffer of ours, is filled; 0: the last chunk came from outside. */
  #gathered = 0;
  #size = 0;
  #single: SingleSegment | null = null;
  #state: 'open' | 'prepared' | 'aborted' = 'open';

  constructor(kind: EntryKind, header: Buffer, host: WriterHost) {
    this.kind = kind;
    this.header = header;
    this.#host = host;
  }

  get size(): number {
    return this.#size;
  }

  /** Its segment when it has one of its own; null while it is in memory. */
  get segment(): number | null {
    return this.#single === null ? null : this.#single.segment;
  }

  /** The chunk is kept, not copied: it must not be changed afterwards. */
  write(chunk: Buffer): Promise<void> | undefined {
    if (this.#state !== 'open') return Promise.reject(new StoreError('closed', `the content was ${this.#state} before`));
    if (chunk.length === 0) return undefined;
    this.#hash.update(chunk);
    this.#size += chunk.length;
    if (this.#single !== null) return this.#single.push([chunk]);
    if (this.#size <= SMALL_LIMIT) {
      this.#keep(chunk);
      return undefined;
    }
    try {
      this.#single = new SingleSegment(this.#host, this.header.length);
    } catch (error) {
      return Promise.reject(error);
    }
    const chunks = [...this.#takeChunks(), chunk];
    return this.#single.push(chunks);
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    this.#chunks = [];
    this.#host.released(this);
    await this.#single?.discard();
  }

  /** Ends the content; what `Spool.prepare` calls. */
  finish(): { readonly sha256: Buffer; readonly chunks: readonly Buffer[] } {
    if (this.#state !== 'open') throw new StoreError('closed', `the content was ${this.#state} before`);
    this.#state = 'prepared';
    return { sha256: this.#hash.digest(), chunks: this.#single === null ? this.#takeChunks(true) : [] };
  }

  /** The fixed part of content that has a segment of its own; what `PreparedGroup.write` calls. */
  async seal(fixed: Buffer): Promise<void> {
    await this.#single?.seal(fixed);
  }

  /** Closes and removes the segment of content that was prepared and will not be committed. */
  async discard(): Promise<void> {
    await this.#single?.discard();
  }

  /** The content after `prepare`, for who wants to keep it; null when it was too large to be in memory. */
  bytes(): Buffer | null {
    if (this.#single !== null || this.#state !== 'prepared') return null;
    const [only] = this.#chunks;
    if (only === undefined) return Buffer.alloc(0);
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? null;
  }

  #keep(chunk: Buffer): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && this.#gathered > 0 && this.#gathered + chunk.length <= last.length) {
      chunk.copy(last, this.#gathered);
      this.#gathered += chunk.length;
      return;
    }
    this.#shrinkLast();
    if (last !== undefined && chunk.length < TINY) {
      const gathering = Buffer.allocUnsafeSlow(GATHERED);
      chunk.copy(gathering);
      this.#chunks.push(gathering);
      this.#gathered = chunk.length;
    } else {
      this.#chunks.push(chunk);
    }
  }

  #shrinkLast(): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && this.#gathered > 0) this.#chunks[this.#chunks.length - 1] = last.subarray(0, this.#gathered);
    this.#gathered = 0;
  }

  #takeChunks(keep = false): Buffer[] {
    this.#shrinkLast();
    const chunks = this.#chunks;
    if (!keep) this.#chunks = [];
    return chunks;
  }
}
