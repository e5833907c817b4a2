import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdFactory, invertId, type MessageId } from '../../../src/domain/ids.ts';
import { PendingTable } from '../../../src/store/level/pending.ts';
import { CommonSource, type IdSource, ListSource, PendingSource, UnionSource } from '../../../src/store/level/sources.ts';

const never = (): boolean => false;

/** Everything a source gives, one after the other. */
async function drain(source: IdSource): Promise<string[]> {
  const found: string[] = [];
  let at = '';
  for (;;) {
    const next = await source.seek(at, false);
    if (next === undefined) return found;
    found.push(next);
    at = next;
  }
}

const ids = fc.uniqueArray(fc.integer({ min: 1, max: 60 }).map((n) => String(n).padStart(2, '0'))).map((list) => list.sort());

describe('sources of ids', () => {
  it('have in common what all lists have', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { minLength: 1, maxLength: 4 }), async (lists) => {
        const common = (lists[0] ?? []).filter((id) => lists.every((list) => list.includes(id)));
        expect(
          await drain(
            new CommonSource(
              lists.map((list) => new ListSource(list)),
              never,
            ),
          ),
        ).toEqual(common);
      }),
    );
  });

  it('are together what any list has, each id once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(ids, { maxLength: 4 }), async (lists) => {
        expect(await drain(new UnionSource(lists.map((list) => new ListSource(list))))).toEqual([...new Set(lists.flat())].sort());
      }),
    );
  });

  it('nest: what unions have in common', async () => {
    await fc.assert(
      fc.asyncProperty(ids, ids, ids, async (a, b, c) => {
        const union = new UnionSource([new ListSource(a), new ListSource(b)]);
        const expected = [...new Set([...a, ...b])].sort().filter((id) => c.includes(id));
        expect(await drain(new CommonSource([union, new ListSource(c)], never))).toEqual(expected);
      }),
    );
  });

  it('stop when it is late, at an id that not all have', async () => {
    const source = new CommonSource([new ListSource(['01', '05']), new ListSource(['03', '09'])], () => true);
    expect(await source.seek('', false)).toBe('03');
  });
});

const STATES = ['queued', 'deferred', 'held', 'transferred', 'failed'] as const;

describe('the table of what is pending', () => {
  const makeIds = (count: number): MessageId[] => {
    const next = createIdFactory({ now: () => 1000, randomBytes: (length) => new Uint8Array(length) });
    return Array.from({ length: count }, () => next() as MessageId);
  };

  it('lists and counts as a plain list would, in whatever order messages come and go', () => {
    const known = makeIds(8);
    const change = fc.tuple(fc.nat({ max: 7 }), fc.array(fc.constantFrom(...STATES), { maxLength: 3 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.subarray(['in-progress', 'queued', 'deferred', 'held']), (changes, wanted) => {
        const table = new PendingTable();
        const model = new Map<MessageId, readonly string[]>();
        for (const [i, states] of changes) {
          const id = known[i] as MessageId;
          table.set(id, states);
          model.set(id, states);
        }
        const isIn = (states: readonly string[], state: string): boolean => states.includes(state);
        const pending = [...model].filter(([, states]) => ['queued', 'deferred', 'held'].some((state) => isIn(states, state)));
        const count = (state: string): number => [...model.values()].flat().filter((one) => one === state).length;
        expect(table.counts).toEqual({
          messages: pending.length,
          queued: count('queued'),
          deferred: count('deferred'),
          held: count('held'),
        });
        const expected = pending
          .filter(([, states]) => wanted.includes('in-progress') || wanted.some((state) => isIn(states, state)))
          .map(([id]) => invertId(id))
          .sort();
        const found: string[] = [];
        for (let at = table.seek(wanted, '', false); at !== undefined; at = table.seek(wanted, at, false)) found.push(at);
        expect(found).toEqual(expected);
        expect(pending.filter(([id]) => id < (known[4] ?? '')).length).toBe(table.before(known[4] ?? '').length);
      }),
    );
  });

  it('forgets the ids of what is over', async () => {
    const table = new PendingTable();
    const many = makeIds(20_000);
    for (const id of many) table.set(id, ['queued']);
    for (const id of many.slice(0, -5)) table.set(id, ['transferred']);
    expect(await drain(new PendingSource(table, ['queued']))).toEqual(many.slice(-5).reverse().map(invertId));
    expect(table.recipients).toBe(5);
  });

  it('takes recipients one by one at opening', () => {
    const table = new PendingTable();
    const [id = '' as MessageId] = makeIds(1);
    for (const state of ['queued', 'held', 'queued', 'deferred'] as const) table.add(id, state);
    expect(table.counts).toEqual({ messages: 1, queued: 2, deferred: 1, held: 1 });
  });
});
