/**
 * Which recipients are sent a copy: those that the header names in Cc or not at all, where it names
 * others in To (RFC 5322 §3.6.3). Only of messages with several recipients; pure.
 */
import { asciiDomainOf, localPartOf, normalizeAddress } from '../../domain/address.ts';
import type { Envelope, EnvelopeRecipient } from '../../domain/envelope.ts';

/** Octets of the To fields that are read; of a longer list nobody is told to be a copy. */
const FIELD_LIMIT = 256 * 1024;
/** With their folded lines (RFC 5322 §2.2.3). */
const TO_FIELDS = /(?:^|\r\n)to[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)/gi;
/** What stands around addresses and not in them, save where they are quoted. */
const WRITTEN = /[^\s<>(),;:"[\]\\]+@[^\s<>(),;:"\\]+/g;

/** `block`: the header block as it came. */
export function markCopies(envelope: Envelope, block: Buffer): Envelope {
  const { recipients } = envelope;
  if (recipients.length < 2) return envelope;
  const named = addressesInTo(block);
  if (named.size === 0) return envelope;
  const meant = recipients.map((recipient) => isNamed(recipient, named));
  if (!meant.includes(true) || !meant.includes(false)) return envelope;
  return { ...envelope, recipients: recipients.map((recipient, i) => (meant[i] === true ? recipient : { ...recipient, copy: true })) };
}

/** In lower case, as written. */
function addressesInTo(block: Buffer): ReadonlySet<string> {
  const fields = [...block.toString('latin1').matchAll(TO_FIELDS)].map(([, body = '']) => body).join(',');
  if (fields.length > FIELD_LIMIT) return new Set();
  const text = Buffer.from(fields, 'latin1').toString('utf8').normalize('NFC').toLowerCase();
  return new Set([...text.matchAll(WRITTEN)].map(([written]) => written));
}

/** As it was given, or with its domain in the other form. A quoted local part is looked for without its quotes. */
function isNamed({ address }: EnvelopeRecipient, named: ReadonlySet<string>): boolean {
  const given = address.normalize('NFC').toLowerCase();
  const bare = `${localPartOf(address).normalize('NFC').toLowerCase()}@${asciiDomainOf(address)}`;
  return named.has(given) || named.has(bare) || named.has(normalizeAddress(address));
}
