/** The largest groups, all others together, and what takes long counted once. */
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StatisticsRow } from '../../src/domain/ports.ts';
import { StatisticsDesk } from '../../src/http/statistics.ts';
import { accept, createRoom, START } from './harness.ts';

const span = { from: START, to: START + 3_600_000, by: 'hour', group: 'domain', top: 2 } as const;
const row = (group: string, transferred: number, at = START): StatisticsRow => ({ at, group, states: { transferred } });

describe('statistics by group', () => {
  it('tell the largest apart, in every bucket, and add up the others', async () => {
    const desk = new StatisticsDesk({
      statistics: async () => [
        row('a', 1),
        row('b', 5),
        row('c', 2),
        row('d', 3),
        row('a', 9, START + 1),
        { at: START + 1, group: 'c', states: { failed: 2 } },
      ],
    });
    expect(await desk.rows(span)).toEqual([
      row('a', 1),
      row('b', 5),
      { at: START, group: null, states: { transferred: 5 } },
      row('a', 9, START + 1),
      { at: START + 1, group: null, states: { failed: 2 } },
    ]);
    expect(await desk.rows({ ...span, top: 4 })).toHaveLength(6);
  });

  it('counts next hops without a name among all others', async () => {
    const desk = new StatisticsDesk({ statistics: async () => [row('', 9), row('a', 1), row('b', 2)] });
    const others = { at: START, group: null, states: { transferred: 9 } };
    expect(await desk.rows({ ...span, by: 'day', group: 'nextHop' })).toEqual([row('a', 1), row('b', 2), others]);
    expect(await desk.rows({ ...span, by: 'day', group: 'template', top: 3 })).toEqual([row('', 9), row('a', 1), row('b', 2)]);
  });

  it('are counted anew for each who asks, unless that takes long: then once for all, and given while counted again', async () => {
    let counts = 0;
    let time = 0;
    const desk = new StatisticsDesk({
      statistics: async () => {
        await delay(time);
        return [row('a', ++counts)];
      },
    });
    expect([await desk.rows(span), await desk.rows(span)]).toEqual([[row('a', 1)], [row('a', 2)]]);
    time = 210;
    const [first, second] = await Promise.all([desk.rows(span), desk.rows(span)]);
    expect([first, second, await desk.rows(span)]).toEqual([[row('a', 3)], [row('a', 3)], [row('a', 3)]]);
    expect(await desk.rows({ ...span, group: 'template' })).toEqual([row('a', 4)]);
  });

  it('are so in the API', async () => {
    const room = createRoom();
    for (const domain of ['a', 'b', 'b', 'c']) await accept(room, { to: [`x@${domain}.example`] });
    const { items } = await room.get<{ items: unknown[] }>('/api/v1/statistics?group=domain&from=2026-02-01&to=2026-02-02&top=1');
    expect(items).toMatchObject([
      { group: 'b.example', states: { queued: 2 } },
      { group: null, states: { queued: 2 } },
    ]);
    expect((await room.call('/api/v1/statistics?top=0')).status).toBe(400);
    const refused = await room.call('/api/v1/statistics?group=reason&by=hour');
    expect([refused.status, await refused.json()]).toMatchObject([400, { errors: [{ path: 'by' }] }]);
  });
});
