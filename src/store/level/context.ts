/** What the parts of the store share. */
import type { Log } from '../../domain/log.ts';
import type { Spool } from '../spool/spool.ts';
import type { Committer } from './committer.ts';
import type { RecentContent } from './content.ts';
import type { Database } from './database.ts';
import type { DiskSpace } from './disk.ts';
import type { Feed } from './feed.ts';
import type { LegalHolds } from './legal-holds.ts';
import type { MessageLoader } from './loader.ts';
import type { PendingTable } from './pending.ts';
import type { SegmentKeeper } from './segments.ts';
import type { Suppressing } from './suppressing.ts';
import type { Turns } from './turns.ts';

export interface StoreContext {
  readonly database: Database;
  readonly spool: Spool;
  readonly loader: MessageLoader;
  readonly committer: Committer;
  readonly feed: Feed;
  readonly pending: PendingTable;
  readonly recent: RecentContent;
  readonly disk: DiskSpace;
  readonly segments: SegmentKeeper;
  readonly suppressing: Suppressing;
  readonly holds: LegalHolds;
  /** Whoever overwrites or moves contents looks up where they stand in a turn of its own. */
  readonly turns: Turns;
  /** What is salted with where a person is taken out; undefined: nothing was so far. */
  readonly salt: () => string | undefined;
  readonly log: Log;
  /** Unix milliseconds. */
  readonly now: () => number;
}
