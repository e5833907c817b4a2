/** The ledger of the feed, as every store keeps it. */
import { describe, expect, it } from 'vitest';
import { leafOfEvent } from '../../src/domain/ledger.ts';
import { hashesOf } from '../../src/domain/merkle.ts';
import type { Store } from '../../src/domain/ports.ts';
import { nextSeal } from '../support/sealing.ts';
import type { Clock, Maker } from './messages.ts';

export function ledgerContract(given: () => { readonly store: Store; readonly make: Maker; readonly clock: Clock }): void {
  describe('the ledger', () => {
    it('takes seals that follow one another, and no others', async () => {
      const { store, make, clock } = given();
      expect([store.ledger.last, store.ledger.next]).toEqual([undefined, 1]);
      const { id } = await make.accept(store);
      const one = await nextSeal(store, clock.now);
      const rival = await nextSeal(store, clock.now);
      const [taken, refused] = await Promise.all([
        store.ledger.append(one.seal, one.leaves),
        store.ledger.append({ ...rival.seal, at: '1999-01-01T00:00:00Z' }, rival.leaves),
      ]);
      expect([taken, refused]).toEqual([true, false]);
      await make.attempt(store, id, 'transferred');
      const two = await nextSeal(store, clock.now);
      expect(two.seal).toMatchObject({ number: 2, from: 2, to: 2 });
      expect(await store.ledger.append(two.seal, two.leaves)).toBe(true);
      expect(store.ledger.last).toEqual(two.seal);
      expect(store.ledger.next).toBe(3);
      expect(await store.ledger.covering(1)).toEqual({ seal: one.seal, leaves: one.leaves });
      expect(await store.ledger.covering(2)).toEqual({ seal: two.seal, leaves: two.leaves });
      expect(await store.ledger.covering(3)).toBeUndefined();
      expect(await store.ledger.list({ after: 0, limit: 1 })).toEqual([one.seal]);
      expect(await store.ledger.list({ after: 1, limit: 10 })).toEqual([two.seal]);
      await expect(store.ledger.append(two.seal, one.leaves.subarray(1))).rejects.toThrow(RangeError);
    });

    it('holds what was sealed after a person was taken out of it, and after it was deleted', async () => {
      const { store, make, clock } = given();
      const { id } = await make.accept(store, { recipients: ['ann@partner.example', 'bob@partner.example'] });
      await make.attempt(store, id, 'failed', 0);
      await make.attempt(store, id, 'transferred', 1);
      const { seal, leaves } = await nextSeal(store, clock.now);
      await store.ledger.append(seal, leaves);
      const stand = async (): Promise<boolean> => {
        const salt = await store.ledger.salt();
        const { items } = await store.changes({ after: 0, limit: hashesOf(leaves).length });
        return Buffer.concat(items.map((event) => leafOfEvent(event, salt))).equals(leaves);
      };
      expect(await stand()).toBe(true);
      await store.eraseSubject({ address: 'ann@partner.example', dryRun: false, force: false, by: 'dpo', now: clock.now + 1 });
      const { items } = await store.changes({ after: 0, limit: 10 });
      expect(JSON.stringify(items)).not.toContain('ann@partner.example');
      expect(items.filter(({ withheld }) => withheld !== undefined).map(({ type }) => type)).toEqual(['recipient.failed']);
      expect(await stand()).toBe(true);
      await store.erase({ ids: [id], force: false, now: clock.now + 2 });
      expect(await stand()).toBe(true);
    });
  });
}
