import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { follows, isSigned } from '../../src/domain/ledger.ts';
import { signingKey } from '../../src/evidence/key.ts';
import { SEAL_PACING, Sealer, type SealPacing } from '../../src/evidence/sealer.ts';
import { accept } from '../http/harness.ts';
import { createMemoryStore, type MemoryStore } from '../support/memory-store.ts';
import { recordingLog } from '../support/recording-log.ts';

const pair = generateKeyPairSync('ed25519');
const key = signingKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const sealers: Sealer[] = [];
afterEach(async () => {
  for (const sealer of sealers.splice(0)) await sealer.stop();
});

function sealerOf(store: MemoryStore, pacing: Partial<SealPacing> = {}): Sealer {
  const sealer = new Sealer({
    store,
    key,
    pacing: { ...SEAL_PACING, rest: 0, ...pacing },
    now: () => 1_772_409_600_000,
    log: recordingLog(),
  });
  sealers.push(sealer);
  return sealer;
}

async function acceptMany(store: MemoryStore, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await accept({ store });
}

/** Resolves when the ledger has a seal up to there: each append is a commit. */
async function sealedTo(store: MemoryStore, seq: number): Promise<void> {
  while (store.ledger.next <= seq) await new Promise((resolve) => setImmediate(resolve));
}

describe('the sealer', () => {
  it('seals what is there when it is asked, a thousand events at a time, each seal after the one before', async () => {
    const store = createMemoryStore();
    await acceptMany(store, 2500);
    await sealerOf(store).catchUp();
    const seals = await store.ledger.list({ after: 0, limit: 10 });
    expect(seals.map(({ from, to }) => [from, to])).toEqual([
      [1, 1024],
      [1025, 2048],
      [2049, 2500],
    ]);
    for (const [i, seal] of seals.entries()) expect([follows(seal, seals[i - 1]), isSigned(seal, pair.publicKey)]).toEqual([true, true]);
    await sealerOf(store).catchUp();
    expect(store.ledger.last).toEqual(seals[2]);
  });

  it('follows the feed by itself, and goes on where another left off', async () => {
    const store = createMemoryStore();
    const first = sealerOf(store, { gather: 1 });
    first.start();
    await accept({ store });
    await sealedTo(store, 1);
    await first.stop();
    await acceptMany(store, 2);
    const second = sealerOf(store, { gather: 1 });
    second.start();
    await sealedTo(store, 3);
    await second.stop();
    const seals = await store.ledger.list({ after: 0, limit: 10 });
    expect(seals[0]).toMatchObject({ from: 1, to: 1, number: 1 });
    expect(seals.at(-1)?.to).toBe(3);
    expect(new Set(seals.map(({ ledger }) => ledger)).size).toBe(1);
  });

  it('of two that seal at once none makes a seal that does not follow', async () => {
    const store = createMemoryStore();
    await acceptMany(store, 1500);
    await Promise.all([sealerOf(store).catchUp(), sealerOf(store).catchUp()]);
    const seals = await store.ledger.list({ after: 0, limit: 10 });
    for (const [i, seal] of seals.entries()) expect(follows(seal, seals[i - 1])).toBe(true);
    expect(store.ledger.next).toBe(1501);
  });
});
