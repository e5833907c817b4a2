import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScannedEntry, Spool, SpoolDamage } from '../../../src/store/spool/spool.ts';
import { collect, commit, contentOf, headerOf, spoolBench, unsyncedFiles, writersOf } from './fixtures.ts';

const { newDir, open } = spoolBench();
const MEGABYTE = 1024 * 1024;
const SEGMENT = '0000000001.segment';

async function scanned(spool: Spool): Promise<{ entries: ScannedEntry[]; names: string[]; damage: SpoolDamage[] }> {
  const entries: ScannedEntry[] = [];
  const damage: SpoolDamage[] = [];
  for await (const entry of spool.scan((found) => damage.push(found))) entries.push(entry);
  const names = entries.map(({ header, erased }) => (erased ? 'erased' : JSON.parse(header.toString()).id));
  return { entries, names, damage };
}

/** Everything in a directory, one file after the other. */
function everything(dir: string): Buffer {
  return Buffer.concat(readdirSync(dir).map((name) => readFileSync(join(dir, name))));
}

function flip(path: string, octet: number, bit = 0): void {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(octet) ^ (1 << bit), octet);
  writeFileSync(path, bytes);
}

describe('R24 a flipped bit', () => {
  it('anywhere in an entry: its content is not handed out, the others are', async () => {
    const dir = newDir();
    const spool = await open(dir, { files: unsyncedFiles });
    const group = await commit(spool, [contentOf('a', 300), contentOf('b', 300), contentOf('c', 300)]);
    const whole = readFileSync(join(dir, SEGMENT));
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: group.entries.length - 1 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        async (which, part) => {
          const hit = group.entries[which];
          if (hit === undefined) return;
          const bit = Math.floor(part * hit.location.length * 8);
          writeFileSync(join(dir, SEGMENT), whole);
          flip(join(dir, SEGMENT), hit.location.offset + (bit >> 3), bit & 7);
          for (const entry of group.entries) {
            const reading = spool.read(entry.location, entry);
            if (entry === hit) await expect(reading).rejects.toMatchObject({ code: 'corrupt' });
            else expect((await reading).size).toBe(300);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('in large content: found before anything is handed out, and when it comes while the content streams', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const content = contentOf('large', 6 * MEGABYTE);
    const group = await commit(spool, [content]);
    const [entry] = group.entries;
    if (entry === undefined) throw new Error('no entry');
    const path = join(dir, '0000000001.single');
    const stored = await spool.read(entry.location, entry);
    flip(path, entry.location.length - 1);
    await expect(spool.read(entry.location, entry)).rejects.toMatchObject({ code: 'corrupt' });
    const chunks: Buffer[] = [];
    const streaming = (async () => {
      for await (const chunk of stored.stream()) chunks.push(chunk);
    })();
    await expect(streaming).rejects.toMatchObject({ code: 'corrupt' });
    // The end never came: whoever forwards has sent no final dot.
    expect(Buffer.concat(chunks).length).toBeLessThan(content.length);
  });

  it('a record that points at another entry, or beyond the end: corrupt, never another message', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const group = await commit(spool, [contentOf('a', 300), contentOf('b', 300)]);
    const [a, b] = group.entries;
    if (a === undefined || b === undefined) throw new Error('no entries');
    for (const [location, expected] of [
      [a.location, b],
      [{ ...a.location, offset: a.location.offset + 64 }, a],
      [{ ...a.location, offset: 1_000_000 }, a],
      [{ ...a.location, segment: 77 }, a],
      [{ ...a.location, length: 10 }, a],
      [a.location, { ...a, size: 299 }],
    ] as const) {
      await expect(spool.read(location, expected)).rejects.toMatchObject({ code: 'corrupt' });
    }
  });
});

describe('the walk over a damaged segment', () => {
  it('skips what is damaged, tells where, and goes on at the next entry', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const first = await commit(
      spool,
      Array.from({ length: 5 }, (_, index) => contentOf(`m${index}`, 300)),
    );
    const at = (index: number) => first.entries[index]?.location.offset ?? 0;
    flip(join(dir, SEGMENT), at(1) + 70); // in the header
    flip(join(dir, SEGMENT), at(3) + 1); // in the magic
    const { names, damage } = await scanned(spool);
    expect(names).toEqual(['m0', 'm2', 'm4']);
    expect(damage.map(({ segment, offset, length }) => [segment, offset, offset + length])).toEqual([
      [1, at(1), at(2)],
      [1, at(3), at(4)],
    ]);
  });

  it('keeps the header of an entry whose content is wrong or cut off', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const { entries } = await commit(
      spool,
      Array.from({ length: 3 }, (_, index) => contentOf(`m${index}`, 300)),
    );
    flip(join(dir, SEGMENT), (entries[1]?.location.offset ?? 0) + (entries[1]?.location.length ?? 0) - 1);
    truncateSync(join(dir, SEGMENT), (entries[2]?.location.offset ?? 0) + 200);
    const found = await scanned(spool);
    expect(found.names).toEqual(['m0', 'm1', 'm2']);
    expect(found.entries.map(({ whole }) => whole)).toEqual([true, false, false]);
  });

  it('finds every entry that is whole, whatever octets were overwritten', async () => {
    const dir = newDir();
    const spool = await open(dir, { files: unsyncedFiles });
    const { entries } = await commit(
      spool,
      Array.from({ length: 8 }, (_, index) => contentOf(`m${index}`, 40 + index * 31)),
    );
    const bytes = readFileSync(join(dir, SEGMENT));
    const range = fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 900 }));
    await fc.assert(
      fc.asyncProperty(range, fc.nat({ max: 255 }), async ([from, length], octet) => {
        const damaged = Buffer.from(bytes);
        damaged.fill(octet, from, Math.min(from + length, bytes.length));
        writeFileSync(join(dir, SEGMENT), damaged);
        const found = await scanned(spool);
        const untouched = entries.flatMap(({ location: { offset, length: size } }, index) =>
          damaged.subarray(offset, offset + size).equals(bytes.subarray(offset, offset + size)) ? [`m${index}`] : [],
        );
        const whole = found.names.filter((_, index) => found.entries[index]?.whole === true);
        expect(whole).toEqual(untouched);
      }),
      { numRuns: 150 },
    );
  });

  it('crosses damage larger than what is read at once', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const { entries } = await commit(
      spool,
      Array.from({ length: 5 }, (_, index) => contentOf(`m${index}`, 900_000)),
    );
    const bytes = readFileSync(join(dir, SEGMENT));
    for (const octet of [0, 0x52]) {
      const damaged = Buffer.from(bytes);
      damaged.fill(octet, (entries[0]?.location.offset ?? 0) + 10, (entries[3]?.location.offset ?? 0) + 10);
      writeFileSync(join(dir, SEGMENT), damaged);
      expect((await scanned(spool)).names).toEqual(['m4']);
    }
  });

  it('does not take a forged entry inside a message for one, though the entry around it is damaged', async () => {
    const forgery = newDir();
    const forger = await open(forgery);
    await commit(forger, [contentOf('forged', 100)], 'forged');
    const forged = readFileSync(join(forgery, SEGMENT));
    const dir = newDir();
    const spool = await open(dir);
    // At every place of a 64-octet grid, whatever the header's length.
    const content = Buffer.concat(
      Array.from({ length: 64 }, (_, shift) => Buffer.concat([Buffer.alloc(shift + (64 - (forged.length % 64)), 0x20), forged])),
    );
    const { entries } = await commit(spool, [content, contentOf('next', 10)]);
    flip(join(dir, SEGMENT), (entries[0]?.location.offset ?? 0) + 66);
    const { names, damage } = await scanned(spool);
    expect(names).toEqual(['m1']);
    expect(damage).toHaveLength(1);
  });
});

describe('R64 erased', () => {
  it('means that no octet of content or header is left in the files, and that reading says so', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const contents = [contentOf('keep', 500), contentOf('secret', 500), contentOf('secret', 2 * MEGABYTE), contentOf('after', 500)];
    const group = await commit(spool, contents, 'name-');
    const [keep, small, large, after] = group.entries;
    if (keep === undefined || small === undefined || large === undefined || after === undefined) throw new Error('no entries');
    const traces = [contents[1]?.subarray(0, 60), 'someone.name-1@customer.example', 'someone.name-2@customer.example'] as (
      | string
      | Buffer
    )[];
    for (const trace of traces) expect(everything(dir).includes(trace)).toBe(true);
    await spool.erase([small.location, large.location]);
    for (const trace of [...traces, Buffer.from(small.sha256, 'hex'), Buffer.from(large.sha256, 'hex')]) {
      expect(everything(dir).includes(trace)).toBe(false);
    }
    await expect(spool.read(small.location, small)).rejects.toMatchObject({ code: 'erased' });
    await expect(spool.read(large.location, large)).rejects.toMatchObject({ code: 'erased' });
    expect((await spool.read(keep.location, keep)).bytes?.equals(contents[0] ?? Buffer.alloc(0))).toBe(true);
    expect((await spool.read(after.location, after)).bytes?.equals(contents[3] ?? Buffer.alloc(0))).toBe(true);
    // The room of the large one is free at once (R27).
    expect(statSync(join(dir, '0000000001.single')).size).toBe(64);
    await spool.erase([small.location, large.location]); // once more changes nothing
    await spool.close();
    const again = await open(dir);
    await again.recover(group.end);
    const { names, damage } = await scanned(again);
    expect({ names: names.sort(), damage }).toEqual({ names: ['erased', 'erased', 'name-0', 'name-3'], damage: [] });
  });

  it('is possible for an entry that is damaged, and for a segment that is gone', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const group = await commit(spool, [contentOf('a', 500), contentOf('secret', 500), contentOf('b', 500)]);
    const target = group.entries[1];
    if (target === undefined) throw new Error('no entry');
    flip(join(dir, SEGMENT), target.location.offset + 2);
    await spool.erase([target.location, { segment: 99, offset: 0, length: 100 }]);
    expect(everything(dir).includes('secret')).toBe(false);
    await expect(spool.read(target.location, target)).rejects.toMatchObject({ code: 'erased' });
    expect((await scanned(spool)).names).toEqual(['m0', 'erased', 'm2']);
    rmSync(join(dir, SEGMENT));
  });

  it('while its content streams: the stream ends in an error, not in zeros', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const [entry] = (await commit(spool, [contentOf('large', 6 * MEGABYTE)])).entries;
    if (entry === undefined) throw new Error('no entry');
    const stream = (await spool.read(entry.location, entry)).stream();
    await spool.erase([entry.location]);
    await expect(collect(stream)).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('a report', () => {
  it('is told from a message by its kind', async () => {
    const spool = await open(newDir());
    const report = spool.openContent('report', headerOf('report'));
    void report.write(contentOf('report', 100));
    await spool.prepare([report, ...(await writersOf(spool, [contentOf('m', 10)]))]).write();
    const { entries } = await scanned(spool);
    expect(entries.map(({ kind }) => kind)).toEqual(['report', 'message']);
  });
});
