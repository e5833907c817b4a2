/** The part of the contract that is about changing what accepted messages are about. */
import { describe, expect, it } from 'vitest';
import { createIdFactory, type MessageId } from '../../src/domain/ids.ts';
import type { ReferenceChange } from '../../src/domain/message.ts';
import type { Store, StreamRecord } from '../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import { type Clock, HOUR, type Maker, START } from './messages.ts';

interface Parts {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
}

export function referenceContract(parts: () => Parts): void {
  describe('references', () => {
    it('changes the record, what it is found by, and tells what it was', async () => {
      const { store, make, clock } = parts();
      const references = { document: 'OLD-1', contact: 'C-1', tags: { run: '1' } };
      const { id } = await make.accept(store, { references, recipients: ['ann@customer.example', 'bob@customer.example'] });
      const other = await make.accept(store);
      clock.now += HOUR;
      const change = { document: 'NEW-2', documentType: 'invoice', tags: { run: '2' } };
      const items = [{ message: id, references: change }];
      expect(await store.setReferences({ items, now: clock.now })).toEqual([id]);
      const expected = { ...NO_REFERENCES, ...change, contact: 'C-1' };
      expect((await store.record(id))?.message.references).toEqual(expected);
      const found = async (filter: Parameters<Store['messages']>[0]): Promise<MessageId[]> =>
        (await store.messages(filter, { limit: 10 })).items.map(({ message }) => message.id);
      expect(await found({ document: 'OLD-1' })).toEqual([]);
      expect(await found({ tag: 'run=1' })).toEqual([]);
      expect(await found({ q: 'old-1' })).toEqual([]);
      expect(await found({ document: 'NEW-2' })).toEqual([id]);
      expect(await found({ documentType: 'invoice', tag: 'run=2', contact: 'C-1', q: 'new-2' })).toEqual([id]);
      expect(await found({})).toEqual([other.id, id]);
      const event = (await store.message(id))?.events.at(-1);
      expect(event).toMatchObject({ type: 'message.referenced', at: clock.now, message: id, document: 'NEW-2', documentType: 'invoice' });
      expect(event?.was).toEqual({ document: 'OLD-1', documentType: null, tags: { run: '1' } });
      expect(event?.states).toEqual({ queued: 2 });
    });

    it('takes away what is changed to null', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store, { references: { document: 'A', template: 't' } });
      await store.setReferences({ items: [{ message: id, references: { document: null } }], now: START });
      expect((await store.record(id))?.message.references).toEqual({ ...NO_REFERENCES, template: 't' });
      expect((await store.messages({ document: 'A' }, { limit: 1 })).items).toEqual([]);
    });

    it('leaves what is there already when it adds what is missing', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store, { references: { document: 'A', tags: { run: '1' } } });
      const references = { document: 'B', contact: 'C-1', tags: { run: '2', kind: 'b2b' } };
      await store.setReferences({ items: [{ message: id, references }], mode: 'missing', now: START });
      const after = (await store.record(id))?.message.references;
      expect(after).toEqual({
        ...NO_REFERENCES,
        document: 'A',
        contact: 'C-1',
        tags: { run: '1', kind: 'b2b' },
        found: ['contact', 'tag:kind'],
      });
      const again = await store.setReferences({ items: [{ message: id, references }], mode: 'missing', now: START });
      expect(again).toEqual([]);
      expect((await store.message(id))?.events).toHaveLength(2);
    });

    it('finds anew what rules found, and leaves what was said', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store, { references: { document: 'SAID', tags: { run: '1' } } });
      const change = async (mode: 'missing' | 'found', references: ReferenceChange): Promise<unknown> => {
        await store.setReferences({ items: [{ message: id, references }], mode, now: START });
        return (await store.record(id))?.message.references;
      };
      await change('missing', { document: 'X', contact: 'C-1', template: 'a', tags: { kind: 'b2b' } });
      expect(await change('found', { document: 'Y', contact: 'C-2', tags: { run: '2', other: 'o' } })).toEqual({
        ...NO_REFERENCES,
        document: 'SAID',
        contact: 'C-2',
        tags: { run: '1', other: 'o' },
        found: ['contact', 'tag:other'],
      });
      expect(await change('found', {})).toEqual({ ...NO_REFERENCES, document: 'SAID', tags: { run: '1' } });
    });

    it('tells nobody of a stream, which is no news', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store);
      const before = store.lastSeq;
      expect(await store.setReferences({ items: [{ message: id, references: { stream: 'aaaa' } }], now: START })).toEqual([id]);
      expect(store.lastSeq).toBe(before);
      expect((await store.messages({ stream: ['aaaa'] }, { limit: 1 })).items[0]?.message.id).toBe(id);
    });

    it('moves a reader of the feed in the same commit, and leaves out what is gone', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store);
      const gone = createIdFactory({ now: () => START, randomBytes: (size) => Buffer.alloc(size, 7) })() as MessageId;
      const items = [gone, id].map((message) => ({ message, references: { contact: 'C-9' } }));
      expect(await store.setReferences({ items, consumer: { name: 'reader', seq: 1 }, now: START })).toEqual([id]);
      expect(await store.consumers.get('reader')).toEqual({ seq: 1, at: START });
      await store.setReferences({ items: [], consumer: { name: 'reader', seq: 2 }, now: START });
      expect(await store.consumers.get('reader')).toEqual({ seq: 2, at: START });
    });

    it('keeps changed references through what happens to the message, and takes their keys with it', async () => {
      const { store, make, clock } = parts();
      const { id } = await make.accept(store, { references: { template: 'a' } });
      await store.setReferences({ items: [{ message: id, references: { template: 'b', document: 'D-1' } }], now: clock.now });
      await make.attempt(store, id, 'transferred');
      expect((await store.messages({ document: 'D-1', template: 'b', state: ['transferred'] }, { limit: 2 })).items).toHaveLength(1);
      const rows = await store.statistics({ from: START - HOUR, to: START + HOUR, by: 'day', group: 'template' });
      expect(rows.map(({ group, states }) => [group, Object.entries(states).filter(([, count]) => count !== 0)])).toContainEqual([
        'b',
        [['transferred', 1]],
      ]);
      expect(rows.find(({ group }) => group === 'a')?.states.queued ?? 0).toBe(0);
      await store.erase({ ids: [id], force: false, now: clock.now });
      expect((await store.messages({ document: 'D-1' }, { limit: 1 })).items).toEqual([]);
      const told = (await store.changes({ after: 0, limit: 100 })).items.find(({ type }) => type === 'message.referenced');
      expect(told).not.toHaveProperty('was');
      expect(told).not.toHaveProperty('document');
    });

    it('finds mail of a stream by the name that was given to it, as mail of a template', async () => {
      const { store, make } = parts();
      const grouped = await make.accept(store, { references: { stream: 'aaaa' } });
      const other = await make.accept(store, { references: { stream: 'bbbb', document: 'D' } });
      const named = await make.accept(store, { references: { template: 'order', document: 'D' } });
      const found = async (filter: Parameters<Store['messages']>[0]): Promise<MessageId[]> =>
        (await store.messages(filter, { limit: 10 })).items.map(({ message }) => message.id);
      expect(await found({ template: 'order' })).toEqual([named.id]);
      const record: StreamRecord = {
        name: 'order',
        named: { by: 'ann', at: START },
        account: 'erp',
        pattern: 'order #',
        example: grouped.id,
        firstAt: START,
        lastAt: START,
        messages: 3,
      };
      await store.streams.put('aaaa', record);
      await store.streams.put('bbbb', record);
      expect(await found({ template: 'order' })).toEqual([named.id, other.id, grouped.id]);
      expect(await found({ template: 'order', document: 'D' })).toEqual([named.id, other.id]);
      await store.streams.put('bbbb', { ...record, name: null });
      expect(await found({ template: 'order' })).toEqual([named.id, grouped.id]);
    });

    it('keeps what is known of streams', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store);
      const record: StreamRecord = {
        name: null,
        named: null,
        account: 'erp',
        pattern: 'Order #',
        example: id,
        firstAt: START,
        lastAt: START,
        messages: 3,
      };
      await store.streams.put('aaaa', record);
      expect(await store.streams.get('aaaa')).toEqual(record);
      expect(await store.streams.list({ after: '', limit: 5 })).toEqual([{ name: 'aaaa', value: record }]);
      expect(await store.streams.delete('aaaa')).toBe(true);
    });
  });
}
