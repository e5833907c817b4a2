/**
 * Clean-up by age: contents first, records later, events of the feed when nobody needs them any
 * more. What is still in the queue stays, however old. Goes in slices, so that mail flows meanwhile.
 *
 * The status records tell in a few octets whose content is gone already, so that a nightly run over
 * a million old messages is one pass over those.
 */
import { idTime, invertId, lowestIdAt, type MessageId, type ReportId } from '../../domain/ids.ts';
import type { CleanupCounts, CleanupRequest, SignalDelivery } from '../../domain/ports.ts';
import type { FailureHistory } from '../../domain/suppression.ts';
import type { AcceptKeys } from './accept-keys.ts';
import { decodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { eraseContents, eraseFromSpool, eraseRecords } from './erasure.ts';
import { after, eventsAfter, pendingSignalKey, prefixRange, REPORTS, reportKey, signalKey, signalTimeOf } from './keys.ts';
import { isContentErased, type StoredMessage } from './records.ts';
import { fingerprintKeys, loadReports, type StoredReport, stageReportDeletion, stageReportErasure } from './reports.ts';
import { rewriteSegments } from './rewriting.ts';
import { eventKeysOf } from './signals.ts';
import type { Statistics } from './statistics.ts';
import { isStale, staleHistories } from './suppressing.ts';

const SCANNED = 500;
const AT_ONCE = 32;
const TRIMMED = 500;

interface Counting {
  contents: number;
  records: number;
  octets: number;
}

export interface Cleanup {
  readonly context: StoreContext;
  readonly statistics: Statistics;
  readonly keys: AcceptKeys;
  /** Positions of the readers of the feed. */
  readonly positions: () => Iterable<number>;
}

/** Counts what `cleanUp` would take. */
export function planCleanup({ context }: Cleanup, request: CleanupRequest): Promise<CleanupCounts> {
  return walk(context, request, async () => {});
}

export async function cleanUp(cleanup: Cleanup, request: CleanupRequest): Promise<CleanupCounts> {
  const { context, statistics } = cleanup;
  await context.disk.release();
  const counts = await walk(context, request, async (messages) => {
    const records = messages.filter(({ message }) => isRecordDue(message.id, request));
    const contents = messages.filter(({ message }) => !isRecordDue(message.id, request));
    if (contents.length > 0) await eraseContents(context, contents, request.now);
    await eraseRecords(context, statistics, records, request.now);
  });
  await cleanReports(context, request);
  await cleanSignals(context, request);
  await cleanFailures(context, request);
  await cleanup.keys.sweep(request.now);
  await trimFeed(cleanup, request);
  await context.segments.drop();
  await rewriteSegments(context);
  await context.disk.restore();
  return counts;
}

function isRecordDue(id: MessageId, { recordsBefore }: CleanupRequest): boolean {
  return idTime(id) < recordsBefore;
}

/** Goes through what is due, oldest last, and hands it to `take` in small groups. */
async function walk(
  context: StoreContext,
  request: CleanupRequest,
  take: (messages: readonly StoredMessage[]) => Promise<void>,
): Promise<CleanupCounts> {
  const { database, loader, pending } = context;
  const before = Math.max(request.contentBefore, request.recordsBefore);
  const counts: Counting = { contents: 0, records: 0, octets: 0 };
  const keptPending = pending.countBefore(lowestIdAt(before));
  // A message without a status has seen nothing happen: it is in the queue.
  const range = { ...prefixRange('s'), gte: `s${invertId(lowestIdAt(before))}` };
  for await (const slice of database.slices(range, SCANNED)) {
    const due: MessageId[] = [];
    for (const [key, value] of slice) {
      const id = invertId(key.slice(1)) as MessageId;
      if (idTime(id) >= before || pending.has(id) || (isContentErased(value) && !isRecordDue(id, request))) continue;
      due.push(id);
    }
    for (let i = 0; i < due.length; i += AT_ONCE) {
      await context.turns.take(async () => {
        const messages = [...(await loader.loadMany(due.slice(i, i + AT_ONCE), false)).values()];
        for (const message of messages) count(counts, message, request);
        await take(messages);
      });
    }
  }
  return { ...counts, keptPending };
}

function count(counts: Counting, { message, contentErased }: StoredMessage, request: CleanupRequest): void {
  if (isRecordDue(message.id, request)) counts.records++;
  if (contentErased) return;
  counts.contents++;
  counts.octets += message.size;
}

/** Reports by their own age. */
async function cleanReports(context: StoreContext, { contentBefore, recordsBefore }: CleanupRequest): Promise<void> {
  const bound = lowestIdAt(Math.max(contentBefore, recordsBefore));
  for await (const slice of context.database.slices(after(REPORTS, reportKey(invertId(bound))), AT_ONCE)) {
    const found = slice.map(([key, value]) => decodeJson<StoredReport>(key, value));
    const due = found.filter(({ report, contentErased }) => ageOf(report.id) < recordsBefore || !contentErased);
    if (due.length > 0) await context.turns.take(() => cleanSome(context, due, recordsBefore));
  }
}

async function cleanSome(context: StoreContext, due: readonly StoredReport[], recordsBefore: number): Promise<void> {
  // The slice is as of the beginning: they may have been moved since.
  const reports = await loadReports(
    context,
    due.map(({ report }) => report.id),
  );
  const old = reports.filter(({ report }) => ageOf(report.id) < recordsBefore);
  const stale = reports.filter((stored) => !stored.contentErased && !old.includes(stored));
  if (old.length + stale.length === 0) return;
  await eraseFromSpool(context, [], [...old, ...stale]);
  await context.committer.submit({
    reads: fingerprintKeys(old),
    weight: old.length + stale.length,
    stage: (transaction) => {
      for (const report of old) stageReportDeletion(transaction, report);
      for (const report of stale) stageReportErasure(transaction, report);
    },
  });
}

function ageOf(id: ReportId): number {
  return idTime(id);
}

/** Deliveries of signals that are over. */
async function cleanSignals({ database, committer }: StoreContext, { recordsBefore }: CleanupRequest): Promise<void> {
  for await (const slice of database.slices(prefixRange('D'), SCANNED)) {
    const keys = slice.map(([key]) => key);
    const due = keys.map((key) => ({ key, ...signalTimeOf(key) })).filter(({ createdAt }) => createdAt < recordsBefore);
    const waiting = await database.getMany(due.map(({ id }) => pendingSignalKey(id)));
    const over = due.filter((_, i) => waiting[i] === undefined);
    if (over.length === 0) continue;
    const values = await database.getMany(over.map(({ id }) => signalKey(id)));
    await committer.submit({
      weight: over.length,
      stage: (transaction) => {
        for (const [i, { key, id }] of over.entries()) {
          const value = values[i];
          transaction.del(key);
          transaction.del(signalKey(id));
          if (value === undefined) continue;
          for (const key of eventKeysOf(decodeJson<SignalDelivery>(signalKey(id), value))) transaction.del(key);
        }
      },
    });
  }
}

/** What is kept of addresses' failures, where the last of it is as old as records may be. */
async function cleanFailures({ database, committer }: StoreContext, { recordsBefore }: CleanupRequest): Promise<void> {
  for await (const keys of staleHistories(database, recordsBefore, SCANNED)) {
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

/** Takes the oldest events, up to where the slowest of their readers is. */
async function trimFeed({ context, statistics, positions }: Cleanup, { recordsBefore }: CleanupRequest): Promise<void> {
  const { database, committer, feed } = context;
  await statistics.flush();
  const needed = Math.min(statistics.position, ...positions());
  for await (const slice of database.slices(eventsAfter(feed.firstSeq - 1), TRIMMED)) {
    let first = feed.firstSeq;
    for (const [key, value] of slice) {
      const { seq, at } = decodeJson<{ seq: number; at: number }>(key, value);
      if (seq > needed || at >= recordsBefore) break;
      first = seq + 1;
    }
    if (first === feed.firstSeq) return;
    await committer.submit({ weight: TRIMMED, stage: (transaction) => transaction.trimFeed(first) });
  }
}
