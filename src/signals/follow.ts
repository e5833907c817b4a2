/**
 * Follows the change feed and records the webhooks its events call for.
 *
 *   upstream    the feed, from this consumer's own position
 *   downstream  `record`: position and deliveries in one commit, then `onRecorded`
 *   failure     after a crash it reads on from the committed position: what was not recorded is read
 *               again and makes the same ids. An error of the store is logged and tried again.
 *
 * The first start begins at the present end of the feed: nobody wants a year of signals.
 */
import { StoreError } from '../domain/errors.ts';
import type { EventType, FeedEvent } from '../domain/events.ts';
import type { MessageId } from '../domain/ids.ts';
import type { Log } from '../domain/log.ts';
import type { SignalDelivery, Store } from '../domain/ports.ts';
import type { SignalRule } from '../domain/signal-rule.ts';
import { composeDeliveries, type MessageRecord } from './compose.ts';

export const CONSUMER = 'signals';

export interface FollowerOptions {
  readonly rules: readonly SignalRule[];
  readonly store: Pick<Store, 'changes' | 'lastSeq' | 'waitForChanges' | 'consumers' | 'record' | 'recordSignals'>;
  readonly now: () => number;
  readonly log: Log;
  readonly onRecorded: (deliveries: readonly SignalDelivery[]) => void;
}

const PAGE = 200;
/** Events without a signal that are passed before the position is written: they need no commit each. */
const UNWRITTEN_LIMIT = 1000;
const RETRY_FIRST = 500;
const RETRY_LONGEST = 30_000;

export class Follower {
  readonly #options: FollowerOptions;
  readonly #types: readonly EventType[];
  readonly #abort = new AbortController();
  #position = 0;
  #written = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#types = [...new Set(options.rules.flatMap((rule) => rule.on))];
  }

  async start(): Promise<void> {
    const { store } = this.#options;
    const known = await store.consumers.get(CONSUMER);
    this.#position = known?.seq ?? store.lastSeq;
    this.#written = this.#position;
    if (known === undefined) await this.#commit(this.#position, []);
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    if (this.#position === this.#written) return;
    await this.#commit(this.#position, []).catch((error: unknown) => {
      // Nothing is lost: those events had no signal, and are read again.
      this.#options.log.warn({ err: error }, 'the position of the signals in the feed could not be written');
    });
  }

  /** Position and deliveries in one commit. */
  async #commit(seq: number, deliveries: readonly SignalDelivery[]): Promise<void> {
    const { store, now, onRecorded } = this.#options;
    await store.recordSignals({ consumer: CONSUMER, seq, deliveries, now: now() });
    this.#written = seq;
    onRecorded(deliveries);
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    let retry = RETRY_FIRST;
    while (!signal.aborted) {
      try {
        await this.#step(signal);
        retry = RETRY_FIRST;
      } catch (error) {
        if (error instanceof StoreError && error.code === 'cursor-expired') this.#skip(error);
        else {
          this.#options.log.error(
            { err: error, retryMs: retry },
            'signals: the feed could not be read or the signals not recorded; tried again',
          );
          await sleep(retry, signal);
          retry = Math.min(retry * 2, RETRY_LONGEST);
        }
      }
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { store } = this.#options;
    const before = this.#position;
    if (store.lastSeq <= before) {
      await store.waitForChanges(before, signal);
      // A store that was closed under us returns at once, again and again.
      if (store.lastSeq <= before) await sleep(RETRY_FIRST, signal);
      return;
    }
    const page = await store.changes({ after: before, limit: PAGE, types: this.#types });
    const deliveries = await this.#compose(page.items);
    const position = Math.max(before, page.last);
    if (deliveries.length > 0 || position - this.#written >= UNWRITTEN_LIMIT) await this.#commit(position, deliveries);
    this.#position = position;
  }

  async #compose(events: readonly FeedEvent[]): Promise<SignalDelivery[]> {
    const { rules, store, now } = this.#options;
    // A run of one message's recipients reads its record once.
    const records = new Map<MessageId, MessageRecord | null>();
    const deliveries: SignalDelivery[] = [];
    for (const event of events) {
      let record: MessageRecord | null = null;
      if (event.message !== undefined) {
        record = records.get(event.message) ?? (await store.record(event.message)) ?? null;
        records.set(event.message, record);
      }
      deliveries.push(...composeDeliveries({ event, record, rules, now: now() }));
    }
    return deliveries;
  }

  /** The feed no longer has what comes next: retention went past us while we were away. */
  #skip(error: StoreError): void {
    const { log, store } = this.#options;
    log.error(
      { err: error, from: this.#position, to: store.lastSeq },
      'signals: events were removed from the feed before they were read; going on at its end',
    );
    this.#position = store.lastSeq;
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
