/** The backup of a store that no relais has open; none can open it meanwhile. On failure: StoreError `locked`, BackupError. */
import { join } from 'node:path';
import type { BackupRecord, BackupRequest } from '../../domain/backup.ts';
import { StoreError } from '../../domain/errors.ts';
import { decodeJson } from '../level/codec.ts';
import { COMMIT_KEY, SEGMENTS, segmentOf } from '../level/keys.ts';
import { openReadingCopy } from '../level/reading-copy.ts';
import type { CommitRecord, SegmentCount } from '../level/transaction.ts';
import { listSegments } from '../spool/segments.ts';
import { systemFiles } from '../spool/spool.ts';
import { type BackupDisk, takeBackup } from './taking.ts';

export async function backUpStopped(parts: {
  readonly dataDir: string;
  readonly now: () => number;
  readonly request: BackupRequest;
  /** The system's by default. */
  readonly disk?: BackupDisk;
}): Promise<BackupRecord> {
  const { dataDir, now, request, disk } = parts;
  const reading = await openReadingCopy(join(dataDir, 'register'));
  try {
    const { database } = reading;
    const commit = await database.get(COMMIT_KEY);
    if (commit === undefined) {
      throw new StoreError(
        'damaged',
        `the register in ${dataDir} is damaged: its first records are missing. Run 'relais verify' to see the extent`,
      );
    }
    const record = decodeJson<CommitRecord>(COMMIT_KEY, commit);
    const segments = new Map<number, SegmentCount>();
    for (const [key, value] of await database.entries(SEGMENTS)) segments.set(segmentOf(key), decodeJson<SegmentCount>(key, value));
    const spool = await listSegments(systemFiles, join(dataDir, 'spool'));
    return await takeBackup(
      {
        dataDir,
        now,
        ...(disk === undefined ? {} : { disk }),
        settle: async (copy, begin) => {
          const moment = { register: await copy.settle(), record, segments, spool };
          begin(moment);
          return moment;
        },
        release: () => undefined,
      },
      request,
    );
  } finally {
    await reading.close();
  }
}
