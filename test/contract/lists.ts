/** The part of the contract that is about the register in pages: every filter, alone and together. */
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { MessageFilter, Store } from '../../src/domain/ports.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import { type Clock, type Described, HOUR, type Maker, START } from './messages.ts';

interface Parts {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
}

/** Ids of all pages, each of `limit`. */
async function allPages(store: Store, filter: MessageFilter, limit: number): Promise<MessageId[]> {
  const ids: MessageId[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 200; page++) {
    const answer: Awaited<ReturnType<Store['messages']>> = await store.messages(filter, { limit, ...(cursor === null ? {} : { cursor }) });
    expect(answer.items.length).toBeLessThanOrEqual(limit);
    ids.push(...answer.items.map(({ message }) => message.id));
    cursor = answer.next;
    if (cursor === null) return ids;
  }
  throw new Error('the pages do not end');
}

const REFERENCES = NO_REFERENCES;

/** One message an hour. */
const MAIL: Record<string, Described> = {
  invoice: {
    recipients: ['Ann.Smith@Customer.example'],
    subject: 'Invoice 2024-117 for Müller & Söhne',
    references: {
      ...REFERENCES,
      document: 'INV-2024-117',
      documentType: 'invoice',
      administration: 'nl-01',
      contact: 'C-1',
      template: 'invoice',
      tags: { run: 'march', kind: 'b2b' },
    },
  },
  reminder: {
    recipients: ['ann.smith@customer.example', 'bob@partner.example'],
    subject: 'Reminder: invoice 2024-117',
    references: { ...REFERENCES, document: 'INV-2024-117', contact: 'C-1', template: 'reminder', tags: { run: 'april' } },
  },
  payslip: {
    references: { ...REFERENCES, administration: 'nl-01', stream: 'aaaa1111' },
    account: 'hr',
    sender: 'payroll@erp.example',
    subject: 'Payslip 03/2026',
    recipients: ['carl@erp.example'],
  },
  bounce: { sender: '', subject: null, recipients: ['bob@partner.example'], messageId: null },
  order: {
    references: { ...REFERENCES, stream: 'bbbb2222' },
    account: 'shop',
    subject: 'Order 4711 confirmed',
    messageId: 'Order.4711@shop.example',
    recipients: ['dora@b\u00fccher.example'],
  },
  held: { subject: 'On hold', recipients: ['eve@partner.example'] },
};

const CASES: readonly { readonly filter: MessageFilter; readonly expected: readonly string[] }[] = [
  { filter: {}, expected: ['held', 'order', 'bounce', 'payslip', 'reminder', 'invoice'] },
  { filter: { recipient: 'ann.smith@customer.example' }, expected: ['reminder', 'invoice'] },
  { filter: { recipient: 'bob@partner.example' }, expected: ['bounce', 'reminder'] },
  { filter: { recipient: 'nobody@partner.example' }, expected: [] },
  { filter: { documentType: 'invoice' }, expected: ['invoice'] },
  { filter: { administration: 'nl-01' }, expected: ['payslip', 'invoice'] },
  { filter: { stream: ['aaaa1111'] }, expected: ['payslip'] },
  { filter: { stream: ['bbbb2222', 'aaaa1111'] }, expected: ['order', 'payslip'] },
  { filter: { stream: ['bbbb2222', 'aaaa1111'], administration: 'nl-01' }, expected: ['payslip'] },
  { filter: { domain: 'partner.example' }, expected: ['held', 'bounce', 'reminder'] },
  { filter: { domain: 'xn--bcher-kva.example' }, expected: ['order'] },
  { filter: { sender: 'payroll@erp.example' }, expected: ['payslip'] },
  { filter: { sender: '' }, expected: ['bounce'] },
  { filter: { account: ['hr'] }, expected: ['payslip'] },
  { filter: { account: ['hr', 'shop', 'none'] }, expected: ['order', 'payslip'] },
  { filter: { template: 'invoice' }, expected: ['invoice'] },
  { filter: { document: 'INV-2024-117' }, expected: ['reminder', 'invoice'] },
  { filter: { document: 'INV-2024' }, expected: [] },
  { filter: { contact: 'C-1' }, expected: ['reminder', 'invoice'] },
  { filter: { tag: 'run' }, expected: ['reminder', 'invoice'] },
  { filter: { tag: 'run=march' }, expected: ['invoice'] },
  { filter: { tag: 'march' }, expected: [] },
  { filter: { messageId: 'Order.4711@shop.example' }, expected: ['order'] },
  { filter: { state: ['in-progress'] }, expected: ['held', 'reminder'] },
  { filter: { state: ['held'] }, expected: ['held'] },
  { filter: { state: ['deferred'] }, expected: ['reminder'] },
  { filter: { state: ['queued'] }, expected: [] },
  { filter: { state: ['transferred'] }, expected: ['order', 'payslip', 'reminder'] },
  { filter: { state: ['failed'] }, expected: ['bounce'] },
  { filter: { state: ['delivered', 'cancelled'] }, expected: ['invoice'] },
  { filter: { state: ['held', 'failed', 'transferred'] }, expected: ['held', 'order', 'bounce', 'payslip', 'reminder'] },
  { filter: { state: ['suppressed'] }, expected: [] },
  { filter: { q: 'invoice' }, expected: ['reminder', 'invoice'] },
  { filter: { q: 'INV' }, expected: ['reminder', 'invoice'] },
  { filter: { q: '2024-117' }, expected: ['reminder', 'invoice'] },
  { filter: { q: '117 remind' }, expected: ['reminder'] },
  { filter: { q: 'muller' }, expected: ['invoice'] },
  { filter: { q: 'bob@partner.example' }, expected: ['bounce', 'reminder'] },
  { filter: { q: 'smith' }, expected: ['reminder', 'invoice'] },
  { filter: { q: '4711@shop' }, expected: ['order'] },
  { filter: { q: 'order.4711@shop.ex' }, expected: ['order'] },
  { filter: { q: 'absent' }, expected: [] },
  { filter: { from: START + 2 * HOUR }, expected: ['held', 'order', 'bounce', 'payslip'] },
  { filter: { to: START + 2 * HOUR }, expected: ['reminder', 'invoice'] },
  { filter: { from: START + HOUR, to: START + 3 * HOUR }, expected: ['payslip', 'reminder'] },
  { filter: { domain: 'partner.example', from: START + HOUR, to: START + 5 * HOUR }, expected: ['bounce', 'reminder'] },
  { filter: { domain: 'partner.example', state: ['in-progress'] }, expected: ['held', 'reminder'] },
  { filter: { account: ['erp'], template: 'reminder', q: 'ann', contact: 'C-1' }, expected: ['reminder'] },
  { filter: { template: 'invoice', tag: 'run=april' }, expected: [] },
  { filter: { q: 'invoice', state: ['cancelled'] }, expected: ['invoice'] },
];

export function listContract(parts: () => Parts): void {
  describe('the register in pages', () => {
    async function mail(): Promise<Map<string, string>> {
      const { store, make, clock } = parts();
      const names = new Map<string, string>();
      const ids: Record<string, MessageId> = {};
      for (const [name, described] of Object.entries(MAIL)) {
        const { id } = await make.accept(store, described);
        names.set(id, name);
        ids[name] = id;
        clock.now += HOUR;
      }
      const id = (name: string): MessageId => ids[name] as MessageId;
      await store.apply([{ message: id('invoice'), index: 0, evidence: { kind: 'cancelled' } }], clock.now);
      await make.attempt(store, id('reminder'), 'deferred', 0);
      await make.attempt(store, id('reminder'), 'transferred', 1);
      await make.attempt(store, id('payslip'), 'transferred');
      await make.attempt(store, id('bounce'), 'failed');
      await make.attempt(store, id('order'), 'transferred');
      await store.apply([{ message: id('held'), index: 0, evidence: { kind: 'held', reason: 'no route' } }], clock.now);
      return names;
    }

    it('finds by every filter, alone and combined, in pages of any size', async () => {
      const { store } = parts();
      const names = await mail();
      for (const { filter, expected } of CASES) {
        for (const limit of [1, 2, 500]) {
          const found = (await allPages(store, filter, limit)).map((id) => names.get(id));
          expect({ filter, limit, found }).toEqual({ filter, limit, found: expected });
        }
      }
    });

    it('gives all that match, in the same order, to whoever exports them', async () => {
      const { store } = parts();
      const names = await mail();
      for (const { filter, expected } of CASES) {
        const found: (string | undefined)[] = [];
        for await (const slice of store.scan(filter)) found.push(...slice.map(({ message }) => names.get(message.id)));
        expect({ filter, found }).toEqual({ filter, found: expected });
      }
    });

    it('shows each recipient with state and category', async () => {
      const { store } = parts();
      await mail();
      const { items } = await store.messages({ template: 'reminder' }, { limit: 1 });
      expect(items).toMatchObject([
        {
          state: 'in-progress',
          contentErased: false,
          recipients: [
            { address: 'ann.smith@customer.example', state: 'deferred', category: 'transient' },
            { address: 'bob@partner.example', state: 'transferred', category: null },
          ],
        },
      ]);
    });

    it('keeps its place while mail comes in', async () => {
      const { store, make } = parts();
      const ids: MessageId[] = [];
      for (let i = 0; i < 6; i++) ids.unshift((await make.accept(store)).id);
      const first = await store.messages({}, { limit: 4 });
      for (let i = 0; i < 3; i++) await make.accept(store);
      const second = await store.messages({}, { limit: 4, cursor: first.next ?? '' });
      expect([...first.items, ...second.items].map(({ message }) => message.id)).toEqual(ids);
      expect(second.next).toBeNull();
    });

    it('refuses a cursor that it did not give', async () => {
      const { store, make } = parts();
      for (let i = 0; i < 3; i++) await make.accept(store);
      for (const cursor of ['', 'x', 'AAAA', 'é'.repeat(2000)]) {
        await expect(store.messages({ account: ['erp'] }, { limit: 1, cursor })).rejects.toMatchObject({ code: 'bad-cursor' });
      }
    });
  });
}
