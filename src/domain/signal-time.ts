/**
 * Local time for signals: quiet hours, digests, and when mail is to have come. Pure. Time zones are
 * those of Intl; what falls into the hour that spring leaves out counts as long after it as it would
 * have been into it, and what autumn brings twice counts the first time.
 */
import type { DigestTimes, QuietTimes, SignalExpectation, Weekday } from './signal-rule.ts';

export interface LocalTime {
  /** `2026-11-24` */
  readonly date: string;
  /** Since local midnight by the clock on the wall, 0 to 1439. */
  readonly minutes: number;
  readonly weekday: Weekday;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Holidays may follow each other, but not for longer. */
const DAYS_LOOKED_AT = 60;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  FORMATS.set(timeZone, format);
  return format;
}

export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clock on the wall shows, as if it were UTC. */
function wallClock(ms: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(ms)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

export function localTime(ms: number, timeZone: string): LocalTime {
  const wall = wallClock(ms, timeZone);
  const day = Math.floor(wall / DAY) * DAY;
  return { date: dateText(day), minutes: Math.floor((wall - day) / MINUTE), weekday: weekdayOf(day) };
}

function dateText(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(day: number): Weekday {
  return (((((Math.floor(day / DAY) + 3) % 7) + 7) % 7) + 1) as Weekday;
}

function shiftDate(date: string, days: number): string {
  return dateText(Date.parse(date) + days * DAY);
}

/** Unix milliseconds at which clocks there first show this time of this date. */
export function instantOf(date: string, minutes: number, timeZone: string): number {
  const wall = Date.parse(date) + minutes * MINUTE;
  const offsets = [wall - DAY, wall + DAY].map((ms) => wallClock(ms, timeZone) - ms);
  const [before = 0, behind = 0] = offsets;
  const candidates = [wall - before, wall - behind].filter((ms) => wallClock(ms, timeZone) === wall);
  return candidates.length === 0 ? wall - before : Math.min(...candidates);
}

/** Times of a local day, on some of the days. */
interface Times {
  readonly at: number;
  readonly days: readonly Weekday[];
  readonly holidays: readonly string[];
  readonly timeZone: string;
}

function isAmong(date: string, { days, holidays }: Times): boolean {
  return days.includes(weekdayOf(Date.parse(date))) && !holidays.includes(date);
}

function seek(ms: number, times: Times, step: 1 | -1, fits: (instant: number) => boolean): number | null {
  const today = localTime(ms, times.timeZone).date;
  // A day more at the beginning: around midnight the date in question may be the one before or after.
  for (let i = -1; i <= DAYS_LOOKED_AT; i++) {
    const date = shiftDate(today, i * step);
    if (!isAmong(date, times)) continue;
    const instant = instantOf(date, times.at, times.timeZone);
    if (fits(instant)) return instant;
  }
  return null;
}

function nextTime(after: number, times: Times): number | null {
  return seek(after, times, 1, (instant) => instant > after);
}

function lastTime(until: number, times: Times): number | null {
  return seek(until, times, -1, (instant) => instant <= until);
}

// ── Quiet hours ──

export function isQuiet(ms: number, { hours, days, timeZone }: QuietTimes): boolean {
  const { minutes, weekday } = localTime(ms, timeZone);
  if (days.includes(weekday)) return true;
  if (hours === null) return false;
  const { from, to } = hours;
  return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}

/** `ms` itself where it is not quiet then; otherwise when it no longer is. */
export function afterQuiet(ms: number, quiet: QuietTimes | null): number {
  if (quiet === null || !isQuiet(ms, quiet)) return ms;
  const { date } = localTime(ms, quiet.timeZone);
  const ends = quiet.hours === null ? [0] : [0, quiet.hours.to];
  for (let i = 0; i <= 8; i++) {
    for (const minutes of ends) {
      const instant = instantOf(shiftDate(date, i), minutes, quiet.timeZone);
      if (instant > ms && !isQuiet(instant, quiet)) return instant;
    }
  }
  // Quiet on all days: the configuration refuses that.
  return ms + 8 * DAY;
}

// ── Digests ──

const ALL_DAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];

function digestTimes({ every, at, day, timeZone }: DigestTimes): Times {
  return { at, days: every === 'day' ? ALL_DAYS : [day], holidays: [], timeZone };
}

/** The first digest after this instant. */
export function nextDigest(after: number, digest: DigestTimes): number {
  return nextTime(after, digestTimes(digest)) ?? after + 7 * DAY;
}

// ── Mail that is to come ──

export interface ExpectedWindow {
  /** Local date of the deadline. */
  readonly date: string;
  /** Unix milliseconds; `to` is the deadline. */
  readonly from: number;
  readonly to: number;
}

type MailExpectation = Extract<SignalExpectation, { kind: 'mail' }>;

function windowAt(deadline: number | null, expect: MailExpectation): ExpectedWindow | null {
  if (deadline === null) return null;
  const { since, by, timeZone } = expect;
  // The deadline may be later by the clock than it was meant, where the hour was left out.
  const { date } = localTime(deadline, timeZone);
  return { date, from: instantOf(since < by ? date : shiftDate(date, -1), since, timeZone), to: deadline };
}

function deadlines({ by, days, holidays, timeZone }: MailExpectation): Times {
  return { at: by, days, holidays, timeZone };
}

/** The last time that mail was to have come; null: within the last two months never. */
export function lastExpected(until: number, expect: MailExpectation): ExpectedWindow | null {
  return windowAt(lastTime(until, deadlines(expect)), expect);
}

/** The next time; null: within the next two months never. */
export function nextExpected(after: number, expect: MailExpectation): ExpectedWindow | null {
  return windowAt(nextTime(after, deadlines(expect)), expect);
}
