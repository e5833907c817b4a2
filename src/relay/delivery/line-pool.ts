/**
 * The connections to all next hops: at most so many together, those that rest are closed after some
 * seconds, and a hop that waits for one gets the next that is given up.
 */
import type { Hop, Line } from './hop.ts';
import type { Hops } from './hops.ts';

const IDLE_LIFETIME = 5_000;
const IDLE_SWEEP = 1_000;

export class LinePool {
  readonly #limit: number;
  readonly #hops: Hops;
  readonly #now: () => number;
  readonly #onFree: (hop: Hop) => void;
  /** Hops that found no room, the longest waiting first. */
  readonly #waiting = new Set<Hop>();
  #count = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: { readonly limit: number; readonly hops: Hops; readonly now: () => number; readonly onFree: (hop: Hop) => void }) {
    this.#limit = options.limit;
    this.#hops = options.hops;
    this.#now = options.now;
    this.#onFree = options.onFree;
  }

  /** Other hops wait for a connection. */
  get contended(): boolean {
    return this.#waiting.size > 0;
  }

  /** Whether one more fits; a resting one of another hop makes room. Otherwise the hop is told when one does. */
  mayOpen(hop: Hop): boolean {
    if (this.#count < this.#limit) return true;
    for (const other of this.#hops.all()) {
      const line = other === hop ? undefined : other.idle.shift();
      if (line === undefined) continue;
      this.#drop(other, line);
      return true;
    }
    this.#waiting.add(hop);
    return false;
  }

  /** A line that rests, or a new one; undefined: the hop has all it may have. */
  obtain(hop: Hop): Line | undefined {
    const resting = hop.idle.pop();
    if (resting !== undefined) return resting;
    if (hop.lines.size >= hop.window || !this.mayOpen(hop)) return undefined;
    const line: Line = { session: null, controller: new AbortController(), messages: 0, idleSince: 0 };
    hop.lines.add(line);
    this.#count++;
    return line;
  }

  rest(hop: Hop, line: Line): void {
    line.idleSince = this.#now();
    hop.idle.push(line);
    this.#timer ??= setTimeout(() => this.#sweep(), IDLE_SWEEP);
  }

  #sweep(): void {
    this.#timer = null;
    const before = this.#now() - IDLE_LIFETIME;
    let left = 0;
    for (const hop of this.#hops.all()) {
      while (hop.idle[0] !== undefined && (hop.idle[0].idleSince <= before || hop.idle[0].session?.usable !== true)) {
        const line = hop.idle.shift();
        if (line !== undefined) this.close(hop, line);
      }
      left += hop.idle.length;
    }
    if (left > 0) this.#timer = setTimeout(() => this.#sweep(), IDLE_SWEEP);
  }

  /** Ends the session in good order; the line stays. */
  hangUp(line: Line): void {
    line.session?.quit();
    line.session = null;
    line.messages = 0;
  }

  #drop(hop: Hop, line: Line): void {
    this.hangUp(line);
    if (hop.lines.delete(line)) this.#count--;
  }

  close(hop: Hop, line: Line): void {
    this.#drop(hop, line);
    // All that wait, in turn: one that was told first may have nothing left to send.
    for (const waiting of [...this.#waiting]) {
      if (this.#count >= this.#limit) return;
      this.#waiting.delete(waiting);
      this.#onFree(waiting);
    }
  }

  /** Closes what rests; nothing is kept from now on. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#waiting.clear();
    for (const hop of this.#hops.all()) for (const line of hop.idle.splice(0)) this.#drop(hop, line);
  }
}
