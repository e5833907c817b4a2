/**
 * Bounds the octets of content held in memory by messages on their way out: who finds no room waits
 * in turn. One that is larger than the whole gets in alone.
 */
export class OctetGate {
  readonly #limit: number;
  readonly #waiting: { readonly octets: number; readonly enter: () => void }[] = [];
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when there is room; `leave` gives it back. */
  async enter(octets: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(octets)) {
      this.#held += octets;
      return;
    }
    await new Promise<void>((enter) => this.#waiting.push({ octets, enter }));
  }

  leave(octets: number): void {
    this.#held -= octets;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.octets); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#held += next.octets;
      next.enter();
    }
  }

  #fits(octets: number): boolean {
    return this.#held === 0 || this.#held + octets <= this.#limit;
  }
}
