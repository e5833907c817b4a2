/** What a rule of signals says, in the reader's words: a line for each key that it has. Pure. */
import type {
  DigestTimes,
  QuietTimes,
  SignalExpectation,
  SignalFilterName,
  SignalRule,
  SignalThreshold,
  Weekday,
} from '../../domain/signal-rule.ts';
import type { Strings } from './strings.ts';

export type RuleLineKey = keyof Strings['signals']['rules']['keys'];

export interface RuleLine {
  readonly key: RuleLineKey;
  readonly text: string;
  /** Words of the configuration, not of a language. */
  readonly codes: readonly string[];
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

/** `2 hours`: in the largest unit that divides it. */
export function durationWords(ms: number, language: string): string {
  const [unit, size] = UNITS.find(([, one]) => ms >= one && ms % one === 0) ?? UNITS[3];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(ms / size);
}

/** `07:00` of minutes of a day. */
function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** 5 January 1970 was a Monday. */
function dayWords(days: readonly Weekday[], language: string): string {
  const format = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  return [...days]
    .sort((a, b) => a - b)
    .map((day) => format.format((day + 3) * 86_400_000))
    .join(', ');
}

export function ruleLines(rule: SignalRule, t: Strings): readonly RuleLine[] {
  const { on, where, after, threshold, expect, quiet, digest, repeat, escalate } = rule;
  const words = t.signals.rules;
  const time = (ms: number): string => durationWords(ms, t.language);
  const lines: (RuleLine | null)[] = [
    on.length === 0 ? null : { key: 'on', text: '', codes: on },
    expect === null ? null : line('expect', expectWords(expect, t)),
    ...(Object.keys(where) as SignalFilterName[]).map((name) => ({
      key: 'where' as const,
      text: words.filters[name],
      codes: where[name] ?? [],
    })),
    after === null ? null : line('after', time(after)),
    threshold === null ? null : line('threshold', thresholdWords(threshold, t)),
    expect?.kind === 'mail' ? null : line('group', groupWords(rule, t)),
    quiet === null ? null : line('quiet', quietWords(quiet, t)),
    digest === null ? null : line('digest', digestWords(digest, t)),
    repeat === null ? null : line('repeat', time(repeat)),
    escalate === null ? null : line('escalate', time(escalate.after)),
  ];
  return lines.filter((one) => one !== null);
}

function line(key: RuleLineKey, text: string): RuleLine {
  return { key, text, codes: [] };
}

function thresholdWords(threshold: SignalThreshold, t: Strings): string {
  const words = t.signals.rules;
  if (threshold.kind === 'count') return words.count(threshold.count, durationWords(threshold.within, t.language));
  const share = new Intl.NumberFormat(t.language, { style: 'percent', maximumFractionDigits: 1 }).format(threshold.share);
  const within = threshold.within === 'run' ? words.inRun : durationWords(threshold.within, t.language);
  return words.share(share, threshold.least, within);
}

function expectWords(expect: SignalExpectation, t: Strings): string {
  const words = t.signals.rules;
  if (expect.kind === 'run') return words.expectRun(durationWords(expect.within, t.language));
  const days = dayWords(expect.days, t.language);
  return `${words.expectMail(expect.least, clock(expect.since), clock(expect.by), days)} (${expect.timeZone})`;
}

function groupWords({ group }: SignalRule, t: Strings): string {
  const { rules, causes } = t.signals;
  if (group === null) return rules.each;
  if (group.by.length === 0) return rules.together;
  return group.by.map((key) => (key === 'cause' ? rules.causeKey : causes[key])).join(', ');
}

function quietWords({ hours, days, timeZone }: QuietTimes, t: Strings): string {
  const parts = [
    ...(hours === null ? [] : [t.signals.rules.hours(clock(hours.from), clock(hours.to))]),
    ...(days.length === 0 ? [] : [dayWords(days, t.language)]),
  ];
  return `${parts.join(', ')} (${timeZone})`;
}

function digestWords({ every, at, day, timeZone }: DigestTimes, t: Strings): string {
  const words = t.signals.rules;
  const when = every === 'day' ? words.daily(clock(at)) : words.weekly(dayWords([day], t.language), clock(at));
  return `${when} (${timeZone})`;
}
