/** Counters of days against those of their hours, in any span; and of a store from before there were days. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatisticsRequest, StatisticsRow, Store } from '../../../src/domain/ports.ts';
import { openStore } from '../../../src/store/index.ts';
import { encodeJson } from '../../../src/store/level/codec.ts';
import { Database } from '../../../src/store/level/database.ts';
import { dailyRange, STATISTICS_CURSOR_KEY } from '../../../src/store/level/keys.ts';
import { Clock, DAY, HOUR, Maker, START } from '../../contract/messages.ts';
import { recordingLog } from '../../support/recording-log.ts';

const dir = mkdtempSync(join(tmpdir(), 'relais-statistics-'));
const dataDir = join(dir, 'data');
const clock = new Clock();
const make = new Maker(clock);
const open = (): Promise<Store> => openStore({ dataDir, diskFloor: 0, now: clock.read, log: recordingLog() });
let store: Store;

beforeAll(async () => {
  store = await open();
  for (let i = 0; i < 60; i++) {
    clock.now = START + i * 5 * HOUR;
    const template = ['invoice', 'reminder', null][i % 3] ?? null;
    const { id } = await make.accept(store, { account: i % 4 === 0 ? 'hr' : 'erp', references: { template } });
    if (i % 2 === 0) await make.attempt(store, id, i % 6 === 0 ? 'failed' : 'transferred');
  }
});

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

/** What the hours say of days. */
async function fromHours(request: StatisticsRequest): Promise<StatisticsRow[]> {
  const days = new Map<string, { at: number; group: string; states: Record<string, number> }>();
  for (const { at, group, states } of await store.statistics({ ...request, by: 'hour' })) {
    const day = Math.floor(at / DAY) * DAY;
    const row = days.get(`${day} ${group}`) ?? { at: day, group, states: {} };
    for (const [state, count] of Object.entries(states)) row.states[state] = (row.states[state] ?? 0) + count;
    days.set(`${day} ${group}`, row);
  }
  return [...days.values()].sort((a, b) => a.at - b.at || (a.group < b.group ? -1 : 1));
}

/** Transfers to so many next hops, each by a name of its own. */
async function transferTo(hops: readonly string[]): Promise<void> {
  const { id } = await make.accept(store, { recipients: hops.map((hop) => `ann@${hop}`) });
  const { recipients } = await make.claim(store, id, [...hops.keys()]);
  const items = recipients.map((recipient, index) => {
    const ended = make.ended(recipient, 'transferred');
    return { message: id, index, evidence: { ...ended, attempt: { ...ended.attempt, nextHop: hops[index] ?? '' } } };
  });
  await store.apply(items, clock.now);
}

describe('statistics by day', () => {
  it('say what those of the hours say, whatever the span', async () => {
    const hours = fc.integer({ min: -30, max: 330 });
    await fc.assert(
      fc.asyncProperty(
        hours,
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom('state', 'template', 'account', 'domain'),
        fc.constantFrom(undefined, ['hr'], ['hr', 'erp']),
        async (first, span, group, accounts) => {
          const request = {
            from: START + first * HOUR,
            to: START + (first + span) * HOUR,
            by: 'day',
            group,
            ...(accounts && { accounts }),
          } as const;
          expect(await store.statistics(request)).toEqual(await fromHours(request));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tell two hundred next hops of a day apart, and count the others as one, also after a new start', async () => {
    clock.now = START + 40 * DAY;
    const hops = Array.from({ length: 205 }, (_, i) => `h${String(i).padStart(3, '0')}.example`);
    const rows = async () => {
      const found = await store.statistics({ from: clock.now, to: clock.now + DAY, by: 'day', group: 'nextHop' });
      return { named: found.filter(({ group }) => group !== '').length, others: found.find(({ group }) => group === '')?.states };
    };
    await transferTo(hops);
    expect(await rows()).toEqual({ named: 200, others: { transferred: 5 } });
    await store.close();
    store = await open();
    await transferTo(['h000.example', 'late.example']);
    expect(await rows()).toEqual({ named: 200, others: { transferred: 6 } });
  });

  it('are added up where an earlier version counted hours alone', async () => {
    const request = { from: START, to: START + 13 * DAY, by: 'day', group: 'template' } as const;
    const before = await store.statistics(request);
    await store.close();
    const database = await Database.open(join(dataDir, 'register'), { create: false });
    const { seq } = JSON.parse((await database.get(STATISTICS_CURSOR_KEY))?.toString('utf8', 5) ?? '') as { seq: number };
    const batch = database.batch();
    for (const dimension of ['account', 'template'] as const) {
      for (const key of await database.keys(dailyRange(dimension, 0, 99_999_999))) batch.del(key);
    }
    batch.put(STATISTICS_CURSOR_KEY, encodeJson({ seq }));
    await batch.write({ sync: true });
    await database.close();
    store = await open();
    expect(await store.statistics(request)).toEqual(before);
    const { id } = await make.accept(store, { references: { template: 'invoice' } });
    await make.attempt(store, id, 'transferred');
    expect(await store.statistics(request)).toEqual(await fromHours(request));
  });
});
