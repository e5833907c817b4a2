/**
 * Opens the register, and settles what a crash left between register and spool.
 *
 * An existing store is opened as it is or not at all: missing, foreign or damaged files are a
 * StoreError that says what is wrong and what to do, never an empty register in their place (R25).
 * LevelDB opens half a MANIFEST without a word and most keys gone, so what the commit record says is
 * compared with what is there; the checks cost the same whatever the size of the register.
 */
import { join } from 'node:path';
import { StoreError } from '../../domain/errors.ts';
import type { EventType, FeedEvent } from '../../domain/events.ts';
import { invertId, type MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { Recovery, Spool } from '../spool/spool.ts';
import { decodeJson, encodeJson, encodeText, payloadOf } from './codec.ts';
import { type Batch, Database } from './database.ts';
import { claimIdentity, markReady, readIdentity } from './identity.ts';
import { messageIndexKeys } from './indexes.ts';
import {
  COMMIT_KEY,
  eventKey,
  eventsAfter,
  IDENTITY_KEY,
  MESSAGES,
  messageKey,
  PENDING,
  pendingKey,
  pendingKeyParts,
  SEGMENTS,
  segmentKey,
  segmentOf,
  statusKey,
  UNENDED,
} from './keys.ts';
import { PendingTable } from './pending.ts';
import { decodeMessage, decodeStatus, encodeStatus, type MessageRecord, peekPending } from './records.ts';
import { residentsOf } from './residents.ts';
import { type CommitRecord, EMPTY_COMMIT, type SegmentCount } from './transaction.ts';

/** Events at the end of the feed that are all looked for: what LevelDB's log can hold (see WRITE_BUFFER). */
const TAIL_EVENTS = 20_000;
/** Events before, looked for at even distances; likewise messages of segments. */
const SAMPLES = 128;
/** A register of up to so many messages is counted. */
const COUNTED_MESSAGES = 20_000;
const SLICE = 2000;

const NOT_WHOLE = 'messages whose content was not whole were never acknowledged: their records were taken back';
const ADVICE =
  "nothing was changed. Run 'relais verify' to see the extent; restore a backup, or run 'relais rebuild' to make the register anew from the spool";

function damaged(text: string): StoreError {
  return new StoreError('damaged', `the register is damaged: ${text}; ${ADVICE}`);
}

/** What a crash left without its other half, dropped. */
export interface Orphans {
  readonly contents: number;
  readonly records: number;
}

export interface OpenedRegister {
  readonly database: Database;
  readonly record: CommitRecord;
  readonly segments: Map<number, SegmentCount>;
}

/** Opens the register of `dataDir`, or makes one where there is no store yet. */
export async function openRegister(options: { readonly dataDir: string; readonly now: () => number }): Promise<OpenedRegister> {
  const { dataDir } = options;
  const identity = await claimIdentity(dataDir, options.now());
  const database = await Database.open(join(dataDir, 'register'), { create: !identity.ready });
  try {
    // Read again under the register's lock: another process may have begun the store just now.
    const agreed = (await readIdentity(dataDir)) ?? identity;
    if (!agreed.ready) {
      const batch = database.batch();
      batch.put(IDENTITY_KEY, encodeText(agreed.store));
      batch.put(COMMIT_KEY, encodeJson(EMPTY_COMMIT));
      await batch.write({ sync: true });
      await markReady(dataDir, agreed);
    }
    return { database, ...(await readBounds(database, agreed.store)) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function readBounds(database: Database, store: string): Promise<{ record: CommitRecord; segments: Map<number, SegmentCount> }> {
  const [identity, commit] = await database.getMany([IDENTITY_KEY, COMMIT_KEY]);
  if (identity === undefined || commit === undefined) throw damaged('its first records are missing');
  const found = payloadOf(IDENTITY_KEY, identity).toString();
  if (found !== store) throw damaged(`it belongs to the store ${found}, the directory to ${store}`);
  const segments = new Map<number, SegmentCount>();
  for (const [key, value] of await database.entries(SEGMENTS)) segments.set(segmentOf(key), decodeJson<SegmentCount>(key, value));
  return { record: decodeJson<CommitRecord>(COMMIT_KEY, commit), segments };
}

/** Compares what the commit record says with what is there. Throws StoreError `damaged`. */
export async function checkRegister({ database, record, segments }: OpenedRegister, spool: Spool): Promise<void> {
  await checkFeed(database, record);
  await checkSegments(database, segments, spool, record);
  await checkSingles(segments, spool, record);
  await checkCopies(database, segments, spool);
  if (record.messages > COUNTED_MESSAGES) return;
  const found = (await database.keys({ ...MESSAGES, limit: COUNTED_MESSAGES + 1 })).length;
  if (found !== record.messages) throw damaged(`it holds ${found} messages where there should be ${record.messages}`);
}

async function checkFeed(database: Database, { seq, firstSeq }: CommitRecord): Promise<void> {
  const [next] = await database.keys({ ...eventsAfter(seq), limit: 1 });
  if (next !== undefined) throw damaged(`the feed goes on after its end, event ${seq}`);
  const tail = Math.max(firstSeq, seq - TAIL_EVENTS + 1);
  const found = (await database.keys({ gte: eventKey(tail), lte: eventKey(seq) })).length;
  if (found !== seq - tail + 1) throw damaged(`of the last ${seq - tail + 1} events of the feed ${found} are there`);
  const step = Math.max(1, Math.floor((tail - firstSeq) / SAMPLES));
  const keys: string[] = [];
  for (let at = firstSeq; at < tail; at += step) keys.push(eventKey(at));
  const missing = (await database.getMany(keys)).indexOf(undefined);
  if (missing !== -1) throw damaged(`event ${Number(keys[missing]?.slice(1))} of the feed is missing`);
}

async function checkSegments(
  database: Database,
  segments: ReadonlyMap<number, SegmentCount>,
  spool: Spool,
  record: CommitRecord,
): Promise<void> {
  const there = new Set<number>();
  for (const { segment, size, form } of spool.segments()) {
    there.add(segment);
    // What a crash left beyond the committed end is the spool's to settle.
    if (form === 'segment' && size > 0 && segment < record.end.segment && !segments.has(segment)) {
      throw damaged(`it knows nothing of segment ${segment} of the spool`);
    }
  }
  for (const [segment, { live, end }] of segments) {
    // The last segment may be missing: its creation can be lost with the commit that was in flight.
    const durable = segment < record.end.segment || end !== undefined;
    if (live > 0 && durable && !there.has(segment)) throw damaged(`segment ${segment} of the spool is missing`);
  }
  const samples = [...segments].flatMap(([segment, { sample }]) => (sample === null ? [] : [{ segment, sample }]));
  const step = Math.max(1, Math.floor(samples.length / SAMPLES));
  const chosen = samples.filter((_, i) => i % step === 0);
  const keys = chosen.map(({ sample }) => messageKey(invertId(sample)));
  for (const [i, value] of (await database.getMany(keys)).entries()) {
    const { segment, sample } = chosen[i] ?? {};
    if (value === undefined) throw damaged(`message ${sample}, which segment ${segment} of the spool holds, is missing`);
  }
}

/** A message's large content that was durable before the last commit, and of which the register knows nothing. */
async function checkSingles(segments: ReadonlyMap<number, SegmentCount>, spool: Spool, { end }: CommitRecord): Promise<void> {
  for (const { segment, form } of spool.segments()) {
    if (form !== 'single' || (segments.get(segment)?.live ?? 0) > 0 || end.singles.includes(segment)) continue;
    const preamble = await spool.single(segment);
    // Of a report it is what a crash before the register's batch leaves (reports.ts).
    if (preamble === undefined || preamble.erased || preamble.kind === 'report' || preamble.group > end.group) continue;
    throw damaged(`it knows nothing of segment ${segment} of the spool, which holds a message`);
  }
}

/**
 * What stands in a segment of copies beyond its end is what a crash left of a clean-up, and the
 * contents still stand where they were copied from (rewriting.ts). When they do not, it is the
 * register that is older than the spool.
 */
async function checkCopies(database: Database, segments: ReadonlyMap<number, SegmentCount>, spool: Spool): Promise<void> {
  for (const { segment, form, size } of spool.segments()) {
    if (form !== 'copy') continue;
    const count = segments.get(segment);
    const end = count === undefined ? 0 : (count.end ?? size);
    if (size < end && count?.live !== 0)
      throw damaged(`segment ${segment} of the spool ends at octet ${size}, and was durable up to ${end}`);
    if (size <= end) continue;
    for await (const entry of spool.entries(segment, { from: end })) {
      if (entry.erased) continue;
      const [resident] = await residentsOf(database, [entry]);
      if (resident === undefined || !(await spool.stands(resident.location))) {
        throw damaged(`it knows nothing of what stands in segment ${segment} of the spool at octet ${entry.location.offset}`);
      }
    }
  }
}

/** Where the segments of copies end in which something is kept. */
function copyEnds(segments: ReadonlyMap<number, SegmentCount>, spool: Spool): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { segment, form, size } of spool.segments()) {
    const count = segments.get(segment);
    // Of a register that was made anew the whole segment counts.
    if (form === 'copy' && count !== undefined && count.live > 0) ends.set(segment, count.end ?? size);
  }
  return ends;
}

/** Brings register and spool to the same end (R8). */
export async function settleTail(opened: OpenedRegister, spool: Spool, log: Log): Promise<{ record: CommitRecord; orphans: Orphans }> {
  const { record, segments } = opened;
  const recovery = await spool.recover(record.end);
  const settled = await takeBackTail(opened, recovery, log);
  // Content that is durable and has no record: a report that the register never heard of (reports.ts).
  const stray = spool.segments().filter(({ segment, form }) => form === 'single' && (segments.get(segment)?.live ?? 0) === 0);
  await spool.dropSegments(stray.map(({ segment }) => segment));
  await spool.settleCopies(copyEnds(segments, spool));
  return { record: settled.record, orphans: { contents: recovery.orphanContents, records: settled.removed } };
}

/**
 * Takes the messages of the last commit back when their bytes are not there: it was in flight at
 * the crash, and none of them was acknowledged. Their events are the tail of the feed and were
 * told to nobody; their sequence numbers are used again.
 */
async function takeBackTail(
  opened: OpenedRegister,
  { validEnd, lastGroupWhole }: Recovery,
  log: Log,
): Promise<{ record: CommitRecord; removed: number }> {
  const { database, record, segments } = opened;
  if (lastGroupWhole) return { record, removed: 0 };
  const { accepted, superseded } = await acceptedIn(database, record);
  const batch = database.batch();
  await stageNotSuperseded(database, batch, superseded, record.firstAcceptSeq);
  let pending = 0;
  for (const { message, location } of accepted) {
    const inverted = invertId(message.id);
    batch.del(messageKey(inverted));
    batch.del(statusKey(inverted));
    for (const key of messageIndexKeys(message, inverted)) batch.del(key);
    for (const index of message.envelope.recipients.keys()) batch.del(pendingKey(message.id, index));
    pending += message.envelope.recipients.length;
    const count = segments.get(location.segment);
    if (count !== undefined) segments.set(location.segment, without(count, location.length, message.id));
  }
  for (const segment of new Set(accepted.map(({ location }) => location.segment))) {
    batch.put(segmentKey(segment), encodeJson(segments.get(segment) ?? { live: 0, octets: 0, sample: null }));
  }
  for (let seq = record.firstAcceptSeq; seq <= record.seq; seq++) batch.del(eventKey(seq));
  const seq = record.firstAcceptSeq - 1;
  const after: CommitRecord = {
    ...record,
    seq,
    firstAcceptSeq: seq + 1,
    end: validEnd,
    messages: record.messages - accepted.length,
    pending: record.pending - pending,
  };
  batch.put(COMMIT_KEY, encodeJson(after));
  await batch.write({ sync: true });
  if (accepted.length > 0) log.warn({ messages: accepted.length }, NOT_WHOLE);
  return { record: after, removed: accepted.length };
}

interface Tail {
  readonly accepted: readonly MessageRecord[];
  /** Messages that got a `message.resent`. */
  readonly superseded: ReadonlySet<MessageId>;
}

async function acceptedIn(database: Database, record: CommitRecord): Promise<Tail> {
  if (record.firstAcceptSeq > record.seq) return { accepted: [], superseded: new Set() };
  const entries = await database.entries({ gte: eventKey(record.firstAcceptSeq), lte: eventKey(record.seq) });
  const events = entries.map(([key, value]) => decodeJson<FeedEvent>(key, value));
  const named = (type: EventType): MessageId[] => events.flatMap((event) => (event.type === type ? (event.message ?? []) : []));
  const accepted = await readMessages(database, named('message.accepted'));
  const taken = new Set(accepted.map(({ message }) => message.id));
  return { accepted, superseded: new Set(named('message.resent').filter((id) => !taken.has(id))) };
}

async function readMessages(database: Database, ids: readonly MessageId[]): Promise<MessageRecord[]> {
  const keys = ids.map((id) => messageKey(invertId(id)));
  return (await database.getMany(keys)).map((value, i) => {
    const key = keys[i] ?? '';
    if (value === undefined) throw damaged(`a message of the last commit is missing (${key})`);
    return decodeMessage(key, value);
  });
}

/** What is taken back superseded nothing: the statuses lose the events that said so. */
async function stageNotSuperseded(database: Database, batch: Batch, ids: ReadonlySet<MessageId>, firstSeq: number): Promise<void> {
  for (const { message, seq } of await readMessages(database, [...ids])) {
    const key = statusKey(invertId(message.id));
    const value = await database.get(key);
    if (value === undefined) continue;
    const status = decodeStatus(key, value, seq);
    batch.put(key, encodeStatus({ ...status, seq, seqs: status.seqs.filter((own) => own < firstSeq) }));
  }
}

function without(count: SegmentCount, octets: number, message: MessageId): SegmentCount {
  return { ...count, live: count.live - 1, octets: count.octets - octets, sample: count.sample === message ? null : count.sample };
}

export interface LoadedQueue {
  readonly pending: PendingTable;
  /** Recipients whose attempt ran when the last process ended. */
  readonly attempting: readonly { readonly message: MessageId; readonly index: number }[];
}

/** One pass over the queue. */
export async function loadQueue(database: Database, record: CommitRecord): Promise<LoadedQueue> {
  const pending = new PendingTable();
  const attempting: { message: MessageId; index: number }[] = [];
  for await (const slice of database.slices(PENDING, SLICE)) {
    for (const [key, value] of slice) {
      const { id, index } = pendingKeyParts(key);
      const found = peekPending(value);
      pending.add(id as MessageId, found.state);
      if (found.attempting) attempting.push({ message: id as MessageId, index });
    }
  }
  if (pending.recipients !== record.pending) {
    throw damaged(`${pending.recipients} recipients are in the queue where there should be ${record.pending}`);
  }
  for await (const slice of database.slices(UNENDED, SLICE)) {
    for (const [key] of slice) {
      const { id, index } = pendingKeyParts(key);
      attempting.push({ message: id as MessageId, index });
    }
  }
  return { pending, attempting };
}
