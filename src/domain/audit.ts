/**
 * The audit log: who looked at content, resent, deleted, changed. Kept apart from the feed: the feed
 * tells what happened to mail, this tells what people and programs did with it.
 */

/** What can be done that is worth being asked about later; never given a new meaning. */
export const AUDIT_ACTIONS = [
  /** Content was shown or handed out; detail `what`: content, preview, attachment. Written before it is. */
  'content.read',
  /** Raw bytes of a report were handed out. */
  'report.read',
  'report.submitted',
  'report.linked',
  'evidence.made',
  'register.exported',
  'message.resent',
  'message.retried',
  'message.held',
  'message.released',
  'message.cancelled',
  'message.deleted',
  /** Detail: how many of what. */
  'cleanup.run',
  'legal-hold.set',
  'legal-hold.lifted',
  'subject.erased',
  'references.applied',
  'stream.named',
  'sync.run',
  'queue.paused',
  'queue.resumed',
  'queue.flushed',
  'suppression.set',
  'suppression.lifted',
  'signal.changed',
  'signal.tested',
  'signal.retried',
  /** All of a run. */
  'run.held',
  'run.released',
  'backup.made',
  'user.created',
  'user.changed',
  'user.deleted',
  'password.changed',
  'totp.set',
  'totp.removed',
  /** New recovery codes were made; or one was used up. */
  'recovery.made',
  'recovery.used',
  'token.created',
  'token.changed',
  'token.revoked',
  'session.opened',
  'session.refused',
  'session.ended',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What kinds of things an entry can be about; `all`: more than one thing, detail says which. */
export const AUDIT_SUBJECTS = [
  'message',
  'report',
  'document',
  'address',
  'next-hop',
  'signal',
  /** By its name. */
  'legal-hold',
  'user',
  'token',
  'session',
  'stream',
  'run',
  'all',
] as const;
export type AuditSubjectKind = (typeof AUDIT_SUBJECTS)[number];

/** Who did it. `local`: the command line on the machine itself; `relais`: by schedule. */
export interface AuditActor {
  readonly kind: 'local' | 'token' | 'user' | 'relais';
  readonly name: string;
}

/** What is to be recorded. Append-only: there is no call that changes or takes one. */
export interface AuditEntry {
  /** Unix milliseconds. */
  readonly at: number;
  readonly by: AuditActor;
  readonly action: AuditAction;
  /** `id`: of the message or report, the name of a user or token, an address; '' with `all`. */
  readonly subject: { readonly kind: AuditSubjectKind; readonly id: string };
  /** What else is to be known, small and flat: no content, no secret. */
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  /** IP address of the client; null: from inside. */
  readonly address: string | null;
}

export interface AuditRecord extends AuditEntry {
  /** 26 characters like a message's id: sorts in the order in which the entries were appended. */
  readonly id: string;
}

/** Filters of the audit log; those given must all hold. */
export interface AuditFilter {
  /** Name of whoever did it. */
  readonly by?: string;
  readonly action?: AuditAction;
  readonly subjectKind?: AuditSubjectKind;
  /** The subject's id. */
  readonly subject?: string;
  /** Unix milliseconds: appended at or after, by the time in its id. */
  readonly from?: number;
  /** Unix milliseconds: appended before. */
  readonly to?: number;
}

/** Whether a record is one that the filter asks for; times aside, which are those of the id. */
export function fitsAudit({ by, action, subject }: AuditRecord, filter: AuditFilter): boolean {
  return (
    (filter.by === undefined || filter.by === by.name) &&
    (filter.action === undefined || filter.action === action) &&
    (filter.subjectKind === undefined || filter.subjectKind === subject.kind) &&
    (filter.subject === undefined || filter.subject === subject.id)
  );
}
