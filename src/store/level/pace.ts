/**
 * The pace of work that can wait, such as a clean-up: as fast as it goes while nothing else is
 * committed, and a small part of the time while mail flows.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Committer } from './committer.ts';

/** While mail flows a step is followed by a rest of so many times its length. */
const REST = 2;
/** Commits of its own that a step makes at most. */
const OWN = 3;
const LONGEST_REST = 1000;

export class Pace {
  readonly #committer: Pick<Committer, 'operations'>;
  #seen: number;

  constructor(committer: Pick<Committer, 'operations'>) {
    this.#committer = committer;
    this.#seen = committer.operations;
  }

  /** Does one step, and rests. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    const result = await work();
    await this.#rest(performance.now() - began);
    return result;
  }

  async #rest(took: number): Promise<void> {
    const { operations } = this.#committer;
    // Seen since the last step, its rest included: mail that comes seldom keeps it slow no longer than that.
    const others = operations - this.#seen;
    this.#seen = operations;
    if (others > OWN) await delay(Math.min(took * REST, LONGEST_REST));
  }
}
