/** The backup of a store that is open. */
import { dirname } from 'node:path';
import type { BackupRecord, BackupRequest } from '../../domain/backup.ts';
import type { StoreContext } from '../level/context.ts';
import { takeBackup } from './taking.ts';

export function backUp(context: StoreContext, request: BackupRequest): Promise<BackupRecord> {
  const { database, committer, spool, turns, now } = context;
  return takeBackup(
    {
      dataDir: dirname(database.location),
      now,
      // In a turn: of what is being erased, record and bytes are to be of one instant.
      settle: (copy, begin) =>
        turns.take(() =>
          committer.between(async () => {
            const register = await copy.settle();
            const moment = { register, record: committer.record, segments: new Map(committer.segments), spool: spool.segments() };
            spool.guard = begin(moment);
            return moment;
          }),
        ),
      release: () => {
        spool.guard = null;
      },
    },
    request,
  );
}
