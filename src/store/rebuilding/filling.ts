/**
 * Fills a new register from the entries of a spool: the same records, indexes and events that
 * accepting makes, and each recipient held.
 */
import { invertId, type MessageId, parseMessageId } from '../../domain/ids.ts';
import type { PreparedMessage } from '../../domain/message.ts';
import type { ReportRecord } from '../../domain/ports.ts';
import { decodeJson, encodeJson } from '../level/codec.ts';
import type { Database } from '../level/database.ts';
import { fingerprintKey, messageKey, reportKey, segmentKey } from '../level/keys.ts';
import { MessageLoader } from '../level/loader.ts';
import { decodeMessage } from '../level/records.ts';
import { type StoredReport, stageReportRecord } from '../level/reports.ts';
import { type CommitRecord, EMPTY_COMMIT, type SegmentCount, Transaction } from '../level/transaction.ts';
import type { ScannedEntry, SpoolEnd, SpoolLocation } from '../spool/spool.ts';
import type { OldRegister } from './old-register.ts';

/** Why recipients are held. */
export const HELD_REASON = 'rebuilt from the spool: whether it was sent before is not known';
const HELD_DAMAGED = `${HELD_REASON}; its content is damaged`;
/** How long a recipient is tried once a person has released it: RFC 5321 §4.5.4.1 asks for 4 to 5 days. */
const EXPIRES_AFTER = 5 * 24 * 3_600_000;
/** Bounds of one batch. */
const BATCH_ENTRIES = 200;
const BATCH_RECIPIENTS = 2000;

export interface FillCounts {
  messages: number;
  recipients: number;
  reports: number;
  /** Of these: tied by what the old register knew. */
  reportsTied: number;
  /** Entries with an erased mark. */
  erased: number;
  /** Messages whose content does not match its SHA-256. */
  damagedContents: number;
  /** Entries whose header is no message or report, or one that was there before. */
  unreadable: number;
}

type Item =
  | { readonly kind: 'message'; readonly message: PreparedMessage; readonly entry: ScannedEntry }
  | { readonly kind: 'report'; readonly report: ReportRecord; readonly fingerprint: string | undefined; readonly entry: ScannedEntry };

export class Filling {
  readonly counts: FillCounts = { messages: 0, recipients: 0, reports: 0, reportsTied: 0, erased: 0, damagedContents: 0, unreadable: 0 };
  readonly segments = new Map<number, SegmentCount>();
  /** The highest that was seen. */
  group = 0;
  /** Entries that stand in the spool a second time, as a clean-up that was interrupted leaves them. */
  readonly duplicates: SpoolLocation[] = [];
  readonly #damaged = new Set<string>();
  readonly #database: Database;
  readonly #now: number;
  readonly #ties: OldRegister['ties'];
  #record: CommitRecord;
  #waiting: Item[] = [];
  #recipients = 0;

  /** `lastSeq`: the feed begins after it. */
  constructor(options: {
    readonly database: Database;
    readonly lastSeq: number;
    readonly now: number;
    readonly ties: OldRegister['ties'];
  }) {
    const { database, lastSeq, now, ties } = options;
    this.#database = database;
    this.#ties = ties;
    this.#now = now;
    this.#record = { ...EMPTY_COMMIT, seq: lastSeq, firstSeq: lastSeq + 1, firstAcceptSeq: lastSeq + 1 };
  }

  async add(entry: ScannedEntry): Promise<void> {
    this.group = Math.max(this.group, entry.group);
    if (entry.erased) {
      this.counts.erased++;
      return;
    }
    const item = readItem(entry);
    if (item === undefined) {
      this.counts.unreadable++;
      return;
    }
    this.#waiting.push(item);
    if (item.kind === 'message') this.#recipients += item.message.envelope.recipients.length;
    if (this.#waiting.length >= BATCH_ENTRIES || this.#recipients >= BATCH_RECIPIENTS) await this.flush();
  }

  /** Writes what was added. */
  flush(): Promise<void> {
    return this.#write(this.#record.end, false);
  }

  /** Writes where the spool ends, and the segments in which nothing lives; makes all of it durable. */
  async finish(end: SpoolEnd, emptySegments: readonly number[]): Promise<void> {
    for (const segment of emptySegments) this.segments.set(segment, { live: 0, octets: 0, sample: null });
    await this.#write(end, true);
  }

  async #write(end: SpoolEnd, last: boolean): Promise<void> {
    const batch = this.#database.batch();
    const items = await this.#tied(await this.#unknown(this.#waiting));
    const messages = await new MessageLoader(this.#database).loadMany(supersededBy(items), false);
    const sources = { messages, values: await this.#values(items), segments: this.segments };
    const transaction = new Transaction({ batch, before: this.#record, now: this.#now, ...sources });
    for (const item of items) this.#stage(transaction, item);
    if (last) for (const [segment, count] of this.segments) transaction.put(segmentKey(segment), encodeJson(count));
    const { record, segments } = transaction.finish(end);
    await batch.write({ sync: last });
    this.#record = record;
    for (const [segment, count] of segments) if (count !== null) this.segments.set(segment, count);
    this.#waiting = [];
    this.#recipients = 0;
  }

  /** Those that are not there yet. */
  async #unknown(items: readonly Item[]): Promise<Item[]> {
    const keys = items.map((item) =>
      item.kind === 'message' ? messageKey(invertId(item.message.id)) : reportKey(invertId(item.report.id)),
    );
    const values = await this.#database.getMany(keys);
    const seen = new Map<string, string>();
    const fresh = items.filter(({ entry }, i) => {
      const key = keys[i] ?? '';
      const value = values[i];
      const before = seen.get(key) ?? (value === undefined ? undefined : contentOf(key, value));
      if (before === undefined) {
        seen.set(key, entry.sha256);
        if (!entry.whole) this.#damaged.add(key);
        return true;
      }
      if (before === entry.sha256 && !this.#damaged.has(key)) this.duplicates.push(entry.location);
      else this.counts.unreadable++;
      return false;
    });
    return fresh;
  }

  /** With what was found out after they came: the spool has what was known then. */
  async #tied(items: readonly Item[]): Promise<Item[]> {
    const keyOf = (item: Item): string | null =>
      item.kind === 'report' && item.report.matched === null ? reportKey(invertId(item.report.id)) : null;
    const ties = await this.#ties(items.map(keyOf).filter((key) => key !== null));
    return items.map((item) => {
      const matches = ties.get(keyOf(item) ?? '');
      if (matches === undefined || item.kind !== 'report') return item;
      this.counts.reportsTied++;
      return { ...item, report: { ...item.report, matched: matches[0] ?? null, matches } };
    });
  }

  /** Reports that bear the same fingerprints as these. */
  async #values(items: readonly Item[]): Promise<Map<string, Buffer>> {
    const keys = items.flatMap((item) =>
      item.kind === 'report' && item.fingerprint !== undefined ? [fingerprintKey(item.fingerprint)] : [],
    );
    const values = await this.#database.getMany(keys);
    return new Map(keys.flatMap((key, i) => (values[i] === undefined ? [] : [[key, values[i]]])));
  }

  #stage(transaction: Transaction, item: Item): void {
    const { entry } = item;
    if (!entry.whole) this.counts.damagedContents++;
    if (item.kind === 'report') {
      this.counts.reports++;
      const { report, fingerprint } = item;
      const stored: StoredReport = { report, location: entry.location, contentErased: false };
      // As recordReport writes it, less its event: those who listen have heard of it.
      stageReportRecord(transaction, fingerprint === undefined ? stored : { ...stored, fingerprint });
      return;
    }
    const { message } = item;
    const reason = entry.whole ? HELD_REASON : HELD_DAMAGED;
    const dueAt = Math.max(this.#now, message.releaseAt ?? 0);
    transaction.accept({ message, json: entry.header, dueAt, expireAt: dueAt + EXPIRES_AFTER, entry });
    for (const index of message.envelope.recipients.keys()) {
      transaction.apply({ message: message.id, index, evidence: { kind: 'held', reason } }, this.#now);
    }
    this.counts.messages++;
    this.counts.recipients += message.envelope.recipients.length;
  }
}

/** The messages that these replace: each is told so, where it came back before. */
function* supersededBy(items: readonly Item[]): Generator<MessageId> {
  for (const item of items) if (item.kind === 'message' && item.message.supersedes !== null) yield item.message.supersedes;
}

/** SHA-256 of the content that a record names. */
function contentOf(key: string, value: Buffer): string {
  return key === messageKey(key.slice(1)) ? decodeMessage(key, value).message.sha256 : decodeJson<StoredReport>(key, value).report.sha256;
}

type ReportHeader = Omit<ReportRecord, 'size' | 'sha256'> & { readonly fingerprint?: string };

/** The header was written by us and its checksum holds; what is looked at is whether it is what its kind says. */
function readItem(entry: ScannedEntry): Item | undefined {
  try {
    const header = JSON.parse(entry.header.toString('utf8')) as PreparedMessage & ReportHeader;
    if (parseMessageId(header.id) === undefined) return undefined;
    if (entry.kind === 'report') {
      const { fingerprint, ...report } = header;
      return { kind: 'report', report: { ...report, size: entry.size, sha256: entry.sha256 }, fingerprint, entry };
    }
    return header.envelope.recipients.length === 0 ? undefined : { kind: 'message', message: header, entry };
  } catch {
    return undefined;
  }
}
