/** Messages by what others call them: the sender's Message-ID and ENVID, and the names that next hops gave. */
import { invertId, type MessageId } from '../../domain/ids.ts';
import type { Store } from '../../domain/ports.ts';
import type { StoreContext } from './context.ts';
import { type IndexName, indexPrefix, invertedIdOf, prefixRange } from './keys.ts';

type Name = Parameters<Store['messagesKnownAs']>[0];

/** Newest first. What is being accepted is not there yet. */
export async function messagesKnownAs({ database, committer }: StoreContext, name: Name, limit: number): Promise<MessageId[]> {
  const [index, value] = indexOf(name);
  const keys = await database.keys({ ...prefixRange(indexPrefix(index, value)), limit: limit + 1 });
  const ids = keys.map((key) => invertId(invertedIdOf(key)) as MessageId);
  return ids.filter((id) => !committer.isUncommitted(id)).slice(0, limit);
}

function indexOf(name: Name): [IndexName, string] {
  if ('messageId' in name) return ['messageId', name.messageId];
  if ('envelopeId' in name) return ['envelopeId', name.envelopeId];
  return ['remoteId', name.remoteId];
}
