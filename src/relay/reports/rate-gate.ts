/** So many within a time, for each of many keys: a bucket of tokens a key, the keys lately seen. Pure but for its memory. */
import { LRUCache } from 'lru-cache';
import type { RateLimit } from '../../domain/settings.ts';

/** Keys that are remembered: whoever uses more of them meets other limits first. */
const KEYS = 20_000;

export interface RateGate {
  /** False: over the limit, and nothing is counted. */
  pass(key: string, now: number): boolean;
}

/** A key that was quiet may do all of its limit at once; then it has to go on at its rate. */
export function createRateGate({ messages, per }: RateLimit): RateGate {
  const buckets = new LRUCache<string, { readonly tokens: number; readonly at: number }>({ max: KEYS });
  return {
    pass(key, now) {
      const before = buckets.get(key) ?? { tokens: messages, at: now };
      const tokens = Math.min(messages, before.tokens + (Math.max(0, now - before.at) * messages) / per);
      const passes = tokens >= 1;
      buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now });
      return passes;
    },
  };
}
