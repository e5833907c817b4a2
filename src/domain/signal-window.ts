/**
 * Counts of the last while, by group, for thresholds: a sliding window in slots of a thirtieth of it.
 * Plain data, to be kept with the position of the reader that counted. Pure.
 */

/** Slot number, events that the rule means, recipients whose outcome became known. */
type Slot = readonly [number, number, number];

export type Counts = Readonly<Record<string, readonly Slot[]>>;

const SLOTS = 30;
/** Groups that are counted at a time; the one that was quiet for longest is let go. */
const GROUPS = 500;

export interface Count {
  readonly key: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** Milliseconds of the window; null: all there is. */
  readonly within: number | null;
  readonly hit: boolean;
  /** Whether it counts among all. */
  readonly outcome: boolean;
}

function slotOf(at: number, within: number | null): number {
  // Without a window the slots only say when it was counted last: in hours.
  return Math.floor(at / (within === null ? 3_600_000 : within / SLOTS));
}

export function addCount(counts: Counts, { key, at, within, hit, outcome }: Count): Counts {
  const slot = slotOf(at, within);
  const before = Object.hasOwn(counts, key) ? (counts[key] ?? []) : [];
  const kept = within === null ? before : before.filter(([number]) => number > slot - SLOTS);
  const last = kept.at(-1);
  const added: Slot = [slot, Number(hit), Number(outcome)];
  const merges = last !== undefined && (within === null || last[0] >= slot);
  const slots = merges
    ? [...kept.slice(0, -1), [Math.max(last[0], slot), last[1] + added[1], last[2] + added[2]] as const]
    : [...kept, added];
  return bounded({ ...counts, [key]: slots });
}

/** Events meant and outcomes known within the window that ends at `at`. */
export function totalsOf(
  counts: Counts,
  key: string,
  at: number,
  within: number | null,
): { readonly hits: number; readonly outcomes: number } {
  const first = within === null ? Number.NEGATIVE_INFINITY : slotOf(at, within) - SLOTS;
  let hits = 0;
  let outcomes = 0;
  for (const [slot, hit, outcome] of Object.hasOwn(counts, key) ? (counts[key] ?? []) : []) {
    if (slot <= first) continue;
    hits += hit;
    outcomes += outcome;
  }
  return { hits, outcomes };
}

function bounded(counts: Counts): Counts {
  const keys = Object.keys(counts);
  if (keys.length <= GROUPS) return counts;
  const lastOf = (key: string): number => counts[key]?.at(-1)?.[0] ?? 0;
  const oldest = keys.reduce((a, b) => (lastOf(b) < lastOf(a) ? b : a));
  const { [oldest]: _, ...rest } = counts;
  return rest;
}
