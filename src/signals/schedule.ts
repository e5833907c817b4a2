/** When a webhook is tried again, and after how many tries it is kept as failed. Pure. */
import { retryDelay } from '../domain/retry.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Standard Webhooks' recommendation: ten retries over three days. */
export const RETRY_DELAYS: readonly number[] = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Unix milliseconds of the try after `attempts` of them; null when there is none. `random` is in [0, 1). */
export function nextTry(delays: readonly number[], attempts: number, now: number, random: number): number | null {
  return attempts > delays.length ? null : now + retryDelay({ delays, expireAfter: Number.POSITIVE_INFINITY }, attempts, random);
}
