/**
 * Legal holds, as the parts of the store ask for them that erase: in memory, those of messages by id,
 * those with a filter asked one by one. Put and lifted between two erasures (`turns`): once a hold is
 * recorded, nothing that began before erases what lies under it.
 */
import { holdCovers, type LegalHoldRecord, legalHoldKey } from '../../domain/legal-hold.ts';
import type { PreparedMessage } from '../../domain/message.ts';
import type { Collection } from '../../domain/ports.ts';
import type { StoredCollection } from './collections.ts';
import type { Turns } from './turns.ts';

export class LegalHolds implements Collection<LegalHoldRecord> {
  readonly #list: StoredCollection<LegalHoldRecord>;
  readonly #turns: Turns;
  #filters: readonly LegalHoldRecord[] = [];

  constructor(list: StoredCollection<LegalHoldRecord>, turns: Turns) {
    this.#list = list;
    this.#turns = turns;
    this.#look();
  }

  /** Whether there are holds whose filter has to be asked. */
  get hasFilters(): boolean {
    return this.#filters.length > 0;
  }

  /** Those that the message lies under. */
  on(message: PreparedMessage): readonly LegalHoldRecord[] {
    const own = this.ofId(message.id);
    const others = this.#filters.filter((hold) => holdCovers(hold, message));
    return own === undefined ? others : [own, ...others];
  }

  /** The hold of one message, by its id. */
  ofId(id: string): LegalHoldRecord | undefined {
    return this.#list.value(`message ${id}`);
  }

  get(name: string): Promise<LegalHoldRecord | undefined> {
    return this.#list.get(name);
  }

  list(part?: { readonly after: string; readonly limit: number }): ReturnType<Collection<LegalHoldRecord>['list']> {
    return this.#list.list(part);
  }

  async put(name: string, value: LegalHoldRecord): Promise<void> {
    if (name !== legalHoldKey(value)) throw new RangeError(`legalHolds: ${name} is not the key of the hold ${value.name}`);
    await this.#turns.take(() => this.#list.put(name, value));
    this.#look();
  }

  async change(name: string, change: Parameters<Collection<LegalHoldRecord>['change']>[1]): Promise<LegalHoldRecord | undefined> {
    const changed = await this.#turns.take(() => this.#list.change(name, change));
    this.#look();
    return changed;
  }

  async delete(name: string): Promise<boolean> {
    const was = await this.#turns.take(() => this.#list.delete(name));
    this.#look();
    return was;
  }

  #look(): void {
    this.#filters = [...this.#list.values()].filter(({ filter }) => filter !== null);
  }
}
