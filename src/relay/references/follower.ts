/**
 * Follows the change feed and completes what is known of each message that was accepted: what its
 * attachments say of its references, and the stream that it is of.
 *
 *   upstream    the feed, from this consumer's own position
 *   downstream  facts.ts; the store, which takes what was found and the position in one commit
 *   failure     after a crash it is read again from the position, and what was found before is found to
 *               be there. What the store refuses for now is tried again.
 *
 * It has no hurry: what it does is done while the relay has time (pace.ts), some messages at once. The
 * first start begins at the present end of the feed; `relais references apply` goes over the past.
 */
import { StoreError } from '../../domain/errors.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { AcceptedMessage, ReferenceChange } from '../../domain/message.ts';
import type { Store } from '../../domain/ports.ts';
import { type Completion, complete, isIncomplete, type Rules, type Sources } from './facts.ts';
import { type Pacing, pause, timeToWork } from './pace.ts';
import { StreamCounts } from './streams.ts';

export const CONSUMER = 'references';

export interface FollowerOptions {
  readonly store: Pick<
    Store,
    'changes' | 'lastSeq' | 'waitForChanges' | 'consumers' | 'record' | 'content' | 'setReferences' | 'streams' | 'messages'
  >;
  readonly sources: Sources;
  readonly rules: Rules;
  readonly pacing: Pacing;
  readonly now: () => number;
  readonly log: Log;
}

/** Events read at once. */
const PAGE = 500;
/** Messages completed with one commit, at first and while there is time. */
const FEW = 8;
const MANY = 128;
/** Messages read side by side. */
const SIDE_BY_SIDE = 8;
/** Events passed without a change before the position is written: it needs no commit each. */
const UNWRITTEN_LIMIT = 5_000;

interface Found extends Completion {
  readonly message: AcceptedMessage;
}

export class Follower {
  readonly #o: FollowerOptions;
  readonly #abort = new AbortController();
  readonly #streams: StreamCounts;
  #position = 0;
  #written = 0;
  #streamsAt = 0;
  #several = FEW;
  #running: Promise<void> = Promise.resolve();

  constructor(options: FollowerOptions) {
    this.#o = options;
    this.#streams = new StreamCounts(options.store);
  }

  /** Events that are still to be read. */
  get behind(): number {
    return Math.max(0, this.#o.store.lastSeq - this.#position);
  }

  async start(): Promise<void> {
    const { store, now } = this.#o;
    const known = await store.consumers.get(CONSUMER);
    this.#position = known?.seq ?? store.lastSeq;
    if (known === undefined) await this.#write();
    this.#written = this.#position;
    this.#streamsAt = now();
    this.#running = this.#run();
  }

  /** Ends with what is under way. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
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
        if (error instanceof StoreError && error.code === 'cursor-expired') this.#skip();
        else if (!signal.aborted) {
          log.error({ err: error, retryMs: retry }, 'references: what messages are about could not be completed; it is tried again');
          await pause(retry, signal);
          retry = Math.min(retry * 2, pacing.retryLongest);
        }
      }
    }
    // A store that is going away refuses; the position is written with the next change.
    await this.#finish().catch(() => undefined);
  }

  async #finish(): Promise<void> {
    await this.#streams.write();
    if (this.#position > this.#written) await this.#write();
  }

  async #write(): Promise<void> {
    await this.#o.store.setReferences({ items: [], consumer: { name: CONSUMER, seq: this.#position }, now: this.#o.now() });
    this.#written = this.#position;
  }

  /** One page of the feed, a piece at a time. */
  async #round(signal: AbortSignal): Promise<void> {
    const { store, pacing } = this.#o;
    const page = await store.changes({ after: this.#position, limit: PAGE, types: ['message.accepted'] });
    const waiting = page.items.flatMap(({ seq, message, origin }) =>
      message === undefined || origin === 'notification' ? [] : [{ seq, message }],
    );
    while (waiting.length > 0 && !signal.aborted) {
      const load = await timeToWork(pacing, signal);
      if (signal.aborted) return;
      const piece = waiting.splice(0, load === 'free' ? this.#several : FEW);
      const started = performance.now();
      await this.#completeAll(
        piece.map(({ message }) => message),
        waiting[0] === undefined ? page.last : (piece.at(-1)?.seq ?? page.last),
      );
      this.#several = fitting(this.#several, performance.now() - started, pacing.slice);
    }
    if (signal.aborted) return;
    this.#position = page.last;
    if (this.#position - this.#written >= UNWRITTEN_LIMIT) await this.#write();
    await this.#writeStreams();
    if (store.lastSeq > page.last) return;
    await this.#waitForMail(page.last, signal);
    // Readers of a busy feed are woken by each commit: events are gathered for a moment.
    await pause(pacing.gather, signal);
  }

  /** What is known of streams is written even where no more mail comes. */
  async #waitForMail(after: number, signal: AbortSignal): Promise<void> {
    const { store, pacing } = this.#o;
    if (this.#streams.size > 0) {
      const enough = new AbortController();
      const timer = setTimeout(() => enough.abort(), pacing.streams);
      await store.waitForChanges(after, AbortSignal.any([signal, enough.signal]));
      clearTimeout(timer);
      await this.#writeStreams();
    }
    if (this.#streams.size === 0) await store.waitForChanges(after, signal);
  }

  /** Completes the messages, whose events end with `seq`. */
  async #completeAll(ids: readonly MessageId[], seq: number): Promise<void> {
    const { store, now } = this.#o;
    const found: Found[] = [];
    for (let i = 0; i < ids.length; i += SIDE_BY_SIDE) {
      const some = await Promise.all(ids.slice(i, i + SIDE_BY_SIDE).map((id) => this.#completeOne(id)));
      found.push(...some.flatMap((one) => one ?? []));
    }
    const items = found.flatMap(({ message, change }) => (isNothing(change) ? [] : [{ message: message.id, references: change }]));
    if (items.length > 0) {
      await store.setReferences({ items, mode: 'missing', consumer: { name: CONSUMER, seq }, now: now() });
      this.#written = seq;
    }
    this.#position = seq;
    for (const { message, stream } of found) if (stream !== null) this.#streams.count(message, stream);
  }

  async #completeOne(id: MessageId): Promise<Found | null> {
    const { store, rules, sources } = this.#o;
    const message = (await store.record(id))?.message;
    if (message === undefined || !isIncomplete({ message, rules })) return null;
    return { message, ...(await complete(message, rules, sources)) };
  }

  async #writeStreams(): Promise<void> {
    const { now, pacing } = this.#o;
    if (this.#streams.size === 0 || now() - this.#streamsAt < pacing.streams) return;
    this.#streamsAt = now();
    await this.#streams.write();
  }

  /** Retention went past us while we were away: what is gone from the feed is old. */
  #skip(): void {
    const { log, store } = this.#o;
    log.warn({ from: this.#position, to: store.lastSeq }, 'references: the feed no longer has what comes next; going on at its end');
    this.#position = store.lastSeq;
  }
}

function isNothing(change: ReferenceChange): boolean {
  return Object.keys(change).length === 0;
}

/** How many at once, for the time of a piece to come to what it should be. */
function fitting(several: number, took: number, wanted: number): number {
  if (took > wanted) return Math.max(FEW, Math.floor(several / 2));
  return took < wanted / 2 ? Math.min(MANY, several * 2) : several;
}
