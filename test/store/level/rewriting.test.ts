/** Segments of the spool that are mostly dead: what is kept is moved, and nothing is lost or left behind on the way. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { MessageId, ReportId } from '../../../src/domain/ids.ts';
import type { Store } from '../../../src/domain/ports.ts';
import { rebuildStore } from '../../../src/store/rebuild.ts';
import type { SpoolFiles } from '../../../src/store/spool/spool.ts';
import { verifyStore } from '../../../src/store/verify.ts';
import { DAY } from '../../contract/messages.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { systemError, watchedFiles } from '../spool/fixtures.ts';
import { beforeBatches, everythingIn, storeBench } from './bench-store.ts';

const { make, newDir, open, clock, log } = storeBench();

let restore = (): void => {};
const copies: string[] = [];
afterEach(() => {
  restore();
  restore = () => {};
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true });
});

const verify = (dataDir: string) => verifyStore({ dataDir, now: clock.read, log: recordingLog() });
const spoolNames = (dir: string): string[] => readdirSync(join(dir, 'spool')).filter((name) => name !== 'seal');
const bodyOf = (name: string): string => `${`body of ${name}\r\n`.repeat(70)}`;

interface Filled {
  readonly dir: string;
  readonly store: Store;
  readonly kept: readonly MessageId[];
  readonly report: ReportId;
}

/** Segments of four contents: of the first two one is kept of each, beside a report; of the others all. */
async function filledStore(files?: SpoolFiles): Promise<Filled> {
  const dir = newDir();
  const store = await open(dir, { segmentSize: 8192, ...(files === undefined ? {} : { files }) });
  const ids: MessageId[] = [];
  for (let i = 0; i < 5; i++) ids.push((await make.accept(store, { body: bodyOf(`m${i}-`), subject: `m${i}-` })).id);
  const report = make.report();
  await store.recordReport({ report, raw: Buffer.from(bodyOf('report-')), items: [], now: clock.now });
  for (let i = 5; i < 14; i++) ids.push((await make.accept(store, { body: bodyOf(`m${i}-`), subject: `m${i}-` })).id);
  const dead = new Set([0, 1, 3, 4, 5, 6]);
  await store.erase({ ids: ids.filter((_, i) => dead.has(i)), force: true, now: clock.now });
  await store.close();
  return {
    dir,
    store: await open(dir, { segmentSize: 8192, ...(files === undefined ? {} : { files }) }),
    kept: ids.filter((_, i) => !dead.has(i)),
    report: report.id,
  };
}

const cleanUp = (store: Store) => store.cleanup({ contentBefore: 0, recordsBefore: 0, now: clock.now });

async function expectKept(store: Store, { kept, report }: Pick<Filled, 'kept' | 'report'>): Promise<void> {
  for (const id of kept) {
    const { message } = (await store.record(id)) ?? {};
    expect((await store.content(id)).bytes?.toString()).toBe(bodyOf(message?.headers.subject ?? ''));
  }
  expect((await store.report(report))?.raw.toString()).toBe(bodyOf('report-'));
}

/** As a kill would leave it: everything that was given to the system. */
function imageOf(dir: string): string {
  const image = join(mkdtempSync(join(tmpdir(), 'relais-image-')), 'data');
  copies.push(join(image, '..'));
  cpSync(dir, image, { recursive: true, filter: (path) => !path.endsWith('reserve') });
  return image;
}

describe('a segment that is mostly dead', () => {
  it('is rewritten by the clean-up: its room is free, all that was kept reads as before', async () => {
    const filled = await filledStore();
    const { dir, store } = filled;
    const before = spoolNames(dir);
    const octets = () => spoolNames(dir).reduce((sum, name) => sum + statSync(join(dir, 'spool', name)).size, 0);
    const size = octets();
    await cleanUp(store);
    const after = spoolNames(dir);
    expect(after.filter((name) => name.endsWith('.copy'))).toHaveLength(1);
    expect(before.filter((name) => !after.includes(name)).length).toBeGreaterThanOrEqual(2);
    expect(octets()).toBeLessThan(size - 8000);
    await expectKept(store, filled);
    await cleanUp(store); // nothing more to do
    expect(spoolNames(dir)).toEqual(after);
    await store.close();
    expect((await verify(dir)).findings).toEqual([]);
    const again = await open(dir, { segmentSize: 8192 });
    await expectKept(again, filled);
    expect(spoolNames(dir)).toEqual(after);
  });

  it('R64 what was moved is gone once it is erased, and so is the segment of copies', async () => {
    const { dir, store, kept } = await filledStore();
    await cleanUp(store);
    expect(everythingIn(join(dir, 'spool'))).toContain('body of m2-');
    await store.erase({ ids: kept, force: true, now: clock.now });
    expect(everythingIn(join(dir, 'spool'))).not.toContain('body of m');
    clock.now += DAY;
    await store.cleanup({ contentBefore: clock.now, recordsBefore: 0, now: clock.now }); // the report
    expect(everythingIn(join(dir, 'spool'))).not.toContain('body of');
    await expect.poll(() => spoolNames(dir).filter((name) => name.endsWith('.copy'))).toEqual([]);
  });

  it('R64 is gone when it is erased while it is moved', async () => {
    const { dir, store, kept } = await filledStore();
    const [, erased] = await Promise.all([cleanUp(store), store.erase({ ids: kept, force: true, now: clock.now })]);
    expect(erased.every(({ outcome }) => outcome === 'erased')).toBe(true);
    expect(everythingIn(join(dir, 'spool'))).not.toContain('body of m');
    await store.close();
    expect((await verify(dir)).findings).toEqual([]);
  });

  it('is read on while it is rewritten', async () => {
    const filled = await filledStore();
    let done = false;
    let reads = 0;
    const reading = (async () => {
      while (!done) {
        await expectKept(filled.store, filled);
        reads++;
      }
    })();
    for (let i = 0; i < 3; i++) await cleanUp(filled.store);
    done = true;
    await reading;
    expect(reads).toBeGreaterThan(0);
  });

  it('stays as it is when one of its entries is not whole, and the others are rewritten', async () => {
    const { dir, store, kept } = await filledStore();
    await store.close();
    const path = join(dir, 'spool', '0000000001.segment');
    const bytes = readFileSync(path);
    const at = bytes.indexOf('body of m2-');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(path, bytes);
    const again = await open(dir, { segmentSize: 8192 });
    await cleanUp(again);
    expect(existsSync(path)).toBe(true);
    expect(existsSync(join(dir, 'spool', '0000000002.segment'))).toBe(false);
    expect(JSON.stringify(log.lines)).toContain('can not be rewritten');
    await expect(again.content(kept[0] ?? ('' as never))).rejects.toMatchObject({ code: 'corrupt' });
    expect(again.health().writable).toBe(true);
  });

  it.each(['ENOSPC', 'EIO'])('R27 stays as it is when the disk refuses the copy (%s), and mail goes on', async (code) => {
    let refuse = true;
    const { files } = watchedFiles((call, path) => {
      if (refuse && call === (code === 'EIO' ? 'fdatasync' : 'writev') && path.endsWith('.copy')) throw systemError(code);
    });
    const filled = await filledStore(files);
    const { dir, store } = filled;
    await cleanUp(store);
    expect(spoolNames(dir).filter((name) => name.endsWith('.copy'))).toEqual([]);
    expect(store.health().writable).toBe(true);
    await expectKept(store, filled);
    await make.accept(store);
    refuse = false;
    await cleanUp(store);
    expect(spoolNames(dir).filter((name) => name.endsWith('.copy'))).toHaveLength(1);
    await expectKept(store, filled);
  });
});

describe('R3 killed while a segment is rewritten', () => {
  it('at any write, sync or commit: nothing is lost, nothing is twice, and the next clean-up ends it', async () => {
    const images: { readonly at: string; readonly image: string }[] = [];
    let armed = '';
    const take = (at: string): void => {
      // Of what is done again and again once is enough: the first two segments have all of it.
      const seen = images.filter((image) => image.at === at).length;
      if (armed === '' || seen >= (at === 'before a batch' ? 4 : 1) || images.length > 9) return;
      images.push({ at, image: imageOf(armed) });
    };
    const { files } = watchedFiles((call, path) => {
      if (['writev', 'fdatasync', 'remove'].includes(call)) take(`before ${call} ${path.slice(-18)}`);
      // Power fails: of what was not synced a part is on the disk.
      const [torn] = call === 'fdatasync' && path.endsWith('.copy') && armed !== '' ? images.slice(-1) : [];
      if (torn === undefined || !torn.at.includes('fdatasync')) return;
      const copy = join(torn.image, 'spool', path.slice(-15));
      truncateSync(copy, statSync(copy).size - 700);
    });
    const filled = await filledStore(files);
    restore = beforeBatches(() => take('before a batch'));
    armed = filled.dir;
    await cleanUp(filled.store);
    armed = '';
    restore();
    expect(images.length).toBe(10);

    let interrupted = 0;
    for (const { at, image } of images) {
      const { findings } = at === 'before a batch' ? await verify(image) : { findings: [] };
      expect(
        findings.filter(({ severity }) => severity === 'damage'),
        at,
      ).toEqual([]);
      interrupted += findings.length > 0 ? 1 : 0;
      const store = await open(image, { segmentSize: 8192 });
      await expectKept(store, filled);
      expect(everythingIn(join(image, 'spool')).match(/body of m2-\r\nbody of m2-/g)?.length, at).toBe(
        bodyOf('m2-').match(/body of m2-\r\nbody of m2-/g)?.length,
      );
      await cleanUp(store);
      await store.close();
      const names = spoolNames(image);
      for (const rewritten of ['0000000001.segment', '0000000002.segment']) expect(names, at).not.toContain(rewritten);
    }
    expect(interrupted).toBeGreaterThan(1);
    // Of these a register can be made anew as well: each message once.
    for (const { image } of images.filter((_, i) => i % 4 === 2)) {
      const rebuilt = await rebuildStore({ dataDir: image, now: clock.read, log: recordingLog() });
      expect(rebuilt).toMatchObject({ messages: filled.kept.length, reports: 1, unreadable: 0 });
    }
  });

  it('rebuild takes a content that stands twice for one, and leaves none behind when it is erased', async () => {
    let image = '';
    const { files } = watchedFiles((call, path) => {
      // The second slice is copied, and not committed.
      if (armed && call === 'fdatasync' && path.endsWith('.copy') && ++synced === 2) image = imageOf(filled.dir);
    });
    let armed = false;
    let synced = 0;
    const filled = await filledStore(files);
    armed = true;
    await cleanUp(filled.store);
    const rebuilt = await rebuildStore({ dataDir: image, now: clock.read, log: recordingLog() });
    expect(rebuilt).toMatchObject({ messages: filled.kept.length, reports: 1, unreadable: 0 });
    expect((await verify(image)).findings).toEqual([]);
    const store = await open(image);
    await expectKept(store, filled);
    await store.erase({ ids: filled.kept, force: true, now: clock.now });
    expect(everythingIn(join(image, 'spool'))).not.toContain('body of m');
  });

  it('R25 refuses a register that is older than the copies, and one whose copies are gone', async () => {
    const filled = await filledStore();
    const before = imageOf(filled.dir);
    await cleanUp(filled.store);
    await filled.store.close();
    const gone = imageOf(filled.dir);
    const [copy] = spoolNames(gone).filter((name) => name.endsWith('.copy'));
    rmSync(join(gone, 'spool', copy ?? ''));
    await expect(open(gone)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('is missing') });
    // The register of before, the spool of after; the old segments are there, overwritten.
    const mixed = imageOf(before);
    cpSync(join(filled.dir, 'spool', copy ?? ''), join(mixed, 'spool', copy ?? ''));
    for (const name of ['0000000001.segment', '0000000002.segment']) {
      const path = join(mixed, 'spool', name);
      const bytes = readFileSync(path);
      for (let at = bytes.indexOf('RLSE'); at !== -1; at = bytes.indexOf('RLSE', at + 1)) bytes.fill(0, at, at + 64);
      writeFileSync(path, bytes);
    }
    await expect(open(mixed)).rejects.toMatchObject({ code: 'damaged', message: expect.stringContaining('knows nothing of what stands') });
  });
});
