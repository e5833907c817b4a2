/**
 * Takes a report in: read, tied to its recipients, and recorded with what it proves in one commit.
 *
 *   upstream    every way in: listener.ts, the mailboxes, the API, files (by desk.ts)
 *   downstream  parser.ts, correlate.ts, the store
 *   failure     rejects when it could not be recorded, and then the report must be sent again; a
 *               report that could not be read or believed is recorded all the same
 *
 * Idempotent: the same report once more, by the same way or another, at once or after a restart,
 * changes nothing and is not recorded again. The same is what agrees in body and Message-ID; the
 * trace fields that each way puts in front do not count. The store knows them by their fingerprint.
 */
import { createHash } from 'node:crypto';
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
import { type StormGate, stormKey } from './storms.ts';

export interface IntakeOptions {
  readonly parser: Pick<ReportParser, 'parse'>;
  readonly store: Pick<Store, 'record' | 'recordReport' | 'messagesKnownAs' | 'messages'>;
  readonly tokenKeys: readonly TokenKey[];
  readonly tokenLifetime: number;
  /** Of our return paths; null: there is none. */
  readonly reportDomain: string | null;
  /** Of automatic replies; absent: all of them are kept. */
  readonly storms?: StormGate;
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
  /** It is one of too many automatic replies: nothing was recorded, `report` is the one kept last. */
  readonly counted?: true;
}

export interface Intake {
  /** Resolves once the report is durable. */
  take(report: IncomingReport): Promise<TakenReport>;
  /** The same, of a mailbox that holds other mail too: null, and nothing is recorded, where it is no report. */
  takeReport(report: IncomingReport): Promise<TakenReport | null>;
}

export function createIntake(options: IntakeOptions): Intake {
  return {
    take: (incoming) => take(options, incoming),
    takeReport: async (incoming) => {
      const parsed = await options.parser.parse(incoming.raw);
      return isOtherMail(parsed, incoming) ? null : take(options, incoming, parsed);
    },
  };
}

/** What came to a return path of ours, or could not be read, may be a report for all we know. */
function isOtherMail(parsed: ParsedReport, { to }: IncomingReport): boolean {
  return parsed.kind === 'none' && parsed.trouble === NO_REPORT && to === null;
}

async function take(options: IntakeOptions, incoming: IncomingReport, known?: ParsedReport): Promise<TakenReport> {
  const { parser, store, tokenKeys, tokenLifetime, reportDomain, now, newReportId, log } = options;
  const { raw, to, via } = incoming;
  const parsed = known ?? (await parser.parse(raw));
  const id = newReportId();
  const context = { report: id, via, to, parsed, tokenKeys, tokenLifetime, reportDomain, now: now(), store };
  const correlation = await correlate(context);
  const storm = parsed.kind === 'auto-reply' ? stormKey(correlation.matches, to, parsed.recipients[0]?.address ?? null) : null;
  const last = storm === null ? null : (options.storms?.tooMany(storm, now()) ?? null);
  if (last !== null) {
    log.debug({ report: last.id }, 'one more automatic reply of many: counted alone');
    return { report: last, repeated: true, transitions: [], counted: true };
  }
  const taken = await store.recordReport({
    report: draft({ id, receivedAt: now(), incoming, parsed, correlation }),
    raw,
    items: correlation.items,
    now: now(),
    fingerprint: fingerprintOf(raw),
  });
  if (storm !== null && !taken.repeated) options.storms?.kept(storm, taken.report, now());
  tell(log, taken);
  return taken;
}

function tell(log: Log, { report, repeated, transitions }: TakenReport): void {
  // Not `to`: whoever reads the log could report in our recipients' names.
  const { id, kind, matched, trouble } = report;
  const fields = { report: id, kind, message: matched?.message, index: matched?.index };
  if (repeated) log.info(fields, 'a report came again: recorded before, nothing changes');
  else if (trouble === null) log.info({ ...fields, changed: transitions.some(({ changed }) => changed) }, 'report recorded');
  else log.warn({ ...fields, trouble }, 'report recorded, but not all is well with it');
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
    matched: correlation.matches[0] ?? null,
    matches: correlation.matches,
    trouble: troubles.length === 0 ? null : troubles.join('; '),
  };
}

function cutTrouble({ raw, cutFrom }: IncomingReport): string | null {
  return cutFrom == null ? null : `it is too big: of its ${cutFrom} octets the first ${raw.length} were kept`;
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
