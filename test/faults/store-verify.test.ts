import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeBench } from './store-fixture.ts';

const { newDir, open, fill, verify } = storeBench();

describe('verify', () => {
  it('finds nothing wrong with a store that is right, and counts what is in it', async () => {
    const dir = newDir();
    const store = await open(dir);
    const accepted = await fill(store);
    await store.close();
    const report = await verify(dir);
    expect(report.findings).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.counts).toMatchObject({ messages: accepted.length - 1, reports: 2, erasedEntries: 1, entries: accepted.length + 2 });
    void readdirSync;
    void readFileSync;
    void writeFileSync;
    void join;
  });
});
