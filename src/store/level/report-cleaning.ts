/**
 * Reports in a clean-up: by their own age, the bytes by that of the content of the mail they are
 * about, for they quote it. What is tied to a message under a legal hold stays with it.
 */
import type { CleanupRequest } from '../../domain/cleanup.ts';
import { idTime, invertId, lowestIdAt, type MessageId } from '../../domain/ids.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import { matchesOf } from '../../domain/representation.ts';
import { decodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { Tallies } from './due.ts';
import { eraseFromSpool } from './erasure.ts';
import { after, messageKey, REPORTS, reportKey } from './keys.ts';
import type { Pace } from './pace.ts';
import { decodeMessage } from './records.ts';
import { fingerprintKeys, loadReports, type StoredReport, stageReportDeletion, stageReportErasure } from './reports.ts';

const AT_ONCE = 32;

export interface CleaningScope {
  readonly context: StoreContext;
  readonly request: CleanupRequest;
  readonly pace: Pace;
  readonly isOver: () => boolean;
}

/** Takes them; gives how many records went. */
export async function cleanReports({ context, request, pace, isOver }: CleaningScope): Promise<number> {
  let taken = 0;
  for await (const slice of oldReports(context, request)) {
    if (isOver()) break;
    const due = await dueOf(context, request, slice);
    if (due.records.length + due.contents.length === 0) continue;
    taken += await pace.step(() => context.turns.take(() => takeSome(context, request, slice)));
  }
  return taken;
}

/** How many records would go. */
export async function countOldReports(context: StoreContext, request: CleanupRequest): Promise<number> {
  let count = 0;
  for await (const slice of oldReports(context, request)) count += (await dueOf(context, request, slice)).records.length;
  return count;
}

async function* oldReports(context: StoreContext, request: CleanupRequest): AsyncGenerator<readonly StoredReport[]> {
  const bound = Math.max(recordsBound(request), new Tallies(request).latest.contentBefore);
  for await (const slice of context.database.slices(after(REPORTS, reportKey(invertId(lowestIdAt(bound)))), AT_ONCE)) {
    yield slice.map(([key, value]) => decodeJson<StoredReport>(key, value));
  }
}

function recordsBound({ reportsBefore, recordsBefore }: CleanupRequest): number {
  return reportsBefore ?? recordsBefore;
}

interface Due {
  readonly records: readonly StoredReport[];
  /** The bytes alone. */
  readonly contents: readonly StoredReport[];
}

async function dueOf(context: StoreContext, request: CleanupRequest, reports: readonly StoredReport[]): Promise<Due> {
  const tallies = new Tallies(request);
  const messages = await messagesOf(context, reports);
  const records: StoredReport[] = [];
  const contents: StoredReport[] = [];
  for (const stored of reports) {
    const about = matchesOf(stored.report).flatMap(({ message }) => messages.get(message) ?? []);
    if (about.some((message) => context.holds.on(message).length > 0)) continue;
    const at = idTime(stored.report.id);
    const contentBefore = Math.max(
      ...(about.length === 0 ? [request] : about.map((one) => tallies.of(one).ages)).map((one) => one.contentBefore),
    );
    if (at < recordsBound(request)) records.push(stored);
    else if (at < contentBefore && !stored.contentErased) contents.push(stored);
  }
  return { records, contents };
}

/** What the reports are tied to, as far as anything goes by it. */
async function messagesOf(context: StoreContext, reports: readonly StoredReport[]): Promise<Map<MessageId, AcceptedMessage>> {
  const ids = [...new Set(reports.flatMap(({ report }) => matchesOf(report).map(({ message }) => message)))];
  const keys = ids.map((id) => messageKey(invertId(id)));
  const values = await context.database.getMany(keys);
  return new Map(
    ids.flatMap((id, i) => {
      const value = values[i];
      return value === undefined ? [] : [[id, decodeMessage(keys[i] ?? '', value).message] as const];
    }),
  );
}

async function takeSome(context: StoreContext, request: CleanupRequest, slice: readonly StoredReport[]): Promise<number> {
  // The slice is as of the beginning: they may have been moved since.
  const reports = await loadReports(
    context,
    slice.map(({ report }) => report.id),
  );
  const { records, contents } = await dueOf(context, request, reports);
  if (records.length + contents.length === 0) return 0;
  await eraseFromSpool(context, [], [...records, ...contents]);
  await context.committer.submit({
    reads: fingerprintKeys(records),
    weight: records.length + contents.length,
    stage: (transaction) => {
      for (const report of records) stageReportDeletion(transaction, report);
      for (const report of contents) stageReportErasure(transaction, report);
    },
  });
  return records.length;
}
