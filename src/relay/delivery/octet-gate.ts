/**
 * Bounds the octets of content held in memory by messages on their way out: who finds no room waits
 * in turn. One that is larger than the whole gets in alone. The urgent go before the others, and
 * find a part of the room kept for them.
 */
interface Waiting {
  readonly octets: number;
  readonly enter: () => void;
}

/** Of the limit, what the urgent may hold beyond it. */
const URGENT_SHARE = 0.25;

export class OctetGate {
  readonly #limit: number;
  readonly #urgent: Waiting[] = [];
  readonly #others: Waiting[] = [];
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when there is room; `leave` gives it back. */
  async enter(octets: number, urgent = false): Promise<void> {
    const queue = urgent ? this.#urgent : this.#others;
    const free = queue.length === 0 && (urgent || this.#urgent.length === 0);
    if (free && this.#fits(octets, urgent)) {
      this.#held += octets;
      return;
    }
    await new Promise<void>((enter) => queue.push({ octets, enter }));
  }

  leave(octets: number): void {
    this.#held -= octets;
    if (this.#admit(this.#urgent, true)) this.#admit(this.#others, false);
  }

  /** True: nobody waits there any more. */
  #admit(queue: Waiting[], urgent: boolean): boolean {
    for (let next = queue[0]; next !== undefined && this.#fits(next.octets, urgent); next = queue[0]) {
      queue.shift();
      this.#held += next.octets;
      next.enter();
    }
    return queue.length === 0;
  }

  #fits(octets: number, urgent: boolean): boolean {
    const limit = urgent ? this.#limit * (1 + URGENT_SHARE) : this.#limit;
    return this.#held === 0 || this.#held + octets <= limit;
  }
}
