/** Counts failures by key (an address, a user) within a time, so that guessing is slow. Bounded in memory. */
import { LRUCache } from 'lru-cache';

const WINDOW = 60_000;
const KEYS = 10_000;

export interface Throttle {
  /** Seconds until the next try is heard; 0: now. */
  blockedFor(key: string): number;
  failed(key: string): void;
  succeeded(key: string): void;
}

export function createThrottle(limit: number, now: () => number, window = WINDOW): Throttle {
  const counts = new LRUCache<string, { failures: number; readonly since: number }>({ max: KEYS });
  const current = (key: string): { failures: number; readonly since: number } | undefined => {
    const entry = counts.get(networkOf(key));
    return entry !== undefined && now() - entry.since < window ? entry : undefined;
  };
  return {
    blockedFor(key) {
      const entry = current(key);
      if (entry === undefined || entry.failures < limit) return 0;
      return Math.max(1, Math.ceil((entry.since + window - now()) / 1000));
    },
    failed(key) {
      const entry = current(key);
      if (entry === undefined) counts.set(networkOf(key), { failures: 1, since: now() });
      else entry.failures++;
    },
    succeeded(key) {
      counts.delete(networkOf(key));
    },
  };
}

/** One subscriber of IPv6 holds a /64: its addresses count as one. */
function networkOf(key: string): string {
  return key.includes(':') ? key.split(':').slice(0, 4).join(':') : key;
}
