/** What is erased is gone from the disk, and the feed keeps its numbers. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/level/database.ts';
import { DAY, HOUR, reportEvidence } from '../../contract/messages.ts';
import { expectStoreError } from '../../contract/store.ts';
import { everythingIn, storeBench } from './bench-store.ts';

const { make, newDir, open, clock } = storeBench();

const SECRET = 'wallflower-7731';

describe('erasing', () => {
  it('R64 overwrites the bytes of message and reports at once, and takes every key', async () => {
    const dir = newDir();
    const store = await open(dir);
    const other = await make.accept(store);
    const kept = (await keysOfOne()).length;
    const { id } = await make.accept(store, {
      subject: `About ${SECRET}`,
      body: `Subject: About ${SECRET}\r\n\r\n${SECRET}\r\n`,
      recipients: [`${SECRET}@customer.example`, 'b@customer.example'],
      references: { document: 'INV-9', tags: { word: SECRET } },
    });
    await make.attempt(store, id, 'deferred', 0);
    await make.attempt(store, id, 'transferred', 0);
    const report = make.report({ matched: { message: id, index: 0, rank: 1 }, subject: SECRET });
    await store.recordReport({
      report,
      raw: Buffer.from(`returned: ${SECRET}`),
      items: [{ message: id, index: 0, evidence: reportEvidence(report.id, 'failed') }],
      now: clock.now,
    });
    expect(everythingIn(join(dir, 'spool'))).toContain(SECRET);
    expect(await store.erase({ ids: [id], force: true, now: clock.now })).toMatchObject([{ outcome: 'erased' }]);
    expect(everythingIn(join(dir, 'spool'))).not.toContain(SECRET);
    expect((await store.content(other.id)).bytes).not.toBeNull();
    expect(await store.report(report.id)).toBeUndefined();
    const { items } = await store.changes({ after: 0, limit: 100 });
    expect(items.map(({ seq }) => seq)).toEqual(items.map((_, i) => i + 1));
    expect(JSON.stringify(items)).not.toContain(SECRET);
    const { lastSeq } = store;
    await store.close();
    // What is left beside the other message: its own events, counters, positions.
    const database = await Database.open(join(dir, 'register'), { create: false });
    const keys = await database.keys({});
    // LevelDB keeps what was deleted until it compacts.
    await database.compact({ start: '!', end: 'z' });
    await database.close();
    expect(keys.filter((key) => !/^[eh!g]/.test(key))).toHaveLength(kept);
    expect(keys.filter((key) => key.startsWith('e'))).toHaveLength(lastSeq);
    expect(everythingIn(join(dir, 'register'))).not.toContain(SECRET);
  });

  it('drops segments of the spool in which nothing is kept, also after a restart', async () => {
    const dir = newDir();
    const store = await open(dir, { segmentSize: 4096 });
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push((await make.accept(store, { body: 'x'.repeat(1500) })).id);
    const large = await make.accept(store, { body: Buffer.alloc(1_200_000, 'y') });
    const segments = (): number => readdirSync(join(dir, 'spool')).filter((name) => /segment|single/.test(name)).length;
    const before = segments();
    expect(before).toBeGreaterThan(5);
    await store.erase({ ids: [...ids.slice(0, 6), large.id] as never, force: true, now: clock.now });
    await expect.poll(segments).toBeLessThan(before - 2);
    for (const id of ids.slice(6)) expect((await store.content(id as never)).size).toBe(1500);
    const after = segments();
    await store.close();
    const again = await open(dir, { segmentSize: 4096 });
    expect(segments()).toBeLessThanOrEqual(after);
    for (const id of ids.slice(6)) expect((await again.content(id as never)).size).toBe(1500);
  });

  it('reads as erased while the record is not yet brought up to it', async () => {
    const dir = newDir();
    const store = await open(dir);
    const { id } = await make.accept(store);
    await make.attempt(store, id, 'transferred');
    clock.now += DAY;
    await store.cleanup({ contentBefore: clock.now, recordsBefore: 0, now: clock.now });
    await expectStoreError(store.content(id), 'erased');
    expect((await store.message(id))?.contentErased).toBe(true);
    await store.close();
    const again = await open(dir);
    await expectStoreError(again.content(id), 'erased');
    expect((await again.messages({}, { limit: 1 })).items[0]?.contentErased).toBe(true);
  });
});

describe('clean-up', () => {
  it('takes old events with the records, never past a reader, and the feed has no gap', async () => {
    const dir = newDir();
    const store = await open(dir);
    for (let i = 0; i < 5; i++) {
      const { id } = await make.accept(store);
      await make.attempt(store, id, 'transferred');
    }
    clock.now += 2 * DAY;
    const fresh = await make.accept(store);
    await store.consumers.put('erp', { seq: 4, at: clock.now });
    const request = { contentBefore: clock.now - DAY, recordsBefore: clock.now - DAY, now: clock.now };
    // The reader has read what happened to two of them.
    expect(await store.cleanup(request)).toMatchObject({ records: 2, keptUnread: 3, events: 4 });
    await expectStoreError(store.changes({ after: 3, limit: 10 }), 'cursor-expired');
    const { items, last } = await store.changes({ after: 4, limit: 100 });
    expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 9 }, (_, i) => i + 5));
    expect(last).toBe(13);
    await store.consumers.put('erp', { seq: 13, at: clock.now });
    expect(await store.cleanup({ ...request, now: clock.now })).toMatchObject({ records: 3, keptUnread: 0 });
    // Of the first day nothing is left; the events of the clean-up itself and of fresh mail are.
    await expectStoreError(store.changes({ after: 9, limit: 10 }), 'cursor-expired');
    expect((await store.changes({ after: 10, limit: 100 })).items.map(({ seq }) => seq)).toEqual([11, 12, 13, 14, 15, 16]);
    expect((await store.message(fresh.id))?.events.map(({ seq }) => seq)).toEqual([11]);
    await store.close();
    const again = await open(dir);
    await expectStoreError(again.changes({ after: 0, limit: 10 }), 'cursor-expired');
    expect((await again.changes({ after: 10, limit: 100 })).items).toHaveLength(6);
  });

  it('takes old reports and deliveries of signals that are over', async () => {
    const store = await open(newDir());
    const stray = make.report();
    await store.recordReport({ report: stray, raw: Buffer.from('stray'), items: [], now: clock.now });
    const [over, waiting] = [make.delivery({ state: 'delivered' }), make.delivery()];
    await store.recordSignals({ consumer: 's', seq: 1, deliveries: [over, waiting], now: clock.now });
    clock.now += 3 * DAY;
    const ages = { contentBefore: clock.now - DAY, recordsBefore: clock.now - 9 * DAY, now: clock.now };
    await store.cleanup(ages);
    expect((await store.report(stray.id))?.raw.length).toBe(0);
    expect(await store.signal(over.id)).toBeDefined();
    await store.cleanup({ ...ages, recordsBefore: clock.now - DAY });
    expect(await store.report(stray.id)).toBeUndefined();
    expect((await store.reports({}, { limit: 5 })).items).toEqual([]);
    expect(await store.signal(over.id)).toBeUndefined();
    expect(await store.pendingSignals()).toEqual([waiting]);
  });

  it('leaves statistics as they were', async () => {
    const store = await open(newDir());
    const { now } = clock;
    const { id } = await make.accept(store);
    await make.attempt(store, id, 'failed');
    clock.now += 3 * DAY;
    await store.cleanup({ contentBefore: clock.now, recordsBefore: clock.now, now: clock.now });
    expect(await store.statistics({ from: now, to: now + HOUR, by: 'hour', group: 'domain' })).toEqual([
      { at: now, group: 'customer.example', states: { failed: 1 } },
    ]);
  });
});

/** Keys that belong to a message, in a store that has but one. */
async function keysOfOne(): Promise<string[]> {
  const dir = newDir();
  const store = await open(dir);
  await make.accept(store);
  await store.close();
  const database = await Database.open(join(dir, 'register'), { create: false });
  const keys = (await database.keys({})).filter((key) => !/^[eh!g]/.test(key));
  await database.close();
  return keys;
}
