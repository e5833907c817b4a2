/**
 * The messages that are in the queue, in memory: their ids in order and which pending states their
 * recipients have. An index of them on disk would be a key written and deleted for each message,
 * and a range full of what was deleted. About 120 octets a message.
 */
import { invertId, type MessageId } from '../../domain/ids.ts';
import type { QueueCounts } from '../../domain/ports.ts';
import type { RecipientState } from '../../domain/recipient.ts';

const BITS = { queued: 1, deferred: 2, held: 4 } as const;
type PendingState = keyof typeof BITS;
/** Dead entries that the list of ids may have, beside as many as there are live ones. */
const SLACK = 1024;

export class PendingTable {
  /** By id: recipients queued, deferred, held, 16 bits of each. */
  readonly #messages = new Map<string, number>();
  /** Ascending; some are no longer pending. */
  #ids: string[] = [];
  readonly #counts = { queued: 0, deferred: 0, held: 0 };

  get counts(): QueueCounts {
    return { messages: this.#messages.size, ...this.#counts };
  }

  get recipients(): number {
    return this.#counts.queued + this.#counts.deferred + this.#counts.held;
  }

  has(id: string): boolean {
    return this.#messages.has(id);
  }

  /** Sets what is pending of a message, from the states of all its recipients. */
  set(id: MessageId, states: Iterable<RecipientState>): void {
    const counts = { queued: 0, deferred: 0, held: 0 };
    for (const state of states) if (state in BITS) counts[state as PendingState]++;
    this.#replace(id, counts.queued + counts.deferred * 2 ** 16 + counts.held * 2 ** 32);
  }

  /** Adds one recipient; at opening, where they come one by one. */
  add(id: MessageId, state: PendingState): void {
    const unit = state === 'queued' ? 1 : state === 'deferred' ? 2 ** 16 : 2 ** 32;
    this.#replace(id, (this.#messages.get(id) ?? 0) + unit);
  }

  /** The inverted id of the newest message after `inverted` (or it, when `inclusive`) with a recipient in one of the states. */
  seek(states: readonly string[], inverted: string, inclusive: boolean): string | undefined {
    const mask = maskOf(states);
    const ids = this.#ids;
    let at = ids.length - 1;
    if (inverted !== '') {
      const id = invertId(inverted);
      at = lowerBound(ids, id);
      if (!inclusive || ids[at] !== id) at--;
    }
    for (; at >= 0; at--) {
      const id = ids[at] ?? '';
      const packed = this.#messages.get(id);
      if (packed !== undefined && (bitsOf(packed) & mask) !== 0) return invertId(id);
    }
    return undefined;
  }

  /** Whether the message has a recipient in one of the states. */
  holds(states: readonly string[], id: string): boolean {
    const packed = this.#messages.get(id);
    return packed !== undefined && (bitsOf(packed) & maskOf(states)) !== 0;
  }

  /** The messages with an id below `id`, oldest first. */
  before(id: string): readonly MessageId[] {
    return this.#ids.slice(0, lowerBound(this.#ids, id)).filter((one): one is MessageId => this.#messages.has(one));
  }

  #replace(id: string, packed: number): void {
    const before = this.#messages.get(id);
    if (before === packed) return;
    this.#count(before ?? 0, -1);
    this.#count(packed, 1);
    if (packed === 0) {
      this.#messages.delete(id);
      this.#tidy();
      return;
    }
    this.#messages.set(id, packed);
    if (before === undefined) this.#insert(id);
  }

  #count(packed: number, by: 1 | -1): void {
    this.#counts.queued += by * (packed % 2 ** 16);
    this.#counts.deferred += by * (Math.floor(packed / 2 ** 16) % 2 ** 16);
    this.#counts.held += by * Math.floor(packed / 2 ** 32);
  }

  /** Nearly always at the end: ids ascend, and messages are accepted nearly in the order they began. */
  #insert(id: string): void {
    const last = this.#ids.at(-1);
    if (last === undefined || last < id) {
      this.#ids.push(id);
      return;
    }
    const at = lowerBound(this.#ids, id);
    if (this.#ids[at] !== id) this.#ids.splice(at, 0, id);
  }

  #tidy(): void {
    if (this.#ids.length <= 2 * this.#messages.size + SLACK) return;
    this.#ids = this.#ids.filter((id) => this.#messages.has(id));
  }
}

function bitsOf(packed: number): number {
  const queued = packed % 2 ** 16 > 0 ? BITS.queued : 0;
  const deferred = Math.floor(packed / 2 ** 16) % 2 ** 16 > 0 ? BITS.deferred : 0;
  return queued | deferred | (packed >= 2 ** 32 ? BITS.held : 0);
}

function maskOf(states: readonly string[]): number {
  let mask = 0;
  for (const state of states) mask |= state === 'in-progress' ? 7 : state in BITS ? BITS[state as PendingState] : 0;
  return mask;
}

/** Index of the first id that is not below `id`. */
function lowerBound(ids: readonly string[], id: string): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
