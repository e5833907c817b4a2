/** The part of the contract that is about the suppression list: what a claim makes of it. */
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { type Clock, DAY, HOUR, type Maker, START, scheduleOf, settled } from './messages.ts';

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
