/**
 * Erasures of one person's data, as API and pages ask for them: one at a time, counted or done; a long
 * one goes on when its call was answered, and is told of until the next.
 */
import type { Store } from '../domain/ports.ts';
import type { SubjectErasureAnswer } from '../domain/subject-erasure.ts';

export interface ErasureRequest {
  /** Normalised. */
  readonly address: string;
  readonly dryRun: boolean;
  readonly force: boolean;
  /** Name of who asks. */
  readonly by: string;
}

export interface ErasureWork {
  /** What it is replaced by: who looks on later need not know of whom. */
  readonly pseudonym: string;
  readonly dryRun: boolean;
  readonly startedAt: number;
  readonly by: string;
  /** Null: it is under way. */
  readonly answer: SubjectErasureAnswer | null;
  readonly error: string | null;
}

export class Erasing {
  readonly #store: Pick<Store, 'eraseSubject' | 'pseudonymOf'>;
  readonly #now: () => number;
  #work: ErasureWork | null = null;
  #busy = false;

  constructor(store: Pick<Store, 'eraseSubject' | 'pseudonymOf'>, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** The one under way, or the last; null: none since relais was started. */
  get work(): ErasureWork | null {
    return this.#work;
  }

  /** Undefined: another is under way. */
  begin({ address, dryRun, force, by }: ErasureRequest): Promise<SubjectErasureAnswer> | undefined {
    if (this.#busy) return undefined;
    this.#busy = true;
    return this.#run({ address, dryRun, force, by }).finally(() => {
      this.#busy = false;
    });
  }

  async #run({ address, dryRun, force, by }: ErasureRequest): Promise<SubjectErasureAnswer> {
    const pseudonym = await this.#store.pseudonymOf(address);
    const work: ErasureWork = { pseudonym, dryRun, startedAt: this.#now(), by, answer: null, error: null };
    this.#work = work;
    try {
      const answer = await this.#store.eraseSubject({ address, dryRun, force, by, now: this.#now() });
      this.#work = { ...work, answer };
      return answer;
    } catch (error) {
      this.#work = { ...work, error: error instanceof Error ? error.message : String(error) };
      throw error;
    }
  }
}
