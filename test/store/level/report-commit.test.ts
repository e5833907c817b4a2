/** A report is one commit, and its bytes are on the disk before the register changes anything for it. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MessageId } from '../../../src/domain/ids.ts';
import type { Store } from '../../../src/domain/ports.ts';
import { Database } from '../../../src/store/level/database.ts';
import { reportEvidence } from '../../contract/messages.ts';
import { watchedFiles } from '../spool/fixtures.ts';
import { beforeBatches, everythingIn, storeBench } from './bench-store.ts';

const { make, newDir, open, clock } = storeBench();

let restore = (): void => {};
afterEach(() => {
  restore();
  restore = () => {};
});

const FINGERPRINT = 'f'.repeat(64);

function bounce(message: MessageId, raw: string, fingerprint: string | null = FINGERPRINT): Parameters<Store['recordReport']>[0] {
  const report = make.report({ matched: { message, index: 0, rank: 1 } });
  const items = [{ message, index: 0, evidence: reportEvidence(report.id, 'failed') }] as const;
  return { report, raw: Buffer.from(raw), items, now: clock.now, ...(fingerprint === null ? {} : { fingerprint }) };
}

async function transferred(store: Store): Promise<MessageId> {
  const { id } = await make.accept(store);
  await make.attempt(store, id, 'transferred');
  return id;
}

async function stateOf(store: Store, id: MessageId): Promise<string | undefined> {
  return (await store.record(id))?.recipients[0]?.state;
}

describe('a report', () => {
  it('is kept in one commit, the bytes first', async () => {
    const { files, watch } = watchedFiles();
    const store = await open(newDir(), { files });
    const id = await transferred(store);
    const order: string[] = [];
    restore = beforeBatches(() => {
      order.push(...watch.calls.filter(({ call }) => call === 'writev' || call === 'fdatasync').map(({ call }) => call), 'batch');
    });
    watch.calls.length = 0;
    const before = store.metrics.commits;
    const { report, transitions } = await store.recordReport(bounce(id, 'bounced'));
    expect(transitions).toMatchObject([{ changed: true, recipient: { state: 'failed' } }]);
    expect(store.metrics.commits - before).toBe(1);
    expect(order).toEqual(['writev', 'fdatasync', 'batch']);
    expect((await store.report(report.id))?.raw.toString()).toBe('bounced');
  });

  it('R8 changes nothing when its bytes never reached the disk', async () => {
    const dir = newDir();
    let armed = false;
    const { files } = watchedFiles((call) => {
      if (armed && call === 'writev') throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    const store = await open(dir, { files });
    const id = await transferred(store);
    const { lastSeq } = store;
    armed = true;
    await expect(store.recordReport(bounce(id, 'bounced'))).rejects.toMatchObject({ code: 'poisoned' });
    await store.close();
    const crashed = newDir();
    cpSync(dir, crashed, { recursive: true });
    const again = await open(crashed);
    expect(again.metrics.orphans).toEqual({ contents: 0, records: 0 });
    expect(again.lastSeq).toBe(lastSeq);
    expect(await stateOf(again, id)).toBe('transferred');
  });

  it('R8 leaves bytes that are removed when the register never heard of it, and is taken again', async () => {
    const dir = newDir();
    const store = await open(dir);
    const id = await transferred(store);
    restore = beforeBatches(() => {
      throw new Error('power fails');
    });
    await expect(store.recordReport(bounce(id, 'bounced'))).rejects.toMatchObject({ code: 'poisoned' });
    await store.close();
    restore();
    const again = await open(dir);
    expect(again.metrics.orphans).toEqual({ contents: 1, records: 0 });
    expect(await stateOf(again, id)).toBe('transferred');
    expect(await again.recordReport(bounce(id, 'bounced'))).toMatchObject({ repeated: false, transitions: [{ changed: true }] });
  });

  it('does not keep mail waiting that is accepted with it: its bytes go along, the rest with the next commit', async () => {
    const { files, watch } = watchedFiles();
    const store = await open(newDir(), { files });
    const id = await transferred(store);
    const before = store.metrics.commits;
    watch.calls.length = 0;
    const done: string[] = [];
    await Promise.all([
      store.recordReport(bounce(id, 'bounced')).then(() => done.push('report')),
      make.accept(store).then(() => done.push('mail')),
    ]);
    expect(done).toEqual(['mail', 'report']);
    expect(store.metrics.commits - before).toBe(2);
    expect(watch.calls.filter(({ call }) => call === 'fdatasync')).toHaveLength(1);
    expect(await stateOf(store, id)).toBe('failed');
    const { items } = await store.changes({ after: 0, limit: 10 });
    expect(items.slice(-2).map(({ type }) => type)).toEqual(['message.accepted', 'recipient.failed']);
  });

  it('R8 changes nothing, and is taken again, when power fails between the two', async () => {
    const dir = newDir();
    const store = await open(dir);
    const id = await transferred(store);
    let batches = 0;
    restore = beforeBatches(() => {
      if (++batches === 2) throw new Error('power fails');
    });
    const [report, mail] = await Promise.allSettled([store.recordReport(bounce(id, 'bounced')), make.accept(store)]);
    expect([report.status, mail.status]).toEqual(['rejected', 'fulfilled']);
    await store.close();
    restore();
    const again = await open(dir);
    expect(again.metrics.orphans).toEqual({ contents: 0, records: 0 });
    expect(await stateOf(again, id)).toBe('transferred');
    expect((await again.messages({}, { limit: 5 })).items).toHaveLength(2);
    expect(await again.recordReport(bounce(id, 'bounced'))).toMatchObject({ repeated: false, transitions: [{ changed: true }] });
  });

  it('that comes twice in one commit is kept once, and the other bytes are gone', async () => {
    const dir = newDir();
    const store = await open(dir);
    const id = await transferred(store);
    const taken = await Promise.all([
      store.recordReport(bounce(id, 'by the listener')),
      store.recordReport(bounce(id, 'from the mailbox')),
    ]);
    expect(taken.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(taken[1]?.report).toEqual(taken[0]?.report);
    expect((await store.reports({}, { limit: 5 })).items).toHaveLength(1);
    const spool = everythingIn(join(dir, 'spool'));
    expect(spool).toContain('by the listener');
    expect(spool).not.toContain('from the mailbox');
  });

  it('that came before is not written again', async () => {
    const dir = newDir();
    const store = await open(dir);
    const id = await transferred(store);
    await store.recordReport(bounce(id, 'the first'));
    expect(await store.recordReport(bounce(id, 'the second'))).toMatchObject({ repeated: true, transitions: [] });
    expect(await store.recordReport(bounce(id, `a big one ${'x'.repeat(2 * 1024 * 1024)}`))).toMatchObject({ repeated: true });
    await store.close();
    const spool = everythingIn(join(dir, 'spool'));
    expect(spool).not.toContain('the second');
    expect(spool).not.toContain('a big one');
  });

  it('that came before is new once that one is deleted in the same commit', async () => {
    const store = await open(newDir());
    const id = await transferred(store);
    const other = await transferred(store);
    const first = await store.recordReport(bounce(id, 'the first'));
    const [, second] = await Promise.all([
      store.erase({ ids: [id], force: false, now: clock.now }),
      store.recordReport(bounce(other, 'the second')),
    ]);
    expect(second.repeated).toBe(false);
    expect(await store.report(first.report.id)).toBeUndefined();
    expect((await store.report(second.report.id))?.raw.toString()).toBe('the second');
  });
});

describe('a message that was read for a report', () => {
  it('is kept for the commit, but not as it was before another one', async () => {
    const dir = newDir();
    const store = await open(dir);
    const id = await transferred(store);
    await store.close();
    const again = await open(dir);
    // The read of the record ends after the commit that changes it.
    const original = Database.prototype.getMany;
    const getMany = vi.spyOn(Database.prototype, 'getMany');
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    getMany.mockImplementationOnce(async function (this: Database, ...asked) {
      const values = await original.apply(this, asked);
      await held;
      return values;
    });
    const reading = again.record(id);
    await expect.poll(() => getMany.mock.calls.length).toBe(1);
    await again.recordReport(bounce(id, 'bounced', null));
    release();
    await reading;
    getMany.mockRestore();
    expect(await stateOf(again, id)).toBe('failed');
    expect((await again.recordReport(bounce(id, 'bounced once more', null))).transitions).toMatchObject([
      { recipient: { state: 'failed' } },
    ]);
  });

  it('is read once for the report and its commit', async () => {
    const dir = newDir();
    const store = await open(dir);
    const ids = [await transferred(store), await transferred(store)] as const;
    await store.close();
    const again = await open(dir);
    const getMany = vi.spyOn(Database.prototype, 'getMany');
    const records = await Promise.all(ids.map((id) => again.record(id)));
    expect(records.map((record) => record?.message.id)).toEqual(ids);
    const reads = getMany.mock.calls.filter(([keys]) => keys.length > 0).length;
    expect(reads).toBe(1);
    await again.recordReport(bounce(ids[0], 'bounced'));
    const keys = getMany.mock.calls.slice(1).flatMap(([asked]) => asked);
    expect(keys.filter((key) => key.startsWith('m'))).toEqual([]);
    getMany.mockRestore();
  });
});
