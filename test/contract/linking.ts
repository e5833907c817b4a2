/** The part of the contract that ties reports: by hand, and by the names that others give a message. */
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/domain/errors.ts';
import type { MessageId } from '../../src/domain/ids.ts';
import type { ReportMatch, Store } from '../../src/domain/ports.ts';
import { type Clock, DAY, type Maker, reportEvidence } from './messages.ts';

interface Parts {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
}

export function linkingContract(parts: () => Parts): void {
  describe('linking a report', () => {
    const unmatched = async (): Promise<{ readonly report: ReturnType<Maker['report']>; readonly message: MessageId }> => {
      const { store, make, clock } = parts();
      const { id: message } = await make.accept(store, { recipients: ['ann@customer.example', 'bob@customer.example'] });
      await make.attempt(store, message, 'transferred', 0);
      await make.attempt(store, message, 'transferred', 1);
      const report = make.report();
      await store.recordReport({ report, raw: Buffer.from('x'), items: [], now: clock.now });
      return { report, message };
    };
    const request = (id: ReturnType<Maker['report']>['id'], message: MessageId) => {
      const { clock } = parts();
      const matches: ReportMatch[] = [1, 0].map((index) => ({ message, index, rank: 4, linked: { by: 'ops', at: clock.now } }));
      const items = matches.map(({ index }) => ({ message, index, evidence: reportEvidence(id, index === 1 ? 'failed' : 'delayed') }));
      return { id, matches, items, now: clock.now };
    };

    it('ties it to recipients and applies what it proves, once', async () => {
      const { store } = parts();
      const { report, message } = await unmatched();
      const before = store.lastSeq;
      const asked = request(report.id, message);
      const answers = await Promise.all([store.linkReport(asked), store.linkReport(asked)]);
      // Either of the two may come first.
      const [repeated, done] = answers.sort((one, other) => Number(one.linked) - Number(other.linked));
      expect([repeated?.linked, done?.linked]).toEqual([false, true]);
      expect(done).toMatchObject({ report: { matched: asked.matches[0], matches: asked.matches } });
      expect(done?.transitions.map(({ recipient }) => [recipient.index, recipient.state])).toEqual([
        [1, 'failed'],
        [0, 'transferred'],
      ]);
      expect(repeated).toMatchObject({ report: { matched: asked.matches[0] }, transitions: [] });
      expect((await store.changes({ after: before, limit: 9 })).items.map(({ type, index }) => [type, index])).toEqual([
        ['recipient.failed', 1],
        ['recipient.delayed', 0],
      ]);
      expect((await store.reports({ matched: false }, { limit: 5 })).items).toEqual([]);
      expect((await store.reports({ matched: true }, { limit: 5 })).items.map(({ id }) => id)).toEqual([report.id]);
      const found = await store.message(message);
      expect(found?.recipients.map(({ reportList }) => reportList.map(({ id }) => id))).toEqual([[report.id], [report.id]]);
    });

    it('goes with the message that it was tied to', async () => {
      const { store, clock } = parts();
      const { report, message } = await unmatched();
      await store.linkReport(request(report.id, message));
      await store.erase({ ids: [message], force: false, now: clock.now });
      expect(await store.report(report.id)).toBeUndefined();
      expect((await store.reports({}, { limit: 5 })).items).toEqual([]);
    });

    it('refuses a report that is not there', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store);
      const error: unknown = await store.linkReport(request(make.report().id, id)).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 'not-found' });
    });
  });

  describe('what others call a message', () => {
    const remoteId = '4XyZ1234AbCdEf';

    it.each(['messageId', 'envelopeId', 'remoteId'] as const)('finds by %s, newest first', async (kind) => {
      const { store, make, clock } = parts();
      const ids: MessageId[] = [];
      for (let i = 0; i < 3; i++) {
        const { id } = await make.accept(store, {
          messageId: `same@erp.example`,
          envid: 'order 7',
          recipients: ['a@x.example', 'b@x.example'],
        });
        await make.attempt(store, id, 'deferred', 0);
        await make.attempt(store, id, 'transferred', 1, { remoteId });
        ids.unshift(id);
        clock.now += 1000;
      }
      const name = { messageId: { messageId: 'same@erp.example' }, envelopeId: { envelopeId: 'order 7' }, remoteId: { remoteId } }[kind];
      expect(await store.messagesKnownAs(name, 10)).toEqual(ids);
      expect(await store.messagesKnownAs(name, 2)).toEqual(ids.slice(0, 2));
      await store.erase({ ids: ids.slice(0, 1), force: true, now: clock.now });
      expect(await store.messagesKnownAs(name, 10)).toEqual(ids.slice(1));
      await store.apply([{ message: ids[1] ?? make.prepare().id, index: 0, evidence: { kind: 'cancelled' } }], clock.now);
      await store.cleanup({ contentBefore: 0, recordsBefore: clock.now + DAY, now: clock.now });
      expect(await store.messagesKnownAs(name, 10)).toEqual(ids.slice(2));
    });

    it('finds nothing by a part of a name, or by a name of another kind', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store, { messageId: 'one@erp.example', envid: 'order 7' });
      await make.attempt(store, id, 'transferred', 0, { remoteId });
      const names = [
        { messageId: 'one' },
        { messageId: 'ONE@erp.example' },
        { envelopeId: 'order' },
        { remoteId: 'order 7' },
        { remoteId: '' },
      ];
      for (const name of names) expect(await store.messagesKnownAs(name, 10)).toEqual([]);
    });

    it('keeps what the next hop named the message in the attempt', async () => {
      const { store, make } = parts();
      const { id } = await make.accept(store);
      await make.attempt(store, id, 'transferred', 0, { remoteId });
      expect((await store.message(id))?.recipients[0]?.attemptList).toMatchObject([{ number: 1, remoteId }]);
    });
  });

  describe('a report that comes again', () => {
    const tied = async () => {
      const { store, make, clock } = parts();
      const { id: message } = await make.accept(store, { recipients: ['ann@customer.example', 'bob@customer.example'] });
      for (const index of [0, 1]) await make.attempt(store, message, 'transferred', index);
      const request = (index: number | null) => {
        const matches: ReportMatch[] = index === null ? [] : [{ message, index, rank: 1 }];
        const report = make.report({ matched: matches[0] ?? null, matches });
        const items = index === null ? [] : [{ message, index, evidence: reportEvidence(report.id, 'failed') }];
        return { report, raw: Buffer.from(`by way ${report.id}`), items, now: clock.now, fingerprint: 'f1' };
      };
      return { message, request };
    };
    const kept = async (): Promise<number> => (await parts().store.reports({}, { limit: 9 })).items.length;

    it('is known by its fingerprint, at once or later, and changes nothing', async () => {
      const { store } = parts();
      const { request } = await tied();
      const both = await Promise.all([store.recordReport(request(0)), store.recordReport(request(0))]);
      const [first, second] = both[0].repeated ? [both[1], both[0]] : both;
      expect([first.repeated, second.repeated]).toEqual([false, true]);
      expect(second).toMatchObject({ report: { id: first.report.id }, transitions: [] });
      expect(await store.recordReport(request(0))).toMatchObject({ report: { id: first.report.id }, transitions: [], repeated: true });
      expect(await store.recordReport(request(null))).toMatchObject({ report: { id: first.report.id }, repeated: true });
      expect(await kept()).toBe(1);
      expect((await store.report(first.report.id))?.raw.toString()).toBe(`by way ${first.report.id}`);
    });

    it('is another one where it is of another recipient', async () => {
      const { store } = parts();
      const { request } = await tied();
      await store.recordReport(request(0));
      expect(await store.recordReport(request(1))).toMatchObject({ repeated: false, transitions: [{ changed: true }] });
      expect(await store.recordReport(request(1))).toMatchObject({ repeated: true });
      expect(await kept()).toBe(2);
    });

    it('ties the one of the review list when it is known whom it is of', async () => {
      const { store } = parts();
      const { message, request } = await tied();
      const stray = await store.recordReport(request(null));
      expect(await store.recordReport(request(null))).toMatchObject({ repeated: true, report: { id: stray.report.id } });
      const explained = await store.recordReport(request(1));
      expect(explained).toMatchObject({ repeated: false, report: { id: stray.report.id, matched: { message, index: 1 } } });
      expect((await store.record(message))?.recipients[1]).toMatchObject({ state: 'failed', reports: [stray.report.id] });
      expect(await store.recordReport(request(1))).toMatchObject({ repeated: true, transitions: [] });
      expect(await kept()).toBe(1);
      expect((await store.reports({ matched: false }, { limit: 9 })).items).toEqual([]);
    });

    it('is not known any more once it was deleted', async () => {
      const { store, clock } = parts();
      const { message, request } = await tied();
      await store.recordReport(request(0));
      await store.erase({ ids: [message], force: false, now: clock.now });
      expect(await store.recordReport(request(null))).toMatchObject({ repeated: false });
    });
  });

  describe('mailboxes', () => {
    it('keep how far they were read', async () => {
      const { store } = parts();
      const record = { uidValidity: '4294967295', lastUid: 17, lastRun: null };
      await store.mailboxes.put('bounces@mail.example', record);
      expect(await store.mailboxes.get('bounces@mail.example')).toEqual(record);
      expect(await store.mailboxes.list()).toEqual([{ name: 'bounces@mail.example', value: record }]);
    });
  });
}
