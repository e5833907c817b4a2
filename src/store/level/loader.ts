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
import type { Database } from './database.ts';
import { doneKey, messageKey, pendingKey, statusKey } from './keys.ts';
import { decodeMessage, decodeRecipient, decodeStatus, type MessageRecord, newStored, type Status, type StoredMessage } from './records.ts';

/** Recipients, with one more for each message: some 4 KiB of memory each. */
const CACHE_WEIGHT = 4096;

export class MessageLoader {
  readonly #database: Database;
  readonly #cache = new LRUCache<MessageId, StoredMessage>({
    maxSize: CACHE_WEIGHT,
    sizeCalculation: ({ recipients }) => recipients.length + 1,
  });

  constructor(database: Database) {
    this.#database = database;
  }

  cached(id: MessageId): StoredMessage | undefined {
    return this.#cache.get(id);
  }

  /** The committer's alone: `stored` is what was committed; null: deleted. */
  remember(id: MessageId, stored: StoredMessage | null): void {
    if (stored === null) this.#cache.delete(id);
    else this.#cache.set(id, stored);
  }

  async load(id: MessageId): Promise<StoredMessage | undefined> {
    return this.#cache.get(id) ?? (await this.#read([id])).get(id);
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
      const inverted = ids.map(invertId);
      const values = await this.#database.getMany([...inverted.map(messageKey), ...inverted.map(statusKey)], snapshot);
      const begun: { stored: StoredMessage; record: MessageRecord; status: Status }[] = [];
      let count = 0;
      for (const [i, id] of inverted.entries()) {
        const value = values[i];
        if (value === undefined) continue;
        const record = decodeMessage(messageKey(id), value);
        count += record.message.envelope.recipients.length;
        if (count > mostRecipients && begun.length > 0) break;
        const statusValue = values[inverted.length + i];
        const stored = newStored(record);
        // Nothing has changed a message without a status: it stands as it was accepted, but for attempts that run.
        const status = statusValue === undefined ? undefined : decodeStatus(statusKey(id), statusValue, record.seq);
        begun.push({ stored, record, status: status ?? { contentErased: false, recipients: stored.recipients.map(stateOf), seqs: [] } });
      }
      const keys = begun.flatMap(({ stored, status }) => status.recipients.map(({ state }, index) => recipientKey(stored, index, state)));
      const records = await this.#database.getMany(keys, snapshot);
      const found = new Map<MessageId, StoredMessage>();
      let at = 0;
      for (const { stored, status } of begun) {
        const recipients = stored.recipients.map((initial, index) => {
          const value = records[at + index];
          const key = keys[at + index] ?? '';
          return value === undefined ? missingRecipient(key) : decodeRecipient(key, value, index, initial.address);
        });
        at += status.recipients.length;
        const { contentErased, seqs } = status;
        found.set(stored.message.id, { ...stored, contentErased, recipients, seqs });
      }
      return found;
    } finally {
      await snapshot.close();
    }
  }
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
