import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Spool } from '../../../src/store/spool/spool.ts';

const silent = { info() {}, warn() {}, error() {} };
const opened: Spool[] = [];
const dirs: string[] = [];
afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});
async function newDir() {
  const dir = await mkdtemp(join(tmpdir(), 'relais-spool-'));
  dirs.push(dir);
  return join(dir, 'spool');
}
async function open(dir: string, o = {}) {
  const spool = await Spool.open({ dir, log: silent, now: Date.now, ...o });
  opened.push(spool);
  return spool;
}
const header = (n: number) => Buffer.from(JSON.stringify({ id: n }));
describe('spool', () => {
  it('gives back small and large content', async () => {
    const dir = await newDir();
    const spool = await open(dir);
    const sizes = [0, 1, 64, 4096, 1024 * 1024, 1024 * 1024 + 1, 6_000_000];
    const contents = sizes.map((n) => randomBytes(n));
    const writers = [];
    for (const [i, content] of contents.entries()) {
      const w = spool.openContent('message', header(i));
      for (let at = 0; at < content.length; at += 100_000) await w.write(content.subarray(at, at + 100_000));
      writers.push(w);
    }
    const group = spool.prepare(writers);
    await group.write();
    const check = async (s: Spool) => {
      for (const [i, e] of group.entries.entries()) {
        const got = await s.read(e.location, e);
        expect(got.sha256).toBe(
          createHash('sha256')
            .update(contents[i] ?? '')
            .digest('hex'),
        );
        const chunks = [];
        for await (const c of got.stream()) chunks.push(c);
        expect(Buffer.concat(chunks).equals(contents[i] ?? Buffer.alloc(0))).toBe(true);
      }
    };
    await check(spool);
    await spool.close();
    const again = await open(dir);
    expect(await again.recover(group.end)).toEqual({ validEnd: group.end, orphanContents: 0 });
    await check(again);
    const found = [];
    for await (const e of again.scan()) found.push(e.size);
    expect(found.sort((a, b) => a - b)).toEqual(sizes);
  });
});
