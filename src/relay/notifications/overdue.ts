/**
 * Finds recipients that are still waiting so long after acceptance that their sender is to hear of
 * it (RFC 3461 §5.2.5).
 *
 *   upstream    the register, by state and time of acceptance; a timer
 *   downstream  sender.ts
 *   failure     the time up to which it was looked is kept as a consumer's position, and moves on only
 *               when those before it are told: after a stop or a crash they are found again, and the
 *               key of each notification sees to it that none goes out twice.
 *
 * A next hop that is down for hours would make a notification of everything that waits for it: a
 * sender gets so many an hour, and no more. None is owed (RFC 3461 §5.2.5 leaves them to us).
 *
 * Each message passes that time once, so nothing is kept in memory of those that wait; only of those
 * that are to be sent later (`releaseAt`), whose time of waiting begins then. Held recipients are not
 * told of: nothing is being tried, somebody decided so.
 */
import { reversePathText } from '../../domain/address.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { MessageFilter, Store } from '../../domain/ports.ts';
import type { Pacing } from './pacing.ts';
import { logUntold, type Sender } from './sender.ts';
import { sleep } from './sleep.ts';

export interface OverdueOptions {
  readonly store: Pick<Store, 'messages' | 'consumers' | 'queue' | 'lastSeq'>;
  readonly sender: Sender;
  /** Milliseconds from acceptance, or release. */
  readonly after: number;
  readonly pacing: Pacing;
  readonly now: () => number;
  readonly log: Log;
}

/** Its `at` is the time of acceptance up to which it was looked. */
export const OVERDUE_CONSUMER = 'notifications.overdue';
const PAGE = 200;
/** Time that may pass unwritten while nothing is found: it is looked at again after a crash. */
const UNWRITTEN_LIMIT = 10 * 60_000;
const HOUR = 3_600_000;
const WAITING = ['queued', 'deferred'] as const;

export class Overdue {
  readonly #o: OverdueOptions;
  readonly #abort = new AbortController();
  /** Messages to be sent later, by id, with the time at which they will be overdue. */
  readonly #later = new Map<MessageId, number>();
  /** By sender, how many were told since `#hour`. */
  readonly #toldTo = new Map<string, number>();
  #hour = 0;
  #looked = 0;
  #written = 0;
  #running: Promise<void> = Promise.resolve();

  constructor(options: OverdueOptions) {
    this.#o = options;
  }

  async start(): Promise<void> {
    const { store, now, after } = this.#o;
    const known = await store.consumers.get(OVERDUE_CONSUMER);
    this.#looked = known?.at ?? now() - after;
    this.#written = this.#looked;
    if (known === undefined) await this.#write();
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #write(): Promise<void> {
    const { store } = this.#o;
    await store.consumers.put(OVERDUE_CONSUMER, { seq: store.lastSeq, at: this.#looked });
    this.#written = this.#looked;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { pacing, log, after } = this.#o;
    // A short time is looked at more often, so that it means something.
    const every = Math.min(pacing.overdueEvery, Math.max(pacing.overdueEvery / 100, after / 20));
    let resumed = false;
    while (!signal.aborted) {
      try {
        if (!resumed) await this.#findScheduled();
        resumed = true;
        await this.#look(signal);
      } catch (error) {
        if (!signal.aborted) logUntold(log, error, { what: 'delays' });
      }
      await sleep(every, signal);
    }
  }

  /** Those that are to be sent later were passed before the start. */
  async #findScheduled(): Promise<void> {
    await this.#each({ state: ['queued'], to: this.#looked }, async (message) => {
      if (message.releaseAt !== undefined) this.#later.set(message.id, message.releaseAt + this.#o.after);
    });
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { now, after, store } = this.#o;
    const until = now() - after;
    const waiting = store.queue.queued + store.queue.deferred > 0;
    let found = false;
    for (const [id, dueAt] of this.#later) {
      if (dueAt > now()) continue;
      await this.#o.sender.tellOverdue(id);
      this.#later.delete(id);
    }
    if (until <= this.#looked) return;
    if (waiting) {
      await this.#each({ state: WAITING, from: this.#looked, to: until }, async (message) => {
        if (signal.aborted) return;
        const dueAt = (message.releaseAt ?? message.acceptedAt) + after;
        if (message.releaseAt !== undefined && dueAt > now()) this.#later.set(message.id, dueAt);
        else await this.#tell(message);
        found = true;
      });
    }
    if (signal.aborted) return;
    this.#looked = until;
    if (found || until - this.#written >= UNWRITTEN_LIMIT) await this.#write();
  }

  async #tell({ id, envelope }: AcceptedMessage): Promise<void> {
    const { sender, now, log, pacing } = this.#o;
    const limit = pacing.overdueHourly;
    const to = reversePathText(envelope.reversePath);
    if (now() - this.#hour >= HOUR) {
      this.#hour = now();
      this.#toldTo.clear();
    }
    const count = (this.#toldTo.get(to) ?? 0) + 1;
    if (count <= limit) await sender.tellOverdue(id);
    else if (count === limit + 1) log.warn({ sender: to, limit }, 'so many delays that the sender is told of no more for an hour');
    this.#toldTo.set(to, count);
  }

  async #each(filter: MessageFilter, act: (message: AcceptedMessage) => Promise<void>): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#o.store.messages(filter, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      for (const { message } of page.items) {
        if (message.origin !== 'notification' && message.envelope.reversePath.kind !== 'null') await act(message);
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
  }
}
