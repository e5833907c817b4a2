/**
 * The feed as server-sent events. A page is read only when the reader has taken the one before, so
 * that the slow are slow at their own cost; one that takes nothing for `stall` is cut off, and
 * resumes with Last-Event-ID. Between events a comment shows that the stream lives.
 */

import { eventJson } from '../../domain/representation.ts';
import type { AppContext } from '../environment.ts';
import { asProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { abortAfter, type FeedReader, readThrough } from './feed-reading.ts';

const PAGE = 200;
/** Octets handed to the connection at once: what a slow line can take well within `stall`. */
const CHUNK = 32 * 1024;

export function eventStream(shared: Shared, c: AppContext, reader: FeedReader, after: number): ReadableStream<Uint8Array> {
  const stream = new EventStream(shared, c, reader, after);
  return new ReadableStream<Uint8Array>(
    { pull: (controller) => stream.pull(controller), cancel: () => stream.end() },
    // Nothing is read ahead of what the reader asks for.
    { highWaterMark: 0 },
  );
}

class EventStream {
  readonly #shared: Shared;
  readonly #c: AppContext;
  readonly #reader: FeedReader;
  readonly #encoder = new TextEncoder();
  readonly #gone = new AbortController();
  /** Sequence number up to which the feed was read. */
  #position: number;
  /** Events read and not yet handed on. */
  #pending: string[] = [];
  #opened = false;
  #stalled: NodeJS.Timeout | undefined;

  constructor(shared: Shared, c: AppContext, reader: FeedReader, after: number) {
    this.#shared = shared;
    this.#c = c;
    this.#reader = reader;
    this.#position = after;
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    clearTimeout(this.#stalled);
    const chunk = await this.#next();
    if (chunk === undefined) {
      this.end();
      controller.close();
      return;
    }
    controller.enqueue(this.#encoder.encode(chunk));
    this.#stalled = setTimeout(() => this.#drop(), this.#shared.limits.stall);
    this.#stalled.unref();
  }

  end(): void {
    clearTimeout(this.#stalled);
    this.#gone.abort();
  }

  #drop(): void {
    const { caller } = this.#reader;
    this.#shared.options.log.warn({ caller: caller.name, position: this.#position }, 'event stream dropped: its reader takes nothing');
    this.end();
    this.#c.env?.outgoing?.destroy();
  }

  /** Undefined: the stream ends, since relais stops, the token or the position no longer holds, or the store failed. */
  async #next(): Promise<string | undefined> {
    if (!this.#opened) {
      this.#opened = true;
      return `retry: 3000\nid: ${this.#position}\n\n`;
    }
    try {
      return this.#take() ?? (await this.#read());
    } catch (error) {
      const code = asProblem(error)?.code ?? 'internal';
      this.#shared.options.log.warn({ caller: this.#reader.caller.name, position: this.#position, code }, 'event stream ended');
      return undefined;
    }
  }

  #take(): string | undefined {
    let size = 0;
    let count = 0;
    while (count < this.#pending.length && size < CHUNK) size += this.#pending[count++]?.length ?? 0;
    return count === 0 ? undefined : this.#pending.splice(0, count).join('');
  }

  async #read(): Promise<string | undefined> {
    const { limits, stopping, access, options } = this.#shared;
    const until = abortAfter(limits.heartbeat, [stopping, this.#gone.signal]);
    try {
      for (;;) {
        const page = await readThrough(this.#shared, this.#reader, this.#position, PAGE);
        this.#position = page.last;
        this.#pending = page.items.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(eventJson(event))}\n\n`);
        if (this.#pending.length > 0) return this.#take();
        if (stopping.aborted || this.#gone.signal.aborted) return undefined;
        if (until.signal.aborted) return (await access.stillHolds(this.#c)) ? this.#heartbeat() : undefined;
        await options.store.waitForChanges(this.#position, until.signal);
      }
    } finally {
      until.release();
    }
  }

  /** The position goes along: a filtered reader that resumes does not look again at what it left out. */
  #heartbeat(): string {
    return `: heartbeat\nid: ${this.#position}\n\n`;
  }
}
