/**
 * Whose turn it is: the classes of priority by weight, so that the urgent go first and nobody starves;
 * within a class one account after the other.
 */
import { PRIORITIES, type Priority } from '../../domain/priority.ts';
import type { Lane } from './lane.ts';

/** Of 21 turns that all three want: urgent, normal, bulk. */
const WEIGHTS = [16, 4, 1] as const;

/** Weighted turns that are spread evenly: who comes anew is first, whatever went before. */
export class Weights {
  readonly #credits = [0, 0, 0];

  /** The class whose turn it is among those that want one and may have it; undefined: none is. */
  next(wants: (priority: Priority) => boolean, may: (priority: Priority) => boolean): Priority | undefined {
    const credits = this.#credits;
    let total = 0;
    let chosen: Priority | undefined;
    for (const priority of PRIORITIES) {
      if (!wants(priority)) {
        credits[priority] = 0;
        continue;
      }
      if (!may(priority)) continue;
      total += WEIGHTS[priority];
      credits[priority] = (credits[priority] ?? 0) + WEIGHTS[priority];
      if (chosen === undefined || (credits[priority] ?? 0) > (credits[chosen] ?? 0)) chosen = priority;
    }
    if (chosen !== undefined) credits[chosen] = (credits[chosen] ?? 0) - total;
    return chosen;
  }
}

/** The lanes of a hop that have something ready. */
export class Turns {
  readonly #rounds: (Lane[] | undefined)[] = [];
  readonly #weights = new Weights();

  /** The lane has something ready: it gets its turn. */
  enroll(lane: Lane): void {
    if (lane.enrolled) return;
    lane.enrolled = true;
    const round = this.#rounds[lane.priority];
    if (round === undefined) this.#rounds[lane.priority] = [lane];
    else round.push(lane);
  }

  /** Whether something of the class is ready. */
  has(priority: Priority): boolean {
    const round = this.#rounds[priority];
    if (round === undefined) return false;
    while (round[0] !== undefined && round[0].head === null) {
      round[0].enrolled = false;
      round.shift();
    }
    return round.length > 0;
  }

  get any(): boolean {
    return PRIORITIES.some((priority) => this.has(priority));
  }

  /** The lane whose turn it is, of a class that may go now; it goes to the end of its round. */
  next(allowed: (priority: Priority) => boolean): Lane | undefined {
    const priority = this.#weights.next((one) => this.has(one), allowed);
    const round = priority === undefined ? undefined : this.#rounds[priority];
    const lane = round?.shift();
    if (lane !== undefined) round?.push(lane);
    return lane;
  }
}
