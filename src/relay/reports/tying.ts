/**
 * Which recipients of a message a report speaks of, and what it says of each. Pure.
 *
 * A report names the final recipient, which an alias has made another than ours; it may name the
 * original one beside (RFC 3464 §2.3.1), or the one that the sender asked for by ORCPT. Where a
 * message has a single recipient, the report can speak of no other.
 */
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { ReportId } from '../../domain/ids.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { EvidenceItem, ReportedRecipient } from '../../domain/ports.ts';
import type { EvidenceRank, RecipientRecord } from '../../domain/recipient.ts';
import { quotedReply } from './diagnosis.ts';

export interface MessageRecord {
  readonly message: AcceptedMessage;
  readonly recipients: readonly RecipientRecord[];
}

/** What the report says of one recipient of the message. */
export interface Said {
  readonly index: number;
  readonly told: ReportedRecipient;
}

/** What asks most for attention comes first. */
const WEIGHT = ['failed', 'complaint', 'delayed', 'delivered', 'expanded', 'relayed', 'auto-reply'] as const;

/** Reported recipients with something to say, the gravest first. */
export function tellingOf(reported: readonly ReportedRecipient[]): ReportedRecipient[] {
  return reported.filter(({ action }) => action !== null).sort((a, b) => weightOf(a) - weightOf(b));
}

function weightOf({ action }: ReportedRecipient): number {
  return action === null ? WEIGHT.length : WEIGHT.indexOf(action);
}

/**
 * What is said of the recipient that a token or a person names: its own group where there is one, or
 * else the gravest, for an alias that was expanded has several.
 */
export function saidOf(
  reported: readonly ReportedRecipient[],
  addressee: string,
  originals: Originals = {},
): ReportedRecipient | undefined {
  const telling = tellingOf(reported);
  const wanted = normalized(addressee);
  return telling.find((one) => namesOf(one, originals).includes(wanted)) ?? telling[0];
}

/** Final recipients with the original ones that the report names beside, both normalised. */
export type Originals = Readonly<Record<string, string>>;

/**
 * Of each recipient that the report names, what it says; the gravest where two groups name the same.
 * None: it names others alone, and the message has several.
 */
export function tieRecipients(
  reported: readonly ReportedRecipient[],
  { message, recipients }: MessageRecord,
  originals: Originals,
): Said[] {
  const found = new Map<number, ReportedRecipient>();
  const telling = tellingOf(reported);
  for (const one of telling) {
    const names = namesOf(one, originals);
    for (const { index, address } of recipients) {
      const orcpt = message.envelope.recipients[index]?.orcpt?.address;
      const own = [normalized(address), ...(orcpt === undefined ? [] : [normalized(orcpt)])];
      if (!found.has(index) && names.some((name) => own.includes(name))) found.set(index, one);
    }
  }
  const [only] = recipients;
  const [gravest] = telling;
  if (found.size === 0 && recipients.length === 1 && only !== undefined && gravest !== undefined) {
    return [{ index: only.index, told: gravest }];
  }
  return [...found].map(([index, told]) => ({ index, told })).sort((a, b) => a.index - b.index);
}

function namesOf({ address }: ReportedRecipient, originals: Originals): string[] {
  if (address === null) return [];
  const name = normalized(address);
  const original = Object.hasOwn(originals, name) ? originals[name] : undefined;
  return original === undefined ? [name] : [name, original];
}

/** An address to be compared; what is none stays what it is, in lower case. */
export function normalized(text: string): string {
  const address = toAddress(text.trim().replace(/^<(.*)>$/, '$1'));
  return address === undefined ? text.trim().toLowerCase() : normalizeAddress(address);
}

export function evidenceItem(of: {
  readonly report: ReportId;
  readonly message: AcceptedMessage['id'];
  readonly said: Said;
  readonly rank: EvidenceRank;
}): EvidenceItem[] {
  const { report, message, rank } = of;
  const { index, told } = of.said;
  const { action, status, diagnostic, category, addressInvalid } = told;
  if (action === null) return [];
  const reply = quotedReply({ action, status, diagnostic });
  return [{ message, index, evidence: { kind: 'report', report, action, rank, category, status, reply, addressInvalid } }];
}
