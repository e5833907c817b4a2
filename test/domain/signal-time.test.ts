import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DigestTimes, QuietTimes, SignalExpectation } from '../../src/domain/signal-rule.ts';
import { afterQuiet, instantOf, isQuiet, lastExpected, localTime, nextDigest, nextExpected } from '../../src/domain/signal-time.ts';

const BRUSSELS = 'Europe/Brussels';
const at = (text: string): number => Date.parse(text);
const iso = (ms: number | null | undefined): string | undefined => (ms == null ? undefined : new Date(ms).toISOString());

describe('local time', () => {
  it('is that of the zone, its day and weekday too', () => {
    expect(localTime(at('2026-11-24T23:30:00Z'), BRUSSELS)).toEqual({ date: '2026-11-25', minutes: 30, weekday: 3 });
    expect(localTime(at('2026-07-01T22:00:00Z'), BRUSSELS)).toEqual({ date: '2026-07-02', minutes: 0, weekday: 4 });
    expect(localTime(at('2026-01-01T00:00:00Z'), 'America/New_York')).toEqual({ date: '2025-12-31', minutes: 19 * 60, weekday: 3 });
  });

  it.each([
    // Spring: 02:00 becomes 03:00; what falls into the gap counts as long after it.
    ['2026-03-29', 2 * 60 + 30, '2026-03-29T01:30:00.000Z'],
    ['2026-03-29', 3 * 60, '2026-03-29T01:00:00.000Z'],
    ['2026-03-29', 60, '2026-03-29T00:00:00.000Z'],
    // Autumn: 03:00 becomes 02:00; what comes twice counts the first time.
    ['2026-10-25', 2 * 60 + 30, '2026-10-25T00:30:00.000Z'],
    ['2026-10-25', 3 * 60, '2026-10-25T02:00:00.000Z'],
    ['2026-10-25', 0, '2026-10-24T22:00:00.000Z'],
  ])('%s at minute %i is %s', (date, minutes, expected) => {
    expect(iso(instantOf(date, minutes, BRUSSELS))).toBe(expected);
  });

  it('comes back to what the clock shows, all year round', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z') }),
        fc.constantFrom(BRUSSELS, 'America/Sao_Paulo', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'),
        (ms, zone) => {
          const { date, minutes } = localTime(ms, zone);
          const instant = instantOf(date, minutes, zone);
          expect(localTime(instant, zone)).toMatchObject({ date, minutes });
          expect(Math.abs(instant - ms)).toBeLessThan(61 * 60_000);
        },
      ),
    );
  });
});

describe('quiet hours', () => {
  const night: QuietTimes = { hours: { from: 19 * 60, to: 7 * 60 }, days: [6, 7], timeZone: BRUSSELS };

  it.each([
    ['2026-11-24T17:59:00Z', false],
    ['2026-11-24T18:00:00Z', true],
    ['2026-11-25T05:59:00Z', true],
    ['2026-11-25T06:00:00Z', false],
    // Saturday at noon.
    ['2026-11-28T11:00:00Z', true],
    // In summer the same hours are an hour earlier in UTC.
    ['2026-07-01T17:00:00Z', true],
    ['2026-07-01T05:00:00Z', false],
  ])('%s: %s', (time, quiet) => {
    expect(isQuiet(at(time), night)).toBe(quiet);
  });

  it.each([
    ['in the evening until the morning', '2026-11-24T20:00:00Z', '2026-11-25T06:00:00.000Z'],
    ['on Friday evening until Monday morning', '2026-11-27T19:00:00Z', '2026-11-30T06:00:00.000Z'],
    ['over the night in which the clock goes forward', '2026-03-28T20:00:00Z', '2026-03-30T05:00:00.000Z'],
    ['over the night in which it goes back', '2026-10-24T20:00:00Z', '2026-10-26T06:00:00.000Z'],
  ])('lasts %s', (_, from, until) => {
    expect(iso(afterQuiet(at(from), night))).toBe(until);
  });

  it('a night of week days ends in the night in which the clock changes, an hour sooner or later', () => {
    const daily: QuietTimes = { ...night, days: [] };
    expect(iso(afterQuiet(at('2026-03-28T20:00:00Z'), daily))).toBe('2026-03-29T05:00:00.000Z');
    expect(iso(afterQuiet(at('2026-10-24T20:00:00Z'), daily))).toBe('2026-10-25T06:00:00.000Z');
  });

  it('ends in a moment that is not quiet, and leaves one that is not as it is', () => {
    const minutes = fc.integer({ min: 0, max: 1439 });
    const days = fc.uniqueArray(fc.constantFrom(1, 2, 3, 4, 5, 6, 7), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
        minutes,
        minutes,
        days,
        (ms, from, to, quiet) => {
          fc.pre(from !== to);
          const times = { hours: { from, to }, days: quiet, timeZone: BRUSSELS } as QuietTimes;
          const end = afterQuiet(ms, times);
          expect(isQuiet(end, times)).toBe(false);
          expect(end).toBeGreaterThanOrEqual(ms);
          if (!isQuiet(ms, times)) expect(end).toBe(ms);
        },
      ),
    );
  });
});

describe('digests', () => {
  it('come once a day, also over the change of the clock', () => {
    const daily: DigestTimes = { every: 'day', at: 8 * 60, day: 1, timeZone: BRUSSELS };
    const times: number[] = [];
    for (let i = 0; i < 4; i++) times.push(nextDigest(times.at(-1) ?? at('2026-03-27T12:00:00Z'), daily));
    expect(times.map(iso)).toEqual([
      '2026-03-28T07:00:00.000Z',
      '2026-03-29T06:00:00.000Z',
      '2026-03-30T06:00:00.000Z',
      '2026-03-31T06:00:00.000Z',
    ]);
  });

  it('of the night comes once too, where its hour is left out or comes twice', () => {
    const nightly: DigestTimes = { every: 'day', at: 2 * 60 + 30, day: 1, timeZone: BRUSSELS };
    expect(iso(nextDigest(at('2026-03-28T12:00:00Z'), nightly))).toBe('2026-03-29T01:30:00.000Z');
    expect(iso(nextDigest(at('2026-03-29T01:30:00Z'), nightly))).toBe('2026-03-30T00:30:00.000Z');
    expect(iso(nextDigest(at('2026-10-24T12:00:00Z'), nightly))).toBe('2026-10-25T00:30:00.000Z');
    expect(iso(nextDigest(at('2026-10-25T00:30:00Z'), nightly))).toBe('2026-10-26T01:30:00.000Z');
  });

  it('of the week come on their day', () => {
    const weekly: DigestTimes = { every: 'week', at: 8 * 60, day: 1, timeZone: 'UTC' };
    expect(iso(nextDigest(at('2026-11-24T12:00:00Z'), weekly))).toBe('2026-11-30T08:00:00.000Z');
    expect(iso(nextDigest(at('2026-11-30T08:00:00Z'), weekly))).toBe('2026-12-07T08:00:00.000Z');
  });
});

describe('mail that is to come', () => {
  const morning: Extract<SignalExpectation, { kind: 'mail' }> = {
    kind: 'mail',
    least: 1,
    since: 0,
    by: 7 * 60,
    days: [1, 2, 3, 4, 5],
    holidays: ['2026-12-25'],
    timeZone: BRUSSELS,
  };

  it('is looked for on working days that are no holidays', () => {
    expect(lastExpected(at('2026-11-30T05:59:00Z'), morning)?.date).toBe('2026-11-27');
    expect(lastExpected(at('2026-11-30T06:00:00Z'), morning)).toEqual({
      date: '2026-11-30',
      from: at('2026-11-29T23:00:00Z'),
      to: at('2026-11-30T06:00:00Z'),
    });
    expect(nextExpected(at('2026-12-24T06:00:00Z'), morning)?.date).toBe('2026-12-28');
  });

  it('may come from the evening before on', () => {
    const window = nextExpected(at('2026-11-24T12:00:00Z'), { ...morning, since: 18 * 60 });
    expect([iso(window?.from), iso(window?.to)]).toEqual(['2026-11-24T17:00:00.000Z', '2026-11-25T06:00:00.000Z']);
  });

  it('is looked for once on the days on which the clock changes', () => {
    const every = { ...morning, days: [1, 2, 3, 4, 5, 6, 7], by: 2 * 60 + 30 } as const;
    expect(nextExpected(at('2026-03-28T12:00:00Z'), every)?.date).toBe('2026-03-29');
    expect(nextExpected(at('2026-03-29T01:30:00Z'), every)?.date).toBe('2026-03-30');
    expect(nextExpected(at('2026-10-25T00:30:00Z'), every)?.date).toBe('2026-10-26');
  });
});
