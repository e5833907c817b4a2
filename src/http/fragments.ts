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
  async get(key: string, render: () => Promise<string>): Promise<string> {
    const started = performance.now();
    const seq = this.#lastSeq();
    const kept = this.#kept.get(key);
    let html = kept?.html;
    if (kept === undefined || html === undefined || started - kept.at > (kept.seq === seq ? UNCHANGED : FRESH)) {
      html = render();
      this.#kept.set(key, { at: started, seq, html });
      html.catch(() => this.#kept.delete(key));
    }
    const text = await html;
    this.#cost += NEWEST * (performance.now() - started - this.#cost);
    return text;
  }

  /** Milliseconds that a page waits before it asks again, so many being open. */
  pace(pages: number): number {
    return Math.round(Math.min(LATEST, Math.max(SOONEST, (pages * (this.#cost + 0.5)) / SHARE)));
  }
}
