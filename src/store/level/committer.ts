/**
 * Group commit. Operations wait while one commit is in flight; then all that wait are taken
 * together, staged in order into one transaction, and made durable with one write to the spool
 * and one synchronous batch in the register, side by side; with reports and no mail that is accepted in
 * the group one after the other. No timer is added: under load the groups grow by themselves.
 *
 * Operations that accept come last in each group, so that their events are the tail of the feed:
 * should their bytes turn out not to be whole after a crash, the tail is taken back (opening.ts),
 * and nobody has seen it.
 *
 * Upstream: the store. Downstream: spool and database; `onCommitted` tells the rest of the store.
 * On failure: a write that was rejected poisons the committer. LevelDB takes later writes as if
 * nothing had happened and loses them at restart, so from then on everything is refused with
 * StoreError `poisoned`; only closing and opening again helps.
 */
import { StoreError } from '../../domain/errors.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { PreparedGroup, Spool, SpoolWriter } from '../spool/spool.ts';
import { encodeJson } from './codec.ts';
import type { Database } from './database.ts';
import { COMMIT_KEY } from './keys.ts';
import type { MessageLoader } from './loader.ts';
import type { StoredMessage } from './records.ts';
import { type CommitRecord, type Committed, type SegmentCount, Transaction } from './transaction.ts';

/** Bounds of one group, so that staging it does not hold the event loop: operations weigh what they write. */
const GROUP_WEIGHT = 512;
const GROUP_OCTETS = 16 * 1024 * 1024;

export type SpoolEntry = PreparedGroup['entries'][number];

export interface Operation<T> {
  /** Messages it reads or changes. */
  readonly messages?: readonly MessageId[];
  /** Keys whose values it reads; asked once `messages` are there. */
  readonly reads?: readonly string[] | ((messages: ReadonlyMap<MessageId, StoredMessage>) => readonly string[]);
  /** Content that is to be durable with it. */
  readonly content?: SpoolWriter;
  /**
   * The content is durable before the register hears of the operation: what it changes could not be taken
   * back, should its bytes turn out not to be whole. Told where it stands once it is; until the operation
   * is answered no record names it.
   */
  readonly contentFirst?: (entry: SpoolEntry) => void;
  /** By the values that it reads: the content is not needed after all, and is let go; `stage` gets no entry. */
  readonly spares?: (values: ReadonlyMap<string, Buffer>) => boolean;
  /** It accepts a message: staged after all others. */
  readonly accepts?: MessageId;
  /** Recipients or records it writes, roughly. */
  readonly weight: number;
  /** Changes nothing when it throws: the error is the caller's, and the others go on. */
  readonly stage: (transaction: Transaction, entry: SpoolEntry | undefined) => T;
}

interface Waiting {
  readonly operation: Operation<unknown>;
  /** Its content, durable since the commit before. */
  readonly written?: SpoolEntry;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Loaded {
  readonly group: readonly Waiting[];
  readonly messages: ReadonlyMap<MessageId, StoredMessage>;
  readonly values: ReadonlyMap<string, Buffer>;
}

export interface CommitterOptions {
  readonly database: Database;
  readonly spool: Spool;
  readonly loader: MessageLoader;
  readonly record: CommitRecord;
  readonly segments: ReadonlyMap<number, SegmentCount>;
  readonly now: () => number;
  readonly log: Log;
  /** Hears of each commit, before those who wait for it. */
  readonly onCommitted: (committed: Committed, timing: { readonly seconds: number; readonly operations: number }) => void;
  /** Told once. */
  readonly onPoisoned: (cause: Error) => void;
}

export class Committer {
  readonly #options: CommitterOptions;
  readonly #segments: Map<number, SegmentCount>;
  #record: CommitRecord;
  #waiting: Waiting[] = [];
  /** What is to run while no commit is in flight. */
  #between: { readonly work: () => Promise<void>; readonly reject: (error: unknown) => void }[] = [];
  #running = false;
  #uncommitted: ReadonlySet<MessageId> = new Set();
  #poison: Error | null = null;
  #closing = false;
  #idle: (() => void)[] = [];
  #operations = 0;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#record = options.record;
    this.#segments = new Map(options.segments);
  }

  /** As the last commit left it. */
  get record(): CommitRecord {
    return this.#record;
  }

  get segments(): ReadonlyMap<number, SegmentCount> {
    return this.#segments;
  }

  /** How many were committed so far. */
  get operations(): number {
    return this.#operations;
  }

  /** What the first rejected write said. */
  get poisonedBy(): Error | null {
    return this.#poison;
  }

  /** Whether the message is being accepted: its record may stand on disk already, and is not to be shown. */
  isUncommitted(id: MessageId): boolean {
    return this.#uncommitted.has(id);
  }

  submit<T>(operation: Operation<T>): Promise<T> {
    if (this.#closing) return Promise.reject(new StoreError('closed', 'the store is closed'));
    if (this.#poison !== null) return Promise.reject(poisoned(this.#poison));
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ operation, resolve: resolve as (value: unknown) => void, reject });
      this.#start();
    });
  }

  /** Runs `work` while no commit is in flight, and holds those that wait: it is to be short. */
  between<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing) return Promise.reject(new StoreError('closed', 'the store is closed'));
    if (this.#poison !== null) return Promise.reject(poisoned(this.#poison));
    return new Promise<T>((resolve, reject) => {
      this.#between.push({ work: () => work().then(resolve, reject), reject });
      this.#start();
    });
  }

  /** A write outside the commits was rejected. */
  fail(error: unknown): StoreError {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (this.#poison === null) {
      this.#poison = cause;
      this.#options.log.error({ err: cause }, 'a write was rejected: the store takes nothing more until it was opened again');
      this.#options.onPoisoned(cause);
    }
    for (const { reject } of [...this.#waiting.splice(0), ...this.#between.splice(0)]) reject(poisoned(this.#poison));
    return poisoned(this.#poison);
  }

  /** Takes nothing more; resolves when what waits is committed, and nothing of the spool is in doubt. */
  async drain(): Promise<void> {
    this.#closing = true;
    if (this.#running || this.#waiting.length > 0 || this.#between.length > 0)
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    const { start, offset, singles } = this.#record.end;
    if (this.#poison !== null || (start === offset && singles.length === 0)) return;
    const batch = this.#options.database.batch();
    this.#record = { ...this.#record, end: this.#options.spool.end, firstAcceptSeq: this.#record.seq + 1 };
    batch.put(COMMIT_KEY, encodeJson(this.#record));
    await batch.write({ sync: true }).catch((error: unknown) => this.fail(error));
  }

  #start(): void {
    if (this.#running) return;
    this.#running = true;
    // Not at once: whatever else arrives in this turn of the loop shares the commit.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while ((this.#waiting.length > 0 || this.#between.length > 0) && this.#poison === null) {
      for (const { work } of this.#between.splice(0)) await work();
      if (this.#waiting.length > 0) await this.#commit(this.#take());
      // Who was answered in this turn often comes back with the next operation.
      if (this.#waiting.length > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #take(): Waiting[] {
    let weight = 0;
    let octets = 0;
    let count = 0;
    for (const { operation, written } of this.#waiting) {
      weight += operation.weight;
      octets += written === undefined ? (operation.content?.size ?? 0) : 0;
      if (count > 0 && (weight > GROUP_WEIGHT || octets > GROUP_OCTETS)) break;
      count++;
    }
    const group = this.#waiting.splice(0, count);
    const accepting = group.filter(({ operation }) => operation.accepts !== undefined);
    return accepting.length === 0 ? group : [...group.filter(({ operation }) => operation.accepts === undefined), ...accepting];
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const started = performance.now();
    const accepting = new Set<MessageId>();
    for (const { operation } of group) if (operation.accepts !== undefined) accepting.add(operation.accepts);
    this.#uncommitted = accepting;
    try {
      const answers = await this.#write(group, started);
      for (const answer of answers) answer();
    } catch (error) {
      const refused = this.fail(error);
      for (const { reject } of group) reject(refused);
    } finally {
      this.#uncommitted = new Set();
    }
  }

  /** Stages and writes the group; gives what is left to be answered. Throws what rejects a write. */
  async #write(asked: readonly Waiting[], started: number): Promise<(() => void)[]> {
    const { database, spool, loader, now } = this.#options;
    const { group: loaded, messages, values } = await this.#load(asked);
    const writers = contentsOf(loaded, values);
    const prepared = writers.length === 0 ? null : spool.prepare(writers);
    const batch = database.batch();
    const transaction = new Transaction({ batch, before: this.#record, messages, values, segments: this.#segments, now: now() });
    const entries = entriesBy(writers, prepared);
    const { group, held } = parted(loaded, entries);
    const answers = stageAll(group, transaction, entries);
    const committed = transaction.finish(prepared?.end ?? spool.end);
    // Nothing but the commit record: nothing has changed, and the last record still holds.
    if (prepared === null && batch.length === 1 && committed.record.firstSeq === this.#record.firstSeq) return answers;
    const first = prepared !== null && group.some(({ operation, written }) => operation.contentFirst && written === undefined);
    if (first) await prepared.write();
    await Promise.all([first ? undefined : prepared?.write(), batch.write({ sync: true })]);
    for (const { operation, written } of held) if (written !== undefined) operation.contentFirst?.(written);
    this.#waiting.unshift(...held);

    this.#record = committed.record;
    for (const [segment, count] of committed.segments) {
      if (count === null) this.#segments.delete(segment);
      else this.#segments.set(segment, count);
    }
    for (const [id, stored] of committed.messages) loader.remember(id, stored);
    this.#operations += group.length;
    const seconds = (performance.now() - started) / 1000;
    this.#options.onCommitted(committed, { seconds, operations: group.length });
    return answers;
  }

  /** What the group reads. An operation whose message does not read is refused alone: damage poisons nothing. */
  async #load(group: readonly Waiting[]): Promise<Loaded> {
    const { loader } = this.#options;
    try {
      const messages = await loader.loadMany(idsOf(group), true);
      return { group, messages, values: await this.#values(group, messages) };
    } catch (error) {
      if (!(error instanceof StoreError) || group.length === 0) throw error;
      const sound: Waiting[] = [];
      for (const waiting of group) {
        try {
          await loader.loadMany(waiting.operation.messages ?? [], true);
          sound.push(waiting);
        } catch (reason) {
          waiting.reject(reason);
        }
      }
      if (sound.length === group.length) throw error;
      return this.#load(sound);
    }
  }

  async #values(group: readonly Waiting[], messages: ReadonlyMap<MessageId, StoredMessage>): Promise<Map<string, Buffer>> {
    const keys = group.flatMap(({ operation: { reads } }) => (typeof reads === 'function' ? reads(messages) : (reads ?? [])));
    const values = new Map<string, Buffer>();
    for (const [i, value] of (await this.#options.database.getMany(keys)).entries()) {
      if (value !== undefined) values.set(keys[i] ?? '', value);
    }
    return values;
  }
}

function idsOf(group: readonly Waiting[]): Set<MessageId> {
  const ids = new Set<MessageId>();
  for (const { operation } of group) for (const id of operation.messages ?? []) ids.add(id);
  return ids;
}

/** Contents that are needed and not written yet; the others are let go. */
function contentsOf(group: readonly Waiting[], values: ReadonlyMap<string, Buffer>): SpoolWriter[] {
  return group.flatMap(({ operation: { content, spares }, written }) => {
    if (content === undefined || written !== undefined) return [];
    if (spares?.(values) !== true) return content;
    // What is left of it is not committed: the spool removes it when it is opened.
    content.abort().catch(() => undefined);
    return [];
  });
}

function entriesBy(writers: readonly SpoolWriter[], prepared: PreparedGroup | null): ReadonlyMap<SpoolWriter, SpoolEntry | undefined> {
  return new Map(writers.map((writer, i) => [writer, prepared?.entries[i]]));
}

/**
 * Mail that is accepted does not wait for reports: where both are in a group, the two sides are written
 * side by side, and what needs its content first is staged with the next group, whose batch comes anyway.
 */
function parted(
  loaded: readonly Waiting[],
  entries: ReadonlyMap<SpoolWriter, SpoolEntry | undefined>,
): { readonly group: readonly Waiting[]; readonly held: readonly Waiting[] } {
  if (!loaded.some(({ operation }) => operation.accepts !== undefined)) return { group: loaded, held: [] };
  const held = loaded.flatMap((waiting): Waiting[] => {
    const { contentFirst, content } = waiting.operation;
    const written = contentFirst === undefined || content === undefined ? undefined : entries.get(content);
    return written === undefined ? [] : [{ ...waiting, written }];
  });
  const later = new Set(held.map(({ operation }) => operation));
  return { group: loaded.filter(({ operation }) => !later.has(operation)), held };
}

/** Stages the operations in order; each answer is to be called after the commit. */
function stageAll(
  group: readonly Waiting[],
  transaction: Transaction,
  entries: ReadonlyMap<SpoolWriter, SpoolEntry | undefined>,
): (() => void)[] {
  return group.map(({ operation, written, resolve, reject }) => {
    try {
      const value = operation.stage(transaction, written ?? (operation.content && entries.get(operation.content)));
      return () => resolve(value);
    } catch (error) {
      return () => reject(error);
    }
  });
}

function poisoned(cause: Error): StoreError {
  return new StoreError('poisoned', `a write was rejected earlier (${cause.message}): nothing is taken until the store was opened again`, {
    cause,
  });
}
