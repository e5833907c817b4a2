/**
 * What is known of streams, for people who are to name them: counted in memory as mail comes by, and
 * written now and then. A stream is kept once it has been seen several times, or was given a name; of
 * those without one only so many, the longest unseen going first.
 *
 *   upstream    the follower
 *   downstream  the store's collection of streams
 *   failure     counts since the last write are lost with the process: they are for orientation
 */
import type { AcceptedMessage } from '../../domain/message.ts';
import type { Store, StreamRecord } from '../../domain/ports.ts';
import type { StreamFacts } from './facts.ts';

/** Messages that make a stream worth a name. */
const SEEN_OFTEN = 3;
/** Streams without a name that are kept. */
const KEPT = 2000;
/** Streams seen since the last write; more are counted with the next mail of theirs. */
const COUNTED = 10_000;
/** Streams not known yet that are looked up at a write: most mail that people write is the only one of its stream. */
const LOOKED_UP = 100;

type Count = Omit<StreamRecord, 'name' | 'named'>;

export class StreamCounts {
  readonly #store: Pick<Store, 'streams' | 'messages'>;
  #counts = new Map<string, Count>();
  /** Those that were looked up and were not seen often, by how many messages they had. */
  readonly #rare = new Map<string, number>();

  constructor(store: Pick<Store, 'streams' | 'messages'>) {
    this.#store = store;
  }

  get size(): number {
    return this.#counts.size;
  }

  count({ id, account, acceptedAt }: AcceptedMessage, { stream, pattern }: StreamFacts): void {
    const before = this.#counts.get(stream);
    if (before === undefined && this.#counts.size >= COUNTED) return;
    this.#counts.set(stream, {
      account,
      pattern,
      example: id,
      firstAt: Math.min(before?.firstAt ?? acceptedAt, acceptedAt),
      lastAt: Math.max(before?.lastAt ?? acceptedAt, acceptedAt),
      messages: (before?.messages ?? 0) + 1,
    });
  }

  async write(): Promise<void> {
    const counts = this.#counts;
    this.#counts = new Map();
    let lookUps = 0;
    for (const [stream, count] of counts) {
      const known = await this.#store.streams.get(stream);
      if (known !== undefined) {
        await this.#store.streams.put(stream, added(known, count));
        continue;
      }
      const rare = this.#rare.get(stream) ?? 0;
      const seen =
        count.messages + rare >= SEEN_OFTEN || lookUps++ >= LOOKED_UP ? count.messages + rare : await this.#indexed(stream, count);
      if (seen >= SEEN_OFTEN) {
        this.#rare.delete(stream);
        await this.#store.streams.put(stream, { ...count, messages: seen, name: null, named: null });
      } else this.#remember(stream, seen);
    }
    await this.#trim();
  }

  /** How many messages the register has of it, as far as that matters. */
  async #indexed(stream: string, count: Count): Promise<number> {
    const { items } = await this.#store.messages({ stream: [stream], account: [count.account] }, { limit: SEEN_OFTEN });
    return items.length;
  }

  #remember(stream: string, seen: number): void {
    this.#rare.set(stream, seen);
    const [oldest] = this.#rare.keys();
    if (this.#rare.size > COUNTED && oldest !== undefined) this.#rare.delete(oldest);
  }

  async #trim(): Promise<void> {
    const all = await this.#store.streams.list();
    const unnamed = all.filter(({ value }) => value.name === null);
    if (unnamed.length <= KEPT) return;
    // Some more than needed: this is not done with each write.
    const going = [...unnamed].sort((a, b) => a.value.lastAt - b.value.lastAt).slice(0, unnamed.length - Math.floor(KEPT * 0.9));
    for (const { name } of going) await this.#store.streams.delete(name);
  }
}

function added(known: StreamRecord, count: Count): StreamRecord {
  return {
    ...known,
    example: count.example,
    firstAt: Math.min(known.firstAt, count.firstAt),
    lastAt: Math.max(known.lastAt, count.lastAt),
    messages: known.messages + count.messages,
  };
}
