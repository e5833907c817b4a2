/** Deliveries of signals in a clean-up: those that are over, by their age. */
import type { CleanupRequest } from '../../domain/cleanup.ts';
import type { SignalDelivery } from '../../domain/ports.ts';
import { decodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { pendingSignalKey, prefixRange, signalKey, signalTimeOf } from './keys.ts';
import type { CleaningScope } from './report-cleaning.ts';
import { eventKeysOf } from './signals.ts';

const SLICE = 200;

interface Over {
  /** In the order of its signal. */
  readonly key: string;
  readonly id: string;
}

/** Takes them; gives how many. */
export async function cleanDeliveries({ context, request, pace, isOver }: CleaningScope): Promise<number> {
  let taken = 0;
  for await (const over of oldDeliveries(context, request)) {
    if (isOver()) break;
    await pace.step(() => takeSome(context, over));
    taken += over.length;
  }
  return taken;
}

export async function countOldDeliveries(context: StoreContext, request: CleanupRequest): Promise<number> {
  let count = 0;
  for await (const over of oldDeliveries(context, request)) count += over.length;
  return count;
}

async function* oldDeliveries({ database }: StoreContext, request: CleanupRequest): AsyncGenerator<readonly Over[]> {
  const before = request.reportsBefore ?? request.recordsBefore;
  for await (const slice of database.slices(prefixRange('D'), SLICE)) {
    const due = slice.map(([key]) => ({ key, ...signalTimeOf(key) })).filter(({ createdAt }) => createdAt < before);
    const waiting = await database.getMany(due.map(({ id }) => pendingSignalKey(id)));
    const over = due.filter((_, i) => waiting[i] === undefined);
    if (over.length > 0) yield over;
  }
}

async function takeSome({ database, committer }: StoreContext, over: readonly Over[]): Promise<void> {
  const values = await database.getMany(over.map(({ id }) => signalKey(id)));
  await committer.submit({
    weight: over.length,
    stage: (transaction) => {
      for (const [i, { key, id }] of over.entries()) {
        const value = values[i];
        transaction.del(key);
        transaction.del(signalKey(id));
        if (value === undefined) continue;
        for (const event of eventKeysOf(decodeJson<SignalDelivery>(signalKey(id), value))) transaction.del(event);
      }
    },
  });
}
