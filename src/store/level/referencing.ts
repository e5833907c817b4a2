/**
 * Changes what messages are about, once they are accepted: some at a time, each in the commit of its
 * event and, where a reader of the feed does it, of that one's position.
 */
import { invertId, type MessageId } from '../../domain/ids.ts';
import type { Store } from '../../domain/ports.ts';
import type { StoredCollection } from './collections.ts';
import type { StoreContext } from './context.ts';
import { messageKey } from './keys.ts';

type Request = Parameters<Store['setReferences']>[0];

/** Keys that are written of a message whose references change, roughly. */
const WEIGHT = 6;

export async function setReferences(
  { committer }: StoreContext,
  consumers: StoredCollection<{ readonly seq: number; readonly at: number }>,
  { items, mode = 'set', consumer, now }: Request,
): Promise<readonly MessageId[]> {
  const position = consumer === undefined ? undefined : { seq: consumer.seq, at: now };
  const changed = await committer.submit({
    messages: items.map(({ message }) => message),
    reads: items.map(({ message }) => messageKey(invertId(message))),
    weight: items.length * WEIGHT + 1,
    stage: (transaction) => {
      if (consumer !== undefined && position !== undefined) consumers.stage(transaction, consumer.name, position);
      return items.filter(({ message, references }) => transaction.refer(message, references, mode, now));
    },
  });
  if (consumer !== undefined && position !== undefined) consumers.remember(consumer.name, position);
  return changed.map(({ message }) => message);
}
