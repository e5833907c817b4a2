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
  /** In order: a list of 100,000 suppressions is not sorted with each page that is made of it. */
  readonly #names: string[];
  #listed: readonly { readonly name: string; readonly value: T }[] | null = null;
  readonly #committer: () => Committer;
  readonly #onDelete: ((transaction: Transaction, name: string) => void) | undefined;

  private constructor(
    kind: CollectionKind,
    values: Map<string, T>,
    committer: () => Committer,
    onDelete?: (transaction: Transaction, name: string) => void,
  ) {
    this.#kind = kind;
    this.#values = values;
    this.#names = [...values.keys()].sort();
    this.#committer = committer;
    this.#onDelete = onDelete;
  }

  /** `onDelete`: what else a deletion writes, in the same commit. */
  static async load<T>(
    kind: CollectionKind,
    database: Database,
    committer: () => Committer,
    onDelete?: (transaction: Transaction, name: string) => void,
  ): Promise<StoredCollection<T>> {
    const values = new Map<string, T>();
    for (const [key, value] of await database.entries(collectionRange(kind))) values.set(collectionNameOf(key), decodeJson<T>(key, value));
    return new StoredCollection(kind, values, committer, onDelete);
  }

  async get(name: string): Promise<T | undefined> {
    return this.#values.get(name);
  }

  async put(name: string, value: T): Promise<void> {
    await this.#committer().submit({ weight: 1, stage: (transaction) => this.stage(transaction, name, value) });
    this.remember(name, value);
  }

  async delete(name: string): Promise<boolean> {
    if (!this.#values.has(name)) return false;
    await this.#committer().submit({
      weight: 1,
      stage: (transaction) => {
        transaction.del(collectionKey(this.#kind, name));
        this.#onDelete?.(transaction, name);
      },
    });
    return this.#forget(name);
  }

  async change(name: string, change: (value: T | undefined) => T | null | undefined): Promise<T | undefined> {
    const key = collectionKey(this.#kind, name);
    const changed = await this.#committer().submit({
      weight: 1,
      reads: [key],
      stage: (transaction) => {
        // Not from memory: what is staged in the same commit stands only here.
        const stored = transaction.value(key);
        const next = change(stored === undefined ? undefined : decodeJson<T>(key, stored));
        if (next === null && stored !== undefined) {
          transaction.del(key);
          this.#onDelete?.(transaction, name);
        } else if (next !== null && next !== undefined) {
          this.stage(transaction, name, next);
        }
        return next;
      },
    });
    if (changed === null) this.#forget(name);
    else if (changed !== undefined) this.remember(name, changed);
    return this.#values.get(name);
  }

  #forget(name: string): boolean {
    const { at, found } = placeIn(this.#names, name);
    if (found) this.#names.splice(at, 1);
    this.#listed = null;
    return this.#values.delete(name);
  }

  async list(part?: { readonly after: string; readonly limit: number }): Promise<readonly { readonly name: string; readonly value: T }[]> {
    if (part === undefined) {
      this.#listed ??= this.#withValues(this.#names);
      return this.#listed;
    }
    const { at, found } = placeIn(this.#names, part.after);
    const from = found ? at + 1 : at;
    return this.#withValues(this.#names.slice(from, from + part.limit));
  }

  #withValues(names: readonly string[]): { readonly name: string; readonly value: T }[] {
    return names.flatMap((name) => {
      const value = this.#values.get(name);
      return value === undefined ? [] : [{ name, value }];
    });
  }

  get size(): number {
    return this.#values.size;
  }

  /** The value, as committed. */
  value(name: string): T | undefined {
    return this.#values.get(name);
  }

  /** Names of those values that it holds for, in order. */
  namesWhere(holds: (value: T) => boolean): string[] {
    return this.#names.filter((name) => {
      const value = this.#values.get(name);
      return value !== undefined && holds(value);
    });
  }

  /** All values, as committed. */
  values(): Iterable<T> {
    return this.#values.values();
  }

  /** Writes as part of another operation, or with null deletes; `remember` is to follow once that is committed. */
  stage(transaction: Transaction, name: string, value: T | null): void {
    const key = collectionKey(this.#kind, name);
    if (value === null) transaction.del(key);
    else transaction.put(key, encodeJson(value));
  }

  remember(name: string, value: T | null): void {
    const { at, found } = placeIn(this.#names, name);
    if (value === null) {
      if (found) this.#names.splice(at, 1);
      this.#values.delete(name);
      this.#listed = null;
      return;
    }
    if (!found) this.#names.splice(at, 0, name);
    this.#values.set(name, value);
    this.#listed = null;
  }
}

/** Where the name stands in the sorted names, or would. */
function placeIn(names: readonly string[], name: string): { readonly at: number; readonly found: boolean } {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return { at: low, found: names[low] === name };
}
