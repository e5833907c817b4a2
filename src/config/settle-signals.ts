/** From the keys of `signals` and `owners` to the rules that the room of signals reads. */
import {
  BY_CAUSE,
  type DigestTimes,
  type QuietTimes,
  type SignalChannel,
  type SignalExpectation,
  type SignalFilter,
  type SignalGrouping,
  type SignalOwner,
  type SignalRule,
  type SignalThreshold,
  STANDARD_RULES,
  signalRule,
  type WebhookChannel,
  type Weekday,
  WORKING_WEEK,
} from '../domain/signal-rule.ts';
import type { FileConfig } from './schema.ts';

type FileSignal = NonNullable<FileConfig['signals']>[number];
type FileChannel = FileSignal['notify'][number];

/** Nothing said of signals: the standard rules. An empty list: none. */
export function settleSignals(signals: FileConfig['signals'], timeZone: string): readonly SignalRule[] {
  return signals === undefined ? STANDARD_RULES : signals.map((signal) => settleSignal(signal, timeZone));
}

export function settleSignal(signal: FileSignal, timeZone: string): SignalRule {
  const notify = signal.notify.map(settleChannel);
  const { threshold, expect, quiet, digest, escalate } = signal;
  const rule = signalRule({
    name: signal.name,
    on: signal.on ?? [],
    where: given(signal.where),
    after: signal.after ?? null,
    threshold: threshold === undefined ? null : settleThreshold(threshold),
    expect: expect === undefined ? null : settleExpectation(expect, timeZone),
    quiet: quiet === undefined ? null : settleQuiet(quiet, timeZone),
    digest: digest === undefined ? null : settleDigest(digest, timeZone),
    repeat: signal.repeat ?? null,
    escalate: escalate === undefined ? null : { after: escalate.after, notify: escalate.notify.map(settleChannel) },
    hold: signal.hold,
    notify,
  });
  return { ...rule, group: settleGroup(signal.group, rule) };
}

/** Without the keys that are not there. */
function given<T extends Readonly<Record<string, readonly string[] | undefined>>>(filter: T): SignalFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as SignalFilter;
}

function settleGroup(group: FileSignal['group'], rule: SignalRule): SignalGrouping | null {
  if (group === 'each') return null;
  if (group !== undefined) return group;
  const { threshold, expect, quiet, digest, repeat, escalate, notify } = rule;
  if (threshold !== null) return { ...BY_CAUSE, by: threshold.within === 'run' ? ['run'] : [] };
  const lasting = expect !== null || quiet !== null || digest !== null || repeat !== null || escalate !== null;
  return !lasting && notify.length > 0 && notify.every(isForPrograms) ? null : BY_CAUSE;
}

/** Who gets one for each event, and sorts them out. */
function isForPrograms(channel: SignalChannel): boolean {
  return channel.kind === 'command' || (channel.kind === 'webhook' && (channel.format ?? 'standard') === 'standard');
}

function settleThreshold({ share, count, within, least }: NonNullable<FileSignal['threshold']>): SignalThreshold {
  if (share !== undefined) return { kind: 'share', share, least, within };
  return { kind: 'count', count: count ?? 2, within: within === 'run' ? 0 : within };
}

function settleExpectation({ mail, run }: NonNullable<FileSignal['expect']>, timeZone: string): SignalExpectation {
  if (mail === undefined) return { kind: 'run', within: run?.within ?? 0 };
  return { kind: 'mail', ...mail, days: settleDays(mail.days), timeZone: mail.timeZone ?? timeZone };
}

const WEEKDAY_NUMBERS = { mon: 1, tue: 2, wed: 3, thu: 4, fri: 5, sat: 6, sun: 7 } as const satisfies Record<string, Weekday>;

function settleDays(days: 'working' | 'every' | readonly (keyof typeof WEEKDAY_NUMBERS)[]): readonly Weekday[] {
  if (days === 'working') return WORKING_WEEK;
  return days === 'every' ? Object.values(WEEKDAY_NUMBERS) : days.map((day) => WEEKDAY_NUMBERS[day]);
}

function settleQuiet(quiet: NonNullable<FileSignal['quiet']>, timeZone: string): QuietTimes {
  return { hours: quiet.hours ?? null, days: settleDays(quiet.days), timeZone: quiet.timeZone ?? timeZone };
}

function settleDigest({ every, at, on, timeZone: own }: NonNullable<FileSignal['digest']>, timeZone: string): DigestTimes {
  return { every, at, day: WEEKDAY_NUMBERS[on], timeZone: own ?? timeZone };
}

function settleChannel({ webhook, mail, command }: FileChannel): SignalChannel {
  if (webhook !== undefined) return settleWebhook(webhook);
  if (mail !== undefined) return { kind: 'mail', ...mail };
  if (command !== undefined) return { kind: 'command', ...command };
  throw new TypeError('the schema lets no channel without a kind pass');
}

function settleWebhook({ secret, secrets, ...webhook }: NonNullable<FileChannel['webhook']>): WebhookChannel {
  return { kind: 'webhook', ...webhook, secrets: secrets ?? (secret === undefined ? [] : [secret]) };
}

export function settleOwner({ match, mail, language }: FileConfig['owners'][number]): SignalOwner {
  return { match: given(match), mail, language };
}
