/**
 * Each message with all that belongs to it: status, recipients, attempts, events, indexes, content.
 */
import type { FeedEvent } from '../../domain/events.ts';
import { invertId, type MessageId } from '../../domain/ids.ts';
import { type Attempt, isPending, type RecipientRecord } from '../../domain/recipient.ts';
import { decodeJson } from '../level/codec.ts';
import { indexedStates, messageIndexKeys } from '../level/indexes.ts';
import { attemptIndexOf, attemptRange, doneKey, eventKey, indexKey, MESSAGES, messageKey, pendingKey, statusKey } from '../level/keys.ts';
import { decodeMessage, decodeRecipient, decodeStatus, initialStatus, type MessageRecord, type Status } from '../level/records.ts';
import type { SpoolLocation } from '../spool/spool.ts';
import { isInDoubt, placeOf, type Verification } from './context.ts';
import { attempt, REBUILD, RESTORE, SETTLES } from './findings.ts';

const SLICE = 250;

interface Subject {
  readonly record: MessageRecord;
  readonly inverted: string;
  readonly status: Status;
  readonly recipients: readonly (RecipientRecord | undefined)[];
}

export async function verifyMessages(verification: Verification): Promise<void> {
  for await (const slice of verification.database.slices(MESSAGES, SLICE)) {
    const records: MessageRecord[] = [];
    for (const [key, value] of slice) {
      verification.counts.messages++;
      const record = attempt(verification.findings, key, () => decodeMessage(key, value));
      if (record === undefined) continue;
      if (messageKey(invertId(record.message.id)) === key) records.push(record);
      else verification.findings.add('damage', `a record of message ${record.message.id} under another's key`, key, REBUILD);
    }
    const subjects = await readSubjects(verification, records);
    for (const subject of subjects) verifyContent(verification, subject);
    await verifyIndexes(verification, subjects);
    for (const subject of subjects) {
      await verifyEvents(verification, subject);
      await verifyAttempts(verification, subject);
    }
  }
}

async function readSubjects(verification: Verification, records: readonly MessageRecord[]): Promise<Subject[]> {
  const { database, findings } = verification;
  const statusKeys = records.map(({ message }) => statusKey(invertId(message.id)));
  const statuses = await database.getMany(statusKeys);
  const subjects: Subject[] = [];
  for (const [i, record] of records.entries()) {
    const key = statusKeys[i] ?? '';
    const value = statuses[i];
    const status = value === undefined ? initialStatus(record.message) : attempt(findings, key, () => decodeStatus(key, value, record.seq));
    if (status === undefined) continue;
    const { recipients } = record.message.envelope;
    if (status.recipients.length !== recipients.length) {
      findings.add(
        'damage',
        `message ${record.message.id} has ${recipients.length} recipients, its status ${status.recipients.length}`,
        key,
        REBUILD,
      );
      continue;
    }
    const inverted = invertId(record.message.id);
    subjects.push({ record, inverted, status, recipients: await readRecipients(verification, record, inverted, status) });
  }
  return subjects;
}

/** Each recipient stands under the one key that its state says, and nowhere else. */
async function readRecipients(
  { database, findings, counts }: Verification,
  { message }: MessageRecord,
  inverted: string,
  status: Status,
): Promise<(RecipientRecord | undefined)[]> {
  const addresses = message.envelope.recipients.map(({ address }) => address);
  const keys = addresses.flatMap((_, index) => [pendingKey(message.id, index), doneKey(inverted, index)]);
  const values = await database.getMany(keys);
  return addresses.map((address, index) => {
    counts.recipients++;
    const state = status.recipients[index]?.state ?? 'queued';
    const own = index * 2 + (isPending(state) ? 0 : 1);
    const other = index * 2 + (isPending(state) ? 1 : 0);
    const name = `recipient ${index} of message ${message.id}`;
    if (isPending(state)) counts.pending++;
    if (values[other] !== undefined)
      findings.add('damage', `${name} is ${state}, and is recorded otherwise too`, keys[other] ?? '', REBUILD);
    const value = values[own];
    const key = keys[own] ?? '';
    if (value === undefined) {
      findings.add('damage', `${name} is ${state}, and its record is missing`, key, REBUILD);
      return undefined;
    }
    const recipient = attempt(findings, key, () => decodeRecipient(key, value, index, address));
    if (recipient !== undefined && recipient.state !== state) {
      findings.add('damage', `${name} is ${recipient.state}, its message's status says ${state}`, key, REBUILD);
    }
    return recipient;
  });
}

function verifyContent(verification: Verification, { record, status }: Subject): void {
  const { entries, erased, segments, findings } = verification;
  const { message, location } = record;
  if (status.contentErased) {
    if (entries.has(location)) {
      findings.add(
        'damage',
        `content of message ${message.id} is recorded as erased and is still there`,
        placeOf(location),
        'erase the message',
      );
    }
    return;
  }
  countLiving(segments, location);
  if (entries.has(location)) return;
  if (erased.has(location)) {
    const advice = 'nothing: erasing was interrupted, and ends with the next clean-up or when the message is deleted again';
    findings.add('note', `content of message ${message.id} is erased, its record does not say so yet`, placeOf(location), advice);
  } else if (isInDoubt(verification, location)) {
    findings.add(
      'note',
      `content of message ${message.id}, of the last commit, is not there: it was never acknowledged`,
      placeOf(location),
      SETTLES,
    );
  } else {
    findings.add('damage', `content of message ${message.id} is missing`, placeOf(location), RESTORE);
  }
}

export function countLiving(segments: Verification['segments'], { segment, length }: SpoolLocation): void {
  const count = segments.get(segment) ?? { live: 0, octets: 0, sample: null };
  segments.set(segment, { ...count, live: count.live + 1, octets: count.octets + length });
}

async function verifyIndexes({ database, counts, findings }: Verification, subjects: readonly Subject[]): Promise<void> {
  for (const { record, inverted, status, recipients } of subjects) {
    const known = status.recipients.map(({ state }, i) => recipients[i] ?? { state });
    const states = [...indexedStates(known)].map((state) => indexKey('state', state, inverted));
    const keys = [...new Set([...messageIndexKeys(record.message, inverted), ...states])];
    const there = await database.hasMany(keys);
    // Messages that were accepted before ENVIDs were indexed have no key for theirs.
    const { envid } = record.message.envelope;
    const lately = envid === null ? null : indexKey('envelopeId', envid, inverted);
    const missing = keys.filter((key, i) => there[i] !== true && key !== lately);
    counts.indexKeys += keys.filter((key, i) => there[i] === true || key !== lately).length;
    for (const key of missing) {
      findings.add('damage', `message ${record.message.id} is not found by an index: the key is missing`, JSON.stringify(key), REBUILD);
    }
  }
}

/** The last event of each recipient says the state it is in; the feed may no longer go back that far. */
async function verifyEvents(verification: Verification, { record, status, recipients }: Subject): Promise<void> {
  const seqs = [record.seq, ...status.seqs];
  const { firstSeq } = verification.record;
  const last = new Map<number, FeedEvent>();
  const kept = await readEvents(verification, record.message.id, seqs);
  for (const event of kept) {
    if (event.seq < firstSeq) verification.counts.events++;
    if (event.index !== undefined && event.state !== undefined) last.set(event.index, event);
  }
  for (const [index, recipient] of recipients.entries()) {
    const event = last.get(index);
    const said = event?.state ?? (kept.length === seqs.length ? 'queued' : recipient?.state);
    if (recipient === undefined || said === recipient.state) continue;
    const what = `recipient ${index} of message ${record.message.id} is ${recipient.state}, the feed says ${said}`;
    verification.findings.add('damage', what, eventKey(event?.seq ?? record.seq), REBUILD);
  }
}

/** Those that are there and are of the message; each from the feed's beginning on has to be. */
async function readEvents({ database, record, findings }: Verification, message: MessageId, seqs: readonly number[]): Promise<FeedEvent[]> {
  const values = await database.getMany(seqs.map(eventKey));
  return seqs.flatMap((seq, i) => {
    const value = values[i];
    const key = eventKey(seq);
    // In front of the feed they may be gone: earlier versions cut them off with it.
    if (value === undefined && seq >= record.firstSeq)
      findings.add('damage', `event ${seq} of message ${message} is missing`, key, REBUILD);
    const event = value === undefined ? undefined : attempt(findings, key, () => decodeJson<FeedEvent>(key, value));
    if (event === undefined) return [];
    if (event.message !== message) findings.add('damage', `event ${seq} is not of message ${message}, which names it`, key, REBUILD);
    return [event];
  });
}

/** Every attempt that was begun has its record, but for the one that runs. */
async function verifyAttempts({ database, counts, findings }: Verification, { record, inverted, recipients }: Subject): Promise<void> {
  if (recipients.every((recipient) => recipient === undefined || recipient.attempts === 0)) return;
  const found = new Map<number, number>();
  const names = new Set<string>();
  for (const [key, value] of await database.entries(attemptRange(inverted))) {
    counts.attempts++;
    const { remoteId } = attempt(findings, key, () => decodeJson<Attempt>(key, value)) ?? {};
    if (remoteId !== undefined) names.add(indexKey('remoteId', remoteId, inverted));
    const index = attemptIndexOf(key);
    found.set(index, (found.get(index) ?? 0) + 1);
  }
  counts.indexKeys += names.size;
  const indexed = await database.hasMany([...names]);
  for (const [i, key] of [...names].entries()) {
    if (indexed[i] === true) continue;
    const what = `message ${record.message.id} is not found by what a next hop named it: the key is missing`;
    findings.add('damage', what, JSON.stringify(key), REBUILD);
  }
  for (const recipient of recipients) {
    if (recipient === undefined) continue;
    const ended = recipient.attempts - (recipient.attempting === null ? 0 : 1);
    const there = found.get(recipient.index) ?? 0;
    if (there === ended) continue;
    const what = `of ${ended} attempts for recipient ${recipient.index} of message ${record.message.id} ${there} are recorded`;
    findings.add('damage', what, attemptRange(inverted).gte ?? '', REBUILD);
  }
}
