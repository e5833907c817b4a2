/**
 * A limit of messages within a time. It keeps the instants of the last messages rather than a
 * bucket of tokens: "30 a minute" then holds for every minute, where a bucket lets 59 through in the
 * first one, and providers that count do block for that.
 */
export class RateLimit {
  readonly #instants: Float64Array;
  readonly #per: number;
  #next = 0;

  constructor(limit: { readonly messages: number; readonly per: number }) {
    this.#instants = new Float64Array(Math.max(1, limit.messages)).fill(Number.NEGATIVE_INFINITY);
    this.#per = limit.per;
  }

  /** Unix milliseconds at which one more message may go; in the past: now. */
  freeAt(): number {
    return (this.#instants[this.#next] ?? 0) + this.#per;
  }

  take(now: number): void {
    this.#instants[this.#next] = now;
    this.#next = (this.#next + 1) % this.#instants.length;
  }
}
