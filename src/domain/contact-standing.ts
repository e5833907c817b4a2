/**
 * How an address stands, by the mail that went to it lately: whether the last of it that ended came
 * through or failed, since when, and what waits. Pure.
 */
import { normalizeAddress } from './address.ts';
import type { MessageId } from './ids.ts';
import type { AcceptedMessage } from './message.ts';
import { isPending, type RecipientRecord, type RecipientState } from './recipient.ts';

/** A mail to an address. */
export interface ContactMail {
  readonly message: AcceptedMessage;
  /** The one of that address. */
  readonly recipient: RecipientRecord;
  readonly contentErased: boolean;
  /** Where it failed or still waits: the messages that were sent again in its place, as far as they are recorded, oldest first. */
  readonly resentAs: readonly AcceptedMessage[];
}

/**
 * - `problem` the last mail that ended failed, and was not sent to a corrected address since
 * - `waiting` nothing has ended yet, something is in the queue
 * - `fine`    the last mail that ended was taken, or confirmed
 * - `settled` what failed last was sent to a corrected address
 * - `unknown` nothing has ended and nothing waits: all was cancelled
 */
export const CONTACT_STATES = ['problem', 'waiting', 'fine', 'settled', 'unknown'] as const;
export type ContactState = (typeof CONTACT_STATES)[number];

export interface ContactStanding {
  readonly state: ContactState;
  /** The mail that says so; null: none has ended. */
  readonly last: ContactMail | null;
  /** Unix milliseconds of the first failure since mail last came through, as far as mail was looked at; null: it does not fail. */
  readonly failingSince: number | null;
  /** Mail that failed since mail last came through and was not sent to a corrected address: newest first. */
  readonly failed: readonly ContactMail[];
  /** Mail still in the queue: newest first. */
  readonly pending: readonly ContactMail[];
}

/** States of those whom mail did not reach, and that no person caused. */
export const FAILED_STATES = ['failed', 'expired', 'suppressed'] as const satisfies readonly RecipientState[];

export function hasFailed(state: RecipientState): boolean {
  return (FAILED_STATES as readonly RecipientState[]).includes(state);
}

/** From the mail to one address, newest first. */
export function standingOfContact(mails: readonly ContactMail[]): ContactStanding {
  const ended = mails.filter(({ recipient: { state } }) => !isPending(state) && state !== 'cancelled');
  const pending = mails.filter(({ recipient }) => isPending(recipient.state));
  const [last] = ended;
  if (last === undefined) return { state: pending.length > 0 ? 'waiting' : 'unknown', last: null, failingSince: null, failed: [], pending };
  const reached = ended.findIndex(({ recipient }) => !hasFailed(recipient.state));
  const streak = reached === -1 ? ended : ended.slice(0, reached);
  const failed = streak.filter((mail) => correctedTo(mail) === null);
  if (reached === 0) return { state: 'fine', last, failingSince: null, failed, pending };
  const failingSince = Math.min(...streak.map(({ recipient }) => recipient.stateSince));
  return { state: correctedTo(last) === null ? 'problem' : 'settled', last, failingSince, failed, pending };
}

/** The corrected address that a mail was sent to in place of this one, and by which message; null: it was not. */
export function correctedTo({
  recipient,
  resentAs,
}: Pick<ContactMail, 'recipient' | 'resentAs'>): { readonly address: string; readonly message: MessageId } | null {
  const old = normalizeAddress(recipient.address);
  for (const { id, envelope } of resentAs.toReversed()) {
    const named = envelope.recipients.find(({ insteadOf }) => insteadOf !== undefined && normalizeAddress(insteadOf) === old);
    if (named !== undefined) return { address: named.address, message: id };
  }
  return null;
}
