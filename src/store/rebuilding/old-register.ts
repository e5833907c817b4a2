/**
 * What can still be read of a register that is about to be replaced: where its feed ended, and the
 * administrative records, with the audit log, with what people tied reports to, and with the keys of
 * requests, so that one that is repeated is not recorded twice. Everything in it is doubted: a value counts when its checksum holds, and
 * the end of the feed is the highest number that anything in it names.
 */
import { stat } from 'node:fs/promises';
import { StoreError } from '../../domain/errors.ts';
import type { ReportMatch } from '../../domain/ports.ts';
import { matchesOf } from '../../domain/representation.ts';
import { acceptKeyEntries } from '../level/accept-keys.ts';
import { auditEntries } from '../level/audit.ts';
import { decodeJson, payloadOf } from '../level/codec.ts';
import type { Database } from '../level/database.ts';
import {
  ACCEPT_KEYS,
  AUDITS,
  COLLECTION_KINDS,
  COMMIT_KEY,
  type CollectionKind,
  collectionRange,
  EVENTS,
  eventSeqOf,
  type KeyRange,
} from '../level/keys.ts';
import { openReadingCopy } from '../level/reading-copy.ts';
import type { StoredReport } from '../level/reports.ts';
import type { CommitRecord } from '../level/transaction.ts';
import { beginReading } from '../opening-marker.ts';

export interface OldRegister {
  /** Null: nothing of it could be read. */
  readonly lastSeq: number | null;
  /** Keys with their values, whole, by kind. */
  readonly collections: ReadonlyMap<CollectionKind, readonly (readonly [string, Buffer])[]>;
  /** Keys of requests that still hold, in slices of keys with their values; there may be millions. */
  acceptKeys(now: number): AsyncIterable<readonly (readonly [string, Buffer])[]>;
  /** The audit log, in slices of its records' and indexes' keys with their values. */
  audits(): AsyncIterable<readonly (readonly [string, Buffer])[]>;
  /** What ties of these keys of reports it knows: a person's word, or a later copy's, is not in the spool. */
  ties(keys: readonly string[]): Promise<ReadonlyMap<string, readonly ReportMatch[]>>;
  /** Why it, or a part of it, could not be read; null: it could. */
  readonly trouble: string | null;
  /** Until then no relais can open it, where it could be read. */
  close(): Promise<void>;
}

/** Positions above are no positions but marks. */
const SEQ_LIMIT = 10 ** 15;
const SLICE = 1000;

/** Throws StoreError `locked`. */
export async function readOldRegister(dataDir: string, register: string): Promise<OldRegister> {
  const nothing = (trouble: string): OldRegister => ({
    lastSeq: null,
    collections: new Map(),
    acceptKeys: async function* () {},
    audits: async function* () {},
    ties: async () => new Map(),
    trouble,
    close: async () => undefined,
  });
  if ((await stat(register).catch(() => null)) === null) return nothing('there was none');
  const end = await beginReading(dataDir, 'rebuild');
  if (end === null) return nothing('it was not opened, for the process died over it before');
  try {
    const copy = await openReadingCopy(register);
    try {
      const { database } = copy;
      return {
        ...(await readAll(database)),
        acceptKeys: (now) => readWhole(database, ACCEPT_KEYS, (key, value) => acceptKeyEntries(key, value, now)),
        audits: () => readWhole(database, AUDITS, auditEntries),
        ties: (keys) => tiesOf(database, keys),
        close: () => copy.close(),
      };
    } catch (error) {
      await copy.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'locked') throw error;
    return nothing(error instanceof Error ? error.message : String(error));
  } finally {
    await end();
  }
}

async function tiesOf(database: Database, keys: readonly string[]): Promise<Map<string, readonly ReportMatch[]>> {
  const ties = new Map<string, readonly ReportMatch[]>();
  for (const key of keys) {
    try {
      const value = await database.get(key);
      const matches = value === undefined ? [] : matchesOf(decodeJson<StoredReport>(key, value).report);
      if (matches.length > 0) ties.set(key, matches);
    } catch {
      // Damaged, or in a table that can not be read: the report is back on the review list.
    }
  }
  return ties;
}

async function readAll(database: Database): Promise<Omit<OldRegister, 'acceptKeys' | 'audits' | 'ties' | 'close'>> {
  let damaged = 0;
  const whole = (key: string, value: Buffer): boolean => {
    try {
      payloadOf(key, value);
      return true;
    } catch {
      damaged++;
      return false;
    }
  };
  const seqs: number[] = [];
  const commit = await database.get(COMMIT_KEY);
  if (commit !== undefined && whole(COMMIT_KEY, commit)) seqs.push(decodeJson<CommitRecord>(COMMIT_KEY, commit).seq);
  const [lastEvent] = await database.keys({ ...EVENTS, reverse: true, limit: 1 });
  if (lastEvent !== undefined) seqs.push(eventSeqOf(lastEvent));
  const collections = new Map<CollectionKind, [string, Buffer][]>();
  for (const kind of Object.keys(COLLECTION_KINDS) as CollectionKind[]) {
    const entries = (await database.entries(collectionRange(kind))).filter(([key, value]) => whole(key, value));
    collections.set(kind, entries);
    if (kind === 'consumers') for (const [key, value] of entries) seqs.push(decodeJson<{ seq: number }>(key, value).seq);
  }
  const known = seqs.filter((seq) => Number.isSafeInteger(seq) && seq < SEQ_LIMIT);
  return {
    lastSeq: known.length === 0 ? null : Math.max(...known),
    collections,
    trouble: damaged === 0 ? null : `${damaged} of its records did not match their checksum`,
  };
}

/** What is made of each entry of the range, slice by slice; of a damaged one nothing. */
async function* readWhole(
  database: Database,
  range: KeyRange,
  entriesOf: (key: string, value: Buffer) => [string, Buffer][],
): AsyncGenerator<[string, Buffer][]> {
  const cursor = database.slices(range, SLICE);
  try {
    for await (const slice of cursor) {
      yield slice.flatMap(([key, value]) => entriesOf(key, value));
    }
  } catch (error) {
    // A table that can not be read: what comes after is missing, as what a damaged record says is.
    if (!String((error as { code?: unknown }).code).startsWith('LEVEL_')) throw error;
  }
}
