/** The part of the contract that is about a message that comes again: by its key, as a resend, at its time. */
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { Store } from '../../src/domain/ports.ts';
import { type Clock, DAY, gather, HOUR, type Maker, START } from './messages.ts';

interface Parts {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
}

export function repetitionContract(parts: () => Parts): void {
  const key = (until = START + DAY) => ({ value: 'order 4711 by ann@customer.example', until });
  const idsOf = async (store: Store): Promise<MessageId[]> =>
    (await store.messages({}, { limit: 500 })).items.map(({ message }) => message.id);

  describe('a key of a request', () => {
    it('gives the message of then, and records nothing', async () => {
      const { store, make } = parts();
      const first = await make.accept(store, { key: key(), body: 'the first\r\n' });
      const before = store.lastSeq;
      const second = await make.accept(store, { key: key(), subject: 'Another', body: 'the second\r\n' });
      expect(second).toEqual(first);
      expect(await idsOf(store)).toEqual([first.id]);
      expect(store.lastSeq).toBe(before);
      expect(store.queue.messages).toBe(1);
      expect((await store.content(first.id)).bytes?.toString()).toBe('the first\r\n');
    });

    it('makes one message of many that come at once', async () => {
      const { store, make } = parts();
      const accepted = await Promise.all(Array.from({ length: 20 }, (_, i) => make.accept(store, { key: key(), subject: `Copy ${i}` })));
      expect(new Set(accepted.map(({ id }) => id)).size).toBe(1);
      expect(await idsOf(store)).toEqual([accepted[0]?.id]);
      expect(store.lastSeq).toBe(1);
    });

    it('lets go of the content that is not recorded, also of several megabytes', async () => {
      const { store, make, clock } = parts();
      const { id } = await make.accept(store, { key: key() });
      const content = store.openContent(make.prepare());
      for (let i = 0; i < 40; i++) await content.write(Buffer.alloc(65_536, 'x'));
      const request = { message: make.prepare(), content, dueAt: clock.now, expireAt: clock.now + DAY, key: key() };
      expect((await store.accept(request)).id).toBe(id);
      // Let go: it can not be recorded any more.
      await expect(store.accept({ ...request, message: make.prepare(), key: { ...key(), value: 'another' } })).rejects.toThrow(/abort/);
    });

    it('holds until its time and no longer', async () => {
      const { store, make, clock } = parts();
      const first = await make.accept(store, { key: key(START + HOUR) });
      clock.now = START + HOUR - 1;
      expect((await make.accept(store, { key: key(START + 2 * HOUR) })).id).toBe(first.id);
      clock.now = START + HOUR;
      const second = await make.accept(store, { key: key(START + 2 * HOUR) });
      expect(second.id).not.toBe(first.id);
      expect((await make.accept(store, { key: key(START + 3 * HOUR) })).id).toBe(second.id);
    });

    it('says nothing of another key, nor of messages without one', async () => {
      const { store, make } = parts();
      await make.accept(store, { key: key() });
      await make.accept(store, { key: { ...key(), value: 'order 4712' } });
      await make.accept(store);
      await make.accept(store);
      expect(await idsOf(store)).toHaveLength(4);
    });

    it('gives the message as long as its record is there, and is free once that is erased', async () => {
      const { store, make, clock } = parts();
      const first = await make.accept(store, { key: key(START + 9 * DAY) });
      await make.attempt(store, first.id, 'transferred');
      clock.now = START + 2 * DAY;
      await store.cleanup({ contentBefore: START + DAY, recordsBefore: START - DAY, now: clock.now });
      expect((await make.accept(store, { key: key(START + 9 * DAY) })).id).toBe(first.id);
      await store.erase({ ids: [first.id], force: false, now: clock.now });
      const second = await make.accept(store, { key: key(START + 9 * DAY) });
      expect(second.id).not.toBe(first.id);
      expect((await make.accept(store, { key: key(START + 9 * DAY) })).id).toBe(second.id);
    });

    it('outlives a clean-up until its time', async () => {
      const { store, make, clock } = parts();
      const clean = () => store.cleanup({ contentBefore: START - DAY, recordsBefore: START - DAY, now: clock.now });
      const first = await make.accept(store, { key: key(START + HOUR) });
      const other = await make.accept(store, { key: { value: 'longer', until: START + 3 * HOUR } });
      clock.now = START + HOUR / 2;
      await clean();
      expect((await make.accept(store, { key: key() })).id).toBe(first.id);
      clock.now = START + 2 * HOUR;
      await clean();
      await clean();
      expect((await make.accept(store, { key: key() })).id).not.toBe(first.id);
      expect((await make.accept(store, { key: { value: 'longer', until: START + DAY } })).id).toBe(other.id);
    });
  });

  describe('a message that supersedes another', () => {
    it('is told of at the other, in the same commit', async () => {
      const { store, make } = parts();
      const old = await make.accept(store, { references: { document: 'INV-3' } });
      const fresh = await make.accept(store, { supersedes: old.id });
      const { items } = await store.changes({ after: 1, limit: 10 });
      expect(items).toMatchObject([
        { seq: 2, type: 'message.accepted', message: fresh.id },
        { seq: 3, type: 'message.resent', message: old.id, supersededBy: fresh.id, account: 'erp', document: 'INV-3' },
      ]);
      const newest = await make.accept(store, { supersedes: old.id });
      const found = await store.message(old.id);
      expect(found?.supersededBy).toEqual([fresh.id, newest.id]);
      expect(found?.events.map(({ type }) => type)).toEqual(['message.accepted', 'message.resent', 'message.resent']);
      expect((await store.message(fresh.id))?.supersededBy).toEqual([]);
      expect((await store.message(fresh.id))?.message.supersedes).toBe(old.id);
    });

    it('says nothing when there is no such message', async () => {
      const { store, make } = parts();
      await make.accept(store, { supersedes: make.prepare().id });
      expect((await store.changes({ after: 0, limit: 10 })).items.map(({ type }) => type)).toEqual(['message.accepted']);
    });

    it('is told of once, though the request comes twice', async () => {
      const { store, make } = parts();
      const old = await make.accept(store);
      const [first, second] = await Promise.all([
        make.accept(store, { supersedes: old.id, key: key() }),
        make.accept(store, { supersedes: old.id, key: key() }),
      ]);
      expect(second.id).toBe(first.id);
      expect((await store.message(old.id))?.supersededBy).toEqual([first.id]);
    });
  });

  describe('a scheduled message', () => {
    it('is due at its time, also after it was held and released before', async () => {
      const { store, make, clock } = parts();
      const { id } = await make.accept(store, { releaseAt: START + 6 * HOUR });
      const dueAt = async () => (await gather(store.schedule())).flat().map((entry) => entry.dueAt);
      expect(await dueAt()).toEqual([START + 6 * HOUR]);
      await store.apply([{ message: id, index: 0, evidence: { kind: 'held', reason: 'by hand' } }], clock.now);
      expect(await dueAt()).toEqual([null]);
      const [released] = await store.apply([{ message: id, index: 0, evidence: { kind: 'released' } }], clock.now);
      expect(released?.recipient.nextAttemptAt).toBe(START + 6 * HOUR);
      expect(await dueAt()).toEqual([START + 6 * HOUR]);
      await store.apply([{ message: id, index: 0, evidence: { kind: 'held', reason: 'by hand' } }], clock.now);
      clock.now = START + 7 * HOUR;
      await store.apply([{ message: id, index: 0, evidence: { kind: 'released' } }], clock.now);
      expect(await dueAt()).toEqual([START + 7 * HOUR]);
    });
  });
}
