/** R28 on a disk that is full: nothing of a backup that could not be ended stays, and the ones before do. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { copyFileDurably } from '../../src/store/backup/copying.ts';
import { listBackups } from '../../src/store/backup/manifest.ts';
import { backUpStopped } from '../../src/store/backup/stopped.ts';
import type { BackupDisk } from '../../src/store/backup/taking.ts';
import { storeBench } from './store-fixture.ts';

const bench = storeBench();
const ROOMY = { free: async () => 1e12, copy: copyFileDurably };

/** A disk on which the first file of that name is written by half. */
function fullAt(name: string): BackupDisk {
  return {
    ...ROOMY,
    copy: async (request) => {
      if (!request.to.endsWith(name)) return copyFileDurably(request);
      await copyFileDurably({ ...request, length: request.length >> 1 });
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    },
  };
}

describe('a backup on a full disk', () => {
  it('is not begun where there is no room, and leaves nothing where that ends: the next one is made', async () => {
    const dataDir = bench.newDir();
    const store = await bench.open(dataDir);
    await bench.fill(store);
    await store.close();
    const place = join(bench.newDir(), '..', 'backups');
    const backUp = (disk: BackupDisk) => {
      bench.clock.now += 1000;
      return backUpStopped({ dataDir, now: bench.clock.read, request: { dir: place, keep: 1 }, disk });
    };
    const { name } = await backUp(ROOMY);
    const message = expect.stringMatching(/^the backup needs \d+ MB and .* has 20 MB free: make room/);
    await expect(backUp({ ...ROOMY, free: async () => 20_000_000 })).rejects.toMatchObject({ code: 'full', message });
    for (const at of ['.segment', '.single', '.log', 'identity.json']) {
      const full = expect.stringContaining('is full: what was begun of the backup was removed');
      await expect(backUp(fullAt(at)), at).rejects.toMatchObject({ code: 'full', message: full });
      expect(readdirSync(place).sort()).toEqual([name, 'relais-backups.json'].sort());
    }
    const next = await backUp(ROOMY);
    expect((await listBackups(place)).map((one) => one.name)).toEqual([next.name]);
  });
});
