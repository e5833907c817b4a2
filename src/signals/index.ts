/**
 * Signals: tells people and programs what the rules ask for, unasked: by signed webhooks, chats, mail
 * and commands.
 *
 *   upstream    the change feed, from consumer positions of its own; the clock
 *   downstream  the receivers; mail goes out by the Submitter
 *   standards   Standard Webhooks; RFC 9110
 *   failure     what a committed event calls for goes out, also when relais was killed in between:
 *               decided exactly once, sent at least once, always under the same id. Nothing here can
 *               stop mail.
 */
import type { Log } from '../domain/log.ts';
import type { SignalChannelStatus, SignalDelivery, SignalDesk, SignalRuleStatus, Store, Submitter } from '../domain/ports.ts';
import type { RunRecord } from '../domain/run.ts';
import type { Account } from '../domain/settings.ts';
import type { SignalId, SignalRecord } from '../domain/signal.ts';
import { BY_CAUSE, CHANNEL_RULE_NAME, type SignalChannel, type SignalOwner, type SignalRule, signalRule } from '../domain/signal-rule.ts';
import { Channel, givenUp } from './channel.ts';
import { channelName } from './channel-name.ts';
import { commandTransport } from './command.ts';
import { Composer } from './compose.ts';
import { channelsOf, Decider, HOLD_STATE, type RunHolding } from './decider.ts';
import { Follower } from './follower.ts';
import type { LinkSettings } from './links.ts';
import { mailTransport } from './mail.ts';
import type { Resolve } from './post.ts';
import { RunKeeper } from './runs.ts';
import { RETRY_DELAYS } from './schedule.ts';
import type { Transport } from './transport.ts';
import { tryRule } from './trial.ts';
import { webhookTransport } from './webhook.ts';
import { headline, SIGNAL_WORDINGS } from './wording.ts';

export interface SignalsOptions {
  readonly rules: readonly SignalRule[];
  readonly owners?: readonly SignalOwner[];
  readonly accounts?: readonly Pick<Account, 'name' | 'language'>[];
  readonly links?: LinkSettings;
  readonly hostname?: string;
  readonly submitter: Submitter;
  readonly store: Store;
  readonly newId: () => SignalId;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Milliseconds for one try, everything together. */
  readonly requestTimeout?: number;
  /** Milliseconds after the 1st, 2nd, … try; after the last the delivery is kept as failed. */
  readonly retryDelays?: readonly number[];
  /** Milliseconds that the reader of the runs leaves the feed alone after it moved. */
  readonly runGather?: number;
  /** Resolves host names; the system's resolver by default. */
  readonly resolve?: Resolve;
}

export interface Signals {
  /** Lets tries that run end, for `graceMs`. */
  stop(graceMs: number): Promise<void>;
  readonly desk: SignalDesk;
}

const REQUEST_TIMEOUT = 15_000;
const NO_LINKS: LinkSettings = { publicUrl: null, documentUrl: null, contactUrl: null };

/** Starts it. Throws when a webhook's secret is no secret: the message says which. */
export async function startSignals(options: SignalsOptions): Promise<Signals> {
  const room = new SignalRoom(options);
  await room.open();
  return { stop: (graceMs) => room.stop(graceMs), desk: room };
}

class SignalRoom implements SignalDesk {
  readonly #o: SignalsOptions;
  readonly #rules: readonly SignalRule[];
  /** By name: rules that tell the same receiver share its channel. */
  readonly #channels = new Map<string, Channel>();
  readonly #composer: Composer;
  #follower: Follower | undefined;
  readonly #runs: RunKeeper;

  constructor(options: SignalsOptions) {
    this.#o = options;
    const { links = NO_LINKS, owners = [], store, now } = options;
    this.#rules = [...options.rules, channelRule(options.rules)];
    this.#runs = new RunKeeper(options);
    this.#composer = new Composer({
      store,
      links,
      owners,
      now,
      languageOf: (account) => this.#languageOf(account),
      others: (channel) => othersThan(channel, options.rules, channelsOf(channelRule(options.rules))),
    });
    for (const rule of this.#rules) {
      for (const [index, channel] of channelsOf(rule).entries()) {
        const name = channelName(channel);
        if (!this.#channels.has(name)) this.#channels.set(name, this.#newChannel(rule, index, channel));
      }
    }
  }

  async open(): Promise<void> {
    const { store, owners = [], newId, now, log } = this.#o;
    await Promise.all([...this.#channels.values()].map((channel) => channel.open()));
    await this.#resume();
    const languageOf = (account: string) => this.#languageOf(account);
    this.#follower = await Follower.start({
      store,
      decider: (book) => new Decider({ rules: this.#rules, owners, languageOf, book, newId }),
      compose: (tellings) => this.#composer.compose(tellings),
      now,
      log,
      onRecorded: (deliveries, states) => {
        for (const delivery of deliveries) this.#enqueue(delivery);
        for (const { name, value } of states) this.#holdRun(name, value);
      },
      onReloaded: () => this.#resume(),
    });
    const { book } = this.#follower.decider;
    await this.#runs.start();
    for (const name of book.stateNames()) this.#holdRun(name, book.state(name) ?? null);
  }

  async stop(graceMs: number): Promise<void> {
    await Promise.all([this.#follower?.stop(), this.#runs.stop()]);
    await Promise.all([...this.#channels.values()].map((channel) => channel.stop(graceMs)));
  }

  /** What a rule decided to hold. */
  #holdRun(state: string, value: object | null): void {
    if (value !== null && state.startsWith(HOLD_STATE)) this.#runs.holdByRule(state.slice(HOLD_STATE.length), value as RunHolding);
  }

  #languageOf(account: string): Account['language'] {
    return this.#o.accounts?.find(({ name }) => name === account)?.language ?? 'en';
  }

  #newChannel(rule: SignalRule, index: number, channel: SignalChannel): Channel {
    const { store, now, random, log, retryDelays = RETRY_DELAYS } = this.#o;
    return new Channel({ transport: this.#transportOf(rule, index, channel), store, now, random, log, retryDelays });
  }

  #transportOf(rule: SignalRule, index: number, channel: SignalChannel): Transport {
    const { submitter, hostname = 'localhost', links = NO_LINKS, now, requestTimeout = REQUEST_TIMEOUT, resolve } = this.#o;
    const { publicUrl } = links;
    switch (channel.kind) {
      case 'webhook':
        try {
          return webhookTransport({ channel, publicUrl, now, timeout: requestTimeout, ...(resolve === undefined ? {} : { resolve }) });
        } catch (error) {
          const text = `signals: rule "${rule.name}", channel ${index + 1}: the secret is not valid; it must be whsec_ and base64`;
          throw new TypeError(text, { cause: error });
        }
      case 'mail':
        return mailTransport({ channel, submitter, hostname, publicUrl, now });
      case 'command':
        return commandTransport(channel);
      default:
        return channel satisfies never;
    }
  }

  #channelFor({ signal, channel }: Pick<SignalDelivery, 'signal' | 'channel'>): Channel | undefined {
    const rule = this.#rules.find(({ name }) => name === signal);
    const found = rule === undefined ? undefined : channelsOf(rule)[channel];
    return found === undefined ? undefined : this.#channels.get(channelName(found));
  }

  #enqueue(delivery: SignalDelivery, forced = false): void {
    if (delivery.nextAttemptAt !== null) this.#channelFor(delivery)?.enqueue(delivery.id, delivery.nextAttemptAt, forced);
  }

  /** Takes up what an earlier run left pending; what lost its channel by a change of the rules is given up, and says so. */
  async #resume(): Promise<void> {
    const { store, log } = this.#o;
    for (const delivery of await store.pendingSignals()) {
      if (this.#channelFor(delivery) !== undefined) {
        this.#enqueue(delivery);
        continue;
      }
      log.warn(
        { signal: delivery.signal, delivery: delivery.id },
        'a pending signal has no channel in the configuration any more and is given up',
      );
      await store.updateSignal(givenUp(delivery, 'not sent: its rule or channel was removed from the configuration'));
    }
  }

  // ── The desk ──

  get #decider(): Decider {
    if (this.#follower === undefined) throw new Error('the signals are not open yet');
    return this.#follower.decider;
  }

  rules(): readonly SignalRuleStatus[] {
    const records = [...this.#decider.book.all()];
    return this.#rules.map((rule) => {
      const own = records.filter((record) => record.rule === rule.name);
      const open = own.filter(({ state }) => state !== 'closed');
      return {
        rule,
        channels: channelsOf(rule).map((channel, index) => this.#statusOf(channel, index >= rule.notify.length)),
        open: open.length,
        unacknowledged: open.filter(({ state }) => state === 'open').length,
        lastAt: own.length === 0 ? null : Math.max(...own.map(({ lastAt }) => lastAt)),
      };
    });
  }

  #statusOf(channel: SignalChannel, escalation: boolean): SignalChannelStatus {
    const name = channelName(channel);
    const running = this.#channels.get(name);
    return {
      name,
      kind: channel.kind,
      escalation,
      state: running?.state ?? 'on',
      waiting: running?.waiting ?? 0,
      lastError: running?.lastError ?? null,
    };
  }

  channelOf(delivery: SignalDelivery): SignalChannelStatus | undefined {
    const rule = this.#rules.find(({ name }) => name === delivery.signal);
    const channel = rule === undefined ? undefined : channelsOf(rule)[delivery.channel];
    return rule === undefined || channel === undefined ? undefined : this.#statusOf(channel, delivery.channel >= rule.notify.length);
  }

  records({ rule, state }: Parameters<SignalDesk['records']>[0]): readonly SignalRecord[] {
    const found = [...this.#decider.book.all()].filter(
      (record) => (rule === undefined || record.rule === rule) && (state === undefined || state.includes(record.state)),
    );
    return found.sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  record(id: string): SignalRecord | undefined {
    return this.#decider.book.get(id as SignalId);
  }

  title(record: SignalRecord, language: Account['language']): string {
    return headline(record, SIGNAL_WORDINGS[language]);
  }

  async acknowledge(name: string, by: Parameters<SignalDesk['acknowledge']>[1]): Promise<readonly SignalRecord[] | undefined> {
    const at = this.#o.now();
    if (this.record(name) === undefined && !this.#rules.some((rule) => rule.name === name)) return undefined;
    return this.#follower?.change((decider) => {
      const one = decider.book.get(name as SignalId);
      const records = one === undefined ? [...decider.book.all()].filter(({ rule }) => rule === name) : [one];
      return records.filter(({ state }) => state === 'open').map((record) => decider.acknowledge(record, { at, ...by }));
    });
  }

  async close(id: string, by: string | null): Promise<SignalRecord | undefined> {
    const at = this.#o.now();
    if (this.record(id) === undefined) return undefined;
    await this.#follower?.change((decider) => {
      const record = decider.book.get(id as SignalId);
      return record === undefined || record.state === 'closed' ? [] : [decider.close(record, { at, by })];
    });
    return this.record(id);
  }

  async test(name: string): Promise<readonly SignalDelivery[] | undefined> {
    const rule = this.#rules.find((one) => one.name === name);
    if (rule === undefined) return undefined;
    const deliveries = this.#composer.test(rule);
    for (const delivery of deliveries) {
      await this.#o.store.updateSignal(delivery);
      // Asked for by a person: also when the channel is off.
      this.#enqueue(delivery, true);
    }
    return deliveries;
  }

  async retry(id: string): Promise<SignalDelivery | undefined> {
    const { store, now } = this.#o;
    const delivery = await store.signal(id);
    if (delivery === undefined || this.#channelFor(delivery) === undefined) return undefined;
    const again: SignalDelivery = { ...delivery, state: 'pending', nextAttemptAt: now(), round: (delivery.round ?? 0) + 1 };
    await store.updateSignal(again);
    this.#enqueue(again, true);
    return again;
  }

  runs(): readonly RunRecord[] {
    return this.#runs.list();
  }

  run(id: string): RunRecord | undefined {
    return this.#runs.get(id);
  }

  holdRun(id: string, by: string): Promise<RunRecord | undefined> {
    return this.#runs.hold(id, by);
  }

  releaseRun(id: string, by: string): Promise<RunRecord | undefined> {
    return this.#runs.release(id, by);
  }

  async tryOut({ rule, ...request }: Parameters<SignalDesk['tryOut']>[0]): ReturnType<SignalDesk['tryOut']> {
    const { store, owners = [], now } = this.#o;
    const found = typeof rule === 'string' ? this.#rules.find(({ name }) => name === rule) : rule;
    if (found === undefined) return undefined;
    return tryRule({ ...request, rule: found, owners, languageOf: (account) => this.#languageOf(account), store, now });
  }
}

/** Tells on the other channels that one takes nothing. Its channels are all there are, each once. */
function channelRule(rules: readonly SignalRule[]): SignalRule {
  const channels = new Map<string, SignalChannel>();
  for (const channel of rules.flatMap(channelsOf)) {
    const told = channel.kind === 'mail' ? { ...channel, to: channel.to.filter((word) => word !== 'sender' && word !== 'owner') } : channel;
    if (told.kind !== 'mail' || told.to.length > 0) channels.set(channelName(channel), told);
  }
  return signalRule({ name: CHANNEL_RULE_NAME, on: ['channel.failing'], group: BY_CAUSE, notify: [...channels.values()] });
}

/** Other channels of the rules that use this one; where they have none, all others. */
function othersThan(channel: string, rules: readonly SignalRule[], all: readonly SignalChannel[]): ReadonlySet<number> {
  const names = all.map(channelName);
  const users = rules.filter((rule) => channelsOf(rule).some((one) => channelName(one) === channel));
  const near = new Set(users.flatMap((rule) => channelsOf(rule).map(channelName)).filter((name) => name !== channel));
  const places = [...names.entries()].filter(([, name]) => name !== channel);
  const close = places.filter(([, name]) => near.has(name));
  return new Set((close.length > 0 ? close : places).map(([index]) => index));
}
