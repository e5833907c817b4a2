/**
 * Puts what a caller does into the audit log; called by the handlers of the API and of the pages.
 *
 * Content that is shown or handed out: before it is, so that nobody sees what was not recorded.
 * Changes: after they were made, so that nothing is told that did not happen. Where the store takes
 * no writes it throws, and the answer is 503.
 */
import type { AuditAction, AuditActor, AuditEntry, AuditSubjectKind } from '../domain/audit.ts';
import type { Shared } from './api/context.ts';
import type { Caller } from './auth/caller.ts';

export interface Act {
  readonly action: AuditAction;
  /** What it was done to; absent: more than can be named, `detail` tells. */
  readonly subject?: { readonly kind: AuditSubjectKind; readonly id: string };
  /** Small and flat: no content, no secret. */
  readonly detail?: AuditEntry['detail'];
}

/** Who acts: a caller, whoever is about to become one, or relais itself. */
export type Actor = AuditActor & Pick<Caller, 'address'>;

/** `await audit(shared, caller, { action: 'message.resent', subject: { kind: 'message', id }, detail: { resent } })`. */
export async function audit({ options }: Pick<Shared, 'options'>, caller: Actor, ...acts: readonly Act[]): Promise<void> {
  if (acts.length === 0) return;
  const { store, now } = options;
  const { kind, name, address } = caller;
  const common = { at: now(), by: { kind, name }, address };
  const entries = acts.map(
    ({ action, subject, detail }): AuditEntry => ({ ...common, action, subject: subject ?? { kind: 'all', id: '' }, detail: detail ?? {} }),
  );
  await store.appendAudit(...entries);
}

/** The act of each of many messages. */
export function ofMessages(action: AuditAction, ids: readonly string[], detail: AuditEntry['detail'] = {}): Act[] {
  return ids.map((id) => ({ action, subject: { kind: 'message', id }, detail }));
}
