/**
 * The ids that a filter's indexes let through, newest first: the narrowest gives them, hundreds at a
 * time, the others are asked of them all at once; where none is left, these say where to go on.
 */
import { invertId, lowestIdAt } from '../../domain/ids.ts';
import type { MessageFilter } from '../../domain/ports.ts';
import type { Plan } from './planning.ts';
import { CommonSource, type IdSource } from './sources.ts';

/** Ids taken at once when indexes are asked of them, at first and then. */
const FIRST_ASKED = 128;
const MOST_ASKED = 512;
/** Keys read to find where to go on. */
const LEAP = 4;

/** What a walk may spend in vain; a search is cut, an export is not. */
export interface Spending {
  readonly spent: boolean;
  /** Counts what was looked at in vain; whether it was too much. */
  miss(count: number): boolean;
}

/** Inverted ids: those that come after the first, up to and with the second. */
export interface Bounds {
  readonly after: string;
  /** Null: to the end. */
  readonly until: string | null;
}

/** The filter's bounds of time, from a position on. */
export function boundsOf(filter: MessageFilter, position: string | null): Bounds {
  // Accepted before `to`: ids below the lowest of that instant, which inverted come after it.
  const start = filter.to === undefined ? '' : invertId(lowestIdAt(filter.to));
  return {
    after: position !== null && position > start ? position : start,
    until: filter.from === undefined ? null : invertId(lowestIdAt(filter.from)),
  };
}

/** To be closed. */
export class IdWalk {
  readonly #plan: Plan;
  readonly #source: IdSource;
  readonly #until: string | null;
  readonly #spending: Spending;
  /** Of the filters that are asked, opened when they have to say where to go on. */
  #leaping: IdSource[] | null = null;
  #position: string;
  /** Whether the message at `#position` itself is still to be looked at. */
  #inclusive = false;
  #asked = FIRST_ASKED;
  /** Nothing comes after what was taken. */
  drained = false;
  /** The last id that was taken from the indexes; null: none was. */
  taken: string | null;

  /** Of a plan that walks at least one index. */
  constructor(plan: Plan, bounds: Bounds, position: string | null, spending: Spending) {
    this.#plan = plan;
    this.#position = bounds.after;
    this.#until = bounds.until;
    this.#spending = spending;
    this.taken = position;
    const sources = plan.walked.map((open) => open(plan.asked.length > 0 ? FIRST_ASKED : undefined));
    const [only] = sources;
    this.#source = sources.length === 1 && only !== undefined ? only : new CommonSource(sources, () => spending.miss(1));
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), ...(this.#leaping ?? []).map((source) => source.close())]);
  }

  /** Looks at some more, for about `wanted`; those let through, which may be none before the end. */
  async next(wanted: number): Promise<readonly string[]> {
    const { asked } = this.#plan;
    const count = asked.length > 0 ? this.#asked : wanted;
    this.#asked = MOST_ASKED;
    let ids: readonly string[] = await this.#take(count);
    this.taken = ids.at(-1) ?? this.taken;
    const taken = ids.length;
    for (const { holds } of asked) {
      const held = ids.length === 0 ? [] : await holds(ids);
      ids = ids.filter((_, i) => held[i]);
    }
    this.#spending.miss(taken - ids.length);
    if (ids.length === 0 && asked.length > 0 && !this.drained) await this.#leap();
    return ids;
  }

  async #take(count: number): Promise<string[]> {
    const ids: string[] = [];
    while (ids.length < count && !this.drained && (ids.length === 0 || !this.#spending.spent)) {
      const sought = this.#source.seek(this.#position, this.#inclusive);
      const found = sought instanceof Promise ? await sought : sought;
      if (found === undefined || (this.#until !== null && found > this.#until)) {
        this.drained = true;
        break;
      }
      ids.push(found);
      this.#position = found;
      this.#inclusive = false;
    }
    return ids;
  }

  /** To the first message that each of those that are asked has at or before. */
  async #leap(): Promise<void> {
    this.#leaping ??= this.#plan.asked.map(({ open }) => open(LEAP));
    const nexts = await Promise.all(this.#leaping.map((source) => source.seek(this.#position, false)));
    for (const next of nexts) {
      if (next === undefined) this.drained = true;
      else if (next > this.#position) {
        this.#position = next;
        this.#inclusive = true;
      }
    }
  }
}
