/**
 * How many reports wait for a person, for the number beside the navigation. Every page shows it, so
 * it is counted at most once in some seconds, and no further than it is shown.
 */
import type { Store } from '../domain/ports.ts';

/** Counted up to this; one more stands for all that are more. */
export const MOST_COUNTED = 99;

const FRESH = 3_000;

export interface ReviewCount {
  /** 0 to MOST_COUNTED + 1. */
  get(): Promise<number>;
  /** One was linked: the next page counts anew. */
  forget(): void;
}

export function createReviewCount(store: Pick<Store, 'reports'>, now: () => number): ReviewCount {
  let counted: { readonly at: number; readonly count: Promise<number> } | null = null;
  const count = async (): Promise<number> => (await store.reports({ matched: false }, { limit: MOST_COUNTED + 1 })).items.length;
  return {
    get() {
      if (counted === null || now() - counted.at >= FRESH || now() < counted.at) {
        const taken = { at: now(), count: count() };
        counted = taken;
        taken.count.catch(() => {
          if (counted === taken) counted = null;
        });
      }
      return counted.count;
    },
    forget() {
      counted = null;
    },
  };
}
