import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRightOfWay } from '../../../src/relay/reports/right-of-way.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Mail that is submitted at a rate, and an event loop that is as busy as `scene.busy` says. */
function scene(perSecond: number) {
  const state = { busy: 1, perSecond, passed: 0 };
  let submitted = 0;
  const mail = setInterval(() => {
    submitted += state.perSecond / 100;
  }, 10);
  const way = createRightOfWay({ submitted: () => submitted, busy: () => state.busy, now: Date.now });
  // The first report of all comes while nobody knows yet whether mail is submitted.
  expect(way.pass()).toBeUndefined();
  const report = async (): Promise<void> => {
    await way.pass();
    state.passed++;
  };
  return { state, way, report, stop: () => clearInterval(mail) };
}

describe('mail that is being submitted has the right of way', () => {
  it('reports do not wait where none is', () => {
    const { way, stop } = scene(0);
    vi.advanceTimersByTime(100);
    expect(way.pass()).toBeUndefined();
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of a busy process they get one for so many messages, and a few in any case', async () => {
    const { state, report, stop } = scene(1600);
    await vi.advanceTimersByTimeAsync(100);
    const all = Array.from({ length: 1000 }, report);
    await vi.advanceTimersByTimeAsync(2000);
    // One for 20 messages, of 3200.
    expect(state.passed).toBeGreaterThan(150);
    expect(state.passed).toBeLessThan(170);
    state.perSecond = 10;
    const before = state.passed;
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.passed - before).toBeGreaterThanOrEqual(9);
    expect(state.passed - before).toBeLessThan(15);
    stop();
    // Once no mail comes any more, all go on.
    await vi.advanceTimersByTimeAsync(500);
    await Promise.all(all);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('they fill the time that it leaves', async () => {
    const { state, report, stop } = scene(160);
    await vi.advanceTimersByTimeAsync(100);
    state.busy = 0.2;
    for (let i = 0; i < 500; i++) void report();
    await vi.advanceTimersByTimeAsync(1000);
    expect(state.passed).toBeGreaterThan(190);
    stop();
    await vi.advanceTimersByTimeAsync(500);
  });

  it('nobody is kept when the room closes', async () => {
    const { state, way, report, stop } = scene(1000);
    await vi.advanceTimersByTimeAsync(100);
    const waiting = [report(), report()];
    expect(state.passed).toBe(0);
    way.open();
    await Promise.all(waiting);
    expect(state.passed).toBe(2);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
