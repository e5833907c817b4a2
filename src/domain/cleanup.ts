/** What a clean-up takes, what it counts, and who is asked for one. */
import type { AuditActor } from './audit.ts';
import type { RetentionMatch } from './retention.ts';
import type { RetentionSettings } from './settings.ts';

/** A class of mail with times of its own; the first that a message is of counts. */
export interface CleanupClass {
  readonly name: string;
  readonly match: RetentionMatch;
  /** Unix milliseconds: content of its messages accepted before goes. */
  readonly contentBefore: number;
  /** Unix milliseconds: records of its messages accepted before go. */
  readonly recordsBefore: number;
}

/** Times are Unix milliseconds. */
export interface CleanupRequest {
  /** Content of messages accepted before goes, and that of reports received before. */
  readonly contentBefore: number;
  /** Records accepted before go, and with them their reports. */
  readonly recordsBefore: number;
  /** Absent: none, all mail is alike. */
  readonly classes?: readonly CleanupClass[];
  /** The feed is cut before. Events of messages whose record is there stay with these. Absent: `recordsBefore`. */
  readonly eventsBefore?: number;
  /** Reports received before go, and deliveries of signals made before. Absent: `recordsBefore`. */
  readonly reportsBefore?: number;
  /** Entries of the audit log appended before go. Absent: none does. */
  readonly auditBefore?: number;
  /**
   * Milliseconds that what is due waits for readers of the feed, and for deliveries of signals, that
   * have still to read it. Absent: as long as they take.
   */
  readonly patience?: number;
  readonly now: number;
}

/** What was taken, or would be, of one class, and what of it was old enough and stayed. */
export interface CleanupClassCounts {
  /** Null: all that is of no class. */
  readonly name: string | null;
  /** Messages whose content goes; those whose record goes as well are among them. */
  readonly contents: number;
  readonly records: number;
  /** Octets of content. */
  readonly octets: number;
  /** Kept, since they are still in the queue. */
  readonly keptPending: number;
  /** Kept, since they lie under a legal hold. */
  readonly keptHeld: number;
  /** Kept, since a reader of the feed or a signal has still to read of them. */
  readonly keptUnread: number;
}

/** The sums over all classes, and what is no message. */
export interface CleanupCounts extends Omit<CleanupClassCounts, 'name'> {
  readonly classes: readonly CleanupClassCounts[];
  readonly reports: number;
  readonly events: number;
  /** Entries of the audit log. */
  readonly audits: number;
  /** Deliveries of signals. */
  readonly deliveries: number;
}

export interface CleanupRunRecord {
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Name of who asked; null: the schedule did. */
  readonly by: string | null;
  readonly counts: CleanupCounts;
  /** Why it ended early; null: it did all that was due. */
  readonly error: string | null;
}

export const NOTHING_CLEANED: CleanupCounts = {
  classes: [],
  contents: 0,
  records: 0,
  octets: 0,
  keptPending: 0,
  keptHeld: 0,
  keptUnread: 0,
  reports: 0,
  events: 0,
  audits: 0,
  deliveries: 0,
};

/** What a clean-up at `now` takes. */
export function cleanupRequest(retention: RetentionSettings, now: number): CleanupRequest {
  const { audit, classes = [] } = retention;
  return {
    contentBefore: now - retention.content,
    recordsBefore: now - retention.records,
    classes: classes.map(({ name, match, content, records }) => ({
      name,
      match,
      contentBefore: now - content,
      recordsBefore: now - records,
    })),
    eventsBefore: now - (retention.events ?? retention.records),
    reportsBefore: now - (retention.reports ?? retention.records),
    ...(audit === undefined || audit === null ? {} : { auditBefore: now - audit }),
    ...(retention.patience === undefined ? {} : { patience: retention.patience }),
    now,
  };
}

/** What is under way, and what comes. */
export interface CleanupStatus {
  readonly retention: RetentionSettings;
  /** The run that is under way, with what it has taken so far. */
  readonly running: { readonly startedAt: number; readonly by: string | null; readonly counts: CleanupCounts } | null;
  /** The last count of what would be taken; null: none since relais was started. `counts` null: it is being counted. */
  readonly planned: { readonly at: number; readonly counts: CleanupCounts | null } | null;
  /** Unix milliseconds. */
  readonly nextRunAt: number | null;
}

/** The clean-up, as the API and the pages ask for it. */
export interface CleanupDesk {
  /** Counts what would be taken; joins a count that is under way. */
  plan(): Promise<CleanupCounts>;
  /** Runs, or joins the run that is under way. Throws where it could not do all. */
  run(by: AuditActor): Promise<CleanupRunRecord>;
  status(): CleanupStatus;
}
