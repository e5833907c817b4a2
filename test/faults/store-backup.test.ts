/** R28: a backup of a store that works, and what a restore brings back of it. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/domain/ports.ts';
import { listBackups } from '../../src/store/backup/manifest.ts';
import { restoreBackup } from '../../src/store/backup/restoring.ts';
import { backUpStopped } from '../../src/store/backup/stopped.ts';
import { verifyBackup } from '../../src/store/backup/verifying.ts';
import { recordingLog } from '../support/recording-log.ts';
import { allIds, storeBench } from './store-fixture.ts';

const bench = storeBench();
const { maker, clock } = bench;
const parts = { now: clock.read, log: recordingLog() };
const restore = (from: string, dataDir: string, hold = true) => restoreBackup({ from, dataDir, hold, ...parts });
const verify = (path: string) => verifyBackup({ path, ...parts });
const newPlace = (): string => join(bench.newDir(), '..', 'backups');

async function events(store: Store) {
  const all = [];
  for (let after = 0; after < store.lastSeq; ) {
    const { items } = await store.changes({ after, limit: 1000 });
    all.push(...items);
    after = items.at(-1)?.seq ?? store.lastSeq;
  }
  return all;
}

/** Accepts, transfers, fails and erases as fast as it goes, until it is told to stop. */
function load(store: Store) {
  let going = true;
  const accepted: MessageId[] = [];
  const line = async (name: number): Promise<void> => {
    for (let n = 0; going; n++) {
      const large = n % 40 === 7;
      const body = large ? Buffer.alloc(1_200_000, `large ${name} ${n}\r\n`) : `Subject: ${n}\r\n\r\n${'text '.repeat(400)}\r\n`;
      const { id } = await maker.accept(store, { subject: `Letter ${name} ${n}`, body });
      accepted.push(id);
      if (n % 3 !== 0) await maker.attempt(store, id, n % 3 === 1 ? 'transferred' : 'deferred');
      if (n % 9 === 4) await store.erase({ ids: [id], force: true, now: clock.now });
    }
  };
  const lines = [1, 2, 3, 4].map(line);
  return {
    accepted,
    until: async (count: number): Promise<void> => {
      while (accepted.length < count) await new Promise((resolve) => setImmediate(resolve));
    },
    stop: async (): Promise<void> => {
      going = false;
      await Promise.all(lines);
    },
  };
}

describe('R28 a backup', () => {
  it('under load, restored: all that was answered before it is there, the feed has no gap, and nothing goes out by itself', async () => {
    const store = await bench.open(bench.newDir(), { segmentSize: 512 * 1024 });
    const place = newPlace();
    const mail = load(store);
    await mail.until(100);
    const before = [...mail.accepted];
    const seqBefore = store.lastSeq;
    const made = await store.backup({ dir: place, keep: null });
    await mail.until(mail.accepted.length + 20);
    await mail.stop();
    expect(made.seq).toBeGreaterThanOrEqual(seqBefore);
    expect(await verify(place)).toMatchObject({ ok: true, damaged: [], report: { findings: [] } });

    const dataDir = bench.newDir();
    const report = await restore(place, dataDir);
    expect(report).toMatchObject({ from: join(place, made.name), waiting: 0 });
    expect((await bench.verify(dataDir)).findings).toEqual([]);
    const restored = await bench.open(dataDir);
    const ids = new Set(await allIds(restored));
    const told = await events(restored);
    expect(told.map(({ seq }) => seq)).toEqual(told.map((_, i) => i + 1));
    const deleted = new Set(told.filter(({ type }) => type === 'message.deleted').map(({ message }) => message));
    expect(before.filter((id) => !ids.has(id) && !deleted.has(id))).toEqual([]);
    for (const id of ids) expect((await restored.content(id as MessageId)).size).toBeGreaterThan(1000);
    expect(restored.queue).toMatchObject({ queued: 0, deferred: 0, held: report.held });
    expect(report.held).toBeGreaterThan(20);
    const [why] = told.filter(({ type }) => type === 'recipient.held');
    expect(why?.reason).toBe('restored from the backup of 2026-03-02T00:00:00.000Z: it may have been sent since');
    await maker.accept(restored);
  });

  it('holds what is erased while it is made: erasing waits for the copy, and goes on', async () => {
    const store = await bench.open(bench.newDir(), { segmentSize: 64 * 1024 });
    const ids: MessageId[] = [];
    for (let n = 0; n < 12; n++) {
      // The first takes as long to copy as erasing the others would.
      const size = n === 0 ? 16_000_000 : n === 5 ? 1_200_000 : 30_000;
      const { id } = await maker.accept(store, { subject: `Letter ${n}`, body: Buffer.alloc(size, `${n} `) });
      await maker.attempt(store, id, 'transferred');
      ids.push(id);
    }
    const place = newPlace();
    let erasing: Promise<unknown> | undefined;
    const onProgress = (copied: number): void => {
      // The last ones are copied last: their segments are still to come.
      if (copied > 0) erasing ??= store.erase({ ids: ids.slice(4), force: false, now: clock.now });
    };
    await store.backup({ dir: place, keep: null, onProgress });
    expect(await erasing).toEqual(ids.slice(4).map((message) => ({ message, outcome: 'erased' })));
    expect(await allIds(store)).toEqual(ids.slice(0, 4));
    expect(await verify(place)).toMatchObject({ ok: true });
    const dataDir = bench.newDir();
    await restore(place, dataDir);
    expect(await allIds(await bench.open(dataDir))).toEqual(ids);
  });

  it('copies what is new since the one before and shares the rest; the newest are kept', async () => {
    const dataDir = bench.newDir();
    const store = await bench.open(dataDir, { segmentSize: 64 * 1024 });
    const body = Buffer.alloc(30_000, 'x');
    for (let n = 0; n < 9; n++) await maker.accept(store, { body });
    const spool = join(dataDir, 'spool');
    // As an hour ago: what was written just now may be written again unseen.
    for (const name of readdirSync(spool)) utimesSync(join(spool, name), 1, 1_700_000_000);
    const place = newPlace();
    const first = await store.backup({ dir: place, keep: 2 });
    await maker.accept(store, { body });
    clock.now += 1000;
    const second = await store.backup({ dir: place, keep: 2 });
    expect(first.copied).toBeGreaterThan(270_000);
    expect(second.copied).toBeLessThan(first.copied - 150_000);
    const sealed = '0000000001.segment';
    expect(statSync(join(place, second.name, 'spool', sealed)).ino).toBe(statSync(join(place, first.name, 'spool', sealed)).ino);
    expect(statSync(join(place, second.name, 'spool', sealed)).ino).not.toBe(statSync(join(spool, sealed)).ino);
    clock.now += 1000;
    const third = await store.backup({ dir: place, keep: 2 });
    expect((await listBackups(place)).map(({ name }) => name)).toEqual([third.name, second.name]);
    expect(await verify(join(place, second.name))).toMatchObject({ ok: true, backup: { messages: 10 } });
  });

  it('copies a segment anew in which something was erased since', async () => {
    const dataDir = bench.newDir();
    const store = await bench.open(dataDir, { segmentSize: 64 * 1024 });
    const ids: MessageId[] = [];
    for (let n = 0; n < 6; n++) {
      const { id } = await maker.accept(store, { body: Buffer.alloc(30_000, 'x') });
      await maker.attempt(store, id, 'transferred');
      ids.push(id);
    }
    const spool = join(dataDir, 'spool');
    for (const name of readdirSync(spool)) utimesSync(join(spool, name), 1, 1_700_000_000);
    const place = newPlace();
    await store.backup({ dir: place, keep: null });
    await store.erase({ ids: ids.slice(0, 1), force: false, now: clock.now });
    clock.now += 1000;
    const second = await store.backup({ dir: place, keep: null });
    expect(await verify(join(place, second.name))).toMatchObject({ ok: true, report: { findings: [] }, backup: { messages: 5 } });
  });

  it('of a stopped relay is the same, and none may start meanwhile', async () => {
    const dataDir = bench.newDir();
    const store = await bench.open(dataDir);
    await bench.fill(store);
    const place = newPlace();
    const stopped = () => backUpStopped({ dataDir, now: clock.read, request: { dir: place, keep: null } });
    await expect(stopped()).rejects.toMatchObject({ code: 'locked' });
    await store.close();
    await stopped();
    expect(await verify(place)).toMatchObject({ ok: true });
  });
});

describe('a backup that is not whole', () => {
  async function backedUp() {
    const dataDir = bench.newDir();
    const store = await bench.open(dataDir);
    await bench.fill(store);
    mkdirSync(join(dataDir, 'keys'), { recursive: true });
    writeFileSync(join(dataDir, 'keys', 'session.key'), 'secret');
    const place = newPlace();
    return { store, dataDir, place, made: await store.backup({ dir: place, keep: null }) };
  }

  it('is never taken for one: ended in the middle it leaves nothing, killed it leaves what the next one removes', async () => {
    const { store, place, made } = await backedUp();
    const ending = new AbortController();
    const onProgress = (copied: number): void => {
      if (copied > 0) ending.abort(new Error('enough'));
    };
    await expect(store.backup({ dir: place, keep: null, signal: ending.signal, onProgress })).rejects.toThrow('enough');
    expect(readdirSync(place).sort()).toEqual([made.name, 'relais-backups.json'].sort());

    // What a kill leaves: all of the files, and neither manifest nor name.
    const killed = join(place, `.partial-${made.name}-2`);
    cpSync(join(place, made.name), killed, { recursive: true });
    rmSync(join(killed, 'manifest'));
    const whole = join(place, made.name);
    cpSync(whole, `${whole}.moved`, { recursive: true });
    rmSync(whole, { recursive: true });
    await expect(restore(place, bench.newDir())).rejects.toThrow(/holds no whole backup, only one that was not finished/);
    await expect(restore(killed, bench.newDir())).rejects.toThrow(/no whole backup/);
    rmSync(`${whole}.moved`, { recursive: true });
    await store.backup({ dir: place, keep: null });
    expect(existsSync(killed)).toBe(false);
  });

  it('ends when the store is closed, and the store waits for that', async () => {
    const { store, place, made } = await backedUp();
    let closing: Promise<void> | undefined;
    const onProgress = (copied: number): void => {
      if (copied > 0) closing ??= store.close();
    };
    await expect(store.backup({ dir: place, keep: null, onProgress })).rejects.toMatchObject({ code: 'ended' });
    await closing;
    expect((await listBackups(place)).map(({ name }) => name)).toEqual([made.name]);
  });

  it('is told by its checksums, and not restored', async () => {
    const { place, made } = await backedUp();
    const [name] = readdirSync(join(place, made.name, 'spool')).filter((one) => one.endsWith('.segment'));
    const path = join(place, made.name, 'spool', name ?? '');
    const octets = readFileSync(path);
    octets[octets.length >> 1] = (octets[octets.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, octets);
    expect(await verify(place)).toMatchObject({
      ok: false,
      report: null,
      damaged: [`${path}: its octets are not those that were written`],
    });
    const dataDir = bench.newDir();
    await expect(restore(place, dataDir)).rejects.toMatchObject({ code: 'damaged' });
    // Nor does a relay begin a new store where one was to be restored.
    await expect(bench.open(dataDir)).rejects.toThrow(/broken off: run `relais restore` again/);
    octets[octets.length >> 1] = (octets[octets.length >> 1] ?? 0) ^ 1;
    writeFileSync(path, octets);
    await restore(place, dataDir);
    expect((await bench.verify(dataDir)).ok).toBe(true);
    expect(readFileSync(join(dataDir, 'keys', 'session.key'), 'utf8')).toBe('secret');
  });

  it('with a damaged manifest is none', async () => {
    const { place, made } = await backedUp();
    const manifest = join(place, made.name, 'manifest');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"messages":6', '"messages":7'));
    await expect(verify(join(place, made.name))).rejects.toThrow(/its manifest is damaged/);
    await expect(verify(place)).rejects.toThrow(/holds no whole backup/);
  });

  it('is refused where it can not be: in the data directory, among other files, among the backups of another relay', async () => {
    const { store, dataDir, place } = await backedUp();
    const at = (dir: string) => store.backup({ dir, keep: null });
    await expect(at(dataDir)).rejects.toThrow(/is in the data directory/);
    await expect(at(join(dataDir, 'backups'))).rejects.toThrow(/is in the data directory/);
    await expect(at(join(dataDir, '..'))).rejects.toThrow(/which is no backup of relais/);
    const other = await bench.open(bench.newDir());
    await expect(other.backup({ dir: place, keep: null })).rejects.toThrow(/backups of another relay/);
    const file = join(place, '..', 'file');
    writeFileSync(file, '');
    await expect(at(join(file, 'backups'))).rejects.toMatchObject({ code: 'place' });
    await expect(restore(place, dataDir)).rejects.toThrow(/is not empty, and nothing is overwritten/);
    await expect(restore(join(place, 'none'), bench.newDir())).rejects.toThrow(/can not be read/);
  });
});

describe('a restore', () => {
  it('leaves the queue as it was where that is asked for', async () => {
    const store = await bench.open(bench.newDir());
    await bench.fill(store);
    const place = newPlace();
    await store.backup({ dir: place, keep: null });
    const dataDir = bench.newDir();
    const { held, waiting } = await restore(place, dataDir, false);
    expect(held).toBe(0);
    const restored = await bench.open(dataDir);
    expect(restored.queue.queued + restored.queue.deferred).toBe(waiting);
    expect(waiting).toBeGreaterThan(3);
  });
});
