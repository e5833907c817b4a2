/**
 * One person's address in all that is not a message to them: one pass over the register. What does not
 * have the octets of it is not looked at any closer, so that a million messages take some seconds.
 */
import type { AuditRecord } from '../../domain/audit.ts';
import { StoreError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../domain/events.ts';
import { invertId, type MessageId } from '../../domain/ids.ts';
import { withheldFrom } from '../../domain/ledger.ts';
import type { SignalDelivery } from '../../domain/ports.ts';
import { matchesOf } from '../../domain/representation.ts';
import { SubjectSearch } from '../../domain/subject.ts';
import { auditIndexKeys } from './audit.ts';
import { decodeJson, encodeJson, NO_VALUE } from './codec.ts';
import type { StoredCollection } from './collections.ts';
import { eraseFromSpool } from './erasure.ts';
import {
  AUDITS,
  collectionKey,
  EVENTS,
  type KeyRange,
  MESSAGES,
  messageKey,
  pendingSignalKey,
  prefixRange,
  REPORTS,
  reportKey,
} from './keys.ts';
import { decodeMessage } from './records.ts';
import { loadReports, type StoredReport, stageReportRewrite } from './reports.ts';
import { isHeld, isSubject, type SubjectScope, takeSubjectOut } from './subject-erasure.ts';
import { failuresKey } from './suppressing.ts';
import type { Transaction } from './transaction.ts';

const SLICE = 200;
const REPORTS_AT_ONCE = 32;

export async function sweepRegister(scope: SubjectScope): Promise<void> {
  await sweepMessages(scope);
  await sweepReports(scope);
  await sweepJson(scope, EVENTS, stageEvent);
  await sweepJson(scope, prefixRange('a'), stagePlain);
  await sweepJson(scope, prefixRange('d'), stageDelivery);
  await sweepJson(scope, AUDITS, stageAudit);
  await sweepCollections(scope);
}

/** Messages that speak of it, and those that came of one to it: notifications, and what was sent again. */
async function sweepMessages(scope: SubjectScope): Promise<void> {
  const { context, subject, concerned, pace, firstLater } = scope;
  for await (const slice of context.database.slices(MESSAGES, SLICE)) {
    for (const [key, value] of slice) {
      const named = subject.mayBeIn(value);
      if (!named && !value.includes('"concerns":"') && !value.includes('"supersedes":"')) continue;
      const { message } = decodeMessage(key, value);
      // What is to it and was not found before was accepted since.
      if (concerned.has(message.id) || message.id >= firstLater) continue;
      if (message.envelope.recipients.some((recipient) => isSubject(subject, recipient))) continue;
      const follows = [message.concerns, message.supersedes].some((id) => id !== undefined && id !== null && concerned.has(id));
      const path = message.envelope.reversePath;
      // What it sent itself is its own mail, and the recipients': counted, and left.
      const sent = path.kind === 'address' && subject.isIn(path.address);
      if (sent || !(follows || (named && subject.isIn(JSON.stringify(message))))) continue;
      await pace.step(() => context.turns.take(() => takeMention(scope, message.id)));
    }
  }
}

async function takeMention(scope: SubjectScope, id: MessageId): Promise<void> {
  const stored = await scope.context.loader.load(id);
  if (stored === undefined || isHeld(scope, stored)) return;
  await takeSubjectOut(scope, stored);
}

/** Reports whose record or bytes name it: the bytes go, the record says the rest. */
async function sweepReports(scope: SubjectScope): Promise<void> {
  const { context, pace } = scope;
  for await (const slice of context.database.slices(REPORTS, REPORTS_AT_ONCE)) {
    const ids = slice.map(([key, value]) => decodeJson<StoredReport>(key, value).report.id).filter((id) => id < scope.firstLater);
    await pace.step(() => context.turns.take(() => takeReports(scope, ids)));
  }
}

async function takeReports(scope: SubjectScope, ids: readonly StoredReport['report']['id'][]): Promise<void> {
  const { context, subject, counts, dryRun } = scope;
  const found: StoredReport[] = [];
  for (const stored of await loadReports(context, ids)) {
    if (!(await namesIt(scope, stored)) || (await isReportHeld(scope, stored))) continue;
    found.push(stored);
  }
  counts.reports += found.length;
  if (dryRun || found.length === 0) return;
  for (const { report } of found) scope.touched.add(reportKey(invertId(report.id)));
  await eraseFromSpool(context, [], found);
  await context.committer.submit({
    reads: found.map(({ report }) => reportKey(invertId(report.id))),
    weight: found.length,
    stage: (transaction) => {
      for (const { report } of found)
        stageReportRewrite(transaction, report.id, (record) => ({ ...subject.outOfValue(record), id: record.id }));
    },
  });
}

async function namesIt({ context, subject }: SubjectScope, { report, location, contentErased }: StoredReport): Promise<boolean> {
  if (subject.outOfValue(report) !== report) return true;
  if (contentErased) return false;
  const search = new SubjectSearch(subject);
  try {
    const content = await context.spool.read(location, report);
    if (content.bytes !== null) search.write(content.bytes);
    else for await (const piece of content.stream()) search.write(piece as Buffer);
    return search.end();
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'corrupt' || error.code === 'erased')) return false;
    throw error;
  }
}

async function isReportHeld(scope: SubjectScope, { report }: StoredReport): Promise<boolean> {
  const found = await scope.context.loader.loadMany(
    matchesOf(report).map(({ message }) => message),
    false,
  );
  return [...found.values()].some((stored) => isHeld(scope, stored));
}

type Stage = (transaction: Transaction, key: string, before: unknown, after: unknown, salt: string) => void;

/** Values of JSON: those that name it are written anew, each as it stands then. */
async function sweepJson(scope: SubjectScope, range: KeyRange, stage: Stage): Promise<void> {
  const { context, subject, counts, dryRun, pace, touched } = scope;
  for await (const slice of context.database.slices(range, SLICE)) {
    const named = slice.filter(([key, value]) => subject.mayBeIn(value) && isNamed(scope, key, value)).map(([key]) => key);
    const free = range === EVENTS ? await withoutHeld(scope, named) : named;
    counts.records += free.length;
    if (dryRun || free.length === 0) continue;
    await pace.step(() =>
      context.committer.submit({
        reads: free,
        weight: free.length,
        stage: (transaction) => {
          for (const key of free) {
            const value = transaction.value(key);
            if (value === undefined) continue;
            const before = decodeJson<unknown>(key, value);
            const after = subject.outOfValue(before);
            if (after === before) continue;
            stage(transaction, key, before, after, context.salt() ?? '');
            touched.add(key);
            if (key.startsWith('l')) for (const index of auditIndexKeys(before as AuditRecord)) touched.add(index);
          }
        },
      }),
    );
    if (range === EVENTS) await replaceInMemory(scope, free);
  }
}

/** What came after it began is left: it is of mail that is on its way. */
function isNamed({ subject, firstLater, now }: SubjectScope, key: string, octets: Buffer): boolean {
  const value = decodeJson<{ readonly message?: string; readonly createdAt?: number }>(key, octets);
  const id = key.startsWith('a') || key.startsWith('l') ? invertId(key.slice(1, 27)) : (value.message ?? '');
  if (id >= firstLater || (value.createdAt ?? 0) >= now) return false;
  return subject.outOfValue<unknown>(value) !== value;
}

/** Events of messages under a legal hold stay with them. */
async function withoutHeld({ context }: SubjectScope, keys: readonly string[]): Promise<string[]> {
  const values = await context.database.getMany(keys);
  const events = keys.flatMap((key, i) => {
    const value = values[i];
    return value === undefined ? [] : [{ key, event: decodeJson<FeedEvent>(key, value) }];
  });
  const ids = [...new Set(events.flatMap(({ event }) => event.message ?? []))];
  const messages = await context.database.getMany(ids.map((id) => messageKey(invertId(id))));
  const held = new Set(
    ids.filter((id, i) => {
      const value = messages[i];
      return value !== undefined && context.holds.on(decodeMessage(messageKey(invertId(id)), value).message).length > 0;
    }),
  );
  return events.filter(({ event }) => event.message === undefined || !held.has(event.message)).map(({ key }) => key);
}

async function replaceInMemory({ context }: SubjectScope, keys: readonly string[]): Promise<void> {
  const values = await context.database.getMany(keys);
  context.feed.replace(keys.flatMap((key, i) => (values[i] === undefined ? [] : [decodeJson<FeedEvent>(key, values[i])])));
}

const stagePlain: Stage = (transaction, key, _, after) => transaction.put(key, encodeJson(after));
const stageEvent: Stage = (transaction, key, before, after, salt) =>
  transaction.put(key, encodeJson(withheldFrom(before as FeedEvent, after as FeedEvent, salt)));

/** One that was still to be sent to the address goes nowhere any more. */
const stageDelivery: Stage = (transaction, key, before, after) => {
  const was = before as SignalDelivery;
  const now = after as SignalDelivery;
  const unsent = was.state === 'pending' && was.to !== now.to;
  if (unsent) transaction.del(pendingSignalKey(was.id));
  const ended = { ...now, state: 'failed', nextAttemptAt: null, lastAnswer: 'the receiver was erased' } satisfies SignalDelivery;
  transaction.put(key, encodeJson(unsent ? ended : now));
};

const stageAudit: Stage = (transaction, key, before, after) => {
  transaction.put(key, encodeJson(after));
  const wanted = new Set(auditIndexKeys(after as AuditRecord));
  for (const gone of auditIndexKeys(before as AuditRecord)) if (!wanted.has(gone)) transaction.del(gone);
  for (const index of wanted) transaction.put(index, NO_VALUE);
};

/** Lists that may name it. Not those of who may sign in, of legal holds and of positions: they are no data of mail. */
const SWEPT = [
  'suppressions',
  'signalRecords',
  'signalStates',
  'runs',
  'streams',
  'views',
  'nextHops',
  'mailboxes',
  'signalChannels',
] as const;

async function sweepCollections(scope: SubjectScope): Promise<void> {
  const { context, collections, counts, dryRun, subject, touched } = scope;
  const failures = failuresKey(subject.address);
  if ((await context.database.get(failures)) !== undefined) {
    counts.records++;
    touched.add(failures);
    if (!dryRun) await context.committer.submit({ weight: 1, stage: (transaction) => transaction.del(failures) });
  }
  for (const kind of SWEPT) await sweepCollection(scope, kind, collections[kind] as StoredCollection<object>);
}

async function sweepCollection(
  { context, subject, counts, dryRun, touched }: SubjectScope,
  kind: (typeof SWEPT)[number],
  list: StoredCollection<object>,
): Promise<void> {
  const named = (await list.list()).filter(({ name, value }) => subject.outOf(name) !== name || subject.outOfValue(value) !== value);
  counts.records += named.length;
  if (dryRun || named.length === 0) return;
  for (const { name } of named) touched.add(collectionKey(kind, name));
  await context.committer.submit({
    weight: named.length,
    stage: (transaction) => {
      for (const { name, value } of named) {
        const other = subject.outOf(name);
        if (other !== name) list.stage(transaction, name, null);
        list.stage(transaction, other, subject.outOfValue(value));
      }
    },
  });
  for (const { name, value } of named) {
    const other = subject.outOf(name);
    if (other !== name) list.remember(name, null);
    list.remember(other, subject.outOfValue(value));
  }
}
