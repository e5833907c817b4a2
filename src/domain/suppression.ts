/** Whether a recipient is not to be tried because of the suppression list; the same for every store. */
import { normalizeAddress } from './address.ts';
import type { SuppressionRecord } from './ports.ts';
import type { RecipientRecord } from './recipient.ts';

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
