/** Classes of mail with times of their own, and legal holds: what each store takes in a clean-up, and what it does not. */
import { describe, expect, it } from 'vitest';
import type { CleanupRequest } from '../../src/domain/cleanup.ts';
import type { MessageId } from '../../src/domain/ids.ts';
import { type LegalHoldRecord, legalHoldKey } from '../../src/domain/legal-hold.ts';
import type { Store } from '../../src/domain/ports.ts';
import { type Clock, DAY, type Described, type Maker, START } from './messages.ts';

export function cleanupContract(given: () => { readonly store: Store; readonly make: Maker; readonly clock: Clock }): void {
  async function sent(described: Described): Promise<MessageId> {
    const { store, make } = given();
    const { id } = await make.accept(store, described);
    for (const index of (described.recipients ?? ['']).keys()) await make.attempt(store, id, 'transferred', index);
    return id;
  }

  function hold(described: Partial<LegalHoldRecord>): Promise<void> {
    const record: LegalHoldRecord = { name: 'case', message: null, filter: null, reason: 'a case', by: 'ann', at: START, ...described };
    return given().store.legalHolds.put(legalHoldKey(record), record);
  }

  describe('classes of mail', () => {
    const payslips = { name: 'payslips', match: { template: ['payslip*'] } };
    const orders = { name: 'orders', match: { account: ['shop'], documentType: ['order', 'order-*'] } };

    it('are kept for times of their own, shorter or longer, and counted by themselves', async () => {
      const { store, clock } = given();
      const payslip = await sent({ references: { template: 'payslip-nl' } });
      const order = await sent({ account: 'shop', references: { documentType: 'order-line' } });
      const other = await sent({ account: 'shop', references: { documentType: 'offer' } });
      clock.now = START + 10 * DAY;
      const request: CleanupRequest = {
        contentBefore: START + DAY,
        recordsBefore: START,
        classes: [
          { ...payslips, contentBefore: START + DAY, recordsBefore: START + DAY },
          { ...orders, contentBefore: START - DAY, recordsBefore: START - DAY },
        ],
        now: clock.now,
      };
      const wanted = {
        contents: 2,
        records: 1,
        classes: [
          { name: 'payslips', contents: 1, records: 1 },
          { name: 'orders', contents: 0, records: 0 },
          { name: null, contents: 1, records: 0 },
        ],
      };
      expect(await store.planCleanup(request)).toMatchObject(wanted);
      expect(await store.cleanup(request)).toMatchObject(wanted);
      expect(await store.record(payslip)).toBeUndefined();
      expect((await store.message(order))?.contentErased).toBe(false);
      expect((await store.message(other))?.contentErased).toBe(true);
    });

    it('are told by tag, class and sender too, and the first that fits counts', async () => {
      const { store, clock } = given();
      const ids = [
        await sent({ references: { tags: { run: 'r1' } } }),
        await sent({ references: { class: 'payroll' } }),
        await sent({ sender: 'hr@mail.example.com' }),
        await sent({ references: { tags: { run: 'r2' } } }),
      ];
      clock.now = START + DAY;
      const never = { contentBefore: 0, recordsBefore: 0 };
      const now = { contentBefore: clock.now, recordsBefore: 0 };
      const classes = [
        { name: 'a', match: { tag: ['run=r1'] }, ...now },
        { name: 'b', match: { class: ['pay*'] }, ...now },
        { name: 'c', match: { sender: ['*@*.example.com'] }, ...now },
        { name: 'd', match: { tag: ['run'] }, ...never },
        { name: 'e', match: { tag: ['run*'] }, ...now },
      ];
      await store.cleanup({ contentBefore: 0, recordsBefore: 0, classes, now: clock.now });
      const erased = await Promise.all(ids.map(async (id) => (await store.message(id))?.contentErased));
      expect(erased).toEqual([true, true, true, false]);
    });
  });

  describe('legal holds', () => {
    const AGES = { contentBefore: START + DAY, recordsBefore: START + DAY };

    it('keep a message from age, deletion and force, until they are lifted', async () => {
      const { store, make, clock } = given();
      const held = await sent({});
      const waiting = (await make.accept(store)).id;
      const free = await sent({});
      await hold({ name: held, message: held });
      await hold({ name: waiting, message: waiting });
      clock.now = START + 2 * DAY;
      expect(await store.planCleanup({ ...AGES, now: clock.now })).toMatchObject({ records: 1, keptHeld: 1, keptPending: 1 });
      expect(await store.cleanup({ ...AGES, now: clock.now })).toMatchObject({ records: 1, keptHeld: 1, keptPending: 1 });
      expect(await store.record(free)).toBeUndefined();
      const refused = await store.erase({ ids: [held, waiting], force: true, now: clock.now });
      expect(refused).toMatchObject([
        { message: held, outcome: 'legal-hold', hold: { reason: 'a case', by: 'ann' } },
        { message: waiting, outcome: 'legal-hold' },
      ]);
      // Not even cancelled: it goes out as it was meant to.
      expect((await store.record(waiting))?.recipients[0]?.state).toBe('queued');
      expect((await store.content(held)).bytes).not.toBeNull();
      expect((await store.message(held))?.legalHolds).toMatchObject([{ name: held, reason: 'a case' }]);
      expect(await store.legalHolds.delete(legalHoldKey({ name: held, message: held }))).toBe(true);
      expect(await store.cleanup({ ...AGES, now: clock.now })).toMatchObject({ records: 1, keptHeld: 0 });
      expect(await store.record(held)).toBeUndefined();
    });

    it('with a filter hold what fits it, also what comes later', async () => {
      const { store, clock } = given();
      const before = await sent({ recipients: ['Ann@Partner.example', 'bob@partner.example'] });
      await hold({ filter: { recipient: 'ann@partner.example', from: START - DAY } });
      const after = await sent({ recipients: ['ann@partner.example'] });
      const other = await sent({ recipients: ['bob@partner.example'] });
      clock.now = START + 2 * DAY;
      expect(await store.cleanup({ ...AGES, now: clock.now })).toMatchObject({ records: 1, keptHeld: 2 });
      expect(await store.record(other)).toBeUndefined();
      for (const id of [before, after]) expect(await store.record(id)).toBeDefined();
      expect(await store.erase({ ids: [after], force: true, now: clock.now })).toMatchObject([
        { outcome: 'legal-hold', hold: { name: 'case' } },
      ]);
      await store.legalHolds.delete('filter case');
      expect(await store.cleanup({ ...AGES, now: clock.now })).toMatchObject({ records: 2 });
    });

    it.each([
      ['domain', { domain: 'partner.example' }],
      ['sender', { sender: 'billing@erp.example' }],
      ['account', { account: ['erp'] }],
      ['document', { document: 'INV-1' }],
      ['contact', { contact: 'C-7' }],
      ['tag', { tag: 'case=7' }],
      ['a time', { from: START, to: START + 1 }],
    ])('can ask for %s', async (_, filter) => {
      const { store } = given();
      const described = { recipients: ['a@partner.example'], references: { document: 'INV-1', contact: 'C-7', tags: { case: '7' } } };
      const held = await sent(described);
      await hold({ filter });
      expect(await store.erase({ ids: [held], force: false, now: START })).toMatchObject([{ outcome: 'legal-hold' }]);
      await hold({ filter: { ...filter, template: 'none-of-these' } });
      expect(await store.erase({ ids: [held], force: false, now: START })).toMatchObject([{ outcome: 'erased' }]);
    });
  });
}
