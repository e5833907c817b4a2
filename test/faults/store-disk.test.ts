import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { AcceptedMessage } from '../../src/domain/message.ts';
import type { Store } from '../../src/domain/ports.ts';
import { type FileCall, systemError, watchedFiles } from '../store/spool/fixtures.ts';
import { allIds, sparseReserve, storeBench } from './store-fixture.ts';
import { buildStore, runStoreChild } from './store-process.ts';

const { clock, maker, newDir, open, verify, copyOf } = storeBench();

function textOf(message: string, size = 400): Buffer {
  return Buffer.from(`Subject: ${message}\r\n\r\n${`${message} `.repeat(size)}`.slice(0, size));
}

async function spoolSize(dataDir: string): Promise<number> {
  const spool = join(dataDir, 'spool');
  return readdirSync(spool).reduce((sum, name) => sum + statSync(join(spool, name)).size, 0);
}

/** All that was acknowledged is there, in full, and the store holds together. */
async function expectAcknowledged(
  dataDir: string,
  acknowledged: readonly { readonly id: string; readonly sha256: string }[],
): Promise<void> {
  const store = await open(dataDir);
  const ids = new Set(await allIds(store));
  for (const { id, sha256 } of acknowledged) {
    expect(ids.has(id)).toBe(true);
    expect((await store.content(id as MessageId)).sha256).toBe(sha256);
  }
  await maker.accept(store, { subject: 'and it goes on' });
  await store.close();
  expect((await verify(dataDir)).findings).toEqual([]);
}

describe('R23 a disk that refuses', () => {
  it.each([1, 3])('the %i. sync of the spool: that message is refused, and every later one; the store says so', async (nth) => {
    let syncs = -1;
    const { files } = watchedFiles((call: FileCall, path) => {
      if (call === 'fdatasync' && path.endsWith('.segment') && syncs >= 0 && ++syncs === nth) throw systemError('EIO');
    });
    const dir = newDir();
    const store = await open(dir, { files });
    const poisonings: Error[] = [];
    store.onPoisoned((cause) => poisonings.push(cause));
    const acknowledged: AcceptedMessage[] = [];
    syncs = 0;
    for (let i = 1; i < nth; i++) acknowledged.push(await maker.accept(store));
    expect(store.health().writable).toBe(true);
    await expect(maker.accept(store)).rejects.toMatchObject({ code: 'poisoned' });
    expect(store.health()).toMatchObject({ writable: false, reason: expect.stringMatching(/EIO/) });
    for (let i = 0; i < 3; i++) await expect(maker.accept(store)).rejects.toMatchObject({ code: 'poisoned' });
    const [first] = acknowledged;
    if (first !== undefined) await expect(maker.claim(store, first.id)).rejects.toMatchObject({ code: 'poisoned' });
    expect(poisonings).toHaveLength(1);
    await store.close();
    await expectAcknowledged(dir, acknowledged);
  });

  it('a failing read says so of that message alone, and bounces nothing', async () => {
    let failing = false;
    const { files } = watchedFiles((call, path) => {
      if (failing && call === 'read' && path.endsWith('.single')) throw systemError('EIO');
    });
    const store = await open(newDir(), { files });
    const large = await maker.accept(store, { body: Buffer.alloc(2_000_000, 'large\r\n') });
    failing = true;
    await expect(store.content(large.id)).rejects.toMatchObject({ code: 'EIO' });
    expect(store.health().writable).toBe(true);
    failing = false;
    expect((await store.content(large.id)).sha256).toBe(large.sha256);
  });
});

describe('R24 a flipped bit in a body', () => {
  it.each(['stopped', 'killed'])(
    'of a relais that was %s: that message is never handed out, its record stays, the others are sent',
    async (how) => {
      const dir = newDir();
      const running = await open(dir);
      const messages: AcceptedMessage[] = [];
      for (let i = 0; i < 3; i++) messages.push(await maker.accept(running, { body: textOf(`body-${i}`) }));
      const dead = how === 'killed' ? copyOf(dir) : dir;
      await running.close();
      for (const target of [0, 2]) {
        const copy = copyOf(dead);
        const path = join(copy, 'spool', '0000000001.segment');
        const bytes = readFileSync(path);
        const at = bytes.indexOf(`body-${target} body`);
        bytes.writeUInt8(bytes.readUInt8(at) ^ 2, at);
        writeFileSync(path, bytes);
        const store = await open(copy);
        expect(await allIds(store)).toEqual(messages.map(({ id }) => id));
        for (const [i, { id, sha256 }] of messages.entries()) {
          if (i === target) await expect(store.content(id)).rejects.toMatchObject({ code: 'corrupt' });
          else expect((await store.content(id)).sha256).toBe(sha256);
        }
        await store.close();
      }
    },
  );
});

describe('R8 a crash between spool and register', () => {
  it('at any write or sync: what was acknowledged is there, what was not is reconciled and counted, the feed has no gap', async () => {
    const dir = newDir();
    const copies: { dir: string; acknowledged: number }[] = [];
    const messages: AcceptedMessage[] = [];
    let armed = false;
    const { files } = watchedFiles((call) => {
      if (!armed || (call !== 'writev' && call !== 'fdatasync')) return;
      for (const order of [
        ['spool', 'register'],
        ['register', 'spool'],
      ]) {
        const copy = newDir();
        mkdirSync(copy, { recursive: true });
        for (const name of order) cpSync(join(dir, name), join(copy, name), { recursive: true });
        for (const name of ['identity.json', 'high-water']) cpSync(join(dir, name), join(copy, name));
        sparseReserve(copy);
        copies.push({ dir: copy, acknowledged: messages.length });
      }
    });
    const store = await open(dir, { files, segmentSize: 3000 });
    armed = true;
    for (let i = 0; i < 4; i++) {
      const body = i === 2 ? Buffer.alloc(1_100_000, 'large\r\n') : textOf(`m${i}`);
      messages.push(await maker.accept(store, { body, recipients: ['a@x.example', 'b@y.example'] }));
      if (i % 2 === 1) await maker.claim(store, messages[i - 1]?.id ?? maker.prepare().id);
    }
    armed = false;
    await store.close();
    expect(copies.length).toBeGreaterThan(14);
    const orphans = { contents: 0, records: 0 };
    for (const copy of copies) {
      const reopened = await open(copy.dir);
      const ids = await allIds(reopened);
      const acknowledged = messages.slice(0, copy.acknowledged).map(({ id }) => id);
      expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
      expect(ids.length - acknowledged.length).toBeLessThanOrEqual(1);
      orphans.contents += reopened.metrics.orphans.contents;
      orphans.records += reopened.metrics.orphans.records;
      for (const id of ids) await reopened.content(id as MessageId);
      await maker.accept(reopened);
      await reopened.close();
      expect((await verify(copy.dir)).findings).toEqual([]);
    }
    expect(orphans.contents).toBeGreaterThan(0);
    expect(orphans.records).toBeGreaterThan(0);
  });
});

describe('R21 a disk that is full', () => {
  beforeAll(() => buildStore());

  it.each<[string, { size: number; segmentSize: number; blocks: number; refusedBy: string }]>([
    ['for the spool', { size: 9000, segmentSize: 64 * 1024 * 1024, blocks: 1024, refusedBy: 'poisoned' }],
    ['for the register', { size: 300, segmentSize: 50_000, blocks: 512, refusedBy: 'LEVEL_IO_ERROR' }],
  ])(
    '%s: what is refused is refused for good, and everything acknowledged is there after a restart',
    async (_, { size, segmentSize, blocks, refusedBy }) => {
      const dir = newDir();
      const { end, lines } = await runStoreChild(['accept', dir, '5000', String(size), String(segmentSize)], { fileBlocks: blocks });
      expect(end).toBe(0);
      const acknowledged = lines.flatMap(({ accepted, sha256 }) =>
        accepted === undefined ? [] : [{ id: String(accepted), sha256: String(sha256) }],
      );
      const refused = lines.filter((line) => 'refused' in line);
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(refused).toHaveLength(3);
      for (const line of refused) expect(line).toMatchObject({ refused: 'poisoned', cause: refusedBy, writable: false });
      expect(lines.filter((line) => 'poisoned' in line)).toHaveLength(1);
      await expectAcknowledged(dir, acknowledged);
    },
  );

  it('for one large content alone: it is refused, and smaller mail goes on', async () => {
    let full = false;
    const { files } = watchedFiles((call, path) => {
      if (full && call === 'writev' && path.endsWith('.single')) throw systemError('ENOSPC');
    });
    const dir = newDir();
    const store = await open(dir, { files });
    full = true;
    await expect(maker.accept(store, { body: Buffer.alloc(3_000_000, 'large\r\n') })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(store.health().writable).toBe(true);
    const small = await maker.accept(store);
    await store.close();
    await expectAcknowledged(dir, [small]);
  });
});

describe('R27 clean-up on a full disk', () => {
  it('frees room though no file of the spool can grow or be made', async () => {
    const dir = newDir();
    const before: Store = await open(dir, { segmentSize: 10_000 });
    const old: AcceptedMessage[] = [];
    for (let i = 0; i < 12; i++) old.push(await maker.accept(before, { body: textOf(`old-${i}`, 3000) }));
    old.push(await maker.accept(before, { body: Buffer.alloc(1_500_000, 'large\r\n') }));
    for (const { id } of old) await maker.attempt(before, id, 'transferred');
    await before.close();
    const sizes = new Map(
      readdirSync(join(dir, 'spool')).map((name) => [join(dir, 'spool', name), statSync(join(dir, 'spool', name)).size]),
    );
    const { files } = watchedFiles(undefined, undefined);
    const full = {
      ...files,
      open: async (path: string, mode: 'create' | 'write' | 'read') => {
        if (mode === 'create') throw systemError('ENOSPC');
        const file = await files.open(path, mode);
        const writev: typeof file.writev = (buffers, position) => {
          const end = position + buffers.reduce((sum, { length }) => sum + length, 0);
          return end > (sizes.get(path) ?? 0) ? Promise.reject(systemError('ENOSPC')) : file.writev(buffers, position);
        };
        return { ...file, writev };
      },
    };
    const store = await open(dir, { files: full, segmentSize: 10_000 });
    const size = await spoolSize(dir);
    clock.now += 40 * 86_400_000;
    const counts = await store.cleanup({ contentBefore: clock.now - 30 * 86_400_000, recordsBefore: 0, now: clock.now });
    expect(counts).toMatchObject({ contents: 13, records: 0, keptPending: 0 });
    expect(await spoolSize(dir)).toBeLessThan(size / 20);
    for (const name of readdirSync(join(dir, 'spool'))) expect(readFileSync(join(dir, 'spool', name)).includes('old-')).toBe(false);
    await store.close();
    expect((await verify(dir)).findings).toEqual([]);
  });
});
