import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../src/store/index.ts';
import { recordingLog } from '../support/recording-log.ts';
import { storeContract } from './store.ts';

let dataDir = '';

storeContract({
  name: 'LevelDB and spool',
  open: async (clock, suppression) => {
    dataDir = await mkdtemp(join(tmpdir(), 'relais-store-'));
    return openStore({ dataDir, diskFloor: 0, now: clock.read, log: recordingLog(), suppression });
  },
  dispose: () => rm(dataDir, { recursive: true, force: true }),
});
