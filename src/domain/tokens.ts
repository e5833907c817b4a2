/**
 * VERP tokens: the local part of our return paths. A token carries message id and recipient index
 * and is signed, so that a bounce finds its recipient without a look-up and nobody can forge one.
 * Base32 in lower case throughout, since some servers fold the case of local parts; 54 octets at
 * most, under the 64 of RFC 5321 §4.5.3.1.1.
 *
 *     rb-<26: message id>-<index in base 36>-<key id>-<16: HMAC-SHA-256, first 80 bits>
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { idTime, type MessageId, parseMessageId } from './ids.ts';

/** A key that signs tokens. The first of a list signs; all of them verify, so that keys rotate. */
export interface TokenKey {
  /** One or two characters of [0-9a-z]. */
  readonly id: string;
  readonly secret: Uint8Array;
}

export interface TokenSubject {
  readonly message: MessageId;
  readonly index: number;
}

export type VerifiedToken =
  | { readonly ok: true; readonly subject: TokenSubject }
  | { readonly ok: false; readonly reason: 'no-token' | 'unknown-key' | 'forged' | 'expired'; readonly claimed: TokenSubject | null };

const TOKEN = /^rb-([0-9a-z]{26})-([0-9a-z]{1,4})-([0-9a-z]{1,2})-([0-9a-z]{16})$/;
const BASE32 = '0123456789abcdefghjkmnpqrstvwxyz';
const MAC_OCTETS = 10;

function macOf(key: TokenKey, id: string, index: string): Buffer {
  return createHmac('sha256', key.secret).update(`relais-verp-1:${id}:${index}:${key.id}`).digest().subarray(0, MAC_OCTETS);
}

function base32(octets: Uint8Array): string {
  let text = '';
  let bits = 0;
  let buffer = 0;
  for (const octet of octets) {
    buffer = (buffer << 8) | octet;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}

/** The local part of the return path for one recipient of a message. */
export function signToken(subject: TokenSubject, key: TokenKey): string {
  const id = subject.message.toLowerCase();
  const index = subject.index.toString(36);
  return `rb-${id}-${index}-${key.id}-${base32(macOf(key, id, index))}`;
}

/**
 * Checks a local part. A token ends `lifetime` milliseconds after its message's acceptance, which
 * the id tells. The claim of a token that does not hold is returned for the review list only.
 */
export function verifyToken(
  localPart: string,
  keys: readonly TokenKey[],
  validity: { readonly now: number; readonly lifetime: number },
): VerifiedToken {
  const match = TOKEN.exec(localPart.toLowerCase());
  const message = match === null ? undefined : parseMessageId(match[1] ?? '');
  if (match === null || message === undefined) return { ok: false, reason: 'no-token', claimed: null };
  const [, id = '', index = '', keyId = '', mac = ''] = match;
  const subject: TokenSubject = { message, index: Number.parseInt(index, 36) };
  const key = keys.find((candidate) => candidate.id === keyId);
  if (key === undefined) return { ok: false, reason: 'unknown-key', claimed: subject };
  const expected = Buffer.from(base32(macOf(key, id, index)), 'latin1');
  if (!timingSafeEqual(expected, Buffer.from(mac, 'latin1'))) return { ok: false, reason: 'forged', claimed: subject };
  if (validity.now > idTime(message) + validity.lifetime) return { ok: false, reason: 'expired', claimed: subject };
  return { ok: true, subject };
}
