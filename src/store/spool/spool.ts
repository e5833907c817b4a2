/**
 * The spool: the content of messages and reports in append-only, checksummed segment files.
 *
 * Upstream: the register (`src/store/level`), which writes the records of a group side by side
 * with its bytes; `verify` and `rebuild`, which read everything. Downstream: files alone.
 *
 * Each entry carries its own header, so that the register of accepted mail can be made anew from
 * the spool. Small contents of a group go into the current segment with one write and one
 * fdatasync; large ones have streamed into segments of their own by then.
 *
 * On failure: a write or sync that was refused poisons the spool, and every later write is refused
 * with StoreError `poisoned` until it is opened again. A failed fdatasync is never repeated: the
 * kernel may have marked the pages clean, and a second one would succeed without them.
 */
import { randomBytes } from 'node:crypto';
import { StoreError } from '../../domain/errors.ts';
import type { StoredContent } from '../../domain/ports.ts';
import { readContent } from './content.ts';
import { CopySegment, readEntry, withHeader } from './copying.ts';
import { aligned, decodePreamble, type EntryKind, HEADER_LIMIT, PREAMBLE_LENGTH, type Preamble } from './entry.ts';
import { eraseEntries } from './erasure.ts';
import { readFully, type SpoolFile, type SpoolFiles, systemFiles, writeAll } from './files.ts';
import { GroupPlan } from './group.ts';
import { type Recovery, readPreamble, recoverSpool } from './recovery.ts';
import { scanSegment } from './scan.ts';
import { readSeal } from './seal.ts';
import { listSegments, OpenFiles, type SegmentFile, type SegmentForm, segmentPath } from './segments.ts';
import type { ExpectedContent, ScannedEntry, SpoolDamage, SpoolEnd, SpoolLocation, SpoolLog, SpoolPosition } from './types.ts';
import { SpoolWriter, type WriterHost } from './writer.ts';

export type { EntryKind } from './entry.ts';
export { type SpoolFile, type SpoolFiles, systemFiles } from './files.ts';
export type { Recovery } from './recovery.ts';
export type { SegmentFile } from './segments.ts';
export type {
  ExpectedContent,
  ScannedEntry,
  SpoolDamage,
  SpoolEnd,
  SpoolLocation,
  SpoolLog,
  SpoolPosition,
} from './types.ts';
export type { SpoolWriter } from './writer.ts';

const SEGMENT_SIZE = 64 * 1024 * 1024;
/** Descriptors kept open for reading. */
const OPEN_FILES = 64;

export interface SpoolOptions {
  /** Made when it is missing. */
  readonly dir: string;
  readonly log: SpoolLog;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A segment is full when the next group would make it larger. */
  readonly segmentSize?: number;
  readonly files?: SpoolFiles;
}

/** A group with its places, not yet written. */
export interface PreparedGroup {
  /** In the order of the writers. */
  readonly entries: readonly { readonly location: SpoolLocation; readonly sha256: string; readonly size: number }[];
  /** For the register's batch to keep, and to give to `recover`. */
  readonly end: SpoolEnd;
  /** Makes the group durable; to be called once. */
  write(): Promise<void>;
}

interface SegmentState {
  readonly form: SegmentForm;
  size: number;
}

/** Entries that were copied, durably, and do not count yet: see `keepCopies`. */
export interface CopiedEntries {
  readonly segment: number;
  /** Where it ends with these: for the register to keep with their new places. */
  readonly end: number;
  /** In the order asked; null: it was erased, and was not copied. */
  readonly locations: readonly (SpoolLocation | null)[];
}

/** Undefined: the segment may be overwritten or removed now; else when it may. */
export type SegmentGuard = (segment: number) => Promise<void> | undefined;

export class Spool {
  readonly #dir: string;
  readonly #files: SpoolFiles;
  readonly #log: SpoolLog;
  readonly #now: () => number;
  readonly #segmentSize: number;
  readonly #seal: Buffer;
  readonly #segments: Map<number, SegmentState>;
  readonly #open: OpenFiles;
  readonly #writers = new Set<SpoolWriter>();
  readonly #host: WriterHost;
  #nextSegment: number;
  /** Where the next group goes. */
  #next: SpoolPosition = { segment: 0, offset: 0 };
  /** Where the last group that was written ended, and its number. */
  #written: SpoolPosition & { readonly group: number } = { segment: 0, offset: 0, group: 0 };
  /** Segments from here on may belong to a commit in flight: they are not dropped. */
  #protectedFrom = 0;
  #current: { readonly segment: number; readonly file: SpoolFile } | null = null;
  #copy: CopySegment | null = null;
  #group = 0;
  #inFlight: Promise<void> | null = null;
  /** Erasing and dropping under way. */
  readonly #work = new Set<Promise<unknown>>();
  #recovered: boolean;
  #poison: Error | null = null;
  #closed = false;
  #guard: SegmentGuard | null = null;

  /** Opens a spool, or begins one where the directory is empty. `recover` comes next. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const files = options.files ?? systemFiles;
    await files.makeDirectory(options.dir);
    const segments = await listSegments(files, options.dir);
    const seal = await readSeal({ files, dir: options.dir, segments, log: options.log, randomBytes });
    return new Spool(options, files, segments, seal);
  }

  private constructor(options: SpoolOptions, files: SpoolFiles, segments: readonly SegmentFile[], seal: Buffer) {
    this.#dir = options.dir;
    this.#files = files;
    this.#log = options.log;
    this.#now = options.now;
    this.#segmentSize = options.segmentSize ?? SEGMENT_SIZE;
    this.#seal = seal;
    this.#segments = new Map(segments.map(({ segment, form, size }) => [segment, { form, size }]));
    this.#nextSegment = (segments.at(-1)?.segment ?? 0) + 1;
    this.#recovered = segments.length === 0;
    this.#open = new OpenFiles((segment) => this.#openForReading(segment), OPEN_FILES);
    this.#host = {
      files,
      newSegment: () => this.#newSingle(),
      refused: (error) => this.#refuse(error),
      released: (writer) => this.#writers.delete(writer),
    };
  }

  /** Starts the content that `header`, JSON, belongs to. */
  openContent(kind: EntryKind, header: Buffer): SpoolWriter {
    this.#assertWritable();
    if (header.length > HEADER_LIMIT) throw new RangeError(`a header of ${header.length} octets is over ${HEADER_LIMIT}`);
    const writer = new SpoolWriter(kind, header, this.#host);
    this.#writers.add(writer);
    return writer;
  }

  /**
   * Gives the contents of a group their places; nothing is written yet. One group at a time: the
   * next one may be prepared once `write` has ended and the register has committed.
   */
  prepare(writers: readonly SpoolWriter[]): PreparedGroup {
    this.#assertWritable();
    if (!this.#recovered) throw new Error('the spool was opened with content in it: recover comes before the first group');
    if (this.#inFlight !== null) throw new Error('a group of the spool is still being written');
    this.#protectedFrom = this.#next.segment;
    this.#group = Math.max(this.#group + 1, this.#now());
    const plan = new GroupPlan(this.#group, this.#seal, writers);
    if (plan.sharedLength > 0 && this.#mustRoll(plan.sharedLength)) this.#next = { segment: this.#nextSegment++, offset: 0 };
    const start = this.#next;
    this.#next = { segment: start.segment, offset: start.offset + plan.sharedLength };
    const singles = plan.singles.map(({ segment }) => segment);
    const end = { ...this.#next, start: start.offset, singles, group: this.#group, openFrom: this.#openFrom(singles) };
    let started = false;
    return {
      entries: plan.place(start),
      end,
      write: () => {
        if (started) throw new Error('the group was written before');
        started = true;
        const writing = this.#write(plan, start, end);
        this.#inFlight = writing.then(
          () => undefined,
          () => undefined,
        );
        return writing;
      },
    };
  }

  /**
   * Where the last group that was written ended, with nothing in doubt: what the register keeps
   * once that group was committed, in the next batch that has no content, and at closing.
   */
  get end(): SpoolEnd {
    const { segment, offset, group } = this.#written;
    return { segment, offset, start: offset, singles: [], group, openFrom: this.#openFrom([]) };
  }

  /** Content as written, verified. Throws StoreError `corrupt` or `erased`. */
  read(location: SpoolLocation, expected: ExpectedContent): Promise<StoredContent> {
    return readContent({ open: this.#open, seal: this.#seal, location, expected });
  }

  /** While it is set, what was written is overwritten or removed only once `guard` lets it: a backup reads it as it was. Null: at once. */
  set guard(guard: SegmentGuard | null) {
    this.#guard = guard;
  }

  /** Overwrites entries, header and content, durably. */
  erase(locations: readonly SpoolLocation[]): Promise<void> {
    return this.#track(this.#erase(locations));
  }

  async #erase(locations: readonly SpoolLocation[]): Promise<void> {
    this.#assertWritable();
    const bySegment = new Map<number, SpoolLocation[]>();
    for (const location of locations) {
      const list = bySegment.get(location.segment);
      if (list === undefined) bySegment.set(location.segment, [location]);
      else list.push(location);
    }
    for (const [segment, list] of bySegment) {
      await this.#guard?.(segment);
      const state = this.#segments.get(segment);
      if (state === undefined) continue; // dropped before: nothing of it is left
      const file = await this.#files.open(segmentPath(this.#dir, { segment, form: state.form }), 'write');
      try {
        await eraseEntries(file, list, this.#seal);
        await file.fdatasync();
        if (state.form === 'single') {
          await file.truncate(PREAMBLE_LENGTH);
          state.size = PREAMBLE_LENGTH;
        }
      } catch (error) {
        throw this.#refuse(error);
      } finally {
        await file.close().catch(() => undefined);
      }
    }
  }

  /**
   * Removes whole segments in which nothing is kept any more. The one that is written to, and the
   * one before it while a commit may be in flight, stay; what was removed is returned.
   */
  dropSegments(segments: readonly number[]): Promise<readonly number[]> {
    return this.#track(this.#dropSegments(segments));
  }

  async #dropSegments(segments: readonly number[]): Promise<readonly number[]> {
    this.#assertWritable();
    const dropped: number[] = [];
    for (const segment of segments) {
      await this.#guard?.(segment);
      const state = this.#segments.get(segment);
      if (state === undefined || this.#isWritten(segment, state.form)) continue;
      this.#open.forget(segment);
      this.#segments.delete(segment);
      await this.#files.remove(segmentPath(this.#dir, { segment, form: state.form }));
      dropped.push(segment);
    }
    if (dropped.length > 0) await this.#files.syncDirectory(this.#dir);
    return dropped;
  }

  /**
   * Copies entries of one segment, each checked, to the segment of copies; with another `header` where one is given. Their places change with
   * the register's next commit; `keepCopies` follows it. Throws StoreError `corrupt` where one of
   * them is not whole, and the system's errors: nothing is changed then.
   */
  copyEntries(segment: number, locations: readonly SpoolLocation[], header?: Buffer): Promise<CopiedEntries> {
    return this.#track(this.#copyEntries(segment, locations, header));
  }

  async #copyEntries(segment: number, locations: readonly SpoolLocation[], header: Buffer | undefined): Promise<CopiedEntries> {
    this.#assertWritable();
    const entries = await this.#open.use(segment, async (file) => {
      const read: (Buffer | null)[] = [];
      for (const location of locations) {
        const entry = await readEntry(file, location, this.#seal);
        read.push(entry === null || header === undefined ? entry : withHeader(entry, header, this.#seal));
      }
      return read;
    });
    const whole = entries.filter((bytes) => bytes !== null);
    const copy = await this.#copySegment(whole.reduce((sum, bytes) => sum + aligned(bytes.length), 0));
    const { locations: places, end } = await copy.append(whole);
    this.#segments.set(copy.segment, { form: 'copy', size: end });
    let next = 0;
    return { segment: copy.segment, end, locations: entries.map((bytes) => (bytes === null ? null : (places[next++] ?? null))) };
  }

  /** The register has committed the places that `copyEntries` gave last. */
  keepCopies(): void {
    this.#copy?.keep();
  }

  /** Nothing more is copied for now: the next copies go into a segment of their own. */
  async endCopies(): Promise<void> {
    const copy = this.#copy;
    this.#copy = null;
    if (copy === null) return;
    await copy.close();
    this.#segments.set(copy.segment, { form: 'copy', size: copy.kept });
    if (copy.kept === 0 && !this.#closed) await this.dropSegments([copy.segment]);
  }

  /** The segment of copies, with room for `length` octets more; its name is durable. */
  async #copySegment(length: number): Promise<CopySegment> {
    if (this.#copy !== null && this.#copy.kept > 0 && this.#copy.kept + length > this.#segmentSize) await this.endCopies();
    if (this.#copy !== null) return this.#copy;
    const segment = this.#nextSegment++;
    const file = await this.#files.open(segmentPath(this.#dir, { segment, form: 'copy' }), 'create');
    await this.#files.syncDirectory(this.#dir);
    this.#segments.set(segment, { form: 'copy', size: 0 });
    this.#copy = new CopySegment(segment, file);
    return this.#copy;
  }

  /**
   * Cuts segments of copies at their kept ends, and removes those of which nothing is kept: what a
   * crash left of a clean-up. The entries stand where they stood.
   */
  async settleCopies(ends: ReadonlyMap<number, number>): Promise<void> {
    const unknown: number[] = [];
    for (const [segment, state] of this.#segments) {
      const end = ends.get(segment) ?? 0;
      if (state.form !== 'copy' || state.size === end) continue;
      if (end === 0) {
        unknown.push(segment);
        continue;
      }
      const file = await this.#files.open(segmentPath(this.#dir, { segment, form: 'copy' }), 'write');
      try {
        await file.truncate(end);
        await file.fdatasync();
      } finally {
        await file.close();
      }
      state.size = end;
    }
    await this.dropSegments(unknown);
  }

  /**
   * Settles what a crash left; see recovery.ts. `committed`: what the register keeps of its last
   * commit; null: it has none.
   */
  async recover(committed: SpoolEnd | null): Promise<Recovery> {
    const { dir, log, files, seal } = { dir: this.#dir, log: this.#log, files: this.#files, seal: this.#seal };
    const segments = await listSegments(files, dir);
    const { position, lastGroupWhole, orphanContents } = await recoverSpool({ files, dir, seal, segments, committed, log });
    this.#segments.clear();
    for (const { segment, form, size } of await listSegments(files, dir)) this.#segments.set(segment, { form, size });
    this.#group = committed?.group ?? 0;
    this.#next = position;
    this.#written = { ...position, group: this.#group };
    this.#protectedFrom = position.segment;
    this.#nextSegment = Math.max(this.#nextSegment, position.segment + 1, committed?.openFrom ?? 0);
    this.#recovered = true;
    return { validEnd: this.end, lastGroupWhole, orphanContents };
  }

  /**
   * Takes everything that is there for committed, for a register that is made anew from it. Goes on
   * in a new segment; nothing is cut off. `group`: the highest that `scan` found.
   */
  async adopt(group: number): Promise<SpoolEnd> {
    this.#group = group;
    this.#next = { segment: this.#nextSegment++, offset: 0 };
    this.#written = { ...this.#next, group };
    this.#protectedFrom = this.#next.segment;
    this.#recovered = true;
    return this.end;
  }

  /** Renames a segment in which nothing can be read, so that it is neither read nor dropped; gives the new name. */
  async setAside(segment: number, suffix: string): Promise<string> {
    const path = segmentPath(this.#dir, { segment, form: this.#segments.get(segment)?.form ?? 'segment' });
    this.#open.forget(segment);
    this.#segments.delete(segment);
    await this.#files.rename(path, `${path}.${suffix}`);
    await this.#files.syncDirectory(this.#dir);
    return `${path}.${suffix}`;
  }

  /** Every entry of every segment, checked, oldest segment first; what is no entry is told to `onDamage`. */
  async *scan(onDamage: (damage: SpoolDamage) => void = () => undefined): AsyncGenerator<ScannedEntry> {
    const { files, dir, seal } = { files: this.#files, dir: this.#dir, seal: this.#seal };
    for (const segment of await listSegments(files, dir))
      yield* scanSegment({ files, dir, seal, segment, from: 0, checkContent: true, onDamage });
  }

  /** The entries of one segment from an offset on, their contents not looked at. */
  async *entries(
    segment: number,
    options: { readonly from?: number; readonly onDamage?: (damage: SpoolDamage) => void } = {},
  ): AsyncGenerator<ScannedEntry> {
    const state = this.#segments.get(segment);
    if (state === undefined) return;
    const { from = 0, onDamage = () => undefined } = options;
    const { files, dir, seal } = { files: this.#files, dir: this.#dir, seal: this.#seal };
    yield* scanSegment({ files, dir, seal, segment: { segment, ...state }, from, checkContent: false, onDamage });
  }

  /** The entry of a large content: whether it is one, and what its preamble says; undefined while it was not sealed. */
  async single(segment: number): Promise<Preamble | undefined> {
    return this.#open.use(segment, (file) => readPreamble(file, this.#seal));
  }

  /** Whether an entry that was not erased begins there, as far as its preamble tells. */
  async stands({ segment, offset }: SpoolPosition): Promise<boolean> {
    if (!this.#segments.has(segment)) return false;
    return this.#open.use(segment, async (file) => {
      const fixed = Buffer.alloc(PREAMBLE_LENGTH);
      await readFully(file, fixed, offset);
      return decodePreamble(fixed, this.#seal)?.erased === false;
    });
  }

  /** All segments; `sealed`: nothing is appended to it any more, and no commit that may be in flight names it. */
  segments(): readonly (SegmentFile & { readonly sealed: boolean })[] {
    return [...this.#segments].map(([segment, { form, size }]) => ({
      segment,
      size,
      form,
      sealed: !this.#isWritten(segment, form),
    }));
  }

  /** Waits for the group in flight, lets go of contents that were not committed, closes every file. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#inFlight;
    await Promise.allSettled(this.#work);
    await this.endCopies().catch((error: unknown) =>
      this.#log.warn({ err: error }, 'copies that do not count were not cut off: the next opening does'),
    );
    for (const writer of [...this.#writers]) {
      await writer.abort();
      await writer.discard();
    }
    await this.#open.close();
    await this.#current?.file.close();
    this.#current = null;
  }

  /** Whether something may still be appended to it, or a commit in flight names it. */
  #isWritten(segment: number, form: SegmentForm): boolean {
    if (form === 'copy') return segment === this.#copy?.segment;
    return form === 'segment' && segment >= this.#protectedFrom;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    const tracked = work.finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
    return tracked;
  }

  #assertWritable(): void {
    if (this.#closed) throw new StoreError('closed', 'the spool is closed');
    if (this.#poison !== null) throw this.#poison;
  }

  /** Poisons the spool; gives the error to throw. */
  #refuse(error: unknown): StoreError {
    const reason = error instanceof Error ? error.message : String(error);
    const refused = new StoreError(
      'poisoned',
      `the spool in ${this.#dir} refused a write (${reason}): nothing more is taken until it is opened again`,
      {
        cause: error,
      },
    );
    if (this.#poison === null) {
      this.#poison = refused;
      this.#log.error({ err: error }, refused.message);
    }
    return refused;
  }

  #newSingle(): { readonly segment: number; readonly path: string; readonly dir: string } {
    this.#assertWritable();
    const segment = this.#nextSegment++;
    return { segment, path: segmentPath(this.#dir, { segment, form: 'single' }), dir: this.#dir };
  }

  async #openForReading(segment: number): Promise<SpoolFile> {
    const form = this.#segments.get(segment)?.form ?? 'segment';
    return this.#files.open(segmentPath(this.#dir, { segment, form }), 'read');
  }

  /** The lowest segment that large content beside `singles` may be streaming into. */
  #openFrom(singles: readonly number[]): number {
    let lowest = this.#nextSegment;
    for (const { segment } of this.#writers) if (segment !== null && !singles.includes(segment)) lowest = Math.min(lowest, segment);
    return lowest;
  }

  #mustRoll(length: number): boolean {
    const { segment, offset } = this.#next;
    return segment === 0 || !this.#segments.has(segment) || (offset > 0 && offset + length > this.#segmentSize);
  }

  async #write(plan: GroupPlan, start: SpoolPosition, end: SpoolEnd): Promise<void> {
    try {
      const written = await Promise.allSettled([this.#writeShared(plan, start), ...plan.singles.map((single) => single.write())]);
      for (const result of written) if (result.status === 'rejected') throw result.reason;
      for (const { segment, size } of plan.singles) this.#segments.set(segment, { form: 'single', size });
      for (const writer of plan.writers) this.#writers.delete(writer);
      this.#written = end;
    } catch (error) {
      throw this.#refuse(error);
    } finally {
      this.#inFlight = null;
    }
  }

  async #writeShared(plan: GroupPlan, start: SpoolPosition): Promise<void> {
    if (plan.buffers.length === 0) return;
    const { file, entered } = await this.#writable(start.segment);
    await Promise.all([writeAll(file, plan.buffers, start.offset).then(() => file.fdatasync()), entered]);
    this.#segments.set(start.segment, { form: 'segment', size: start.offset + plan.sharedLength });
  }

  /** The segment to append to; `entered`: its name is durable. */
  async #writable(segment: number): Promise<{ file: SpoolFile; entered: Promise<void> | undefined }> {
    if (this.#current?.segment === segment) return { file: this.#current.file, entered: undefined };
    const previous = this.#current;
    const created = !this.#segments.has(segment);
    const file = await this.#files.open(segmentPath(this.#dir, { segment, form: 'segment' }), created ? 'create' : 'write');
    this.#current = { segment, file };
    await previous?.file.close();
    return { file, entered: created ? this.#files.syncDirectory(this.#dir) : undefined };
  }
}
