/**
 * The ledger: each seal follows the one before it and is over its leaves, and each event that is there is
 * the one that was sealed. Who signed is not asked here: `relais evidence verify` does.
 */
import type { FeedEvent } from '../../domain/events.ts';
import { follows, hasLeaves, leafOfEvent, type Seal } from '../../domain/ledger.ts';
import { HASH } from '../../domain/merkle.ts';
import { decodeJson, payloadOf } from '../level/codec.ts';
import { collectionKey, eventKey, eventSeqOf, LEAVES, leavesSeqOf, sealKey } from '../level/keys.ts';
import { sealedSlices } from '../level/ledger.ts';
import type { Verification } from './context.ts';
import { attempt } from './findings.ts';

const ADVICE = 'what was sealed is not what is there: somebody changed the register, or a disk did; restore a backup from before';

export async function verifyLedger(verification: Verification): Promise<void> {
  const { database, findings, record } = verification;
  const salt = await saltIn(verification);
  let previous: Seal | undefined;
  for await (const slice of sealedSlices(database)) {
    for (const [key, value, leaves] of slice) {
      const seal = attempt(findings, key, () => decodeJson<Seal>(key, value));
      if (seal === undefined) continue;
      if (!follows(seal, previous)) findings.add('damage', `seal ${seal.number} does not follow the one before it`, key, ADVICE);
      if (seal.to > record.seq) findings.add('damage', `seal ${seal.number} is over events that are not there`, key, ADVICE);
      previous = seal;
      const octets = leaves === undefined ? undefined : attempt(findings, key, () => payloadOf(key, leaves));
      if (octets === undefined) continue;
      if (!hasLeaves(seal, octets)) findings.add('damage', `seal ${seal.number} is not over the leaves that stand with it`, key, ADVICE);
      else if (salt !== undefined) await verifyEvents(verification, { seal, octets, salt });
    }
  }
  for await (const slice of database.slices(LEAVES, 1000)) {
    const there = await database.hasMany(slice.map(([key]) => sealKey(leavesSeqOf(key))));
    for (const [i, [key]] of slice.entries()) if (there[i] !== true) findings.add('damage', 'leaves without their seal', key, ADVICE);
  }
}

async function verifyEvents(
  { database, findings }: Verification,
  { seal, octets, salt }: { readonly seal: Seal; readonly octets: Buffer; readonly salt: string },
): Promise<void> {
  for (const [key, value] of await database.entries({ gte: eventKey(seal.from), lte: eventKey(seal.to) })) {
    const seq = eventSeqOf(key);
    const leaf = tryLeaf(key, value, salt);
    const at = (seq - seal.from) * HASH;
    if (leaf !== undefined && !leaf.equals(octets.subarray(at, at + HASH)))
      findings.add('damage', `event ${seq} is not the one that was sealed`, key, ADVICE);
  }
}

/** Undefined where the event does not read: that is told of elsewhere. */
function tryLeaf(key: string, value: Buffer, salt: string): Buffer | undefined {
  try {
    return leafOfEvent(decodeJson<FeedEvent>(key, value), salt);
  } catch {
    return undefined;
  }
}

async function saltIn({ database }: Verification): Promise<string | undefined> {
  const key = collectionKey('secrets', 'erasure');
  const value = await database.get(key);
  return value === undefined ? undefined : decodeJson<{ readonly salt: string }>(key, value).salt;
}
