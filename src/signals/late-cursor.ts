/**
 * Reads the feed a second time, so much later: what rules with `after` hear of. Of the events that are
 * not old enough yet the next ones are held; the position is in front of them, so that they are read
 * again after a crash.
 */
import type { EventType, FeedEvent } from '../domain/events.ts';
import type { Store } from '../domain/ports.ts';

const HELD = 200;

export class LateCursor {
  /** Milliseconds. */
  readonly after: number;
  readonly consumer: string;
  readonly #types: readonly EventType[];
  readonly #wanted: (event: FeedEvent) => boolean;
  /** As the store has it. */
  written: number;
  #read: number;
  #held: FeedEvent[] = [];

  constructor(options: {
    readonly after: number;
    readonly types: readonly EventType[];
    readonly wanted: (event: FeedEvent) => boolean;
    readonly position: number;
  }) {
    this.after = options.after;
    this.consumer = lateConsumer(options.after);
    this.#types = options.types;
    this.#wanted = options.wanted;
    this.written = options.position;
    this.#read = options.position;
  }

  /** The next events that are old enough by now. Taken for good once `written` is past them. */
  async due(store: Pick<Store, 'changes' | 'lastSeq'>, now: number): Promise<readonly FeedEvent[]> {
    while (this.#held.length < HELD && this.#read < store.lastSeq) {
      const page = await store.changes({ after: this.#read, limit: HELD, types: this.#types });
      this.#held.push(...page.items.filter(this.#wanted));
      this.#read = Math.max(this.#read, page.last);
      if ((this.#held[0]?.at ?? 0) + this.after > now) break;
    }
    const end = this.#held.findIndex(({ at }) => at + this.after > now);
    return this.#held.splice(0, end === -1 ? this.#held.length : end);
  }

  /** Where the reading stands once what `due` gave is dealt with. */
  get position(): number {
    const [first] = this.#held;
    return first === undefined ? this.#read : first.seq - 1;
  }

  /** Unix milliseconds at which the next one is old enough; null: none waits. */
  get nextAt(): number | null {
    const [first] = this.#held;
    return first === undefined ? null : first.at + this.after;
  }

  /** Back to what the store has. */
  reset(position: number): void {
    this.written = position;
    this.#read = position;
    this.#held = [];
  }
}

const PREFIX = 'signals.after.';

export function lateConsumer(after: number): string {
  return PREFIX + after;
}

export function isLateConsumer(name: string): boolean {
  return name.startsWith(PREFIX);
}
