/**
 * Signals: tells the outside what the rules ask for, unasked, by signed webhooks.
 *
 *   upstream    the change feed, from a consumer position of its own
 *   downstream  the receivers
 *   standards   Standard Webhooks; RFC 9110
 *   failure     what a committed event calls for goes out, also when relais was killed in between:
 *               at least once, always under the same webhook-id. Nothing here can stop mail.
 */
import type { Log } from '../domain/log.ts';
import type { SignalDelivery, Store } from '../domain/ports.ts';
import type { SignalRule } from '../domain/signal-rule.ts';
import { Channel, givenUp } from './channel.ts';
import { composeTest } from './compose.ts';
import { CONSUMER, Follower } from './follow.ts';
import type { Resolve } from './post.ts';
import { RETRY_DELAYS } from './schedule.ts';
import { createSigner } from './sign.ts';

export interface SignalsOptions {
  readonly rules: readonly SignalRule[];
  readonly store: Store;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Milliseconds for one try, everything together. */
  readonly requestTimeout?: number;
  /** Milliseconds after the 1st, 2nd, … try; after the last the delivery is kept as failed. */
  readonly retryDelays?: readonly number[];
  /** Resolves host names; the system's resolver by default. */
  readonly resolve?: Resolve;
}

export interface ChannelStatus {
  readonly signal: string;
  readonly channel: number;
  /** `off`: it answered 410. */
  readonly state: 'on' | 'off';
  readonly waiting: number;
}

export interface Signals {
  /** Lets tries that run end, for `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Sends a test to each channel of the rule; undefined when there is no such rule. */
  test(signal: string): Promise<readonly SignalDelivery[] | undefined>;
  /** Tries one again now, whatever its state; undefined when there is none, or its channel is gone. */
  retry(id: string): Promise<SignalDelivery | undefined>;
  channels(): readonly ChannelStatus[];
}

const REQUEST_TIMEOUT = 15_000;

/** Starts it. Throws when a webhook's secret is no secret: the message says which. */
export async function startSignals(options: SignalsOptions): Promise<Signals> {
  const { rules, store, now, log } = options;
  const channels = new Map<string, Channel>();
  for (const rule of rules) {
    for (const [index] of rule.notify.entries()) channels.set(keyOf(rule.name, index), newChannel(options, rule, index));
  }
  await Promise.all([...channels.values()].map((channel) => channel.open()));
  const enqueue = (delivery: SignalDelivery, forced = false): void => {
    if (delivery.nextAttemptAt === null) return;
    channels.get(keyOf(delivery.signal, delivery.channel))?.enqueue(delivery.id, delivery.nextAttemptAt, forced);
  };
  const follower = new Follower({
    rules,
    store,
    now,
    log,
    onRecorded: (deliveries) => {
      for (const delivery of deliveries) enqueue(delivery);
    },
  });
  await resume(options, channels, enqueue);
  if (rules.length > 0) await follower.start();
  // Without rules nothing is read; a rule that is added later begins at the end of that day's feed.
  else await store.consumers.delete(CONSUMER);

  return {
    stop: async (graceMs) => {
      await follower.stop();
      await Promise.all([...channels.values()].map((channel) => channel.stop(graceMs)));
    },
    test: async (signal) => {
      const rule = rules.find(({ name }) => name === signal);
      if (rule === undefined) return undefined;
      const deliveries = rule.notify.map((_, channel) => composeTest(rule, channel, now()));
      for (const delivery of deliveries) {
        await store.updateSignal(delivery);
        // Asked for by a person: also when the channel is off.
        enqueue(delivery, true);
      }
      return deliveries;
    },
    retry: async (id) => {
      const delivery = await store.signal(id);
      if (delivery === undefined || !channels.has(keyOf(delivery.signal, delivery.channel))) return undefined;
      const again: SignalDelivery = { ...delivery, state: 'pending', nextAttemptAt: now() };
      await store.updateSignal(again);
      enqueue(again, true);
      return again;
    },
    channels: () =>
      rules.flatMap((rule) =>
        rule.notify.map((_, index): ChannelStatus => {
          const channel = channels.get(keyOf(rule.name, index));
          return { signal: rule.name, channel: index, state: channel?.off ? 'off' : 'on', waiting: channel?.waiting ?? 0 };
        }),
      ),
  };
}

function keyOf(signal: string, channel: number): string {
  return `${channel} ${signal}`;
}

function newChannel(options: SignalsOptions, rule: SignalRule, index: number): Channel {
  const { store, now, random, log, requestTimeout = REQUEST_TIMEOUT, retryDelays = RETRY_DELAYS, resolve } = options;
  const webhook = rule.notify[index];
  if (webhook?.kind !== 'webhook') throw new RangeError(`signal ${rule.name} has no channel ${index}`);
  try {
    const signer = createSigner(webhook.secrets);
    return new Channel({
      signal: rule.name,
      index,
      webhook,
      signer,
      store,
      now,
      random,
      log,
      timeout: requestTimeout,
      retryDelays,
      ...(resolve === undefined ? {} : { resolve }),
    });
  } catch (error) {
    throw new TypeError(`signals: rule "${rule.name}", webhook ${index + 1}: the secret is not valid; it must be whsec_ and base64`, {
      cause: error,
    });
  }
}

/** Takes up what an earlier run left pending; what lost its channel by a change of the rules is given up, and says so. */
async function resume(
  { store, log }: SignalsOptions,
  channels: ReadonlyMap<string, Channel>,
  enqueue: (delivery: SignalDelivery) => void,
): Promise<void> {
  for (const delivery of await store.pendingSignals()) {
    if (channels.has(keyOf(delivery.signal, delivery.channel))) {
      enqueue(delivery);
      continue;
    }
    log.warn(
      { signal: delivery.signal, delivery: delivery.id },
      'a pending signal has no channel in the configuration any more and is given up',
    );
    await store.updateSignal(givenUp(delivery, 'not sent: its rule or channel was removed from the configuration'));
  }
}
