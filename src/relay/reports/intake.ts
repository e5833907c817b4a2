/**
 * Takes a report in: read, tied to its recipient, and recorded with what it proves in one commit.
 *
 *   upstream    listener.ts; later the mailboxes, the API and files
 *   downstream  parser.ts, correlate.ts, the store
 *   failure     rejects when it could not be recorded, and then the report must be sent again; a
 *               report that could not be read or believed is recorded all the same
 *
 * Idempotent: the same report once more, by the same way or another, changes nothing and is not
 * recorded again. The same is what agrees in body and Message-ID; the trace fields that each way
 * puts in front do not count. Two that come at the same time wait for one another.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ReportId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { ReportRecord, Store } from '../../domain/ports.ts';
import type { Transition } from '../../domain/recipient.ts';
import type { TokenKey } from '../../domain/tokens.ts';
import { type Correlation, correlate } from './correlate.ts';
import { fieldValue, readFields } from './fields.ts';
import { withLineFeeds } from './mime.ts';
import { NO_REPORT, type ParsedReport } from './parse.ts';
import type { ReportParser } from './parser.ts';

export interface IntakeOptions {
  readonly parser: Pick<ReportParser, 'parse'>;
  readonly store: Pick<Store, 'record' | 'report' | 'recordReport'>;
  readonly tokenKeys: readonly TokenKey[];
  readonly tokenLifetime: number;
  /** Of our return paths; null: there is none. */
  readonly reportDomain: string | null;
  readonly now: () => number;
  readonly newReportId: () => ReportId;
  readonly log: Log;
}

export interface IncomingReport {
  readonly raw: Buffer;
  /** Envelope recipient; null where there is none. */
  readonly to: string | null;
  readonly via: ReportRecord['via'];
  /** Client address, mailbox or token that brought it. */
  readonly source: string | null;
  /** Octets it really has, where `raw` is only its head; absent or null: `raw` is all. */
  readonly cutFrom?: number | null;
}

export interface TakenReport {
  readonly report: ReportRecord;
  /** It came before: `report` is that one, and nothing changed. */
  readonly repeated: boolean;
  readonly transitions: readonly Transition[];
}

export interface Intake {
  /** Resolves once the report is durable. */
  take(report: IncomingReport): Promise<TakenReport>;
  /** The same, of a mailbox that holds other mail too: null, and nothing is recorded, where it is no report. */
  takeReport(report: IncomingReport): Promise<TakenReport | null>;
}

/** Reports lately taken, so that one that is sent again finds the first, be it still under way. */
const RECENT = { max: 1000, ttl: 3_600_000 };

export function createIntake(options: IntakeOptions): Intake {
  const recent = new LRUCache<string, Promise<TakenReport>>(RECENT);
  const take = (incoming: IncomingReport, parsed?: ParsedReport): Promise<TakenReport> => {
    const fingerprint = fingerprintOf(incoming.raw);
    const key = `${fingerprint} ${incoming.to?.toLowerCase() ?? ''}`;
    const known = recent.get(key);
    if (known !== undefined) return known.then(({ report }) => ({ report, repeated: true, transitions: [] }));
    const taken = record(options, incoming, fingerprint, parsed);
    recent.set(key, taken);
    taken.catch(() => recent.delete(key));
    return taken;
  };
  return {
    take: (incoming) => take(incoming),
    takeReport: async (incoming) => {
      const parsed = await options.parser.parse(incoming.raw);
      return isOtherMail(parsed, incoming) ? null : take(incoming, parsed);
    },
  };
}

/** What came to a return path of ours, or could not be read, may be a report for all we know. */
function isOtherMail(parsed: ParsedReport, { to }: IncomingReport): boolean {
  return parsed.kind === 'none' && parsed.trouble === NO_REPORT && to === null;
}

async function record(options: IntakeOptions, incoming: IncomingReport, fingerprint: string, known?: ParsedReport): Promise<TakenReport> {
  const { raw, to } = incoming;
  const { parser, store, tokenKeys, tokenLifetime, now, newReportId, log } = options;
  const parsed = known ?? (await parser.parse(raw));
  const id = newReportId();
  const correlation = await correlate({
    report: id,
    to,
    parsed,
    tokenKeys,
    tokenLifetime,
    now: now(),
    record: (message) => store.record(message),
  });
  const sha256 = createHash('sha256').update(raw).digest('hex');
  const earlier = await sameBefore(store, correlation, { fingerprint, sha256 });
  if (earlier !== undefined) {
    log.info({ report: earlier.id }, 'a report came again: recorded before, nothing changes');
    return { report: earlier, repeated: true, transitions: [] };
  }
  const { report, transitions } = await store.recordReport({
    report: draft({ id, receivedAt: now(), incoming, parsed, correlation }),
    raw,
    items: correlation.items,
    now: now(),
  });
  // Not `to`: whoever reads the log could report in our recipients' names.
  const fields = { report: id, kind: report.kind, message: report.matched?.message, index: report.matched?.index };
  if (report.trouble === null) log.info({ ...fields, changed: transitions.some(({ changed }) => changed) }, 'report recorded');
  else log.warn({ ...fields, trouble: report.trouble }, 'report recorded, but not all is well with it');
  return { report, repeated: false, transitions };
}

function draft(of: {
  readonly id: ReportId;
  readonly receivedAt: number;
  readonly incoming: IncomingReport;
  readonly parsed: ParsedReport;
  readonly correlation: Correlation;
}): Omit<ReportRecord, 'size' | 'sha256'> {
  const { id, receivedAt, parsed, correlation } = of;
  const { via, source, to } = of.incoming;
  const { kind, subject, originalMessageId, envelopeId, reportingMta, recipients } = parsed;
  const troubles = [cutTrouble(of.incoming), parsed.trouble, correlation.trouble].filter((trouble) => trouble !== null);
  return {
    id,
    receivedAt,
    via,
    source,
    to,
    kind,
    subject,
    originalMessageId,
    envelopeId,
    reportingMta,
    recipients,
    matched: correlation.matched,
    trouble: troubles.length === 0 ? null : troubles.join('; '),
  };
}

function cutTrouble({ raw, cutFrom }: IncomingReport): string | null {
  return cutFrom == null ? null : `it is too big: of its ${cutFrom} octets the first ${raw.length} were kept`;
}

/** The report as recorded before, if the recipient has it already. */
async function sameBefore(
  store: IntakeOptions['store'],
  { matched }: Correlation,
  { fingerprint, sha256 }: { readonly fingerprint: string; readonly sha256: string },
): Promise<ReportRecord | undefined> {
  if (matched === null) return undefined;
  const reports = (await store.record(matched.message))?.recipients[matched.index]?.reports ?? [];
  for (const id of reports) {
    const earlier = await store.report(id);
    if (earlier === undefined) continue;
    // Its bytes may have been erased by retention: what they were is still known.
    if (fingerprintOf(earlier.raw) === fingerprint || earlier.report.sha256 === sha256) return earlier.report;
  }
  return undefined;
}

/** Octets that are compared: reports differ, where they do, at their beginning. */
const COMPARED = 256 * 1024;

/** SHA-256 over Message-ID, Date and body: what stays the same whichever way a report takes. */
export function fingerprintOf(raw: Buffer): string {
  const text = withLineFeeds(raw.subarray(0, COMPARED)).toString('latin1').replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  const fields = readFields(end === -1 ? text : text.slice(0, end));
  const body = end === -1 ? text : text.slice(end).trim();
  const parts = [fieldValue(fields, 'message-id') ?? '', fieldValue(fields, 'date') ?? '', body];
  return createHash('sha256').update(parts.join('\n'), 'latin1').digest('hex');
}
