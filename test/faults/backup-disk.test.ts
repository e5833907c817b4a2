/** R28 on a disk that is full: nothing of a backup that could not be ended stays, the ones before do, and mail goes on. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listBackups } from '../../src/store/backup/manifest.ts';
import { storeBench } from './store-fixture.ts';

const disk = vi.hoisted(() => ({ free: null as number | null, fullAt: null as string | null }));

vi.mock(import('node:fs/promises'), async (original) => {
  const real = await original();
  return {
    ...real,
    statfs: (async (path: string) => {
      const found = await real.statfs(path);
      return disk.free === null ? found : { ...found, bavail: disk.free / found.bsize };
    }) as typeof real.statfs,
    open: (async (path: string, flags: string, mode: number) => {
      const file = await real.open(path, flags, mode);
      if (disk.fullAt === null || !path.includes(disk.fullAt)) return file;
      const refuse = async (): Promise<never> => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
      };
      file.write = refuse;
      file.writeFile = refuse;
      return file;
    }) as unknown as typeof real.open,
  };
});

const bench = storeBench();
afterEach(() => {
  disk.free = null;
  disk.fullAt = null;
});

async function backedUp() {
  const store = await bench.open(bench.newDir());
  await bench.fill(store);
  const place = join(bench.newDir(), '..', 'backups');
  const { name } = await store.backup({ dir: place, keep: null });
  return { store, place, name };
}

describe('a backup on a full disk', () => {
  it('is not begun where there is no room for it', async () => {
    const { store, place, name } = await backedUp();
    disk.free = 20_000_000;
    const failed = store.backup({ dir: place, keep: 1 });
    await expect(failed).rejects.toMatchObject({
      code: 'full',
      message: expect.stringMatching(/^the backup needs \d+ MB and .* has 20 MB free: make room/),
    });
    expect((await listBackups(place)).map((one) => one.name)).toEqual([name]);
  });

  it.each(['.segment', '.log', 'manifest'])('that fills up at %s leaves nothing, and the next one is made', async (fullAt) => {
    const { store, place, name } = await backedUp();
    disk.fullAt = fullAt;
    bench.clock.now += 1000;
    await expect(store.backup({ dir: place, keep: 1 })).rejects.toMatchObject({
      code: 'full',
      message: expect.stringContaining('is full: what was begun of the backup was removed'),
    });
    expect(readdirSync(place).sort()).toEqual([name, 'relais-backups.json'].sort());
    await bench.maker.accept(store);
    disk.fullAt = null;
    const next = await store.backup({ dir: place, keep: 1 });
    expect((await listBackups(place)).map((one) => one.name)).toEqual([next.name]);
  });
});
