/**
 * All keys of the register, built here and nowhere else. Keys are text (UTF-8 in LevelDB, which
 * orders by octets); the first character names the family. `~id` is an id inverted (invertId), so
 * that iterating forward goes from the newest to the oldest.
 *
 *     !name                     identity, commit record, cursor of the statistics
 *     a ~id index number        attempt, ended
 *     d id                      signal delivery
 *     D signal 0 ~time 0 id     signal deliveries by signal, newest first
 *     e seq                     event of the feed
 *     f fingerprint             reports that bear it, each with what it was tied to
 *     g segment                 what lives in a segment of the spool
 *     h group hour account 0 value     statistics; of some groups by day too, of others by day alone
 *     i name value 0 ~id        index of messages; of reports by `matched`
 *     k kind name               administrative record
 *     l ~id                     entry of the audit log
 *     L name value 0 ~id        index of the audit log
 *     m ~id                     message
 *     o id                      signal delivery that is pending
 *     p ~id                     report
 *     q id index                recipient that is pending; there iff isPending(state)
 *     r ~id index               recipient that is not pending
 *     s ~id                     status: state and category by recipient, its events
 *     u id index                recipient that left the queue while an attempt of it ran; until that ends
 *     v seq id                  signal delivery by the event it tells of
 *     w word 0 ~id              message by word
 *     x digest                  key of a request: which message was accepted with it
 *     X until digest            keys of requests by the end of their time
 *     y seq                     seal over the events up to that one
 *     Y seq                     leaves under that seal
 *
 * Values in keys are escaped, so that none contains the separator (octet 0), and bounded in
 * length: of a long one the head and a hash are kept. An index therefore may only be too wide,
 * and every hit is checked against the record.
 */
import { createHash } from 'node:crypto';

const SEPARATOR = '\x00';
/** After every key that has the prefix in front of it. */
const LAST = '\u{10ffff}';
const VALUE_LIMIT = 120;
const VALUE_HEAD = 64;
const ID_LENGTH = 26;
const INDEX_WIDTH = 3;
const NUMBER_WIDTH = 4;
const SEQ_WIDTH = 15;
const HOUR_WIDTH = 8;
/** The greatest number of `SEQ_WIDTH` digits. */
export const LAST_TIME = 999_999_999_999_999;

const NEEDS_ESCAPE = /[\x00\x01]/;

export const IDENTITY_KEY = '!identity';
export const COMMIT_KEY = '!commit';
export const STATISTICS_CURSOR_KEY = '!counters';
export const ACCEPT_KEYS_SWEPT_KEY = '!accept-keys';

/** A range of keys, bounds included or not as in `abstract-level`. */
export interface KeyRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
}

export function prefixRange(prefix: string): KeyRange {
  return { gte: prefix, lt: prefix + LAST };
}

/** What of a range comes after `key`; all of it when that is null. */
export function after(range: KeyRange, key: string | null): KeyRange {
  if (key === null) return range;
  const { gte: _, ...rest } = range;
  return { ...rest, gt: key };
}

function base36(value: number, width: number): string {
  return value.toString(36).padStart(width, '0');
}

/** A value as it stands in a key. */
export function keyValue(value: string): string {
  const escaped = NEEDS_ESCAPE.test(value) ? value.replaceAll('\x01', '\x01\x02').replaceAll('\x00', '\x01\x03') : value;
  if (escaped.length <= VALUE_LIMIT) return escaped;
  return `${escaped.slice(0, VALUE_HEAD)}\x01\x04${createHash('sha256').update(escaped).digest('hex').slice(0, 40)}`;
}

// ── Messages ──

export const MESSAGES = prefixRange('m');
export const STATUSES = prefixRange('s');

export function messageKey(inverted: string): string {
  return `m${inverted}`;
}

export function statusKey(inverted: string): string {
  return `s${inverted}`;
}

export function doneKey(inverted: string, index: number): string {
  return `r${inverted}${base36(index, INDEX_WIDTH)}`;
}

export function attemptKey(inverted: string, index: number, number: number): string {
  return `a${inverted}${base36(index, INDEX_WIDTH)}${base36(number, NUMBER_WIDTH)}`;
}

export function attemptRange(inverted: string): KeyRange {
  return prefixRange(`a${inverted}`);
}

/** Recipient index of an attempt's key. */
export function attemptIndexOf(key: string): number {
  return Number.parseInt(key.slice(1 + ID_LENGTH, 1 + ID_LENGTH + INDEX_WIDTH), 36);
}

// ── Schedule ──

export const PENDING = prefixRange('q');

export function pendingKey(id: string, index: number): string {
  return `q${id}${base36(index, INDEX_WIDTH)}`;
}

export const UNENDED = prefixRange('u');

export function unendedKey(id: string, index: number): string {
  return `u${id}${base36(index, INDEX_WIDTH)}`;
}

/** Of `q` and `u`. */
export function pendingKeyParts(key: string): { id: string; index: number } {
  return { id: key.slice(1, 1 + ID_LENGTH), index: Number.parseInt(key.slice(1 + ID_LENGTH), 36) };
}

// ── Feed ──

export const EVENTS = prefixRange('e');

export function eventKey(seq: number): string {
  return `e${String(seq).padStart(SEQ_WIDTH, '0')}`;
}

export function eventSeqOf(key: string): number {
  return Number(key.slice(1));
}

/** Events after `after`. */
export function eventsAfter(after: number): KeyRange {
  return { gt: eventKey(after), lt: `e${LAST}` };
}

// ── Ledger ──

export const SEALS = prefixRange('y');
export const LEAVES = prefixRange('Y');

/** `to`: number of the last event under it. */
export function sealKey(to: number): string {
  return `y${String(to).padStart(SEQ_WIDTH, '0')}`;
}

export function leavesKey(to: number): string {
  return `Y${String(to).padStart(SEQ_WIDTH, '0')}`;
}

/** Of the last event under a seal: of its key or that of its leaves. */
export function leavesSeqOf(key: string): number {
  return Number(key.slice(1));
}

/** Seals whose last event comes after `after`. */
export function sealsAfter(after: number): KeyRange {
  return { gt: sealKey(Math.max(0, after)), lt: `y${LAST}` };
}

// ── Indexes ──

/** Each index with the character that stands for it in keys; never given a new meaning. */
const INDEX_CODES = {
  state: 's',
  recipient: 'r',
  domain: 'd',
  sender: 'f',
  account: 'a',
  template: 't',
  document: 'n',
  documentType: 'y',
  contact: 'c',
  administration: 'b',
  stream: 'p',
  tag: 'g',
  messageId: 'i',
  matched: 'm',
  /** ENVID as the sender gave it; of messages accepted since it is kept. */
  envelopeId: 'e',
  /** What the next hops' replies named the message. */
  remoteId: 'o',
} as const;
export type IndexName = keyof typeof INDEX_CODES;

/** All keys of an index value begin so; what follows is the inverted id. */
export function indexPrefix(name: IndexName, value: string): string {
  return `i${INDEX_CODES[name]}${keyValue(value)}${SEPARATOR}`;
}

export function indexKey(name: IndexName, value: string, inverted: string): string {
  return indexPrefix(name, value) + inverted;
}

/** The inverted id at the end of an index or word key. */
export function invertedIdOf(key: string): string {
  return key.slice(-ID_LENGTH);
}

export function wordPrefix(word: string): string {
  return `w${word}${SEPARATOR}`;
}

export function wordKey(word: string, inverted: string): string {
  return `w${word}${SEPARATOR}${inverted}`;
}

/** All words that begin with `prefix`. */
export function wordRange(prefix: string): KeyRange {
  return prefixRange(`w${prefix}`);
}

/** The word of a word key. */
export function wordOf(key: string): string {
  return key.slice(1, -ID_LENGTH - 1);
}

/** The first key after every key of `word`. */
export function afterWord(word: string): string {
  return `w${word}\x01`;
}

// ── Reports ──

export const REPORTS = prefixRange('p');

export function reportKey(inverted: string): string {
  return `p${inverted}`;
}

export const FINGERPRINTS = prefixRange('f');

export function fingerprintKey(fingerprint: string): string {
  return `f${fingerprint}`;
}

// ── Signals ──

export const PENDING_SIGNALS = prefixRange('o');

export function signalKey(id: string): string {
  return `d${id}`;
}

export function pendingSignalKey(id: string): string {
  return `o${id}`;
}

export function signalPrefix(signal: string): string {
  return `D${keyValue(signal)}${SEPARATOR}`;
}

export function signalOrderKey(delivery: { readonly signal: string; readonly createdAt: number; readonly id: string }): string {
  const inverted = String(LAST_TIME - delivery.createdAt).padStart(SEQ_WIDTH, '0');
  return `${signalPrefix(delivery.signal)}${inverted}${SEPARATOR}${delivery.id}`;
}

/** Deliveries that tell of the event. */
export function signalsOfEvent(seq: number): KeyRange {
  return prefixRange(signalEventPrefix(seq));
}

export const SIGNALS_BY_EVENT = prefixRange('v');

export function signalEventKey({ seq, id }: { readonly seq: number; readonly id: string }): string {
  return signalEventPrefix(seq) + id;
}

export function deliveryOfEventKey(key: string): string {
  return key.slice(1 + SEQ_WIDTH);
}

function signalEventPrefix(seq: number): string {
  return `v${String(seq).padStart(SEQ_WIDTH, '0')}`;
}

/** When the delivery of an order key was made, and its id. */
export function signalTimeOf(key: string): { readonly createdAt: number; readonly id: string } {
  const at = key.indexOf(SEPARATOR) + 1;
  const inverted = Number(key.slice(at, at + SEQ_WIDTH));
  return { createdAt: LAST_TIME - inverted, id: key.slice(at + SEQ_WIDTH + 1) };
}

/** The delivery's id in an order key, given the key's prefix. */
export function signalIdOf(key: string, prefix: string): string {
  return key.slice(prefix.length + SEQ_WIDTH + 1);
}

// ── Audit log ──

export const AUDITS = prefixRange('l');

export function auditKey(inverted: string): string {
  return `l${inverted}`;
}

/** Each index with the character that stands for it in keys; never given a new meaning. */
const AUDIT_INDEX_CODES = { by: 'b', action: 'a', subject: 's' } as const;
export type AuditIndexName = keyof typeof AUDIT_INDEX_CODES;

/** All index keys of the audit log. */
export const AUDIT_INDEX = prefixRange('L');

/** Of an index value; what follows is the inverted id. */
export function auditIndexPrefix(name: AuditIndexName, value: string): string {
  return `L${AUDIT_INDEX_CODES[name]}${keyValue(value)}${SEPARATOR}`;
}

// ── Keys of requests ──

export const ACCEPT_KEYS = prefixRange('x');
export const ACCEPT_KEY_ORDER = prefixRange('X');

export function acceptKeyKey(digest: string): string {
  return `x${digest}`;
}

export function acceptKeyDigestOf(key: string): string {
  return key.slice(1);
}

export function acceptKeyOrderKey(until: number, digest: string): string {
  return `X${timeText(until)}${digest}`;
}

export function acceptKeyOrderParts(key: string): { readonly until: number; readonly digest: string } {
  return { until: Number(key.slice(1, 1 + SEQ_WIDTH)), digest: key.slice(1 + SEQ_WIDTH) };
}

/** Order keys of those that end from `from` on, up to and with `to`. */
export function acceptKeysUntil(from: number, to: number): KeyRange {
  return { gte: `X${timeText(from)}`, lt: `X${timeText(to + 1)}` };
}

/** Whole milliseconds, in a width that sorts. */
function timeText(ms: number): string {
  return String(Math.min(Math.max(0, Math.floor(ms)), LAST_TIME)).padStart(SEQ_WIDTH, '0');
}

// ── The rest ──

export const COLLECTION_KINDS = {
  cleanupRuns: '1',
  consumers: 'c',
  erasures: '3',
  /** What is kept of an address' failures; suppressing.ts. */
  failures: 'f',
  legalHolds: '2',
  mailboxes: 'b',
  nextHops: 'h',
  runs: '6',
  streams: 'e',
  sessions: 'a',
  uses: 'l',
  mtaStsPolicies: 'm',
  /** What is to be kept and shown to nobody, such as the salt of erasures. */
  secrets: '5',
  signalChannels: 'x',
  signalMembers: 'y',
  signalRecords: 'z',
  signalStates: 'w',
  suppressions: 's',
  tokens: 't',
  users: 'u',
  views: 'v',
} as const;
export type CollectionKind = keyof typeof COLLECTION_KINDS;

export function collectionRange(kind: CollectionKind): KeyRange {
  return prefixRange(`k${COLLECTION_KINDS[kind]}`);
}

export function collectionKey(kind: CollectionKind, name: string): string {
  return `k${COLLECTION_KINDS[kind]}${name}`;
}

export function collectionNameOf(key: string): string {
  return key.slice(2);
}

export const SEGMENTS = prefixRange('g');

export function segmentKey(segment: number): string {
  return `g${String(segment).padStart(10, '0')}`;
}

export function segmentOf(key: string): number {
  return Number(key.slice(1));
}

export const STATISTICS_GROUPS = { account: 'a', template: 't', domain: 'd' } as const;
export type HourlyDimension = keyof typeof STATISTICS_GROUPS;
/** Those that are added up by day as well, and those that are counted by day alone. */
const DAILY_GROUPS = { account: 'A', template: 'T', reason: 'R', source: 'S', nextHop: 'N', delay: 'L' } as const;
export type DailyDimension = keyof typeof DAILY_GROUPS;
export type StatisticsDimension = HourlyDimension | DailyDimension;

export function isDaily(dimension: StatisticsDimension): dimension is DailyDimension {
  return dimension in DAILY_GROUPS;
}

export function isHourly(dimension: StatisticsDimension): dimension is HourlyDimension {
  return dimension in STATISTICS_GROUPS;
}

export interface StatisticsKeyParts {
  /** Hours since 1970. */
  readonly hour: number;
  readonly account: string;
  readonly dimension: HourlyDimension;
  readonly value: string;
}

export function statisticsKey({ hour, account, dimension, value }: StatisticsKeyParts): string {
  const at = String(hour).padStart(HOUR_WIDTH, '0');
  return `h${STATISTICS_GROUPS[dimension]}${at}${keyValue(account)}${SEPARATOR}${keyValue(value)}`;
}

/** Counters of a group in the hours from `from` up to, not including, `to`. */
export function statisticsRange(dimension: HourlyDimension, from: number, to: number): KeyRange {
  const family = `h${STATISTICS_GROUPS[dimension]}`;
  return { gte: family + String(from).padStart(HOUR_WIDTH, '0'), lt: family + String(to).padStart(HOUR_WIDTH, '0') };
}

/** `day`: days since 1970, in the place of the hour. */
export function dailyKey({
  day,
  account,
  dimension,
  value,
}: Omit<StatisticsKeyParts, 'hour' | 'dimension'> & { readonly day: number; readonly dimension: DailyDimension }): string {
  return `h${DAILY_GROUPS[dimension]}${String(day).padStart(HOUR_WIDTH, '0')}${keyValue(account)}${SEPARATOR}${keyValue(value)}`;
}

/** Counters of whole days from `from` up to, not including, `to`. */
export function dailyRange(dimension: DailyDimension, from: number, to: number): KeyRange {
  const family = `h${DAILY_GROUPS[dimension]}`;
  return { gte: family + String(from).padStart(HOUR_WIDTH, '0'), lt: family + String(to).padStart(HOUR_WIDTH, '0') };
}
