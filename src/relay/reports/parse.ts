/**
 * Reads a report: structure first.
 *
 *   upstream    worker.ts for the listener, the command line directly
 *   standards   RFC 6522 multipart/report, RFC 3464 and RFC 6533 delivery status, RFC 5965
 *               complaints, RFC 3834 automatic replies
 *   failure     never throws for what is in the report: what can not be read has `trouble` and kind
 *               `none`, and is kept like any other (R49)
 */
import type { ReportedRecipient, ReportRecord } from '../../domain/ports.ts';
import { isAutoReply } from './auto-reply.ts';
import { attachedRefusal, type Beside, readBeside } from './beside.ts';
import { type DeliveryStatus, type DsnRecipient, readDeliveryStatus } from './delivery-status.ts';
import { type Circumstances, type Diagnosis, diagnose, type Explanation, readTranscript } from './diagnosis.ts';
import { readFeedbackReport } from './feedback-report.ts';
import { addressIn, type Field, fieldValue, messageIdOf, readFields } from './fields.ts';
import { type ReportHints, readHints } from './hints.ts';
import { type ReportMime, readMime } from './mime.ts';
import { isFromMailSystem, readNotice, reasonFor, textAbove } from './notice.ts';
import { readProviderNotification } from './provider-notification.ts';
import { returnedHeaders } from './returned.ts';

export interface ParsedReport
  extends Pick<ReportRecord, 'kind' | 'subject' | 'originalMessageId' | 'envelopeId' | 'reportingMta' | 'recipients' | 'trouble'> {
  /** Reverse-paths that the report quotes of the returned message: ours carry a token. */
  readonly returnPaths: readonly string[];
  /** Every address the report names as recipient, original and final, in lower case. */
  readonly addresses: readonly string[];
  /** What else may tell which message it speaks of. Absent: nothing was looked for. */
  readonly hints?: ReportHints;
  /** How each of `recipients` was judged, in their order. Absent: no failures are told. */
  readonly explanations?: readonly (Explanation | null)[];
}

/** The trouble of what was read and is something else: ordinary mail. */
export const NO_REPORT = 'neither a delivery report, a complaint nor an automatic reply';

export const UNREADABLE: ParsedReport = {
  kind: 'none',
  subject: null,
  originalMessageId: null,
  envelopeId: null,
  reportingMta: null,
  recipients: [],
  trouble: null,
  returnPaths: [],
  addresses: [],
};

export async function parseReport(raw: Buffer): Promise<ParsedReport> {
  let mime: ReportMime;
  try {
    mime = await readMime(raw);
  } catch (error) {
    return { ...UNREADABLE, trouble: `its MIME could not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const inner = await passedOn(mime);
  const report = readReport(inner ?? mime);
  if (inner === null || report.kind === 'none') return { ...readReport(mime), hints: readHints(mime) };
  return { ...report, subject: mime.subject, hints: readHints(inner) };
}

/** A report that a gateway wrapped into a notice of its own, which names nobody: what is inside counts. */
async function passedOn(mime: ReportMime): Promise<ReportMime | null> {
  const inner = partOf(mime, 'message/rfc822')?.trimStart();
  if (inner === undefined || mime.text.includes('@') || partOf(mime, ...DELIVERY_STATUS) !== undefined) return null;
  if (!isFromMailSystem(mime) || !/multipart\/report/i.test(fieldValue(readFields(inner), 'content-type') ?? '')) return null;
  return readMime(Buffer.from(inner, 'utf8')).catch(() => null);
}

const DELIVERY_STATUS = ['message/delivery-status', 'message/global-delivery-status'] as const;

export function readReport(mime: ReportMime): ParsedReport {
  const returned = returnedHeaders(mime);
  const base = {
    subject: mime.subject,
    originalMessageId: messageIdOf(fieldValue(returned, 'message-id')),
    envelopeId: null,
    reportingMta: null,
    trouble: null,
    returnPaths: present([addressIn(fieldValue(returned, 'return-path'))]),
  };
  return (
    readComplaint(mime, base, returned) ??
    readDsn(mime, base) ??
    readNotification(mime, base) ??
    readText(mime, base, returned) ??
    readAutoReply(mime, base) ??
    nothing(base)
  );
}

type Base = Pick<ParsedReport, 'subject' | 'originalMessageId' | 'envelopeId' | 'reportingMta' | 'trouble' | 'returnPaths'>;

function nothing(base: Base): ParsedReport {
  return { ...base, kind: 'none', recipients: [], addresses: [], trouble: NO_REPORT };
}

function partOf(mime: ReportMime, ...types: readonly string[]): string | undefined {
  return mime.parts.find(({ contentType }) => types.includes(contentType))?.text;
}

/** RFC 5965 §7.3: the recipient took it back. */
const TAKEN_BACK = 'a complaint that was taken back (not-spam)';

function readComplaint(mime: ReportMime, base: Base, returned: readonly Field[]): ParsedReport | null {
  const text = partOf(mime, 'message/feedback-report');
  if (text === undefined) return readJunkReport(base, returned);
  const report = readFeedbackReport(text);
  if (report.type === 'not-spam') return { ...nothing(base), trouble: TAKEN_BACK };
  const addresses = report.originalRecipients.length > 0 ? report.originalRecipients : [null];
  return {
    ...base,
    kind: 'complaint',
    envelopeId: report.envelopeId,
    reportingMta: report.reportingMta,
    recipients: addresses.map((address) => said(address, 'complaint')),
    returnPaths: present([report.originalMailFrom, ...base.returnPaths]),
    addresses: lowerCase(report.originalRecipients),
  };
}

/** Microsoft's Junk Mail Reporting writes no RFC 5965: it names the recipient in the returned header. */
function readJunkReport(base: Base, returned: readonly Field[]): ParsedReport | null {
  const recipient = addressIn(fieldValue(returned, 'x-hmxmroriginalrecipient'));
  if (recipient === null) return null;
  return { ...base, kind: 'complaint', recipients: [said(recipient, 'complaint')], addresses: lowerCase([recipient]) };
}

function said(address: string | null, action: 'complaint' | 'auto-reply'): ReportedRecipient {
  return {
    address,
    action,
    status: null,
    replyCode: null,
    category: 'unknown',
    addressInvalid: false,
    permanent: false,
    diagnostic: null,
  };
}

function readDsn(mime: ReportMime, base: Base): ParsedReport | null {
  const text = partOf(mime, ...DELIVERY_STATUS);
  return text === undefined ? null : fromDeliveryStatus(text, base, mime);
}

function fromDeliveryStatus(text: string, base: Base, mime: ReportMime): ParsedReport | null {
  const dsn = readDeliveryStatus(text);
  if (dsn.recipients.length === 0) return null;
  const transcript = readTranscript(mime.text);
  const beside = besideOf(mime, dsn.recipients.length);
  const recipients = dsn.recipients.map((recipient) => {
    const told = withReason(withAddress(recipient, mime), mime);
    return reportedRecipient(told, { refusedAt: transcript(told.diagnostic), beside });
  });
  return {
    ...base,
    kind: kindOf(recipients.map(({ recipient }) => recipient)),
    originalMessageId: base.originalMessageId ?? dsn.originalMessageId ?? answered(mime),
    envelopeId: dsn.envelopeId,
    reportingMta: dsn.reportingMta,
    ...parted(recipients),
    addresses: addressesOf(dsn),
  };
}

/** Amazon SES, by SNS; provider-notification.ts. */
function readNotification(mime: ReportMime, base: Base): ParsedReport | null {
  const told = readProviderNotification(mime.text);
  if (told === null) return null;
  if (told.notSpam) return { ...nothing(base), trouble: TAKEN_BACK };
  const own = { ...base, originalMessageId: told.messageId ?? base.originalMessageId, reportingMta: told.reportingMta };
  const addresses = lowerCase(told.recipients.map(({ address }) => address));
  if (told.kind === 'complaint') {
    return { ...own, kind: 'complaint', recipients: told.recipients.map(({ address }) => said(address, 'complaint')), addresses };
  }
  const action = NOTIFIED[told.kind];
  const recipients = told.recipients.map(({ address, status, diagnostic }) => {
    return judged(address, action, diagnose({ action, status, diagnostic }));
  });
  return { ...own, kind: kindOf(recipients.map(({ recipient }) => recipient)), ...parted(recipients), addresses };
}

const NOTIFIED = { bounce: 'failed', delay: 'delayed', delivery: 'delivered' } as const;

/** A report for people alone; notice.ts. */
function readText(mime: ReportMime, base: Base, attached: readonly Field[]): ParsedReport | null {
  const notice = readNotice(mime, attached);
  if (notice === null) return null;
  const withReturned: Base = {
    ...base,
    originalMessageId: base.originalMessageId ?? messageIdOf(fieldValue(notice.returned, 'message-id')),
    returnPaths: base.returnPaths.length > 0 ? base.returnPaths : present([addressIn(fieldValue(notice.returned, 'return-path'))]),
  };
  const structured = notice.deliveryStatus === null ? null : fromDeliveryStatus(notice.deliveryStatus, withReturned, mime);
  if (structured !== null) return structured;
  if (notice.recipients.length === 0) return null;
  const action = notice.delayed ? 'delayed' : 'failed';
  const transcript = readTranscript(mime.text);
  const beside = besideOf(mime, notice.recipients.length);
  const diagnosed = onceEach((reason) => diagnose({ action, status: null, diagnostic: reason, refusedAt: transcript(reason), beside }));
  return {
    ...withReturned,
    kind: notice.delayed ? 'delayed' : 'bounce',
    ...parted(
      notice.recipients.map(({ address, reason }) => judged(address, action, withAttached(diagnosed(reason), { address, action, mime }))),
    ),
    addresses: lowerCase(notice.recipients.map(({ address }) => address)),
  };
}

/** Where the notice tells nothing that is known, the one may that it passes on. */
function withAttached(
  found: Diagnosis,
  { address, action, mime }: { address: string; action: 'failed' | 'delayed'; mime: ReportMime },
): Diagnosis {
  const attached = found.explanation?.rule === null ? partOf(mime, 'message/rfc822') : undefined;
  const refusal = attached === undefined ? null : attachedRefusal(attached, address);
  return refusal === null ? found : diagnose({ action, status: null, diagnostic: refusal, refusedAt: 'rcpt' });
}

/** Hundreds of recipients may share one reason: it is judged once. */
function onceEach<T>(judge: (reason: string) => T): (reason: string) => T {
  const known = new Map<string, T>();
  return (reason) => {
    const found = known.get(reason) ?? judge(reason);
    known.set(reason, found);
    return found;
  };
}

/** A program or a file that an alias led to (`|/usr/bin/filter`): the address is the one that led there. */
function withAddress(recipient: DsnRecipient, mime: ReportMime): DsnRecipient {
  const { finalRecipient, originalRecipient } = recipient;
  if (finalRecipient === null || !/^[|/]/.test(finalRecipient)) return recipient;
  const failed = fieldValue(mime.headers, 'x-failed-recipients');
  const address = originalRecipient ?? addressIn(failed) ?? addressIn(GENERATED_BY.exec(mime.text)?.[1] ?? null);
  return address === null ? recipient : { ...recipient, finalRecipient: address };
}

const GENERATED_BY = /\bgenerated (?:by|from) (\S+@\S+)/;

/** A group without diagnostic: its reason is in the part for people, if anywhere. */
function withReason(recipient: DsnRecipient, mime: ReportMime): DsnRecipient {
  const address = recipient.finalRecipient ?? recipient.originalRecipient;
  if (recipient.diagnostic !== null || address === null || recipient.action === 'delivered') return recipient;
  return { ...recipient, diagnostic: reasonFor(address, mime) };
}

interface Judged {
  readonly recipient: ReportedRecipient;
  readonly explanation: Explanation | null;
}

function judged(address: string | null, action: ReportedRecipient['action'], diagnosis: Diagnosis): Judged {
  const { explanation, ...rest } = diagnosis;
  return { recipient: { address, action, ...rest }, explanation };
}

function parted(all: readonly Judged[]): { recipients: ReportedRecipient[]; explanations: (Explanation | null)[] } {
  return { recipients: all.map(({ recipient }) => recipient), explanations: all.map(({ explanation }) => explanation) };
}

function reportedRecipient(recipient: DsnRecipient, circumstances: Circumstances): Judged {
  const action = actionOf(recipient);
  return judged(recipient.finalRecipient ?? recipient.originalRecipient, action, diagnose({ ...recipient, ...circumstances, action }));
}

/** The text around the replies; of several recipients nobody knows which one it speaks of. */
function besideOf(mime: ReportMime, recipients: number): Beside | null {
  return recipients === 1 ? readBeside(textAbove(mime)) : null;
}

/** The Action field, or what the status' class implies where a server left it out. */
function actionOf({ action, status }: DsnRecipient): ReportedRecipient['action'] {
  if (action !== null || status === null) return action;
  if (status.startsWith('2')) return 'delivered';
  return status.startsWith('5') ? 'failed' : 'delayed';
}

function addressesOf({ recipients }: DeliveryStatus): string[] {
  return lowerCase(present(recipients.flatMap(({ finalRecipient, originalRecipient }) => [finalRecipient, originalRecipient])));
}

function kindOf(recipients: readonly ReportedRecipient[]): ParsedReport['kind'] {
  const has = (...actions: readonly ReportedRecipient['action'][]): boolean => recipients.some(({ action }) => actions.includes(action));
  if (has('failed')) return 'bounce';
  if (has('delayed')) return 'delayed';
  return has('delivered', 'relayed', 'expanded') ? 'delivered' : 'none';
}

function readAutoReply(mime: ReportMime, base: Base): ParsedReport | null {
  const receipt = readReceipt(mime);
  if (receipt === null && !isAutoReply(mime.headers, mime.subject)) return null;
  const from = receipt?.recipient ?? addressIn(fieldValue(mime.headers, 'from'));
  return {
    ...base,
    kind: 'auto-reply',
    originalMessageId: receipt?.originalMessageId ?? base.originalMessageId ?? answered(mime),
    recipients: [{ ...said(from, 'auto-reply'), diagnostic: receipt?.disposition ?? null }],
    addresses: lowerCase(present([from, receipt?.originalRecipient ?? null])),
  };
}

interface Receipt {
  readonly recipient: string | null;
  readonly originalRecipient: string | null;
  readonly originalMessageId: string | null;
  /** `displayed`, `deleted`, …: what a person or a program did with it, and no word on its delivery. */
  readonly disposition: string | null;
}

/** RFC 8098 §3: a receipt is written by the recipient's mail program; null: it is none. */
function readReceipt(mime: ReportMime): Receipt | null {
  const text = partOf(mime, 'message/disposition-notification', 'message/global-disposition-notification');
  if (text === undefined && mime.reportType !== 'disposition-notification') return null;
  const fields = readFields(text?.trimStart() ?? '');
  return {
    recipient: addressIn(fieldValue(fields, 'final-recipient')),
    originalRecipient: addressIn(fieldValue(fields, 'original-recipient')),
    originalMessageId: messageIdOf(fieldValue(fields, 'original-message-id')),
    disposition: fieldValue(fields, 'disposition')?.slice(0, 200) ?? null,
  };
}

/** RFC 5322 §3.6.4: what the report itself says it answers. */
function answered({ headers }: ReportMime): string | null {
  return messageIdOf(fieldValue(headers, 'in-reply-to')) ?? lastReference(fieldValue(headers, 'references'));
}

function lastReference(value: string | null): string | null {
  return messageIdOf(value?.trim().split(/\s+/).at(-1) ?? null);
}

function present<T>(values: readonly (T | null)[]): T[] {
  return values.filter((value) => value !== null);
}

function lowerCase(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.toLowerCase()))];
}
