/**
 * Parts of pages that are fetched again and again: many people who look at the same are given what was
 * rendered for one of them, and all together are asked to come back no sooner than leaves the relay
 * its time for mail.
 */
import { LRUCache } from 'lru-cache';

/** Milliseconds for which a part is good though something happened meanwhile, and though nothing did. */
const FRESH = 1_000;
const UNCHANGED = 15_000;
const KEPT = 200;
/** Of the processor's time, what live pages may take. */
const SHARE = 0.03;
const SOONEST = 1_000;
const LATEST = 30_000;
/** Weight of the newest measurement. */
const NEWEST = 0.1;

/** A part, and whether something may have happened since: whoever shows it has to ask again. */
export interface Fragment {
  readonly html: string;
  readonly stale: boolean;
}

interface Rendered {
  readonly at: number;
  readonly seq: number;
  readonly html: Promise<string>;
}

export class Fragments {
  readonly #kept = new LRUCache<string, Rendered>({ max: KEPT });
  readonly #lastSeq: () => number;
  /** Milliseconds that one request takes, on average. */
  #cost = 1;

  constructor(lastSeq: () => number) {
    this.#lastSeq = lastSeq;
  }

  /** `key`: all that the part depends on, beside the store: for whom, in which language, of what. */
  async get(key: string, render: () => Promise<string>): Promise<Fragment> {
    const started = performance.now();
    const seq = this.#lastSeq();
    let part = this.#kept.get(key);
    if (part === undefined || started - part.at > (part.seq === seq ? UNCHANGED : FRESH)) {
      part = { at: started, seq, html: render() };
      this.#kept.set(key, part);
      part.html.catch(() => this.#kept.delete(key));
    }
    const html = await part.html;
    this.#cost += NEWEST * (performance.now() - started - this.#cost);
    return { html, stale: part.seq !== seq };
  }

  /** Milliseconds that a page waits before it asks again, so many being open. */
  pace(pages: number): number {
    return Math.round(Math.min(LATEST, Math.max(SOONEST, (pages * (this.#cost + 0.5)) / SHARE)));
  }
}
