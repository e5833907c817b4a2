/** The part of the contract that is about documents and the addresses that mail goes to: each once, in pages of any size. */
import { describe, expect, it } from 'vitest';
import { VERDICTS, type VerdictPolicy } from '../../src/domain/document-verdict.ts';
import type { MessageId } from '../../src/domain/ids.ts';
import type { ContactFilter, DocumentFilter, Page, Store } from '../../src/domain/ports.ts';
import { type ContactEntry, contactsOf, documentsOf } from '../support/memory-groups.ts';
import { type Clock, type Described, HOUR, type Maker, reportEvidence } from './messages.ts';

interface Parts {
  readonly store: Store;
  readonly make: Maker;
  readonly clock: Clock;
}

type Fate = 'queued' | 'transferred' | 'delivered' | 'bounced' | 'delayed' | 'failed' | 'deferred' | 'held' | 'cancelled' | 'suppressed';
const FATES: readonly Fate[] = [
  'queued',
  'transferred',
  'transferred',
  'delivered',
  'bounced',
  'delayed',
  'failed',
  'failed',
  'deferred',
  'held',
  'cancelled',
  'suppressed',
];

/** Brings one recipient there. */
async function meet({ store, make, clock }: Parts, message: MessageId, index: number, fate: Fate): Promise<void> {
  const report = (action: 'delivered' | 'failed' | 'delayed'): Promise<unknown> => {
    const record = make.report();
    const items = [{ message, index, evidence: reportEvidence(record.id, action) }];
    return store.recordReport({ report: record, raw: Buffer.from('x'), items, now: clock.now });
  };
  switch (fate) {
    case 'queued':
      return;
    case 'failed':
    case 'deferred':
    case 'transferred':
      return make.attempt(store, message, fate, index);
    case 'held':
      await store.apply([{ message, index, evidence: { kind: 'held', reason: 'test' } }], clock.now);
      return;
    case 'cancelled':
      await store.apply([{ message, index, evidence: { kind: 'cancelled' } }], clock.now);
      return;
    case 'suppressed':
      await store.apply([{ message, index, evidence: { kind: 'suppressed', reason: 'test' } }], clock.now);
      return;
    case 'delivered':
    case 'bounced':
    case 'delayed':
      await make.attempt(store, message, 'transferred', index);
      await report(fate === 'bounced' ? 'failed' : fate);
      return;
    default:
      fate satisfies never;
  }
}

async function allOf<T>(read: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 500; pages++) {
    const page = await read(cursor);
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = page.next;
  }
  throw new Error('the pages have no end');
}

function paged(limit: number, cursor: string | undefined): { readonly limit: number; readonly cursor?: string } {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

/** All mail of the store, as what documents and addresses are made of is spelled out over it. */
async function entriesOf(store: Store): Promise<ContactEntry[]> {
  const all = await allOf((cursor) => store.messages({}, paged(500, cursor)));
  return Promise.all(
    all.map(async ({ message, contentErased }) => {
      const detail = await store.message(message.id);
      const later = await Promise.all((detail?.supersededBy ?? []).map((id) => store.record(id)));
      const recipients = (await store.record(message.id))?.recipients ?? [];
      return { message, recipients, contentErased, resentAs: later.flatMap((record) => record?.message ?? []) };
    }),
  );
}

export function groupContract(parts: () => Parts): void {
  const send = async (described: Described, ...fates: readonly Fate[]): Promise<MessageId> => {
    const { store, make, clock } = parts();
    clock.now += HOUR;
    const { id } = await make.accept(store, described);
    for (const [index, fate] of fates.entries()) await meet(parts(), id, index, fate);
    return id;
  };
  const invoice = (document: string, recipients: readonly string[] = ['ann@customer.example'], more: Described = {}): Described => ({
    recipients,
    ...more,
    references: { document, ...more.references },
  });

  describe('documents', () => {
    const verdicts = async (filter: DocumentFilter = {}, policy: VerdictPolicy = 'every'): Promise<string[]> => {
      const { store, clock } = parts();
      const found = await allOf((cursor) => store.documents(filter, { policy, now: clock.now }, paged(2, cursor)));
      return found.map(({ document, verdict }) => `${document} ${verdict.verdict}`);
    };

    it('are there once, with the verdict on all their mail, the one with the newest mail first', async () => {
      const failed = await send(invoice('A'), 'failed');
      await send(invoice('B'), 'delivered');
      await send({ recipients: ['x@customer.example'] }, 'transferred');
      await send(
        invoice('A', ['new@customer.example'], {
          supersedes: failed,
          origin: 'resend',
          insteadOf: { 'new@customer.example': 'ann@customer.example' },
        }),
        'transferred',
      );
      await send(invoice('C'), 'bounced');
      await send(invoice('billing', ['billing@erp.example'], { origin: 'notification', references: { document: 'A' } }), 'transferred');
      expect(await verdicts()).toEqual(['C failed', 'A transferred', 'B delivered']);
      expect(await verdicts({ verdict: ['failed'] })).toEqual(['C failed']);
      expect(await verdicts({ verdict: ['delivered', 'transferred'] })).toEqual(['A transferred', 'B delivered']);
    });

    it('at risk are those that wait, and those of which a report says that they are late', async () => {
      await send(invoice('late'), 'delayed');
      await send(invoice('held'), 'held');
      await send(invoice('deferred'), 'deferred');
      const turned = await send(invoice('turned'), 'delayed');
      await send(invoice('fine'), 'transferred');
      expect(await verdicts({ verdict: ['at-risk'] })).toEqual(['turned at-risk', 'deferred at-risk', 'held at-risk', 'late at-risk']);
      const { store, make, clock } = parts();
      const record = make.report();
      const items = [{ message: turned, index: 0, evidence: reportEvidence(record.id, 'delivered') }];
      await store.recordReport({ report: record, raw: Buffer.from('x'), items, now: clock.now });
      expect(await verdicts({ verdict: ['at-risk'] })).toEqual(['deferred at-risk', 'held at-risk', 'late at-risk']);
      await store.erase({ ids: [turned], force: true, now: clock.now });
      expect(await verdicts({ verdict: ['delivered'] })).toEqual([]);
    });

    it('are told apart by their administration, and are of the accounts that are asked for alone', async () => {
      const { store, clock } = parts();
      const of = (administration: string, account: string): Described =>
        invoice('2026-1', undefined, { account, references: { administration, documentType: 'invoice' } });
      await send(of('north', 'erp'), 'failed');
      await send(of('south', 'shop'), 'delivered');
      const judging = { policy: 'every', now: clock.now } as const;
      expect(await verdicts()).toEqual(['2026-1 delivered', '2026-1 failed']);
      expect(await verdicts({ administration: 'north' })).toEqual(['2026-1 failed']);
      expect(await verdicts({ documentType: 'order' })).toEqual([]);
      expect(await verdicts({ account: ['erp'] })).toEqual(['2026-1 failed']);
      expect(await store.document({ document: '2026-1' }, judging)).toMatchObject({
        administration: 'south',
        others: ['north'],
        more: false,
      });
      expect((await store.document({ document: '2026-1', administration: 'north' }, judging))?.verdict.verdict).toBe('failed');
      expect((await store.document({ document: '2026-1', account: ['erp'] }, judging))?.verdict.verdict).toBe('failed');
      expect(await store.document({ document: '2026-1', administration: null }, judging)).toBeUndefined();
      expect(await store.document({ document: '2026' }, judging)).toBeUndefined();
    });

    it('refuse a cursor of another list', async () => {
      const { store, clock } = parts();
      for (const name of ['A', 'B', 'C']) await send(invoice(name), 'failed');
      const judging = { policy: 'every', now: clock.now } as const;
      const { next } = await store.documents({}, judging, { limit: 1 });
      expect(next).not.toBeNull();
      for (const cursor of ['', 'x', '..0', (await store.contacts({ problem: true }, { limit: 1 })).next ?? 'y']) {
        await expect(store.documents({ verdict: ['failed'] }, judging, { limit: 1, cursor })).rejects.toMatchObject({ code: 'bad-cursor' });
      }
    });
  });

  describe('addresses', () => {
    const problems = async (filter: Partial<ContactFilter> = {}): Promise<string[]> =>
      (await allOf((cursor) => parts().store.contacts({ problem: true, ...filter }, paged(2, cursor)))).map(({ address }) => address);

    it('are a problem when the last mail that ended failed, and was not corrected', async () => {
      await send({ recipients: ['ann@a.example'] }, 'transferred');
      await send({ recipients: ['ann@a.example', 'bob@b.example'] }, 'failed', 'failed');
      await send({ recipients: ['Ann@a.example'] }, 'queued');
      await send({ recipients: ['bob@b.example'] }, 'transferred');
      const wrong = await send({ recipients: ['eve@c.example', 'dan@d.example'] }, 'bounced', 'suppressed');
      await send({ recipients: ['fay@e.example'] }, 'cancelled');
      expect(await problems()).toEqual(['eve@c.example', 'dan@d.example', 'Ann@a.example']);
      await send(
        { recipients: ['eva@c.example'], supersedes: wrong, origin: 'resend', insteadOf: { 'eva@c.example': 'eve@c.example' } },
        'queued',
      );
      expect(await problems()).toEqual(['dan@d.example', 'Ann@a.example']);
      expect(await problems({ q: 'a.exam' })).toEqual(['Ann@a.example']);
      expect(await problems({ account: ['shop'] })).toEqual([]);
    });

    it('have their mail listed, newest first, with what was sent again in its place', async () => {
      const { store } = parts();
      const first = await send({ recipients: ['ann@a.example', 'bob@b.example'] }, 'failed', 'transferred');
      const resent = await send(
        { recipients: ['anna@a.example'], supersedes: first, origin: 'resend', insteadOf: { 'anna@a.example': 'ann@a.example' } },
        'transferred',
      );
      const second = await send({ recipients: ['bob@b.example', 'ann@a.example'], account: 'shop' }, 'failed', 'queued');
      const read = async (request: Omit<Parameters<Store['mailTo']>[0], 'address'>): Promise<unknown[]> =>
        (await allOf((cursor) => store.mailTo({ address: 'ann@a.example', ...request }, paged(1, cursor)))).map(
          ({ message, recipient, resentAs }) => [message.id, recipient.index, recipient.state, resentAs.map(({ id }) => id)],
        );
      expect(await read({})).toEqual([
        [second, 1, 'queued', []],
        [first, 0, 'failed', [resent]],
      ]);
      expect(await read({ state: ['failed'] })).toEqual([[first, 0, 'failed', [resent]]]);
      expect(await read({ account: ['shop'] })).toEqual([[second, 1, 'queued', []]]);
    });
  });

  it('documents and addresses come out as they are spelled out over all mail, however they are asked for', async () => {
    const { store, clock } = parts();
    let seed = 7;
    const below = (limit: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * limit);
    };
    const people = Array.from({ length: 12 }, (_, n) => `p${n}@${n % 3 === 0 ? 'a' : 'b'}.example`);
    const sent: { readonly id: MessageId; readonly recipients: readonly string[]; readonly document: string | null }[] = [];
    for (let n = 0; n < 45; n++) {
      const before = n > 5 && below(4) === 0 ? sent[below(sent.length)] : undefined;
      const recipients = [...new Set(Array.from({ length: 1 + below(3) }, () => people[below(12)] ?? ''))];
      const document = before === undefined ? (below(5) === 0 ? null : `D-${below(25)}`) : before.document;
      const [to = ''] = recipients;
      const described: Described = {
        recipients,
        account: below(3) === 0 ? 'shop' : 'erp',
        subject: below(2) === 0 ? 'Invoice' : 'Reminder',
        references: { document, administration: below(4) === 0 ? 'north' : null },
        ...(before === undefined ? {} : { supersedes: before.id, origin: 'resend', insteadOf: { [to]: before.recipients[0] ?? '' } }),
      };
      const id = await send(described, ...recipients.map(() => FATES[below(FATES.length)] ?? 'queued'));
      sent.push({ id, recipients, document });
    }
    const entries = await entriesOf(store);
    const filters: DocumentFilter[] = [
      {},
      { q: 'reminder' },
      { account: ['shop'] },
      { administration: 'north' },
      ...VERDICTS.map((verdict) => ({ verdict: [verdict] })),
    ];
    for (const policy of ['every', 'any'] as const) {
      const judging = { policy, now: clock.now + 2 * HOUR };
      for (const filter of [...filters, { verdict: ['failed', 'at-risk'] as const, account: ['erp'] }]) {
        const expected = documentsOf(entries, filter, judging).map(({ value }) => value);
        for (const limit of [3, 50]) {
          const found = await allOf((cursor) => store.documents(filter, judging, paged(limit, cursor)));
          expect({ filter, limit, found }).toEqual({ filter, limit, found: expected });
        }
      }
    }
    for (const filter of [{ problem: true }, { problem: false }, { problem: true, account: ['shop'] }, { problem: false, q: 'p1' }]) {
      const expected = contactsOf(entries, filter).map(({ value }) => value);
      for (const limit of [1, 4, 50]) {
        const found = await allOf((cursor) => store.contacts(filter, paged(limit, cursor)));
        expect({ filter, limit, found }).toEqual({ filter, limit, found: expected });
      }
    }
  });
}
