/** When to try again. Pure: the jitter is given. */

export interface RetryPolicy {
  /** Milliseconds to wait after the 1st, 2nd, … attempt; the last one repeats. */
  readonly delays: readonly number[];
  /** Milliseconds from acceptance after which no attempt is made (RFC 5321 §4.5.4.1: 4–5 days). */
  readonly expireAfter: number;
}

/** RFC 5321 §4.5.4.1 asks for 30 minutes at least; taken where no delay is given, for 0 would hammer a hop. */
const DEFAULT_DELAY = 30 * 60_000;
/** ±20%: a hop that comes back is not met by everything at once. */
const JITTER = 0.2;

/** Milliseconds until the attempt after attempt `attempts` (from 1). `random` is in [0, 1). */
export function retryDelay(policy: RetryPolicy, attempts: number, random: number): number {
  const step = Math.min(Math.max(attempts, 1), policy.delays.length) - 1;
  const delay = policy.delays[step] ?? DEFAULT_DELAY;
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
