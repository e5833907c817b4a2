/**
 * What every implementation of the Store port holds to. `storeContract` is called by one test file
 * for each, and says nothing of files or keys.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError, type StoreErrorCode } from '../../src/domain/errors.ts';
import { lowestIdAt, type ReportId } from '../../src/domain/ids.ts';
import type { ReportFilter, StatisticsRequest, Store } from '../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import { NO_CHANGES } from '../../src/domain/signal.ts';
import type { SuppressionPolicy } from '../../src/domain/suppression.ts';
import { auditContract } from './audit.ts';
import { cleanupContract } from './cleanup.ts';
import { groupContract } from './groups.ts';
import { ledgerContract } from './ledger.ts';
import { linkingContract } from './linking.ts';
import { listContract } from './lists.ts';
import { Clock, DAY, HOUR, Maker, reportEvidence, START, scheduleOf, settled } from './messages.ts';
import { referenceContract } from './references.ts';
import { repetitionContract } from './repetitions.ts';
import { subjectContract } from './subject.ts';
import { evidenceContract, suppressionContract } from './suppressions.ts';

export interface Implementation {
  readonly name: string;
  /** An empty store. */
  open(clock: Clock, suppression: () => SuppressionPolicy | null): Promise<Store>;
  /** Called when the test is over; the store may be closed. */
  dispose(): Promise<void>;
}

export async function expectStoreError(call: Promise<unknown>, code: StoreErrorCode): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code });
}

export function storeContract(implementation: Implementation): void {
  describe(`the contract of the store: ${implementation.name}`, () => {
    let clock: Clock;
    let make: Maker;
    let store: Store;
    let policy: SuppressionPolicy | null;

    beforeEach(async () => {
      clock = new Clock();
      make = new Maker(clock);
      policy = null;
      store = await implementation.open(clock, () => policy);
    });
    afterEach(async () => {
      await store.close();
      await implementation.dispose();
    });

    const eventTypes = async (after = 0): Promise<string[]> => (await store.changes({ after, limit: 1000 })).items.map(({ type }) => type);

    describe('accepting', () => {
      it('records message, recipients, content and event', async () => {
        const body = 'Subject: hello\r\n\r\n\u00e9\u20ac and more\r\n';
        const accepted = await make.accept(store, { recipients: ['a@one.example', 'b@two.example', 'c@two.example'], body });
        expect(accepted.size).toBe(Buffer.byteLength(body));
        expect(accepted.sha256).toMatch(/^[0-9a-f]{64}$/);
        const found = await store.message(accepted.id);
        expect(found).toMatchObject({ message: accepted, state: 'in-progress', contentErased: false });
        expect(found?.recipients.map(({ index, address, state, nextAttemptAt }) => [index, address, state, nextAttemptAt])).toEqual([
          [0, 'a@one.example', 'queued', START],
          [1, 'b@two.example', 'queued', START],
          [2, 'c@two.example', 'queued', START],
        ]);
        const content = await store.content(accepted.id);
        expect(content.bytes?.toString()).toBe(body);
        expect(content.sha256).toBe(accepted.sha256);
        const { items, last } = await store.changes({ after: 0, limit: 10 });
        expect(items).toEqual([
          {
            seq: 1,
            at: START,
            type: 'message.accepted',
            message: accepted.id,
            account: 'erp',
            sha256: accepted.sha256,
            size: accepted.size,
            domains: { 'one.example': 1, 'two.example': 2 },
          },
        ]);
        expect(last).toBe(1);
      });

      it('gives many messages at once events without a gap', async () => {
        const accepted = await Promise.all(Array.from({ length: 50 }, () => make.accept(store)));
        const { items } = await store.changes({ after: 0, limit: 100 });
        expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
        expect(new Set(items.map(({ message }) => message))).toEqual(new Set(accepted.map(({ id }) => id)));
      });

      it('streams content of several megabytes', async () => {
        const body = Buffer.alloc(5 * 1024 * 1024, 'octets of a long message\r\n');
        const { id, sha256 } = await make.accept(store, { body });
        const content = await store.content(id);
        expect(content).toMatchObject({ size: body.length, sha256, bytes: null });
        const pieces: Buffer[] = [];
        for await (const piece of content.stream()) pieces.push(piece as Buffer);
        expect(Buffer.concat(pieces).equals(body)).toBe(true);
      });

      it('leaves nothing of content that was aborted', async () => {
        const content = store.openContent(make.prepare());
        await content.write(Buffer.from('half a mess'));
        expect(content.size).toBe(11);
        await content.abort();
        expect((await store.messages({}, { limit: 10 })).items).toEqual([]);
        expect(store.lastSeq).toBe(0);
      });

      it('keeps what the message is about in its events', async () => {
        const references = { ...NO_REFERENCES, document: 'INV-1', contact: 'C-7', template: 'invoice' };
        await make.accept(store, { references });
        expect((await store.changes({ after: 0, limit: 1 })).items[0]).toMatchObject({
          document: 'INV-1',
          contact: 'C-7',
          template: 'invoice',
        });
      });

      it('does not know what was never accepted', async () => {
        const { id } = make.prepare();
        expect(await store.message(id)).toBeUndefined();
        expect(await store.record(id)).toBeUndefined();
        await expectStoreError(store.content(id), 'not-found');
      });
    });

    describe('delivering', () => {
      it('schedules what is pending, and nothing else', async () => {
        const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example'], references: { class: 'bulk' }, sender: '' });
        await make.attempt(store, id, 'transferred', 0);
        const slices: unknown[] = [];
        for await (const slice of store.schedule()) slices.push(...slice);
        expect(slices).toEqual([
          {
            message: id,
            index: 1,
            state: 'queued',
            dueAt: START,
            expireAt: START + 5 * DAY,
            attempts: 0,
            address: 'b@x.example',
            sender: null,
            account: 'erp',
            class: 'bulk',
            resent: false,
            released: false,
            attempting: false,
          },
        ]);
      });

      it('claims a free recipient once', async () => {
        const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example'] });
        const [first, second] = await Promise.all([make.claim(store, id, [0, 1]), make.claim(store, id, [0, 1])]);
        expect(first.message.id).toBe(id);
        expect([...first.recipients, ...second.recipients].map(({ index }) => index).sort()).toEqual([0, 1]);
        expect(first.recipients[0]).toMatchObject({
          attempts: 1,
          attempting: { number: 1, nextHop: 'hop.example:25', leaseUntil: START + HOUR },
        });
        expect(await scheduleOf(store)).toEqual([
          { message: id, index: 0, state: 'queued', attempting: true },
          { message: id, index: 1, state: 'queued', attempting: true },
        ]);
        expect((await store.message(id))?.recipients[0]?.attemptList).toMatchObject([{ number: 1, outcome: null, durationMs: null }]);
        expect(await eventTypes()).toEqual(['message.accepted']);
      });

      it('refuses to claim a message that does not exist', async () => {
        await expectStoreError(make.claim(store, make.prepare().id), 'not-found');
      });

      it('commits an outcome with its attempt and its event, and the same outcome once', async () => {
        const { id } = await make.accept(store);
        const { recipients } = await make.claim(store, id);
        const [recipient] = recipients;
        if (recipient === undefined) throw new Error('not claimed');
        clock.now += 1000;
        const items = [{ message: id, index: 0, evidence: make.ended(recipient, 'transferred') }] as const;
        const [transition] = await store.apply(items, clock.now);
        expect(transition).toMatchObject({ changed: true, recipient: { state: 'transferred', stateSince: clock.now, attempting: null } });
        await store.apply(items, clock.now);
        expect(await eventTypes()).toEqual(['message.accepted', 'recipient.transferred']);
        const found = await store.message(id);
        expect(found?.state).toBe('transferred');
        expect(found?.recipients[0]).toMatchObject({ state: 'transferred', confidence: 'accepted-by-recipient-server' });
        expect(found?.recipients[0]?.attemptList).toEqual([items[0].evidence.attempt]);
        expect(found?.events.map(({ type }) => type)).toEqual(['message.accepted', 'recipient.transferred']);
        expect(await scheduleOf(store)).toEqual([]);
      });

      it('applies items in their order, all in one commit', async () => {
        const { id } = await make.accept(store);
        const transitions = await store.apply(
          [
            { message: id, index: 0, evidence: { kind: 'held', reason: 'by hand' } },
            { message: id, index: 0, evidence: { kind: 'released' } },
            { message: id, index: 0, evidence: { kind: 'cancelled' } },
          ],
          clock.now,
        );
        expect(transitions.map(({ recipient }) => recipient.state)).toEqual(['held', 'queued', 'cancelled']);
        expect(await eventTypes(1)).toEqual(['recipient.held', 'recipient.released', 'recipient.cancelled']);
        expect((await store.record(id))?.recipients[0]?.state).toBe('cancelled');
      });

      it('leaves out evidence for what does not exist', async () => {
        const { id } = await make.accept(store);
        const gone = make.prepare().id;
        const transitions = await store.apply(
          [
            { message: gone, index: 0, evidence: { kind: 'cancelled' } },
            { message: id, index: 7, evidence: { kind: 'cancelled' } },
            { message: id, index: 0, evidence: { kind: 'cancelled' } },
          ],
          clock.now,
        );
        expect(transitions).toHaveLength(1);
      });

      it('keeps every attempt of every recipient', async () => {
        const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example'] });
        for (const outcome of ['deferred', 'unanswered', 'failed'] as const) await make.attempt(store, id, outcome, 1);
        const found = await store.message(id);
        expect(found?.recipients[0]?.attemptList).toEqual([]);
        expect(found?.recipients[1]?.attemptList.map(({ number, outcome }) => [number, outcome])).toEqual([
          [1, 'deferred'],
          [2, 'unanswered'],
          [3, 'failed'],
        ]);
        expect(found?.recipients[1]?.failure).toMatchObject({ source: 'attempt', category: 'mailbox-unknown', addressInvalid: true });
      });

      it('tells listeners of the schedule after each commit, until they stop', async () => {
        const heard: unknown[] = [];
        const stop = store.onSchedule((changes) =>
          heard.push(...changes.map(({ index, scheduled }) => [index, scheduled?.attempting ?? null])),
        );
        const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example'] });
        await make.attempt(store, id, 'failed', 1);
        await settled();
        expect(heard).toEqual([
          [0, false],
          [1, false],
          [1, true],
          [1, null],
        ]);
        stop();
        await make.attempt(store, id, 'failed', 0);
        await settled();
        expect(heard).toHaveLength(4);
      });

      it('counts the queue', async () => {
        const { id } = await make.accept(store, { recipients: ['a@x.example', 'b@x.example', 'c@x.example'] });
        await make.accept(store);
        await make.attempt(store, id, 'deferred', 0);
        await store.apply([{ message: id, index: 1, evidence: { kind: 'held', reason: 'no route' } }], clock.now);
        expect(store.queue).toEqual({ messages: 2, queued: 2, deferred: 1, held: 1 });
        for (const index of [0, 1, 2]) await store.apply([{ message: id, index, evidence: { kind: 'cancelled' } }], clock.now);
        expect(store.queue).toEqual({ messages: 1, queued: 1, deferred: 0, held: 0 });
      });
    });

    describe('reports', () => {
      it('keeps a report with its bytes and applies what it proves', async () => {
        const { id } = await make.accept(store);
        await make.attempt(store, id, 'transferred');
        const report = make.report({ matched: { message: id, index: 0, rank: 1 } });
        const raw = Buffer.from('Content-Type: multipart/report\r\n\r\n\x00\xff', 'latin1');
        const items = [{ message: id, index: 0, evidence: reportEvidence(report.id, 'failed') }];
        const answer = await store.recordReport({ report, raw, items, now: clock.now });
        expect(answer.transitions.map(({ recipient }) => recipient.state)).toEqual(['failed']);
        expect(answer.report).toMatchObject({ ...report, size: raw.length });
        expect(await store.report(report.id)).toEqual({ report: answer.report, raw });
        const found = await store.message(id);
        expect(found?.recipients[0]?.reportList).toEqual([answer.report]);
        expect(await eventTypes(2)).toEqual(['recipient.failed']);
        // The same again, as a mailbox that is read twice gives it.
        await store.recordReport({ report, raw, items, now: clock.now });
        expect(await eventTypes(2)).toEqual(['recipient.failed']);
        expect((await store.reports({}, { limit: 10 })).items).toHaveLength(1);
      });

      it('tells of a report that fits nothing, and lists it for review', async () => {
        const { id } = await make.accept(store);
        const stray = make.report();
        await store.recordReport({ report: stray, raw: Buffer.from('x'), items: [], now: clock.now });
        const tied = make.report({ matched: { message: id, index: 0, rank: 3 } });
        await store.recordReport({ report: tied, raw: Buffer.from('y'), items: [], now: clock.now });
        expect((await store.changes({ after: 1, limit: 9 })).items).toMatchObject([{ type: 'report.unmatched', report: stray.id }]);
        const ids = async (filter: { matched?: boolean }): Promise<string[]> =>
          (await store.reports(filter, { limit: 10 })).items.map((report) => report.id);
        expect(await ids({ matched: false })).toEqual([stray.id]);
        expect(await ids({ matched: true })).toEqual([tied.id]);
        expect(await ids({})).toEqual([tied.id, stray.id]);
        expect(await store.report(make.report().id)).toBeUndefined();
      });

      it('finds reports by kind, way and time, and pages through what is found', async () => {
        const kinds = ['bounce', 'delayed', 'bounce', 'auto-reply', 'bounce'] as const;
        const all = kinds.map((kind, i) =>
          make.report({ kind, via: i % 2 === 0 ? 'smtp' : 'imap', id: `${lowestIdAt(i * 1000).slice(0, 25)}1` as ReportId }),
        );
        for (const report of all) await store.recordReport({ report, raw: Buffer.from(report.id), items: [], now: clock.now });
        const found = async (filter: ReportFilter): Promise<number[]> =>
          (await store.reports(filter, { limit: 10 })).items.map(({ id }) => all.findIndex((report) => report.id === id));
        expect(await found({ kind: 'bounce' })).toEqual([4, 2, 0]);
        expect(await found({ via: 'imap', matched: false })).toEqual([3, 1]);
        expect(await found({ from: 1000, to: 3000 })).toEqual([2, 1]);
        expect(await found({ from: 1001 })).toEqual([4, 3, 2]);
        expect(await found({ to: 1000, matched: false })).toEqual([0]);
        expect(await found({ kind: 'complaint' })).toEqual([]);
        const first = await store.reports({ kind: 'bounce', from: 1 }, { limit: 1 });
        const second = await store.reports({ kind: 'bounce', from: 1 }, { limit: 1, cursor: first.next ?? '' });
        expect([first, second].map(({ items }) => items.map(({ id }) => id))).toEqual([[all[4]?.id], [all[2]?.id]]);
      });

      it.each([{}, { matched: false }])('pages through reports newest first: %o', async (filter) => {
        const ids: string[] = [];
        for (let i = 0; i < 7; i++) {
          const report = make.report();
          ids.unshift(report.id);
          await store.recordReport({ report, raw: Buffer.from(`${i}`), items: [], now: clock.now });
        }
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const page = await store.reports(filter, { limit: 3, ...(cursor === null ? {} : { cursor }) });
          seen.push(...page.items.map(({ id }) => id));
          cursor = page.next;
        } while (cursor !== null);
        expect(seen).toEqual(ids);
        await expectStoreError(store.reports(filter, { limit: 3, cursor: 'x' }), 'bad-cursor');
      });
    });

    describe('the feed', () => {
      it('gives events after a position, up to a limit, and says how far it looked', async () => {
        for (let i = 0; i < 5; i++) await make.accept(store);
        expect(store.lastSeq).toBe(5);
        const page = await store.changes({ after: 1, limit: 3 });
        expect(page.items.map(({ seq }) => seq)).toEqual([2, 3, 4]);
        expect(page.last).toBe(4);
        expect(await store.changes({ after: 5, limit: 3 })).toEqual({ items: [], last: 5 });
      });

      it('filters by type and account, and still gets on', async () => {
        const { id } = await make.accept(store, { account: 'erp' });
        await make.accept(store, { account: 'shop' });
        await store.apply([{ message: id, index: 0, evidence: { kind: 'cancelled' } }], clock.now);
        await make.accept(store, { account: 'shop' });
        const byType = await store.changes({ after: 0, limit: 10, types: ['recipient.cancelled'] });
        expect(byType.items.map(({ seq }) => seq)).toEqual([3]);
        expect(byType.last).toBe(4);
        const byAccount = await store.changes({ after: 0, limit: 1, accounts: ['shop'] });
        expect(byAccount.items.map(({ seq }) => seq)).toEqual([2]);
        expect(byAccount.last).toBe(2);
        expect((await store.changes({ after: 2, limit: 9, accounts: ['shop'] })).items.map(({ seq }) => seq)).toEqual([4]);
      });

      it('wakes who waits, when there is something after their position', async () => {
        const idle = new AbortController();
        const woken: string[] = [];
        const waits = [
          store.waitForChanges(0, idle.signal).then(() => woken.push('first')),
          store.waitForChanges(1, idle.signal).then(() => woken.push('second')),
        ];
        await make.accept(store);
        await settled();
        expect(woken).toEqual(['first']);
        await store.waitForChanges(0, idle.signal);
        idle.abort();
        await Promise.all(waits);
        expect(woken).toEqual(['first', 'second']);
        await store.waitForChanges(99, AbortSignal.abort());
      });

      it('appends events that belong to no recipient', async () => {
        const { id } = await make.accept(store, { references: { document: 'INV-9' } });
        const blocked = await store.appendEvent({ type: 'queue.blocked', nextHop: 'hop', reason: '535' }, START + 5);
        expect(blocked).toEqual({ seq: 2, at: START + 5, type: 'queue.blocked', nextHop: 'hop', reason: '535' });
        const replacement = make.prepare().id;
        const resent = await store.appendEvent({ type: 'message.resent', message: id, supersededBy: replacement }, START + 6);
        expect(resent).toMatchObject({ seq: 3, message: id, account: 'erp', document: 'INV-9', supersededBy: replacement });
        expect((await store.changes({ after: 1, limit: 9 })).items).toEqual([blocked, resent]);
        expect((await store.message(id))?.events.map(({ seq }) => seq)).toEqual([1, 3]);
      });
    });

    describe('administrative records', () => {
      it('keeps positions of consumers by name', async () => {
        expect(await store.consumers.get('erp')).toBeUndefined();
        await store.consumers.put('erp', { seq: 4, at: START });
        await store.consumers.put('bi', { seq: 2, at: START });
        await store.consumers.put('erp', { seq: 9, at: START + 1 });
        expect(await store.consumers.get('erp')).toEqual({ seq: 9, at: START + 1 });
        expect((await store.consumers.list()).map(({ name }) => name)).toEqual(['bi', 'erp']);
        expect(await store.consumers.delete('erp')).toBe(true);
        expect(await store.consumers.delete('erp')).toBe(false);
        expect(await store.consumers.list()).toEqual([{ name: 'bi', value: { seq: 2, at: START } }]);
      });

      it('keeps tokens and users apart', async () => {
        const common = { name: 'x', role: 'viewer', permissions: null, accounts: ['erp'], createdAt: START } as const;
        await store.tokens.put('x', { ...common, hash: 'ab', expiresAt: null });
        await store.users.put('x', { ...common, passwordHash: 'scrypt$' });
        expect(await store.tokens.get('x')).toMatchObject({ hash: 'ab', accounts: ['erp'] });
        expect(await store.users.get('x')).toMatchObject({ passwordHash: 'scrypt$' });
        await store.users.delete('x');
        expect(await store.tokens.list()).toHaveLength(1);
      });

      it('changes a record in one step, whatever else is written at the same time', async () => {
        const count = (value: { at: number; address: string | null } | undefined) => ({ at: (value?.at ?? 0) + 1, address: null });
        await Promise.all(Array.from({ length: 20 }, () => store.uses.change('tokens/x', count)));
        expect(await store.uses.get('tokens/x')).toEqual({ at: 20, address: null });
        expect(await store.uses.change('tokens/x', () => undefined)).toEqual({ at: 20, address: null });
        // One that is gone stays gone: a change that comes late sees that.
        const both = [
          store.uses.delete('tokens/x'),
          store.uses.change('tokens/x', (value) => (value === undefined ? undefined : count(value))),
        ];
        expect(await Promise.all(both)).toEqual([true, undefined]);
        expect(await store.uses.change('tokens/y', () => ({ at: 1, address: null }))).toEqual({ at: 1, address: null });
        expect(await store.uses.change('tokens/y', () => null)).toBeUndefined();
        expect(await store.uses.list()).toEqual([]);
        expect(await store.uses.change('tokens/z', () => null)).toBeUndefined();
      });

      it('keeps next hops and suppressions by name', async () => {
        const hop = {
          paused: { at: START, by: 'ops' },
          failures: 2,
          blockedUntil: START + HOUR,
          lastError: '535',
          sentAt: [START, START + 1],
        };
        await store.nextHops.put('hop.example:25', hop);
        await make.suppress(store, 'ann@customer.example', { reason: 'bounce', note: '550 5.1.1', until: START + DAY });
        expect(await store.nextHops.list()).toEqual([{ name: 'hop.example:25', value: hop }]);
        expect(await store.suppressions.get('ann@customer.example')).toMatchObject({ reason: 'bounce', until: START + DAY });
        expect(await store.suppressions.get('hop.example:25')).toBeUndefined();
        expect(await store.nextHops.delete('hop.example:25')).toBe(true);
        expect(await store.nextHops.list()).toEqual([]);
      });
    });

    describe('signals', () => {
      it('moves the consumer and creates deliveries in one', async () => {
        const delivery = make.delivery({ seq: 3 });
        await store.recordSignals({ consumer: 'signals', seq: 3, deliveries: [delivery], now: START });
        expect(await store.consumers.get('signals')).toEqual({ seq: 3, at: START });
        expect(await store.signal(delivery.id)).toEqual(delivery);
        expect(await store.pendingSignals()).toEqual([delivery]);
      });

      it('no longer counts as pending what was delivered or given up', async () => {
        const [first, second, third] = [make.delivery(), make.delivery(), make.delivery()];
        await store.recordSignals({ consumer: 'signals', seq: 1, deliveries: [first, second, third], now: START });
        await store.updateSignal({ ...first, state: 'delivered', attempts: 1 });
        await store.updateSignal({ ...second, state: 'failed', attempts: 9 });
        await store.updateSignal({ ...third, attempts: 1, lastAnswer: '500' });
        expect((await store.pendingSignals()).map(({ id, attempts }) => [id, attempts])).toEqual([[third.id, 1]]);
        await store.updateSignal({ ...second, state: 'pending' });
        expect(await store.pendingSignals()).toHaveLength(2);
      });

      it('records what a reader decided with its position, only from where it stood', async () => {
        const record = make.signalRecord();
        const name = `${record.id} m 0`;
        const changes = {
          ...NO_CHANGES,
          signals: [record],
          members: [{ name, value: { at: START } }],
          states: [{ name: 'runs', value: { of: 3 } }],
        };
        expect(await store.recordSignals({ consumer: 'signals', seq: 2, deliveries: [], now: START })).toBe(true);
        expect(
          await store.recordSignals({ consumer: 'signals', from: 1, seq: 4, deliveries: [make.delivery()], changes, now: START }),
        ).toBe(false);
        expect(await store.signalRecords.list()).toEqual([]);
        expect(await store.recordSignals({ consumer: 'signals', from: 2, seq: 2, deliveries: [], changes, now: START })).toBe(true);
        expect(await store.signalRecords.get(record.id)).toEqual(record);
        expect((await store.signalMembers.list()).map((member) => member.name)).toEqual([name]);
        expect(await store.signalStates.get('runs')).toEqual({ of: 3 });
        const gone = { ...NO_CHANGES, forgotten: [record.id], members: [{ name, value: null }], states: [{ name: 'runs', value: null }] };
        expect(await store.recordSignals({ consumer: 'signals', from: 2, seq: 3, deliveries: [], changes: gone, now: START })).toBe(true);
        expect([await store.signalRecords.list(), await store.signalMembers.list(), await store.signalStates.list()]).toEqual([[], [], []]);
        expect(await store.pendingSignals()).toEqual([]);
      });

      it('leaves a delivery as it is that was recorded before', async () => {
        const delivery = make.delivery();
        await store.recordSignals({ consumer: 'signals', seq: 1, deliveries: [delivery], now: START });
        await store.updateSignal({ ...delivery, state: 'delivered', attempts: 1 });
        await store.recordSignals({ consumer: 'signals', seq: 2, deliveries: [delivery], now: START });
        expect(await store.signal(delivery.id)).toMatchObject({ state: 'delivered', attempts: 1 });
        expect(await store.pendingSignals()).toEqual([]);
      });

      it('lists deliveries by signal, newest first', async () => {
        const ids: string[] = [];
        for (let i = 0; i < 5; i++) {
          clock.now += 1000;
          const delivery = make.delivery();
          ids.unshift(delivery.id);
          await store.recordSignals({
            consumer: 'signals',
            seq: i + 1,
            deliveries: [delivery, make.delivery({ signal: 'others' })],
            now: clock.now,
          });
        }
        const first = await store.signals({ signal: 'failures' }, { limit: 3 });
        expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 3));
        const second = await store.signals({ signal: 'failures' }, { limit: 3, cursor: first.next ?? '' });
        expect(second.items.map(({ id }) => id)).toEqual(ids.slice(3));
        expect(second.next).toBeNull();
        await expectStoreError(store.signals({ signal: 'failures' }, { limit: 3, cursor: 'zz' }), 'bad-cursor');
      });
    });

    describe('erasing', () => {
      it('makes the bodies of webhooks about it blank, delivered and waiting ones, and keeps their records', async () => {
        const { id } = await make.accept(store, { subject: 'Secret plans' });
        const other = await make.accept(store, { subject: 'Another' });
        await make.attempt(store, id, 'transferred');
        const events = (await store.changes({ after: 0, limit: 9 })).items;
        const deliveries = events.map((event) => {
          const data = {
            event: { ...event, at: '2026-01-01T00:00:00.000Z', recipient: 'ann@customer.example' },
            message: { subject: 'Secret plans' },
          };
          return make.delivery({ seq: event.seq, body: JSON.stringify({ type: event.type, timestamp: '2026-01-01T00:00:00.000Z', data }) });
        });
        await store.recordSignals({ consumer: 'signals', seq: 3, deliveries, now: clock.now });
        const [accepted, another, transferred] = deliveries;
        const several = make.delivery({ seq: another?.seq ?? 0, about: [accepted?.seq ?? 0], body: accepted?.body ?? '' });
        await store.recordSignals({ consumer: 'signals', seq: 4, deliveries: [several], now: clock.now });
        await store.updateSignal({ ...make.delivery(), ...accepted, state: 'delivered', attempts: 1 });
        await store.erase({ ids: [id], force: false, now: clock.now });
        // A try that ran meanwhile ends with the body it had read.
        await store.updateSignal({ ...make.delivery(), ...transferred, attempts: 1, lastAnswer: '500' });
        for (const [delivery, state] of [
          [accepted, 'delivered'],
          [transferred, 'pending'],
        ] as const) {
          const kept = await store.signal(delivery?.id ?? '');
          expect(kept).toMatchObject({ id: delivery?.id, state, attempts: 1 });
          expect(JSON.parse(kept?.body ?? '')).toEqual({
            type: expect.any(String),
            timestamp: '2026-01-01T00:00:00.000Z',
            data: {
              event: { seq: delivery?.seq, at: '2026-01-01T00:00:00.000Z', type: expect.any(String), message: id },
              message: null,
              recipient: null,
            },
          });
        }
        expect((await store.signal(several.id))?.body).not.toContain('Secret plans');
        expect((await store.signal(another?.id ?? ''))?.body).toContain('Secret plans');
        expect(another?.seq).toBe((await store.message(other.id))?.events[0]?.seq);
      });

      it('takes record, content, reports and every way to find them, and says so in the feed', async () => {
        const references = { document: 'INV-5', contact: 'C-9', template: 'invoice' };
        const { id } = await make.accept(store, { subject: 'Secret plans', references });
        await make.attempt(store, id, 'transferred');
        const report = make.report({ matched: { message: id, index: 0, rank: 1 } });
        const items = [{ message: id, index: 0, evidence: reportEvidence(report.id, 'failed') }];
        await store.recordReport({ report, raw: Buffer.from('x'), items, now: clock.now });
        expect(await store.erase({ ids: [id], force: false, now: clock.now })).toEqual([{ message: id, outcome: 'erased' }]);
        expect(await store.message(id)).toBeUndefined();
        expect(await store.record(id)).toBeUndefined();
        await expectStoreError(store.content(id), 'not-found');
        for (const filter of [{}, { document: 'INV-5' }, { q: 'secret' }, { state: ['failed'] }, { recipient: 'ann@customer.example' }]) {
          expect((await store.messages(filter, { limit: 10 })).items).toEqual([]);
        }
        const { items: events } = await store.changes({ after: 0, limit: 100 });
        expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
        expect(events[3]).toMatchObject({ type: 'message.deleted', message: id, account: 'erp', template: 'invoice' });
        // Of whom and what they told nothing is left.
        expect(JSON.stringify(events)).not.toMatch(/INV-5|C-9|customer\.example/);
        expect(await store.erase({ ids: [id], force: false, now: clock.now })).toEqual([{ message: id, outcome: 'not-found' }]);
      });

      it('refuses what is pending unless forced, and then cancels first', async () => {
        const { id } = await make.accept(store);
        const other = make.prepare().id;
        expect(await store.erase({ ids: [id, other], force: false, now: clock.now })).toEqual([
          { message: id, outcome: 'pending' },
          { message: other, outcome: 'not-found' },
        ]);
        expect((await store.content(id)).bytes).not.toBeNull();
        expect(await store.erase({ ids: [id], force: true, now: clock.now })).toEqual([{ message: id, outcome: 'erased' }]);
        expect(await eventTypes()).toEqual(['message.accepted', 'recipient.cancelled', 'message.deleted']);
        expect(store.queue.messages).toBe(0);
        expect(await scheduleOf(store)).toEqual([]);
      });

      it('takes the end of an attempt on what was erased meanwhile', async () => {
        const { id } = await make.accept(store);
        const { recipients } = await make.claim(store, id);
        const [recipient] = recipients;
        if (recipient === undefined) throw new Error('not claimed');
        await store.erase({ ids: [id], force: true, now: clock.now });
        expect(await store.apply([{ message: id, index: 0, evidence: make.ended(recipient, 'transferred') }], clock.now)).toEqual([]);
      });
    });

    describe('clean-up', () => {
      const AGES = { contentBefore: START + 2 * DAY, recordsBefore: START + DAY } as const;

      async function threeAges(): Promise<{ old: string; middle: string; fresh: string; waiting: string }> {
        const waiting = await make.accept(store);
        const old = await make.accept(store, { body: 'old body' });
        clock.now = START + 1.5 * DAY;
        const middle = await make.accept(store, { body: 'middle body!' });
        clock.now = START + 3 * DAY;
        const fresh = await make.accept(store);
        for (const { id } of [old, middle, fresh]) await make.attempt(store, id, 'transferred');
        return { old: old.id, middle: middle.id, fresh: fresh.id, waiting: waiting.id };
      }

      it('counts beforehand what it takes', async () => {
        await threeAges();
        const counts = { contents: 2, records: 1, octets: 20, keptPending: 1 };
        const request = { ...AGES, now: clock.now };
        expect(await store.planCleanup(request)).toMatchObject(counts);
        expect(await store.planCleanup(request)).toMatchObject(counts);
        expect(await store.cleanup(request)).toMatchObject(counts);
        expect(await store.planCleanup(request)).toMatchObject({ contents: 0, records: 0, octets: 0, keptPending: 1 });
      });

      it('takes contents, then records, and never what is in the queue', async () => {
        const { old, middle, fresh, waiting } = await threeAges();
        const before = store.lastSeq;
        await store.cleanup({ ...AGES, now: clock.now });
        expect((await store.messages({}, { limit: 10 })).items.map(({ message }) => message.id)).toEqual([fresh, middle, waiting]);
        expect((await store.messages({}, { limit: 10 })).items.map(({ contentErased }) => contentErased)).toEqual([false, true, false]);
        await expectStoreError(store.content(middle as never), 'erased');
        await expectStoreError(store.content(old as never), 'not-found');
        expect((await store.content(waiting as never)).bytes).not.toBeNull();
        const { items } = await store.changes({ after: before, limit: 10 });
        expect(items.map(({ type, message }) => [type, message]).sort()).toEqual([
          ['message.content-erased', middle],
          ['message.deleted', old],
        ]);
      });
    });

    cleanupContract(() => ({ store, make, clock }));
    subjectContract(() => ({ store, make, clock }));
    ledgerContract(() => ({ store, make, clock }));

    describe('statistics', () => {
      it('counts recipients by hour or day of acceptance, group and present state', async () => {
        const first = await make.accept(store, { recipients: ['a@one.example', 'b@two.example'], references: { template: 'invoice' } });
        await make.attempt(store, first.id, 'transferred', 0);
        clock.now = START + HOUR;
        const second = await make.accept(store, { recipients: ['c@two.example'], account: 'shop' });
        await make.attempt(store, second.id, 'failed');
        const range = { from: START, to: START + DAY } as const;
        expect(await store.statistics({ ...range, by: 'hour', group: 'state' })).toEqual([
          { at: START, group: 'queued', states: { queued: 1 } },
          { at: START, group: 'transferred', states: { transferred: 1 } },
          { at: START + HOUR, group: 'failed', states: { failed: 1 } },
        ]);
        expect(await store.statistics({ ...range, by: 'day', group: 'domain' })).toEqual([
          { at: START, group: 'one.example', states: { transferred: 1 } },
          { at: START, group: 'two.example', states: { queued: 1, failed: 1 } },
        ]);
        expect(await store.statistics({ ...range, by: 'hour', group: 'template' })).toEqual([
          { at: START, group: 'invoice', states: { transferred: 1, queued: 1 } },
          { at: START + HOUR, group: '', states: { failed: 1 } },
        ]);
        expect(await store.statistics({ ...range, by: 'day', group: 'account', accounts: ['shop'] })).toEqual([
          { at: START, group: 'shop', states: { failed: 1 } },
        ]);
        expect(await store.statistics({ from: START + HOUR, to: START + DAY, by: 'hour', group: 'state' })).toHaveLength(1);
      });

      it('counts by day why mail was refused, who said so, which next hop answered, and how long that took', async () => {
        const { id } = await make.accept(store, { recipients: ['a@one.example', 'b@one.example', 'c@two.example', 'd@two.example'] });
        clock.now = START + 4000;
        await make.attempt(store, id, 'transferred', 0);
        await make.attempt(store, id, 'deferred', 1);
        await make.attempt(store, id, 'failed', 2);
        await store.apply([{ message: id, index: 3, evidence: { kind: 'suppressed', reason: 'a bounce' } }], clock.now);
        clock.now = START + DAY + 4 * HOUR;
        await make.attempt(store, id, 'transferred', 1);
        const bounce = reportEvidence(make.id() as string as ReportId, 'failed');
        await store.apply([{ message: id, index: 0, evidence: bounce }], clock.now);
        const counted = (group: StatisticsRequest['group']) =>
          store.statistics({ from: START + HOUR, to: START + 2 * HOUR, by: 'day', group });
        const at = START - (START % DAY);
        expect(await counted('reason')).toEqual([
          { at, group: 'mailbox-unknown', states: { failed: 2 } },
          { at, group: 'suppressed', states: { suppressed: 1 } },
        ]);
        expect(await counted('source')).toEqual([
          { at, group: 'attempt', states: { failed: 1 } },
          { at, group: 'report', states: { failed: 1 } },
        ]);
        expect(await counted('nextHop')).toEqual([{ at, group: 'hop.example:25', states: { transferred: 2, deferred: 1, failed: 1 } }]);
        expect(await counted('delay')).toEqual([
          { at, group: '5s', states: { transferred: 1 } },
          { at, group: 'longer', states: { transferred: 1 } },
        ]);
        expect(await store.statistics({ from: at + DAY, to: at + 2 * DAY, by: 'day', group: 'reason' })).toEqual([]);
        expect(await store.statistics({ from: at, to: at + DAY, by: 'day', group: 'reason', accounts: ['other'] })).toEqual([]);
      });
    });

    describe('its state', () => {
      it('can be written to until it is closed, and tells everyone who waits', async () => {
        expect(store.health()).toMatchObject({ writable: true, reason: null });
        const waiting = store.waitForChanges(0, new AbortController().signal);
        await store.close();
        await waiting;
        expect(store.health().writable).toBe(false);
        await expectStoreError(store.apply([], clock.now), 'closed');
        await expectStoreError(store.messages({}, { limit: 1 }), 'closed');
      });

      it('counts its commits', async () => {
        const observed: number[] = [];
        store.metrics.onCommit = (_, operations) => observed.push(operations);
        await make.accept(store);
        expect(store.metrics.commits).toBeGreaterThan(0);
        expect(store.metrics.committedOperations).toBeGreaterThan(0);
        expect(observed).toHaveLength(1);
        expect(store.metrics.orphans).toEqual({ contents: 0, records: 0 });
      });
    });

    repetitionContract(() => ({ store, make, clock }));
    suppressionContract(() => ({ store, make, clock }));
    auditContract(() => ({ store, clock }));
    evidenceContract(() => ({
      store,
      make,
      clock,
      usePolicy: (wanted) => {
        policy = wanted;
      },
    }));
    linkingContract(() => ({ store, make, clock }));
    referenceContract(() => ({ store, make, clock }));
    groupContract(() => ({ store, make, clock }));
    listContract(() => ({ store, make, clock }));
  });
}
