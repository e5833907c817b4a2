/**
 * The events of the change feed. Each is written in the same commit as the state it tells of, with
 * the next sequence number; nothing else tells anyone anything.
 */
import type { MessageId, ReportId } from './ids.ts';
import type { References } from './message.ts';
import type { RecipientState } from './recipient.ts';
import type { Category, EnhancedStatus, Reply } from './reply.ts';

export const EVENT_TYPES = [
  /** The message is durable, the ERP got its 250. */
  'message.accepted',
  /** An attempt ended without success; another follows at `nextAttemptAt`. */
  'recipient.deferred',
  /** The next hop answered 250. */
  'recipient.transferred',
  /** A report confirmed final delivery. */
  'recipient.delivered',
  /** Refused for good: `source` says by whom. */
  'recipient.failed',
  /** The retry time ran out. */
  'recipient.expired',
  /** A report says that a server after ours is still trying. */
  'recipient.delayed',
  /** A report says that a server after ours passed it on to one that will report nothing more. */
  'recipient.relayed',
  /** A report says that a server after ours passed it on to the members of a list. */
  'recipient.expanded',
  'recipient.held',
  'recipient.released',
  'recipient.cancelled',
  'recipient.suppressed',
  /** The recipient's provider reported the mail as unwanted. */
  'recipient.complained',
  'recipient.auto-replied',
  /** What the message is about was found, or changed, after its acceptance: `was` says what it was before. */
  'message.referenced',
  /** Sent again as the message named in `supersededBy`. */
  'message.resent',
  /** The bytes were erased, the record stays. */
  'message.content-erased',
  /** Record and bytes were erased. */
  'message.deleted',
  /** A report came in that fits no message. */
  'report.unmatched',
  'queue.blocked',
  'queue.recovered',
  /** Reports of a mailbox are not collected, for the `reason` given; and are again. */
  'mailbox.failing',
  'mailbox.recovered',
  /** A channel of signals takes nothing, for the `reason` given; and takes them again. */
  'channel.failing',
  'channel.recovered',
  /** A backup by schedule could not be made, for the `reason` given; and one was made. */
  'backup.failed',
  'backup.made',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** What is particular to an event; which fields are there depends on the type. */
export interface EventDraft {
  readonly type: EventType;
  readonly index?: number;
  readonly recipient?: string;
  readonly state?: RecipientState;
  readonly previous?: RecipientState;
  readonly category?: Category;
  readonly status?: EnhancedStatus | null;
  readonly reply?: Reply | null;
  readonly addressInvalid?: boolean;
  readonly source?: 'attempt' | 'report';
  readonly nextAttemptAt?: number;
  readonly nextHop?: string;
  /** Name of a mailbox of reports. */
  readonly mailbox?: string;
  /** Name of a channel of signals. */
  readonly channel?: string;
  /** Of backups. */
  readonly directory?: string;
  readonly attempt?: number;
  readonly ambiguous?: boolean;
  /** Where the sender gave NOTIFY: whether the next hop took it over (RFC 3461 §5.2). */
  readonly dsnPassed?: boolean;
  readonly report?: ReportId;
  readonly rank?: number;
  readonly reason?: string;
  readonly supersededBy?: MessageId;
  /** For `message.accepted`: of the content, in lower-case hex, and its octets; absent in events of earlier versions. */
  readonly sha256?: string;
  readonly size?: number;
  /** For `message.accepted`: how many recipients by domain. */
  readonly domains?: Readonly<Record<string, number>>;
  /** For `message.referenced`. */
  readonly was?: ReferencesBefore;
  /** For `message.referenced`: how many recipients were in which state then. */
  readonly states?: Readonly<Partial<Record<RecipientState, number>>>;
}

/** What changed of a message's references, as it was before; null: there was none. */
export type ReferencesBefore = Partial<Pick<References, 'document' | 'documentType' | 'contact' | 'administration' | 'template' | 'tags'>>;

/** An event as it stands in the feed. */
export interface FeedEvent extends EventDraft {
  /** Ascends by one, without gaps, from 1. */
  readonly seq: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly message?: MessageId;
  /** Of the message, so that readers of the feed can filter without a look-up. */
  readonly account?: string;
  readonly document?: string;
  readonly documentType?: string;
  readonly contact?: string;
  readonly administration?: string;
  readonly template?: string;
  readonly stream?: string;
  /** Of the message: the run that it belongs to, where it names one. */
  readonly run?: string;
  /** Of the message, where it did not come by SMTP. */
  readonly origin?: 'api' | 'resend' | 'notification';
  /** A person was taken out of it: the salted hash, in hex, of what it said of them (ledger.ts). Absent: nobody was. */
  readonly withheld?: string;
}
