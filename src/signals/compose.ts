/**
 * Makes the webhooks that an event of the feed calls for.
 *
 *   upstream    follow.ts, with an event and the rules
 *   downstream  the store, as SignalDelivery records
 *
 * A webhook's id is derived from rule, channel and event: an event that is read twice (a crash
 * before its commit) makes the same webhook, not a second one. The body is made once and kept, so
 * that each try says the same.
 */
import { createHash } from 'node:crypto';
import type { FeedEvent } from '../domain/events.ts';
import { messageState } from '../domain/message.ts';
import type { SignalDelivery, Store } from '../domain/ports.ts';
import { eventJson, messageJson, recipientJson, rfc3339 } from '../domain/representation.ts';
import type { SignalRule } from '../domain/signal-rule.ts';

export type MessageRecord = NonNullable<Awaited<ReturnType<Store['record']>>>;

export interface Composition {
  readonly event: FeedEvent;
  /** Null when the event belongs to no message, or the message is gone. */
  readonly record: MessageRecord | null;
  readonly rules: readonly SignalRule[];
  readonly now: number;
}

export function composeDeliveries({ event, record, rules, now }: Composition): SignalDelivery[] {
  const matching = rules.filter((rule) => rule.on.includes(event.type));
  if (matching.length === 0) return [];
  const body = JSON.stringify({ type: event.type, timestamp: rfc3339(event.at), data: dataOf(event, record) });
  return matching.flatMap((rule) =>
    rule.notify.map(
      (_, channel): SignalDelivery => newDelivery({ id: deliveryId(rule.name, channel, event), rule, channel, event, body, now }),
    ),
  );
}

/** What `test` sends: the shape of a real one, and a type that says that it is none. */
export function composeTest(rule: SignalRule, channel: number, now: number): SignalDelivery {
  const event = { type: 'signal.test' as const, seq: 0, at: now };
  const body = JSON.stringify({
    type: event.type,
    timestamp: rfc3339(now),
    data: { signal: rule.name, event: null, message: null, recipient: null },
  });
  return newDelivery({ id: deliveryId(rule.name, channel, event), rule, channel, event, body, now });
}

function newDelivery(of: {
  readonly id: string;
  readonly rule: SignalRule;
  readonly channel: number;
  readonly event: { readonly seq: number };
  readonly body: string;
  readonly now: number;
}): SignalDelivery {
  return {
    id: of.id,
    signal: of.rule.name,
    channel: of.channel,
    seq: of.event.seq,
    createdAt: of.now,
    state: 'pending',
    attempts: 0,
    nextAttemptAt: of.now,
    lastAttemptAt: null,
    lastAnswer: null,
    body: of.body,
  };
}

/** Message id and time make it differ between two installations that send to the same receiver. */
function deliveryId(rule: string, channel: number, event: Pick<FeedEvent, 'seq' | 'at' | 'message'>): string {
  const origin = JSON.stringify([rule, channel, event.seq, event.at, event.message ?? null]);
  return `msg_${createHash('sha256').update(origin).digest('hex').slice(0, 32)}`;
}

function dataOf(event: FeedEvent, record: MessageRecord | null): object {
  const recipient = event.index === undefined ? undefined : record?.recipients[event.index];
  return {
    event: eventJson(event),
    message: record === null ? null : summaryOf(record),
    recipient: recipient === undefined ? null : recipientJson(recipient),
  };
}

function summaryOf({ message, recipients }: MessageRecord): object {
  return {
    ...messageJson(message, messageState(recipients.map(({ state }) => state))),
    recipients: recipients.map(({ address, state, failure }) => ({ address, state, category: failure?.category ?? null })),
  };
}
