/**
 * Messages as they stand committed: from a bounded cache of those that something happens to, else
 * from the database.
 *
 * Upstream: the committer, which alone puts into the cache, and the readers. A read takes a
 * snapshot, so that a message and its recipients fit each other while commits go on.
 */
import { LRUCache } from 'lru-cache';
import { StoreError } from '../../domain/errors.ts';
import { invertId, type MessageId } from '../../domain/ids.ts';
import type { RecipientRecord } from '../../domain/recipient.ts';
import { isPending } from '../../domain/recipient.ts';
import type { Database, Snapshot } from './database.ts';
import { doneKey, messageKey, pendingKey, statusKey } from './keys.ts';
import { decodeMessage, decodeRecipient, decodeStatus, newStored, type Status, type StoredMessage } from './records.ts';

/** Recipients, with one more for each message: some 4 KiB of memory each. */
const CACHE_WEIGHT = 4096;

export class MessageLoader {
  readonly #database: Database;
  readonly #cache = new LRUCache<MessageId, StoredMessage>({
    maxSize: CACHE_WEIGHT,
    sizeCalculation: ({ recipients }) => recipients.length + 1,
  });

  /** Ids that `loadAhead` was asked for, and the read that they wait for; the one that runs before it. */
  readonly #asked = new Set<MessageId>();
  #ahead: Promise<ReadonlyMap<MessageId, StoredMessage> | null> | null = null;
  #reading: Promise<unknown> = Promise.resolve();
  /** Of each read that runs: what was committed meanwhile. */
  readonly #changed = new Set<Set<MessageId>>();

  constructor(database: Database) {
    this.#database = database;
  }

  cached(id: MessageId): StoredMessage | undefined {
    return this.#cache.get(id);
  }

  /** The committer's alone: `stored` is what was committed; null: deleted. */
  remember(id: MessageId, stored: StoredMessage | null): void {
    for (const changed of this.#changed) changed.add(id);
    if (stored === null) this.#cache.delete(id);
    else this.#cache.set(id, stored);
  }

  async load(id: MessageId): Promise<StoredMessage | undefined> {
    return this.#cache.get(id) ?? (await this.#read([id])).get(id);
  }

  /**
   * For one that something is about to happen to: kept for the commit that follows. What is asked for
   * while others are read is read together behind them. Damage is met by whoever reads it alone.
   */
  async loadAhead(id: MessageId): Promise<StoredMessage | undefined> {
    const cached = this.#cache.get(id);
    if (cached !== undefined) return cached;
    this.#asked.add(id);
    this.#ahead ??= this.#readAhead(this.#reading);
    const found = await this.#ahead;
    return found === null ? this.load(id) : found.get(id);
  }

  async #readAhead(before: Promise<unknown>): Promise<ReadonlyMap<MessageId, StoredMessage> | null> {
    await new Promise((resolve) => setImmediate(resolve));
    await before;
    const ids = [...this.#asked];
    this.#asked.clear();
    this.#ahead = null;
    const reading = this.#readKept(ids);
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  /** Null: one of them is damaged. */
  async #readKept(ids: readonly MessageId[]): Promise<ReadonlyMap<MessageId, StoredMessage> | null> {
    const changed = new Set<MessageId>();
    this.#changed.add(changed);
    try {
      const found = await this.#read(ids);
      // What a commit has changed meanwhile is no longer what was read.
      for (const [id, stored] of found) if (!changed.has(id)) this.#cache.set(id, stored);
      return found;
    } catch (error) {
      if (error instanceof StoreError) return null;
      throw error;
    } finally {
      this.#changed.delete(changed);
    }
  }

  /**
   * Those that exist; what had to be read is kept when `remember` says so. With `mostRecipients` of
   * those that have to be read no more, in their order, than have so many recipients together.
   */
  async loadMany(
    ids: Iterable<MessageId>,
    remember: boolean,
    mostRecipients = Number.POSITIVE_INFINITY,
  ): Promise<Map<MessageId, StoredMessage>> {
    const found = new Map<MessageId, StoredMessage>();
    const missing: MessageId[] = [];
    for (const id of new Set(ids)) {
      const stored = this.#cache.get(id);
      if (stored === undefined) missing.push(id);
      else found.set(id, stored);
    }
    if (missing.length === 0) return found;
    for (const [id, stored] of await this.#read(missing, mostRecipients)) {
      found.set(id, stored);
      if (remember) this.#cache.set(id, stored);
    }
    return found;
  }

  async #read(ids: readonly MessageId[], mostRecipients = Number.POSITIVE_INFINITY): Promise<Map<MessageId, StoredMessage>> {
    const snapshot = this.#database.snapshot();
    try {
      // Nearly all have one recipient: where its record may stand is asked for at once.
      const inverted = ids.map(invertId);
      const keys = inverted.flatMap((own, i) => [messageKey(own), statusKey(own), pendingKey(ids[i] ?? '', 0), doneKey(own, 0)]);
      const values = await this.#valuesOf(keys, snapshot);
      const begun = upTo(mostRecipients, inverted, values);
      const missing = begun.flatMap((one) => recipientKeysOf(one).filter((key) => !values.has(key)));
      const rest = await this.#valuesOf(missing, snapshot);
      const found = begun.map((one) => completed(one, (key) => values.get(key) ?? rest.get(key)));
      return new Map(found.map((stored) => [stored.message.id, stored]));
    } finally {
      await snapshot.close();
    }
  }

  async #valuesOf(keys: readonly string[], snapshot: Snapshot): Promise<Map<string, Buffer>> {
    const values = await this.#database.getMany(keys, snapshot);
    return new Map(keys.flatMap((key, i) => (values[i] === undefined ? [] : [[key, values[i]]])));
  }
}

/** A message before its recipients were read. */
interface Beginning {
  readonly stored: StoredMessage;
  readonly status: Status;
}

/** Those that exist, in their order: the first in any case, then no more than have so many recipients together. */
function upTo(mostRecipients: number, inverted: readonly string[], values: ReadonlyMap<string, Buffer>): Beginning[] {
  const begun: Beginning[] = [];
  let count = 0;
  for (const own of inverted) {
    const one = beginningOf(own, values);
    if (one === undefined) continue;
    count += one.stored.recipients.length;
    if (count > mostRecipients && begun.length > 0) break;
    begun.push(one);
  }
  return begun;
}

function beginningOf(inverted: string, values: ReadonlyMap<string, Buffer>): Beginning | undefined {
  const key = messageKey(inverted);
  const value = values.get(key);
  if (value === undefined) return undefined;
  const record = decodeMessage(key, value);
  const statusValue = values.get(statusKey(inverted));
  const stored = newStored(record);
  // Nothing has changed a message without a status: it stands as it was accepted, but for attempts that run.
  const status = statusValue === undefined ? undefined : decodeStatus(statusKey(inverted), statusValue, record.seq);
  return { stored, status: status ?? { contentErased: false, recipients: stored.recipients.map(stateOf), seqs: [] } };
}

function recipientKeysOf({ stored, status }: Beginning): string[] {
  return status.recipients.map(({ state }, index) => recipientKey(stored, index, state));
}

function completed(begun: Beginning, value: (key: string) => Buffer | undefined): StoredMessage {
  const { stored, status } = begun;
  const keys = recipientKeysOf(begun);
  const recipients = stored.recipients.map((initial, index) => {
    const key = keys[index] ?? '';
    const found = value(key);
    return found === undefined ? missingRecipient(key) : decodeRecipient(key, found, index, initial.address);
  });
  const { contentErased, seqs } = status;
  return { ...stored, contentErased, recipients, seqs };
}

function stateOf({ state }: RecipientRecord): Status['recipients'][number] {
  return { state, category: null };
}

function recipientKey({ message, inverted }: StoredMessage, index: number, state: RecipientRecord['state']): string {
  return isPending(state) ? pendingKey(message.id, index) : doneKey(inverted, index);
}

function missingRecipient(key: string): never {
  throw new StoreError(
    'damaged',
    `the register is damaged: ${JSON.stringify(key)} is missing; stop relais and run \`relais verify\`, then restore a backup or run \`relais rebuild\``,
  );
}
