/**
 * The ports at which the rooms meet: `relay`, `http`, `signals` and `housekeeping` know these, the
 * store and the delivery implement them, `relais.ts` ties them together. They speak the domain,
 * never keys or SQL. Nothing here assumes that one process alone uses the store.
 */
import type { Readable } from 'node:stream';
import type { Address } from './address.ts';
import type { AuditActor, AuditEntry, AuditFilter, AuditRecord } from './audit.ts';
import type { BackupRecord, BackupRequest } from './backup.ts';
import type { CleanupCounts, CleanupRequest, CleanupRunRecord } from './cleanup.ts';
import type { ContactMail } from './contact-standing.ts';
import type { DocumentMail, DocumentVerdict, VerdictOnDocument, VerdictPolicy } from './document-verdict.ts';
import type { Envelope } from './envelope.ts';
import type { EventDraft, EventType, FeedEvent, ReferencesBefore } from './events.ts';
import type { EvidenceKey, SignedEvidence } from './evidence.ts';
import type { MessageId, ReportId } from './ids.ts';
import type { Seal } from './ledger.ts';
import type { LegalHoldRecord } from './legal-hold.ts';
import type { AcceptedMessage, MessageSummary, PreparedMessage, ReferenceChange, References, SubmissionClient } from './message.ts';
import type { OutcomeGroup } from './outcome-counts.ts';
import type { Attempt, Evidence, EvidenceRank, RecipientRecord, RecipientState, Transition } from './recipient.ts';
import type { ChangeMode } from './references.ts';
import type { Category, EnhancedStatus, Reply } from './reply.ts';
import type { RunRecord } from './run.ts';
import type { Language, ReferenceField, ReferenceRule } from './settings.ts';
import type { SignalChanges, SignalChannelRecord, SignalId, SignalMember, SignalRecord, SignalState } from './signal.ts';
import type { SignalChannel, SignalRule } from './signal-rule.ts';
import type { SubjectErasureAnswer, SubjectErasureRecord, SubjectErasureRequest } from './subject-erasure.ts';
import type { TlsSession } from './tls.ts';

/** Takes the content of one message or report while it arrives. Memory is bounded whatever its size. */
export interface ContentWriter {
  /** Resolves when more may be written; rejects when the disk refuses. Undefined: at once. */
  write(chunk: Buffer): Promise<void> | undefined;
  /** Lets go of what was written: the client went away or was refused. */
  abort(): Promise<void>;
  /** Octets so far. */
  readonly size: number;
}

/** Content as stored, its SHA-256 checked before this object is handed out. */
export interface StoredContent {
  readonly size: number;
  readonly sha256: string;
  /** The whole, where it is small enough to be held (4 MiB); otherwise null and `stream` is used. */
  readonly bytes: Buffer | null;
  /** Reads it from the start; each call a new stream. */
  stream(): Readable;
}

/** What the scheduler needs to know of a pending recipient: small, for there are 100,000 of them. */
export interface ScheduledRecipient {
  readonly message: MessageId;
  readonly index: number;
  readonly state: 'queued' | 'deferred' | 'held';
  /** Unix milliseconds; null while held. */
  readonly dueAt: number | null;
  readonly expireAt: number;
  readonly attempts: number;
  readonly address: Address;
  /** Null for the null reverse-path. */
  readonly sender: Address | null;
  readonly account: string;
  readonly class: string | null;
  /** It is sent again: a person waits for it. */
  readonly resent: boolean;
  /** A person released it: no route holds it again. */
  readonly released: boolean;
  /** An attempt is running: not to be claimed again. */
  readonly attempting: boolean;
}

/** A change of the schedule, told after its commit. `scheduled: null`: no longer pending. */
export interface ScheduleChange {
  readonly message: MessageId;
  readonly index: number;
  readonly scheduled: ScheduledRecipient | null;
}

export interface ClaimRequest {
  readonly message: MessageId;
  readonly indexes: readonly number[];
  readonly nextHop: string;
  readonly leaseUntil: number;
  /** When the next attempt is due should this one never end. */
  readonly retryAt: number;
  readonly now: number;
}

export interface Claim {
  readonly message: AcceptedMessage;
  /** Those whose attempt was begun; others changed meanwhile and are left out. */
  readonly recipients: readonly RecipientRecord[];
}

export interface EvidenceItem {
  readonly message: MessageId;
  readonly index: number;
  readonly evidence: Evidence;
}

/** A report as it came in, parsed. */
export interface ReportRecord {
  readonly id: ReportId;
  readonly receivedAt: number;
  readonly via: 'smtp' | 'imap' | 'api' | 'file';
  /** Client address, mailbox or token that brought it; absent in records of earlier versions. */
  readonly source?: string | null;
  /** Envelope recipient it came to; null where there is none. */
  readonly to: string | null;
  readonly kind: 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'auto-reply' | 'none';
  readonly subject: string | null;
  readonly originalMessageId: string | null;
  readonly envelopeId: string | null;
  readonly reportingMta: string | null;
  readonly recipients: readonly ReportedRecipient[];
  /** The first of `matches`; null: for the review list. */
  readonly matched: ReportMatch | null;
  /** All that it was tied to, where a report is of several recipients; absent in records of earlier versions. */
  readonly matches?: readonly ReportMatch[];
  /** Why it was not believed or not understood; null when all is well. */
  readonly trouble: string | null;
  readonly size: number;
  readonly sha256: string;
}

/** A recipient that a report was tied to. */
export interface ReportMatch {
  readonly message: MessageId;
  readonly index: number;
  readonly rank: EvidenceRank;
  /** Who linked it by hand, and when; absent: relais found it. */
  readonly linked?: { readonly by: string | null; readonly at: number };
}

/** Filters of the reports; those given must all hold. */
export interface ReportFilter {
  /** False: the review list. */
  readonly matched?: boolean;
  readonly kind?: ReportRecord['kind'];
  readonly via?: ReportRecord['via'];
  /** Unix milliseconds: came in at or after, by the time in its id. */
  readonly from?: number;
  /** Unix milliseconds: came in before. */
  readonly to?: number;
}

/** One recipient of a report, the fields of RFC 3464 §2.3 as far as they are there. */
export interface ReportedRecipient {
  readonly address: string | null;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'complaint' | 'auto-reply' | null;
  readonly status: EnhancedStatus | null;
  readonly replyCode: number | null;
  readonly category: Category;
  readonly addressInvalid: boolean;
  readonly permanent: boolean;
  readonly diagnostic: string | null;
}

/** Filters of the register; those given must all hold. */
export interface MessageFilter {
  /** Any of these: a state of the message, or of any of its recipients. */
  readonly state?: readonly string[];
  /** Normalised address. */
  readonly recipient?: string;
  /** Recipient domain, A-label. */
  readonly domain?: string;
  /** Normalised address; '' for the null reverse-path. */
  readonly sender?: string;
  /** Any of these. */
  readonly account?: readonly string[];
  /** As it is named, or the name that was given to its stream. */
  readonly template?: string;
  readonly document?: string;
  readonly documentType?: string;
  readonly contact?: string;
  readonly administration?: string;
  /** Any of these fingerprints. */
  readonly stream?: readonly string[];
  /** `name` or `name=value`. */
  readonly tag?: string;
  readonly messageId?: string;
  /** Words, each to be found as a word or the beginning of one. */
  readonly q?: string;
  /** Unix milliseconds: accepted at or after. */
  readonly from?: number;
  /** Unix milliseconds: accepted before. */
  readonly to?: number;
}

export interface PageRequest {
  /** 1 to 500. */
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * A page, newest first. A filter that hits rarely may give fewer items than asked with `next` set:
 * the search was cut after its time and goes on from there.
 */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Filters of the documents; those given must all hold. */
export interface DocumentFilter {
  /** Any of these. */
  readonly verdict?: readonly DocumentVerdict[];
  /** Words of the mail that carried it, as in the register. */
  readonly q?: string;
  readonly documentType?: string;
  readonly administration?: string;
  /** Mail of any of these counts, and no other. */
  readonly account?: readonly string[];
}

/** Which document: numbers begin anew in each administration. */
export interface DocumentRequest {
  readonly document: string;
  /** Null: mail that names none. Absent: that of the newest mail. */
  readonly administration?: string | null;
  /** Mail of any of these counts, and no other. */
  readonly account?: readonly string[];
}

/** A document with the mail that carried it. */
export interface DocumentRecord {
  readonly document: string;
  readonly administration: string | null;
  /** Administrations that have a document of the same name; null: mail that names none. */
  readonly others: readonly (string | null)[];
  readonly verdict: VerdictOnDocument;
  /** Newest first; of very many the newest. */
  readonly mails: readonly (DocumentMail & { readonly contentErased: boolean })[];
  /** There is more mail than was looked at. */
  readonly more: boolean;
}

/** How documents are judged. */
export interface Judging {
  readonly policy: VerdictPolicy;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Filters of the addresses that mail goes to; those given must all hold. */
export interface ContactFilter {
  /** Those alone whose last mail that ended failed, and was not sent to a corrected address since. */
  readonly problem: boolean;
  /** Words of the address. */
  readonly q?: string;
  /** Mail of any of these counts, and no other. */
  readonly account?: readonly string[];
}

/** An address with the newest mail to it. */
export interface ContactRecord {
  /** As it was last written to. */
  readonly address: Address;
  /** Newest first, up to and with the last that ended; never empty. */
  readonly mails: readonly ContactMail[];
}

export interface MessageDetail extends Omit<MessageSummary, 'recipients'> {
  readonly recipients: readonly (RecipientRecord & {
    readonly attemptList: readonly Attempt[];
    readonly reportList: readonly ReportRecord[];
  })[];
  readonly events: readonly FeedEvent[];
  /** The messages that replace this one, as its events tell. */
  readonly supersededBy: readonly MessageId[];
  /** Legal holds that it lies under. Absent: none. */
  readonly legalHolds?: readonly LegalHoldRecord[];
}

export interface FeedPage {
  readonly items: readonly FeedEvent[];
  /** Sequence number up to which the page has looked; `after` for the next call. */
  readonly last: number;
}

export interface StatisticsRequest {
  /** Unix milliseconds, by acceptance. */
  readonly from: number;
  readonly to: number;
  readonly by: 'hour' | 'day';
  /** Of the outcomes (`outcome-counts.ts`) whole days alone are counted: the span grows to such. */
  readonly group: 'state' | 'template' | 'domain' | 'account' | OutcomeGroup;
  readonly accounts?: readonly string[];
}

/** Recipients of one bucket of time and one group, by their present state; of outcomes, by the state each led to. */
export interface StatisticsRow {
  /** Unix milliseconds at the start of the bucket, UTC. */
  readonly at: number;
  readonly group: string;
  readonly states: Readonly<Partial<Record<RecipientState, number>>>;
}

export interface EraseResult {
  readonly message: MessageId;
  /** `legal-hold`: it lies under `hold`, and nothing of it was touched. */
  readonly outcome: 'erased' | 'not-found' | 'pending' | 'legal-hold';
  readonly hold?: LegalHoldRecord;
}

/** Administrative records, whole and by name: tokens, users, sessions. */
export interface Collection<T> {
  get(name: string): Promise<T | undefined>;
  put(name: string, value: T): Promise<void>;
  delete(name: string): Promise<boolean>;
  /**
   * Reads and writes in one step, between which nobody else writes: gives the new value, null to take
   * it away, undefined to leave it as it is. Resolves with what stands there then.
   */
  change(name: string, change: (value: T | undefined) => T | null | undefined): Promise<T | undefined>;
  /** In the order of names: all, or of those after a name as many as asked. */
  list(part?: { readonly after: string; readonly limit: number }): Promise<readonly { readonly name: string; readonly value: T }[]>;
}

export interface TokenRecord {
  readonly name: string;
  /** SHA-256 of the token in hex; the token itself is not kept. */
  readonly hash: string;
  readonly role: Role;
  /** In place of the role's, where given. */
  readonly permissions: readonly Permission[] | null;
  /** Accounts it may see; null: all. */
  readonly accounts: readonly string[] | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export interface UserRecord {
  readonly name: string;
  /** `scrypt$N$r$p$salt$hash`; null: signs in at the identity provider alone. */
  readonly passwordHash: string | null;
  readonly role: Role;
  /** In place of the role's, where given. */
  readonly permissions: readonly Permission[] | null;
  /** Accounts whose mail it may see; null: all. */
  readonly accounts: readonly string[] | null;
  readonly createdAt: number;
  // What follows is absent in records of earlier versions, which means null or false.
  /** May not sign in, and what it had open has ended. */
  readonly disabled?: boolean;
  /** The second factor. */
  readonly totp?: TotpRecord | null;
  /** Who it is at the identity provider (OpenID Connect Core §2). */
  readonly identity?: { readonly issuer: string; readonly subject: string } | null;
  /** Of the dashboard; null: as the browser asks. */
  readonly language?: Language | null;
  readonly passwordChangedAt?: number | null;
}

/** One-time passwords by time (RFC 6238), and the codes for when the device is lost. */
export interface TotpRecord {
  /** Base32, as it stands in the device. */
  readonly secret: string;
  /** Unix milliseconds. */
  readonly since: number;
  /** The last time step whose code was taken: none is taken twice (RFC 6238 §5.2). */
  readonly lastStep: number;
  /** SHA-256 in hex of the recovery codes that are left. */
  readonly recovery: readonly string[];
}

/** A browser that is signed in. */
export interface SessionRecord {
  readonly kind: 'local' | 'token' | 'user';
  readonly name: string;
  /** Of the secret it was opened with: once that changes, it has ended. */
  readonly fingerprint: string;
  readonly via: 'password' | 'totp' | 'recovery' | 'oidc' | 'token' | 'link';
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly expiresAt: number;
  /** To a few minutes. */
  readonly lastSeenAt: number;
  /** IP address it was last seen from; null where there is no connection. */
  readonly address: string | null;
  /** As the browser names itself. */
  readonly agent: string | null;
}

/** When, and from where, a token or user was last used. */
export interface UseRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly address: string | null;
}

export const PERMISSIONS = [
  'messages:read',
  'messages:content',
  'messages:send',
  'messages:resend',
  'messages:delete',
  'changes:read',
  'queue:manage',
  'sync:run',
  'suppressions:manage',
  'signals:manage',
  'access:manage',
  'settings:read',
  'audit:read',
  'backup:run',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
export type Role = 'viewer' | 'operator' | 'admin';

/** Filters of the register that a person keeps under a name; theirs alone. */
export interface ViewRecord {
  /** As the person wrote it. */
  readonly name: string;
  /** The filters as they stand in the register's address, without a question mark. */
  readonly query: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
}

/** Why a signal is told. */
export type SignalReason = 'event' | 'raised' | 'grown' | 'repeated' | 'escalated' | 'digest' | 'closed' | 'test';

/** One message over one channel, to be sent or sent: a record of its own, retried through restarts. */
export interface SignalDelivery {
  /** Also the `webhook-id`: the same in each retry. */
  readonly id: string;
  /** Name of the rule. */
  readonly signal: string;
  /** Which of the rule's channels, from 0: those of `notify`, then those of `escalate`. */
  readonly channel: number;
  /** The event that it tells of; 0: of none. */
  readonly seq: number;
  readonly createdAt: number;
  /** `delivered`: the channel took it. Of mail that says that it is in our queue; `message` tells what became of it. */
  readonly state: 'pending' | 'delivered' | 'failed';
  readonly attempts: number;
  readonly nextAttemptAt: number | null;
  readonly lastAttemptAt: number | null;
  /** Status code, exit code, or the error's text. */
  readonly lastAnswer: string | null;
  /** What is told, JSON. */
  readonly body: string;
  /** Absent in records of earlier versions: `event`. */
  readonly reason?: SignalReason;
  /** The signal that it tells of; absent: an event by itself. */
  readonly record?: SignalId;
  /** Of mail: to whom, and in which language. */
  readonly to?: string;
  readonly language?: Language;
  /** Of mail: the message that it became. */
  readonly message?: MessageId;
  /** Other events that the body speaks of. */
  readonly about?: readonly number[];
  /** How often it was sent again by hand. Absent: never. */
  readonly round?: number;
}

/** An address that mail is not sent to. */
export interface SuppressionRecord {
  /** Normalised; its name in the list. */
  readonly address: string;
  /** `bounce`, `complaint`: by a report's evidence; `manual`: by a person. */
  readonly reason: 'bounce' | 'complaint' | 'manual';
  /** In words of whoever set it, or the reply that did; null: none. */
  readonly note: string | null;
  /** Name of the token or user; null: relais itself. */
  readonly by: string | null;
  /** Unix milliseconds. */
  readonly at: number;
  /** Unix milliseconds from which it no longer holds; null: until it is lifted. */
  readonly until: number | null;
  /** The message whose report led to it. */
  readonly message: MessageId | null;
}

/** What a rule found in a message. */
export interface RuleFinding {
  /** Name of the profile that the rule is of; null: of the rules of the configuration, or those tried. */
  readonly profile: string | null;
  /** Which rule, from 0, of the profile or of the rules. */
  readonly index: number;
  readonly rule: ReferenceRule;
  readonly value: string;
  /** The first that found something for its field. */
  readonly decides: boolean;
}

/** What rules would find in a message that is stored. */
export interface RuleTrial {
  readonly message: AcceptedMessage;
  /** False: its content is erased or damaged, and header fields other than those recorded were not read. */
  readonly read: boolean;
  readonly findings: readonly RuleFinding[];
  /** What it would be about by these rules. */
  readonly after: References;
}

/** What one call that applies the rules to the past did, or would do. */
export interface RulesApplied {
  /** Messages that were looked at. */
  readonly matched: number;
  readonly changed: number;
  /** How many messages changed in each field; `tag` in any tag. */
  readonly fields: Readonly<Partial<Record<ReferenceField | 'stream', number>>>;
  /** Those without content: of them what needs it was not found anew. */
  readonly unread: number;
  /** The first that changed. */
  readonly examples: readonly { readonly message: MessageId; readonly was: ReferencesBefore; readonly after: References }[];
  /** Where the next call goes on; null: all is done. */
  readonly next: string | null;
}

/** What people may do with the rules for references, beside writing them into the configuration. */
export interface ReferenceDesk {
  /** Events of the feed that are still to be read for attachments and streams. */
  readonly behind: number;
  /** What the rules of the configuration, or other ones in their place, find in the newest messages of the filter. */
  try(request: {
    readonly filter: MessageFilter;
    readonly limit: number;
    readonly rules?: readonly ReferenceRule[];
    readonly profiles?: readonly string[];
  }): Promise<readonly RuleTrial[]>;
  /**
   * Finds anew, by the rules of the configuration, what the messages of the filter are about: what rules
   * found before changes or goes, what was said stays. In slices, until the deadline or the end.
   */
  apply(request: {
    readonly filter: MessageFilter;
    readonly cursor?: string;
    readonly dryRun: boolean;
    /** Unix milliseconds. */
    readonly deadline: number;
    readonly signal: AbortSignal;
  }): Promise<RulesApplied>;
}

/** Mail of one kind, where no template is named: told by the fingerprint of its subject and HTML. */
export interface StreamRecord {
  /** Given by people; null: none yet. Several streams may bear the same. */
  readonly name: string | null;
  /** Who named it last, and when; null: nobody did. */
  readonly named: { readonly by: string | null; readonly at: number } | null;
  /** Whose mail it is: streams of two accounts are two. */
  readonly account: string;
  /** The subject with what varies from one to the next taken out, for people who are to name it. */
  readonly pattern: string;
  /** One of its messages. */
  readonly example: MessageId;
  /** Unix milliseconds: acceptance of the first and the last that were counted. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** How many were counted. */
  readonly messages: number;
}

/** What is kept of a next hop through restarts. */
export interface NextHopRecord {
  readonly paused: { readonly at: number; readonly by: string | null } | null;
  /** Refusals in a row; 0: all is well. */
  readonly failures: number;
  /** Unix milliseconds until which it is left alone. */
  readonly blockedUntil: number;
  readonly lastError: string | null;
  /** Its block was not told of: it was part of a larger fault that was. Absent: it was told. */
  readonly silent?: true;
  /**
   * Unix milliseconds at which messages went that its rate still counts; those that may go before the
   * next record is written are in it already, at the latest instant at which they may.
   */
  readonly sentAt: readonly number[];
}

/** How far a mailbox of reports was read (RFC 3501 §2.3.1.1), and how its last collection went. */
export interface MailboxRecord {
  /** A decimal, as IMAP gives it; null: never opened. */
  readonly uidValidity: string | null;
  /** All up to this UID was taken. */
  readonly lastUid: number;
  readonly lastRun: MailboxRun | null;
}

export interface MailboxRun {
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Messages taken, those of them that came before, and those that fit nothing. */
  readonly taken: number;
  readonly repeated: number;
  readonly unmatched: number;
  /** Mail that is no report, left as it is; absent in records of earlier versions. */
  readonly left?: number;
  /** Why it ended early, or left something undone; null: all is read. */
  readonly error: string | null;
}

/** The collection of reports from the mailboxes, `/sync`. */
export interface Collector {
  /** Collects from all now, or joins the collection that is running; resolves with how it went. */
  collect(): Promise<CollectorStatus>;
  status(): CollectorStatus;
}

export interface CollectorStatus {
  readonly running: boolean;
  readonly mailboxes: readonly {
    readonly name: string;
    readonly folder: string;
    readonly state: 'connected' | 'waiting' | 'failing' | 'stopped';
    /** Unix milliseconds of the next collection by schedule; null: it waits for the server's word (IDLE). */
    readonly nextRunAt: number | null;
    readonly lastRun: MailboxRun | null;
  }[];
}

/** Reports since the room was started. */
export interface ReportCounts {
  readonly reports: readonly {
    readonly via: ReportRecord['via'];
    readonly kind: ReportRecord['kind'];
    /** `counted`: one of too many automatic replies, of which no record is kept. */
    readonly outcome: 'recorded' | 'repeated' | 'counted';
    readonly count: number;
  }[];
  /** Refused at the listener: too many from an address or for a message, in a loop. */
  readonly refused: readonly { readonly reason: 'address' | 'message' | 'loop'; readonly count: number }[];
}

/** What the other rooms may ask of the reports. */
export interface ReportDesk {
  readonly collector: Collector;
  counts(): ReportCounts;
  /** Takes in a raw report; resolves once it is durable. `repeated`: it came before, and nothing changed. */
  take(report: {
    readonly raw: Buffer;
    readonly via: 'api' | 'file';
    readonly source: string | null;
  }): Promise<{ readonly report: ReportRecord; readonly repeated: boolean; readonly transitions: readonly Transition[] }>;
  /**
   * Ties a report of the review list to a recipient by a person's word, with what it says as
   * evidence. Refused: the report or recipient is not there, it is tied already, or says nothing.
   */
  link(request: {
    readonly report: ReportId;
    readonly message: MessageId;
    /** By position; absent: the recipient that the report names, or the only one there is. */
    readonly index?: number;
    readonly by: string | null;
  }): Promise<LinkAnswer>;
  /** Recipients that an unmatched report may speak of, best first, for the person who links it. */
  candidates(report: ReportId): Promise<readonly ReportMatch[]>;
}

export type LinkAnswer =
  | { readonly kind: 'linked'; readonly report: ReportRecord; readonly transitions: readonly Transition[] }
  | {
      readonly kind: 'refused';
      readonly reason:
        | 'report-not-found'
        | 'message-not-found'
        | 'recipient-not-found'
        | 'recipient-ambiguous'
        | 'already-linked'
        | 'says-nothing';
    };

/** A rule of signals and how it does. */
export interface SignalRuleStatus {
  readonly rule: SignalRule;
  /** In the order in which deliveries number them. */
  readonly channels: readonly SignalChannelStatus[];
  /** Signals that are not closed, and those of them that nobody acknowledged. */
  readonly open: number;
  readonly unacknowledged: number;
  /** Unix milliseconds of its last event; null: none is known. */
  readonly lastAt: number | null;
}

export interface SignalChannelStatus {
  readonly name: string;
  readonly kind: SignalChannel['kind'];
  /** Hears of signals only when they are escalated. */
  readonly escalation: boolean;
  /** `off`: it answered 410. `failing`: left alone until the next try. */
  readonly state: 'on' | 'failing' | 'off';
  /** Deliveries that wait for it, those of other rules too. */
  readonly waiting: number;
  readonly lastError: string | null;
}

/** What a rule would have done in the past. */
export interface SignalTrial {
  /** Unix milliseconds: the time that was looked at. Shorter than asked where there was too much, or the feed begins later. */
  readonly from: number;
  readonly to: number;
  readonly complete: boolean;
  /** Events that the rule means. */
  readonly events: number;
  /** How often it would have told somebody. */
  readonly fired: number;
  /** Signals it would have opened; 0 where each event is told by itself. */
  readonly signals: number;
  /** By day in UTC, the oldest first. */
  readonly days: readonly { readonly date: string; readonly fired: number }[];
  /** The latest, the newest first. */
  readonly examples: readonly {
    readonly at: number;
    readonly reason: SignalReason;
    readonly title: string;
    readonly count: number;
    readonly message: MessageId | null;
  }[];
}

/** What the other rooms may ask of the signals. */
export interface SignalDesk {
  rules(): readonly SignalRuleStatus[];
  /** Newest first. */
  records(filter: { readonly rule?: string; readonly state?: readonly SignalState[] }): readonly SignalRecord[];
  record(id: string): SignalRecord | undefined;
  /** One line that says what the matter is. */
  title(record: SignalRecord, language: Language): string;
  /** All that are open of a rule, or one by its id; undefined: there is no such rule or signal. Durable once it resolves. */
  acknowledge(name: string, by: { readonly by: string | null; readonly note: string | null }): Promise<readonly SignalRecord[] | undefined>;
  close(id: string, by: string | null): Promise<SignalRecord | undefined>;
  /** Sends a test to each channel of the rule; undefined when there is no such rule. */
  test(rule: string): Promise<readonly SignalDelivery[] | undefined>;
  /** Tries one again now, whatever its state; undefined when there is none, or its channel is gone. */
  retry(delivery: string): Promise<SignalDelivery | undefined>;
  /** What a rule would have done; of the configuration by its name, or any. Undefined: there is no such rule. */
  tryOut(request: {
    readonly rule: string | SignalRule;
    /** Unix milliseconds. */
    readonly from: number;
    readonly to: number;
    readonly language: Language;
    readonly signal: AbortSignal;
  }): Promise<SignalTrial | undefined>;
  channelOf(delivery: SignalDelivery): SignalChannelStatus | undefined;
  /** Runs, those with the latest mail first. */
  runs(): readonly RunRecord[];
  run(id: string): RunRecord | undefined;
  /** Holds what waits of a run, and what still comes; or lets what is held of it go on. Undefined: there is no such run. */
  holdRun(id: string, by: string): Promise<RunRecord | undefined>;
  releaseRun(id: string, by: string): Promise<RunRecord | undefined>;
}

/** What a domain's MTA-STS policy said when it was fetched. */
export interface MtaStsPolicyRecord {
  /** Of the DNS record that announced it. */
  readonly id: string;
  readonly mode: 'enforce' | 'testing' | 'none';
  readonly mx: readonly string[];
  /** Milliseconds it holds from then. */
  readonly maxAge: number;
  /** Unix milliseconds. */
  readonly fetchedAt: number;
}

/**
 * A message that comes from inside: the send API, a resend, a notification. It goes the way of one
 * that came by SMTP: the same limits, header fields, spool and register.
 */
export interface SubmissionRequest {
  readonly origin: 'api' | 'resend' | 'notification';
  readonly account: string;
  readonly envelope: Envelope;
  /** An RFC 5322 message with CRLF; X-Relais-* fields are read and taken off. */
  readonly content: Buffer | Readable;
  /** Who asked; null: relais itself. */
  readonly client: SubmissionClient | null;
  /** Win over those of the header, field by field. */
  readonly references?: Partial<References>;
  readonly supersedes?: MessageId;
  readonly concerns?: MessageId;
  /** Unix milliseconds before which it is not tried. */
  readonly releaseAt?: number;
  /** Says that this is the same request as one before, `until` then (Unix milliseconds): nothing is recorded twice. */
  readonly key?: AcceptKey;
  /** Kept with the message, so that the answer to a repeated key tells which request used it first. */
  readonly requestHash?: string;
}

export interface AcceptKey {
  readonly value: string;
  readonly until: number;
}

export type SubmissionAnswer =
  /** Durable. `repeated`: by an earlier request with this key; `message` is that one's. */
  | { readonly kind: 'recorded'; readonly message: AcceptedMessage; readonly repeated: boolean }
  /** With the reply that SMTP would have given; 4xx: later. */
  | { readonly kind: 'refused'; readonly reply: Reply };

export interface Submitter {
  submit(request: SubmissionRequest): Promise<SubmissionAnswer>;
}

/** What evidence is asked for, by whom, and in which language. */
export interface EvidenceRequest {
  readonly subject:
    | { readonly kind: 'message'; readonly detail: MessageDetail }
    | { readonly kind: 'document'; readonly record: DocumentRecord };
  readonly by: AuditActor;
  readonly language: Language;
}

/** What the other rooms may ask of the evidence. */
export interface EvidenceDesk {
  /** With which evidence and seals are verified. */
  readonly key: EvidenceKey;
  /** All that is known, sealed up to now, and signed. */
  make(request: EvidenceRequest): Promise<SignedEvidence>;
  /** The same for people, as PDF, with the statement in it; signed as a whole as well. */
  pdf(evidence: SignedEvidence): Promise<Buffer>;
}

export interface QueueCounts {
  readonly messages: number;
  readonly queued: number;
  readonly deferred: number;
  readonly held: number;
}

export interface StoreHealth {
  /** Mail can be taken and outcomes committed. */
  readonly writable: boolean;
  /** Why not. */
  readonly reason: string | null;
  readonly freeOctets: number;
}

/** Gauges and counts for /metrics. */
export interface StoreMetrics {
  readonly commits: number;
  readonly committedOperations: number;
  /** Messages accepted since the store was opened. */
  readonly accepted?: number;
  /** Observed after each commit with its duration in seconds; set by the metrics page. */
  onCommit: ((seconds: number, operations: number) => void) | null;
  /** Entries of the spool, or records, that a crash left without their other half; dropped at opening. */
  readonly orphans: { readonly contents: number; readonly records: number };
}

/** A seal with the leaves under it, 32 octets each; null: their events are erased, and so are they. */
export interface SealedLeaves {
  readonly seal: Seal;
  readonly leaves: Buffer | null;
}

/** The seals over the feed, which only grow (ledger.ts). */
export interface Ledger {
  /** The newest; undefined: there is none yet. */
  readonly last: Seal | undefined;
  /** Sequence number of the first event that is not sealed: there may be none of it yet. */
  readonly next: number;
  /** Appends one. False: it does not follow the newest, and nothing is written. */
  append(seal: Seal, leaves: Buffer): Promise<boolean>;
  /** The one that is over an event; undefined: none is. */
  covering(seq: number): Promise<SealedLeaves | undefined>;
  /** Those over events after `after`, oldest first. */
  list(part: { readonly after: number; readonly limit: number }): Promise<readonly Seal[]>;
  /** What the personal parts of events are salted with, base64; made when it is first asked for. */
  salt(): Promise<string>;
}

export interface Store {
  // ── Accepting ──
  /** Starts the content of `message`. The spool entry's header is written from it. */
  openContent(message: PreparedMessage): ContentWriter;
  /**
   * Makes message and content durable, with `message.accepted`; the 250 may be answered once it
   * resolves, and not before. Recipients are due at `dueAt`. With a `key` that was used before and
   * still holds, nothing is recorded, the content is let go, and the message of then is given. Where
   * it supersedes a message, that one gets its `message.resent` in the same commit.
   */
  accept(request: {
    readonly message: PreparedMessage;
    readonly content: ContentWriter;
    readonly dueAt: number;
    readonly expireAt: number;
    readonly key?: AcceptKey;
  }): Promise<AcceptedMessage>;

  // ── Delivering ──
  /** All pending recipients, in slices; at boot. */
  schedule(): AsyncIterable<readonly ScheduledRecipient[]>;
  /** Hears of every change of the schedule after its commit; returns how to stop. */
  onSchedule(listener: (changes: readonly ScheduleChange[]) => void): () => void;
  /**
   * Begins the attempts of those recipients that are still free, durably, before anything is dialled.
   * One that was not tried yet and stands in `suppressions` becomes `suppressed` in this commit instead.
   */
  claim(request: ClaimRequest): Promise<Claim>;
  /** Applies evidence, all in one commit; idempotent. In the order of `items`. */
  apply(items: readonly EvidenceItem[], now: number): Promise<readonly Transition[]>;
  /** Content of a message, verified. Throws StoreError `erased`, `corrupt`, `not-found`. */
  content(id: MessageId): Promise<StoredContent>;

  // ── Reports ──
  /**
   * Keeps a report with its raw bytes and applies what it proves, in one commit. With a `fingerprint`
   * that a report bore before it is the same one by another way, or once more: `report` is that one.
   * `repeated`: nothing changes, for that one is tied to one of these recipients, or this one to none.
   * Where that one was tied to nothing and this one is, that one is tied as this one would have been.
   */
  recordReport(request: {
    readonly report: Omit<ReportRecord, 'size' | 'sha256'>;
    readonly raw: Buffer;
    readonly items: readonly EvidenceItem[];
    readonly now: number;
    readonly fingerprint?: string;
  }): Promise<{ readonly report: ReportRecord; readonly transitions: readonly Transition[]; readonly repeated: boolean }>;
  /**
   * Ties a report of the review list to recipients and applies what it proves, in one commit. One
   * that is tied already is left as it is (`linked: false`). Throws StoreError `not-found`.
   */
  linkReport(request: {
    readonly id: ReportId;
    readonly matches: readonly ReportMatch[];
    readonly items: readonly EvidenceItem[];
    readonly now: number;
  }): Promise<{ readonly linked: boolean; readonly report: ReportRecord; readonly transitions: readonly Transition[] }>;
  /** Messages that a report may speak of, newest first: by what the sender, or the next hop's reply, named them. */
  messagesKnownAs(
    name: { readonly messageId: string } | { readonly envelopeId: string } | { readonly remoteId: string },
    limit: number,
  ): Promise<readonly MessageId[]>;
  report(id: ReportId): Promise<{ readonly report: ReportRecord; readonly raw: Buffer } | undefined>;
  reports(filter: ReportFilter, page: PageRequest): Promise<Page<ReportRecord>>;

  // ── References ──
  /**
   * Changes what messages are about, all in one commit: their records, what they are found by, and a
   * `message.referenced` of each where more than its stream changed. `mode` is `set` unless given. A message that is not there is left out, one that nothing changes of too. With
   * `consumer` its position moves in the same commit. Gives those that changed, in the order of `items`.
   */
  setReferences(request: {
    readonly items: readonly { readonly message: MessageId; readonly references: ReferenceChange }[];
    readonly mode?: ChangeMode;
    readonly consumer?: { readonly name: string; readonly seq: number };
    readonly now: number;
  }): Promise<readonly MessageId[]>;
  /** What is known of the streams that messages belong to, by fingerprint: those that were seen often, or have a name. */
  readonly streams: Collection<StreamRecord>;

  // ── Reading ──
  message(id: MessageId): Promise<MessageDetail | undefined>;
  /** Message and recipients without attempts, reports and events: what delivery and reports need. */
  record(id: MessageId): Promise<{ readonly message: AcceptedMessage; readonly recipients: readonly RecipientRecord[] } | undefined>;
  messages(filter: MessageFilter, page: PageRequest): Promise<Page<MessageSummary>>;
  /**
   * All that match, newest first, in slices, some of which may be empty: for exports. Read as they are
   * asked for; nothing is held for a reader who takes long. What is accepted once it began is not among them.
   */
  scan(filter: MessageFilter): AsyncIterable<readonly MessageSummary[]>;
  statistics(request: StatisticsRequest): Promise<readonly StatisticsRow[]>;
  /** Documents with their verdicts, each once, those with the newest mail that fits the filter first. */
  documents(filter: DocumentFilter, judging: Judging, page: PageRequest): Promise<Page<DocumentRecord>>;
  /** One document; undefined: no mail carried it. */
  document(request: DocumentRequest, judging: Judging): Promise<DocumentRecord | undefined>;
  /** Addresses that mail went to, each once, those with the newest mail first. */
  contacts(filter: ContactFilter, page: PageRequest): Promise<Page<ContactRecord>>;
  /** Mail to an address, normalised, newest first. */
  mailTo(
    request: { readonly address: string; readonly state?: readonly string[]; readonly account?: readonly string[] },
    page: PageRequest,
  ): Promise<Page<ContactMail>>;

  // ── The feed ──
  /** Events after `after`, oldest first. Throws StoreError `cursor-expired`. */
  changes(request: {
    readonly after: number;
    readonly limit: number;
    readonly types?: readonly EventType[];
    readonly accounts?: readonly string[];
  }): Promise<FeedPage>;
  /** Sequence number of the last committed event; 0 when there is none. */
  readonly lastSeq: number;
  /** Resolves when `lastSeq` is past `after`, or the signal aborts. */
  waitForChanges(after: number, signal: AbortSignal): Promise<void>;
  /** Appends an event that belongs to no recipient (queue.*, mailbox.*, message.resent). */
  appendEvent(event: EventDraft & { readonly message?: MessageId }, now: number): Promise<FeedEvent>;
  /** Named positions kept for readers of the feed. */
  readonly consumers: Collection<{ readonly seq: number; readonly at: number }>;

  /** Seals over the feed. What is not sealed yet no clean-up takes, as with any reader of the feed. */
  readonly ledger: Ledger;

  // ── Signals ──
  /**
   * Moves a consumer, and writes what it decided and its deliveries, in one commit: none is lost, none
   * is doubled. With `from` only if it stands there: false, where another reader moved it. Without, only
   * if that moves it on. A delivery that is there already is left as it is.
   */
  recordSignals(request: {
    readonly consumer: string;
    readonly from?: number;
    readonly seq: number;
    readonly deliveries: readonly SignalDelivery[];
    readonly changes?: SignalChanges;
    readonly now: number;
  }): Promise<boolean>;
  updateSignal(delivery: SignalDelivery): Promise<void>;
  signal(id: string): Promise<SignalDelivery | undefined>;
  pendingSignals(): Promise<readonly SignalDelivery[]>;
  /** Deliveries by rule, newest first. */
  signals(filter: { readonly signal: string }, page: PageRequest): Promise<Page<SignalDelivery>>;
  /** Signals by id: open, acknowledged, and those lately closed. */
  readonly signalRecords: Collection<SignalRecord>;
  /** Recipients that open signals wait for, by `signal message index`. */
  readonly signalMembers: Collection<SignalMember>;
  /** What rules remember, by a name of theirs. */
  readonly signalStates: Collection<object>;
  /** By the run's key. */
  readonly runs: Collection<RunRecord>;
  /** By the channel's name. */
  readonly signalChannels: Collection<SignalChannelRecord>;

  // ── Administration ──
  /** By normalised address. */
  readonly suppressions: Collection<SuppressionRecord>;
  /** How far each mailbox of reports was read, by the mailbox's name. */
  readonly mailboxes: Collection<MailboxRecord>;
  /** By the delivery's name of the hop. */
  readonly nextHops: Collection<NextHopRecord>;
  /** MTA-STS policies of recipients' domains (RFC 8461 §5.1), by domain. */
  readonly mtaStsPolicies: Collection<MtaStsPolicyRecord>;
  readonly tokens: Collection<TokenRecord>;
  readonly users: Collection<UserRecord>;
  /** By `kind/owner/id`: of whom, and of several the first made comes first. */
  readonly views: Collection<ViewRecord>;
  /** By the SHA-256, in hex, of what the browser's cookie holds. */
  readonly sessions: Collection<SessionRecord>;
  /** By `tokens/NAME` or `users/NAME`: apart from the records, which a late note of a use can not bring back. */
  readonly uses: Collection<UseRecord>;
  /**
   * Appends to the audit log, in one commit and in this order; nothing there is changed or taken
   * afterwards. Durable once it resolves, with the ids it gave.
   */
  appendAudit(...entries: readonly AuditEntry[]): Promise<readonly AuditRecord[]>;
  /** The audit log, newest first. */
  audits(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>>;
  /** By `legalHoldKey`. Once one is put nothing that lies under it is erased any more, not by what had begun either. */
  readonly legalHolds: Collection<LegalHoldRecord>;
  /**
   * Erases records and bytes; what is pending is refused unless `force`, which cancels first. What lies
   * under a legal hold is refused whatever is asked.
   */
  erase(request: { readonly ids: readonly MessageId[]; readonly force: boolean; readonly now: number }): Promise<readonly EraseResult[]>;
  /** Counts what a clean-up would take. */
  planCleanup(request: CleanupRequest): Promise<CleanupCounts>;
  /**
   * Takes it, in slices that leave the event loop free, and most of the time to the mail that flows.
   * `signal` ends it between two slices: what it has taken is taken, and counted.
   */
  cleanup(
    request: CleanupRequest,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (counts: CleanupCounts) => void },
  ): Promise<CleanupCounts>;

  /**
   * Makes a backup that holds one instant after the call: all that was answered before it, nothing
   * by half. Mail goes on meanwhile. Throws BackupError; one at a time. What can only be backed up by
   * other means throws it too.
   */
  backup(request: BackupRequest): Promise<BackupRecord>;
  /** The whole backups in a directory, newest first; none where there is no such directory. */
  backups(dir: string): Promise<readonly BackupRecord[]>;
  /**
   * Erases one person's data: messages to this address alone; in all else that is kept the address is
   * replaced by a salted hash of it. What lies under a legal hold stays, and is counted. In slices that
   * leave the event loop free; what was begun and cut off by a crash is done again by asking again.
   */
  eraseSubject(request: SubjectErasureRequest): Promise<SubjectErasureAnswer>;
  /** What an address is, or would be, replaced by. */
  pseudonymOf(address: string): Promise<string>;
  /** Of each erasure the record that stays, by its id. */
  readonly erasures: Collection<SubjectErasureRecord>;
  /** The last runs, by the time at which they began, in 15 digits. */
  readonly cleanupRuns: Collection<CleanupRunRecord>;

  // ── State ──
  readonly queue: QueueCounts;
  readonly metrics: StoreMetrics;
  health(): StoreHealth;
  /** Told once, when a write was rejected: nothing is taken any more; close and open again, or exit. */
  onPoisoned(listener: (cause: Error) => void): void;
  /** Waits for what is being committed and lets go of the files. */
  close(): Promise<void>;
}

/** How a next hop stands, for /queue. */
export interface NextHopStatus {
  readonly nextHop: string;
  readonly via: 'smarthost' | 'mx' | 'sandbox' | 'hold';
  readonly state: 'active' | 'paused' | 'blocked';
  readonly waiting: number;
  readonly attempting: number;
  readonly connections: number;
  /** Unix milliseconds: acceptance of the oldest message waiting. */
  readonly oldestAt: number | null;
  /** Unix milliseconds: when the next one is due. */
  readonly nextDueAt: number | null;
  readonly lastReply: Reply | null;
  readonly lastError: string | null;
  /** Unix milliseconds until which the hop as a whole is left alone. */
  readonly blockedUntil: number | null;
  /** Since when, and by whom; null: it is not. */
  readonly paused: NextHopRecord['paused'];
}

/** What administrators may ask of the delivery. */
export interface DeliveryControl {
  nextHops(): readonly NextHopStatus[];
  /** Each: false when no such next hop is known. `by`: who asks; null: relais itself. Durable once it resolves. */
  pause(nextHop: string, by: string | null): Promise<boolean>;
  resume(nextHop: string, by: string | null): Promise<boolean>;
  /** Makes everything waiting due now. */
  flush(nextHop: string, by: string | null): Promise<boolean>;
  /** Observed after each attempt; set by the metrics page. */
  onAttempt: ((attempt: Attempt) => void) | null;
  /** Observed with each session that was dialled or refused for its TLS; set by the metrics page. */
  onTlsSession: ((session: TlsSession) => void) | null;
}
