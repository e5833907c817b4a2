/**
 * A limit of messages within a time. It keeps the instants of the last messages rather than a
 * bucket of tokens: "30 a minute" then holds for every minute, where a bucket lets 59 through in the
 * first one, and providers that count do block for that.
 *
 * It holds across a crash as well. Messages go only under a cover: a record on disk (hop-records.ts)
 * in which they count already, at the latest instant at which they may go. A process that dies
 * leaves a record that says too much by one cover at most, never too little.
 */
import { BULK, type Priority } from '../../domain/priority.ts';

/** Of the limit, one cover is this part; so often it is written anew. */
const COVERS = 16;
/** A cover is not for less than this, or slow messages would each need one. */
const COVER_TIME = 1_000;
/** Of the limit, what bulk leaves for others. */
const RESERVE = 0.1;

export interface RateDraft {
  readonly sentAt: readonly number[];
  readonly count: number;
  readonly until: number;
}

export class RateLimit {
  readonly #messages: number;
  readonly #per: number;
  /** Instants, ascending. */
  #sent: number[] = [];
  /** Claimed, and on their way to be sent. */
  #held = 0;
  #covered = 0;
  #coveredUntil = 0;

  constructor(limit: { readonly messages: number; readonly per: number }) {
    this.#messages = Math.max(1, limit.messages);
    this.#per = limit.per;
  }

  /** Unix milliseconds at which one more message may go; in the past: now. Infinity: when one of those on their way has gone. */
  freeAt(now: number, priority: Priority): number {
    this.#forget(now);
    const limit = priority === BULK && this.#messages > 1 ? this.#messages - Math.ceil(this.#messages * RESERVE) : this.#messages;
    const over = this.#sent.length + this.#held - limit;
    if (over < 0) return 0;
    const at = this.#sent[over];
    return at === undefined ? Number.POSITIVE_INFINITY : at + this.#per;
  }

  #forget(now: number): void {
    let old = 0;
    while (old < this.#sent.length && (this.#sent[old] ?? 0) + this.#per <= now) old++;
    if (old > 0) this.#sent.splice(0, old);
  }

  /** One is claimed: it counts until it went or was given back. */
  hold(): void {
    this.#held++;
  }

  giveBack(): void {
    this.#held--;
  }

  /** One that was held goes now, under the cover. */
  went(now: number): void {
    this.#held--;
    this.#covered--;
    this.#add(now);
  }

  #add(at: number): void {
    let place = this.#sent.length;
    while (place > 0 && (this.#sent[place - 1] ?? 0) > at) place--;
    this.#sent.splice(place, 0, at);
  }

  isCovered(now: number): boolean {
    return this.#covered > 0 && now <= this.#coveredUntil;
  }

  /** What is to be written for a new cover, or to keep the one there is; until it is, nothing goes. */
  draft(now: number, renew: boolean): RateDraft {
    this.#forget(now);
    const count = renew ? Math.ceil(this.#messages / COVERS) : this.isCovered(now) ? this.#covered : 0;
    const until = renew ? now + Math.min(this.#per, Math.max(COVER_TIME, this.#per / COVERS)) : this.#coveredUntil;
    this.#covered = 0;
    return { sentAt: [...this.#sent, ...new Array<number>(count).fill(until)], count, until };
  }

  /** It is on disk. */
  granted({ count, until }: RateDraft): void {
    this.#covered = count;
    this.#coveredUntil = until;
  }

  /** Nothing more goes. */
  uncover(): void {
    this.#covered = 0;
  }

  /** What a process before this one wrote down. */
  restore(sentAt: readonly number[]): void {
    for (const at of sentAt) this.#add(at);
  }
}
