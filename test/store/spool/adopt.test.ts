import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, contentOf, spoolBench } from './fixtures.ts';

const { newDir, open } = spoolBench();
const MEGABYTE = 1024 * 1024;

describe('a spool that a new register is made from', () => {
  it('is taken as it is, goes on in a new segment, and opens with the end that was given', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const groups = [];
    for (let round = 0; round < 3; round++) groups.push(await commit(spool, [contentOf(`m${round}`, 300)], `m${round}`));
    await commit(spool, [contentOf('large', 2 * MEGABYTE)], 'large');
    await spool.close();
    const again = await open(dir);
    let group = 0;
    for await (const entry of again.scan()) group = Math.max(group, entry.group);
    const end = await again.adopt(group);
    expect(end).toMatchObject({ segment: 3, offset: 0, start: 0, singles: [], group, openFrom: 4 });
    await again.close();
    const third = await open(dir);
    expect(await third.recover(end)).toMatchObject({ lastGroupWhole: true, orphanContents: 0 });
    const next = await commit(third, [contentOf('next', 10)], 'next');
    expect(next.end.group).toBeGreaterThan(group);
    for (const entry of [...groups.flatMap(({ entries }) => entries), ...next.entries]) await third.read(entry.location, entry);
    await third.close();
    expect(await (await open(dir)).recover(next.end)).toMatchObject({ lastGroupWhole: true, orphanContents: 0 });
  });

  it('sets a segment aside in which nothing can be read, and touches it no more', async () => {
    const dir = newDir();
    const spool = await open(dir);
    await commit(spool, [contentOf('m', 300)]);
    await spool.close();
    writeFileSync(join(dir, '0000000001.segment'), 'x'.repeat(500));
    const again = await open(dir);
    await again.setAside(1, 'damaged');
    expect(again.segments()).toEqual([]);
    await again.close();
    const third = await open(dir);
    await third.recover(null);
    await commit(third, [contentOf('next', 10)]);
    expect(readdirSync(dir)).toEqual(['0000000001.segment', '0000000001.segment.damaged', 'seal']);
    expect(readFileSync(join(dir, '0000000001.segment.damaged'), 'latin1')).toBe('x'.repeat(500));
  });
});
