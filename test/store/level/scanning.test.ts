/** What an export reads: all that match, whatever happens while it does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { MessageId } from '../../../src/domain/ids.ts';
import type { MessageFilter, Store } from '../../../src/domain/ports.ts';
import { openStore } from '../../../src/store/index.ts';
import { Clock, Maker } from '../../contract/messages.ts';
import { recordingLog } from '../../support/recording-log.ts';

/** Several slices, so that reading ahead and opening anew matter. */
const COUNT = 900;
const dir = mkdtempSync(join(tmpdir(), 'relais-scanning-'));
const clock = new Clock();
const make = new Maker(clock);
let store: Store;
let newestFirst: MessageId[];

beforeAll(async () => {
  store = await openStore({ dataDir: join(dir, 'data'), diskFloor: 0, now: clock.read, log: recordingLog() });
  const accepted = await Promise.all(
    Array.from({ length: COUNT }, (_, i) => make.accept(store, { subject: `Mail ${i}`, account: i % 3 === 0 ? 'hr' : 'erp' })),
  );
  // One in two has a status of its own.
  await Promise.all(accepted.filter((_, i) => i % 2 === 0).map(({ id }) => make.attempt(store, id, 'transferred')));
  newestFirst = accepted.map(({ id }) => id).reverse();
});

afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

async function scanned(filter: MessageFilter, between: (slices: number) => Promise<void> = async () => {}): Promise<MessageId[]> {
  const ids: MessageId[] = [];
  let slices = 0;
  for await (const slice of store.scan(filter)) {
    ids.push(...slice.map(({ message }) => message.id));
    await between(++slices);
  }
  return ids;
}

describe('scanning the register', () => {
  it('gives all, with their states, and those of an index', async () => {
    expect(await scanned({})).toEqual(newestFirst);
    expect(await scanned({ account: ['hr'] })).toEqual(newestFirst.filter((_, i) => (COUNT - 1 - i) % 3 === 0));
    expect(await scanned({ state: ['transferred'] })).toHaveLength(COUNT / 2);
    expect(await scanned({ q: 'mail', account: ['erp'], state: ['queued'] })).toEqual(
      newestFirst.filter((_, i) => (COUNT - 1 - i) % 3 !== 0 && (COUNT - 1 - i) % 2 !== 0),
    );
  });

  it.each([{}, { account: ['erp', 'hr'] }])('goes on where it was after a reader who took long: %j', async (filter) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const ids = await scanned(filter, async (slices) => {
        if (slices === 1 || slices === 3) await vi.advanceTimersByTimeAsync(6_000);
      });
      expect(ids).toEqual(newestFirst);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not give what is accepted meanwhile, and can be left', async () => {
    const late: MessageId[] = [];
    const before = await scanned({}, async (slices) => {
      if (slices === 2) late.push((await make.accept(store)).id);
    });
    expect(before).toEqual(newestFirst);
    for await (const slice of store.scan({})) {
      expect(slice[0]?.message.id).toBe(late[0]);
      break;
    }
  });
});

describe('messages with very many recipients', () => {
  it('end no list early: a step of the database is bounded in octets too', async () => {
    const address = (i: number): string => `${'r'.repeat(60)}${i % 10}@${`${'d'.repeat(60)}.`.repeat(3)}example`;
    const recipients = Array.from({ length: 400 }, (_, i) => address(i));
    const large = await Promise.all(Array.from({ length: 14 }, () => make.accept(store, { recipients, account: 'list' })));
    const ids = large.map(({ id }) => id).reverse();
    const { items } = await store.messages({}, { limit: 500 });
    expect(items).toHaveLength(500);
    expect(items.slice(0, 14).map(({ message }) => message.id)).toEqual(ids);
    expect((await scanned({})).slice(0, 14)).toEqual(ids);
  });
});
