/**
 * One channel: the deliveries that wait for it, and their tries. Rules that tell the same receiver
 * share it. Channels share nothing with each other, so that one that hangs delays no other.
 *
 *   upstream    index.ts, with recorded deliveries
 *   downstream  a transport; the feed, where it fails and works again
 *   failure     a try without success is recorded with the time of the next; the last one leaves the
 *               delivery `failed`, for a retry by hand. A crash between answer and record repeats the
 *               try with the same id, by which the receiver knows it.
 *
 * Only id and time are held in memory; the record is read when its time has come. After some tries in a
 * row without success the circuit is open: the receiver is left alone, then asked with one delivery, and
 * the others wait without losing a try. Where that lasts, or a delivery is given up, `channel.failing` is
 * told in the feed, of which a rule of its own makes a signal on other channels. `gone` (410) switches the
 * channel off: what would go to it is kept as failed, until a test or a retry by hand succeeds.
 */
import type { EventDraft } from '../domain/events.ts';
import type { Log } from '../domain/log.ts';
import type { SignalDelivery, Store } from '../domain/ports.ts';
import type { SignalChannelRecord } from '../domain/signal.ts';
import { nextTry } from './schedule.ts';
import type { Transport, TransportAnswer } from './transport.ts';

export interface ChannelOptions {
  readonly transport: Transport;
  readonly store: Pick<Store, 'signal' | 'updateSignal' | 'signalChannels' | 'appendEvent'>;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly retryDelays: readonly number[];
}

interface Waiting {
  readonly id: string;
  readonly dueAt: number;
  /** Asked for by a person: also when the channel is off or left alone. */
  readonly forced: boolean;
}

/** The clock is looked at this often at least, should it jump. */
const LONGEST_SLEEP = 60_000;
/** After an error of the store. */
const STORE_RETRY = 5000;
/** Tries without success in a row after which the receiver is left alone, for how long at first and at most. */
const OPENS_AFTER = 3;
const LEFT_ALONE_FIRST = 5000;
const LEFT_ALONE_LONGEST = 5 * 60_000;
/** A failing that lasts so long is told. */
const TOLD_AFTER = 60_000;
/** Deliveries that wait for one channel; what comes on top is kept as failed. */
const WAITING_LIMIT = 100_000;

const WELL: SignalChannelRecord = { off: null, failures: 0, failingSince: null, announced: false, lastError: null };

export class Channel {
  readonly #options: ChannelOptions;
  /** By time, the earliest first. */
  readonly #waiting: Waiting[] = [];
  readonly #running = new Set<Promise<void>>();
  /** Of those that wait or run. */
  readonly #ids = new Set<string>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #record: SignalChannelRecord = WELL;
  /** Unix milliseconds until which the receiver is left alone. */
  #openUntil = 0;
  #stopped = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.transport.name;
  }

  get state(): 'on' | 'failing' | 'off' {
    if (this.#record.off !== null) return 'off';
    return this.#record.failures >= OPENS_AFTER || this.#record.announced ? 'failing' : 'on';
  }

  get lastError(): string | null {
    return this.#record.lastError;
  }

  get waiting(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** Reads how it did before. */
  async open(): Promise<void> {
    this.#record = (await this.#options.store.signalChannels.get(this.name)) ?? WELL;
  }

  enqueue(id: string, dueAt: number, forced = false): void {
    if (this.#stopped || (this.#ids.has(id) && !(forced && this.#takeOut(id)))) return;
    if (!forced && this.#waiting.length >= WAITING_LIMIT) {
      this.#giveUp(id, `not sent: ${WAITING_LIMIT} others wait for this channel already`);
      return;
    }
    const waiting = this.#waiting;
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((waiting[middle]?.dueAt ?? 0) <= dueAt) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, { id, dueAt, forced });
    this.#ids.add(id);
    this.#arm();
  }

  /** False: a try of it runs. */
  #takeOut(id: string): boolean {
    const place = this.#waiting.findIndex((one) => one.id === id);
    if (place === -1) return false;
    this.#waiting.splice(place, 1);
    return true;
  }

  /** Lets tries that run end, for `graceMs`; then cuts them, and nothing of them is recorded. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const cut = setTimeout(() => this.#abort.abort(), graceMs);
    await Promise.all(this.#running);
    clearTimeout(cut);
    this.#options.transport.close();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const { transport, now } = this.#options;
    while (!this.#stopped && this.#running.size < transport.concurrency) {
      const place = this.#nextPlace(now());
      const first = this.#waiting[place];
      if (first === undefined) return;
      const wait = Math.max(first.dueAt, first.forced ? 0 : this.#openUntil) - now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#arm(), Math.min(wait, LONGEST_SLEEP));
        return;
      }
      // One at a time as long as nobody knows whether it works again.
      if (!first.forced && this.#record.failures >= OPENS_AFTER && this.#running.size > 0) return;
      this.#waiting.splice(place, 1);
      this.#start(first);
    }
  }

  /** Where the circuit is open, what a person asked for goes first. */
  #nextPlace(now: number): number {
    if (this.#record.failures < OPENS_AFTER) return 0;
    const place = this.#waiting.findIndex(({ forced, dueAt }) => forced && dueAt <= now);
    return place === -1 ? 0 : place;
  }

  #start(first: Waiting): void {
    const attempt: Promise<void> = this.#attempt(first).finally(() => {
      this.#running.delete(attempt);
      this.#arm();
    });
    this.#running.add(attempt);
  }

  /** Never rejects. */
  async #attempt({ id, forced }: Waiting): Promise<void> {
    const { now, log } = this.#options;
    let again: Omit<Waiting, 'id'> | null = null;
    try {
      const next = await this.#try(id, forced);
      if (next !== null) again = { dueAt: next, forced: false };
    } catch (error) {
      log.error({ err: error, channel: this.name, delivery: id }, 'a signal could not be read or recorded; it is tried again');
      again = { dueAt: now() + STORE_RETRY, forced };
    }
    this.#ids.delete(id);
    if (again !== null) this.enqueue(id, again.dueAt, again.forced);
  }

  /** When it is tried again; null: not. */
  async #try(id: string, forced: boolean): Promise<number | null> {
    const { store } = this.#options;
    const delivery = await store.signal(id);
    if (delivery === undefined || delivery.state !== 'pending') return null;
    const next =
      this.#record.off !== null && !forced
        ? givenUp(delivery, 'not sent: the channel is switched off since it answered 410')
        : await this.#send(delivery);
    if (next === null) return null;
    await store.updateSignal(next);
    return next.nextAttemptAt;
  }

  #giveUp(id: string, why: string): void {
    const { store, log } = this.#options;
    const work = async (): Promise<void> => {
      const delivery = await store.signal(id);
      if (delivery?.state === 'pending') await store.updateSignal(givenUp(delivery, why));
    };
    work().catch((error: unknown) => log.error({ err: error, channel: this.name, delivery: id }, 'a signal could not be given up'));
  }

  /** The record as one more try leaves it; null when relais stops meanwhile. */
  async #send(delivery: SignalDelivery): Promise<SignalDelivery | null> {
    const { transport, now } = this.#options;
    const at = now();
    const answer = await transport.send(delivery, this.#abort.signal);
    if (answer.kind === 'aborted') return null;
    const tried: SignalDelivery = { ...delivery, attempts: delivery.attempts + 1, lastAttemptAt: at, lastAnswer: answer.answer };
    return this.#judge(tried, answer);
  }

  async #judge(tried: SignalDelivery, answer: Exclude<TransportAnswer, { kind: 'aborted' }>): Promise<SignalDelivery> {
    const { log } = this.#options;
    const fields = { signal: tried.signal, channel: this.name, delivery: tried.id, attempts: tried.attempts, answer: answer.answer };
    switch (answer.kind) {
      case 'taken':
        await this.#succeeded();
        return { ...tried, state: 'delivered', nextAttemptAt: null, ...(answer.message === undefined ? {} : { message: answer.message }) };
      case 'gone':
        await this.#switchOff(answer.answer);
        return { ...tried, state: 'failed', nextAttemptAt: null };
      case 'impossible':
        log.error(fields, 'a signal can not be sent, and is kept as failed');
        return { ...tried, state: 'failed', nextAttemptAt: null };
      case 'refused':
        return this.#refused(tried, answer.answer, fields);
      default:
        return answer satisfies never;
    }
  }

  async #refused(tried: SignalDelivery, error: string, fields: object): Promise<SignalDelivery> {
    const { now, random, log, retryDelays } = this.#options;
    const nextAttemptAt = nextTry(retryDelays, tried.attempts, now(), random());
    if (nextAttemptAt === null) log.error(fields, 'a signal could not be delivered and is kept as failed; it can be retried by hand');
    else log.warn({ ...fields, nextAttemptAt }, 'a signal was not taken; it is tried again');
    await this.#failed(error, nextAttemptAt === null);
    return { ...tried, state: nextAttemptAt === null ? 'failed' : 'pending', nextAttemptAt };
  }

  // ── How the channel does ──

  async #succeeded(): Promise<void> {
    const before = this.#record;
    this.#openUntil = 0;
    if (before.failures === 0 && before.off === null && !before.announced) return;
    this.#record = WELL;
    if (before.off === null && !before.announced) return;
    this.#options.log.info({ channel: this.name }, 'the channel works again');
    await this.#keep();
    if (before.announced) await this.#announce({ type: 'channel.recovered', channel: this.name });
  }

  async #failed(error: string, givenUpOne: boolean): Promise<void> {
    const { now, retryDelays } = this.#options;
    const { failures, failingSince, announced } = this.#record;
    const since = failingSince ?? now();
    this.#record = { ...this.#record, failures: failures + 1, failingSince: since, lastError: error };
    const over = this.#record.failures - OPENS_AFTER;
    // Never for longer than a delivery that failed often waits.
    const most = Math.min(LEFT_ALONE_LONGEST, retryDelays.at(-1) ?? LEFT_ALONE_LONGEST);
    if (over >= 0) this.#openUntil = now() + Math.min(most, LEFT_ALONE_FIRST * 2 ** Math.min(over, 10));
    const lasts = over >= 0 && now() - since >= TOLD_AFTER;
    if (!announced && (lasts || givenUpOne)) await this.#tellFailing(error);
  }

  async #switchOff(error: string): Promise<void> {
    const { now, log } = this.#options;
    if (this.#record.off !== null) return;
    this.#record = { ...this.#record, off: { at: now() }, lastError: error };
    log.error(
      { channel: this.name },
      'the receiver answered 410: the channel is switched off; change its address or send a test to switch it on',
    );
    await this.#tellFailing('the receiver answered 410: the channel is switched off');
  }

  /** After a crash between the two it is told once more, and joins the signal that is open. */
  async #tellFailing(reason: string): Promise<void> {
    const { announced } = this.#record;
    this.#record = { ...this.#record, announced: true };
    if (!announced) await this.#announce({ type: 'channel.failing', channel: this.name, reason });
    await this.#keep();
  }

  #keep(): Promise<void> {
    return this.#options.store.signalChannels.put(this.name, this.#record);
  }

  async #announce(event: EventDraft): Promise<void> {
    const { store, now } = this.#options;
    await store.appendEvent(event, now());
  }
}

/** The delivery kept as failed without a try. */
export function givenUp(delivery: SignalDelivery, why: string): SignalDelivery {
  return { ...delivery, state: 'failed', nextAttemptAt: null, lastAnswer: why };
}
