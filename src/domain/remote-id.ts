/**
 * The name that a next hop gives a message in its 250 after the final dot, by which a later report
 * may know it. RFC 5321 §4.2 leaves the text free; servers write what their logs call the message:
 *
 *     Postfix          Ok: queued as 4XyZ12AbCdEfz
 *     Exim             OK id=1tABCD-0000000012x-3YZA
 *     sendmail         4AOBxYz1012345 Message accepted for delivery
 *     Microsoft 365    <AM0PR01MB@AM0PR01MB1.prod.outlook.com> [InternalId=…] Queued mail for delivery
 *     Amazon SES       Ok 01020193…-000000, which the recipient sees as Message-ID
 *     Gmail            OK  1732449301 a640c23a62f3a-aa4f1b2c3d4si12345 - gsmtp
 *
 * Pure. What is only found is no evidence yet: see reports/correlate.ts.
 */
import type { Reply } from './reply.ts';

const LIMIT = 250;

/** The most telling first; each with the name as its first group. */
const FORMS: readonly RegExp[] = [
  /^<([^<>\s]+@[^<>\s]+)> \[InternalId=/i,
  /\bsaved <Message-ID:\s*<?([^<>\s]+@[^<>\s]+?)>/i,
  /^ok\s+([0-9a-f]{16}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{6})\b/i,
  /^ok\s+\d{9,11} ([0-9a-z][0-9a-z.-]{9,}) - gsmtp/i,
  /\bqueued (?:as|with id|under)\s*:?\s*["'<(]?([^\s"'<>(),;]+)/i,
  /\bqueued on \S+ (?:as )?([^\s"'<>(),;]+)/i,
  /\bqueued[ :]*\(([^()\s]+)\)/i,
  /(?:^|[\s[(,;])id=<?([^\s<>,;)\]]+)/i,
  /\bmessage[- ]id[:= ]+<?([^\s<>,;)\]]+)/i,
  /^<?([^\s<>]+)>?:? message accepted\b/i,
  /\bmessage (\S*\d\S*) accepted\b/i,
  /\b(?:queue|spool|tracking|transaction|reference)[- ]?(?:id|no|number)?\s*[:=#]\s*<?([^\s<>,;)\]]+)/i,
];

/** What no form knows: the one word that no sentence has, letters among digits. */
const ODD_WORD = /^(?=.*\d)(?=.*[a-z])[0-9a-z][\w.+~/=-]{8,}(?:@[\w.-]+)?$/i;
/** Words of letters and digits that name something else. */
const KNOWN_WORD =
  /^(?:esmtps?a?|utf-?8|\d+(?:\.\d+)?(?:ms|s|kb|mb|bytes)|\d{1,3}(?:\.\d{1,3}){3}|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})$/i;

/** Null: the reply gives none, or is no 2xx. */
export function remoteIdOf({ code, text }: Reply): string | null {
  if (code < 200 || code > 299) return null;
  const line = text.trim();
  for (const form of FORMS) {
    const name = trimmed(form.exec(line)?.[1]);
    if (name !== null) return name;
  }
  const odd = line
    .split(/[\s"'<>()[\],;]+/)
    .map((word) => trimmed(word))
    .filter((word) => word !== null && ODD_WORD.test(word) && !KNOWN_WORD.test(word));
  return odd.length === 1 ? (odd[0] ?? null) : null;
}

/** Without the punctuation of its sentence; null: too short or too long to name anything. */
function trimmed(word: string | undefined): string | null {
  const name = word?.replace(/[.:!]+$/, '') ?? '';
  return name.length < 4 || name.length > LIMIT || !/\d/.test(name) || /[\x00-\x20\x7f]/.test(name) ? null : name;
}

/**
 * What a Message-ID or log id of a report may stand as in `Attempt.remoteId`: as it is, and without
 * the domain that a provider puts behind the name of its 250 (Amazon SES: `@region.amazonses.com`).
 */
export function remoteNamesOf(name: string): readonly string[] {
  const at = name.lastIndexOf('@');
  return at > 0 ? [name, name.slice(0, at)] : [name];
}
