import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../src/domain/retry.ts';

const policy = { delays: [1000, 5000, 20_000], expireAfter: 1_000_000 };

describe('retryDelay', () => {
  it.each([
    [0, 1000],
    [1, 1000],
    [2, 5000],
    [3, 20_000],
    [4, 20_000],
    [1000, 20_000],
  ])('after attempt %d waits about %d ms', (attempts, expected) => expect(retryDelay(policy, attempts, 0.5)).toBe(expected));

  it('R18 spreads by a fifth to either side', () => {
    expect(retryDelay(policy, 1, 0)).toBe(800);
    expect(retryDelay(policy, 1, 0.999_999)).toBe(1200);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempts, random) => {
        const middle = retryDelay(policy, attempts, 0.5);
        expect(Math.abs(retryDelay(policy, attempts, random) - middle)).toBeLessThanOrEqual(middle * 0.2 + 1);
      }),
    );
  });

  it('never is nothing, even without a delay given', () => {
    expect(retryDelay({ delays: [], expireAfter: 1 }, 1, 0)).toBeGreaterThan(60_000);
  });
});
