/** The figures of the statistics page, out of the rows of the counters. Pure. */
import { DELAYS, type Delay } from '../../domain/outcome-counts.ts';
import type { RecipientState } from '../../domain/recipient.ts';
import type { GroupRow } from '../statistics.ts';
import { type Outcomes, outcomesOf } from './share-bar.tsx';

export const DAY = 86_400_000;

/** Outcomes whose `failed` are those that were never accepted; `bounced`: came back later. */
export interface Totals extends Outcomes {
  readonly bounced: number;
}

export interface DayFigures {
  /** Unix milliseconds at its start, UTC. */
  readonly day: number;
  readonly totals: Totals;
}

export interface GroupFigures {
  /** Null: all others together. */
  readonly group: string | null;
  readonly outcomes: Outcomes;
}

export interface ReasonFigures {
  readonly reason: string;
  readonly count: number;
}

export interface HopFigures {
  /** Null: all others together. */
  readonly hop: string | null;
  readonly transferred: number;
  /** Attempts that were put off. */
  readonly deferred: number;
  readonly failed: number;
}

export interface DelayFigures {
  readonly delay: Delay;
  readonly count: number;
}

/** Rows as the desk gives them, each of the group it is named after. */
export interface CountedRows {
  /** Of the period and the one before it. */
  readonly accounts: readonly GroupRow[];
  readonly sources: readonly GroupRow[];
  /** Of the period. */
  readonly templates: readonly GroupRow[];
  readonly reasons: readonly GroupRow[];
  readonly hops: readonly GroupRow[];
  readonly delays: readonly GroupRow[];
}

export interface StatisticsFigures {
  readonly now: Totals;
  /** Of as many days before. */
  readonly before: Totals;
  /** Each day of the period, oldest first. */
  readonly byDay: readonly DayFigures[];
  readonly accounts: readonly GroupFigures[];
  readonly templates: readonly GroupFigures[];
  readonly reasons: readonly ReasonFigures[];
  readonly hops: readonly HopFigures[];
  /** All of them, quickest first; empty where nothing was transferred. */
  readonly delays: readonly DelayFigures[];
}

/** `today`: at which it began, UTC, Unix milliseconds; the last of `days` days. */
export function figuresOf(rows: CountedRows, today: number, days: number): StatisticsFigures {
  const from = today - (days - 1) * DAY;
  const within = (begin: number, end: number) => (row: GroupRow) => row.at >= begin && row.at < end;
  const totals = (begin: number, end: number): Totals =>
    totalsOf(rows.accounts.filter(within(begin, end)), rows.sources.filter(within(begin, end)));
  return {
    now: totals(from, today + DAY),
    before: totals(from - days * DAY, from),
    byDay: Array.from({ length: days }, (_, i) => from + i * DAY).map((day) => ({ day, totals: totals(day, day + DAY) })),
    accounts: groupsOf(rows.accounts.filter(within(from, today + DAY))),
    templates: groupsOf(rows.templates),
    reasons: reasonsOf(rows.reasons),
    hops: hopsOf(rows.hops),
    delays: delaysOf(rows.delays),
  };
}

function totalsOf(states: readonly GroupRow[], sources: readonly GroupRow[]): Totals {
  const outcomes = outcomesOf(states);
  const reported = sources.reduce((sum, row) => sum + (row.group === 'report' ? (row.states.failed ?? 0) : 0), 0);
  const bounced = Math.min(reported, outcomes.failed);
  return { ...outcomes, failed: outcomes.failed - bounced, bounced };
}

function byGroup(rows: readonly GroupRow[]): ReadonlyMap<string | null, readonly GroupRow[]> {
  const groups = new Map<string | null, GroupRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return groups;
}

/** The largest first, those without a name and all others last. */
function groupsOf(rows: readonly GroupRow[]): readonly GroupFigures[] {
  return [...byGroup(rows)]
    .map(([group, of]) => ({ group, outcomes: outcomesOf(of) }))
    .filter(({ outcomes }) => outcomes.all > 0)
    .sort((a, b) => rankOf(a.group) - rankOf(b.group) || b.outcomes.all - a.outcomes.all);
}

function rankOf(group: string | null): number {
  return group === null ? 2 : group === '' ? 1 : 0;
}

function sumOf(rows: readonly GroupRow[], states: readonly RecipientState[]): number {
  return rows.reduce((sum, row) => sum + states.reduce((of, state) => of + (row.states[state] ?? 0), 0), 0);
}

function reasonsOf(rows: readonly GroupRow[]): readonly ReasonFigures[] {
  return [...byGroup(rows)]
    .map(([group, of]) => ({ reason: group ?? 'unknown', count: sumOf(of, ['failed', 'expired', 'suppressed']) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

function hopsOf(rows: readonly GroupRow[]): readonly HopFigures[] {
  return [...byGroup(rows)]
    .map(([hop, of]) => ({
      hop,
      transferred: sumOf(of, ['transferred']),
      deferred: sumOf(of, ['deferred']),
      failed: sumOf(of, ['failed', 'expired']),
    }))
    .sort((a, b) => Number(a.hop === null) - Number(b.hop === null) || all(b) - all(a));
}

function all({ transferred, deferred, failed }: HopFigures): number {
  return transferred + deferred + failed;
}

function delaysOf(rows: readonly GroupRow[]): readonly DelayFigures[] {
  const counts = DELAYS.map(([delay]) => ({
    delay,
    count: sumOf(
      rows.filter(({ group }) => group === delay),
      ['transferred'],
    ),
  }));
  return counts.every(({ count }) => count === 0) ? [] : counts;
}

/** The span within which this share of all transfers was done. */
export function delayWithin(delays: readonly DelayFigures[], share: number): Delay | undefined {
  const sum = delays.reduce((total, { count }) => total + count, 0);
  let done = 0;
  return delays.find(({ count }) => {
    done += count;
    return sum > 0 && done >= sum * share;
  })?.delay;
}
