/**
 * What a notification says of one recipient: the values of its fields (RFC 3464 §2.3), taken from
 * the record. Pure.
 */
import type { Address } from '../../domain/address.ts';
import type { OriginalRecipient } from '../../domain/envelope.ts';
import type { FeedEvent } from '../../domain/events.ts';
import type { NotificationKind } from '../../domain/notification.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import type { Attempt } from '../../domain/recipient.ts';
import { type Category, type EnhancedStatus, formatReply } from '../../domain/reply.ts';
import { statusOfCategory, statusOfSilence } from '../../domain/status.ts';

/** Why, in a word: a category, or what no server said. */
export type Cause = Category | 'expired' | 'suppressed';

export interface NotifiedRecipient {
  readonly index: number;
  readonly kind: NotificationKind;
  readonly address: Address;
  readonly orcpt: OriginalRecipient | null;
  readonly status: EnhancedStatus;
  readonly cause: Cause;
  /** Beside `expired`: why the last attempt did not succeed. */
  readonly lastCategory: Category | null;
  /** Who said what `diagnostic` says: a name, or an address literal; null: nobody, or not known. */
  readonly remoteMta: string | null;
  /** `smtp`: a reply as a server gave it; `x-relais`: what we found ourselves. */
  readonly diagnostic: { readonly type: 'smtp' | 'x-relais'; readonly text: string } | null;
  /** Unix milliseconds. */
  readonly lastAttemptAt: number | null;
  /** Unix milliseconds; only where it is still being tried by us. */
  readonly willRetryUntil: number | null;
}

/** A recipient to be told of: `event` null: it is overdue. */
export interface Told {
  readonly index: number;
  readonly kind: NotificationKind;
  readonly event: FeedEvent | null;
}

type RecipientDetail = MessageDetail['recipients'][number];

export function notifiedRecipient(detail: MessageDetail, { index, kind, event }: Told): NotifiedRecipient | undefined {
  const recipient = detail.recipients[index];
  if (recipient === undefined) return undefined;
  const report = event?.report === undefined ? undefined : recipient.reportList.find(({ id }) => id === event.report);
  const attempt = attemptOf(recipient, event);
  const said = report === undefined ? saidByAttempt(attempt) : saidByReport(report, recipient, event);
  const reason = reasonOf(recipient, event);
  return {
    index,
    kind,
    address: recipient.address,
    orcpt: detail.message.envelope.recipients[index]?.orcpt ?? null,
    ...reason,
    status: statusOf({ kind, event, attempt, cause: reason.cause, category: reason.lastCategory, status: event?.status ?? said.status }),
    remoteMta: said.remoteMta,
    diagnostic: reason.cause === 'suppressed' ? SUPPRESSED : said.diagnostic,
    lastAttemptAt: attempt?.at ?? null,
    willRetryUntil: event === null ? recipient.expireAt : null,
  };
}

const SUPPRESSED = { type: 'x-relais', text: 'not sent: the address is on the suppression list of this relay' } as const;

/** The attempt that the event tells of, else the last that ended. */
function attemptOf({ attemptList }: RecipientDetail, event: FeedEvent | null): Attempt | undefined {
  const named = event?.attempt === undefined ? undefined : attemptList.find(({ number }) => number === event.attempt);
  return named ?? attemptList.findLast(({ outcome }) => outcome !== null);
}

function reasonOf(recipient: RecipientDetail, event: FeedEvent | null): Pick<NotifiedRecipient, 'cause' | 'lastCategory'> {
  const category = event?.category ?? recipient.failure?.category ?? null;
  if (event?.type === 'recipient.expired') return { cause: 'expired', lastCategory: category };
  if (event?.type === 'recipient.suppressed') return { cause: 'suppressed', lastCategory: null };
  return { cause: category ?? 'unknown', lastCategory: category };
}

interface Said extends Pick<NotifiedRecipient, 'remoteMta' | 'diagnostic'> {
  readonly status: EnhancedStatus | null;
}

const NOTHING: Said = { remoteMta: null, diagnostic: null, status: null };

function saidByAttempt(attempt: Attempt | undefined): Said {
  if (attempt === undefined) return NOTHING;
  const { reply, phase, error } = attempt;
  // Refusals of our own making look like replies: no server gave them.
  const own = phase === 'local' || phase === 'dns';
  if (reply !== null && !own) {
    return { remoteMta: remoteMtaOf(attempt), diagnostic: { type: 'smtp', text: formatReply(reply) }, status: reply.status };
  }
  const text = reply?.text ?? error;
  return { remoteMta: null, diagnostic: text === null ? null : { type: 'x-relais', text }, status: reply?.status ?? null };
}

const ADDRESS_AND_PORT = /^\[?([\da-f.:]+?)\]?:\d{1,5}$/i;

/** The name its certificate had to bear, else the address that was dialled: the next hop's name covers several hosts. */
function remoteMtaOf({ address, tls }: Attempt): string | null {
  if (tls?.peerName != null) return tls.peerName;
  const ip = ADDRESS_AND_PORT.exec(address ?? '')?.[1] ?? '';
  if (ip === '') return null;
  return ip.includes(':') ? `[IPv6:${ip}]` : `[${ip}]`; // RFC 5321 §4.1.3
}

function saidByReport(report: RecipientDetail['reportList'][number], { address }: RecipientDetail, event: FeedEvent | null): Said {
  const own = report.recipients.find((one) => one.address?.toLowerCase() === address.toLowerCase());
  const told = own ?? (report.recipients.length === 1 ? report.recipients[0] : undefined);
  const status = told?.status ?? null;
  const remoteMta = report.reportingMta;
  if (event?.reply != null) return { remoteMta, diagnostic: { type: 'smtp', text: formatReply(event.reply) }, status };
  const text = told?.diagnostic ?? null;
  if (text === null) return { remoteMta, diagnostic: null, status };
  return { remoteMta, diagnostic: { type: /^[2-5]\d\d[ -]/.test(text) ? 'smtp' : 'x-relais', text }, status };
}

interface StatusSubject {
  readonly kind: NotificationKind;
  readonly event: FeedEvent | null;
  readonly attempt: Attempt | undefined;
  readonly cause: Cause;
  readonly category: Category | null;
  readonly status: EnhancedStatus | null;
}

/** The class says what the action says; subject and detail are the server's, where it gave any. */
function statusOf(of: StatusSubject): EnhancedStatus {
  switch (of.kind) {
    case 'delivered':
    case 'relayed':
    case 'expanded':
      return ofClass(of.status, '2') ?? '2.0.0';
    case 'failed':
    case 'correction':
      return statusOfFailure(of);
    case 'delayed':
      return ofClass(of.status, '4') ?? statusOfDelay(of);
    default:
      return of.kind satisfies never;
  }
}

function ofClass(status: EnhancedStatus | null, ...classes: readonly string[]): EnhancedStatus | null {
  return status !== null && classes.includes(status.slice(0, 1)) ? status : null;
}

function statusOfFailure({ cause, category, status }: StatusSubject): EnhancedStatus {
  if (cause === 'suppressed') return '5.7.1';
  // RFC 3463 §3.5: 4.4.7, delivery time expired; sending again may succeed.
  if (cause === 'expired') return ofClass(status, '4') ?? '4.4.7';
  return ofClass(status, '5', '4') ?? statusOfCategory(category ?? 'unknown', 5);
}

function statusOfDelay({ event, attempt, category }: StatusSubject): EnhancedStatus {
  if (event === null && attempt !== undefined && attempt.reply === null) return statusOfSilence(attempt.phase);
  return category === null ? '4.0.0' : statusOfCategory(category, 4);
}
