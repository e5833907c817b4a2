/**
 * Which notification the sender of a message is owed for what became of one recipient (RFC 3461
 * §5.2). One pure function; the table of its cases is test/domain/notification.test.ts.
 */
import type { Envelope, Notify } from './envelope.ts';
import type { EventType, FeedEvent } from './events.ts';
import type { PreparedMessage } from './message.ts';
import type { Account } from './settings.ts';

/**
 * The actions of RFC 3464 §2.3.3, and `correction`: a failure of what the sender was told to be on
 * its way or delivered.
 */
export type NotificationKind = 'failed' | 'correction' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** What happened to the recipient; `overdue`: nothing did, for too long. */
export type Occurrence =
  | Pick<FeedEvent, 'type' | 'previous' | 'source' | 'rank' | 'dsnPassed'>
  | { readonly type: 'overdue'; readonly previous?: undefined };

export interface NotificationSubject {
  readonly occurrence: Occurrence;
  /** Earlier events of the same recipient. */
  readonly before: readonly Pick<FeedEvent, 'type' | 'dsnPassed'>[];
  readonly reversePath: Envelope['reversePath'];
  readonly origin: PreparedMessage['origin'];
  /** What the sender asked for this recipient; null: nothing. */
  readonly notify: Notify | null;
  readonly setting: Account['notifications'];
}

/** The events of which `decideNotification` may make something. */
export const NOTIFIED_EVENTS: readonly EventType[] = [
  'recipient.failed',
  'recipient.expired',
  'recipient.suppressed',
  'recipient.delayed',
  'recipient.transferred',
  'recipient.delivered',
  'recipient.relayed',
  'recipient.expanded',
];

/** Null: none is owed, or none may be sent. */
export function decideNotification(subject: NotificationSubject): NotificationKind | null {
  const { reversePath, origin, setting, notify } = subject;
  // RFC 3461 §6.1, RFC 5321 §4.5.5: never about what came from the null reverse-path.
  if (reversePath.kind === 'null' || origin === 'notification' || setting === 'none') return null;
  const kind = kindOf(subject);
  if (kind === null) return null;
  const condition = CONDITIONS[kind];
  // RFC 3461 §5.2.2(e), (f): without NOTIFY failures and delays are reported, success is not.
  if (notify === null) return condition !== 'success' && setting === 'standard' ? kind : null;
  return notify !== 'never' && notify.includes(condition) ? kind : null;
}

/** What NOTIFY must have asked for, RFC 3461 §4.1. */
const CONDITIONS = {
  failed: 'failure',
  correction: 'failure',
  delayed: 'delay',
  delivered: 'success',
  relayed: 'success',
  expanded: 'success',
} as const satisfies Record<NotificationKind, Exclude<Notify, 'never'>[number]>;

function kindOf(subject: NotificationSubject): NotificationKind | null {
  const { occurrence, before } = subject;
  switch (occurrence.type) {
    case 'overdue':
      return told(before, 'recipient.delayed') ? null : 'delayed';
    case 'recipient.failed':
      // That it could not be delivered was told when the retry time ran out.
      if (!cameToUs(occurrence) || occurrence.previous === 'expired') return null;
      return wasToldOfSuccess(subject) ? 'correction' : 'failed';
    case 'recipient.expired':
    case 'recipient.suppressed':
      return 'failed';
    case 'recipient.delayed':
      return cameToUs(occurrence) && !told(before, 'recipient.delayed') ? 'delayed' : null;
    case 'recipient.transferred':
      // RFC 3461 §5.2.2(b); to a hop that knows DSN, success is reported by that one (§5.2.1).
      return occurrence.dsnPassed === false ? 'relayed' : null;
    case 'recipient.delivered':
      return cameToUs(occurrence) ? 'delivered' : null;
    case 'recipient.relayed':
      return cameToUs(occurrence) ? 'relayed' : null;
    case 'recipient.expanded':
      return cameToUs(occurrence) ? 'expanded' : null;
    default:
      return null;
  }
}

/**
 * A report that bears our token came to our return path, and to nobody else: it is ours to pass on.
 * What was found by weaker evidence was sent to the sender's own address, and is known there.
 */
function cameToUs({ type, source, rank }: Exclude<Occurrence, { type: 'overdue' }>): boolean {
  if (type === 'recipient.failed' && source === 'attempt') return true;
  return rank === 1;
}

function told(before: NotificationSubject['before'], ...types: readonly EventType[]): boolean {
  return before.some(({ type }) => types.includes(type));
}

function wasToldOfSuccess({ before, notify }: NotificationSubject): boolean {
  if (notify === null || notify === 'never' || !notify.includes('success')) return false;
  return (
    told(before, 'recipient.delivered', 'recipient.relayed', 'recipient.expanded') ||
    before.some(({ type, dsnPassed }) => type === 'recipient.transferred' && dsnPassed === false)
  );
}
