/**
 * Checks the passwords of accounts, for AUTH (RFC 4954).
 *
 * Plain secrets are compared by their digests in constant time. scrypt takes tens of milliseconds, so
 * a success is remembered by a keyed digest of the password: a client that opens a connection a message
 * pays for it once. At most two hashes are computed at a time, for they share the thread pool with the
 * disk. Failures are counted by client and by account, in bounded memory; past their limit nothing is
 * checked for a while, except that credentials which succeeded before go on working, so that guessing
 * at an account does not lock its owner out.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { verifyPassword } from '../../domain/password.ts';
import type { Account } from '../../domain/settings.ts';

export interface Credentials {
  /** What failures are counted by. */
  readonly client: string;
  readonly user: string;
  readonly password: string;
}

/** `failures`: of this client lately, the present one included; the reply is delayed by it. */
export type AuthVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly failures: number }
  | { readonly kind: 'throttled' };

export interface Authenticator {
  verify(credentials: Credentials, accounts: ReadonlyMap<string, Account>): Promise<AuthVerdict>;
}

/** How many failures within the window end the checking. An account may be mistyped from many places. */
const CLIENT_FAILURES = 20;
const ACCOUNT_FAILURES = 100;
const WINDOW = 10 * 60_000;
const REMEMBERED = 10_000;
const CACHED = 1_000;
/** Of a name that is counted, whatever was claimed. */
const NAME_LIMIT = 100;
const HASHES_AT_A_TIME = 2;

export function createAuthenticator(options: { readonly now: () => number }): Authenticator {
  const key = randomBytes(32);
  const perf = { now: options.now };
  const byClient = new LRUCache<string, number>({ max: REMEMBERED, ttl: WINDOW, perf, ttlResolution: 0 });
  const byAccount = new LRUCache<string, number>({ max: REMEMBERED, ttl: WINDOW, perf, ttlResolution: 0 });
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
      const name = user.slice(0, NAME_LIMIT);
      if ((byClient.get(client) ?? 0) >= CLIENT_FAILURES || (byAccount.get(name) ?? 0) >= ACCOUNT_FAILURES) return { kind: 'throttled' };
      if (await matches(account, password, firstHash(accounts))) {
        if (entry !== null) succeeded.set(entry, proof);
        return { kind: 'accepted' };
      }
      const failures = (byClient.get(client) ?? 0) + 1;
      byClient.set(client, failures);
      byAccount.set(name, (byAccount.get(name) ?? 0) + 1);
      return { kind: 'refused', failures };
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
