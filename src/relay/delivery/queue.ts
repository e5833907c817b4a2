/**
 * The schedule in memory: every pending recipient, when it is due, and in which next hop's lane it
 * waits. Loaded from the store at start and kept in step with its changes; the store is the truth.
 *
 * Upstream: `store.schedule()` and `store.onSchedule`. Downstream: the dispatcher, which takes what
 * is ready and gives it back. No I/O, no timer: `nextAt` says when `advance` is to be called.
 *
 * Cost: one object a recipient, one heap for all of them; a change is O(log n) (bench: 100,000).
 */
import type { MessageId } from '../../domain/ids.ts';
import type { ScheduledRecipient } from '../../domain/ports.ts';
import { ATTEMPTING, Entry, FOREIGN, GONE, HELD, PENDING, READY, STOPPED, TAKEN, WAITING } from './entry.ts';
import { Heap } from './heap.ts';
import type { Hop } from './hop.ts';
import type { Lane } from './lane.ts';

/** Ready recipients past their time, at a hop that is being worked off, are looked at again after. */
const EXPIRY_RECHECK = 60_000;

/** What `advance` found. */
export interface Due {
  /** Past their time at a hop that can not be tried: to be told `expired`. In mode TAKEN. */
  readonly expired: readonly Entry[];
  /** Attempts of a process that may be gone. In mode TAKEN. */
  readonly foreign: readonly Entry[];
}

export type LaneChoice = (scheduled: ScheduledRecipient) => Lane;

export class Queue {
  readonly #base: number;
  readonly #laneFor: LaneChoice;
  readonly #byMessage = new Map<MessageId, Entry | Entry[]>();
  readonly #heap = new Heap<Entry>();
  /** Hops that got something ready since they were last worked off. */
  readonly stirred = new Set<Hop>();
  #size = 0;

  constructor(options: { readonly start: number; readonly laneFor: LaneChoice }) {
    this.#base = options.start;
    this.#laneFor = options.laneFor;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes over what the store says of a recipient; `scheduled: null` takes it out. */
  update(message: MessageId, index: number, scheduled: ScheduledRecipient | null, now: number): void {
    const known = this.#find(message, index);
    if (scheduled === null) {
      if (known !== undefined) this.#forget(known);
      return;
    }
    const entry = known ?? this.#add(scheduled);
    // Released: it may go another way than the one that held it.
    if (entry.said === STOPPED && scheduled.state !== 'held') entry.lane = this.#laneFor(scheduled);
    entry.said = scheduled.state === 'held' ? STOPPED : scheduled.attempting ? ATTEMPTING : PENDING;
    entry.due = (scheduled.dueAt ?? now) - this.#base;
    entry.expire = scheduled.expireAt - this.#base;
    entry.attempts = scheduled.attempts;
    if (entry.mode !== TAKEN) this.#place(entry, now);
  }

  #add(scheduled: ScheduledRecipient): Entry {
    const { message } = scheduled;
    const entry = new Entry(message, scheduled.index, this.#laneFor(scheduled));
    const others = this.#byMessage.get(message);
    if (others === undefined) this.#byMessage.set(message, entry);
    else if (Array.isArray(others)) others.push(entry);
    else this.#byMessage.set(message, [others, entry]);
    this.#size++;
    return entry;
  }

  #find(message: MessageId, index: number): Entry | undefined {
    const found = this.#byMessage.get(message);
    if (found === undefined) return undefined;
    if (!Array.isArray(found)) return found.index === index ? found : undefined;
    return found.find((entry) => entry.index === index);
  }

  #forget(entry: Entry): void {
    entry.said = GONE;
    if (entry.mode !== TAKEN) this.#detach(entry);
    const found = this.#byMessage.get(entry.message);
    if (Array.isArray(found)) {
      const place = found.indexOf(entry);
      if (place >= 0) found.splice(place, 1);
      if (found.length === 0) this.#byMessage.delete(entry.message);
    } else this.#byMessage.delete(entry.message);
    this.#size--;
  }

  #detach(entry: Entry): void {
    this.#heap.remove(entry);
    if (entry.mode === READY) entry.lane.remove(entry);
  }

  /** Puts an entry where the store's word says it belongs. */
  #place(entry: Entry, now: number): void {
    this.#detach(entry);
    switch (entry.said) {
      case GONE:
        return;
      case STOPPED:
        entry.mode = HELD;
        return;
      case ATTEMPTING:
        entry.mode = FOREIGN;
        this.#heap.set(entry, entry.due);
        return;
      case PENDING:
        if (entry.due > now - this.#base) {
          entry.mode = WAITING;
          this.#heap.set(entry, entry.due);
        } else this.#makeReady(entry);
        return;
      default:
        entry.said satisfies never;
    }
  }

  #makeReady(entry: Entry): void {
    entry.mode = READY;
    entry.lane.append(entry);
    this.#heap.set(entry, entry.expire);
    this.stirred.add(entry.lane.hop);
  }

  /** Unix milliseconds at which `advance` has something to do; Infinity: never. */
  get nextAt(): number {
    const first = this.#heap.peek();
    return first === undefined ? Number.POSITIVE_INFINITY : first.key + this.#base;
  }

  /** Moves on what has come due, at most `limit` of it. */
  advance(now: number, limit: number): Due {
    const time = now - this.#base;
    const expired: Entry[] = [];
    const foreign: Entry[] = [];
    for (let i = 0; i < limit; i++) {
      const entry = this.#heap.peek();
      if (entry === undefined || entry.key > time) break;
      if (entry.mode === WAITING) {
        this.#heap.remove(entry);
        this.#makeReady(entry);
      } else if (entry.mode === READY && entry.lane.hop.mayTry(now)) {
        // The last attempt falls on the end of its time: it is made, and expires by its own outcome.
        this.#heap.set(entry, time + EXPIRY_RECHECK);
      } else {
        (entry.mode === READY ? expired : foreign).push(entry);
        this.#take(entry);
      }
    }
    return { expired, foreign };
  }

  #take(entry: Entry): void {
    this.#detach(entry);
    entry.mode = TAKEN;
  }

  /** Takes what is first in the lane: recipients of one message, up to `most`. */
  take(lane: Lane, most: number): readonly Entry[] {
    const first = lane.head;
    if (first === null) return [];
    const siblings = this.#byMessage.get(first.message);
    const entries: Entry[] = [];
    if (most > 1 && Array.isArray(siblings)) {
      for (const entry of siblings) {
        if (entry.mode !== READY || entry.lane !== first.lane) continue;
        entries.push(entry);
        if (entries.length >= most) break;
      }
    } else entries.push(first);
    for (const entry of entries) this.#take(entry);
    return entries;
  }

  /** Gives back what was taken: it goes where the store's last word puts it. */
  giveBack(entry: Entry, now: number): void {
    if (entry.mode !== TAKEN || entry.said === GONE) return;
    entry.mode = WAITING;
    this.#place(entry, now);
  }

  /** Gives back what could not be dealt with: not looked at again before `at`. */
  putOff(entry: Entry, at: number): void {
    if (entry.mode !== TAKEN || entry.said === GONE) return;
    entry.mode = entry.said === ATTEMPTING ? FOREIGN : entry.said === STOPPED ? HELD : WAITING;
    if (entry.mode !== HELD) this.#heap.set(entry, at - this.#base);
  }

  /** Makes everything that waits for the hop due. */
  flush(hop: Hop, now: number): void {
    this.each((entry) => {
      if (entry.lane.hop !== hop || entry.mode !== WAITING || entry.said !== PENDING) return;
      // Not tried yet and due later: scheduled by its sender, who did not ask for this.
      if (entry.attempts === 0) return;
      entry.due = now - this.#base;
      this.#place(entry, now);
    });
  }

  /** Visits every entry; a callback, for 100,000 steps of a generator are felt. */
  each(visit: (entry: Entry) => void): void {
    for (const found of this.#byMessage.values()) {
      if (Array.isArray(found)) found.forEach(visit);
      else visit(found);
    }
  }

  /** Unix milliseconds. */
  dueAt(entry: Entry): number {
    return entry.due + this.#base;
  }
}
