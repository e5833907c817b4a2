/**
 * Follows the change feed and seals it (domain/ledger.ts): a seal over each 1,024 events, or over what
 * there is after a minute, or when evidence is made.
 *
 *   upstream    the feed, from the last seal on
 *   downstream  the store: one commit a seal. Accepting mail neither waits for it nor does anything for it
 *   failure     after a crash the next seal begins where the last one ends. What the store refuses for now
 *               is tried again.
 *
 * It takes little: some events are hashed at a time, with a rest of twenty times as long before the next.
 */
import { randomUUID } from 'node:crypto';
import { StoreError } from '../domain/errors.ts';
import { leafOfEvent, makeSeal, SEALED_AT_ONCE } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from '../domain/ports.ts';
import type { SigningKey } from './key.ts';

/** Milliseconds. */
export interface SealPacing {
  /** After an event, before it is sealed with what came since. */
  readonly gather: number;
  /** The rest after a slice, in times of what the slice took. */
  readonly rest: number;
  readonly retryFirst: number;
  readonly retryLongest: number;
}

export const SEAL_PACING: SealPacing = { gather: 60_000, rest: 20, retryFirst: 1_000, retryLongest: 60_000 };

/** Events hashed at once: a millisecond or two. */
const SLICE = 128;
/** Seals that whoever asks for evidence waits for: some tenths of a second. */
const WAITED_FOR = 16;

export interface SealerOptions {
  readonly store: Pick<Store, 'ledger' | 'changes' | 'lastSeq' | 'waitForChanges'>;
  readonly key: SigningKey;
  readonly pacing: SealPacing;
  readonly now: () => number;
  readonly log: Log;
}

export class Sealer {
  readonly #o: SealerOptions;
  readonly #abort = new AbortController();
  /** One seal after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();

  constructor(options: SealerOptions) {
    this.#o = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    await this.#turn;
  }

  /** Seals what is in the feed now, without rests; where that is very much, the first part of it. */
  async catchUp(): Promise<void> {
    const { store } = this.#o;
    const until = store.lastSeq;
    for (let i = 0; i < WAITED_FOR && store.ledger.next <= until && !this.#abort.signal.aborted; i++) await this.#inTurn(0);
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { pacing, log } = this.#o;
    let retry = pacing.retryFirst;
    while (!signal.aborted) {
      try {
        await this.#round(signal);
        retry = pacing.retryFirst;
      } catch (error) {
        if (signal.aborted) return;
        log.error({ err: error, retryMs: retry }, 'evidence: the feed could not be sealed; it is tried again');
        await pause(retry, signal);
        retry = Math.min(retry * 2, pacing.retryLongest);
      }
    }
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { store, pacing } = this.#o;
    const position = store.ledger.next - 1;
    await store.waitForChanges(position, signal);
    const enough = AbortSignal.any([signal, AbortSignal.timeout(pacing.gather)]);
    await store.waitForChanges(position + SEALED_AT_ONCE - 1, enough);
    if (!signal.aborted) await this.#inTurn(pacing.rest);
  }

  #inTurn(rest: number): Promise<void> {
    const turn = this.#turn.then(() => this.#sealOnce(rest));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** One seal over what comes next; none where nothing does. */
  async #sealOnce(rest: number): Promise<void> {
    const { store, key, now } = this.#o;
    const { ledger } = store;
    const from = ledger.next;
    if (store.lastSeq < from) return;
    const salt = await ledger.salt();
    const { items } = await this.#read(from);
    const leaves: Buffer[] = [];
    for (let i = 0; i < items.length; i += SLICE) {
      const started = performance.now();
      for (const event of items.slice(i, i + SLICE)) leaves.push(leafOfEvent(event, salt));
      await pause((performance.now() - started) * rest, this.#abort.signal);
    }
    const previous = ledger.last;
    if (leaves.length === 0 || from !== ledger.next) return;
    const seal = makeSeal({ leaves, from: items[0]?.seq ?? from, previous, ledger: randomUUID(), now: now(), key });
    await ledger.append(seal, Buffer.concat(leaves));
  }

  /** A clean-up may have gone past what was to be sealed: then `next` has, too. */
  async #read(from: number): ReturnType<Store['changes']> {
    const { store } = this.#o;
    try {
      return await store.changes({ after: from - 1, limit: SEALED_AT_ONCE });
    } catch (error) {
      if (error instanceof StoreError && error.code === 'cursor-expired') return { items: [], last: from - 1 };
      throw error;
    }
  }
}

/** Waits, or until the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
