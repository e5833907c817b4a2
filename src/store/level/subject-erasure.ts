/**
 * Erases one person's data: messages to their address alone; in all else that is kept the address is
 * replaced by a salted hash of it, so that the rest still tells what happened.
 *
 *   1  messages to the address, by the index of recipients
 *   2  everything else, in one pass over the register (subject-sweep.ts): messages that speak of it,
 *      notifications of what was to it, reports, events, deliveries of signals, the audit log, lists
 *   3  the register's files are compacted where something was, for LevelDB keeps what was replaced
 *
 * Each message is one commit, each step may be repeated: cut off by a crash, it is done by asking again.
 * What lies under a legal hold stays whole. What is still to go to others keeps its content until it is
 * gone; the record of the erasure names it, and the next clean-up ends it (`finishErasures`).
 *
 * Upstream: `eraseSubject` of the port. On failure: what the store throws; what was done is done.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { type Address, normalizeAddress } from '../../domain/address.ts';
import { invertId, lowestIdAt, type MessageId } from '../../domain/ids.ts';
import { isPending } from '../../domain/recipient.ts';
import { pseudonymOf, Subject } from '../../domain/subject.ts';
import type {
  SubjectErasureAnswer,
  SubjectErasureCounts,
  SubjectErasureRecord,
  SubjectErasureRequest,
} from '../../domain/subject-erasure.ts';
import type { StoredCollection } from './collections.ts';
import type { StoreContext } from './context.ts';
import { eraseContents, eraseRecords } from './erasure.ts';
import { messageIndexKeys } from './indexes.ts';
import { doneKey, eventKey, indexPrefix, invertedIdOf, messageKey, pendingKey, prefixRange, reportKey } from './keys.ts';
import { Pace } from './pace.ts';
import type { StoredMessage } from './records.ts';
import type { Statistics } from './statistics.ts';
import type { Collections } from './store.ts';
import { compactAfter } from './subject-compaction.ts';
import { changeHeader, namesSubject, rewriteMessages } from './subject-messages.ts';
import { sweepRegister } from './subject-sweep.ts';
import { attemptKeysOf } from './transaction.ts';

const SLICE = 100;

export interface SubjectScope {
  readonly context: StoreContext;
  readonly collections: Collections;
  readonly statistics: Statistics;
  readonly subject: Subject;
  readonly dryRun: boolean;
  readonly now: number;
  /** Whatever has an id from here on came after it began, and is left. */
  readonly firstLater: string;
  readonly pace: Pace;
  /** All messages to the address, and what became of them so far. */
  readonly concerned: Set<MessageId>;
  readonly counts: { -readonly [Name in keyof SubjectErasureCounts]: number };
  readonly holds: Set<string>;
  readonly unfinished: Map<MessageId, 'erase' | 'keep'>;
  /** Keys of the register that had it, or were written instead. */
  readonly touched: Set<string>;
}

/** What addresses are hashed with; made when it is first needed, and kept as long as the store. */
export async function saltOf(secrets: StoredCollection<object>): Promise<string> {
  const kept = secrets.value('erasure') as { readonly salt: string } | undefined;
  if (kept !== undefined) return kept.salt;
  // Of two that ask at once both get the one that was written.
  const written = await secrets.change('erasure', (value) =>
    value === undefined ? { salt: randomBytes(32).toString('base64') } : undefined,
  );
  return (written as { readonly salt: string }).salt;
}

export function saltedHash(salt: string, address: string): string {
  return createHmac('sha256', Buffer.from(salt, 'base64')).update(address).digest('hex');
}

export async function eraseSubject(
  parts: {
    readonly context: StoreContext;
    readonly collections: Collections;
    readonly statistics: Statistics;
    readonly newId: () => string;
  },
  request: SubjectErasureRequest,
): Promise<SubjectErasureAnswer> {
  const { context, collections, statistics, newId } = parts;
  const { address, dryRun, force, now } = request;
  const salt = await saltOf(collections.secrets);
  const subject = new Subject(address, pseudonymOf(saltedHash(salt, address)));
  const counts = { erased: 0, rewritten: 0, contents: 0, reports: 0, records: 0, pending: 0, held: 0, remaining: 0, sent: 0 };
  const pace = new Pace(context.committer);
  const firstLater = lowestIdAt(now);
  const common = { context, collections, statistics, subject, now, firstLater, pace, concerned: new Set<MessageId>(), counts };
  const scope: SubjectScope = { ...common, dryRun, holds: new Set(), unfinished: new Map(), touched: new Set() };
  await find(scope);
  if (!dryRun && counts.pending > 0 && !(force && (await cancel(scope)))) return { kind: 'pending', counts };
  await eachMessage(scope);
  await sweepRegister(scope);
  counts.remaining = scope.unfinished.size;
  const holds = [...scope.holds].sort();
  if (dryRun) return { kind: 'counted', counts, holds };
  const compacted = await compactAfter(scope);
  const record: SubjectErasureRecord = {
    id: newId(),
    pseudonym: subject.pseudonym,
    startedAt: now,
    endedAt: context.now(),
    by: request.by,
    force,
    counts,
    unfinished: [...scope.unfinished].map(([message, content]) => ({ message, content })),
    holds,
    compacted,
  };
  await collections.erasures.put(record.id, record);
  return { kind: 'erased', record };
}

/** Messages to the address, and how many of them are in the queue; how many are from it. */
async function find({ context, subject, concerned, counts, firstLater }: SubjectScope): Promise<void> {
  const { database, pending, holds, loader } = context;
  const prefix = indexPrefix('recipient', subject.address);
  for await (const slice of database.slices(prefixRange(prefix), SLICE)) {
    for (const [key] of slice) {
      const id = invertId(invertedIdOf(key)) as MessageId;
      if (id < firstLater) concerned.add(id);
    }
  }
  for (const id of [...concerned].filter((one) => pending.has(one))) {
    const stored = await loader.load(id);
    if (stored !== undefined && holds.on(stored.message).length === 0) counts.pending++;
  }
  for await (const slice of database.slices(prefixRange(indexPrefix('sender', subject.address)), SLICE)) counts.sent += slice.length;
}

/** Takes the address out of the queue; false where an attempt for it is under way, whose end has still to be recorded. */
async function cancel({ context, subject, concerned, now }: SubjectScope): Promise<boolean> {
  const { committer, pending, holds, loader } = context;
  let free = true;
  for (const id of concerned) {
    const stored = await loader.load(id);
    if (stored === undefined || holds.on(stored.message).length > 0) continue;
    if (stored.recipients.some((recipient) => isSubject(subject, recipient) && recipient.attempting !== null)) free = false;
    if (!pending.has(id)) continue;
    await committer.submit({
      messages: [id],
      weight: 1,
      stage: (transaction) => {
        for (const recipient of transaction.message(id)?.recipients ?? []) {
          if (!isPending(recipient.state) || !isSubject(subject, recipient)) continue;
          transaction.apply({ message: id, index: recipient.index, evidence: { kind: 'cancelled' } }, now);
        }
      },
    });
  }
  return free;
}

export function isSubject(subject: Subject, { address }: { readonly address: Address }): boolean {
  return normalizeAddress(address) === subject.address;
}

async function eachMessage(scope: SubjectScope): Promise<void> {
  const { context, concerned, pace } = scope;
  const ids = [...concerned];
  for (let i = 0; i < ids.length; i += SLICE) {
    const found = await context.loader.loadMany(ids.slice(i, i + SLICE), false);
    for (const { message } of found.values()) await pace.step(() => context.turns.take(() => takeMessage(scope, message.id)));
  }
}

/** One message to the address, as it stands now; in a turn of `turns`. */
async function takeMessage(scope: SubjectScope, id: MessageId): Promise<void> {
  const { context, statistics, subject, counts, dryRun, now } = scope;
  const stored = await context.loader.load(id);
  if (stored === undefined || isHeld(scope, stored)) return;
  const alone = stored.recipients.every((recipient) => isSubject(subject, recipient));
  if (!alone) {
    await takeSubjectOut(scope, stored);
    return;
  }
  counts.erased++;
  if (dryRun) return;
  touch(scope, stored);
  await eraseRecords(context, statistics, [stored], now);
}

export function isHeld({ context, counts, holds }: SubjectScope, { message }: Pick<StoredMessage, 'message'>): boolean {
  const found = context.holds.on(message);
  if (found.length === 0) return false;
  counts.held++;
  for (const { name } of found) holds.add(name);
  return true;
}

/** Out of a message that stays: its content goes where it names the address, its record is rewritten. In a turn of `turns`. */
export async function takeSubjectOut(scope: SubjectScope, stored: StoredMessage): Promise<void> {
  const { context, counts, unfinished, dryRun, now } = scope;
  const { id } = stored.message;
  const names = !stored.contentErased && (await namesSubject(scope, stored));
  const pending = context.pending.has(id);
  if (!stored.contentErased && pending) unfinished.set(id, names ? 'erase' : 'keep');
  else if (names) counts.contents++;
  counts.rewritten++;
  if (dryRun) return;
  touch(scope, stored);
  if (names && !pending) await eraseContents(context, [stored], now);
  await rewriteMessages(scope, id);
  if (!stored.contentErased && !names && !pending) await changeHeader(context, id);
}

function touch({ touched }: SubjectScope, stored: StoredMessage): void {
  const { message, inverted, recipients, seq, seqs } = stored;
  const keys = [
    messageKey(inverted),
    ...messageIndexKeys(message, inverted),
    ...recipients.flatMap(({ index, reports }) => [
      pendingKey(message.id, index),
      doneKey(inverted, index),
      ...reports.map((report) => reportKey(invertId(report))),
    ]),
    ...attemptKeysOf(stored),
    ...[seq, ...seqs].map(eventKey),
  ];
  for (const key of keys) touched.add(key);
}

/** What was left since it was still to go to others. */
export async function finishErasures(context: StoreContext, erasures: StoredCollection<SubjectErasureRecord>, now: number): Promise<void> {
  for (const record of [...erasures.values()].filter(({ unfinished }) => unfinished.length > 0)) {
    const left = [];
    for (const one of record.unfinished) {
      const stored = await context.loader.load(one.message);
      if (stored === undefined || stored.contentErased) continue;
      if (context.pending.has(one.message) || context.holds.on(stored.message).length > 0) left.push(one);
      else await context.turns.take(() => finish(context, one, now));
    }
    if (left.length === record.unfinished.length) continue;
    await erasures.put(record.id, { ...record, unfinished: left, counts: { ...record.counts, remaining: left.length } });
  }
}

async function finish(context: StoreContext, { message, content }: SubjectErasureRecord['unfinished'][number], now: number): Promise<void> {
  const stored = await context.loader.load(message);
  if (stored === undefined || stored.contentErased) return;
  if (content === 'erase') await eraseContents(context, [stored], now);
  else await changeHeader(context, message);
}
