import { expect, it } from 'vitest';
import type { Store, SuppressionRecord } from '../../src/domain/ports.ts';
import { suppressionPage } from '../../src/http/api/suppressions.ts';

const record = (address: string, reason: SuppressionRecord['reason']): SuppressionRecord => ({
  address,
  reason,
  note: null,
  by: null,
  at: 0,
  until: null,
  message: null,
});

it('a page of the suppression list reads a part of it, and a search that hits rarely goes on by cursor', async () => {
  const all = Array.from({ length: 30_000 }, (_, i) =>
    record(`a${String(i).padStart(5, '0')}@x.example`, i === 29_000 ? 'bounce' : 'manual'),
  );
  let read = 0;
  const store = {
    suppressions: {
      list: async ({ after, limit }: { after: string; limit: number }) => {
        const from = after === '' ? 0 : Number(after.slice(1, 6)) + 1;
        const part = all.slice(from, from + limit).map((value) => ({ name: value.address, value }));
        read += part.length;
        return part;
      },
    },
  } as unknown as Pick<Store, 'suppressions'>;
  const first = await suppressionPage(store, 1, { limit: 50 });
  expect([first.items.length, first.items[49]?.address, read]).toEqual([50, 'a00049@x.example', 500]);
  expect((await suppressionPage(store, 1, { limit: 1, cursor: first.next ?? '' })).items[0]?.address).toBe('a00050@x.example');
  const searched = await suppressionPage(store, 1, { reason: 'bounce', limit: 50 });
  expect([searched.items, searched.next]).toEqual([[], expect.any(String)]);
  const found = await suppressionPage(store, 1, { reason: 'bounce', limit: 50, cursor: searched.next ?? '' });
  expect([found.items.map(({ address }) => address), found.next]).toEqual([['a29000@x.example'], null]);
});
