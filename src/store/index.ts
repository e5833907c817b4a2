/**
 * Opens the store: the register on LevelDB in `dataDir/register`, the content in `dataDir/spool`.
 *
 * Upstream: relais.ts. Failure: StoreError `locked` (another process), `damaged` (with what to do),
 * `version` (written by a newer relais).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';
import type { LegalHoldRecord } from '../domain/legal-hold.ts';
import type { Log } from '../domain/log.ts';
import type { Store, SuppressionRecord } from '../domain/ports.ts';
import type { SuppressionPolicy } from '../domain/suppression.ts';
import { forgetRegisterCopies } from './backup/register-copy.ts';
import { assertReached, markReached } from './high-water.ts';
import { StoredCollection } from './level/collections.ts';
import { Committer } from './level/committer.ts';
import { RecentContent } from './level/content.ts';
import type { StoreContext } from './level/context.ts';
import { DiskSpace } from './level/disk.ts';
import { Feed } from './level/feed.ts';
import { LevelLedger } from './level/ledger.ts';
import { LegalHolds } from './level/legal-holds.ts';
import { MessageLoader } from './level/loader.ts';
import {
  checkRegister,
  type LoadedQueue,
  loadQueue,
  type OpenedRegister,
  type Orphans,
  openRegister,
  settleTail,
} from './level/opening.ts';
import { settleMoves } from './level/rewriting.ts';
import { SegmentKeeper } from './level/segments.ts';
import { Statistics } from './level/statistics.ts';
import { type Collections, LevelStore } from './level/store.ts';
import { Suppressing, stageLifted } from './level/suppressing.ts';
import { Turns } from './level/turns.ts';
import { beginOpening } from './opening-marker.ts';
import { Spool, type SpoolFiles } from './spool/spool.ts';

export interface StoreOptions {
  /** Made when it is missing. */
  readonly dataDir: string;
  /** Free octets below which `health` says that no mail can be taken. */
  readonly diskFloor: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** When evidence suppresses an address, as it is configured now; never by default. */
  readonly suppression?: () => SuppressionPolicy | null;
  /** Octets of a segment of the spool; 64 MiB by default. */
  readonly segmentSize?: number;
  /** The spool's file system; the system's own by default. */
  readonly files?: SpoolFiles;
}

/** Recipients whose attempts are given up in one commit, at opening. */
const ABANDONED_AT_ONCE = 500;

export async function openStore(options: StoreOptions): Promise<Store> {
  const { dataDir, log } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const ended = await beginOpening(dataDir);
  try {
    const disk = await DiskSpace.open(dataDir, log);
    try {
      const opened = await openRegister(options);
      try {
        return await openAround(opened, disk, options);
      } catch (error) {
        await opened.database.close();
        throw error;
      }
    } catch (error) {
      await disk.close();
      throw asDamage(error, dataDir);
    }
  } finally {
    await ended();
  }
}

/** What LevelDB says of files it can not read, with what to do; any other error as it is. */
function asDamage(error: unknown, dataDir: string): unknown {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code !== 'LEVEL_CORRUPTION' && code !== 'LEVEL_IO_ERROR') return error;
  return new StoreError(
    'damaged',
    `the register in ${dataDir} can not be read (${String(message)}); nothing was changed. Run 'relais verify' to see the extent; restore a backup, or run 'relais rebuild' to make the register anew from the spool`,
    { cause: error },
  );
}

async function openAround(opened: OpenedRegister, disk: DiskSpace, options: StoreOptions): Promise<LevelStore> {
  const { log, now } = options;
  const { database } = opened;
  const spool = await Spool.open({
    dir: join(options.dataDir, 'spool'),
    log,
    now,
    ...(options.segmentSize === undefined ? {} : { segmentSize: options.segmentSize }),
    ...(options.files === undefined ? {} : { files: options.files }),
  });
  try {
    await forgetRegisterCopies(options.dataDir);
    await assertReached(options.dataDir, opened.record);
    await checkRegister(opened, spool);
    const { record, orphans } = await settleTail(opened, spool, log);
    const queue = await loadQueue(database, record);
    const store = await assemble({ opened: { ...opened, record }, queue, spool, disk, options, orphans });
    await abandonAttempts(store, queue, now());
    await markReached(options.dataDir, record);
    return store;
  } catch (error) {
    await spool.close();
    throw error;
  }
}

interface Parts {
  readonly opened: OpenedRegister;
  readonly queue: LoadedQueue;
  readonly spool: Spool;
  readonly disk: DiskSpace;
  readonly options: StoreOptions;
  readonly orphans: Orphans;
}

async function assemble({ opened, queue, spool, disk, options, orphans }: Parts): Promise<LevelStore> {
  const { database, record } = opened;
  const { log, now } = options;
  const loader = new MessageLoader(database);
  const committer: Committer = new Committer({
    database,
    spool,
    loader,
    record,
    segments: opened.segments,
    now,
    log,
    onCommitted: (committed, timing) => store.committed(committed, timing),
    onPoisoned: (cause) => store.poisoned(cause),
  });
  const segments = new SegmentKeeper({ spool, committer: () => committer, log });
  const suppressions = await StoredCollection.load<SuppressionRecord>('suppressions', database, () => committer, stageLifted);
  const suppressing = new Suppressing({ list: suppressions, policy: options.suppression ?? (() => null) });
  const turns = new Turns();
  const holds = new LegalHolds(await StoredCollection.load<LegalHoldRecord>('legalHolds', database, () => committer), turns);
  const feed = new Feed(database, { lastSeq: record.seq, firstSeq: record.firstSeq });
  const secrets = await StoredCollection.load<object>('secrets', database, () => committer);
  const context: StoreContext = {
    salt: () => (secrets.value('erasure') as { readonly salt: string } | undefined)?.salt,
    database,
    spool,
    loader,
    committer,
    feed,
    pending: queue.pending,
    recent: new RecentContent(),
    disk,
    segments,
    suppressing,
    holds,
    turns,
    log,
    now,
  };
  const collections: Collections = {
    cleanupRuns: await StoredCollection.load('cleanupRuns', database, () => committer),
    erasures: await StoredCollection.load('erasures', database, () => committer),
    secrets,
    consumers: await StoredCollection.load('consumers', database, () => committer),
    mailboxes: await StoredCollection.load('mailboxes', database, () => committer),
    nextHops: await StoredCollection.load('nextHops', database, () => committer),
    mtaStsPolicies: await StoredCollection.load('mtaStsPolicies', database, () => committer),
    streams: await StoredCollection.load('streams', database, () => committer),
    signalChannels: await StoredCollection.load('signalChannels', database, () => committer),
    signalMembers: await StoredCollection.load('signalMembers', database, () => committer),
    signalRecords: await StoredCollection.load('signalRecords', database, () => committer),
    runs: await StoredCollection.load('runs', database, () => committer),
    signalStates: await StoredCollection.load('signalStates', database, () => committer),
    suppressions,
    tokens: await StoredCollection.load('tokens', database, () => committer),
    users: await StoredCollection.load('users', database, () => committer),
    views: await StoredCollection.load('views', database, () => committer),
    sessions: await StoredCollection.load('sessions', database, () => committer),
    uses: await StoredCollection.load('uses', database, () => committer),
  };
  const statistics = await Statistics.open({
    database,
    feed,
    isWritable: () => committer.poisonedBy === null,
    onFailed: (error) => committer.fail(error),
  });
  const store = new LevelStore({
    context,
    collections,
    statistics,
    ledger: await LevelLedger.open(context, secrets),
    diskFloor: options.diskFloor,
    orphans,
    onDrained: async (last) => {
      await markReached(options.dataDir, last).catch((error: unknown) =>
        log.warn({ err: error }, 'how far the register had come was not noted'),
      );
    },
  });
  await settleMoves(context);
  segments.noted({ record: committer.record, segments: committer.segments });
  return store;
}

/** One process alone has the store: whoever held these attempts is gone. */
async function abandonAttempts(store: LevelStore, { attempting }: LoadedQueue, now: number): Promise<void> {
  for (let i = 0; i < attempting.length; i += ABANDONED_AT_ONCE) {
    const items = attempting.slice(i, i + ABANDONED_AT_ONCE);
    await store.apply(
      items.map((item) => ({ ...item, evidence: { kind: 'attempt-abandoned' } })),
      now,
    );
  }
}
