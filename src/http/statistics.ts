/**
 * Statistics for the API and the pages: the largest groups, and all others together. Counting takes some
 * milliseconds, save by domain, where a month may be a hundred thousand counters: what took long is given
 * as it was counted last, and counted anew behind it.
 */
import { LRUCache } from 'lru-cache';
import type { StatisticsRequest, StatisticsRow, Store } from '../domain/ports.ts';
import type { RecipientState } from '../domain/recipient.ts';

/** As `StatisticsRow`; group null: all that are not among the largest. */
export interface GroupRow extends Omit<StatisticsRow, 'group'> {
  readonly group: string | null;
}

export interface GroupsRequest extends StatisticsRequest {
  /** How many groups are told apart. */
  readonly top: number;
}

const HOUR = 3_600_000;
/** Milliseconds of counting that are too many for one who waits. */
const LONG = 200;
/** Milliseconds for which what took long is good, and for which it is given while it is counted anew. */
const FRESH = 30_000;
const STALE = 900_000;
const KEPT = 100;

interface Counted {
  readonly at: number;
  readonly rows: readonly GroupRow[];
}

export class StatisticsDesk {
  readonly #store: Pick<Store, 'statistics'>;
  readonly #kept = new LRUCache<string, Counted>({ max: KEPT });
  readonly #counting = new Map<string, Promise<readonly GroupRow[]>>();

  constructor(store: Pick<Store, 'statistics'>) {
    this.#store = store;
  }

  async rows(request: GroupsRequest): Promise<readonly GroupRow[]> {
    const { by, group, top, accounts } = request;
    // Counters are of whole hours: what lies within one asks for the same.
    const key = JSON.stringify([by, group, top, accounts, Math.floor(request.from / HOUR), Math.ceil(request.to / HOUR)]);
    const kept = this.#kept.get(key);
    const age = kept === undefined ? Number.POSITIVE_INFINITY : performance.now() - kept.at;
    if (kept === undefined || age > STALE) return this.#count(key, request);
    if (age > FRESH) this.#count(key, request).catch(() => undefined);
    return kept.rows;
  }

  /** Whoever asks for the same meanwhile is given the same. */
  #count(key: string, request: GroupsRequest): Promise<readonly GroupRow[]> {
    const running = this.#counting.get(key);
    if (running !== undefined) return running;
    const counting = this.#counted(key, request).finally(() => this.#counting.delete(key));
    this.#counting.set(key, counting);
    return counting;
  }

  async #counted(key: string, request: GroupsRequest): Promise<readonly GroupRow[]> {
    const begun = performance.now();
    // Of next hops the store tells so many apart, and counts the others without a name.
    const rows = largest(await this.#store.statistics(request), request.top, request.group === 'nextHop' ? '' : null);
    const at = performance.now();
    if (at - begun > LONG) this.#kept.set(key, { at, rows });
    else this.#kept.delete(key);
    return rows;
  }
}

/** Groups with the most recipients by themselves, in each bucket all others as one, `unnamed` among these. */
function largest(rows: readonly StatisticsRow[], top: number, unnamed: string | null): readonly GroupRow[] {
  const totals = new Map<string, number>();
  for (const { group, states } of rows) if (group !== unnamed) totals.set(group, (totals.get(group) ?? 0) + sumOf(states));
  if (totals.size <= top && !rows.some(({ group }) => group === unnamed)) return rows;
  const shown = new Set(
    [...totals]
      .sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1))
      .slice(0, top)
      .map(([group]) => group),
  );
  const others = new Map<number, Partial<Record<RecipientState, number>>>();
  const kept: GroupRow[] = [];
  for (const row of rows) {
    if (shown.has(row.group)) {
      kept.push(row);
      continue;
    }
    const states = others.get(row.at) ?? {};
    for (const [state, count] of Object.entries(row.states) as [RecipientState, number][]) states[state] = (states[state] ?? 0) + count;
    others.set(row.at, states);
  }
  return [...kept, ...[...others].map(([at, states]) => ({ at, group: null, states }))].sort((a, b) => a.at - b.at);
}

export function sumOf(states: StatisticsRow['states']): number {
  let sum = 0;
  for (const count of Object.values(states)) sum += count;
  return sum;
}
