/**
 * The life of a signal: opened by an event, joined by more of the same cause, told, told again while
 * nobody acknowledges it, escalated, closed. Pure: each function gives the record as it is from then on.
 *
 *   open ──joins──▶ open ──told, repeated, grown, escalated──▶ open ──▶ closed
 *     │                                                         ▲
 *     └──acknowledged──▶ acknowledged ──joined after `within`───┘
 *
 * `nextAt` says when the record is to be looked at again: it is the only timer, and durable.
 */
import type { SignalCause, SignalClosing, SignalExample, SignalId, SignalPerson, SignalRecord } from './signal.ts';
import { DEFAULT_WITHIN, type SignalRule } from './signal-rule.ts';
import { afterQuiet } from './signal-time.ts';

/** Without anything of the kind for so long, a signal closes by itself. */
export const IDLE = 14 * 86_400_000;
/** A signal that has grown tenfold since it was told is told again, after this time. */
const GROWN = 10;
const GROWN_AFTER = 5 * 60_000;
const FIRST_EXAMPLES = 3;
const LAST_EXAMPLES = 2;
const PEOPLE_LIMIT = 20;

export interface Opening {
  readonly id: SignalId;
  readonly rule: SignalRule;
  readonly cause: SignalCause;
  readonly key: string;
  /** Unix milliseconds. */
  readonly at: number;
}

/** A signal without events yet. */
export function openSignal({ id, rule, cause, key, at }: Opening): SignalRecord {
  return {
    id,
    rule: rule.name,
    key,
    cause,
    state: 'open',
    openedAt: at,
    lastAt: at,
    count: 0,
    examples: [],
    people: [],
    unresolved: 0,
    resolved: 0,
    told: 0,
    toldAt: null,
    toldCount: 0,
    nextAt: null,
    escalatedAt: null,
    acknowledged: null,
    closed: null,
  };
}

export interface Joining {
  readonly at: number;
  readonly example: SignalExample;
  readonly people: readonly SignalPerson[];
  /** Events that it stands for; 0: it is known already, and only comes again. */
  readonly count: number;
  /** It is a recipient that has to go through. */
  readonly waits: boolean;
}

export function joinSignal(record: SignalRecord, joining: Joining, rule: SignalRule): SignalRecord {
  const { at, example, people, count, waits } = joining;
  const known = new Set(record.people.map(personKey));
  const fresh = people.filter((person) => !known.has(personKey(person)));
  const within = rule.group?.within ?? DEFAULT_WITHIN;
  const reopens = record.state === 'acknowledged' && record.acknowledged !== null && at >= record.acknowledged.at + within;
  const next: SignalRecord = {
    ...record,
    state: reopens ? 'open' : record.state,
    acknowledged: reopens ? null : record.acknowledged,
    lastAt: Math.max(record.lastAt, at),
    count: record.count + count,
    examples: count === 0 ? record.examples : withExample(record.examples, example),
    people: [...record.people, ...fresh].slice(0, PEOPLE_LIMIT),
    unresolved: record.unresolved + Number(waits),
  };
  return scheduled(next, rule);
}

function personKey({ kind, address, language }: SignalPerson): string {
  return `${kind} ${language} ${address}`;
}

function withExample(examples: readonly SignalExample[], example: SignalExample): readonly SignalExample[] {
  if (examples.length < FIRST_EXAMPLES + LAST_EXAMPLES) return [...examples, example];
  return [...examples.slice(0, FIRST_EXAMPLES), ...examples.slice(FIRST_EXAMPLES + 1), example];
}

/** The record with the time at which it is to be looked at again. */
export function scheduled(record: SignalRecord, rule: SignalRule): SignalRecord {
  const nextAt = nextLook(record, rule);
  return nextAt === record.nextAt ? record : { ...record, nextAt };
}

function nextLook(record: SignalRecord, rule: SignalRule): number | null {
  const { state, lastAt, closed } = record;
  if (state === 'closed') return closed !== null && owesClosing(record, rule) ? afterQuiet(closed.at, rule.quiet) : null;
  const telling = nextTelling(record, rule);
  const calm = lastAt + calmAfter(rule).time;
  return telling === null ? calm : Math.min(calm, afterQuiet(telling.at, rule.quiet));
}

/** Without anything of the kind for how long it closes by itself, and why that is. */
function calmAfter({ threshold }: SignalRule): { readonly time: number; readonly why: SignalClosing } {
  // What is counted within a time is over when that time passed without any of it.
  return threshold === null || threshold.within === 'run' ? { time: IDLE, why: 'quiet' } : { time: threshold.within, why: 'recovered' };
}

interface Due {
  readonly at: number;
  readonly reason: 'raised' | 'grown' | 'repeated' | 'escalated';
}

/** What is told next, and when at the earliest. With a digest nothing is told one by one. */
function nextTelling(record: SignalRecord, rule: SignalRule): Due | null {
  const { state, openedAt, told, toldAt, toldCount, count, escalatedAt } = record;
  if (state !== 'open' || rule.digest !== null) return null;
  if (told === 0 || toldAt === null) return { at: openedAt + (rule.group?.wait ?? 0), reason: 'raised' };
  const due: Due[] = [];
  if (rule.escalate !== null && escalatedAt === null)
    due.push({ at: Math.max(toldAt, openedAt + rule.escalate.after), reason: 'escalated' });
  if (rule.repeat !== null) due.push({ at: toldAt + rule.repeat, reason: 'repeated' });
  if (count > toldCount) {
    const within = rule.group?.within ?? DEFAULT_WITHIN;
    due.push({ at: toldAt + (count >= toldCount * GROWN ? Math.min(GROWN_AFTER, within) : within), reason: 'grown' });
  }
  return due.length === 0 ? null : due.reduce((a, b) => (b.at < a.at ? b : a));
}

/** That it is over is told to those who were told that it is not. */
function owesClosing({ told, closed }: SignalRecord, { digest }: SignalRule): boolean {
  return told > 0 && digest === null && (closed?.why === 'resolved' || closed?.why === 'recovered');
}

export type Look =
  | { readonly kind: 'tell'; readonly reason: Due['reason'] | 'closed'; readonly record: SignalRecord }
  | { readonly kind: 'close'; readonly record: SignalRecord }
  | { readonly kind: 'nothing'; readonly record: SignalRecord };

/** What is to be done with a signal whose time has come. `record` is as it is once that is done. */
export function lookAt(record: SignalRecord, rule: SignalRule, now: number): Look {
  if (record.state === 'closed') {
    if (record.nextAt === null || now < record.nextAt) return { kind: 'nothing', record };
    return { kind: 'tell', reason: 'closed', record: { ...record, told: record.told + 1, toldAt: now, nextAt: null } };
  }
  const telling = nextTelling(record, rule);
  if (telling !== null && afterQuiet(telling.at, rule.quiet) <= now && afterQuiet(now, rule.quiet) === now) {
    const { reason } = telling;
    const told = markTold(reason === 'escalated' ? { ...record, escalatedAt: now } : record, now);
    return { kind: 'tell', reason, record: scheduled(told, rule) };
  }
  const { time, why } = calmAfter(rule);
  if (record.lastAt + time <= now) return { kind: 'close', record: closeSignal(record, { at: now, by: null, why }, rule) };
  return { kind: 'nothing', record: scheduled(record, rule) };
}

export function markTold(record: SignalRecord, now: number): SignalRecord {
  return { ...record, told: record.told + 1, toldAt: now, toldCount: record.count };
}

export function acknowledgeSignal(
  record: SignalRecord,
  by: { readonly at: number; readonly by: string | null; readonly note: string | null },
  rule: SignalRule,
): SignalRecord {
  return record.state === 'closed' ? record : scheduled({ ...record, state: 'acknowledged', acknowledged: by }, rule);
}

export function closeSignal(
  record: SignalRecord,
  closed: { readonly at: number; readonly by: string | null; readonly why: SignalClosing },
  rule: SignalRule,
): SignalRecord {
  return record.state === 'closed' ? record : scheduled({ ...record, state: 'closed', closed }, rule);
}

/** So many recipients that it waited for went through; the last of them closes it. */
export function resolveMembers(record: SignalRecord, count: number, now: number, rule: SignalRule): SignalRecord {
  const unresolved = Math.max(0, record.unresolved - count);
  const next = { ...record, unresolved, resolved: record.resolved + count };
  if (unresolved > 0 || record.overfull === true || record.state === 'closed') return next;
  return closeSignal(next, { at: now, by: null, why: 'resolved' }, rule);
}
