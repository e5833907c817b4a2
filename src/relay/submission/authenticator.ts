/**
 * Checks the passwords of accounts, for AUTH (RFC 4954).
 *
 * Plain secrets are compared by their digests in constant time. scrypt takes tens of milliseconds, so
 * a success is remembered by a keyed digest of the password: a client that opens a connection a message
 * pays for it once. At most two hashes are computed at a time, for they share the thread pool with the
 * disk. Failures are counted (auth-failures.ts); past their limit nothing is checked for a while, except
 * that credentials which succeeded before go on working.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { verifyPassword } from '../../domain/password.ts';
import type { Account } from '../../domain/settings.ts';
import { createAuthFailures } from './auth-failures.ts';

export interface Credentials {
  /** What failures are counted by. */
  readonly client: string;
  readonly user: string;
  readonly password: string;
}

/** `steps`: by how many the reply is delayed; grows with each failure of the client, and of all at this account. */
export type AuthVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly steps: number }
  | { readonly kind: 'throttled' };

export interface Authenticator {
  verify(credentials: Credentials, accounts: ReadonlyMap<string, Account>): Promise<AuthVerdict>;
}

const CACHED = 1_000;
const HASHES_AT_A_TIME = 2;

export function createAuthenticator(options: { readonly now: () => number }): Authenticator {
  const key = randomBytes(32);
  const failures = createAuthFailures(options);
  const succeeded = new LRUCache<string, Buffer>({ max: CACHED });
  const hashing = createLimiter(HASHES_AT_A_TIME);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text).digest();

  const matches = async (account: Account | undefined, password: string, decoy: string | undefined): Promise<boolean> => {
    const stored = account?.password ?? null;
    if (stored?.kind === 'plain') return timingSafeEqual(digest(stored.value), digest(password));
    // An account that does not exist takes as long as one that does.
    const hash = stored?.value ?? decoy;
    if (hash === undefined) return false;
    const verified = await hashing(() => verifyPassword(password, hash));
    return verified && stored !== null;
  };

  return {
    async verify({ client, user, password }, accounts) {
      const account = accounts.get(user);
      // The stored secret is part of the entry's name: a changed password ends the old one's success.
      const entry = account?.password == null ? null : `${user}\0${account.password.value}`;
      const proof = digest(password);
      const known = entry === null ? undefined : succeeded.get(entry);
      if (known !== undefined && timingSafeEqual(known, proof)) return { kind: 'accepted' };
      if (failures.locked({ client, user })) return { kind: 'throttled' };
      if (await matches(account, password, firstHash(accounts))) {
        if (entry !== null) succeeded.set(entry, proof);
        failures.succeeded({ client, user });
        return { kind: 'accepted' };
      }
      return { kind: 'refused', steps: failures.failed({ client, user }) };
    },
  };
}

function firstHash(accounts: ReadonlyMap<string, Account>): string | undefined {
  for (const account of accounts.values()) if (account.password?.kind === 'scrypt') return account.password.value;
  return undefined;
}

/** Runs at most `limit` tasks at a time; the others wait in order. */
function createLimiter(limit: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
