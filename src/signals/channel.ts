/**
 * One channel of one rule: the webhooks that wait for it, and their tries. Channels share nothing,
 * so that one that hangs delays no other.
 *
 *   upstream    index.ts, with ids of recorded deliveries
 *   downstream  post.ts
 *   failure     a try without success is recorded with the time of the next; the last one leaves the
 *               delivery `failed`, for a retry by hand. A crash between answer and record repeats the
 *               try with the same webhook-id, by which the receiver knows it.
 *
 * Only id and time are held in memory; the record is read when its time has come. 410 means that
 * the receiver is gone for good: the channel is switched off, says so in the log, and what would go
 * to it is kept as failed. The switch is remembered in the store under a name that contains the URL,
 * so that another URL is another channel. A test or a retry by hand that succeeds switches it on.
 */
import { createHash } from 'node:crypto';
import type { Log } from '../domain/log.ts';
import type { SignalDelivery, Store } from '../domain/ports.ts';
import type { WebhookChannel } from '../domain/signal-rule.ts';
import { type PostAnswer, postWebhook, type Resolve } from './post.ts';
import { nextTry } from './schedule.ts';
import type { Signer } from './sign.ts';

export interface ChannelOptions {
  readonly signal: string;
  /** Which of the rule's channels, from 0. */
  readonly index: number;
  readonly webhook: WebhookChannel;
  readonly signer: Signer;
  readonly store: Pick<Store, 'signal' | 'updateSignal' | 'consumers'>;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly timeout: number;
  readonly retryDelays: readonly number[];
  readonly resolve?: Resolve;
}

interface Waiting {
  readonly id: string;
  readonly dueAt: number;
  /** Asked for by a person: also when the channel is off. */
  readonly forced: boolean;
}

/** Tries at once to one channel. */
const CONCURRENCY = 4;
/** The clock is looked at this often at least, should it jump. */
const LONGEST_SLEEP = 60_000;
/** After an error of the store. */
const STORE_RETRY = 5000;

export class Channel {
  readonly #options: ChannelOptions;
  readonly #switch: string;
  /** By time, the earliest first. */
  readonly #waiting: Waiting[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #off = false;
  #stopped = false;

  constructor(options: ChannelOptions) {
    this.#options = options;
    const origin = JSON.stringify([options.signal, options.index, options.webhook.url]);
    this.#switch = `signals.off.${createHash('sha256').update(origin).digest('hex').slice(0, 16)}`;
  }

  get off(): boolean {
    return this.#off;
  }

  get waiting(): number {
    return this.#waiting.length + this.#running.size;
  }

  /** Reads whether it was switched off before. */
  async open(): Promise<void> {
    this.#off = (await this.#options.store.consumers.get(this.#switch)) !== undefined;
  }

  enqueue(id: string, dueAt: number, forced = false): void {
    if (this.#stopped) return;
    const waiting = this.#waiting;
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((waiting[middle]?.dueAt ?? 0) <= dueAt) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, { id, dueAt, forced });
    this.#arm();
  }

  /** Lets tries that run end, for `graceMs`; then cuts them, and nothing of them is recorded. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const cut = setTimeout(() => this.#abort.abort(), graceMs);
    await Promise.all(this.#running);
    clearTimeout(cut);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    while (!this.#stopped && this.#running.size < CONCURRENCY) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      const wait = first.dueAt - this.#options.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => this.#arm(), Math.min(wait, LONGEST_SLEEP));
        return;
      }
      this.#waiting.shift();
      const attempt: Promise<void> = this.#attempt(first).finally(() => {
        this.#running.delete(attempt);
        this.#arm();
      });
      this.#running.add(attempt);
    }
  }

  /** Never rejects. */
  async #attempt({ id, forced }: Waiting): Promise<void> {
    const { store, now, log } = this.#options;
    try {
      const delivery = await store.signal(id);
      if (delivery === undefined || delivery.state !== 'pending') return;
      const next =
        this.#off && !forced
          ? givenUp(delivery, 'not sent: the channel is switched off since it answered 410')
          : await this.#send(delivery);
      if (next === null) return;
      await store.updateSignal(next);
      if (next.nextAttemptAt !== null) this.enqueue(id, next.nextAttemptAt);
    } catch (error) {
      log.error({ err: error, signal: this.#options.signal, delivery: id }, 'a signal could not be read or recorded; it is tried again');
      this.enqueue(id, now() + STORE_RETRY, forced);
    }
  }

  /** The record as one more try leaves it; null when relais stops meanwhile. */
  async #send(delivery: SignalDelivery): Promise<SignalDelivery | null> {
    const { webhook, signer, now, timeout, resolve } = this.#options;
    const at = now();
    const answer = await postWebhook({
      url: webhook.url,
      headers: signer.sign({ id: delivery.id, at, body: delivery.body }),
      body: delivery.body,
      allowPrivate: webhook.allowPrivate,
      timeout,
      signal: this.#abort.signal,
      ...(resolve === undefined ? {} : { resolve }),
    });
    if (answer.kind === 'aborted') return null;
    const tried: SignalDelivery = {
      ...delivery,
      attempts: delivery.attempts + 1,
      lastAttemptAt: at,
      lastAnswer: answer.kind === 'answered' ? String(answer.status) : answer.error,
    };
    return this.#judge(tried, answer);
  }

  async #judge(tried: SignalDelivery, answer: PostAnswer & { kind: 'answered' | 'unanswered' }): Promise<SignalDelivery> {
    const { signal, now, random, log, retryDelays } = this.#options;
    const status = answer.kind === 'answered' ? answer.status : 0;
    if (status >= 200 && status < 300) {
      await this.#switchTo('on');
      return { ...tried, state: 'delivered', nextAttemptAt: null };
    }
    if (status === 410) {
      await this.#switchTo('off');
      return { ...tried, state: 'failed', nextAttemptAt: null };
    }
    const nextAttemptAt = nextTry(retryDelays, tried.attempts, now(), random());
    const fields = { signal, delivery: tried.id, attempts: tried.attempts, answer: tried.lastAnswer };
    if (nextAttemptAt === null) log.error(fields, 'a signal could not be delivered and is kept as failed; it can be retried by hand');
    else log.warn({ ...fields, nextAttemptAt }, 'a signal was not taken; it is tried again');
    return { ...tried, state: nextAttemptAt === null ? 'failed' : 'pending', nextAttemptAt };
  }

  async #switchTo(position: 'on' | 'off'): Promise<void> {
    if (this.#off === (position === 'off')) return;
    const { signal, index, webhook, store, now, log } = this.#options;
    this.#off = position === 'off';
    const fields = { signal, channel: index, host: hostOf(webhook.url) };
    if (this.#off) {
      log.error(fields, 'the receiver answered 410: the channel is switched off; change its URL or send a test to switch it on');
      // Behind every event there will be: it holds nobody back who asks how far the slowest reader is.
      await store.consumers.put(this.#switch, { seq: Number.MAX_SAFE_INTEGER, at: now() });
    } else {
      log.info(fields, 'the channel is switched on again');
      await store.consumers.delete(this.#switch);
    }
  }
}

/** The delivery kept as failed without a try. */
export function givenUp(delivery: SignalDelivery, why: string): SignalDelivery {
  return { ...delivery, state: 'failed', nextAttemptAt: null, lastAnswer: why };
}

/** Paths and queries of webhooks often are secrets. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'invalid URL';
}
