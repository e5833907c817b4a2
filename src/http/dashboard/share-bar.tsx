/** What became of many recipients, as a bar of shares with its words. */
import type { StatisticsRow } from '../../domain/ports.ts';
import type { RecipientState } from '../../domain/recipient.ts';
import type { Strings } from './strings.ts';

/** Recipients, by how it stands with them. */
export interface Outcomes {
  readonly all: number;
  readonly delivered: number;
  readonly transferred: number;
  /** In the queue. */
  readonly waiting: number;
  /** Failed, expired or suppressed. */
  readonly failed: number;
  readonly cancelled: number;
}

export const SHARES = ['delivered', 'transferred', 'waiting', 'failed', 'cancelled'] as const;
export type Share = (typeof SHARES)[number];

const SHARE_OF: Readonly<Record<RecipientState, Share>> = {
  queued: 'waiting',
  deferred: 'waiting',
  held: 'waiting',
  transferred: 'transferred',
  delivered: 'delivered',
  failed: 'failed',
  expired: 'failed',
  suppressed: 'failed',
  cancelled: 'cancelled',
};

export function outcomesOf(rows: readonly Pick<StatisticsRow, 'states'>[]): Outcomes {
  const counts = { delivered: 0, transferred: 0, waiting: 0, failed: 0, cancelled: 0 };
  for (const { states } of rows) {
    for (const [state, count] of Object.entries(states) as [RecipientState, number][]) counts[SHARE_OF[state]] += count;
  }
  return { ...counts, all: SHARES.reduce((sum, share) => sum + counts[share], 0) };
}

interface ShareBarProps {
  readonly t: Strings;
  readonly outcomes: Outcomes;
  /** How many the whole width stands for; without it, all that there are. */
  readonly of?: number;
}

/** Widths that no style attribute is needed for; each share that there is can be seen. */
export function ShareBar({ t, outcomes, of = outcomes.all }: ShareBarProps) {
  const shown = SHARES.filter((share) => outcomes[share] > 0);
  const words = shown.map((share) => `${t.shares[share]}: ${outcomes[share].toLocaleString(t.language)}`).join(', ');
  let x = 0;
  return (
    <svg class="share-bar" viewBox="0 0 1000 8" preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      {shown.map((share) => {
        const width = (outcomes[share] / of) * 1000;
        const rect = <rect class={`share-${share}`} x={x.toFixed(1)} y="0" width={Math.max(6, width).toFixed(1)} height="8" />;
        x += width;
        return rect;
      })}
    </svg>
  );
}
