/**
 * Clean-up: contents first, records later, by the age of their class; reports, deliveries of signals,
 * the audit log, and events of the feed when nobody needs them any more. What is still in the queue
 * stays, however old, and what lies under a legal hold. Goes in steps of a few milliseconds, and rests
 * between them while mail flows (pace.ts).
 *
 * Upstream: `planCleanup` and `cleanup` of the port. On failure: what was taken is taken; the next run
 * goes on from there. Works on a full disk (R27).
 */
import { type CleanupCounts, type CleanupRequest, NOTHING_CLEANED } from '../../domain/cleanup.ts';
import type { SignalDelivery } from '../../domain/ports.ts';
import type { SubjectErasureRecord } from '../../domain/subject-erasure.ts';
import type { FailureHistory } from '../../domain/suppression.ts';
import type { AcceptKeys } from './accept-keys.ts';
import { cleanAudits, countAudits } from './audit-cleaning.ts';
import { decodeJson } from './codec.ts';
import type { StoredCollection } from './collections.ts';
import type { StoreContext } from './context.ts';
import { countTaken, type DueMessage, dueMessages, type Readers, Tallies } from './due.ts';
import { eraseContents, eraseRecords } from './erasure.ts';
import { countOldEvents, trimFeed } from './feed-trimming.ts';
import { PENDING_SIGNALS, signalKey } from './keys.ts';
import { cleanLeaves } from './ledger.ts';
import { Pace } from './pace.ts';
import { cleanReports, countOldReports } from './report-cleaning.ts';
import { rewriteSegments } from './rewriting.ts';
import { cleanDeliveries, countOldDeliveries } from './signal-cleaning.ts';
import type { Statistics } from './statistics.ts';
import { finishErasures } from './subject-erasure.ts';
import { isStale, staleHistories } from './suppressing.ts';

const SLICE = 200;

export interface Cleanup {
  readonly context: StoreContext;
  readonly statistics: Statistics;
  readonly keys: AcceptKeys;
  readonly erasures: StoredCollection<SubjectErasureRecord>;
  /** Positions of the readers of the feed. */
  readonly positions: () => Iterable<number>;
}

export interface CleanupOptions {
  /** Ends the run between two steps. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: CleanupCounts) => void;
}

/** Counts what `cleanUp` would take. */
export async function planCleanup(cleanup: Cleanup, request: CleanupRequest): Promise<CleanupCounts> {
  const { context } = cleanup;
  const tallies = new Tallies(request);
  const readers = await readersOf(cleanup);
  for await (const group of dueMessages({ context, request, tallies, readers })) for (const due of group) countTaken(due);
  return sumOf(tallies, {
    reports: await countOldReports(context, request),
    deliveries: await countOldDeliveries(context, request),
    events: await countOldEvents(context, request, readers),
    audits: await countAudits(context, request),
  });
}

export async function cleanUp(cleanup: Cleanup, request: CleanupRequest, options: CleanupOptions = {}): Promise<CleanupCounts> {
  const { context } = cleanup;
  const run = new Run(cleanup, request, options);
  await context.disk.release();
  await run.takeMessages();
  await run.takeRest();
  await context.segments.drop();
  if (!run.isOver) await rewriteSegments(context);
  await context.disk.restore();
  return run.counts;
}

type Others = Pick<CleanupCounts, 'reports' | 'events' | 'audits' | 'deliveries'>;

class Run {
  readonly #cleanup: Cleanup;
  readonly #request: CleanupRequest;
  readonly #options: CleanupOptions;
  readonly #tallies: Tallies;
  readonly #pace: Pace;
  #others: Others = NOTHING_CLEANED;

  constructor(cleanup: Cleanup, request: CleanupRequest, options: CleanupOptions) {
    this.#cleanup = cleanup;
    this.#request = request;
    this.#options = options;
    this.#tallies = new Tallies(request);
    this.#pace = new Pace(cleanup.context.committer);
  }

  get isOver(): boolean {
    return this.#options.signal?.aborted ?? false;
  }

  get counts(): CleanupCounts {
    return sumOf(this.#tallies, this.#others);
  }

  async takeMessages(): Promise<void> {
    const { context } = this.#cleanup;
    const readers = await readersOf(this.#cleanup);
    for await (const group of dueMessages({ context, request: this.#request, tallies: this.#tallies, readers })) {
      if (this.isOver) return;
      await this.#pace.step(() => context.turns.take(() => this.#take(group)));
      this.#options.onProgress?.(this.counts);
    }
  }

  async takeRest(): Promise<void> {
    const { context, keys, erasures } = this.#cleanup;
    const scope = { context, request: this.#request, pace: this.#pace, isOver: () => this.isOver };
    const add = (taken: Partial<Others>): void => {
      this.#others = { ...this.#others, ...taken };
      this.#options.onProgress?.(this.counts);
    };
    if (!this.isOver) add({ reports: await cleanReports(scope) });
    if (!this.isOver) add({ deliveries: await cleanDeliveries(scope) });
    if (!this.isOver) add({ audits: await cleanAudits(scope) });
    if (this.isOver) return;
    await finishErasures(context, erasures, this.#request.now);
    await cleanFailures(context, this.#request);
    await keys.sweep(this.#request.now);
    add({ events: await trimFeed(scope, await readersOf(this.#cleanup)) });
    await cleanLeaves(scope);
  }

  /** As the messages stand now: since they were found due they may have been sent again, held or deleted. */
  async #take(group: readonly DueMessage[]): Promise<void> {
    const { context, statistics } = this.#cleanup;
    const { now } = this.#request;
    const found = await context.loader.loadMany(
      group.map(({ id }) => id),
      false,
    );
    const due = group.filter(({ id }) => {
      const stored = found.get(id);
      return stored !== undefined && !context.pending.has(id) && context.holds.on(stored.message).length === 0;
    });
    const messages = (records: boolean) => due.filter(({ record }) => record === records).flatMap(({ id }) => found.get(id) ?? []);
    const contents = messages(false);
    if (contents.length > 0) await eraseContents(context, contents, now);
    await eraseRecords(context, statistics, messages(true), now);
    for (const one of due) countTaken(one);
  }
}

function sumOf(tallies: Tallies, others: Others): CleanupCounts {
  const { reports, events, audits, deliveries } = others;
  const sum = { contents: 0, records: 0, octets: 0, keptPending: 0, keptHeld: 0, keptUnread: 0 };
  for (const { name: _, ...counts } of tallies.all) {
    for (const [name, count] of Object.entries(counts) as [keyof typeof sum, number][]) sum[name] += count;
  }
  return { ...sum, classes: tallies.all.map((tally) => ({ ...tally })), reports, events, audits, deliveries };
}

async function readersOf({ context, statistics, positions }: Cleanup): Promise<Readers> {
  await statistics.flush();
  const read = Math.min(statistics.position, ...positions());
  const awaited = new Set<number>();
  for await (const slice of context.database.slices(PENDING_SIGNALS, SLICE)) {
    const keys = slice.map(([key]) => signalKey(key.slice(1)));
    for (const [i, value] of (await context.database.getMany(keys)).entries()) {
      if (value === undefined) continue;
      const { seq, about = [] } = decodeJson<SignalDelivery>(keys[i] ?? '', value);
      for (const one of [seq, ...about]) if (one > 0) awaited.add(one);
    }
  }
  return { read, awaited };
}

/** What is kept of addresses' failures, where the last of it is as old as records may be. */
async function cleanFailures({ database, committer }: StoreContext, { recordsBefore }: CleanupRequest): Promise<void> {
  for await (const keys of staleHistories(database, recordsBefore, SLICE)) {
    await committer.submit({
      reads: keys,
      weight: keys.length,
      stage: (transaction) => {
        for (const key of keys) {
          const value = transaction.value(key);
          if (value !== undefined && isStale(decodeJson<FailureHistory>(key, value), recordsBefore)) transaction.del(key);
        }
      },
    });
  }
}
