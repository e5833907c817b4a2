/** Transactions that are claimed and wait for a line to their hop: by priority, each class in its order. */
import { BULK, NORMAL, PRIORITIES, type Priority } from '../../domain/priority.ts';
import { Weights } from './turns.ts';
import type { Unit } from './unit.ts';

export function priorityOfUnit(unit: Unit): Priority {
  return unit.recipients[0]?.entry.lane.priority ?? NORMAL;
}

export class ClaimedUnits {
  readonly #queues: (Unit[] | undefined)[] = [];
  readonly #weights = new Weights();

  get length(): number {
    return this.upTo(BULK);
  }

  /** How many there are of this priority and of those before it. */
  upTo(priority: Priority): number {
    let count = 0;
    for (let i = 0; i <= priority; i++) count += this.#queues[i]?.length ?? 0;
    return count;
  }

  /** How many there are of this priority alone. */
  of(priority: Priority): number {
    return this.#queues[priority]?.length ?? 0;
  }

  push(unit: Unit): void {
    this.#queueOf(unit).push(unit);
  }

  /** It was begun and is to be the next again. */
  putBack(unit: Unit): void {
    this.#queueOf(unit).unshift(unit);
  }

  #queueOf(unit: Unit): Unit[] {
    const priority = priorityOfUnit(unit);
    const queue = this.#queues[priority] ?? [];
    this.#queues[priority] = queue;
    return queue;
  }

  /** Takes the next of a class that may go now. */
  next(allowed: (priority: Priority) => boolean): Unit | undefined {
    const priority = this.#weights.next((one) => this.of(one) > 0, allowed);
    return priority === undefined ? undefined : this.#queues[priority]?.shift();
  }

  /** The class of what is most urgent; undefined: there is nothing. */
  get soonest(): Priority | undefined {
    return PRIORITIES.find((one) => this.of(one) > 0);
  }

  /** Takes all. */
  drain(): readonly Unit[] {
    return this.#queues.splice(0).flatMap((queue) => queue ?? []);
  }
}
