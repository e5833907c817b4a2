/**
 * Whom a message in a mailbox was delivered to: the envelope is gone, but the server that delivered
 * it, or the one that wrote it, may have noted the return path that carries our token. A forged one
 * helps nobody, for tokens are signed.
 */
import { verifyToken } from '../../../domain/tokens.ts';
import { readFields } from '../fields.ts';

/** Fields in which the envelope's recipient is noted, the surest first; no standard names one. */
const NOTED = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to', 'x-real-to', 'x-rcpt-to', 'to', 'cc'];
const ADDRESS = /[^\s<>(),;:"[\]@]+@[^\s<>(),;:"[\]@]+/g;
const HEADER_LIMIT = 64 * 1024;

/** The first address in the shape of a token; null: there is none. */
export function addresseeOf(raw: Buffer): string | null {
  const fields = readFields(raw.subarray(0, HEADER_LIMIT).toString('latin1'));
  for (const name of NOTED) {
    for (const field of fields) {
      if (field.name !== name) continue;
      for (const [address] of field.value.matchAll(ADDRESS)) {
        const localPart = address.slice(0, address.lastIndexOf('@'));
        const token = verifyToken(localPart, [], { now: 0, lifetime: 0 });
        if (token.ok || token.reason !== 'no-token') return address;
      }
    }
  }
  return null;
}
