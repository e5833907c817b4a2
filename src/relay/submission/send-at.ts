/**
 * When a message is to go out: X-Relais-Send-At, in RFC 3339 (`2025-01-31T08:00:00+01:00`) or as the
 * Date of a message (RFC 5322 §3.3), and HOLDUNTIL (RFC 4865). Pure. A date without its offset is
 * nobody's time, and refused.
 */

/** RFC 3339 §5.6; `t`, `z` and a blank for the T are allowed there. */
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
/** RFC 5322 §3.3, with the zones of §4.3 that mean something. */
const RFC5322 =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun), *)?(\d{1,2}) +(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +(\d{4}) +(\d\d):(\d\d)(?::(\d\d))? +(?:([+-])(\d\d)(\d\d)|(?:gmt|ut|utc|z))(?: *\([^()]*\))?$/i;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

interface Moment {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
  /** Minutes east of UTC. */
  readonly offset: number;
}

/** Unix milliseconds; undefined when the text is no such time, or names one that does not exist. */
export function parseInternetTime(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, hours, minutes] = match;
  const offset = offsetOf(sign, hours, minutes);
  if (offset === undefined) return undefined;
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  return unixTime({
    year: Number(year),
    month: Number(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms,
    offset,
  });
}

/** Unix milliseconds; undefined when the text is none of the two forms. */
export function parseSendAt(text: string): number | undefined {
  const trimmed = text.trim();
  return parseInternetTime(trimmed) ?? parseMessageDate(trimmed);
}

function parseMessageDate(text: string): number | undefined {
  const match = RFC5322.exec(text.replace(/\s+/g, ' '));
  if (match === null) return undefined;
  const [, day, month = '', year, hour, minute, second = '0', sign, hours, minutes] = match;
  const offset = offsetOf(sign, hours, minutes);
  if (offset === undefined) return undefined;
  return unixTime({
    year: Number(year),
    month: MONTHS.indexOf(month.toLowerCase()) + 1,
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    ms: 0,
    offset,
  });
}

function offsetOf(sign: string | undefined, hours: string | undefined, minutes: string | undefined): number | undefined {
  if (sign === undefined) return 0;
  const [h, m] = [Number(hours), Number(minutes)];
  if (h > 23 || m > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (h * 60 + m);
}

function unixTime({ year, month, day, hour, minute, second, ms, offset }: Moment): number | undefined {
  // RFC 3339 §5.7: a leap second is the 60th; it counts as the second after it.
  if (hour > 23 || minute > 59 || second > 60 || month < 1 || month > 12) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  return midnight.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms;
}
