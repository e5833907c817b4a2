/**
 * The segment files of a spool directory by number: how they are named, and the open descriptors
 * they are read through, at most so many at a time.
 *
 *     0000000007.segment   entries of many groups, appended
 *     0000000008.single    one large entry
 *     0000000009.copy      entries moved out of segments in which little was kept
 */
import { join } from 'node:path';
import { StoreError } from '../../domain/errors.ts';
import type { SpoolFile, SpoolFiles } from './files.ts';

const NAME = /^(\d{10})\.(segment|single|copy)$/;

/** How a segment is written: by groups, by one large entry, by the clean-up. */
export type SegmentForm = 'segment' | 'single' | 'copy';

export interface SegmentFile {
  readonly segment: number;
  readonly form: SegmentForm;
  readonly size: number;
}

export function segmentPath(dir: string, { segment, form }: Pick<SegmentFile, 'segment' | 'form'>): string {
  return join(dir, `${String(segment).padStart(10, '0')}.${form}`);
}

/** The segments of a directory, by number; what is named otherwise is left alone. */
export async function listSegments(files: SpoolFiles, dir: string): Promise<SegmentFile[]> {
  const found: SegmentFile[] = [];
  for (const { name, size } of await files.list(dir)) {
    const match = NAME.exec(name);
    if (match !== null) found.push({ segment: Number(match[1]), form: match[2] as SegmentForm, size });
  }
  return found.sort((a, b) => a.segment - b.segment);
}

interface OpenFile {
  readonly file: Promise<SpoolFile>;
  uses: number;
  /** No longer known: the last who uses it closes it. */
  leaving: boolean;
}

/**
 * Descriptors for reading, the least recently used closed first; none is closed while it is used,
 * and who asks while all are used waits.
 */
export class OpenFiles {
  readonly #open = new Map<number, OpenFile>();
  readonly #work = new Set<Promise<unknown>>();
  readonly #openFile: (segment: number) => Promise<SpoolFile>;
  readonly #limit: number;
  #uses = 0;
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(openFile: (segment: number) => Promise<SpoolFile>, limit: number) {
    this.#openFile = openFile;
    this.#limit = limit;
  }

  /** Runs `work` with the segment's file. */
  use<T>(segment: number, work: (file: SpoolFile) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the spool is closed'));
    return this.#track(this.#use(segment, work));
  }

  /** Lets go of a segment, because it is about to be removed or others are used more. */
  forget(segment: number): void {
    const entry = this.#open.get(segment);
    if (entry === undefined) return;
    this.#open.delete(segment);
    entry.leaving = true;
    if (entry.uses === 0) this.#closeFile(entry);
  }

  /** Waits for the reads that run, then closes everything. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const segment of [...this.#open.keys()]) this.forget(segment);
    while (this.#work.size > 0) await Promise.allSettled(this.#work);
  }

  async #use<T>(segment: number, work: (file: SpoolFile) => Promise<T>): Promise<T> {
    if (this.#uses >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#uses++;
    try {
      return await this.#withFile(segment, work);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#uses--;
      else next(); // who waited takes the place over
    }
  }

  async #withFile<T>(segment: number, work: (file: SpoolFile) => Promise<T>): Promise<T> {
    const entry = this.#open.get(segment) ?? { file: this.#openFile(segment), uses: 0, leaving: false };
    this.#open.delete(segment);
    this.#open.set(segment, entry); // last in the map: the most recently used
    entry.uses++;
    this.#trim();
    try {
      const file = await entry.file.catch((error: unknown) => {
        if (this.#open.get(segment) === entry) this.#open.delete(segment);
        throw error;
      });
      return await work(file);
    } finally {
      entry.uses--;
      if (entry.leaving && entry.uses === 0) this.#closeFile(entry);
    }
  }

  #trim(): void {
    for (const [segment, entry] of this.#open) {
      if (this.#open.size <= this.#limit) return;
      if (entry.uses === 0) this.forget(segment);
    }
  }

  #closeFile(entry: OpenFile): void {
    const closing = entry.file.then((file) => file.close());
    closing.catch(() => undefined); // it was not open, or was only read from
    this.#track(closing).catch(() => undefined);
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
    return tracked;
  }
}
