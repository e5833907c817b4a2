import { expect, it } from 'vitest';
import { createRateGate } from '../../../src/relay/reports/rate-gate.ts';

it('lets through what is within the rate, each key by itself, and more again as time goes', () => {
  const gate = createRateGate({ messages: 3, per: 3000 });
  const passes = (key: string, now: number): boolean => gate.pass(key, now);
  expect([0, 0, 0, 0].map((now) => passes('a', now))).toEqual([true, true, true, false]);
  expect(passes('b', 0)).toBe(true);
  expect([900, 1000, 1000, 2000].map((now) => passes('a', now))).toEqual([false, true, false, true]);
  expect([60_000, 60_000, 60_000, 60_000].map((now) => passes('a', now))).toEqual([true, true, true, false]);
});

it('is not fooled by a clock that goes back', () => {
  const gate = createRateGate({ messages: 1, per: 1000 });
  expect(gate.pass('a', 10_000)).toBe(true);
  expect(gate.pass('a', 0)).toBe(false);
  expect(gate.pass('a', 1000)).toBe(true);
});
