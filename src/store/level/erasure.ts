/**
 * Erases messages, on request and by age.
 *
 * The bytes are overwritten first, then the register is brought up to it: after a crash between the
 * two the content reads as erased, and erasing again ends it. The feed keeps its numbers without a
 * gap: events of what was erased stay, and lose what they say about people; so do the webhooks made
 * of them, whether they were delivered or are still to be.
 *
 * Upstream: `erase` and `cleanup` of the port. Works on a full disk (R27): contents are overwritten
 * in place, segments in which nothing is kept are dropped, and the register writes into the room of
 * the reserve.
 */
import { StoreError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../domain/events.ts';
import type { MessageId } from '../../domain/ids.ts';
import { withheldFrom } from '../../domain/ledger.ts';
import type { LegalHoldRecord } from '../../domain/legal-hold.ts';
import type { EraseResult } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import { matchesOf } from '../../domain/representation.ts';
import { encodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { eventKey } from './keys.ts';
import type { StoredMessage } from './records.ts';
import { fingerprintKeys, loadReports, type StoredReport, stageReportDeletion } from './reports.ts';
import { deliveriesOf, stageBlankDelivery } from './signals.ts';
import type { Statistics } from './statistics.ts';
import { failureKeysOf, unstageFailures } from './suppressing.ts';
import { attemptKeysOf } from './transaction.ts';

/** Messages erased in one commit: a few milliseconds of staging. */
const AT_ONCE = 32;

interface EraseRequest {
  readonly ids: readonly MessageId[];
  readonly force: boolean;
  readonly now: number;
}

export async function eraseMessages(context: StoreContext, statistics: Statistics, request: EraseRequest): Promise<EraseResult[]> {
  const results: EraseResult[] = [];
  await context.disk.release();
  for (let i = 0; i < request.ids.length; i += AT_ONCE) {
    const some = { ...request, ids: request.ids.slice(i, i + AT_ONCE) };
    results.push(...(await context.turns.take(() => eraseSome(context, statistics, some))));
  }
  return results;
}

async function eraseSome(context: StoreContext, statistics: Statistics, request: EraseRequest): Promise<EraseResult[]> {
  const { ids, force, now } = request;
  const held = heldOf(context, await context.loader.loadMany(ids, false));
  const free = ids.filter((id) => !held.has(id));
  if (force) await cancelPending(context, free, now);
  const found = await context.loader.loadMany(free, false);
  const erasable = [...found.values()].filter(({ recipients }) => !recipients.some(({ state }) => isPending(state)));
  await eraseRecords(context, statistics, erasable, now);
  const erased = new Set(erasable.map(({ message }) => message.id));
  return ids.map((message): EraseResult => {
    const hold = held.get(message);
    if (hold !== undefined) return { message, outcome: 'legal-hold', hold };
    return { message, outcome: erased.has(message) ? 'erased' : found.has(message) ? 'pending' : 'not-found' };
  });
}

/** Of the messages those that lie under a legal hold, each with the first of its holds. */
function heldOf({ holds }: StoreContext, messages: ReadonlyMap<MessageId, StoredMessage>): Map<MessageId, LegalHoldRecord> {
  const held = new Map<MessageId, LegalHoldRecord>();
  for (const [id, { message }] of messages) {
    const [hold] = holds.on(message);
    if (hold !== undefined) held.set(id, hold);
  }
  return held;
}

async function cancelPending({ committer }: StoreContext, ids: readonly MessageId[], now: number): Promise<void> {
  await committer.submit({
    messages: ids,
    weight: ids.length,
    stage: (transaction) => {
      for (const message of ids) {
        for (const { index, state } of transaction.message(message)?.recipients ?? []) {
          if (isPending(state)) transaction.apply({ message, index, evidence: { kind: 'cancelled' } }, now);
        }
      }
    },
  });
}

/** Overwrites contents; the record and its event follow in one commit. The messages are not pending; in a turn of `turns`. */
export async function eraseContents(context: StoreContext, messages: readonly StoredMessage[], now: number): Promise<void> {
  const { committer, recent } = context;
  for (const { message } of messages) recent.forget(message.id);
  await eraseFromSpool(context, messages, []);
  await committer.submit({
    messages: messages.map(({ message }) => message.id),
    weight: messages.length,
    stage: (transaction) => {
      for (const { message } of messages) transaction.eraseContent(message.id, now);
    },
  });
}

/** Erases contents, reports and records of messages that are not pending; in a turn of `turns`. */
export async function eraseRecords(
  context: StoreContext,
  statistics: Statistics,
  messages: readonly StoredMessage[],
  now: number,
): Promise<void> {
  if (messages.length === 0) return;
  const { committer, feed, recent } = context;
  // The counters read from the events what these are about to lose.
  await statistics.flush();
  for (const { message } of messages) recent.forget(message.id);
  const reports = await reportsOf(context, messages);
  await eraseFromSpool(context, messages, reports);
  const seqs = messages.flatMap(({ seq, seqs: later }) => [seq, ...later]);
  const salt = context.salt();
  const events = (await feed.pick(seqs)).map((event) => withoutPeople(event, salt));
  const deliveries = await deliveriesOf(context, seqs);
  await committer.submit({
    messages: messages.map(({ message }) => message.id),
    reads: [...messages.flatMap(attemptKeysOf), ...messages.flatMap(failureKeysOf), ...fingerprintKeys(reports), ...deliveries],
    weight: messages.length * 4 + deliveries.length,
    stage: (transaction) => {
      for (const key of deliveries) stageBlankDelivery(transaction, key);
      for (const event of events) {
        // In front of the feed nobody counts them: they were the message's alone.
        if (event.seq < transaction.firstSeq) transaction.del(eventKey(event.seq));
        else transaction.put(eventKey(event.seq), encodeJson(event));
      }
      for (const report of reports) stageReportDeletion(transaction, report);
      for (const message of messages) unstageFailures(transaction, message);
      for (const { message } of messages) transaction.delete(message.id, now);
    },
  });
  feed.replace(events);
}

/** Reports that were tied to one of the messages: they quote it, whatever else they speak of. */
async function reportsOf(context: StoreContext, messages: readonly StoredMessage[]): Promise<StoredReport[]> {
  const ids = new Set(messages.map(({ message }) => message.id));
  const named = new Set(messages.flatMap(({ recipients }) => recipients.flatMap(({ reports }) => reports)));
  const reports = await loadReports(context, [...named]);
  return reports.filter(({ report }) => matchesOf(report).some(({ message }) => ids.has(message)));
}

/** In a turn of `turns`. */
export async function eraseFromSpool(
  { spool, committer }: StoreContext,
  messages: readonly StoredMessage[],
  reports: readonly StoredReport[],
): Promise<void> {
  const locations = [...messages, ...reports].filter(({ contentErased }) => !contentErased).map(({ location }) => location);
  if (locations.length === 0) return;
  try {
    await spool.erase(locations);
  } catch (error) {
    throw error instanceof StoreError && error.code === 'closed' ? error : committer.fail(error);
  }
}

/** An event that says what happened, and no longer to whom or about what. */
function withoutPeople(event: FeedEvent, salt: string | undefined): FeedEvent {
  const {
    recipient: _recipient,
    reply: _reply,
    reason: _reason,
    domains: _domains,
    contact: _contact,
    document: _document,
    was: _was,
    ...rest
  } = event;
  return salt === undefined ? rest : withheldFrom(event, rest, salt);
}
