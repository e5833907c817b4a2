/**
 * Keys of requests that must not be recorded twice: each names the message that was accepted with
 * it, until its time is over. The record is written in the message's own commit, and counts only as
 * long as its message is there: what a crash takes back, or is erased, has no key either.
 *
 * On disk a key is its SHA-256, for it may say something about people, under two keys: one to look
 * it up, one in the order of time, so that sweeping reads what is over and nothing else. Nothing of
 * it is in memory but the keys that are being accepted just now.
 *
 * Upstream: `accept` and the clean-up. One process has this store alone, so that who comes second
 * with a key waits here for the first.
 */
import { createHash } from 'node:crypto';
import type { MessageId } from '../../domain/ids.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { AcceptKey } from '../../domain/ports.ts';
import { decodeJson, encodeJson, NO_VALUE } from './codec.ts';
import type { StoreContext } from './context.ts';
import {
  ACCEPT_KEYS_SWEPT_KEY,
  acceptKeyDigestOf,
  acceptKeyKey,
  acceptKeyOrderKey,
  acceptKeyOrderParts,
  acceptKeysUntil,
  LAST_TIME,
} from './keys.ts';
import type { Transaction } from './transaction.ts';

/** As it stands under its key. */
interface StoredKey {
  readonly message: MessageId;
  readonly until: number;
}

/** Keys swept in one commit. */
const SWEPT_AT_ONCE = 500;

/** A key that is to be written with its message. */
export interface FreshKey {
  stage(transaction: Transaction, message: MessageId): void;
}

export class AcceptKeys {
  readonly #context: Pick<StoreContext, 'database' | 'loader' | 'committer' | 'now'>;
  /** By digest: the acceptance that is under way. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(context: Pick<StoreContext, 'database' | 'loader' | 'committer' | 'now'>) {
    this.#context = context;
  }

  /** The message that the key stands for; where there is none, what `accept` makes of it. */
  async once(
    key: AcceptKey,
    request: { readonly repeated: () => Promise<void>; readonly accept: (fresh: FreshKey) => Promise<AcceptedMessage> },
  ): Promise<AcceptedMessage> {
    const digest = createHash('sha256').update(key.value).digest('hex');
    // What became of the one before is looked up, whether it came about or not.
    for (let first = this.#running.get(digest); first !== undefined; first = this.#running.get(digest)) await first.catch(() => undefined);
    const accepting = this.#once(digest, Math.min(Math.floor(key.until), LAST_TIME), request);
    this.#running.set(digest, accepting);
    try {
      return await accepting;
    } finally {
      this.#running.delete(digest);
    }
  }

  async #once(digest: string, until: number, request: Parameters<AcceptKeys['once']>[1]): Promise<AcceptedMessage> {
    const { database, loader, now } = this.#context;
    const value = await database.get(acceptKeyKey(digest));
    const stored = value === undefined ? undefined : decodeJson<StoredKey>(acceptKeyKey(digest), value);
    if (stored !== undefined && now() < stored.until) {
      const known = await loader.load(stored.message);
      if (known !== undefined) {
        await request.repeated();
        return known.message;
      }
    }
    return request.accept({ stage: (transaction, message) => stageKey(transaction, digest, { message, until }, stored) });
  }

  /** Takes the keys whose time is over, in slices. */
  async sweep(now: number): Promise<number> {
    const { database, committer } = this.#context;
    const mark = await database.get(ACCEPT_KEYS_SWEPT_KEY);
    const swept = mark === undefined ? 0 : decodeJson<{ until: number }>(ACCEPT_KEYS_SWEPT_KEY, mark).until;
    let count = 0;
    for await (const slice of database.slices(acceptKeysUntil(swept, now), SWEPT_AT_ONCE)) {
      const parts = slice.map(([order]) => ({ order, ...acceptKeyOrderParts(order) }));
      const records = parts.map(({ digest }) => acceptKeyKey(digest));
      const last = parts.at(-1)?.until ?? swept;
      await committer.submit({
        reads: records,
        weight: slice.length,
        stage: (transaction) => {
          for (const { order, digest, until } of parts) {
            transaction.del(order);
            const value = transaction.value(acceptKeyKey(digest));
            // Used again meanwhile: that one has an order key of its own.
            if (value === undefined || decodeJson<StoredKey>(acceptKeyKey(digest), value).until !== until) continue;
            transaction.del(acceptKeyKey(digest));
          }
          // So that the next sweep does not walk over what this one deleted.
          transaction.put(ACCEPT_KEYS_SWEPT_KEY, encodeJson({ until: last }));
        },
      });
      count += slice.length;
    }
    return count;
  }
}

function stageKey(transaction: Transaction, digest: string, stored: StoredKey, before: StoredKey | undefined): void {
  if (before !== undefined) transaction.del(acceptKeyOrderKey(before.until, digest));
  if (stored.until <= transaction.now) {
    if (before !== undefined) transaction.del(acceptKeyKey(digest));
    return;
  }
  transaction.put(acceptKeyKey(digest), encodeJson(stored));
  transaction.put(acceptKeyOrderKey(stored.until, digest), NO_VALUE);
}

/** The keys and values of a stored key for another register; none when it does not read or its time is over. */
export function acceptKeyEntries(key: string, value: Buffer, now: number): [string, Buffer][] {
  try {
    const { until } = decodeJson<StoredKey>(key, value);
    return until <= now
      ? []
      : [
          [key, value],
          [acceptKeyOrderKey(until, acceptKeyDigestOf(key)), NO_VALUE],
        ];
  } catch {
    return [];
  }
}
