/**
 * How the domain's records look outside, over HTTP and in webhooks alike: camelCase, RFC 3339 times in
 * UTC, no internal numbers. The names are promises. Plain functions over plain objects: a list of 500 must cost no more than it says.
 */
import { reversePathText } from './address.ts';
import type { FeedEvent } from './events.ts';
import type { AcceptedMessage, MessageState, MessageSummary } from './message.ts';
import type {
  CollectorStatus,
  MailboxRun,
  MessageDetail,
  NextHopStatus,
  ReportMatch,
  ReportRecord,
  SignalDelivery,
  SuppressionRecord,
} from './ports.ts';
import type { Attempt, AttemptTls, Failure, RecipientRecord } from './recipient.ts';
import type { Reply } from './reply.ts';
import type { SignalRecord } from './signal.ts';

export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

export function rfc3339OrNull(ms: number | null): string | null {
  return ms === null ? null : rfc3339(ms);
}

function sender(message: AcceptedMessage): string {
  return reversePathText(message.envelope.reversePath);
}

/** A message in a list. */
export function summaryJson({ message, state, contentErased, recipients }: MessageSummary): Record<string, unknown> {
  return { ...messageJson(message, state), contentErased, recipients };
}

/** A message without its recipients. */
export function messageJson(message: AcceptedMessage, state: MessageState): Record<string, unknown> {
  const { references, headers } = message;
  return {
    id: message.id,
    acceptedAt: rfc3339(message.acceptedAt),
    account: message.account,
    sender: sender(message),
    subject: headers.subject,
    messageId: headers.messageId,
    size: message.size,
    state,
    template: references.template,
    document: references.document,
    documentType: references.documentType,
    contact: references.contact,
    administration: references.administration,
    stream: references.stream,
    tags: references.tags,
    supersedes: message.supersedes,
    origin: message.origin ?? 'smtp',
    concerns: message.concerns ?? null,
    releaseAt: rfc3339OrNull(message.releaseAt ?? null),
  };
}

/** A message in full. */
export function detailJson(detail: MessageDetail): Record<string, unknown> {
  const { message } = detail;
  return {
    ...messageJson(message, detail.state),
    class: message.references.class,
    from: message.headers.from,
    date: message.headers.date,
    sha256: message.sha256,
    contentErased: detail.contentErased,
    supersededBy: detail.supersededBy,
    legalHolds: (detail.legalHolds ?? []).map(({ name, reason, by, at }) => ({ name, reason, by, at: rfc3339(at) })),
    envelopeId: message.envelope.envid,
    client: message.client,
    recipients: detail.recipients.map((recipient) => ({
      ...recipientJson(recipient),
      notify: message.envelope.recipients[recipient.index]?.notify ?? null,
      originalRecipient: message.envelope.recipients[recipient.index]?.orcpt ?? null,
      attempts: recipient.attemptList.map(attemptJson),
      reports: recipient.reportList.map(reportJson),
    })),
    events: detail.events.map(eventJson),
  };
}

/** A recipient in full, without its attempts and reports. */
export function recipientJson(recipient: RecipientRecord): Record<string, unknown> {
  return {
    index: recipient.index,
    address: recipient.address,
    state: recipient.state,
    category: recipient.failure?.category ?? null,
    stateSince: rfc3339(recipient.stateSince),
    confidence: recipient.confidence,
    nextAttemptAt: rfc3339OrNull(recipient.nextAttemptAt),
    expiresAt: rfc3339(recipient.expireAt),
    delayedAt: rfc3339OrNull(recipient.delayedAt ?? null),
    failure: recipient.failure === null ? null : failureJson(recipient.failure),
  };
}

function failureJson({ source, category, status, reply, addressInvalid }: Failure): Record<string, unknown> {
  return { source, category, status, reply: replyJson(reply), addressInvalid };
}

export function replyJson(reply: Reply | null): Record<string, unknown> | null {
  return reply === null ? null : { code: reply.code, status: reply.status, text: reply.text };
}

export function attemptJson(attempt: Attempt): Record<string, unknown> {
  return {
    number: attempt.number,
    at: rfc3339(attempt.at),
    durationMs: attempt.durationMs,
    nextHop: attempt.nextHop,
    address: attempt.address,
    tls: attempt.tls === null ? null : tlsJson(attempt.tls),
    outcome: attempt.outcome,
    reply: replyJson(attempt.reply),
    phase: attempt.phase,
    ambiguous: attempt.ambiguous,
    error: attempt.error,
    dsnPassed: attempt.dsnPassed ?? null,
    remoteId: attempt.remoteId ?? null,
  };
}

function tlsJson({ version, cipher, verified, peerName, verifiedBy, problem }: AttemptTls): Record<string, unknown> {
  return { version, cipher, verified, verifiedBy: verifiedBy ?? null, peerName: peerName ?? null, problem: problem ?? null };
}

/** The signature of a return path's token: whoever has it can make a bounce that is believed. */
const TOKEN_SIGNATURE = /^(rb-[0-9a-z]{26}-[0-9a-z]{1,4}-[0-9a-z]{1,2}-)[0-9a-z]{16}(?=@|$)/i;

export function reportJson(report: ReportRecord): Record<string, unknown> {
  const { source, receivedAt, matched, matches, ...rest } = report;
  return {
    ...rest,
    to: shownTo(report),
    envelopeId: withoutSignature(report.envelopeId),
    source: source ?? null,
    receivedAt: rfc3339(receivedAt),
    matched: matched === null ? null : matchJson(matched),
    matches: matchesOf(report).map(matchJson),
  };
}

export function collectorJson({ running, mailboxes }: CollectorStatus): Record<string, unknown> {
  return {
    running,
    mailboxes: mailboxes.map(({ name, folder, state, nextRunAt, lastRun }) => ({
      name,
      folder,
      state,
      nextRunAt: rfc3339OrNull(nextRunAt),
      lastRun: lastRun === null ? null : mailboxRunJson(lastRun),
    })),
  };
}

function mailboxRunJson({ startedAt, endedAt, taken, repeated, unmatched, left = 0, error }: MailboxRun): Record<string, unknown> {
  return { startedAt: rfc3339(startedAt), endedAt: rfc3339(endedAt), taken, repeated, unmatched, left, error };
}

/** All recipients that the report is tied to; records of earlier versions know one. */
export function matchesOf({ matched, matches }: Pick<ReportRecord, 'matched' | 'matches'>): readonly ReportMatch[] {
  return matches ?? (matched === null ? [] : [matched]);
}

function matchJson({ message, index, rank, linked }: ReportMatch): Record<string, unknown> {
  return { message, index, rank, linked: linked === undefined ? null : { by: linked.by, at: rfc3339(linked.at) } };
}

/** The envelope recipient that a report came to, without what would let its reader report in our name. */
export function shownTo({ to }: ReportRecord): string | null {
  return withoutSignature(to);
}

function withoutSignature(text: string | null): string | null {
  return text?.replace(TOKEN_SIGNATURE, '$1…') ?? null;
}

/** An event of the feed. Fields that its type does not have are absent. */
export function eventJson(event: FeedEvent): Record<string, unknown> {
  const { seq, at, type, message, recipient, nextAttemptAt, reply, withheld: _, ...rest } = event;
  return {
    seq,
    at: rfc3339(at),
    type,
    ...(message === undefined ? {} : { message }),
    ...(recipient === undefined ? {} : { recipient }),
    ...rest,
    ...(reply === undefined ? {} : { reply: replyJson(reply) }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: rfc3339(nextAttemptAt) }),
  };
}

export function nextHopJson(hop: NextHopStatus): Record<string, unknown> {
  return {
    nextHop: hop.nextHop,
    via: hop.via,
    state: hop.state,
    waiting: hop.waiting,
    attempting: hop.attempting,
    connections: hop.connections,
    oldestAt: rfc3339OrNull(hop.oldestAt),
    nextDueAt: rfc3339OrNull(hop.nextDueAt),
    lastReply: replyJson(hop.lastReply),
    lastError: hop.lastError,
    blockedUntil: rfc3339OrNull(hop.blockedUntil),
    paused: hop.paused === null ? null : { at: rfc3339(hop.paused.at), by: hop.paused.by },
  };
}

export function signalDeliveryJson(delivery: SignalDelivery): Record<string, unknown> {
  return {
    id: delivery.id,
    signal: delivery.signal,
    channel: delivery.channel,
    seq: delivery.seq,
    reason: delivery.reason ?? 'event',
    record: delivery.record ?? null,
    to: delivery.to ?? null,
    createdAt: rfc3339(delivery.createdAt),
    state: delivery.state,
    attempts: delivery.attempts,
    nextAttemptAt: rfc3339OrNull(delivery.nextAttemptAt),
    lastAttemptAt: rfc3339OrNull(delivery.lastAttemptAt),
    lastAnswer: delivery.lastAnswer,
    message: delivery.message ?? null,
  };
}

/** A signal, without what it says of people. */
export function signalJson(record: SignalRecord): Record<string, unknown> {
  const { id, rule, state, cause, count, unresolved, resolved, acknowledged, closed } = record;
  return {
    id,
    rule,
    state,
    cause,
    count,
    unresolved,
    resolved,
    openedAt: rfc3339(record.openedAt),
    lastAt: rfc3339(record.lastAt),
    told: record.told,
    toldAt: rfc3339OrNull(record.toldAt),
    escalatedAt: rfc3339OrNull(record.escalatedAt),
    acknowledged: acknowledged === null ? null : { ...acknowledged, at: rfc3339(acknowledged.at) },
    closed: closed === null ? null : { ...closed, at: rfc3339(closed.at) },
  };
}

export function suppressionJson(record: SuppressionRecord): Record<string, unknown> {
  const { address, reason, note, by, at, until, message } = record;
  return { address, reason, note, by, at: rfc3339(at), until: rfc3339OrNull(until), message };
}

interface SignalBody {
  readonly type?: string;
  readonly timestamp?: string;
  readonly data?: {
    readonly event?: { readonly seq?: number; readonly at?: string; readonly type?: string; readonly message?: string } | null;
    readonly signal?: { readonly cause?: Readonly<Record<string, string>> } | null;
    readonly rule?: string;
    readonly reason?: string;
  };
}

/**
 * The body of a signal about a message that was erased: what happened when, and no longer to whom or
 * about what. Of a signal about several its counts and cause stay.
 */
export function erasedSignalBody(body: string): string {
  const { type, timestamp, data } = JSON.parse(body) as SignalBody;
  if (data?.signal != null) {
    const { signal, rule, reason } = data;
    const { document: _document, sender: _sender, ...cause } = signal.cause ?? {};
    return JSON.stringify({ type, timestamp, data: { signal: { ...signal, cause }, rule, reason, examples: [] } });
  }
  const event = data?.event ?? {};
  const kept = { seq: event.seq, at: event.at, type: event.type, message: event.message };
  return JSON.stringify({ type, timestamp, data: { event: kept, message: null, recipient: null } });
}
