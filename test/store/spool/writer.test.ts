import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commit, contentOf, headerOf, spoolBench, systemError, watchedFiles } from './fixtures.ts';

const { newDir, open } = spoolBench();
const MEGABYTE = 1024 * 1024;

describe('content while it arrives', () => {
  it('is the same however it is cut into chunks', async () => {
    const spool = await open(newDir());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 60 }), async (sizes) => {
        const whole = contentOf(
          'cut',
          sizes.reduce((sum, size) => sum + size, 0),
        );
        const writer = spool.openContent('message', headerOf('cut'));
        let at = 0;
        for (const size of sizes) {
          await writer.write(whole.subarray(at, at + size));
          at += size;
        }
        expect(writer.size).toBe(whole.length);
        const [entry] = spool.prepare([writer]).entries;
        expect(entry?.sha256).toBe(createHash('sha256').update(whole).digest('hex'));
        expect(writer.bytes()?.equals(whole)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('costs its octets when it drips, not an object an octet', async () => {
    const spool = await open(newDir());
    const writer = spool.openContent('message', headerOf('drip'));
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 300_000; i++) void writer.write(Buffer.from('x'));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(30 * MEGABYTE);
    spool.prepare([writer]);
    expect(writer.bytes()?.length).toBe(300_000);
  });

  it('is not copied when it comes in one chunk', async () => {
    const spool = await open(newDir());
    const chunk = contentOf('one', 4096);
    const writer = spool.openContent('message', headerOf('one'));
    expect(writer.write(chunk)).toBeUndefined();
    spool.prepare([writer]);
    expect(writer.bytes()).toBe(chunk);
  });

  it('touches no disk up to 1 MiB, and above holds back who writes faster than the disk', async () => {
    const dir = newDir();
    const spool = await open(dir);
    const writer = spool.openContent('message', headerOf('large'));
    expect(writer.write(contentOf('a', MEGABYTE))).toBeUndefined();
    expect(readdirSync(dir)).toEqual(['seal']);
    const held = writer.write(contentOf('b', 1));
    expect(held).toBeInstanceOf(Promise);
    await held;
    expect(readdirSync(dir)).toEqual(['0000000001.single', 'seal']);
    expect(writer.write(contentOf('c', 1000))).toBeUndefined();
    await writer.abort();
  });

  it('leaves nothing behind when it is let go', async () => {
    const dir = newDir();
    const { files, watch } = watchedFiles();
    const spool = await open(dir, { files });
    const small = spool.openContent('message', headerOf('small'));
    void small.write(contentOf('small', 5000));
    const large = spool.openContent('message', headerOf('large'));
    void large.write(contentOf('large', 3 * MEGABYTE)); // not waited for: it is being written
    await Promise.all([small.abort(), large.abort()]);
    await large.abort();
    expect(readdirSync(dir)).toEqual(['seal']);
    expect(watch.opened).toBe(0);
    await expect(small.write(Buffer.from('more'))).rejects.toThrow('aborted');
    expect(() => spool.prepare([large])).toThrow('aborted');
  });

  it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('that finds no room (%s) is refused alone: the spool takes on', async (code) => {
    const dir = newDir();
    const { files } = watchedFiles((call, path) => {
      if (call === 'writev' && path.endsWith('.single')) throw systemError(code);
    });
    const spool = await open(dir, { files });
    const writer = spool.openContent('message', headerOf('large'));
    await expect(writer.write(contentOf('large', 2 * MEGABYTE))).rejects.toMatchObject({ code });
    await expect(writer.write(Buffer.from('more'))).rejects.toMatchObject({ code });
    await writer.abort();
    expect(readdirSync(dir)).toEqual(['seal']);
    await commit(spool, [contentOf('next', 100)]);
  });

  it('that meets a failing disk poisons the spool', async () => {
    const { files } = watchedFiles((call, path) => {
      if (call === 'writev' && path.endsWith('.single')) throw systemError('EIO');
    });
    const spool = await open(newDir(), { files });
    const writer = spool.openContent('message', headerOf('large'));
    await expect(writer.write(contentOf('large', 2 * MEGABYTE))).rejects.toMatchObject({ code: 'EIO' });
    expect(() => spool.openContent('message', headerOf('next'))).toThrow(expect.objectContaining({ code: 'poisoned' }));
  });
});
