/**
 * Content on its way in, and a bounded memory of what has just come in: forwarding at once costs no
 * read, and nothing is read back that cannot have changed.
 */
import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { MessageId } from '../../domain/ids.ts';
import type { PreparedMessage } from '../../domain/message.ts';
import type { ContentWriter, StoredContent } from '../../domain/ports.ts';
import type { SpoolWriter } from '../spool/spool.ts';

/** Octets of recent content kept in memory. */
const CACHE_OCTETS = 16 * 1024 * 1024;

/** What `openContent` hands out: the spool's writer, and the message's JSON, which is its header. */
export class MessageContent implements ContentWriter {
  readonly message: PreparedMessage;
  readonly json: Buffer;
  readonly writer: SpoolWriter;
  readonly #refused: (error: unknown) => void;
  #state: 'open' | 'taken' | 'aborted' = 'open';

  constructor(message: PreparedMessage, open: (header: Buffer) => SpoolWriter, refused: (error: unknown) => void) {
    this.message = message;
    this.json = Buffer.from(JSON.stringify(message));
    this.writer = open(this.json);
    this.#refused = refused;
  }

  get size(): number {
    return this.writer.size;
  }

  write(chunk: Buffer): Promise<void> | undefined {
    const waiting = this.writer.write(chunk);
    return waiting?.catch((error: unknown) => {
      this.#refused(error);
      throw error;
    });
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'aborted';
    await this.writer.abort();
  }

  /** Takes the content for a commit; it can be neither taken again nor aborted. */
  take(): void {
    if (this.#state !== 'open') throw new Error(`accept: the content was ${this.#state} before`);
    this.#state = 'taken';
  }
}

export class RecentContent {
  readonly #cache = new LRUCache<MessageId, StoredContent>({
    maxSize: CACHE_OCTETS,
    sizeCalculation: ({ size }) => size + 512,
  });

  keep(id: MessageId, content: { readonly bytes: Buffer | null; readonly sha256: string }): void {
    const { bytes, sha256 } = content;
    if (bytes === null) return;
    this.#cache.set(id, { size: bytes.length, sha256, bytes, stream: () => Readable.from([bytes], { objectMode: false }) });
  }

  get(id: MessageId): StoredContent | undefined {
    return this.#cache.get(id);
  }

  forget(id: MessageId): void {
    this.#cache.delete(id);
  }
}
