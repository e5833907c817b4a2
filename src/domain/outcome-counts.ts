/**
 * What the days' outcomes are counted by, beyond the present state: why mail was refused, who said so,
 * which next hop answered, how long the way to it took. Each event is counted as it was told; a later
 * one that says otherwise does not take it back.
 */
import type { FeedEvent } from './events.ts';
import type { RecipientState } from './recipient.ts';

/**
 * - `reason`   the category of a failure, `suppressed` where nothing was tried
 * - `source`   of a failure: `attempt`, the next hop's reply, or `report`, what came back later
 * - `nextHop`  each reply of a next hop, deferrals too
 * - `delay`    from acceptance to the 250 of the next hop, by `DELAYS`
 */
export const OUTCOME_GROUPS = ['reason', 'source', 'nextHop', 'delay'] as const;
export type OutcomeGroup = (typeof OUTCOME_GROUPS)[number];

/** Names of spans and where they end, in milliseconds; each begins where the one before it ends. */
export const DELAYS = [
  ['1s', 1000],
  ['5s', 5000],
  ['15s', 15_000],
  ['1m', 60_000],
  ['5m', 300_000],
  ['15m', 900_000],
  ['1h', 3_600_000],
  ['4h', 14_400_000],
  ['1d', 86_400_000],
  ['longer', Number.POSITIVE_INFINITY],
] as const;
export type Delay = (typeof DELAYS)[number][0];

export interface OutcomeCount {
  readonly group: OutcomeGroup;
  readonly value: string;
  readonly state: RecipientState;
}

export function isOutcomeGroup(group: string): group is OutcomeGroup {
  return OUTCOME_GROUPS.some((one) => one === group);
}

export function delayOf(milliseconds: number): Delay {
  return DELAYS.find(([, end]) => milliseconds <= end)?.[0] ?? 'longer';
}

/** What is counted for an event: nothing for most. `acceptedAt`, Unix milliseconds: of its message. */
export function outcomeCounts(event: FeedEvent, acceptedAt: number): readonly OutcomeCount[] {
  const { state, nextHop, category = 'unknown', source } = event;
  if (state === undefined) return [];
  const counts: OutcomeCount[] = [];
  const replied = nextHop !== undefined && source !== 'report';
  switch (event.type) {
    case 'recipient.transferred':
      counts.push({ group: 'delay', value: delayOf(event.at - acceptedAt), state });
      break;
    case 'recipient.failed':
    case 'recipient.expired':
      counts.push({ group: 'reason', value: category, state }, { group: 'source', value: source ?? 'attempt', state });
      break;
    case 'recipient.suppressed':
      return [{ group: 'reason', value: 'suppressed', state }];
    case 'recipient.deferred':
      break;
    default:
      return [];
  }
  if (replied) counts.push({ group: 'nextHop', value: nextHop, state });
  return counts;
}
