/**
 * How messages, recipients and their status are laid out as values. Pure.
 *
 * A message is a fixed head and the JSON of its PreparedMessage, the same octets as the header of
 * its entry in the spool until what it is about is changed. A recipient has no record of its own but `q` while it is pending and `r`
 * after; the status in one value tells which, so that a list costs two gets a message.
 */
import type { Address } from '../../domain/address.ts';
import type { MessageId, ReportId } from '../../domain/ids.ts';
import { invertId } from '../../domain/ids.ts';
import type { AcceptedMessage, PreparedMessage, References } from '../../domain/message.ts';
import type { ScheduledRecipient } from '../../domain/ports.ts';
import {
  type Attempt,
  type Confidence,
  type Failure,
  isPending,
  newRecipient,
  type RecipientRecord,
  type RecipientState,
} from '../../domain/recipient.ts';
import { wholeReferences } from '../../domain/references.ts';
import type { Category } from '../../domain/reply.ts';
import type { SpoolLocation } from '../spool/types.ts';
import { decodeJson, encodeJson, payloadOf, seal, VALUE_HEAD } from './codec.ts';

/** A message with everything that changes about it, as the committer holds it. Never changed in place. */
export interface StoredMessage {
  readonly message: AcceptedMessage;
  /** The id, inverted. */
  readonly inverted: string;
  /** Sequence number of its `message.accepted`. */
  readonly seq: number;
  readonly location: SpoolLocation;
  readonly contentErased: boolean;
  readonly recipients: readonly RecipientRecord[];
  /** Sequence numbers of its events after the first. */
  readonly seqs: readonly number[];
}

// Numbers on disk: never given a new meaning, only added to.
const STATES = [
  'queued',
  'deferred',
  'held',
  'transferred',
  'delivered',
  'failed',
  'expired',
  'cancelled',
  'suppressed',
] as const satisfies readonly RecipientState[];
const CONFIDENCES = [
  'recorded',
  'accepted-by-provider',
  'accepted-by-recipient-server',
  'confirmed',
  'quiet-period-passed',
  'contradicted',
] as const satisfies readonly Confidence[];
const CATEGORIES = [
  'mailbox-unknown',
  'domain-unknown',
  'mailbox-full',
  'mailbox-disabled',
  'too-big',
  'blocked',
  'auth',
  'spam',
  'virus',
  'policy',
  'rate',
  'transient',
  'unknown',
] as const satisfies readonly Category[];

/** Of each kind, everything there is has a number: the tables above are complete. */
type Complete<All, Listed> = Exclude<All, Listed> extends never ? true : never;
const COMPLETE: [
  Complete<RecipientState, (typeof STATES)[number]>,
  Complete<Confidence, (typeof CONFIDENCES)[number]>,
  Complete<Category, (typeof CATEGORIES)[number]>,
] = [true, true, true];
void COMPLETE;

// ── Message ──

const HEAD = { seq: 0, dueAt: 6, expireAt: 14, segment: 22, offset: 28, length: 34, size: 40, sha256: 46, end: 78 } as const;

/** What a message's record says that never changes. */
export interface MessageRecord {
  readonly message: AcceptedMessage;
  readonly seq: number;
  readonly dueAt: number;
  readonly expireAt: number;
  readonly location: SpoolLocation;
}

export interface MessageHead extends Omit<MessageRecord, 'message'> {
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

export function encodeMessage(json: Buffer, head: MessageHead): Buffer {
  const value = Buffer.allocUnsafe(VALUE_HEAD + HEAD.end + json.length);
  const at = VALUE_HEAD;
  value.writeUIntLE(head.seq, at + HEAD.seq, 6);
  value.writeDoubleLE(head.dueAt, at + HEAD.dueAt);
  value.writeDoubleLE(head.expireAt, at + HEAD.expireAt);
  value.writeUIntLE(head.location.segment, at + HEAD.segment, 6);
  value.writeUIntLE(head.location.offset, at + HEAD.offset, 6);
  value.writeUIntLE(head.location.length, at + HEAD.length, 6);
  value.writeUIntLE(head.size, at + HEAD.size, 6);
  value.write(head.sha256, at + HEAD.sha256, 'hex');
  json.copy(value, at + HEAD.end);
  return seal(value);
}

export function decodeMessage(key: string, value: Buffer): MessageRecord {
  const payload = payloadOf(key, value);
  const prepared = JSON.parse(payload.toString('utf8', HEAD.end)) as PreparedMessage;
  return {
    message: Object.assign(prepared, {
      references: wholeReferences(prepared.references),
      size: payload.readUIntLE(HEAD.size, 6),
      sha256: payload.toString('hex', HEAD.sha256, HEAD.end),
    }),
    seq: payload.readUIntLE(HEAD.seq, 6),
    dueAt: payload.readDoubleLE(HEAD.dueAt),
    expireAt: payload.readDoubleLE(HEAD.expireAt),
    location: {
      segment: payload.readUIntLE(HEAD.segment, 6),
      offset: payload.readUIntLE(HEAD.offset, 6),
      length: payload.readUIntLE(HEAD.length, 6),
    },
  };
}

/** The JSON of a message's record, its checksum not looked at. */
export function messageJsonOf(value: Buffer): Buffer {
  return value.subarray(VALUE_HEAD + HEAD.end);
}

/** The same record with other references in it. */
export function rereferMessage(key: string, value: Buffer, references: References): Buffer {
  return rewriteMessage(key, value, (prepared) => ({ ...prepared, references }));
}

/** The same record of a message that says something else: what it was in JSON, `change`d. */
export function rewriteMessage(key: string, value: Buffer, change: (prepared: PreparedMessage) => PreparedMessage): Buffer {
  const payload = payloadOf(key, value);
  const json = Buffer.from(JSON.stringify(change(JSON.parse(payload.toString('utf8', HEAD.end)) as PreparedMessage)));
  const changed = Buffer.allocUnsafe(VALUE_HEAD + HEAD.end + json.length);
  payload.copy(changed, VALUE_HEAD, 0, HEAD.end);
  json.copy(changed, VALUE_HEAD + HEAD.end);
  return seal(changed);
}

/** The same record with its content at another place in the spool. */
export function moveMessage(key: string, value: Buffer, location: SpoolLocation): Buffer {
  const moved = Buffer.from(value);
  const at = moved.length - payloadOf(key, value).length;
  moved.writeUIntLE(location.segment, at + HEAD.segment, 6);
  moved.writeUIntLE(location.offset, at + HEAD.offset, 6);
  moved.writeUIntLE(location.length, at + HEAD.length, 6);
  return seal(moved);
}

// ── Status ──

export interface RecipientStatus {
  readonly state: RecipientState;
  readonly category: Category | null;
}

export interface Status {
  readonly contentErased: boolean;
  readonly recipients: readonly RecipientStatus[];
  /** Sequence numbers of the message's events after the first. */
  readonly seqs: readonly number[];
}

const ERASED = 1;
const STATUS_HEAD = 5;

/** What the status is written from; `seq`: of the message's first event. */
export type StatusSource = Status & { readonly seq: number };

export function statusOf({ seq, contentErased, recipients, seqs }: StoredMessage): StatusSource {
  return { seq, contentErased, recipients: recipients.map(({ state, failure }) => ({ state, category: failure?.category ?? null })), seqs };
}

/** Two octets a recipient, then the distances between the sequence numbers, seven bits an octet. */
export function encodeStatus(stored: StatusSource): Buffer {
  const { recipients, seqs } = stored;
  const value = Buffer.allocUnsafe(VALUE_HEAD + STATUS_HEAD + recipients.length * 2 + seqs.length * 8);
  let at = VALUE_HEAD;
  at = value.writeUInt8(stored.contentErased ? ERASED : 0, at);
  at = value.writeUInt32LE(recipients.length, at);
  for (const { state, category } of recipients) {
    at = value.writeUInt8(STATES.indexOf(state), at);
    at = value.writeUInt8(category === null ? 0 : CATEGORIES.indexOf(category) + 1, at);
  }
  let before = stored.seq;
  for (const seq of seqs) {
    let distance = seq - before;
    before = seq;
    while (distance >= 128) {
      at = value.writeUInt8((distance % 128) | 128, at);
      distance = Math.floor(distance / 128);
    }
    at = value.writeUInt8(distance, at);
  }
  return seal(value.subarray(0, at));
}

export function decodeStatus(key: string, value: Buffer, seq: number): Status {
  const payload = payloadOf(key, value);
  const count = payload.readUInt32LE(1);
  const recipients: RecipientStatus[] = [];
  let at = STATUS_HEAD;
  for (let i = 0; i < count; i++, at += 2) {
    const category = payload.readUInt8(at + 1);
    recipients.push({
      state: STATES[payload.readUInt8(at)] ?? 'queued',
      category: category === 0 ? null : (CATEGORIES[category - 1] ?? 'unknown'),
    });
  }
  const seqs: number[] = [];
  let before = seq;
  for (let distance = 0, scale = 1; at < payload.length; at++) {
    const octet = payload.readUInt8(at);
    distance += (octet & 127) * scale;
    scale *= 128;
    if (octet >= 128) continue;
    before += distance;
    seqs.push(before);
    distance = 0;
    scale = 1;
  }
  return { contentErased: (payload.readUInt8(0) & ERASED) !== 0, recipients, seqs };
}

/** Whether the content is erased, from a status value, without reading the rest. */
export function isContentErased(value: Buffer): boolean {
  return ((value[VALUE_HEAD] ?? 0) & ERASED) !== 0;
}

/** The status of a message that has no status record yet: nothing has happened to it. */
export function initialStatus(message: PreparedMessage): Status {
  return { contentErased: false, recipients: message.envelope.recipients.map(() => ({ state: 'queued', category: null })), seqs: [] };
}

// ── Recipients ──

type PackedAttempting = [number: number, at: number, nextHop: string, leaseUntil: number];
type PackedRecipient = [
  state: number,
  stateSince: number,
  confidence: number,
  attempts: number,
  attempting: PackedAttempting | 0,
  nextAttemptAt: number | null,
  expireAt: number,
  failure: Failure | 0,
  reports: readonly ReportId[] | 0,
];
/** Of one that is out of the queue; `delayedAt`: absent where no delay was reported. */
type PackedDone = [...PackedRecipient, delayedAt?: number];
/** What the schedule needs beside: it is loaded without the messages. */
type PackedPending = [
  ...PackedRecipient,
  address: string,
  sender: string | null,
  account: string,
  class_: string | null,
  /** Bits: released, sent again. Absent: none. */
  marks?: number,
];
const RELEASED = 1;
const RESENT = 2;

function pack(record: RecipientRecord): PackedRecipient {
  const { attempting } = record;
  return [
    STATES.indexOf(record.state),
    record.stateSince,
    CONFIDENCES.indexOf(record.confidence),
    record.attempts,
    attempting === null ? 0 : [attempting.number, attempting.at, attempting.nextHop, attempting.leaseUntil],
    record.nextAttemptAt,
    record.expireAt,
    record.failure ?? 0,
    record.reports.length === 0 ? 0 : record.reports,
  ];
}

export function encodeDone(record: RecipientRecord): Buffer {
  const packed: PackedDone = pack(record);
  return encodeJson(record.delayedAt === undefined ? packed : [...packed, record.delayedAt]);
}

export function encodePending(record: RecipientRecord, message: PreparedMessage): Buffer {
  const packed: PackedPending = [...pack(record), record.address, senderOf(message), message.account, message.references.class];
  const marks = (record.released === true ? RELEASED : 0) | (message.origin === 'resend' ? RESENT : 0);
  return encodeJson(marks === 0 ? packed : [...packed, marks]);
}

/** The record of a recipient, from its value under `q` or `r`. */
export function decodeRecipient(key: string, value: Buffer, index: number, address: Address): RecipientRecord {
  const packed = decodeJson<PackedDone | PackedPending>(key, value);
  const [state, stateSince, confidence, attempts, attempting, nextAttemptAt, expireAt, failure, reports, more] = packed;
  const marks = packed[13] ?? 0;
  return {
    index,
    address,
    state: STATES[state] ?? 'queued',
    stateSince,
    confidence: CONFIDENCES[confidence] ?? 'recorded',
    attempts,
    attempting: attempting === 0 ? null : { number: attempting[0], at: attempting[1], nextHop: attempting[2], leaseUntil: attempting[3] },
    nextAttemptAt,
    expireAt,
    failure: failure === 0 ? null : failure,
    reports: reports === 0 ? [] : reports,
    ...((marks & RELEASED) === 0 ? {} : { released: true as const }),
    // Of one in the queue its address stands there.
    ...(typeof more === 'number' ? { delayedAt: more } : {}),
  };
}

/** What the scheduler is told, from a value under `q` alone. */
export function decodeScheduled(key: string, value: Buffer, message: MessageId, index: number): ScheduledRecipient {
  const packed = decodeJson<PackedPending>(key, value);
  const [code, , , attempts, attempting, nextAttemptAt, expireAt, , , address, sender, account, class_, marks = 0] = packed;
  const state = STATES[code];
  const pending = state !== undefined && isPending(state) ? state : 'queued';
  return {
    message,
    index,
    state: pending,
    dueAt: pending === 'held' ? null : nextAttemptAt,
    expireAt,
    attempts,
    address: address as Address,
    sender: sender as Address | null,
    account,
    class: class_,
    resent: (marks & RESENT) !== 0,
    released: (marks & RELEASED) !== 0,
    attempting: attempting !== 0,
  };
}

/** The state of a pending recipient and whether an attempt runs, from its value, without reading the rest. */
export function peekPending(value: Buffer): { readonly state: 'queued' | 'deferred' | 'held'; readonly attempting: boolean } {
  // `[state,stateSince,confidence,attempts,attempting`: numbers up to the fifth, which is 0 or an array.
  let at = VALUE_HEAD + 1;
  const state = STATES[(value[at] ?? 0) - DIGIT_ZERO];
  for (let commas = 0; commas < 4 && at < value.length; at++) if (value[at] === COMMA) commas++;
  return { state: state !== undefined && isPending(state) ? state : 'queued', attempting: value[at] === BRACKET };
}

const DIGIT_ZERO = 0x30;
const COMMA = 0x2c;
const BRACKET = 0x5b;

export function senderOf(message: PreparedMessage): Address | null {
  const path = message.envelope.reversePath;
  return path.kind === 'null' ? null : path.address;
}

/** What the scheduler is told of a recipient; null when it is no longer pending. */
export function scheduledOf(message: PreparedMessage, record: RecipientRecord): ScheduledRecipient | null {
  const { state } = record;
  if (!isPending(state)) return null;
  return {
    message: message.id,
    index: record.index,
    state,
    dueAt: state === 'held' ? null : record.nextAttemptAt,
    expireAt: record.expireAt,
    attempts: record.attempts,
    address: record.address,
    sender: senderOf(message),
    account: message.account,
    class: message.references.class,
    resent: message.origin === 'resend',
    released: record.released === true,
    attempting: record.attempting !== null,
  };
}

/** A message as it stands right after acceptance. */
export function newStored(record: MessageRecord): StoredMessage {
  const { message, seq, location } = record;
  return {
    message,
    inverted: invertId(message.id),
    seq,
    location,
    contentErased: false,
    recipients: message.envelope.recipients.map(({ address }, index) => initialRecipient(record, address, index)),
    seqs: [],
  };
}

export function initialRecipient(record: MessageRecord, address: Address, index: number): RecipientRecord {
  return newRecipient({ index, address, acceptedAt: record.message.acceptedAt, dueAt: record.dueAt, expireAt: record.expireAt });
}

/** The attempt that runs, as `transition` wrote it when it began; null when none does. */
export function runningAttempt({ attempting }: RecipientRecord): Attempt | null {
  if (attempting === null) return null;
  return {
    number: attempting.number,
    at: attempting.at,
    durationMs: null,
    nextHop: attempting.nextHop,
    address: null,
    tls: null,
    outcome: null,
    reply: null,
    phase: null,
    ambiguous: false,
    error: null,
  };
}
