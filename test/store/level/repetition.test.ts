/** Keys of requests and superseded messages on disk: through restarts, crashes and sweeping. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Database } from '../../../src/store/level/database.ts';
import { verifyStore } from '../../../src/store/verify.ts';
import { DAY, HOUR, START } from '../../contract/messages.ts';
import { recordingLog } from '../../support/recording-log.ts';
import { watchedFiles } from '../spool/fixtures.ts';
import { everythingIn, storeBench } from './bench-store.ts';

const { make, newDir, open, clock } = storeBench();

const verify = (dataDir: string) => verifyStore({ dataDir, now: clock.read, log: recordingLog() });

async function keysIn(dir: string): Promise<string[]> {
  const database = await Database.open(join(dir, 'register'), { create: false });
  const keys = await database.keys({});
  await database.close();
  return keys.filter((key) => /^[xX]/.test(key));
}

describe('keys of requests', () => {
  it('hold through a restart, and are not on disk in words', async () => {
    const dir = newDir();
    const key = { value: 'order-7731 of wallflower', until: clock.now + DAY };
    const store = await open(dir);
    const { id } = await make.accept(store, { key });
    await store.close();
    expect(everythingIn(dir)).not.toContain('wallflower');
    const again = await open(dir);
    expect((await make.accept(again, { key })).id).toBe(id);
    await again.close();
    expect((await verify(dir)).findings).toEqual([]);
  });

  it('go with the clean-up once their time is over, however many they are', async () => {
    const dir = newDir();
    const store = await open(dir);
    const accept = (count: number, name: string, until: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => make.accept(store, { key: { value: `${name} ${i}`, until: until + (i % 7) } })));
    await accept(700, 'short', clock.now + HOUR);
    const long = await accept(3, 'long', clock.now + DAY);
    const clean = () => store.cleanup({ contentBefore: 0, recordsBefore: 0, now: clock.now });
    clock.now += 2 * HOUR;
    // Used again after its time, and not yet swept: the old one does not take the new one with it.
    const again = await make.accept(store, { key: { value: 'short 0', until: clock.now + DAY } });
    await clean();
    await accept(5, 'later', clock.now + HOUR);
    clock.now += 2 * HOUR;
    await clean();
    expect((await make.accept(store, { key: { value: 'short 0', until: clock.now + DAY } })).id).toBe(again.id);
    expect((await make.accept(store, { key: { value: 'long 1', until: clock.now + DAY } })).id).toBe(long[1]?.id);
    await store.close();
    expect(await keysIn(dir)).toHaveLength(2 * 4);
    expect((await verify(dir)).findings).toEqual([]);
    clock.now = START;
  });

  it.each(['once, with a key', 'twice in a commit'])(
    'R8 are taken back with their message, and so is what it superseded: %s',
    async (how) => {
      const dir = newDir();
      let armed = false;
      const { files } = watchedFiles((call) => {
        // Power fails: the register's batch is durable, the spool's write is not.
        if (armed && call === 'writev') throw Object.assign(new Error('EIO'), { code: 'EIO' });
      });
      const store = await open(dir, { files });
      const untouched = await make.accept(store);
      const tried = await make.accept(store);
      await make.attempt(store, tried.id, 'transferred');
      armed = true;
      const key = { value: 'k', until: clock.now + DAY };
      const resent =
        how === 'once, with a key' ? [{ supersedes: untouched.id, key }] : [{ supersedes: tried.id }, { supersedes: tried.id }];
      const lost = await Promise.allSettled(resent.map((described) => make.accept(store, described)));
      expect(lost.every(({ status }) => status === 'rejected')).toBe(true);
      await store.close();
      const crashed = newDir();
      cpSync(dir, crashed, { recursive: true });
      const again = await open(crashed);
      expect(again.metrics.orphans).toEqual({ contents: 0, records: resent.length });
      expect(again.lastSeq).toBe(3);
      for (const { id } of [untouched, tried]) {
        const found = await again.message(id);
        expect(found?.supersededBy).toEqual([]);
        expect(found?.events.map(({ type }) => type)).not.toContain('message.resent');
      }
      expect((await again.messages({}, { limit: 9 })).items).toHaveLength(2);
      // The key says nothing: whoever sends again is recorded.
      const fresh = await make.accept(again, { supersedes: untouched.id, key });
      expect((await again.message(untouched.id))?.supersededBy).toEqual([fresh.id]);
      expect((await again.changes({ after: 3, limit: 9 })).items.map(({ seq, type }) => [seq, type])).toEqual([
        [4, 'message.accepted'],
        [5, 'message.resent'],
      ]);
      expect(again.metrics.accepted).toBe(1);
      await again.close();
      expect((await verify(crashed)).findings).toEqual([]);
    },
  );
});
