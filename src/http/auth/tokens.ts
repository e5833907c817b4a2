/**
 * API tokens: `rl_` and 32 random octets. Only their SHA-256 is kept; with 256 bits of randomness a
 * slow hash would guard nothing. Compared in constant time, all of them, whichever matches.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Store, TokenRecord } from '../../domain/ports.ts';

/** How long the list of tokens is believed: a token revoked by another process dies within it. */
const CACHE_LIFETIME = 1_000;

export function newToken(randomBytes: (length: number) => Uint8Array): string {
  return `rl_${Buffer.from(randomBytes(32)).toString('base64url')}`;
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export function hashOf(token: string): string {
  return digest(token).toString('hex');
}

/** Whether two secrets are the same, in constant time whatever their lengths. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

export interface TokenRegister {
  /** The token's record; undefined when there is none, or its time is over. */
  find(token: string): Promise<TokenRecord | undefined>;
  /** To be called after a change: the next look-up reads the list anew. */
  forget(): void;
}

export function createTokenRegister(store: Store, now: () => number): TokenRegister {
  let cached: { readonly at: number; readonly records: readonly { readonly hash: Buffer; readonly record: TokenRecord }[] } | null = null;
  const records = async (): Promise<NonNullable<typeof cached>['records']> => {
    if (cached !== null && now() - cached.at < CACHE_LIFETIME) return cached.records;
    const list = await store.tokens.list();
    cached = { at: now(), records: list.map(({ value }) => ({ hash: Buffer.from(value.hash, 'hex'), record: value })) };
    return cached.records;
  };
  return {
    async find(token) {
      const presented = digest(token);
      let found: TokenRecord | undefined;
      for (const { hash, record } of await records()) {
        if (hash.length === presented.length && timingSafeEqual(hash, presented)) found = record;
      }
      return found === undefined || (found.expiresAt !== null && found.expiresAt <= now()) ? undefined : found;
    },
    forget() {
      cached = null;
    },
  };
}
