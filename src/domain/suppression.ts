/**
 * The suppression list: whether a recipient is not to be tried because of it, and what evidence puts
 * an address into it. Pure; the same for every store.
 */
import { normalizeAddress } from './address.ts';
import type { MessageId } from './ids.ts';
import type { AcceptedMessage } from './message.ts';
import type { SuppressionRecord } from './ports.ts';
import type { Evidence, RecipientRecord } from './recipient.ts';
import { type Category, formatReply } from './reply.ts';

/**
 * Why a recipient is to be suppressed, in words for its event; null: it is not. One that was tried
 * before is past it: its next hop may have the message already.
 */
export function suppressionOf(
  recipient: Pick<RecipientRecord, 'address' | 'state' | 'attempts'>,
  find: (address: string) => SuppressionRecord | undefined,
  now: number,
): string | null {
  if (recipient.state !== 'queued' || recipient.attempts > 0) return null;
  const found = find(normalizeAddress(recipient.address));
  if (found === undefined || (found.until !== null && found.until <= now)) return null;
  return found.note === null ? found.reason : `${found.reason}: ${found.note}`;
}

// ── By evidence ──

/** When evidence suppresses an address by itself. */
export interface SuppressionPolicy {
  readonly automatic: boolean;
  /** So many permanent failures within `within` milliseconds, of whatever kind counts. */
  readonly failures: number;
  readonly within: number;
  /** A complaint with a token does, too. */
  readonly complaints: boolean;
  /** Milliseconds; null: until a person lifts it. */
  readonly duration: number | null;
}

/** What is kept of an address' failures, so that a decision costs the same however many reports there are. */
export interface FailureHistory {
  /** The latest, oldest first: no more than the policy counts. */
  readonly failures: readonly CountedFailure[];
  /** Unix milliseconds at which a person lifted a suppression: evidence about mail before counts no more. 0: nobody did. */
  readonly since: number;
}

export interface CountedFailure {
  /** Unix milliseconds. */
  readonly at: number;
  readonly message: MessageId;
  readonly index: number;
}

export const NO_FAILURES: FailureHistory = { failures: [], since: 0 };

/**
 * Of these a dead address may be the cause. Never of a full mailbox, of what is refused for content,
 * rate or reputation, or of our own and the provider's faults: those say nothing of the address.
 */
const COUNTED: readonly Category[] = ['mailbox-unknown', 'domain-unknown', 'mailbox-disabled', 'unknown'];

export interface SuppressionCase {
  readonly policy: SuppressionPolicy;
  readonly message: Pick<AcceptedMessage, 'id' | 'acceptedAt'>;
  /** As it stood before the evidence. */
  readonly before: RecipientRecord;
  readonly evidence: Evidence;
  readonly history: FailureHistory;
  /** What stands in the list for the address. */
  readonly listed: SuppressionRecord | undefined;
  readonly now: number;
}

export interface SuppressionVerdict {
  /** Null: as it was. */
  readonly history: FailureHistory | null;
  /** To be put into the list; null: nothing. */
  readonly suppression: SuppressionRecord | null;
}

/** Whether evidence can matter to the list at all; so that most of it costs no look-up. */
export function concernsSuppression(evidence: Evidence): boolean {
  if (evidence.kind === 'report') return evidence.action === 'failed' || evidence.action === 'complaint';
  return evidence.kind === 'attempt-ended' && evidence.attempt.outcome === 'failed';
}

/**
 * What evidence, applied and new, makes of the list. One permanent failure that says that the address
 * is dead is enough with evidence of rank 1 or 2; of others, direct refusals among them, the policy's
 * number. What is listed already stays as it is.
 */
export function judgeSuppression(of: SuppressionCase): SuppressionVerdict {
  const { policy, message, before, evidence, history, now } = of;
  const nothing: SuppressionVerdict = { history: null, suppression: null };
  if (!policy.automatic || !concernsSuppression(evidence) || evidenceTime(of) < history.since) return nothing;
  if (evidence.kind === 'report' && before.attempts === 0) return nothing;
  if (evidence.kind === 'report' && evidence.action === 'complaint') {
    return policy.complaints && evidence.rank === 1 ? { history: null, suppression: suppress(of, 'complaint', null) } : nothing;
  }
  const failure = permanentFailure(evidence);
  if (failure === null) return nothing;
  const known = history.failures.some((one) => one.message === message.id && one.index === before.index);
  const recent = history.failures.filter(({ at }) => at > now - policy.within);
  const failures = known ? recent : [...recent, { at: now, message: message.id, index: before.index }].slice(-policy.failures);
  const enough = failure.dead || failures.length >= policy.failures;
  return { history: { ...history, failures }, suppression: enough ? suppress(of, 'bounce', failure.said) : null };
}

/** When the mail went that the evidence is about. */
function evidenceTime({ message, before, evidence }: SuppressionCase): number {
  if (evidence.kind === 'attempt-ended') return evidence.attempt.at;
  return before.state === 'transferred' ? before.stateSince : message.acceptedAt;
}

/** Null: it is none, or of a kind that says nothing of the address. */
function permanentFailure(evidence: Evidence): { readonly dead: boolean; readonly said: string | null } | null {
  if (evidence.kind === 'attempt-ended') {
    const { reply } = evidence.attempt;
    return COUNTED.includes(evidence.category) ? { dead: false, said: reply === null ? null : formatReply(reply) } : null;
  }
  if (evidence.kind !== 'report' || !COUNTED.includes(evidence.category)) return null;
  const { reply, status, rank, addressInvalid } = evidence;
  const permanent = status === null ? reply === null || reply.code >= 500 : status.startsWith('5');
  if (!permanent) return null;
  return { dead: addressInvalid && rank <= 2, said: reply === null ? status : formatReply(reply) };
}

const NOTE_LIMIT = 500;

/** Null: it is listed already. */
function suppress(
  { policy, message, before, listed, now }: SuppressionCase,
  reason: 'bounce' | 'complaint',
  note: string | null,
): SuppressionRecord | null {
  if (listed !== undefined && (listed.until === null || listed.until > now)) return null;
  return {
    address: normalizeAddress(before.address),
    reason,
    note: note?.slice(0, NOTE_LIMIT) ?? null,
    by: null,
    at: now,
    until: policy.duration === null ? null : now + policy.duration,
    message: message.id,
  };
}
