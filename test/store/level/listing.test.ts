/** Pages against the meaning of the filters spelled out: random mail, random filters, pages of any size. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MessageFilter, Store } from '../../../src/domain/ports.ts';
import { openStore } from '../../../src/store/index.ts';
import { Clock, HOUR, Maker, START } from '../../contract/messages.ts';
import { type Filterable, matchesFilter } from '../../support/memory-filter.ts';
import { recordingLog } from '../../support/recording-log.ts';

const COUNT = 240;
const dir = mkdtempSync(join(tmpdir(), 'relais-listing-'));
const clock = new Clock();
const make = new Maker(clock);
let store: Store;
const entries: Filterable[] = [];

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
const ACCOUNTS = ['erp', 'shop', 'hr'];
const ADDRESSES = ['ann@a.example', 'bob@b.example', 'carl@b.example', 'dora@c.example', 'Eve@a.example'];
const SUBJECTS = ['Invoice 2024-117', 'Reminder for invoice', 'Order confirmed', 'Inventory', 'Hello Ann'];
const TEMPLATES = ['invoice', 'reminder', null];

beforeAll(async () => {
  store = await openStore({ dataDir: join(dir, 'data'), diskFloor: 0, now: clock.read, log: recordingLog() });
  const accepting = [];
  for (let i = 0; i < COUNT; i++) {
    clock.now = START + Math.floor(i / 4) * HOUR;
    const recipients = i % 5 === 0 ? [pick(ADDRESSES, i), pick(ADDRESSES, i * 3 + 1)] : [pick(ADDRESSES, i * 7)];
    accepting.push(
      make.accept(store, {
        recipients,
        account: pick(ACCOUNTS, i * 11),
        sender: i % 9 === 0 ? '' : `${pick(ACCOUNTS, i)}@erp.example`,
        subject: pick(SUBJECTS, i * 13),
        references: {
          template: pick(TEMPLATES, i),
          document: i % 3 === 0 ? `INV-${Math.floor(i / 6)}` : null,
          tags: i % 4 === 0 ? { run: `r${i % 8}` } : {},
        },
      }),
    );
  }
  const accepted = await Promise.all(accepting);
  clock.now = START + 100 * HOUR;
  await Promise.all(
    accepted.map(async ({ id }, i) => {
      if (i % 7 === 0) return;
      if (i % 7 === 1) await store.apply([{ message: id, index: 0, evidence: { kind: 'held', reason: 'x' } }], clock.now);
      else await make.attempt(store, id, pick(['transferred', 'failed', 'deferred', 'transferred', 'transferred'], i));
    }),
  );
  for (const { id } of accepted) entries.push((await store.record(id)) as Filterable);
  entries.reverse();
}, 60_000);

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

it('gives whole pages on a machine so busy that the time of a search is over at once', async () => {
  // Each look at the clock finds a second gone.
  let elapsed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    elapsed += 1000;
    return elapsed;
  });
  try {
    expect((await store.messages({}, { limit: 100 })).items).toHaveLength(100);
    expect((await store.messages({ template: 'invoice', account: ['erp'] }, { limit: 10 })).items).toHaveLength(10);
  } finally {
    vi.restoreAllMocks();
  }
});

const anyFilter: fc.Arbitrary<MessageFilter> = fc.record(
  {
    state: fc.subarray(['in-progress', 'queued', 'deferred', 'held', 'transferred', 'failed', 'partly-failed', 'expired'], {
      minLength: 1,
    }),
    recipient: fc.constantFrom('ann@a.example', 'eve@a.example', 'bob@b.example', 'nobody@b.example'),
    domain: fc.constantFrom('a.example', 'b.example', 'x.example'),
    sender: fc.constantFrom('', 'erp@erp.example', 'hr@erp.example'),
    account: fc.subarray([...ACCOUNTS, 'none'], { minLength: 1 }),
    template: fc.constantFrom('invoice', 'reminder', 'none'),
    document: fc.constantFrom('INV-1', 'INV-20', 'INV-33', 'INV'),
    tag: fc.constantFrom('run', 'run=r0', 'run=r4', 'run=', 'walk'),
    q: fc.constantFrom('inv', 'invoice', 'ann', '2024', 'inv-1', 'order bob', 'erp.example', 'zz', 'e'),
    from: fc.integer({ min: 0, max: 60 }).map((hour) => START + hour * HOUR),
    to: fc.integer({ min: 0, max: 61 }).map((hour) => START + hour * HOUR),
  },
  { requiredKeys: [] },
);

describe('the register in pages', () => {
  it('gives what the filters mean, each message once, newest first', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 60 }), async (filter, limit) => {
        const expected = entries.filter((entry) => matchesFilter(entry, filter)).map(({ message }) => message.id);
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const page: Awaited<ReturnType<Store['messages']>> = await store.messages(filter, {
            limit,
            ...(cursor === null ? {} : { cursor }),
          });
          expect(page.items.length).toBeLessThanOrEqual(limit);
          found.push(...page.items.map(({ message }) => message.id));
          cursor = page.next;
        } while (cursor !== null);
        expect(found).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it('does not take a cursor of another filter', async () => {
    const { next } = await store.messages({ account: ['erp'] }, { limit: 1 });
    expect(next).not.toBeNull();
    await expect(store.messages({ account: ['hr'] }, { limit: 1, cursor: next ?? '' })).rejects.toMatchObject({ code: 'bad-cursor' });
  });
});
