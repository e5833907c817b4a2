/**
 * A message that stays while one person's address is taken out of it: its record with its recipients,
 * attempts and events in one commit, and what stands before its content in the spool.
 */

import { StoreError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../domain/events.ts';
import { invertId, type MessageId } from '../../domain/ids.ts';
import { withheldFrom } from '../../domain/ledger.ts';
import type { Attempt } from '../../domain/recipient.ts';
import { SubjectSearch } from '../../domain/subject.ts';
import { decodeJson, encodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { eventKey, messageKey } from './keys.ts';
import { messageJsonOf, type StoredMessage } from './records.ts';
import type { SubjectScope } from './subject-erasure.ts';
import { attemptKeysOf } from './transaction.ts';

/** Whether the content names the address, as it stands or in a part of it. What can not be read is taken to. */
export async function namesSubject({ context, subject }: SubjectScope, { message, location }: StoredMessage): Promise<boolean> {
  const search = new SubjectSearch(subject);
  try {
    const content = context.recent.get(message.id) ?? (await context.spool.read(location, message));
    if (content.bytes !== null) search.write(content.bytes);
    else for await (const piece of content.stream()) search.write(piece as Buffer);
    return search.end();
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'corrupt' || error.code === 'erased')) return true;
    throw error;
  }
}

/** Its record, recipients, attempts and events; in a turn of `turns`. */
export async function rewriteMessages({ context, subject, statistics, counts }: SubjectScope, id: MessageId): Promise<void> {
  const { committer, database, feed, loader } = context;
  // The counters go by the domains of recipients in events.
  await statistics.flush();
  const stored = await loader.load(id);
  if (stored === undefined) return;
  const attemptKeys = attemptKeysOf(stored);
  const attempts = changedOf(attemptKeys, await database.getMany(attemptKeys), (value: Attempt) => subject.outOfValue(value));
  const events = await feed.pick([stored.seq, ...stored.seqs]);
  const salt = context.salt() ?? '';
  const rewritten = events.map((event) => withheldFrom(event, subject.outOfValue(event), salt)).filter((event, i) => event !== events[i]);
  await committer.submit({
    messages: [id],
    reads: [messageKey(stored.inverted)],
    weight: 4 + attempts.length + rewritten.length,
    stage: (transaction) => {
      transaction.rewrite(id, {
        message: (prepared) => ({ ...subject.outOfValue(prepared), id }),
        recipient: (record) => subject.outOfValue(record),
      });
      for (const [key, value] of attempts) transaction.put(key, value);
      for (const event of rewritten) transaction.put(eventKey(event.seq), encodeJson(event satisfies FeedEvent));
    },
  });
  feed.replace(rewritten);
  counts.records += attempts.length + rewritten.length;
}

/** Of the values those that a change makes others. */
function changedOf<T>(keys: readonly string[], values: readonly (Buffer | undefined)[], change: (value: T) => T): [string, Buffer][] {
  return keys.flatMap((key, i): [string, Buffer][] => {
    const value = values[i];
    if (value === undefined) return [];
    const decoded = decodeJson<T>(key, value);
    const changed = change(decoded);
    return changed === decoded ? [] : [[key, encodeJson(changed)]];
  });
}

/**
 * Puts the record as it is now in front of the content in the spool: the entry is copied with it, the
 * old one overwritten, as rewriting.ts moves entries. The message is not in the queue; in a turn of `turns`.
 */
export async function changeHeader(context: StoreContext, id: MessageId): Promise<void> {
  const { committer, database, loader, spool, recent } = context;
  const stored = await loader.load(id);
  const key = messageKey(invertId(id));
  const value = await database.get(key);
  if (stored === undefined || value === undefined || stored.contentErased) return;
  const from = stored.location;
  recent.forget(id);
  const copied = await spool.copyEntries(from.segment, [from], messageJsonOf(value));
  const [to] = copied.locations;
  if (to === undefined || to === null) return;
  const moved = await committer.submit({
    messages: [id],
    reads: [key],
    weight: 1,
    stage: (transaction) => {
      const record = transaction.value(key);
      transaction.endCopies(copied.segment, copied.end);
      transaction.markMoving(from.segment, true);
      return record !== undefined && transaction.move({ id, value: record, from, to });
    },
  });
  spool.keepCopies();
  try {
    await spool.erase([moved ? from : to]);
    await spool.endCopies();
  } catch (error) {
    throw error instanceof StoreError && error.code === 'closed' ? error : committer.fail(error);
  }
}
