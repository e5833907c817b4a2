/** Deliveries of signals: recorded with the position of the rule that made them, listed by signal, newest first. */
import type { Page, PageRequest, SignalDelivery, Store } from '../../domain/ports.ts';
import { erasedSignalBody } from '../../domain/representation.ts';
import { decodeJson, encodeJson, NO_VALUE } from './codec.ts';
import type { StoredCollection } from './collections.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import {
  after,
  collectionKey,
  deliveryOfEventKey,
  PENDING_SIGNALS,
  pendingSignalKey,
  prefixRange,
  SIGNALS_BY_EVENT,
  signalEventKey,
  signalIdOf,
  signalKey,
  signalOrderKey,
  signalPrefix,
  signalsOfEvent,
} from './keys.ts';
import type { Transaction } from './transaction.ts';

type Consumers = StoredCollection<{ readonly seq: number; readonly at: number }>;

const POSITION = /^[\s\S]{1,400}$/;

/**
 * Moves the consumer and writes its deliveries. A position it has reached already is a repetition:
 * nothing is written, so that a delivery under way is not made new.
 */
export async function recordSignals(
  { committer }: StoreContext,
  consumers: Consumers,
  request: Parameters<Store['recordSignals']>[0],
): Promise<void> {
  const { consumer, seq, deliveries, now } = request;
  const key = collectionKey('consumers', consumer);
  const moved = await committer.submit({
    reads: [key],
    weight: deliveries.length + 1,
    stage: (transaction) => {
      const value = transaction.value(key);
      if (value !== undefined && decodeJson<{ seq: number }>(key, value).seq >= seq) return false;
      consumers.stage(transaction, consumer, { seq, at: now });
      for (const delivery of deliveries) stageDelivery(transaction, delivery);
      return true;
    },
  });
  if (moved) consumers.remember(consumer, { seq, at: now });
}

/** Its body stays as it stands: that of an erased message was made blank while a try of it ran. */
export async function updateSignal({ committer }: StoreContext, delivery: SignalDelivery): Promise<void> {
  const key = signalKey(delivery.id);
  await committer.submit({
    weight: 1,
    reads: [key],
    stage: (transaction) => {
      const value = transaction.value(key);
      const { body } = value === undefined ? delivery : decodeJson<SignalDelivery>(key, value);
      stageDelivery(transaction, { ...delivery, body });
    },
  });
}

/** Keys of the deliveries that tell of the events. */
export async function deliveriesOf({ database }: StoreContext, seqs: readonly number[]): Promise<string[]> {
  const [any] = await database.keys({ ...SIGNALS_BY_EVENT, limit: 1 });
  if (any === undefined) return [];
  const found = await Promise.all(seqs.map((seq) => database.keys(signalsOfEvent(seq))));
  return found.flat().map((key) => signalKey(deliveryOfEventKey(key)));
}

/** The record of the delivery stays, and says no longer whom it was about. `key` was read. */
export function stageBlankDelivery(transaction: Transaction, key: string): void {
  const value = transaction.value(key);
  if (value === undefined) return;
  const delivery = decodeJson<SignalDelivery>(key, value);
  transaction.put(key, encodeJson({ ...delivery, body: erasedSignalBody(delivery.body) } satisfies SignalDelivery));
}

function stageDelivery(transaction: Transaction, delivery: SignalDelivery): void {
  transaction.put(signalKey(delivery.id), encodeJson(delivery));
  transaction.put(signalOrderKey(delivery), NO_VALUE);
  transaction.put(signalEventKey(delivery), NO_VALUE);
  if (delivery.state === 'pending') transaction.put(pendingSignalKey(delivery.id), NO_VALUE);
  else transaction.del(pendingSignalKey(delivery.id));
}

export async function readSignal({ database }: StoreContext, id: string): Promise<SignalDelivery | undefined> {
  const value = await database.get(signalKey(id));
  return value === undefined ? undefined : decodeJson<SignalDelivery>(signalKey(id), value);
}

export async function pendingSignals({ database }: StoreContext): Promise<SignalDelivery[]> {
  const found = await database.keys(PENDING_SIGNALS);
  const deliveries = await readAll(
    database,
    found.map((key) => key.slice(1)),
  );
  return deliveries.filter(({ state }) => state === 'pending');
}

export async function listSignals({ database }: StoreContext, signal: string, page: PageRequest): Promise<Page<SignalDelivery>> {
  const mark = markOf('signals', { signal });
  const position = decodeCursor(mark, page.cursor, POSITION);
  const prefix = signalPrefix(signal);
  const range = after(prefixRange(prefix), position === null ? null : prefix + position);
  const keys = await database.keys({ ...range, limit: page.limit + 1 });
  const shown = keys.slice(0, page.limit);
  const items = await readAll(
    database,
    shown.map((key) => signalIdOf(key, prefix)),
  );
  const last = shown.at(-1);
  return { items, next: keys.length > page.limit && last !== undefined ? encodeCursor(mark, last.slice(prefix.length)) : null };
}

async function readAll(database: StoreContext['database'], ids: readonly string[]): Promise<SignalDelivery[]> {
  const keys = ids.map(signalKey);
  const values = await database.getMany(keys);
  return values.flatMap((value, i) => (value === undefined ? [] : [decodeJson<SignalDelivery>(keys[i] ?? '', value)]));
}
