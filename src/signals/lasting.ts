/** Whether what an event tells of is still so: for rules that wait before they tell. */
import type { EventType, FeedEvent } from '../domain/events.ts';
import type { Store } from '../domain/ports.ts';
import type { MessageRecord } from '../domain/signal-match.ts';

export interface Lasting {
  readonly record: MessageRecord | null;
  /** Of the recipient, where the event names none. */
  readonly index: number | undefined;
}

/**
 * Null: it is over. `lasts` knows of next hops, mailboxes and channels. A failure lasts until a
 * report says otherwise; that it was sent again since is not asked here.
 */
export async function stillSo(
  store: Pick<Store, 'record' | 'message' | 'report'>,
  event: FeedEvent,
  lasts: (event: FeedEvent) => boolean,
): Promise<Lasting | null> {
  const { type, message, index, state, report } = event;
  if (type === 'report.unmatched') {
    const found = report === undefined ? undefined : await store.report(report);
    return found?.report.matched === null ? { record: null, index: undefined } : null;
  }
  if (message === undefined) return lasts(event) ? { record: null, index: undefined } : null;
  const record = await store.record(message);
  if (record === undefined) return null;
  if (type === 'message.accepted') {
    const waiting = record.recipients.find((recipient) => recipient.state === 'queued');
    return waiting === undefined ? null : { record, index: waiting.index };
  }
  if (index === undefined || record.recipients[index]?.state !== state) return null;
  // A second deferral is the same one, and was heard of with the first.
  if (type !== 'recipient.delayed' && event.previous === state) return null;
  return (await wasLeft(store, event)) ? null : { record, index };
}

/** Whether the recipient was in another state since. */
async function wasLeft(store: Pick<Store, 'message'>, { seq, message, index, state, type }: FeedEvent): Promise<boolean> {
  const detail = message === undefined ? undefined : await store.message(message);
  if (detail === undefined) return true;
  return detail.events.some(
    (later) =>
      later.seq > seq && later.index === index && later.state !== undefined && (later.state !== state || isAnswer(type, later.type)),
  );
}

/** A delay is over when the recipient's server said anything more. */
function isAnswer(type: EventType, later: EventType): boolean {
  return type === 'recipient.delayed' && later !== 'recipient.delayed' && later !== 'recipient.auto-replied';
}
