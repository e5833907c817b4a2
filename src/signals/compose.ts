/**
 * Makes the deliveries that a telling calls for: one for each channel, of mail one for each receiver.
 *
 *   upstream    follower.ts, before its commit
 *   downstream  the store, as SignalDelivery records
 *
 * Ids are derived from what is told: what is decided twice (a crash before its commit) makes the same
 * delivery, not a second one. The body is JSON, the same for all kinds of channels; it is made once
 * and kept, so that each try says the same. What it says of people is read from the register now.
 */
import { createHash } from 'node:crypto';
import { messageState } from '../domain/message.ts';
import type { SignalDelivery, SignalReason, Store } from '../domain/ports.ts';
import { eventJson, messageJson, recipientJson, rfc3339, signalJson } from '../domain/representation.ts';
import type { Language } from '../domain/settings.ts';
import type { SignalExample, SignalRecord } from '../domain/signal.ts';
import { causeOf } from '../domain/signal-cause.ts';
import type { MessageRecord } from '../domain/signal-match.ts';
import { CHANNEL_RULE_NAME, type MailChannel, type SignalChannel, type SignalOwner, type SignalRule } from '../domain/signal-rule.ts';
import { channelsOf, peopleOf, type Telling } from './decider.ts';
import { type LinkSettings, linksOf } from './links.ts';
import { headline, prefixOf, SIGNAL_WORDINGS } from './wording.ts';

export interface ComposerOptions {
  readonly store: Pick<Store, 'record'>;
  readonly links: LinkSettings;
  readonly owners: readonly SignalOwner[];
  readonly languageOf: (account: string) => Language;
  /** Positions of the channels that hear of it when this one fails. */
  readonly others: (channel: string) => ReadonlySet<number>;
  readonly now: () => number;
}

/** Signals that a digest lists; of more it gives the number. */
const LISTED = 50;

interface Receiver {
  /** Undefined for channels that are no mail. */
  readonly to: string | undefined;
  readonly language: Language;
}

export class Composer {
  readonly #o: ComposerOptions;

  constructor(options: ComposerOptions) {
    this.#o = options;
  }

  async compose(tellings: readonly Telling[]): Promise<readonly SignalDelivery[]> {
    const deliveries: SignalDelivery[] = [];
    for (const telling of tellings) {
      switch (telling.kind) {
        case 'event':
          deliveries.push(...this.#event(telling));
          break;
        case 'signal':
          deliveries.push(...(await this.#signal(telling)));
          break;
        case 'digest':
          deliveries.push(...(await this.#digest(telling)));
          break;
        default:
          telling satisfies never;
      }
    }
    return deliveries;
  }

  /** What `test` sends: a type that says that nothing happened. */
  test(rule: SignalRule): readonly SignalDelivery[] {
    const now = this.#o.now();
    return channelsOf(rule).flatMap((channel, index) =>
      receiversOf(channel, []).map((receiver) => {
        const data = {
          signal: null,
          rule: rule.name,
          title: SIGNAL_WORDINGS[receiver.language].testText(rule.name),
          event: null,
          message: null,
          recipient: null,
        };
        return this.#delivery({ rule, index, receiver, reason: 'test', origin: ['test', now], seq: 0, type: 'signal.test', at: now, data });
      }),
    );
  }

  #event({ rule, subject }: Extract<Telling, { kind: 'event' }>): SignalDelivery[] {
    const { event, record } = subject;
    const recipient = event.index === undefined ? undefined : record?.recipients[event.index];
    const cause = causeOf(['cause'], subject, null);
    const links = linksOf(this.#o.links, record === null ? {} : { message: record.message });
    return rule.notify.flatMap((channel, index) => {
      const words = channel.kind === 'mail' ? new Set(channel.to) : new Set<string>();
      const people = record === null ? [] : peopleOf(words, record, this.#o);
      return receiversOf(channel, people).map((receiver) => {
        const data = {
          event: eventJson(event),
          message: record === null ? null : summaryOf(record),
          recipient: recipient === undefined ? null : recipientJson(recipient),
          rule: rule.name,
          title: headline({ cause, count: 1 }, SIGNAL_WORDINGS[receiver.language]),
          ...(Object.keys(links).length === 0 ? {} : { links }),
        };
        const origin = [event.seq, event.at, event.message ?? null];
        return this.#delivery({ rule, index, receiver, reason: 'event', origin, seq: event.seq, type: event.type, at: event.at, data });
      });
    });
  }

  async #signal({ rule, reason, record, at }: Extract<Telling, { kind: 'signal' }>): Promise<SignalDelivery[]> {
    const chosen = this.#channelsFor(rule, reason, record);
    if (chosen.length === 0) return [];
    const examples = await this.#examplesOf(record);
    const [last] = examples.slice(-1);
    const links = linksOf(this.#o.links, { signal: record.id, ...(last === undefined ? {} : { message: last.record.message }) });
    const seqs = record.examples.map(({ seq }) => seq).filter((seq) => seq > 0);
    return chosen.flatMap(({ channel, index }) =>
      receiversOf(channel, record.people).map((receiver) => {
        const words = SIGNAL_WORDINGS[receiver.language];
        const data = {
          signal: signalJson(record),
          rule: rule.name,
          title: prefixOf(reason, words) + headline(record, words),
          reason,
          examples: examples.map(({ json }) => json),
          ...(Object.keys(links).length === 0 ? {} : { links }),
        };
        const seq = seqs.at(-1) ?? 0;
        const told = [record.id, reason, record.told];
        return {
          ...this.#delivery({ rule, index, receiver, reason, origin: told, seq, type: `signal.${reason}`, at, data }),
          record: record.id,
          about: seqs,
        };
      }),
    );
  }

  async #digest({ rule, records, at }: Extract<Telling, { kind: 'digest' }>): Promise<SignalDelivery[]> {
    const listed = [...records].sort((a, b) => b.count - a.count).slice(0, LISTED);
    const links = linksOf(this.#o.links, {});
    const people = [...new Map(records.flatMap((record) => record.people).map((one) => [`${one.kind} ${one.address}`, one])).values()];
    return rule.notify.flatMap((channel, index) =>
      receiversOf(channel, people).map((receiver) => {
        const words = SIGNAL_WORDINGS[receiver.language];
        const data = {
          rule: rule.name,
          title: words.digest(records.length),
          reason: 'digest',
          signals: listed.map((record) => ({
            ...signalJson(record),
            title: headline(record, words),
            links: linksOf(this.#o.links, { signal: record.id }),
          })),
          more: records.length - listed.length,
          ...(Object.keys(links).length === 0 ? {} : { links }),
        };
        return this.#delivery({ rule, index, receiver, reason: 'digest', origin: ['digest', at], seq: 0, type: 'signal.digest', at, data });
      }),
    );
  }

  #channelsFor(
    rule: SignalRule,
    reason: SignalReason,
    record: SignalRecord,
  ): { readonly channel: SignalChannel; readonly index: number }[] {
    const others = rule.name === CHANNEL_RULE_NAME ? this.#o.others(record.cause.channel ?? '') : null;
    return channelsOf(rule)
      .map((channel, index) => ({ channel, index }))
      .filter(({ index }) => {
        if (others !== null) return others.has(index);
        const escalation = index >= rule.notify.length;
        if (reason === 'escalated') return escalation;
        return !escalation || record.escalatedAt !== null;
      });
  }

  async #examplesOf({ examples }: SignalRecord): Promise<readonly { readonly record: MessageRecord; readonly json: object }[]> {
    const found = await Promise.all(examples.map(async (example) => ({ example, record: await this.#recordOf(example) })));
    return found.flatMap(({ example, record }) => {
      if (record === undefined) return [];
      const recipient = example.index === null ? undefined : record.recipients[example.index];
      return [{ record, json: { message: summaryOf(record), recipient: recipient === undefined ? null : recipientJson(recipient) } }];
    });
  }

  #recordOf({ message }: SignalExample): Promise<MessageRecord | undefined> {
    return message === null ? Promise.resolve(undefined) : this.#o.store.record(message);
  }

  #delivery(of: {
    readonly rule: SignalRule;
    readonly index: number;
    readonly receiver: Receiver;
    readonly reason: SignalReason;
    readonly origin: readonly unknown[];
    readonly seq: number;
    readonly type: string;
    readonly at: number;
    readonly data: object;
  }): SignalDelivery {
    const { rule, index, receiver, reason, origin, seq, type, at, data } = of;
    const { to, language } = receiver;
    const now = this.#o.now();
    return {
      id: deliveryId([rule.name, index, ...origin, ...(to === undefined ? [] : [to])]),
      signal: rule.name,
      channel: index,
      seq,
      createdAt: now,
      state: 'pending',
      attempts: 0,
      nextAttemptAt: now,
      lastAttemptAt: null,
      lastAnswer: null,
      body: JSON.stringify({ type, timestamp: rfc3339(at), data }),
      reason,
      language,
      ...(to === undefined ? {} : { to }),
    };
  }
}

/** Message id and time make it differ between two installations that send to the same receiver. */
function deliveryId(origin: readonly unknown[]): string {
  return `msg_${createHash('sha256').update(JSON.stringify(origin)).digest('hex').slice(0, 32)}`;
}

/** Whom a channel tells; the same address once. */
function receiversOf(channel: SignalChannel, people: SignalRecord['people']): readonly Receiver[] {
  if (channel.kind === 'webhook') return [{ to: undefined, language: channel.language ?? 'en' }];
  if (channel.kind === 'command') return [{ to: undefined, language: 'en' }];
  const receivers = new Map<string, Receiver>();
  for (const receiver of mailReceivers(channel, people)) {
    const name = (receiver.to ?? '').toLowerCase();
    if (!receivers.has(name)) receivers.set(name, receiver);
  }
  return [...receivers.values()];
}

function* mailReceivers({ to, language }: MailChannel, people: SignalRecord['people']): Generator<Receiver> {
  for (const word of to) {
    if (word !== 'sender' && word !== 'owner') yield { to: word, language };
    else for (const { kind, address, language: own } of people) if (kind === word) yield { to: address, language: own };
  }
}

function summaryOf({ message, recipients }: MessageRecord): object {
  return {
    ...messageJson(message, messageState(recipients.map(({ state }) => state))),
    recipients: recipients.map(({ address, state, failure }) => ({ address, state, category: failure?.category ?? null })),
  };
}
