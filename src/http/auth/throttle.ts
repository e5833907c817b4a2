/** Counts failures by address within a minute, so that guessing is slow. Bounded in memory. */
import { LRUCache } from 'lru-cache';

const WINDOW = 60_000;
const ADDRESSES = 10_000;

export interface Throttle {
  /** Seconds until the next try is heard; 0: now. */
  blockedFor(address: string): number;
  failed(address: string): void;
  succeeded(address: string): void;
}

export function createThrottle(limit: number, now: () => number): Throttle {
  const counts = new LRUCache<string, { failures: number; readonly since: number }>({ max: ADDRESSES });
  const current = (address: string): { failures: number; readonly since: number } | undefined => {
    const entry = counts.get(networkOf(address));
    return entry !== undefined && now() - entry.since < WINDOW ? entry : undefined;
  };
  return {
    blockedFor(address) {
      const entry = current(address);
      if (entry === undefined || entry.failures < limit) return 0;
      return Math.max(1, Math.ceil((entry.since + WINDOW - now()) / 1000));
    },
    failed(address) {
      const entry = current(address);
      if (entry === undefined) counts.set(networkOf(address), { failures: 1, since: now() });
      else entry.failures++;
    },
    succeeded(address) {
      counts.delete(networkOf(address));
    },
  };
}

/** One subscriber of IPv6 holds a /64: its addresses count as one. */
function networkOf(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
}
