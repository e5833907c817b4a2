/**
 * What signals remember, in memory: open and lately closed signals, the recipients that they wait
 * for, what rules counted. Changed by the decider, and written by the follower together with the
 * position that it was decided at; where that commit fails, the book is read anew.
 */
import type { MessageId } from '../domain/ids.ts';
import type { Store } from '../domain/ports.ts';
import type { SignalChanges, SignalId, SignalMember, SignalRecord } from '../domain/signal.ts';

export type BookStore = Pick<Store, 'signalRecords' | 'signalMembers' | 'signalStates'>;

/** Recipients that are followed for all signals together; past it, signals no longer close by themselves. */
export const MEMBER_LIMIT = 100_000;

export class SignalBook {
  readonly #records = new Map<SignalId, SignalRecord>();
  /** Of those that are not closed. */
  readonly #byKey = new Map<string, SignalId>();
  readonly #openOf = new Map<string, number>();
  /** By message, by recipient: who waits for it. */
  readonly #members = new Map<MessageId, Map<number, Set<SignalId>>>();
  readonly #membersOf = new Map<SignalId, Map<string, { readonly message: MessageId; readonly index: number }>>();
  readonly #states = new Map<string, object>();
  #memberCount = 0;
  #changed = {
    signals: new Map<SignalId, SignalRecord>(),
    forgotten: new Set<SignalId>(),
    members: new Map<string, SignalMember | null>(),
    states: new Map<string, object | null>(),
  };
  #nextAt: number | null | undefined;

  static async load(store: BookStore): Promise<SignalBook> {
    const book = new SignalBook();
    for (const { value } of await store.signalRecords.list()) book.#take(value);
    for (const { name } of await store.signalMembers.list()) {
      const [id = '', message = '', index = ''] = name.split(' ');
      book.#follow(id as SignalId, message as MessageId, Number(index));
    }
    for (const { name, value } of await store.signalStates.list()) book.#states.set(name, value);
    return book;
  }

  // ── Signals ──

  get(id: SignalId): SignalRecord | undefined {
    return this.#records.get(id);
  }

  all(): Iterable<SignalRecord> {
    return this.#records.values();
  }

  get size(): number {
    return this.#records.size;
  }

  openFor(rule: string, key: string): SignalRecord | undefined {
    const id = this.#byKey.get(`${rule} ${key}`);
    return id === undefined ? undefined : this.#records.get(id);
  }

  /** How many of the rule are not closed. */
  openCount(rule: string): number {
    return this.#openOf.get(rule) ?? 0;
  }

  put(record: SignalRecord): void {
    this.#take(record);
    this.#changed.signals.set(record.id, record);
    if (record.state === 'closed') this.#dropMembers(record.id);
  }

  forget(id: SignalId): void {
    this.#records.delete(id);
    this.#changed.signals.delete(id);
    this.#changed.forgotten.add(id);
  }

  #take(record: SignalRecord): void {
    const before = this.#records.get(record.id);
    const wasOpen = before !== undefined && before.state !== 'closed';
    const isOpen = record.state !== 'closed';
    const name = `${record.rule} ${record.key}`;
    if (wasOpen !== isOpen) this.#openOf.set(record.rule, (this.#openOf.get(record.rule) ?? 0) + (isOpen ? 1 : -1));
    if (isOpen) this.#byKey.set(name, record.id);
    else if (this.#byKey.get(name) === record.id) this.#byKey.delete(name);
    this.#records.set(record.id, record);
    this.#nextAt = undefined;
  }

  /** Unix milliseconds at which a signal is to be looked at; null: none is. */
  get nextAt(): number | null {
    if (this.#nextAt !== undefined) return this.#nextAt;
    let next: number | null = null;
    for (const { nextAt } of this.#records.values()) if (nextAt !== null && (next === null || nextAt < next)) next = nextAt;
    this.#nextAt = next;
    return next;
  }

  due(now: number): readonly SignalRecord[] {
    const { nextAt } = this;
    if (nextAt === null || nextAt > now) return [];
    return [...this.#records.values()].filter((record) => record.nextAt !== null && record.nextAt <= now);
  }

  // ── Recipients that signals wait for ──

  get memberCount(): number {
    return this.#memberCount;
  }

  /** Signals that wait for this recipient. */
  waitingFor(message: MessageId, index: number): ReadonlySet<SignalId> {
    return this.#members.get(message)?.get(index) ?? NOBODY;
  }

  /** Recipients of the message that are waited for. */
  waitedOf(message: MessageId): readonly number[] {
    return [...(this.#members.get(message)?.keys() ?? [])];
  }

  addMember(id: SignalId, message: MessageId, index: number, at: number): void {
    this.#follow(id, message, index);
    this.#changed.members.set(memberName(id, message, index), { at });
  }

  removeMember(id: SignalId, message: MessageId, index: number): void {
    const recipients = this.#members.get(message);
    const waiting = recipients?.get(index);
    if (waiting === undefined || !waiting.delete(id)) return;
    this.#memberCount--;
    if (waiting.size === 0) recipients?.delete(index);
    if (recipients?.size === 0) this.#members.delete(message);
    const name = memberName(id, message, index);
    this.#membersOf.get(id)?.delete(name);
    this.#changed.members.set(name, null);
  }

  #follow(id: SignalId, message: MessageId, index: number): void {
    const recipients = this.#members.get(message) ?? new Map<number, Set<SignalId>>();
    this.#members.set(message, recipients);
    const waiting = recipients.get(index) ?? new Set<SignalId>();
    recipients.set(index, waiting);
    if (waiting.has(id)) return;
    waiting.add(id);
    this.#memberCount++;
    const own = this.#membersOf.get(id) ?? new Map<string, { readonly message: MessageId; readonly index: number }>();
    this.#membersOf.set(id, own.set(memberName(id, message, index), { message, index }));
  }

  #dropMembers(id: SignalId): void {
    for (const { message, index } of [...(this.#membersOf.get(id)?.values() ?? [])]) this.removeMember(id, message, index);
    this.#membersOf.delete(id);
  }

  // ── What rules remember ──

  state<T extends object>(name: string): T | undefined {
    return this.#states.get(name) as T | undefined;
  }

  setState(name: string, value: object | null): void {
    if (value === null) this.#states.delete(name);
    else this.#states.set(name, value);
    this.#changed.states.set(name, value);
  }

  stateNames(): readonly string[] {
    return [...this.#states.keys()];
  }

  // ── Writing ──

  /** Whether something has changed that must not wait: a signal or its recipients. */
  get changed(): boolean {
    const { signals, forgotten, members } = this.#changed;
    return signals.size + forgotten.size + members.size > 0;
  }

  /** All that has changed since `written`. */
  changes(): SignalChanges {
    const { signals, forgotten, members, states } = this.#changed;
    return {
      signals: [...signals.values()],
      forgotten: [...forgotten],
      members: [...members].map(([name, value]) => ({ name, value })),
      states: [...states].map(([name, value]) => ({ name, value })),
    };
  }

  written(): void {
    for (const part of Object.values(this.#changed)) part.clear();
  }
}

const NOBODY: ReadonlySet<SignalId> = new Set();

function memberName(id: SignalId, message: MessageId, index: number): string {
  return `${id} ${message} ${index}`;
}
