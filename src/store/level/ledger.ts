/**
 * The seals over the feed (domain/ledger.ts) as they are kept: each with the leaves under it, under the
 * number of its last event. Seals stay for ever; leaves go once no event under them is there any more.
 *
 * Upstream: `ledger` of the port. Downstream: one commit a seal.
 */
import { follows, hasLeaves, type Seal } from '../../domain/ledger.ts';
import type { Ledger, SealedLeaves } from '../../domain/ports.ts';
import { decodeJson, encodeJson, payloadOf, seal as sealValue, VALUE_HEAD } from './codec.ts';
import type { StoredCollection } from './collections.ts';
import type { StoreContext } from './context.ts';
import type { Database } from './database.ts';
import { eventKey, LEAVES, leavesKey, leavesSeqOf, prefixRange, SEALS, sealKey, sealsAfter } from './keys.ts';
import type { CleaningScope } from './report-cleaning.ts';
import { saltOf } from './subject-erasure.ts';

const SLICE = 200;

export class LevelLedger implements Ledger {
  readonly #context: StoreContext;
  readonly #secrets: StoredCollection<object>;
  #last: Seal | undefined;

  private constructor(context: StoreContext, secrets: StoredCollection<object>, last: Seal | undefined) {
    this.#context = context;
    this.#secrets = secrets;
    this.#last = last;
  }

  static async open(context: StoreContext, secrets: StoredCollection<object>): Promise<LevelLedger> {
    const [entry] = await context.database.entries({ ...SEALS, reverse: true, limit: 1 });
    return new LevelLedger(context, secrets, entry === undefined ? undefined : decodeJson<Seal>(...entry));
  }

  get last(): Seal | undefined {
    return this.#last;
  }

  get next(): number {
    return Math.max((this.#last?.to ?? 0) + 1, this.#context.feed.firstSeq);
  }

  async append(seal: Seal, leaves: Buffer): Promise<boolean> {
    if (!hasLeaves(seal, leaves)) throw new RangeError(`append: seal ${seal.number} is not over these leaves`);
    return this.#context.committer.submit({
      weight: 1,
      // Commits are staged one after the other: of two that follow the same one the second is refused.
      stage: (transaction) => {
        if (!follows(seal, this.#last)) return false;
        transaction.put(sealKey(seal.to), encodeJson(seal));
        const value = Buffer.allocUnsafe(VALUE_HEAD + leaves.length);
        leaves.copy(value, VALUE_HEAD);
        transaction.put(leavesKey(seal.to), sealValue(value));
        this.#last = seal;
        return true;
      },
    });
  }

  async covering(seq: number): Promise<SealedLeaves | undefined> {
    const { database } = this.#context;
    const [entry] = await database.entries({ ...sealsAfter(seq - 1), limit: 1 });
    if (entry === undefined) return undefined;
    const seal = decodeJson<Seal>(...entry);
    if (seal.from > seq) return undefined;
    const key = leavesKey(seal.to);
    const value = await database.get(key);
    return { seal, leaves: value === undefined ? null : payloadOf(key, value) };
  }

  async list({ after, limit }: { readonly after: number; readonly limit: number }): Promise<readonly Seal[]> {
    const entries = await this.#context.database.entries({ ...sealsAfter(after), limit });
    return entries.map((entry) => decodeJson<Seal>(...entry));
  }

  salt(): Promise<string> {
    return saltOf(this.#secrets);
  }
}

/** Lets go of leaves none of whose events is there any more: nobody will ask for a path to one. */
export async function cleanLeaves({ context, pace, isOver }: CleaningScope): Promise<void> {
  const { database, committer, feed } = context;
  for await (const slice of database.slices({ ...LEAVES, lt: leavesKey(feed.firstSeq) }, SLICE)) {
    if (isOver()) return;
    const gone: string[] = [];
    for (const [key] of slice) {
      const to = leavesSeqOf(key);
      const seal = await sealAt(database, to);
      const kept = seal === undefined ? 0 : (await database.keys({ gte: eventKey(seal.from), lte: eventKey(to), limit: 1 })).length;
      if (kept === 0) gone.push(key);
    }
    if (gone.length === 0) continue;
    await pace.step(() =>
      committer.submit({
        weight: gone.length,
        stage: (transaction) => {
          for (const key of gone) transaction.del(key);
        },
      }),
    );
  }
}

async function sealAt(database: Database, to: number): Promise<Seal | undefined> {
  const value = await database.get(sealKey(to));
  return value === undefined ? undefined : decodeJson<Seal>(sealKey(to), value);
}

/** All seals with their leaves in order; for a verification. */
export async function* sealedSlices(database: Database): AsyncGenerator<[string, Buffer, Buffer | undefined][]> {
  for await (const slice of database.slices(prefixRange('y'), SLICE)) {
    const leaves = await database.getMany(slice.map(([key]) => leavesKey(leavesSeqOf(key))));
    yield slice.map(([key, value], i) => [key, value, leaves[i]]);
  }
}
