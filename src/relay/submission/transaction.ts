/** One mail transaction (RFC 5321 §3.3) from MAIL to DATA: what it has gathered. */
import type { EnvelopeRecipient } from '../../domain/envelope.ts';
import type { MailCommand } from './envelope-commands.ts';
import { type Refusal, refusal } from './refusal.ts';

export interface Transaction {
  readonly account: string;
  readonly mail: MailCommand;
  /** Unix milliseconds; null: at once. */
  readonly releaseAt: number | null;
  readonly recipients: EnvelopeRecipient[];
  /** Indexes by address; made with the second recipient. */
  byAddress: Map<string, number> | null;
}

/**
 * A repeated RCPT takes the place of the one before: the recipient gets the message once, and a client
 * that corrects its NOTIFY or ORCPT is believed. Local parts are told apart by case (RFC 5321 §2.4).
 */
export function addRecipient(transaction: Transaction, recipient: EnvelopeRecipient, limit: number): Refusal | null {
  const { recipients } = transaction;
  if (recipients.length === 0) {
    recipients.push(recipient);
    return null;
  }
  transaction.byAddress ??= new Map(recipients.map(({ address }, index) => [address, index]));
  const index = transaction.byAddress.get(recipient.address);
  if (index !== undefined) {
    recipients[index] = recipient;
    return null;
  }
  // RFC 5321 §4.5.3.1.10: the client sends the rest in another transaction.
  if (recipients.length >= limit) return refusal(452, '4.5.3', `No more than ${limit} recipients a message; send it again to the others`);
  transaction.byAddress.set(recipient.address, recipients.length);
  recipients.push(recipient);
  return null;
}
