/** Deliveries of signals: recorded with the position of the rule that made them, listed by signal, newest first. */
import type { Page, PageRequest, SignalDelivery, Store } from '../../domain/ports.ts';
import { erasedSignalBody } from '../../domain/representation.ts';
import type { RunRecord } from '../../domain/run.ts';
import { NO_CHANGES, type SignalChanges, type SignalMember, type SignalRecord } from '../../domain/signal.ts';
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

export interface SignalCollections {
  readonly consumers: StoredCollection<{ readonly seq: number; readonly at: number }>;
  readonly signalRecords: StoredCollection<SignalRecord>;
  readonly signalMembers: StoredCollection<SignalMember>;
  readonly signalStates: StoredCollection<object>;
  readonly runs: StoredCollection<RunRecord>;
}

const POSITION = /^[\s\S]{1,400}$/;

/** Whether the consumer stands where it was when this was decided. Without `from`: whether it moves on. */
function isNext(at: number | undefined, { from, seq }: Parameters<Store['recordSignals']>[0]): boolean {
  if (from !== undefined) return at === undefined || at === from;
  return at === undefined || at < seq;
}

/**
 * Moves the consumer and writes what it decided. Where it stands elsewhere by now, this is a
 * repetition, or another reader was faster: nothing is written. A delivery that is there already may
 * be under way, and is not made new.
 */
export async function recordSignals(
  { committer }: StoreContext,
  collections: SignalCollections,
  request: Parameters<Store['recordSignals']>[0],
): Promise<boolean> {
  const { consumers, signalRecords, signalMembers, signalStates, runs } = collections;
  const { consumer, seq, deliveries, now, changes = NO_CHANGES } = request;
  const key = collectionKey('consumers', consumer);
  const moved = await committer.submit({
    reads: [key, ...deliveries.map(({ id }) => signalKey(id))],
    weight: 1 + deliveries.length + changes.signals.length + changes.members.length + (changes.runs ?? []).length,
    stage: (transaction) => {
      const value = transaction.value(key);
      if (!isNext(value === undefined ? undefined : decodeJson<{ seq: number }>(key, value).seq, request)) return false;
      consumers.stage(transaction, consumer, { seq, at: now });
      for (const delivery of deliveries) if (transaction.value(signalKey(delivery.id)) === undefined) stageDelivery(transaction, delivery);
      stageChanges(transaction, collections, changes);
      return true;
    },
  });
  if (!moved) return false;
  consumers.remember(consumer, { seq, at: now });
  for (const record of changes.signals) signalRecords.remember(record.id, record);
  for (const id of changes.forgotten) signalRecords.remember(id, null);
  for (const { name, value } of changes.members) signalMembers.remember(name, value);
  for (const { name, value } of changes.states) signalStates.remember(name, value);
  for (const { name, value } of changes.runs ?? []) runs.remember(name, value);
  return true;
}

function stageChanges(
  transaction: Transaction,
  { signalRecords, signalMembers, signalStates, runs }: SignalCollections,
  changes: SignalChanges,
): void {
  for (const record of changes.signals) signalRecords.stage(transaction, record.id, record);
  for (const id of changes.forgotten) signalRecords.stage(transaction, id, null);
  for (const { name, value } of changes.members) signalMembers.stage(transaction, name, value);
  for (const { name, value } of changes.states) signalStates.stage(transaction, name, value);
  for (const { name, value } of changes.runs ?? []) runs.stage(transaction, name, value);
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
  for (const key of eventKeysOf(delivery)) transaction.put(key, NO_VALUE);
  if (delivery.state === 'pending') transaction.put(pendingSignalKey(delivery.id), NO_VALUE);
  else transaction.del(pendingSignalKey(delivery.id));
}

/** By which the delivery is found from the events that it speaks of. */
export function eventKeysOf({ id, seq, about = [] }: SignalDelivery): string[] {
  return [...new Set([seq, ...about])].map((one) => signalEventKey({ seq: one, id }));
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
