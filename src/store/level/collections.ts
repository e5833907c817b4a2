/**
 * Administrative records: tokens, users, positions of consumers, next hops, suppressions. Few, or
 * asked for with every request or claim: all are in memory, and written through.
 */
import type { Collection } from '../../domain/ports.ts';
import { decodeJson, encodeJson } from './codec.ts';
import type { Committer } from './committer.ts';
import type { Database } from './database.ts';
import { type CollectionKind, collectionKey, collectionNameOf, collectionRange } from './keys.ts';
import type { Transaction } from './transaction.ts';

export class StoredCollection<T> implements Collection<T> {
  readonly #kind: CollectionKind;
  readonly #values: Map<string, T>;
  readonly #committer: () => Committer;

  private constructor(kind: CollectionKind, values: Map<string, T>, committer: () => Committer) {
    this.#kind = kind;
    this.#values = values;
    this.#committer = committer;
  }

  static async load<T>(kind: CollectionKind, database: Database, committer: () => Committer): Promise<StoredCollection<T>> {
    const values = new Map<string, T>();
    for (const [key, value] of await database.entries(collectionRange(kind))) values.set(collectionNameOf(key), decodeJson<T>(key, value));
    return new StoredCollection(kind, values, committer);
  }

  async get(name: string): Promise<T | undefined> {
    return this.#values.get(name);
  }

  async put(name: string, value: T): Promise<void> {
    await this.#committer().submit({ weight: 1, stage: (transaction) => this.stage(transaction, name, value) });
    this.#values.set(name, value);
  }

  async delete(name: string): Promise<boolean> {
    if (!this.#values.has(name)) return false;
    await this.#committer().submit({ weight: 1, stage: (transaction) => transaction.del(collectionKey(this.#kind, name)) });
    return this.#values.delete(name);
  }

  async list(): Promise<readonly { readonly name: string; readonly value: T }[]> {
    return [...this.#values].map(([name, value]) => ({ name, value })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get size(): number {
    return this.#values.size;
  }

  /** The value, as committed. */
  value(name: string): T | undefined {
    return this.#values.get(name);
  }

  /** All values, as committed. */
  values(): Iterable<T> {
    return this.#values.values();
  }

  /** Writes as part of another operation; `remember` is to follow once that is committed. */
  stage(transaction: Transaction, name: string, value: T): void {
    transaction.put(collectionKey(this.#kind, name), encodeJson(value));
  }

  remember(name: string, value: T): void {
    this.#values.set(name, value);
  }
}
