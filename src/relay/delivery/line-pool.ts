/**
 * The connections to all next hops: at most so many together, those that rest are closed after some
 * seconds, and a hop that waits for one gets the next that is given up: the urgent before the
 * others. Bulk leaves some of them alone, so that what is urgent finds one, however slow the hops are.
 */
import { BULK, PRIORITIES, type Priority, URGENT } from '../../domain/priority.ts';
import type { Hop, Line } from './hop.ts';
import { Weights } from './turns.ts';

const IDLE_LIFETIME = 5_000;
const IDLE_SWEEP = 1_000;
/** A line that others wait for is given up after so many messages. */
const LINE_TURN = 20;
/** Of all lines, what bulk leaves for others; one at least. */
const RESERVE = 0.1;

export class LinePool {
  readonly #limit: number;
  readonly #bulkLimit: number;
  readonly #now: () => number;
  readonly #onFree: (hop: Hop) => void;
  /** Hops that found no room, by what they have, the longest waiting first. */
  readonly #waiting: readonly Set<Hop>[] = PRIORITIES.map(() => new Set<Hop>());
  readonly #weights = new Weights();
  /** Lines that rest, the longest resting first. */
  readonly #resting = new Map<Line, Hop>();
  #count = 0;
  /** Those of them that were taken for bulk. */
  #bulk = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: { readonly limit: number; readonly now: () => number; readonly onFree: (hop: Hop) => void }) {
    this.#limit = options.limit;
    this.#bulkLimit = this.#limit - (this.#limit > 1 ? Math.ceil(this.#limit * RESERVE) : 0);
    this.#now = options.now;
    this.#onFree = options.onFree;
  }

  #fits(priority: Priority): boolean {
    return this.#count < this.#limit && (priority !== BULK || this.#bulk < this.#bulkLimit);
  }

  /** A hop waits that would get a line, were one given up. */
  get contended(): boolean {
    return this.#waits(URGENT) || this.#waits(1) || (this.#waits(BULK) && this.#bulk <= this.#bulkLimit);
  }

  #waits(priority: Priority): boolean {
    return (this.#waiting[priority]?.size ?? 0) > 0;
  }

  /** Whether the hop is to give this line up for another, which is more urgent or has waited its turn. */
  yields(hop: Hop, line: Line): boolean {
    if (this.#waits(URGENT) && hop.claimed.soonest !== URGENT) return true;
    return this.contended && (hop.lines.size > 1 || line.messages % LINE_TURN === 0);
  }

  /** Whether the line may carry something of this class next. */
  mayCarry(line: Line, priority: Priority): boolean {
    return priority !== BULK || line.bulk || this.#bulk < this.#bulkLimit;
  }

  /** The line carries something of this class from now on. */
  carries(line: Line, priority: Priority): void {
    this.#mark(line, priority === BULK);
  }

  #mark(line: Line, bulk: boolean): void {
    this.#bulk += Number(bulk) - Number(line.bulk);
    line.bulk = bulk;
  }

  /** Whether one more fits; a resting one of another hop makes room. Otherwise the hop is told when one does. */
  #mayOpen(hop: Hop, priority: Priority): boolean {
    for (const [line, other] of this.#resting) {
      if (this.#fits(priority)) break;
      if (other !== hop && (this.#count >= this.#limit || line.bulk)) this.#drop(other, line);
    }
    if (this.#fits(priority)) return true;
    this.#waiting[priority]?.add(hop);
    return false;
  }

  /** Whether `obtain` will give one; where the room for all is short, the hop waits for it. */
  has(hop: Hop, priority: Priority): boolean {
    if (hop.idle.some((line) => this.mayCarry(line, priority))) return true;
    if (hop.lines.size >= hop.window) return false;
    // Where others wait, one line each.
    if (hop.lines.size > 0 && priority !== URGENT && this.contended) return false;
    return this.#mayOpen(hop, priority);
  }

  /** A line that rests, or a new one; undefined: the hop has all it may have. */
  obtain(hop: Hop, priority: Priority): Line | undefined {
    if (!this.has(hop, priority)) return undefined;
    const place = hop.idle.findLastIndex((one) => this.mayCarry(one, priority));
    const line = (place < 0 ? undefined : hop.idle.splice(place, 1)[0]) ?? this.#open(hop);
    this.#resting.delete(line);
    this.carries(line, priority);
    return line;
  }

  /** Keeps a line ready for what is about to be claimed: false where there is none to be had. */
  reserve(hop: Hop, priority: Priority): boolean {
    if (!this.#mayOpen(hop, priority)) return false;
    const line = this.#open(hop);
    this.carries(line, priority);
    hop.idle.push(line);
    return true;
  }

  #open(hop: Hop): Line {
    const line: Line = { session: null, controller: new AbortController(), messages: 0, idleSince: 0, bulk: false };
    hop.lines.add(line);
    this.#count++;
    return line;
  }

  /** Gives up what was reserved and is not needed. */
  giveUpReserved(hop: Hop): void {
    for (const line of [...hop.idle]) if (!this.#resting.has(line)) this.close(hop, line);
  }

  /** Keeps a line that has nothing to do for a while, where nobody waits for one. */
  rest(hop: Hop, line: Line): void {
    if (this.contended) {
      this.close(hop, line);
      return;
    }
    line.idleSince = this.#now();
    hop.idle.push(line);
    this.#resting.set(line, hop);
    this.#timer ??= setTimeout(() => this.#sweep(), IDLE_SWEEP);
  }

  #sweep(): void {
    this.#timer = null;
    const before = this.#now() - IDLE_LIFETIME;
    for (const [line, hop] of [...this.#resting]) {
      if (line.idleSince <= before || line.session?.usable !== true) this.close(hop, line);
    }
    if (this.#resting.size > 0) this.#timer = setTimeout(() => this.#sweep(), IDLE_SWEEP);
  }

  /**
   * Ends the session in good order; the line stays. Resolves when the connection is closed: one
   * dialled before would for a moment be one more than the next hop allows.
   */
  async hangUp(line: Line): Promise<void> {
    const { session } = line;
    line.session = null;
    line.messages = 0;
    await session?.quit();
  }

  #drop(hop: Hop, line: Line): void {
    void this.hangUp(line);
    this.#resting.delete(line);
    const place = hop.idle.indexOf(line);
    if (place >= 0) hop.idle.splice(place, 1);
    if (!hop.lines.delete(line)) return;
    this.#mark(line, false);
    this.#count--;
  }

  close(hop: Hop, line: Line): void {
    this.#drop(hop, line);
    // Those that wait, in turn: one that was told first may have nothing left to send.
    for (;;) {
      const priority = this.#weights.next(
        (one) => this.#waits(one),
        (one) => this.#fits(one),
      );
      const queue = priority === undefined ? undefined : this.#waiting[priority];
      const next = queue?.values().next().value;
      if (next === undefined) return;
      queue?.delete(next);
      this.#onFree(next);
    }
  }

  /** Closes what rests; nothing is kept from now on. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const queue of this.#waiting) queue.clear();
    for (const [line, hop] of [...this.#resting]) this.#drop(hop, line);
  }
}
