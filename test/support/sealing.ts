/** Seals what is in the feed, as the room of evidence does; for tests of what is made of it. */
import { generateKeyPairSync } from 'node:crypto';
import { leafOfEvent, makeSeal, type Seal } from '../../src/domain/ledger.ts';
import type { Store } from '../../src/domain/ports.ts';

export const SEALING_KEY = { id: 'k', ...generateKeyPairSync('ed25519') };

/** The seal that would follow, with the leaves under it. */
export async function nextSeal(store: Store, now: number): Promise<{ readonly seal: Seal; readonly leaves: Buffer }> {
  const { ledger } = store;
  const salt = await ledger.salt();
  const { items } = await store.changes({ after: ledger.next - 1, limit: 100 });
  const leaves = items.map((event) => leafOfEvent(event, salt));
  const seal = makeSeal({ leaves, from: ledger.next, previous: ledger.last, ledger: 'l', now, key: SEALING_KEY });
  return { seal, leaves: Buffer.concat(leaves) };
}

export async function sealOnce(store: Store, now: number): Promise<Seal> {
  const { seal, leaves } = await nextSeal(store, now);
  if (!(await store.ledger.append(seal, leaves))) throw new Error('the seal was refused');
  return seal;
}
