/**
 * Texts as blocks of octets. Each is written where it belongs at once: to add texts up to a long one, and
 * make octets of that, takes three times as long.
 */
export class Blocks {
  readonly #size: number;
  #block: Buffer<ArrayBuffer>;
  #used = 0;
  #full: Buffer[] = [];
  #octets = 0;

  /** `size`: octets of a block; of a text that is larger, one of its own. */
  constructor(size: number) {
    this.#size = size;
    this.#block = Buffer.allocUnsafe(size);
  }

  /** Octets of all that was added. */
  get octets(): number {
    return this.#octets;
  }

  add(text: string): void {
    // What UTF-8 takes at most.
    const most = text.length * 3;
    if (this.#used + most > this.#block.length) {
      if (this.#used > 0) this.#full.push(this.#block.subarray(0, this.#used));
      this.#block = Buffer.allocUnsafe(Math.max(this.#size, most));
      this.#used = 0;
    }
    const written = this.#block.write(text, this.#used);
    this.#used += written;
    this.#octets += written;
  }

  /** Those that are full. */
  take(): readonly Buffer[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** All that is left; nothing can be added then. */
  end(): readonly Buffer[] {
    return this.#used === 0 ? this.#full : [...this.#full, this.#block.subarray(0, this.#used)];
  }
}
