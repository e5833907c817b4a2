/** A pending recipient in the scheduler's memory. There may be 100,000: each field counts. */
import type { MessageId } from '../../domain/ids.ts';
import type { HeapItem } from './heap.ts';
import type { Lane } from './lane.ts';

/**
 * - `WAITING`  due later; in the heap by `due`
 * - `READY`    due; in its lane, and in the heap by `expire`
 * - `TAKEN`    with the dispatcher; nowhere
 * - `FOREIGN`  an attempt runs that is not ours; in the heap by `due`, to be looked at then
 * - `HELD`     waits for a person; nowhere
 */
export const WAITING = 0;
export const READY = 1;
export const TAKEN = 2;
export const FOREIGN = 3;
export const HELD = 4;
export type Mode = 0 | 1 | 2 | 3 | 4;

/** What the store last said of it. */
export const PENDING = 0;
export const ATTEMPTING = 1;
export const STOPPED = 2;
export const GONE = 3;
export type Said = 0 | 1 | 2 | 3;

export class Entry implements HeapItem {
  /** Times are milliseconds since the queue's start, so that they stay small integers. */
  key = 0;
  place = -1;
  due = 0;
  expire = 0;
  attempts = 0;
  mode: Mode = WAITING;
  said: Said = PENDING;
  previous: Entry | null = null;
  next: Entry | null = null;
  readonly message: MessageId;
  readonly index: number;
  lane: Lane;

  constructor(message: MessageId, index: number, lane: Lane) {
    this.message = message;
    this.index = index;
    this.lane = lane;
  }
}
