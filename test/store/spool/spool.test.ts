import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Spool } from '../../../src/store/spool/spool.ts';
import {
  collect,
  commit,
  contentOf,
  type FileCall,
  headerOf,
  spoolBench,
  systemError,
  unsyncedFiles,
  watchedFiles,
  writersOf,
} from './fixtures.ts';

const { newDir, open } = spoolBench();
const MEGABYTE = 1024 * 1024;

async function expectContents(spool: Spool, group: Awaited<ReturnType<typeof commit>>, contents: readonly Buffer[]): Promise<void> {
  for (const [index, entry] of group.entries.entries()) {
    const content = contents[index] ?? Buffer.alloc(0);
    const stored = await spool.read(entry.location, entry);
    expect(stored.sha256).toBe(createHash('sha256').update(content).digest('hex'));
    expect(stored.size).toBe(content.length);
    expect(stored.bytes === null).toBe(content.length > 4 * MEGABYTE);
    if (stored.bytes !== null) expect(stored.bytes.equals(content)).toBe(true);
    expect((await collect(stored.stream())).equals(content)).toBe(true);
    expect((await collect(stored.stream())).equals(content)).toBe(true);
  }
}

describe('the spool', () => {
  it('gives back what was written, small and large, also after it was opened again', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const contents = [0, 1, 63, 64, 4096, MEGABYTE, MEGABYTE + 1, 6 * MEGABYTE].map((size) => contentOf(`of ${size}`, size));
    const group = await commit(spool, contents);
    await expectContents(spool, group, contents);
    await spool.close();
    const again = await open(dir);
    const { segment, offset } = group.end;
    expect(await again.recover(group.end)).toMatchObject({ validEnd: { segment, offset }, lastGroupWhole: true, orphanContents: 0 });
    await expectContents(again, group, contents);
    const next = await commit(again, [contentOf('next', 500)], 'next');
    expect(next.entries[0]?.location).toMatchObject({ segment, offset });
    await expectContents(again, group, contents);
  });

  it('writes the small contents of a group with one write and one sync, where prepare said', async () => {
    const { files, watch } = watchedFiles();
    const spool = await open(newDir(), { files });
    await commit(spool, [contentOf('first', 100)]);
    const group = spool.prepare(
      await writersOf(
        spool,
        Array.from({ length: 10 }, (_, index) => contentOf(`m${index}`, 4096)),
      ),
    );
    expect(group.entries.map(({ location }) => location.offset % 64)).toEqual(Array(10).fill(0));
    watch.calls.length = 0;
    await group.write();
    expect(watch.calls.map(({ call }) => call)).toEqual(['writev', 'fdatasync']);
    const [head] = group.entries;
    expect(group.end.offset).toBeGreaterThan(head?.location.offset ?? 0);
  });

  it('syncs each large content, and the directory it was entered in, before the group is durable', async () => {
    const { files, watch } = watchedFiles();
    const spool = await open(newDir(), { files });
    await commit(spool, [contentOf('a', 2 * MEGABYTE), contentOf('b', 2 * MEGABYTE), contentOf('c', 10)]);
    const calls = watch.calls.filter(({ path }) => path.endsWith('.single'));
    for (const number of ['0000000001', '0000000002']) {
      const own = calls.filter(({ path }) => path.includes(number)).map(({ call }) => call);
      expect(own.slice(-3)).toEqual(['writev', 'fdatasync', 'close']);
      expect(own.filter((call) => call === 'fdatasync')).toHaveLength(1);
    }
    expect(watch.calls.filter(({ call }) => call === 'syncDirectory').length).toBeGreaterThanOrEqual(3);
  });

  it('completes a write that the system cuts short', async () => {
    let most = 777;
    const { files } = watchedFiles(undefined, () => most);
    const spool = await open(newDir(), { files });
    const contents = [contentOf('a', 4096), contentOf('b', 100)];
    await expectContents(spool, await commit(spool, contents), contents);
    most = 99_999;
    const large = [contentOf('c', MEGABYTE + 5)];
    await expectContents(spool, await commit(spool, large, 'large'), large);
  });

  it('poisons itself when the system takes nothing more', async () => {
    let full = false;
    const { files } = watchedFiles(undefined, () => (full ? 0 : undefined));
    const spool = await open(newDir(), { files });
    full = true;
    await expect(commit(spool, [contentOf('a', 10)])).rejects.toMatchObject({ code: 'poisoned' });
  });

  it('begins a new segment when the next group would overfill the current one', async () => {
    const dir = newDir();
    const spool = await open(dir, { segmentSize: 10_000 });
    const segments = [];
    for (let round = 0; round < 5; round++) {
      const contents = [contentOf(`a${round}`, 2000), contentOf(`b${round}`, 2000)];
      const group = await commit(spool, contents);
      await expectContents(spool, group, contents);
      segments.push(...group.entries.map(({ location }) => location.segment));
    }
    expect(segments).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3]);
    expect(spool.segments().map(({ segment, sealed }) => [segment, sealed])).toEqual([
      [1, true],
      [2, false], // a commit in flight may still name it
      [3, false],
    ]);
    // A group larger than a segment has one to itself.
    const big = [contentOf('x', 9000), contentOf('y', 9000)];
    await expectContents(spool, await commit(spool, big), big);
  });

  it('takes one group at a time', async () => {
    const spool = await open(newDir());
    const writers = await writersOf(spool, [contentOf('a', 10), contentOf('b', 10)]);
    const first = spool.prepare(writers.slice(0, 1));
    const writing = first.write();
    expect(() => spool.prepare(writers.slice(1))).toThrow('still being written');
    await writing;
    await spool.prepare(writers.slice(1)).write();
  });

  it('drops segments, but not the one that a commit in flight may need', async () => {
    const dir = newDir();
    const spool = await open(dir, { segmentSize: 1000 });
    for (let round = 0; round < 4; round++) await commit(spool, [contentOf(`m${round}`, 900)]);
    const large = await commit(spool, [contentOf('large', 2 * MEGABYTE)]);
    const [single] = large.end.singles;
    expect(await spool.dropSegments([1, 2, 3, 4, single ?? 0, 99])).toEqual([1, 2, 3, single]);
    expect(readdirSync(dir)).toEqual(['0000000004.segment', 'seal']);
    await commit(spool, [contentOf('next', 900)]);
    expect(await spool.dropSegments([4])).toEqual([]);
    await commit(spool, [contentOf('one more', 10)]);
    expect(await spool.dropSegments([4])).toEqual([4]);
  });

  it('leaves no descriptor open after it was closed, whatever it was doing, and keeps few open before', async () => {
    const { files, watch } = watchedFiles(undefined, undefined, unsyncedFiles);
    const spool = await open(newDir(), { files, segmentSize: 100 });
    const groups = [];
    for (let round = 0; round < 100; round++) groups.push(await commit(spool, [contentOf(`m${round}`, 200)]));
    const large = await commit(spool, [contentOf('large', 5 * MEGABYTE)]);
    for (const group of groups) for (const entry of group.entries) await spool.read(entry.location, entry);
    expect(watch.opened).toBeLessThanOrEqual(64 + 5);
    await Promise.all(groups.flatMap((group) => group.entries.map((entry) => spool.read(entry.location, entry))));
    expect(watch.opened).toBeLessThanOrEqual(64 + 5);
    const [entry] = large.entries;
    const stored = entry === undefined ? undefined : await spool.read(entry.location, entry);
    const stream = stored?.stream();
    await new Promise((resolve) => stream?.once('readable', resolve));
    const half = spool.openContent('message', headerOf('half'));
    await half.write(contentOf('half', 3 * MEGABYTE));
    const reading = spool.read(entry?.location ?? { segment: 0, offset: 0, length: 0 }, entry ?? { sha256: '', size: 0 });
    const group = spool.prepare(await writersOf(spool, [contentOf('last', 10)]));
    const writing = group.write();
    await spool.close();
    await writing;
    await reading.catch(() => undefined);
    expect(watch.opened).toBe(0);
    stream?.on('error', () => undefined).resume();
    expect(() => spool.openContent('message', headerOf('late'))).toThrow(expect.objectContaining({ code: 'closed' }));
    await expect(spool.read({ segment: 1, offset: 0, length: 64 }, { sha256: '', size: 0 })).rejects.toMatchObject({ code: 'closed' });
  });

  it('R65 makes files 0600 and directories 0700', async () => {
    const dir = newDir();
    const spool = await open(dir);
    await commit(spool, [contentOf('small', 10), contentOf('large', 2 * MEGABYTE)]);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) expect(`${name} ${(statSync(join(dir, name)).mode & 0o777).toString(8)}`).toBe(`${name} 600`);
  });

  it('finds its seal again in the segments when the file is lost, and refuses to go on when both are', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const contents = [contentOf('a', 10)];
    const group = await commit(spool, contents);
    await spool.close();
    const before = readFileSync(join(dir, 'seal'));
    writeFileSync(join(dir, 'seal'), 'scribble');
    const again = await open(dir);
    await expectContents(again, group, contents);
    expect(readFileSync(join(dir, 'seal')).equals(before)).toBe(true);
    await again.close();
    writeFileSync(join(dir, 'seal'), '');
    writeFileSync(join(dir, '0000000001.segment'), 'scribble'.repeat(100));
    await expect(open(dir)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('does not mistake other files for segments', async () => {
    const dir = newDir();
    mkdirSync(dirname(dir), { recursive: true });
    mkdirSync(dir);
    for (const name of ['1.segment', '0000000009.segment.bak', 'notes']) writeFileSync(join(dir, name), 'mine');
    const spool = await open(dir);
    await commit(spool, [contentOf('a', 10)]);
    expect(spool.segments().map(({ segment }) => segment)).toEqual([1]);
  });
});

describe('R23 a disk that refuses', () => {
  it.each([1, 2, 5])('the %i. fdatasync: that group is refused and every later one, and the sync is not repeated', async (nth) => {
    let syncs = 0;
    let broken = false;
    const { files, watch } = watchedFiles((call: FileCall, path) => {
      if (call !== 'fdatasync' || path.endsWith('seal') || broken) return;
      if (++syncs === nth) {
        broken = true; // the kernel would let the next sync succeed, without the pages
        throw systemError('EIO');
      }
    });
    const spool = await open(newDir(), { files });
    for (let round = 1; round < nth; round++) await commit(spool, [contentOf(`m${round}`, 100)]);
    const waiting = await writersOf(spool, [contentOf('waiting', 100)]);
    await expect(commit(spool, [contentOf('refused', 100)])).rejects.toMatchObject({ code: 'poisoned', cause: { code: 'EIO' } });
    watch.calls.length = 0;
    expect(() => spool.prepare(waiting)).toThrow(expect.objectContaining({ code: 'poisoned' }));
    expect(() => spool.openContent('message', headerOf('later'))).toThrow(expect.objectContaining({ code: 'poisoned' }));
    await expect(spool.erase([{ segment: 1, offset: 0, length: 64 }])).rejects.toMatchObject({ code: 'poisoned' });
    await expect(spool.dropSegments([1])).rejects.toMatchObject({ code: 'poisoned' });
    await spool.close();
    expect(watch.calls.filter(({ call }) => call === 'fdatasync' || call === 'writev')).toEqual([]);
    expect(watch.opened).toBe(0);
  });

  it.each<[string, FileCall, string]>([
    ['a write to the shared segment', 'writev', '.segment'],
    ['the creation of a segment', 'open', '.segment'],
    ['the sync of the directory', 'syncDirectory', 'spool'],
    ['the fixed part of a large content', 'writev', '.single'],
    ['the sync of a large content', 'fdatasync', '.single'],
  ])('%s: the group is refused', async (_, failing, where) => {
    let armed = false;
    const { files, watch } = watchedFiles((call, path) => {
      if (armed && call === failing && path.endsWith(where)) throw systemError('EIO');
    });
    const spool = await open(newDir(), { files });
    const writers = await writersOf(spool, [contentOf('small', 100), contentOf('large', 2 * MEGABYTE)]);
    armed = true;
    await expect(spool.prepare(writers).write()).rejects.toMatchObject({ code: 'poisoned' });
    await spool.close();
    expect(watch.opened).toBe(0);
  });
});
