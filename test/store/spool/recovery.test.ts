import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreparedGroup, SpoolEnd } from '../../../src/store/spool/spool.ts';
import { commit, contentOf, spoolBench, unsyncedFiles, watchedFiles, writersOf } from './fixtures.ts';

const { newDir, open } = spoolBench();
const MEGABYTE = 1024 * 1024;
const SEGMENT = '0000000001.segment';

function endOf(group: PreparedGroup): { segment: number; offset: number } {
  return { segment: group.end.segment, offset: group.end.offset };
}

function startOf(group: PreparedGroup): { segment: number; offset: number } {
  return { segment: group.end.segment, offset: group.end.start };
}

/** A closed spool of two groups of three small contents. */
async function twoGroups(): Promise<{ dir: string; first: PreparedGroup; last: PreparedGroup }> {
  const dir = newDir();
  const spool = await open(dir);
  const first = await commit(spool, [contentOf('a', 50), contentOf('b', 300), contentOf('c', 0)], 'first');
  const last = await commit(spool, [contentOf('d', 50), contentOf('e', 700), contentOf('f', 10)], 'last');
  await spool.close();
  return { dir, first, last };
}

describe('R8 the spool after a crash', () => {
  it('keeps the last group when it is whole and cuts it off when it is not, wherever its file ends', async () => {
    const { dir, first, last } = await twoGroups();
    const whole = readFileSync(join(dir, SEGMENT));
    const spool = await open(dir, { files: unsyncedFiles });
    const needed = Math.max(...last.entries.map(({ location }) => location.offset + location.length));
    const lastEntry = last.entries.at(-1)?.location.offset ?? 0;
    for (let size = first.end.offset; size <= whole.length; size += size < lastEntry ? 37 : 1) {
      writeFileSync(join(dir, SEGMENT), whole.subarray(0, size));
      const { validEnd, lastGroupWhole, orphanContents } = await spool.recover(last.end);
      const expected = size >= needed ? last.end.offset : first.end.offset;
      expect({ size, validEnd, lastGroupWhole, orphanContents }).toMatchObject({
        size,
        validEnd: { segment: 1, offset: expected, start: expected },
        lastGroupWhole: size >= needed,
        orphanContents: 0,
      });
      // Cut off, or, where only padding was lost, filled up.
      expect(readFileSync(join(dir, SEGMENT)).length).toBe(expected);
    }
  });

  it('cuts the last group off when a sector of it was never written', async () => {
    const { dir, first, last } = await twoGroups();
    const whole = readFileSync(join(dir, SEGMENT));
    const spool = await open(dir, { files: unsyncedFiles });
    const needed = Math.max(...last.entries.map(({ location }) => location.offset + location.length));
    for (let sector = Math.floor(first.end.offset / 512); sector * 512 < needed; sector++) {
      const torn = Buffer.from(whole);
      torn.fill(0, Math.max(sector * 512, first.end.offset), Math.min((sector + 1) * 512, whole.length));
      writeFileSync(join(dir, SEGMENT), torn);
      expect({ sector, ...(await spool.recover(last.end)) }).toMatchObject({ sector, lastGroupWhole: false, validEnd: startOf(last) });
    }
  });

  it('takes bits that are wrong for damage, not for a crash: the record stays and its content says corrupt', async () => {
    const { dir, first, last } = await twoGroups();
    const whole = readFileSync(join(dir, SEGMENT));
    const spool = await open(dir, { files: unsyncedFiles });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length * 8 - 1 }), async (bit) => {
        const flipped = Buffer.from(whole);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        writeFileSync(join(dir, SEGMENT), flipped);
        expect(await spool.recover(last.end)).toMatchObject({ validEnd: endOf(last), lastGroupWhole: true });
        for (const { location, ...expected } of [...first.entries, ...last.entries]) {
          const hit = bit >> 3 >= location.offset && bit >> 3 < location.offset + location.length;
          const reading = spool.read(location, expected);
          if (hit) await expect(reading).rejects.toMatchObject({ code: 'corrupt' });
          else await reading;
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, (first: PreparedGroup) => SpoolEnd | null]>([
    ['after the last one it knows', (first) => first.end],
    ['when it knows none', () => null],
  ])('removes and counts a group that the register does not have, %s', async (_, committedOf) => {
    const dir = newDir();
    const spool = await open(dir);
    const first = await commit(spool, [contentOf('a', 150)], 'first');
    const committed = committedOf(first);
    let known: PreparedGroup | undefined = first;
    if (committed === null) {
      await spool.close();
      rmSync(dir, { recursive: true });
      known = undefined;
    }
    const fresh = committed === null ? await open(dir) : spool;
    await commit(fresh, [contentOf('x', 150), contentOf('y', 2 * MEGABYTE), contentOf('z', 10)], 'orphan');
    await fresh.close();
    const again = await open(dir);
    const recovery = await again.recover(committed);
    expect(recovery).toMatchObject({ validEnd: known === undefined ? { segment: 0, offset: 0 } : endOf(known), orphanContents: 3 });
    const next = await commit(again, [contentOf('next', 10)], 'next');
    const names: string[] = [];
    for await (const entry of again.scan()) names.push(JSON.parse(entry.header.toString()).id);
    expect(names).toEqual(committed === null ? ['next0'] : ['first0', 'next0']);
    await again.close();
    expect((await (await open(dir)).recover(next.end)).orphanContents).toBe(0);
  });

  it('cuts off the half of a group that the register does not have', async () => {
    const { dir, first, last } = await twoGroups();
    const whole = readFileSync(join(dir, SEGMENT));
    const spool = await open(dir, { files: unsyncedFiles });
    for (let size = first.end.offset; size <= whole.length; size += 13) {
      writeFileSync(join(dir, SEGMENT), whole.subarray(0, size));
      const { validEnd, orphanContents } = await spool.recover(first.end);
      expect(validEnd).toMatchObject(endOf(first));
      const begun = last.entries.filter(({ location }) => location.offset < size).length;
      expect({ size, orphanContents }).toEqual({ size, orphanContents: begun });
    }
  });

  it('refuses to cut when more than one group would go: the register is older than the spool', async () => {
    const dir = newDir();
    const spool = await open(dir, { segmentSize: 2000 });
    const groups = [];
    for (let round = 0; round < 5; round++) groups.push(await commit(spool, [contentOf(`m${round}`, 900)], `m${round}`));
    await commit(spool, [contentOf('large', 2 * MEGABYTE)]);
    await spool.close();
    const before = readdirSync(dir);
    const again = await open(dir);
    for (const committed of [null, groups[0]?.end ?? null, groups[3]?.end ?? null, groups[4]?.end ?? null].slice(0, 3)) {
      await expect(again.recover(committed)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('relais rebuild') });
    }
    expect(readdirSync(dir)).toEqual(before);
    const last = groups[4];
    expect(last && (await again.recover(last.end)).orphanContents).toBe(1); // the large one
  });

  it.each<[string, (dir: string, group: PreparedGroup) => void]>([
    ['is missing', (dir) => rmSync(join(dir, SEGMENT))],
    ['is short where an earlier group was durable', (dir, last) => truncateSync(join(dir, SEGMENT), last.end.start - 1)],
  ])('refuses a segment that %s', async (_, damage) => {
    const { dir, last } = await twoGroups();
    damage(dir, last);
    const spool = await open(dir);
    const settled = { ...last.end, start: last.end.offset };
    await expect(spool.recover(settled)).rejects.toMatchObject({ code: 'damaged' });
    await expect(spool.recover(last.end)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('writes the last group once more and syncs it: after a failed sync it may have been in memory alone', async () => {
    const { dir, last } = await twoGroups();
    const before = readFileSync(join(dir, SEGMENT));
    const { files, watch } = watchedFiles();
    const spool = await open(dir, { files });
    watch.calls.length = 0;
    await spool.recover(last.end);
    expect(watch.calls.map(({ call }) => call).filter((call) => call === 'writev' || call === 'fdatasync')).toEqual([
      'writev',
      'fdatasync',
    ]);
    expect(readFileSync(join(dir, SEGMENT)).equals(before)).toBe(true);
  });

  it('goes on in a new segment when the creation of the last one was lost', async () => {
    const dir = newDir();
    const spool = await open(dir, { segmentSize: 1000 });
    await commit(spool, [contentOf('a', 900)], 'first');
    const last = await commit(spool, [contentOf('b', 900)], 'last');
    await spool.close();
    rmSync(join(dir, '0000000002.segment'));
    const again = await open(dir);
    expect(await again.recover(last.end)).toMatchObject({ validEnd: { segment: 2, offset: 0 }, lastGroupWhole: false });
    await again.recover(again.end);
    const next = await commit(again, [contentOf('c', 10)], 'next');
    expect(next.end).toMatchObject({ segment: 3, start: 0 });
    const [entry] = next.entries;
    expect(entry && (await again.read(entry.location, entry)).size).toBe(10);
  });
});

describe('R8 large contents after a crash', () => {
  it('that were still streaming are removed and counted', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const streaming = spool.openContent('message', Buffer.from('{}'));
    await streaming.write(contentOf('streaming', 3 * MEGABYTE));
    const known = await commit(spool, [contentOf('known', 2 * MEGABYTE)]);
    const copy = `${dir}-copy`;
    cpSync(dir, copy, { recursive: true });
    expect(readdirSync(copy)).toHaveLength(3);
    const again = await open(copy);
    expect(await again.recover(known.end)).toMatchObject({ lastGroupWhole: true, orphanContents: 1 });
    expect(readdirSync(copy)).toEqual(['0000000002.single', 'seal']);
    await streaming.abort();
  });

  it.each<[string, (path: string) => void]>([
    ['is missing', (path) => rmSync(path)],
    ['is short', (path) => truncateSync(path, 2 * MEGABYTE)],
    ['has no preamble yet', (path) => writeFileSync(path, Buffer.concat([Buffer.alloc(64), readFileSync(path).subarray(64)]))],
    [
      'has a hole',
      (path) => {
        const bytes = readFileSync(path);
        bytes.fill(0, 512 * 100, 512 * 101);
        writeFileSync(path, bytes);
      },
    ],
  ])('of the last group whose file %s: the group is cut off', async (_, damage) => {
    const dir = newDir();
    const spool = await open(dir);
    const group = await commit(spool, [contentOf('small', 10), contentOf('large', 3 * MEGABYTE)]);
    await spool.close();
    damage(join(dir, '0000000001.single'));
    const again = await open(dir);
    expect(await again.recover(group.end)).toMatchObject({ validEnd: startOf(group), lastGroupWhole: false, orphanContents: 0 });
    expect(readdirSync(dir)).toEqual(['0000000002.segment', 'seal']);
  });

  it('whose bits are wrong stay, and say corrupt', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const group = await commit(spool, [contentOf('large', 3 * MEGABYTE)]);
    await spool.close();
    const path = join(dir, '0000000001.single');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(1_000_000) ^ 1, 1_000_000);
    writeFileSync(path, bytes);
    const again = await open(dir);
    expect((await again.recover(group.end)).lastGroupWhole).toBe(true);
    const [entry] = group.entries;
    await expect(entry && again.read(entry.location, entry)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('of earlier groups are not read at opening', async () => {
    const dir = newDir();
    const spool = await open(dir);
    for (let round = 0; round < 5; round++) await commit(spool, [contentOf(`large${round}`, 2 * MEGABYTE)]);
    const { end } = spool;
    await spool.close();
    const { files, watch } = watchedFiles();
    const again = await open(dir, { files });
    watch.calls.length = 0;
    await again.recover(end);
    expect(watch.calls.filter(({ call }) => call === 'read')).toEqual([]);
  });
});

describe('R8 copies of the directory taken in the middle of commits', () => {
  /** Copies of a directory at every write and sync, each with what was committed and in flight at the time. */
  async function copiesOfWork() {
    const dir = newDir();
    const copies: { dir: string; committed: SpoolEnd | null; inFlight: SpoolEnd | null; done: number }[] = [];
    let now: Omit<(typeof copies)[number], 'dir'> | null = null;
    const { files } = watchedFiles((call) => {
      if (now === null || (call !== 'writev' && call !== 'fdatasync' && call !== 'syncDirectory')) return;
      const copy = `${dir}-copy-${copies.length}`;
      cpSync(dir, copy, { recursive: true });
      copies.push({ dir: copy, ...now });
    });
    const spool = await open(dir, { files, segmentSize: 4000 });
    now = { committed: null, inFlight: null, done: 0 };
    for (let round = 0; round < 5; round++) {
      const contents = [
        contentOf(`a${round}`, 900),
        contentOf(`b${round}`, 300),
        ...(round === 3 ? [contentOf('large', MEGABYTE + 1)] : []),
      ];
      const group = spool.prepare(await writersOf(spool, contents, `round${round}-`));
      now = { ...now, inFlight: group.end };
      await group.write();
      now = { committed: group.end, inFlight: null, done: now.done + contents.length };
    }
    now = null;
    return copies;
  }

  it('hold all that was committed, whether the register got the group in flight or not', async () => {
    const copies = await copiesOfWork();
    expect(copies.length).toBeGreaterThan(12);
    for (const copy of copies) {
      await expectCommitted(copy, copy.committed, `${copy.dir}-a`);
      if (copy.inFlight !== null) await expectCommitted(copy, copy.inFlight, `${copy.dir}-b`);
    }
  });

  /** Opens a copy with what the register has: all that was committed is there, and at most the group in flight beside. */
  async function expectCommitted(copy: { dir: string; inFlight: SpoolEnd | null; done: number }, committed: SpoolEnd | null, dir: string) {
    cpSync(copy.dir, dir, { recursive: true });
    const spool = await open(dir, { files: unsyncedFiles });
    const { lastGroupWhole } = await spool.recover(committed);
    let whole = 0;
    const damage: unknown[] = [];
    for await (const entry of spool.scan((found) => damage.push(found))) whole += entry.whole ? 1 : 0;
    expect(damage).toEqual([]);
    if (committed === copy.inFlight && lastGroupWhole) expect(whole).toBeGreaterThan(copy.done);
    else expect(whole).toBe(copy.done);
    await commit(spool, [contentOf('goes on', 100)]);
    await spool.close();
  }
});
