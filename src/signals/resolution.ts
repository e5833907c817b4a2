/**
 * Which recipients went through by an event: the one that it names, and those of the messages that
 * this one was sent again from. Pure.
 */
import { normalizeAddress } from '../domain/address.ts';
import type { MessageId } from '../domain/ids.ts';
import type { RecipientRecord } from '../domain/recipient.ts';
import type { MessageRecord } from '../domain/signal-match.ts';
import type { Occurrence } from './decider.ts';

export interface Resolved {
  readonly message: MessageId;
  readonly index: number;
}

/** `waitedOf`: the recipients of a message that somebody waits for. */
export function resolvedBy({ event, record, lineage }: Occurrence, waitedOf: (message: MessageId) => readonly number[]): Resolved[] {
  const { message, index, type } = event;
  if (message === undefined) return [];
  // A message that was erased goes nowhere any more; nor does one that a person took out.
  if (type === 'message.deleted') return waitedOf(message).map((one) => ({ message, index: one }));
  if (index === undefined) return [];
  const resolved: Resolved[] = [{ message, index }];
  if (record === null || type === 'recipient.cancelled') return resolved;
  for (const earlier of lineage) resolved.push(...resolvedEarlier(earlier, record, index, waitedOf(earlier.message.id)));
  return resolved;
}

/**
 * A recipient of the earlier message has gone through with the same address in the later one. One
 * that is not in the later one was given another address: it has gone through when all new
 * addresses have, and there are as many of them.
 */
function resolvedEarlier(earlier: MessageRecord, later: MessageRecord, index: number, waited: readonly number[]): Resolved[] {
  if (waited.length === 0) return [];
  const message = earlier.message.id;
  const before = namesOf(earlier.recipients);
  const after = namesOf(later.recipients);
  const same = waited.filter((one) => before[one] === after[index]);
  if (same.length > 0) return same.map((one) => ({ message, index: one }));
  const replaced = waited.filter((one) => !after.includes(before[one] ?? ''));
  const fresh = later.recipients.filter((_, i) => !before.includes(after[i] ?? ''));
  if (replaced.length === 0 || fresh.length < replaced.length || !fresh.every(wentThrough)) return [];
  return replaced.map((one) => ({ message, index: one }));
}

function namesOf(recipients: readonly RecipientRecord[]): string[] {
  return recipients.map(({ address }) => normalizeAddress(address));
}

function wentThrough({ state }: RecipientRecord): boolean {
  return state === 'transferred' || state === 'delivered';
}
