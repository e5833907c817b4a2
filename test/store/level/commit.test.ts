/** Group commit, and what a write that is rejected does. */
import { cpSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { AcceptedMessage } from '../../../src/domain/message.ts';
import type { Store } from '../../../src/domain/ports.ts';
import type { SpoolFiles } from '../../../src/store/spool/spool.ts';
import { scheduleOf } from '../../contract/messages.ts';
import { expectStoreError } from '../../contract/store.ts';
import { watchedFiles } from '../spool/fixtures.ts';
import { beforeBatches, storeBench } from './bench-store.ts';

const { make, newDir, open, clock } = storeBench();

let restore = (): void => {};
afterEach(() => {
  restore();
  restore = () => {};
});

function acceptMany(store: Store, count: number): Promise<AcceptedMessage[]> {
  return Promise.all(Array.from({ length: count }, () => make.accept(store)));
}

describe('group commit', () => {
  it('makes what comes together durable with one sync of each side', async () => {
    const { files, watch } = watchedFiles();
    const store = await open(newDir(), { files });
    await make.accept(store);
    const syncs: boolean[] = [];
    restore = beforeBatches(({ sync }) => void syncs.push(sync === true));
    watch.calls.length = 0;
    const before = store.metrics.commits;
    await acceptMany(store, 40);
    expect(store.metrics.commits - before).toBe(1);
    expect(syncs).toEqual([true]);
    expect(watch.calls.filter(({ call }) => call === 'fdatasync')).toHaveLength(1);
  });

  it('writes nothing for what changes nothing', async () => {
    const store = await open(newDir());
    const { id } = await make.accept(store);
    await store.apply([{ message: id, index: 0, evidence: { kind: 'cancelled' } }], clock.now);
    const syncs: boolean[] = [];
    restore = beforeBatches(({ sync }) => void syncs.push(sync === true));
    await store.apply([{ message: id, index: 0, evidence: { kind: 'cancelled' } }], clock.now);
    expect(syncs).toEqual([]);
  });

  it('puts the events of acceptance at the end of each commit', async () => {
    const store = await open(newDir());
    const first = await make.accept(store);
    const second = await make.accept(store);
    await Promise.all([
      make.accept(store),
      store.apply([{ message: first.id, index: 0, evidence: { kind: 'cancelled' } }], clock.now),
      make.accept(store),
      store.apply([{ message: second.id, index: 0, evidence: { kind: 'cancelled' } }], clock.now),
    ]);
    const { items } = await store.changes({ after: 2, limit: 10 });
    expect(items.map(({ type }) => type)).toEqual(['recipient.cancelled', 'recipient.cancelled', 'message.accepted', 'message.accepted']);
  });

  it('does not show a message before both sides are durable', async () => {
    const { files } = watchedFiles();
    const held = { armed: false, asked: 0, resume: (): void => {} };
    const slow: SpoolFiles = {
      ...files,
      open: async (path, mode) => {
        const file = await files.open(path, mode);
        const holding = (): Promise<void> => {
          held.asked++;
          return new Promise((resolve) => {
            held.resume = () => resolve(file.fdatasync());
          });
        };
        return { ...file, fdatasync: () => (held.armed ? holding() : file.fdatasync()) };
      },
    };
    const store = await open(newDir(), { files: slow });
    held.armed = true;
    const message = make.prepare();
    const content = store.openContent(message);
    await content.write(Buffer.from('x'));
    const accepting = store.accept({ message, content, dueAt: clock.now, expireAt: clock.now + 1 });
    await expect.poll(() => held.asked).toBe(1);
    // The register's half has long ended by now.
    await store.statistics({ from: clock.now, to: clock.now + 1, by: 'hour', group: 'state' });
    expect(await store.message(message.id)).toBeUndefined();
    expect((await store.messages({}, { limit: 5 })).items).toEqual([]);
    expect(store.lastSeq).toBe(0);
    expect(store.queue.messages).toBe(0);
    held.armed = false;
    held.resume();
    await accepting;
    expect(await store.message(message.id)).toBeDefined();
    expect(store.lastSeq).toBe(1);
  });

  it('refuses alone what it can not do, and goes on with the others', async () => {
    const store = await open(newDir());
    const gone = make.prepare().id;
    const [claimed, accepted] = await Promise.allSettled([make.claim(store, gone), make.accept(store)]);
    expect(claimed).toMatchObject({ status: 'rejected', reason: { code: 'not-found' } });
    expect(accepted.status).toBe('fulfilled');
    expect(store.health().writable).toBe(true);
  });

  it('takes each message and each content once', async () => {
    const store = await open(newDir());
    const message = make.prepare();
    const content = store.openContent(message);
    await content.write(Buffer.from('x'));
    const request = { message, content, dueAt: 0, expireAt: 1 };
    await store.accept(request);
    await expect(store.accept(request)).rejects.toThrow(/accepted before/);
    await expect(store.accept({ ...request, message: make.prepare() })).rejects.toThrow(/taken before/);
    const aborted = store.openContent(make.prepare());
    await aborted.abort();
    await expect(store.accept({ ...request, message: make.prepare(), content: aborted })).rejects.toThrow(/aborted before/);
  });
});

describe('a write that is rejected', () => {
  const rejections: readonly { readonly name: string; readonly reject: (dir: string) => Promise<{ store: Store; arm: () => void }> }[] = [
    {
      name: 'R23 EIO on an fdatasync of the spool',
      reject: async (dir) => {
        let armed = false;
        const { files } = watchedFiles((call) => {
          if (armed && call === 'fdatasync') throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
        });
        return { store: await open(dir, { files }), arm: () => (armed = true) };
      },
    },
    {
      name: 'R21 no room for a batch of the register',
      reject: async (dir) => {
        let armed = false;
        restore = beforeBatches(() => {
          if (armed) throw new Error('IO error: 000005.log: No space left on device');
        });
        return { store: await open(dir), arm: () => (armed = true) };
      },
    },
  ];

  it.each(rejections)('$name poisons: nothing is taken any more, and opening again finds all that was acknowledged', async ({ reject }) => {
    const dir = newDir();
    const { store, arm } = await reject(dir);
    const causes: string[] = [];
    store.onPoisoned((cause) => causes.push(cause.message));
    const kept = await acceptMany(store, 3);
    arm();
    const [one, two] = await Promise.allSettled([make.accept(store), make.accept(store)]);
    for (const result of [one, two]) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'poisoned' } });
    restore();
    // The fault is over, and still nothing may be written: LevelDB would lose it without a word.
    const [first] = kept;
    await expectStoreError(make.claim(store, first?.id ?? ('' as never)), 'poisoned');
    await expectStoreError(store.consumers.put('x', { seq: 1, at: 1 }), 'poisoned');
    expect(() => store.openContent(make.prepare())).toThrow(expect.objectContaining({ code: 'poisoned' }));
    expect(causes).toHaveLength(1);
    expect(store.health()).toMatchObject({ writable: false, reason: expect.stringMatching(/No space left|EIO/) });
    // Reading goes on.
    expect((await store.message(first?.id ?? ('' as never)))?.state).toBe('in-progress');
    expect((await store.changes({ after: 0, limit: 10 })).items).toHaveLength(3);
    await store.close();

    const again = await open(dir);
    // Of what was not acknowledged both halves may have come to the disk all the same, as after a crash before the 250.
    const { lastSeq } = again;
    expect([3, 5]).toContain(lastSeq);
    expect((await scheduleOf(again)).map(({ message }) => message)).toEqual(expect.arrayContaining(kept.map(({ id }) => id)));
    expect((await again.messages({}, { limit: 10 })).items).toHaveLength(lastSeq);
    for (const { id } of kept) expect((await again.content(id)).size).toBeGreaterThan(0);
    expect((await make.accept(again)).size).toBeGreaterThan(0);
    expect((await again.changes({ after: lastSeq, limit: 10 })).items.map(({ seq }) => seq)).toEqual([lastSeq + 1]);
  });

  it('R8 takes back the records of a commit whose bytes never reached the disk', async () => {
    const dir = newDir();
    let crashed = '';
    let armed = false;
    const { files } = watchedFiles((call) => {
      // Power fails: the register's batch is durable, the spool's write is not.
      if (armed && call === 'writev') throw Object.assign(new Error('EIO'), { code: 'EIO' });
    });
    const store = await open(dir, { files });
    const kept = await acceptMany(store, 2);
    armed = true;
    const lost = await Promise.allSettled([
      make.accept(store),
      store.apply([{ message: kept[0]?.id ?? ('' as never), index: 0, evidence: { kind: 'cancelled' } }], clock.now),
    ]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await store.close();
    crashed = `${newDir()}`;
    cpSync(dir, crashed, { recursive: true });
    const again = await open(crashed);
    expect(again.metrics.orphans).toEqual({ contents: 0, records: 1 });
    // The other operation of that commit stands: its half was durable.
    const { items } = await again.changes({ after: 0, limit: 10 });
    expect(items.map(({ seq, type }) => [seq, type])).toEqual([
      [1, 'message.accepted'],
      [2, 'message.accepted'],
      [3, 'recipient.cancelled'],
    ]);
    expect((await again.messages({}, { limit: 10 })).items.map(({ message }) => message.id).sort()).toEqual(
      kept.map(({ id }) => id).sort(),
    );
    expect(again.queue).toEqual({ messages: 1, queued: 1, deferred: 0, held: 0 });
    expect((await again.messages({ q: 'order' }, { limit: 10 })).items).toHaveLength(2);
    const next = await make.accept(again);
    expect((await again.changes({ after: 3, limit: 10 })).items).toMatchObject([{ seq: 4, message: next.id }]);
    await again.close();
    // And so it stays.
    expect((await open(crashed)).metrics.orphans).toEqual({ contents: 0, records: 0 });
  });

  it('R8 removes bytes that no record names, and counts them', async () => {
    const dir = newDir();
    let armed = false;
    restore = beforeBatches(() => {
      if (armed) throw new Error('power fails');
    });
    const store = await open(dir);
    await acceptMany(store, 2);
    armed = true;
    await expectStoreError(make.accept(store), 'poisoned');
    await store.close();
    restore();
    const again = await open(dir);
    expect(again.metrics.orphans).toEqual({ contents: 1, records: 0 });
    expect(again.lastSeq).toBe(2);
  });
});
