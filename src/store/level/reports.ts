/**
 * Reports: the record, its raw bytes in the spool, and what it proves, in one commit.
 *
 * The bytes are durable before the register hears of the commit, for it could not take back what a
 * report changed should its bytes turn out not to be whole. A crash between the two leaves bytes that
 * no record names, and a report that was not acknowledged and comes again.
 */
import { StoreError } from '../../domain/errors.ts';
import { invertId, lowestIdAt, type MessageId, type ReportId } from '../../domain/ids.ts';
import type { EvidenceItem, Page, PageRequest, ReportFilter, ReportRecord, Store, StoredContent } from '../../domain/ports.ts';
import { matchesOf } from '../../domain/representation.ts';
import type { SpoolLocation } from '../spool/spool.ts';
import { isSamePlace } from '../spool/types.ts';
import { decodeJson, encodeJson, NO_VALUE } from './codec.ts';
import type { SpoolEntry } from './committer.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import { decodeBearers, type Sameness, samenessOf, stageFingerprint, unstageFingerprint } from './fingerprints.ts';
import { after, fingerprintKey, indexKey, indexPrefix, invertedIdOf, type KeyRange, prefixRange, REPORTS, reportKey } from './keys.ts';
import type { Applied } from './suppressing.ts';
import type { Transaction } from './transaction.ts';

type RecordRequest = Parameters<Store['recordReport']>[0];
type RecordAnswer = Awaited<ReturnType<Store['recordReport']>>;

/** As it stands under its key. */
export interface StoredReport {
  readonly report: ReportRecord;
  readonly location: SpoolLocation;
  readonly contentErased: boolean;
  /** Absent in records of earlier versions. */
  readonly fingerprint?: string;
}

const POSITION = /^[0-9A-Z]{26}$/;

export async function recordReport(context: StoreContext, request: RecordRequest): Promise<RecordAnswer> {
  const { committer, spool, segments, suppressing } = context;
  const { report, fingerprint, items } = request;
  let pinned: SpoolLocation | null = null;
  const key = reportKey(invertId(report.id));
  const header = fingerprint === undefined ? report : { ...report, fingerprint };
  const writer = spool.openContent('report', Buffer.from(JSON.stringify(header)));
  try {
    await writer.write(request.raw);
    const staged = await committer.submit({
      content: writer,
      contentFirst: ({ location }) => {
        segments.pin(location);
        pinned = location;
      },
      messages: messagesOf(request),
      reads: (messages) => [key, ...keysOf(fingerprint), ...suppressing.reads(items, messages)],
      spares: (values) => values.has(key) || samenessIn(request, (name) => values.get(name)).kind !== 'new',
      weight: items.length + 2,
      stage: (transaction, entry) => stageNew(context, transaction, request, entry),
    });
    return await answerOf(context, request, staged);
  } finally {
    if (pinned !== null) segments.unpin(pinned);
    await writer.abort();
  }
}

/** What its fingerprint tells; `value` reads a key. */
function samenessIn({ report, fingerprint }: RecordRequest, value: (key: string) => Buffer | undefined): Sameness {
  if (fingerprint === undefined) return { kind: 'new' };
  const key = fingerprintKey(fingerprint);
  return samenessOf(decodeBearers(key, value(key)), matchesOf(report));
}

type Staged =
  | ({ readonly kind: 'applied'; readonly report: ReportRecord; readonly repeated: boolean; readonly applied: Applied } & Spilled)
  | ({ readonly kind: 'same'; readonly same: Exclude<Sameness, { kind: 'new' }> } & Spilled)
  | { readonly kind: 'again' };

interface Spilled {
  /** Bytes in the spool that no record names: it came by another way in the same group. Their segment is pinned. */
  readonly spilled: SpoolLocation | null;
}

function stageNew(
  { suppressing, segments }: StoreContext,
  transaction: Transaction,
  request: RecordRequest,
  entry: SpoolEntry | undefined,
): Staged {
  const { items, now, fingerprint } = request;
  const key = reportKey(invertId(request.report.id));
  const spilled = entry?.location ?? null;
  const known = transaction.value(key);
  const same = samenessIn(request, (name) => transaction.value(name));
  if (spilled !== null && (known !== undefined || same.kind !== 'new')) segments.pin(spilled);
  if (known !== undefined) {
    // What it says is applied again, which changes nothing it has changed already.
    const { report } = decodeJson<StoredReport>(key, known);
    return { kind: 'applied', report, repeated: true, applied: suppressing.apply(transaction, items, now), spilled };
  }
  if (same.kind !== 'new') return { kind: 'same', same, spilled };
  // The one that it was the same as was deleted in the same group.
  if (entry === undefined) return { kind: 'again' };
  const { location, size, sha256 } = entry;
  const report: ReportRecord = { ...request.report, size, sha256 };
  stageReport(transaction, { report, location, contentErased: false, ...(fingerprint === undefined ? {} : { fingerprint }) }, now);
  return { kind: 'applied', report, repeated: false, applied: suppressing.apply(transaction, items, now), spilled: null };
}

async function answerOf(context: StoreContext, request: RecordRequest, staged: Staged): Promise<RecordAnswer> {
  if (staged.kind === 'again') return recordReport(context, request);
  if (staged.spilled !== null) await eraseSpilled(context, staged.spilled);
  if (staged.kind === 'applied') {
    const { report, repeated, applied } = staged;
    return { report, transitions: context.suppressing.remember(applied), repeated };
  }
  return (await settled(context, request, staged.same)) ?? recordReport(context, request);
}

async function eraseSpilled({ committer, spool, segments, turns }: StoreContext, location: SpoolLocation): Promise<void> {
  try {
    await turns.take(() => spool.erase([location]));
  } catch (error) {
    throw error instanceof StoreError && error.code === 'closed' ? error : committer.fail(error);
  } finally {
    segments.unpin(location);
  }
}

/** What becomes of a report that is the same as an earlier one; null: that one is gone meanwhile. */
async function settled(
  context: StoreContext,
  request: RecordRequest,
  { kind, id }: Exclude<Sameness, { kind: 'new' }>,
): Promise<RecordAnswer | null> {
  if (kind === 'explains') {
    const { items, now } = request;
    const matches = matchesOf(request.report);
    try {
      const { linked, report, transitions } = await linkReport(context, { id, matches, items: items.map((item) => saidBy(item, id)), now });
      return { report, transitions, repeated: !linked };
    } catch (error) {
      if (error instanceof StoreError && error.code === 'not-found') return null;
      throw error;
    }
  }
  const [earlier] = await loadReports(context, [id]);
  return earlier === undefined ? null : { report: earlier.report, transitions: [], repeated: true };
}

/** The same evidence as another report's. */
function saidBy(item: EvidenceItem, report: ReportId): EvidenceItem {
  return item.evidence.kind === 'report' ? { ...item, evidence: { ...item.evidence, report } } : item;
}

function keysOf(fingerprint: string | undefined): string[] {
  return fingerprint === undefined ? [] : [fingerprintKey(fingerprint)];
}

/** What operations name in `reads` that write or delete reports. */
export function fingerprintKeys(reports: readonly StoredReport[]): string[] {
  return reports.flatMap(({ fingerprint }) => keysOf(fingerprint));
}

export async function linkReport(context: StoreContext, request: Parameters<Store['linkReport']>[0]): ReturnType<Store['linkReport']> {
  const { id, matches, items, now } = request;
  const { committer, suppressing } = context;
  const key = reportKey(invertId(id));
  // Its fingerprint never changes.
  const fingerprint = fingerprintKeys(await loadReports(context, [id]));
  const { applied, ...answer } = await committer.submit({
    messages: messagesOf(request),
    reads: (messages) => [key, ...fingerprint, ...suppressing.reads(items, messages)],
    weight: items.length + 1,
    stage: (transaction) => {
      const value = transaction.value(key);
      if (value === undefined) throw new StoreError('not-found', `there is no report ${id}`);
      const stored = decodeJson<StoredReport>(key, value);
      const [first] = matches;
      if (stored.report.matched !== null || first === undefined) return { linked: false, report: stored.report, applied: NOTHING_APPLIED };
      const report: ReportRecord = { ...stored.report, matched: first, matches };
      stageLinked(transaction, { ...stored, report });
      return { linked: true, report, applied: suppressing.apply(transaction, items, now) };
    },
  });
  return { ...answer, transitions: suppressing.remember(applied) };
}

const NOTHING_APPLIED: Applied = { transitions: [], suppressions: [] };

/** It leaves the review list. */
function stageLinked(transaction: Transaction, stored: StoredReport): void {
  const { report, fingerprint } = stored;
  const inverted = invertId(report.id);
  transaction.put(reportKey(inverted), encodeJson(stored));
  transaction.del(indexKey('matched', 'no', inverted));
  transaction.put(indexKey('matched', 'yes', inverted), NO_VALUE);
  if (fingerprint !== undefined) stageFingerprint(transaction, fingerprint, report.id, matchesOf(report));
}

function messagesOf({ items }: Pick<RecordRequest, 'items'>): MessageId[] {
  return items.map(({ message }) => message);
}

function stageReport(transaction: Transaction, stored: StoredReport, now: number): void {
  const { report } = stored;
  stageReportRecord(transaction, stored);
  if (report.matched === null) transaction.appendEvent({ type: 'report.unmatched', report: report.id }, now, undefined);
}

/** The record with its indexes; no event. */
export function stageReportRecord(transaction: Transaction, stored: StoredReport): void {
  const { report, location, fingerprint } = stored;
  const inverted = invertId(report.id);
  transaction.put(reportKey(inverted), encodeJson(stored));
  transaction.put(indexKey('matched', matchedText(report), inverted), NO_VALUE);
  if (fingerprint !== undefined) stageFingerprint(transaction, fingerprint, report.id, matchesOf(report));
  transaction.countContent(location, 1, null);
}

function matchedText({ matched }: ReportRecord): string {
  return matched === null ? 'no' : 'yes';
}

/** Takes the report's keys; its content is overwritten by who calls, who names `fingerprintKeys` in `reads`. */
export function stageReportDeletion(transaction: Transaction, stored: StoredReport): void {
  const inverted = invertId(stored.report.id);
  transaction.del(reportKey(inverted));
  transaction.del(indexKey('matched', matchedText(stored.report), inverted));
  if (stored.fingerprint !== undefined) unstageFingerprint(transaction, stored.fingerprint, stored.report.id);
  if (!stored.contentErased) transaction.countContent(stored.location, -1, null);
}

/** The content was overwritten, the record stays. */
export function stageReportErasure(transaction: Transaction, stored: StoredReport): void {
  transaction.put(reportKey(invertId(stored.report.id)), encodeJson({ ...stored, contentErased: true } satisfies StoredReport));
  transaction.countContent(stored.location, -1, null);
}

/** The record says something else, and its content was overwritten. The operation names its key in `reads`. */
export function stageReportRewrite(transaction: Transaction, id: ReportId, change: (report: ReportRecord) => ReportRecord): void {
  const key = reportKey(invertId(id));
  const value = transaction.value(key);
  if (value === undefined) return;
  const stored = decodeJson<StoredReport>(key, value);
  transaction.put(key, encodeJson({ ...stored, report: change(stored.report), contentErased: true } satisfies StoredReport));
  if (!stored.contentErased) transaction.countContent(stored.location, -1, null);
}

/** The content was copied. `value`: the report's record. False: it no longer stands where it was copied from. */
export function stageReportMove(
  transaction: Transaction,
  request: { readonly key: string; readonly value: Buffer; readonly from: SpoolLocation; readonly to: SpoolLocation },
): boolean {
  const { key, value, from, to } = request;
  const stored = decodeJson<StoredReport>(key, value);
  if (stored.contentErased || !isSamePlace(stored.location, from)) return false;
  transaction.put(key, encodeJson({ ...stored, location: to } satisfies StoredReport));
  transaction.countContent(from, -1, null);
  transaction.countContent(to, 1, null);
  return true;
}

/** Those that exist, in the order of the ids. */
export async function loadReports({ database }: StoreContext, ids: readonly ReportId[]): Promise<StoredReport[]> {
  const keys = ids.map((id) => reportKey(invertId(id)));
  const values = await database.getMany(keys);
  return values.flatMap((value, i) => (value === undefined ? [] : [decodeJson<StoredReport>(keys[i] ?? '', value)]));
}

/** Raw bytes are empty once they were erased. */
export async function readReport(context: StoreContext, id: ReportId): Promise<{ report: ReportRecord; raw: Buffer } | undefined> {
  const [stored] = await loadReports(context, [id]);
  if (stored === undefined) return undefined;
  const { report, contentErased } = stored;
  if (contentErased) return { report, raw: Buffer.alloc(0) };
  const content = await readRaw(context, stored);
  if (content === undefined) return undefined;
  if (content.bytes !== null) return { report, raw: content.bytes };
  const pieces: Buffer[] = [];
  for await (const piece of content.stream()) pieces.push(piece as Buffer);
  return { report, raw: Buffer.concat(pieces) };
}

async function readRaw(context: StoreContext, stored: StoredReport): Promise<StoredContent | undefined> {
  const { report, location } = stored;
  try {
    return await context.spool.read(location, report);
  } catch (error) {
    // Moved while it was being read, or erased.
    const [now] = await loadReports(context, [report.id]);
    if (now === undefined) return undefined;
    if (isSamePlace(now.location, location)) throw error;
    return readRaw(context, now);
  }
}

/** Read at a time where the filter may hit rarely, and at most for a page. */
const AT_ONCE = 200;
const MOST_READ = 5_000;

export async function listReports(context: StoreContext, filter: ReportFilter, page: PageRequest): Promise<Page<ReportRecord>> {
  const mark = markOf('reports', filter);
  let position = decodeCursor(mark, page.cursor, POSITION);
  const rare = filter.kind !== undefined || filter.via !== undefined;
  const limit = rare ? AT_ONCE : page.limit + 1;
  const items: ReportRecord[] = [];
  for (let read = 0; ; ) {
    const { entries, last } = await readAfter(context.database, filter, position, limit);
    for (const [key, value] of entries) {
      if (items.length === page.limit) return { items, next: encodeCursor(mark, position ?? '') };
      const { report } = decodeJson<StoredReport>(key, value);
      position = invertId(report.id);
      if (fits(report, filter)) items.push(report);
    }
    read += limit;
    if (last === null) return { items, next: null };
    position = last;
    if (read >= MOST_READ) return { items, next: encodeCursor(mark, position) };
  }
}

function fits({ kind, via }: ReportRecord, filter: ReportFilter): boolean {
  return (filter.kind === undefined || filter.kind === kind) && (filter.via === undefined || filter.via === via);
}

/** `last`: where to go on; null at the end of the range. */
async function readAfter(
  database: StoreContext['database'],
  filter: ReportFilter,
  position: string | null,
  limit: number,
): Promise<{ readonly entries: [string, Buffer][]; readonly last: string | null }> {
  if (filter.matched === undefined) {
    const range = after(narrowed(REPORTS, 'p', filter), position === null ? null : reportKey(position));
    const entries = await database.entries({ ...range, limit });
    return { entries, last: entries.length < limit ? null : invertedIdOf(entries.at(-1)?.[0] ?? '') };
  }
  const prefix = indexPrefix('matched', filter.matched ? 'yes' : 'no');
  const range = after(narrowed(prefixRange(prefix), prefix, filter), position === null ? null : prefix + position);
  const found = await database.keys({ ...range, limit });
  const keys = found.map((key) => reportKey(invertedIdOf(key)));
  const values = await database.getMany(keys);
  const entries = keys.flatMap((key, i): [string, Buffer][] => {
    const value = values[i];
    return value === undefined ? [] : [[key, value]];
  });
  return { entries, last: found.length < limit ? null : invertedIdOf(found.at(-1) ?? '') };
}

/** The part of a range, newest first, that holds the ids of the time asked for. */
function narrowed(range: KeyRange, prefix: string, { from, to }: ReportFilter): KeyRange {
  return {
    ...range,
    ...(to === undefined ? {} : { gte: prefix + invertId(lowestIdAt(to)) + AFTER }),
    ...(from === undefined ? {} : { lt: prefix + invertId(lowestIdAt(from)) + AFTER }),
  };
}

/** Behind the bound itself, which is the oldest id of its time. */
const AFTER = '\x00';
