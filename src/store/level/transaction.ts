/**
 * One commit while it is put together: operations are staged in order, each sees what those before
 * it did, and all their writes go into one batch. Pure but for the batch it fills: it reads no
 * database, no clock, no file.
 *
 * Upstream: the committer, which loads beforehand what the operations need. Downstream: the batch,
 * and `Committed`, what there is to be told once the batch is durable.
 */
import { asciiDomainOf } from '../../domain/address.ts';
import type { EventDraft, FeedEvent } from '../../domain/events.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { AcceptedMessage, PreparedMessage, ReferenceChange } from '../../domain/message.ts';
import type { EvidenceItem, ScheduleChange } from '../../domain/ports.ts';
import {
  type Attempt,
  isPending,
  notBefore,
  type RecipientRecord,
  type RecipientState,
  type Transition,
  transition,
} from '../../domain/recipient.ts';
import { type ChangeMode, changedReferences, referencesBefore } from '../../domain/references.ts';
import { EMPTY_END, isSamePlace, type SpoolEnd, type SpoolLocation } from '../spool/types.ts';
import { decodeJson, encodeJson, NO_VALUE } from './codec.ts';
import type { Batch } from './database.ts';
import { indexedStates, messageIndexKeys } from './indexes.ts';
import { attemptKey, COMMIT_KEY, doneKey, eventKey, indexKey, messageKey, pendingKey, segmentKey, statusKey, unendedKey } from './keys.ts';
import {
  encodeDone,
  encodeMessage,
  encodePending,
  encodeStatus,
  type MessageRecord,
  moveMessage,
  newStored,
  rereferMessage,
  rewriteMessage,
  type StoredMessage,
  scheduledOf,
  statusOf,
} from './records.ts';

/** Written with each commit: where the feed and the spool end, and counts to be compared at opening. */
export interface CommitRecord {
  /** Sequence number of the last event. */
  readonly seq: number;
  /** Oldest event that is kept; `seq` + 1 when none is. */
  readonly firstSeq: number;
  /**
   * First `message.accepted` of this commit; `seq` + 1 when it accepted nothing. From it on come the
   * acceptances and the `message.resent` of what they supersede, and nothing else: the tail of the feed.
   */
  readonly firstAcceptSeq: number;
  /** The group of the spool that belongs to this commit, or what its last one left. */
  readonly end: SpoolEnd;
  readonly messages: number;
  /** Recipients in the queue: keys under `q`. */
  readonly pending: number;
}

export const EMPTY_COMMIT: CommitRecord = {
  seq: 0,
  firstSeq: 1,
  firstAcceptSeq: 1,
  end: EMPTY_END,
  messages: 0,
  pending: 0,
};

/** What lives in a segment of the spool. */
export interface SegmentCount {
  readonly live: number;
  readonly octets: number;
  /** A message that has its content there, looked up at opening; null: none is known. */
  readonly sample: MessageId | null;
  /** Of a segment of copies: where its entries end. What is beyond does not count. */
  readonly end?: number;
  /** Entries were moved away, and may not be overwritten yet. */
  readonly moving?: true;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface AcceptStaging {
  readonly message: PreparedMessage;
  /** JSON of `message`: the header of its entry in the spool. */
  readonly json: Buffer;
  readonly dueAt: number;
  readonly expireAt: number;
  readonly entry: { readonly location: SpoolLocation; readonly sha256: string; readonly size: number };
}

/** What a commit changed, to be told when it is durable. */
export interface Committed {
  readonly record: CommitRecord;
  readonly events: readonly FeedEvent[];
  /** How many messages were accepted. */
  readonly accepted: number;
  readonly schedule: readonly ScheduleChange[];
  /** By id; null: deleted. */
  readonly messages: ReadonlyMap<MessageId, StoredMessage | null>;
  /** By number; null: dropped. */
  readonly segments: ReadonlyMap<number, SegmentCount | null>;
}

interface Draft {
  readonly base: StoredMessage;
  message: AcceptedMessage;
  readonly recipients: RecipientRecord[];
  readonly seqs: number[];
  readonly changed: Set<number>;
  contentErased: boolean;
  location: SpoolLocation;
}

export interface TransactionSources {
  readonly batch: Batch;
  readonly before: CommitRecord;
  /** Those that the operations named and that exist. */
  readonly messages: ReadonlyMap<MessageId, StoredMessage>;
  /** Values of the keys that the operations named. */
  readonly values: ReadonlyMap<string, Buffer>;
  readonly segments: ReadonlyMap<number, SegmentCount>;
  readonly now: number;
}

export class Transaction {
  /** When the commit was begun, Unix milliseconds. */
  readonly now: number;
  readonly #batch: Batch;
  readonly #sources: TransactionSources;
  readonly #drafts = new Map<MessageId, Draft>();
  readonly #accepted = new Map<MessageId, StoredMessage>();
  readonly #deleted = new Set<MessageId>();
  readonly #values = new Map<string, Buffer | null>();
  readonly #segments = new Map<number, SegmentCount | null>();
  readonly #schedule: ScheduleChange[] = [];
  readonly #events: FeedEvent[] = [];
  #firstSeq: number;
  #firstAcceptSeq: number | null = null;
  #messageCount: number;
  #pending: number;

  constructor(sources: TransactionSources) {
    this.now = sources.now;
    this.#batch = sources.batch;
    this.#sources = sources;
    this.#firstSeq = sources.before.firstSeq;
    this.#messageCount = sources.before.messages;
    this.#pending = sources.before.pending;
  }

  // ── Reading ──

  /** The message as the operations before left it. */
  message(id: MessageId): StoredMessage | undefined {
    if (this.#deleted.has(id)) return undefined;
    const draft = this.#drafts.get(id);
    const base = draft?.base ?? this.#accepted.get(id) ?? this.#sources.messages.get(id);
    if (draft === undefined || base === undefined) return base;
    const { message, recipients, seqs, contentErased, location } = draft;
    return { ...base, message, recipients, seqs, contentErased, location };
  }

  /** A value that the operation named in `reads`. */
  value(key: string): Buffer | undefined {
    const written = this.#values.get(key);
    return written === undefined ? this.#sources.values.get(key) : (written ?? undefined);
  }

  // ── Writing ──

  put(key: string, value: Buffer): void {
    this.#values.set(key, value);
    this.#batch.put(key, value);
  }

  del(key: string): void {
    this.#values.set(key, null);
    this.#batch.del(key);
  }

  accept(request: AcceptStaging): AcceptedMessage {
    const { message, entry } = request;
    const accepted: AcceptedMessage = { ...message, size: entry.size, sha256: entry.sha256 };
    const event = this.#append(
      { type: 'message.accepted', sha256: entry.sha256, size: entry.size, domains: domainsOf(message) },
      this.now,
      message,
      message.id,
    );
    this.#firstAcceptSeq ??= event.seq;
    const { dueAt, expireAt } = request;
    const record: MessageRecord = { message: accepted, seq: event.seq, dueAt, expireAt, location: entry.location };
    const stored = newStored(record);
    const { inverted } = stored;
    this.#batch.put(messageKey(inverted), encodeMessage(request.json, { ...record, size: entry.size, sha256: entry.sha256 }));
    for (const key of messageIndexKeys(message, inverted)) this.#batch.put(key, NO_VALUE);
    for (const recipient of stored.recipients) {
      this.#batch.put(pendingKey(message.id, recipient.index), encodePending(recipient, message));
      this.#tellSchedule(message, recipient);
    }
    this.#messageCount++;
    this.#pending += stored.recipients.length;
    this.#accepted.set(message.id, stored);
    this.countContent(entry.location, 1, message.id);
    // Behind the acceptance, in the tail of the feed: taken back with it.
    const { supersedes } = message;
    if (supersedes !== null && this.message(supersedes) !== undefined) {
      this.appendEvent({ type: 'message.resent', supersededBy: message.id }, this.now, supersedes);
    }
    return accepted;
  }

  /** Applies evidence; undefined when message or recipient do not exist (any more). */
  apply({ message: id, index, evidence }: EvidenceItem, now: number): Transition | undefined {
    const stored = this.message(id);
    const recipient = stored?.recipients[index];
    if (stored === undefined || recipient === undefined) return undefined;
    const result = transition(recipient, notBefore(evidence, stored.message), now);
    if (!result.changed) return result;
    const draft = this.#draft(stored);
    draft.recipients[index] = result.recipient;
    draft.changed.add(index);
    if (result.attempt !== null && result.attempt.outcome !== null) {
      this.put(attemptKey(stored.inverted, index, result.attempt.number), encodeJson(result.attempt));
      const { remoteId } = result.attempt;
      if (remoteId !== undefined) this.#batch.put(indexKey('remoteId', remoteId, stored.inverted), NO_VALUE);
    }
    this.#tellSchedule(stored.message, result.recipient);
    for (const event of result.events) this.appendEvent(event, now, id);
    return result;
  }

  /** Appends an event; with the references of its message where that exists. */
  appendEvent(draft: EventDraft, at: number, id: MessageId | undefined): FeedEvent {
    const stored = id === undefined ? undefined : this.message(id);
    const event = this.#append(draft, at, stored?.message, id);
    if (stored !== undefined) this.#draft(stored).seqs.push(event.seq);
    return event;
  }

  /** The content was overwritten: says so, and no longer counts it as living. */
  eraseContent(id: MessageId, now: number): void {
    const stored = this.message(id);
    if (stored === undefined || stored.contentErased) return;
    this.appendEvent({ type: 'message.content-erased' }, now, id);
    this.#draft(stored).contentErased = true;
    this.countContent(stored.location, -1, id);
  }

  /** Changes what the message is about; the operation names its record's key in `reads`. Whether anything changed. */
  refer(id: MessageId, change: ReferenceChange, mode: ChangeMode, now: number): boolean {
    const stored = this.message(id);
    if (stored === undefined) return false;
    const { message, inverted, recipients } = stored;
    const references = changedReferences(message.references, change, mode);
    const key = messageKey(inverted);
    const value = this.value(key);
    if (references === message.references || value === undefined) return false;
    const changed: AcceptedMessage = { ...message, references };
    this.put(key, rereferMessage(key, value, references));
    this.#reindex(stored, changed);
    const was = referencesBefore(message.references, references);
    if (was !== undefined) this.appendEvent({ type: 'message.referenced', was, states: countStates(recipients) }, now, id);
    return true;
  }

  /**
   * Changes what is recorded of the message and of its recipients, and nothing of what happened to it; the
   * operation names its record's key in `reads`. Whether there is one.
   */
  rewrite(
    id: MessageId,
    change: {
      readonly message: (prepared: PreparedMessage) => PreparedMessage;
      readonly recipient: (record: RecipientRecord) => RecipientRecord;
    },
  ): boolean {
    const stored = this.message(id);
    const key = stored === undefined ? '' : messageKey(stored.inverted);
    const value = this.value(key);
    if (stored === undefined || value === undefined) return false;
    this.put(key, rewriteMessage(key, value, change.message));
    const { size, sha256 } = stored.message;
    this.#reindex(stored, { ...change.message(stored.message), size, sha256 });
    const draft = this.#draft(stored);
    for (const [index, recipient] of stored.recipients.entries()) {
      draft.recipients[index] = change.recipient(recipient);
      if (draft.recipients[index] !== recipient) draft.changed.add(index);
    }
    return true;
  }

  #reindex(stored: StoredMessage, changed: AcceptedMessage): void {
    const before = new Set(messageIndexKeys(stored.message, stored.inverted));
    const after = new Set(messageIndexKeys(changed, stored.inverted));
    for (const gone of before) if (!after.has(gone)) this.#batch.del(gone);
    for (const added of after) if (!before.has(added)) this.#batch.put(added, NO_VALUE);
    this.#draft(stored).message = changed;
  }

  /** The content was copied. `value`: the message's record. False: it no longer stands where it was copied from. */
  move(request: { readonly id: MessageId; readonly value: Buffer; readonly from: SpoolLocation; readonly to: SpoolLocation }): boolean {
    const { id, value, from, to } = request;
    const stored = this.message(id);
    if (stored === undefined || stored.contentErased || !isSamePlace(stored.location, from)) return false;
    const key = messageKey(stored.inverted);
    this.put(key, moveMessage(key, value, to));
    this.countContent(from, -1, id);
    this.countContent(to, 1, id);
    this.#draft(stored).location = to;
    return true;
  }

  /**
   * Takes the message with every key it has; `message.deleted` is all that is left of it. The operation
   * names the keys of its attempts in `reads` (`attemptKeysOf`): they tell what the next hops called it.
   */
  delete(id: MessageId, now: number): void {
    const stored = this.message(id);
    if (stored === undefined) return;
    const { message, inverted, recipients } = stored;
    // What it was about goes with it: of its account and template readers may still be told.
    const references = { ...message.references, document: null, contact: null };
    this.#append({ type: 'message.deleted' }, now, { ...message, references }, id);
    for (const key of messageIndexKeys(message, inverted)) this.#batch.del(key);
    // Also the states before this commit: their keys may stand on disk.
    const before = this.#sources.messages.get(id)?.recipients ?? [];
    for (const state of [...indexedStates(recipients), ...indexedStates(before)]) this.#batch.del(indexKey('state', state, inverted));
    for (const { index, attempts } of recipients) {
      this.#batch.del(pendingKey(id, index));
      this.#batch.del(doneKey(inverted, index));
      for (let number = 1; number <= attempts; number++) this.#deleteAttempt(inverted, attemptKey(inverted, index, number));
    }
    this.#batch.del(statusKey(inverted));
    this.#batch.del(messageKey(inverted));
    for (const recipient of before) {
      if (isPending(recipient.state)) this.#pending--;
      if (isUnended(recipient)) this.#batch.del(unendedKey(id, recipient.index));
    }
    this.#messageCount--;
    if (!stored.contentErased) this.countContent(stored.location, -1, id);
    this.#drafts.delete(id);
    this.#deleted.add(id);
  }

  #deleteAttempt(inverted: string, key: string): void {
    const value = this.value(key);
    const remoteId = value === undefined ? undefined : decodeJson<Attempt>(key, value).remoteId;
    if (remoteId !== undefined) this.#batch.del(indexKey('remoteId', remoteId, inverted));
    this.#batch.del(key);
  }

  /** Where the feed begins. */
  get firstSeq(): number {
    return this.#firstSeq;
  }

  /** The feed begins at `firstSeq` from now on; of what is before it the events `kept` stay on disk. */
  trimFeed(firstSeq: number, kept: ReadonlySet<number> = new Set()): void {
    for (let seq = this.#firstSeq; seq < firstSeq; seq++) if (!kept.has(seq)) this.#batch.del(eventKey(seq));
    this.#firstSeq = Math.max(this.#firstSeq, firstSeq);
  }

  /** Counts content that lives in a segment, or no longer does. */
  countContent(location: SpoolLocation, by: 1 | -1, message: MessageId | null): void {
    const { segment, length } = location;
    const before = this.#segmentCount(segment);
    const sample = by === 1 ? (before.sample ?? message) : before.sample === message ? null : before.sample;
    const live = Math.max(0, before.live + by);
    this.#segments.set(segment, { ...before, live, octets: Math.max(0, before.octets + by * length), sample });
  }

  /** Where a segment of copies ends with this commit. */
  endCopies(segment: number, end: number): void {
    this.#segments.set(segment, { ...this.#segmentCount(segment), end });
  }

  /** Entries are moved out of the segment; false: what was moved is overwritten. */
  markMoving(segment: number, moving: boolean): void {
    const { moving: _, ...count } = this.#segmentCount(segment);
    this.#segments.set(segment, moving ? { ...count, moving } : count);
  }

  #segmentCount(segment: number): SegmentCount {
    return this.#segments.get(segment) ?? this.#sources.segments.get(segment) ?? { live: 0, octets: 0, sample: null };
  }

  /** The segment is gone from the disk. */
  forgetSegment(segment: number): void {
    this.#segments.set(segment, null);
  }

  /** Completes the batch. `end`: where the spool ends with it. */
  finish(end: SpoolEnd): Committed {
    const messages = new Map<MessageId, StoredMessage | null>(this.#accepted);
    for (const draft of this.#drafts.values()) {
      const stored = this.#writeDraft(draft);
      messages.set(stored.message.id, stored);
    }
    for (const id of this.#deleted) messages.set(id, null);
    for (const [segment, count] of this.#segments) {
      if (count === null) this.#batch.del(segmentKey(segment));
      else this.#batch.put(segmentKey(segment), encodeJson(count));
    }
    const seq = this.#sources.before.seq + this.#events.length;
    const record: CommitRecord = {
      seq,
      firstSeq: this.#firstSeq,
      firstAcceptSeq: this.#firstAcceptSeq ?? seq + 1,
      end,
      messages: this.#messageCount,
      pending: this.#pending,
    };
    this.#batch.put(COMMIT_KEY, encodeJson(record));
    return { record, events: this.#events, accepted: this.#accepted.size, schedule: this.#schedule, messages, segments: this.#segments };
  }

  #draft(stored: StoredMessage): Draft {
    const { id } = stored.message;
    const existing = this.#drafts.get(id);
    if (existing !== undefined) return existing;
    const draft: Draft = {
      base: stored,
      message: stored.message,
      recipients: [...stored.recipients],
      seqs: [...stored.seqs],
      changed: new Set(),
      contentErased: stored.contentErased,
      location: stored.location,
    };
    this.#drafts.set(id, draft);
    return draft;
  }

  #append(draft: EventDraft, at: number, message: PreparedMessage | undefined, id: MessageId | undefined): FeedEvent {
    const event: Writable<FeedEvent> = { ...draft, seq: this.#sources.before.seq + this.#events.length + 1, at };
    if (id !== undefined) event.message = id;
    if (message !== undefined) {
      const { document, documentType, contact, administration, template, stream, run } = message.references;
      event.account = message.account;
      if (document !== null) event.document = document;
      if (documentType !== null) event.documentType = documentType;
      if (contact !== null) event.contact = contact;
      if (administration !== null) event.administration = administration;
      if (template !== null) event.template = template;
      if (stream !== null) event.stream = stream;
      if (run !== undefined) event.run = run.name;
      if (message.origin !== undefined) event.origin = message.origin;
    }
    this.#events.push(event);
    this.#batch.put(eventKey(event.seq), encodeJson(event));
    return event;
  }

  #tellSchedule(message: PreparedMessage, recipient: RecipientRecord): void {
    this.#schedule.push({ message: message.id, index: recipient.index, scheduled: scheduledOf(message, recipient) });
  }

  #writeDraft(draft: Draft): StoredMessage {
    const { base, message, recipients, seqs, changed, contentErased, location } = draft;
    const { inverted } = base;
    const stored: StoredMessage = { ...base, message, recipients, seqs, contentErased, location };
    for (const index of changed) {
      const record = recipients[index];
      const before = base.recipients[index];
      if (record === undefined || before === undefined) continue;
      const wasPending = isPending(before.state);
      const pending = isPending(record.state);
      if (pending) this.#batch.put(pendingKey(message.id, index), encodePending(record, message));
      else this.#batch.put(doneKey(inverted, index), encodeDone(record));
      if (wasPending && !pending) this.#batch.del(pendingKey(message.id, index));
      if (!wasPending && pending) this.#batch.del(doneKey(inverted, index));
      this.#pending += Number(pending) - Number(wasPending);
      this.#markUnended(message.id, before, record);
    }
    if (changed.size > 0) this.#writeStates(base, recipients);
    if (seqs.length !== base.seqs.length || contentErased !== base.contentErased || statusDiffers(base, recipients, changed)) {
      this.#batch.put(statusKey(inverted), encodeStatus(statusOf(stored)));
    }
    return stored;
  }

  /** A crash must not leave an attempt that nobody ends: what is out of the queue is not looked at otherwise. */
  #markUnended(id: MessageId, before: RecipientRecord, record: RecipientRecord): void {
    const was = isUnended(before);
    if (was === isUnended(record)) return;
    if (was) this.#batch.del(unendedKey(id, record.index));
    else this.#batch.put(unendedKey(id, record.index), NO_VALUE);
  }

  #writeStates(base: StoredMessage, recipients: readonly RecipientRecord[]): void {
    const before = indexedStates(base.recipients);
    const after = indexedStates(recipients);
    for (const state of before) if (!after.has(state)) this.#batch.del(indexKey('state', state, base.inverted));
    for (const state of after) if (!before.has(state)) this.#batch.put(indexKey('state', state, base.inverted), NO_VALUE);
  }
}

/** Keys of all attempts of a message that were begun. */
export function attemptKeysOf({ inverted, recipients }: StoredMessage): string[] {
  return recipients.flatMap(({ index, attempts }) => Array.from({ length: attempts }, (_, i) => attemptKey(inverted, index, i + 1)));
}

function countStates(recipients: readonly RecipientRecord[]): Partial<Record<RecipientState, number>> {
  const counts: Partial<Record<RecipientState, number>> = {};
  for (const { state } of recipients) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** No longer in the queue, and an attempt of it runs. */
function isUnended({ state, attempting }: RecipientRecord): boolean {
  return attempting !== null && !isPending(state);
}

function statusDiffers(base: StoredMessage, recipients: readonly RecipientRecord[], changed: ReadonlySet<number>): boolean {
  for (const index of changed) {
    const before = base.recipients[index];
    const after = recipients[index];
    if (before?.state !== after?.state || before?.failure?.category !== after?.failure?.category) return true;
  }
  return false;
}

/** How many recipients by domain, as `message.accepted` tells. */
function domainsOf(message: PreparedMessage): Record<string, number> {
  // Without prototype: each set of domains as a plain object would be a shape of its own to the engine.
  const domains: Record<string, number> = Object.create(null);
  for (const { address } of message.envelope.recipients) {
    const domain = asciiDomainOf(address);
    domains[domain] = (domains[domain] ?? 0) + 1;
  }
  return domains;
}
