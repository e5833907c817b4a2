/** Opening what is there, and refusing what is not whole. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StoreError } from '../../../src/domain/errors.ts';
import { Database } from '../../../src/store/level/database.ts';
import { segmentKey } from '../../../src/store/level/keys.ts';
import { verifyStore } from '../../../src/store/verify.ts';
import { HOUR, reportEvidence, scheduleOf } from '../../contract/messages.ts';
import { expectStoreError } from '../../contract/store.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { storeBench } from './bench-store.ts';

const { make, newDir, open, clock } = storeBench();

describe('a store that is opened again', () => {
  it('is as it was', async () => {
    const dir = newDir();
    const store = await open(dir);
    const accepted = await make.accept(store, { recipients: ['a@x.example', 'b@x.example'], body: 'the body' });
    const large = await make.accept(store, { body: Buffer.alloc(2_000_000, 'large ') });
    await make.attempt(store, accepted.id, 'deferred', 0);
    await make.attempt(store, accepted.id, 'transferred', 1);
    const report = make.report({ matched: { message: accepted.id, index: 1, rank: 1 } });
    await store.recordReport({
      report,
      raw: Buffer.from('raw'),
      items: [{ message: accepted.id, index: 1, evidence: reportEvidence(report.id, 'failed') }],
      now: clock.now,
    });
    await store.consumers.put('erp', { seq: 2, at: 7 });
    const delivery = make.delivery();
    await store.recordSignals({ consumer: 'signals', seq: 3, deliveries: [delivery], now: clock.now });
    const look = async (from: typeof store): Promise<unknown> => ({
      detail: await from.message(accepted.id),
      list: await from.messages({ state: ['failed'] }, { limit: 10 }),
      feed: await from.changes({ after: 0, limit: 100 }),
      queue: from.queue,
      schedule: await scheduleOf(from),
      consumers: await from.consumers.list(),
      pendingSignals: await from.pendingSignals(),
      report: await from.report(report.id),
      statistics: await from.statistics({ from: clock.now, to: clock.now + HOUR, by: 'hour', group: 'domain' }),
      content: (await from.content(accepted.id)).bytes?.toString(),
      large: (await from.content(large.id)).sha256,
    });
    const before = await look(store);
    await store.close();
    expect(await look(await open(dir))).toEqual(before);
  });

  it('gives up the attempts that ran, for whoever held them is gone', async () => {
    const dir = newDir();
    const store = await open(dir);
    const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example'] });
    await make.claim(store, id, [1]);
    await store.close();
    const again = await open(dir);
    const found = await again.message(id);
    expect(found?.recipients.map(({ state, attempting }) => [state, attempting])).toEqual([
      ['queued', null],
      ['deferred', null],
    ]);
    expect(found?.recipients[1]?.attemptList).toMatchObject([{ number: 1, outcome: 'unanswered', ambiguous: true }]);
    expect((await again.changes({ after: 1, limit: 9 })).items).toMatchObject([{ type: 'recipient.deferred', ambiguous: true }]);
  });

  it('gives up the attempts of those that left the queue meanwhile, and forgets them once they ended', async () => {
    const dir = newDir();
    const store = await open(dir);
    const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example', 'c@x.example'] });
    await make.claim(store, id, [0, 1, 2]);
    await store.apply(
      [0, 1, 2].map((index) => ({ message: id, index, evidence: { kind: 'cancelled' } as const })),
      clock.now,
    );
    await store.apply([{ message: id, index: 2, evidence: { kind: 'attempt-abandoned' } }], clock.now);
    const erased = await make.accept(store, { recipients: ['a@x.example'] });
    await make.claim(store, erased.id, [0]);
    await store.apply([{ message: erased.id, index: 0, evidence: { kind: 'cancelled' } }], clock.now);
    await store.erase({ ids: [erased.id], force: false, now: clock.now });
    await store.close();
    const again = await open(dir);
    const found = await again.message(id);
    expect(found?.recipients.map(({ state, attempting }) => [state, attempting])).toEqual(Array(3).fill(['cancelled', null]));
    expect(found?.recipients[0]?.attemptList).toMatchObject([{ number: 1, outcome: 'unanswered', ambiguous: true }]);
    await again.close();
    expect((await verifyStore({ dataDir: dir, now: clock.read, log: recordingLog() })).findings).toEqual([]);
  });

  it('counts on from where the statistics were, though nothing was written at the end', async () => {
    const dir = newDir();
    const store = await open(dir);
    await make.accept(store);
    await store.statistics({ from: clock.now, to: clock.now + HOUR, by: 'hour', group: 'state' });
    const { id } = await make.accept(store);
    await make.attempt(store, id, 'transferred');
    // As a crash leaves it: the counters are some events behind.
    const crashed = newDir();
    cpSync(dir, crashed, { recursive: true });
    const again = await open(crashed);
    expect(await again.statistics({ from: clock.now, to: clock.now + HOUR, by: 'hour', group: 'account' })).toEqual([
      { at: clock.now, group: 'erp', states: { queued: 1, transferred: 1 } },
    ]);
  });

  it('R7 is held by one process alone', async () => {
    const dir = newDir();
    const store = await open(dir);
    await expectStoreError(open(dir), 'locked');
    await make.accept(store);
    await store.close();
    await open(dir);
  });

  it('R65 is readable by its owner only', async () => {
    const dir = newDir();
    const store = await open(dir);
    await make.accept(store);
    await make.accept(store, { body: Buffer.alloc(1_500_000, 'x') });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect([entry.name, mode.toString(8)]).toEqual([entry.name, entry.isDirectory() ? '700' : '600']);
    }
  });
});

describe('R25 what is refused, with what to do', () => {
  async function filled(count = 5): Promise<string> {
    const dir = newDir();
    const store = await open(dir);
    for (let i = 0; i < count; i++) await make.accept(store);
    await store.close();
    return dir;
  }

  const register = (dir: string, pattern: RegExp): string[] =>
    readdirSync(join(dir, 'register'))
      .filter((name) => pattern.test(name))
      .map((name) => join(dir, 'register', name));

  const each = (paths: readonly string[], damage: (path: string) => void): void => {
    for (const path of paths) damage(path);
  };

  const DAMAGES: readonly (readonly [name: string, damage: (dir: string) => void])[] = [
    ['the register is gone', (dir) => rmSync(join(dir, 'register'), { recursive: true })],
    [
      'the register is empty',
      (dir) => {
        rmSync(join(dir, 'register'), { recursive: true });
        mkdirSync(join(dir, 'register'));
      },
    ],
    ['CURRENT is gone: LevelDB would make an empty database and delete the tables', (dir) => rmSync(join(dir, 'register', 'CURRENT'))],
    ['CURRENT is empty', (dir) => writeFileSync(join(dir, 'register', 'CURRENT'), '')],
    ['the MANIFEST is gone', (dir) => each(register(dir, /^MANIFEST/), (path) => rmSync(path))],
    [
      'the MANIFEST is half there',
      (dir) =>
        each(register(dir, /^MANIFEST/), (path) => {
          const bytes = readFileSync(path);
          writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
        }),
    ],
    ['the log is gone', (dir) => each(register(dir, /\.log$/), (path) => rmSync(path))],
    ['the log is empty', (dir) => each(register(dir, /\.log$/), (path) => writeFileSync(path, ''))],
    ['the identity is gone', (dir) => rmSync(join(dir, 'identity.json'))],
    ['the identity is no JSON', (dir) => writeFileSync(join(dir, 'identity.json'), '{"format":')],
    ['the spool is gone', (dir) => rmSync(join(dir, 'spool'), { recursive: true })],
  ];

  it.each(DAMAGES)('%s', async (_, damage) => {
    const dir = await filled();
    damage(dir);
    const before = readdirSync(dir, { recursive: true }).length;
    const error = (await open(dir).catch((reason: unknown) => reason)) as StoreError;
    expect(error).toMatchObject({ name: 'StoreError', code: 'damaged' });
    expect(error.message).toMatch(/relais rebuild/);
    // Nothing of the evidence is taken away; LevelDB may add to its own log.
    expect(readdirSync(dir, { recursive: true }).length).toBeGreaterThanOrEqual(before);
    // And it stays refused.
    await expect(open(dir)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('a register of another store', async () => {
    const [one, other] = [await filled(), await filled()];
    rmSync(join(one, 'register'), { recursive: true });
    cpSync(join(other, 'register'), join(one, 'register'), { recursive: true });
    await expect(open(one)).rejects.toMatchObject({ code: 'damaged', message: expect.stringMatching(/belongs to the store/) });
  });

  it('a register that knows nothing of a large content: it is not taken for a leftover', async () => {
    const dir = newDir();
    const store = await open(dir);
    await make.accept(store, { body: Buffer.alloc(1_200_000, 'large ') });
    await make.accept(store);
    await store.close();
    const [single] = readdirSync(join(dir, 'spool')).filter((name) => name.endsWith('.single'));
    const database = await Database.open(join(dir, 'register'), { create: false });
    const batch = database.batch();
    batch.del(segmentKey(Number.parseInt(single ?? '', 10)));
    await batch.write({ sync: true });
    await database.close();
    await expect(open(dir)).rejects.toMatchObject({ code: 'damaged', message: expect.stringMatching(/holds a message/) });
    expect(readdirSync(join(dir, 'spool'))).toContain(single);
  });

  it('a newer version', async () => {
    const dir = await filled();
    const path = join(dir, 'identity.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), format: 99 }));
    await expectStoreError(open(dir), 'version');
  });

  it('but not a store whose making was cut short', async () => {
    const dir = newDir();
    mkdirSync(dir, { mode: 0o700 });
    writeFileSync(join(dir, 'identity.json'), JSON.stringify({ format: 1, store: 'x', createdAt: '', ready: false }));
    const store = await open(dir);
    await make.accept(store);
  });
});
