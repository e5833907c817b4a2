/**
 * Counts failed authentications, by client and by account, in bounded memory; each is forgotten some time
 * after the last. A client is slowed by its own failures, then not checked for a while; so is the guessing
 * at one account from many places. Whoever lately succeeded from a client goes on there, so that guessing
 * at an account does not lock its owner out, and a client's success forgets its failures at that account.
 */
import { LRUCache } from 'lru-cache';

export interface Guess {
  /** What failures are counted by. */
  readonly client: string;
  /** The account's name as claimed. */
  readonly user: string;
}

export interface AuthFailures {
  /** Nothing is checked now. */
  locked(guess: Guess): boolean;
  /** Returns by how many steps the reply is slowed. */
  failed(guess: Guess): number;
  /** Of a password that was checked; one that is only remembered forgives nothing to whoever guesses from the same place. */
  succeeded(guess: Guess): void;
}

/** How many failures within the window end the checking. An account may be mistyped from many places. */
const CLIENT_FAILURES = 20;
const ACCOUNT_FAILURES = 100;
/** So many failures at an account, from anywhere, slow the next one as much as one more of the client's own. */
const ACCOUNT_STEP = 10;
const WINDOW = 10 * 60_000;
const REMEMBERED = 10_000;
/** Of a name that is counted, whatever was claimed. */
const NAME_LIMIT = 100;

export function createAuthFailures(options: { readonly now: () => number }): AuthFailures {
  const bounds = { max: REMEMBERED, ttl: WINDOW, perf: { now: options.now }, ttlResolution: 0 };
  /** The names that failed: CLIENT_FAILURES at most, and as many more as were being checked at once. */
  const byClient = new LRUCache<string, readonly string[]>(bounds);
  const byAccount = new LRUCache<string, number>(bounds);
  const owners = new LRUCache<string, true>({ max: REMEMBERED });
  const nameOf = (user: string): string => user.slice(0, NAME_LIMIT);
  const pair = ({ client, user }: Guess): string => `${client}\0${nameOf(user)}`;

  return {
    locked(guess) {
      if ((byClient.get(guess.client)?.length ?? 0) >= CLIENT_FAILURES) return true;
      return (byAccount.get(nameOf(guess.user)) ?? 0) >= ACCOUNT_FAILURES && !owners.has(pair(guess));
    },
    failed({ client, user }) {
      const name = nameOf(user);
      const own = [...(byClient.get(client) ?? []), name];
      byClient.set(client, own);
      const all = (byAccount.get(name) ?? 0) + 1;
      byAccount.set(name, all);
      return Math.max(own.length, Math.ceil(all / ACCOUNT_STEP));
    },
    succeeded(guess) {
      owners.set(pair(guess), true);
      const name = nameOf(guess.user);
      const others = byClient.get(guess.client)?.filter((each) => each !== name) ?? [];
      if (others.length > 0) byClient.set(guess.client, others);
      else byClient.delete(guess.client);
    },
  };
}
