import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTry, RETRY_DELAYS } from '../../src/signals/schedule.ts';

const SECONDS = [5, 60, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];

describe('nextTry', () => {
  it.each(SECONDS.map((seconds, index) => ({ attempts: index + 1, seconds })))(
    'waits $seconds s after try $attempts',
    ({ attempts, seconds }) => expect(nextTry(RETRY_DELAYS, attempts, 1000, 0.5)).toBe(1000 + seconds * 1000),
  );
  it('gives up after the last of them', () => expect(nextTry(RETRY_DELAYS, SECONDS.length + 1, 0, 0.5)).toBeNull());
  it('spreads them by a fifth at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 0.999_999, noNaN: true }), (attempts, random) => {
        const delay = (SECONDS[attempts - 1] ?? 0) * 1000;
        const next = nextTry(RETRY_DELAYS, attempts, 0, random) ?? Number.NaN;
        return next >= delay * 0.8 - 1 && next <= delay * 1.2 + 1;
      }),
    );
  });
});
