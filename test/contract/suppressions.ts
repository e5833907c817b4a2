/** The part of the contract that is about the suppression list: what a claim makes of it. */
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { ReportMatch, Store, SuppressionRecord } from '../../src/domain/ports.ts';
import type { ReportEvidence } from '../../src/domain/recipient.ts';
import type { SuppressionPolicy } from '../../src/domain/suppression.ts';
import { type Clock, DAY, HOUR, type Maker, reportEvidence, START, scheduleOf, settled } from './messages.ts';

interface Parts {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
}

export function suppressionContract(parts: () => Parts): void {
  describe('the suppression list', () => {
    it('keeps a claim from trying whoever stands in it, and tells so', async () => {
      const { store, make, clock } = parts();
      await make.suppress(store, 'bob@customer.example', { reason: 'bounce', note: '550 5.1.1 no such user' });
      const { id } = await make.accept(store, { recipients: ['ann@customer.example', 'BOB@Customer.example', 'cyd@customer.example'] });
      const changes: unknown[] = [];
      store.onSchedule((told) => changes.push(...told));
      clock.now += 1000;
      const claim = await make.claim(store, id, [0, 1, 2]);
      expect(claim.recipients.map(({ index }) => index)).toEqual([0, 2]);
      const found = await store.message(id);
      expect(found?.recipients.map(({ state, attempts }) => [state, attempts])).toEqual([
        ['queued', 1],
        ['suppressed', 0],
        ['queued', 1],
      ]);
      expect(found?.recipients[1]).toMatchObject({ stateSince: clock.now, nextAttemptAt: null, attemptList: [] });
      expect(found?.events.at(-1)).toMatchObject({
        type: 'recipient.suppressed',
        index: 1,
        state: 'suppressed',
        previous: 'queued',
        reason: 'bounce: 550 5.1.1 no such user',
      });
      await settled();
      expect(changes).toContainEqual({ message: id, index: 1, scheduled: null });
      expect((await scheduleOf(store)).map(({ index }) => index)).toEqual([0, 2]);
      expect(store.queue).toMatchObject({ messages: 1, queued: 2 });
    });

    it('is read in parts, in the order of addresses', async () => {
      const { store, make } = parts();
      for (const name of ['cyd', 'ann', 'bob', 'dan']) await make.suppress(store, `${name}@customer.example`);
      const namesAfter = async (name: string, limit: number): Promise<string[]> =>
        (await store.suppressions.list({ after: name, limit })).map(({ value }) => value.address.slice(0, 3));
      expect(await namesAfter('', 2)).toEqual(['ann', 'bob']);
      expect(await namesAfter('bob@customer.example', 2)).toEqual(['cyd', 'dan']);
      expect(await namesAfter('bo', 9)).toEqual(['bob', 'cyd', 'dan']);
      await store.suppressions.delete('bob@customer.example');
      expect(await namesAfter('bob@customer.example', 1)).toEqual(['cyd']);
      expect(await namesAfter('dan@customer.example', 9)).toEqual([]);
    });

    it('leaves nothing to claim when all of them stand in it', async () => {
      const { store, make } = parts();
      await make.suppress(store, 'ann@customer.example');
      const { id } = await make.accept(store, { supersedes: make.prepare().id });
      expect((await make.claim(store, id)).recipients).toEqual([]);
      expect((await store.message(id))?.state).toBe('failed');
      expect((await store.messages({ state: ['suppressed'] }, { limit: 5 })).items.map(({ message }) => message.id)).toEqual([id]);
      expect(store.queue.messages).toBe(0);
    });

    it('holds until its time, and no longer once it is lifted', async () => {
      const { store, make, clock } = parts();
      await make.suppress(store, 'ann@customer.example', { until: START + HOUR });
      await make.suppress(store, 'bob@customer.example');
      const recipients = ['ann@customer.example', 'bob@customer.example'];
      clock.now = START + HOUR - 1;
      const before = await make.accept(store, { recipients });
      expect((await make.claim(store, before.id, [0, 1])).recipients).toEqual([]);
      clock.now = START + HOUR;
      const after = await make.accept(store, { recipients });
      expect((await make.claim(store, after.id, [0, 1])).recipients.map(({ index }) => index)).toEqual([0]);
      await store.suppressions.delete('bob@customer.example');
      const lifted = await make.accept(store, { recipients });
      expect((await make.claim(store, lifted.id, [0, 1])).recipients.map(({ index }) => index)).toEqual([0, 1]);
    });

    it('changes nothing for one that was tried before', async () => {
      const { store, make, clock } = parts();
      const { id } = await make.accept(store);
      await make.attempt(store, id, 'deferred');
      await make.suppress(store, 'ann@customer.example');
      clock.now += DAY;
      expect((await make.claim(store, id)).recipients).toMatchObject([{ index: 0, attempts: 2, state: 'deferred' }]);
    });

    it('finds an address however it is written', async () => {
      const { store, make } = parts();
      await make.suppress(store, 'ann@xn--mller-kva.example');
      const { id } = await make.accept(store, { recipients: ['"Ann"@m\u00fcller.example'] });
      expect((await make.claim(store, id)).recipients).toEqual([]);
    });
  });
}

export const POLICY: SuppressionPolicy = { automatic: true, failures: 3, within: 30 * DAY, complaints: true, duration: null };

/** What evidence puts into the list, in its own commit. */
export function evidenceContract(parts: () => Parts & { usePolicy(policy: SuppressionPolicy): void }): void {
  describe('suppression by evidence', () => {
    const ANN = 'ann@customer.example';
    /** A message to Ann that the next hop took. */
    const sent = async (recipients: readonly string[] = [ANN]): Promise<MessageId> => {
      const { store, make, clock } = parts();
      clock.now += HOUR;
      const { id } = await make.accept(store, { recipients });
      await make.attempt(store, id, 'transferred');
      return id;
    };
    const report = async (message: MessageId, evidence: Partial<ReportEvidence> = {}): Promise<void> => {
      const { store, make, clock } = parts();
      const matches: ReportMatch[] = [{ message, index: 0, rank: evidence.rank ?? 1 }];
      const kept = make.report({ matched: matches[0] ?? null, matches });
      const item = { message, index: 0, evidence: { ...reportEvidence(kept.id, 'failed'), ...evidence } };
      await store.recordReport({ report: kept, raw: Buffer.from(kept.id), items: [item], now: clock.now });
    };
    const listed = async (): Promise<SuppressionRecord | undefined> => parts().store.suppressions.get(ANN);

    it('one report of rank 1 or 2 that says that the address is dead is enough', async () => {
      const { store, make, clock, usePolicy } = parts();
      usePolicy({ ...POLICY, duration: 90 * DAY });
      const message = await sent(['Ann@Customer.example']);
      await report(message, { rank: 2, reply: { code: 550, status: '5.1.1', text: 'no such user' } });
      expect(await listed()).toEqual({
        address: ANN,
        reason: 'bounce',
        note: '550 5.1.1 no such user',
        by: null,
        at: clock.now,
        until: clock.now + 90 * DAY,
        message,
      });
      const next = await make.accept(store);
      expect((await make.claim(store, next.id)).recipients).toEqual([]);
      expect((await store.suppressions.list()).map(({ name }) => name)).toEqual([ANN]);
    });

    it('of weaker evidence three are, direct refusals among them, each recipient counted once', async () => {
      const { store, make, usePolicy } = parts();
      usePolicy(POLICY);
      const first = await sent();
      await report(first, { rank: 3 });
      await report(first, { rank: 3 });
      const { id: second } = await make.accept(store);
      await make.attempt(store, second, 'failed');
      expect(await listed()).toBeUndefined();
      await report(await sent(), { rank: 4, category: 'unknown', addressInvalid: false });
      expect(await listed()).toMatchObject({ reason: 'bounce', note: '5.1.1' });
    });

    it('counts those of the time alone', async () => {
      const { clock, usePolicy } = parts();
      usePolicy(POLICY);
      for (let i = 0; i < 4; i++) {
        await report(await sent(), { rank: 3 });
        clock.now += 15 * DAY;
      }
      expect(await listed()).toBeUndefined();
    });

    it.each(['mailbox-full', 'blocked', 'spam', 'virus', 'policy', 'rate', 'auth', 'too-big', 'transient'] as const)(
      'never for %s',
      async (category) => {
        parts().usePolicy(POLICY);
        for (let i = 0; i < 4; i++) await report(await sent(), { category, addressInvalid: false });
        expect(await listed()).toBeUndefined();
      },
    );

    it('never for a failure that is not permanent, a delay, or mail that was never tried', async () => {
      const { store, make, usePolicy } = parts();
      usePolicy(POLICY);
      await report(await sent(), { status: '4.4.7' });
      await report(await sent(), { action: 'delayed' });
      await report((await make.accept(store)).id);
      expect(await listed()).toBeUndefined();
    });

    it('a complaint with a token, where the configuration says so', async () => {
      const { usePolicy } = parts();
      const complaint = { action: 'complaint', category: 'unknown', addressInvalid: false, status: null } as const;
      usePolicy({ ...POLICY, complaints: false });
      await report(await sent(), complaint);
      usePolicy(POLICY);
      await report(await sent(), { ...complaint, rank: 3 });
      expect(await listed()).toBeUndefined();
      await report(await sent(), complaint);
      expect(await listed()).toMatchObject({ reason: 'complaint', note: null });
    });

    it('evidence about mail from before a person lifted it counts no more', async () => {
      const { store, clock, usePolicy } = parts();
      usePolicy(POLICY);
      const [first, before] = [await sent(), await sent()];
      await report(first);
      clock.now += HOUR;
      expect(await store.suppressions.delete(ANN)).toBe(true);
      await report(before);
      expect(await listed()).toBeUndefined();
      await report(await sent());
      expect(await listed()).toMatchObject({ reason: 'bounce' });
    });

    it('leaves alone what stands in the list already', async () => {
      const { store, make, usePolicy } = parts();
      usePolicy(POLICY);
      const message = await sent();
      await make.suppress(store, ANN, { note: 'asked us to' });
      await report(message);
      expect(await listed()).toMatchObject({ reason: 'manual', note: 'asked us to', by: 'ops' });
    });

    it('takes no part while it is switched off', async () => {
      parts().usePolicy({ ...POLICY, automatic: false });
      for (let i = 0; i < 4; i++) await report(await sent());
      expect(await listed()).toBeUndefined();
    });

    it('goes by a report that a person links as well, and forgets with the message', async () => {
      const { store, make, clock, usePolicy } = parts();
      usePolicy(POLICY);
      const message = await sent();
      const stray = make.report();
      await store.recordReport({ report: stray, raw: Buffer.from('x'), items: [], now: clock.now });
      const items = [{ message, index: 0, evidence: { ...reportEvidence(stray.id, 'failed'), rank: 4 as const } }];
      await store.linkReport({ id: stray.id, matches: [{ message, index: 0, rank: 4 }], items, now: clock.now });
      await report(await sent(), { rank: 3 });
      await store.erase({ ids: [message], force: false, now: clock.now });
      await report(await sent(), { rank: 3 });
      expect(await listed()).toBeUndefined();
      await report(await sent(), { rank: 3 });
      expect(await listed()).toMatchObject({ reason: 'bounce' });
    });
  });
}
