/**
 * Suppression by evidence, in the commit of the evidence (domain/suppression.ts): what is kept of an
 * address' failures, read beforehand, and the entry in the list.
 *
 * Upstream: apply, recordReport and linkReport. What a person lifts is noted with the failures, so
 * that evidence from before counts no more.
 */
import { normalizeAddress } from '../../domain/address.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { EvidenceItem, SuppressionRecord } from '../../domain/ports.ts';
import type { Transition } from '../../domain/recipient.ts';
import {
  concernsSuppression,
  type FailureHistory,
  judgeSuppression,
  NO_FAILURES,
  type SuppressionPolicy,
} from '../../domain/suppression.ts';
import { decodeJson, encodeJson } from './codec.ts';
import type { StoredCollection } from './collections.ts';
import type { Database } from './database.ts';
import { after, collectionKey, collectionRange } from './keys.ts';
import type { StoredMessage } from './records.ts';
import type { Transaction } from './transaction.ts';

export interface Applied {
  readonly transitions: readonly Transition[];
  /** To be remembered by the collection once they are committed. */
  readonly suppressions: readonly SuppressionRecord[];
}

export function failuresKey(address: string): string {
  return collectionKey('failures', address);
}

export class Suppressing {
  readonly #list: StoredCollection<SuppressionRecord>;
  readonly #policy: () => SuppressionPolicy | null;

  /** `policy`: as it is configured now; null: evidence suppresses nobody. */
  constructor(parts: {
    readonly list: StoredCollection<SuppressionRecord>;
    readonly policy: () => SuppressionPolicy | null;
  }) {
    this.#list = parts.list;
    this.#policy = parts.policy;
  }

  /** Keys that applying these needs read; `messages`: those that the items name. */
  reads(items: readonly EvidenceItem[], messages: ReadonlyMap<MessageId, StoredMessage>): readonly string[] {
    if (this.#policy()?.automatic !== true) return [];
    const concerned = items.filter(({ evidence }) => concernsSuppression(evidence));
    const addresses = concerned.flatMap(({ message, index }) => messages.get(message)?.recipients[index]?.address ?? []);
    return [...new Set(addresses.map((address) => failuresKey(normalizeAddress(address))))];
  }

  /** Applies evidence in its order, with what it makes of the list. */
  apply(transaction: Transaction, items: readonly EvidenceItem[], now: number): Applied {
    const policy = this.#policy();
    const transitions: Transition[] = [];
    const suppressions: SuppressionRecord[] = [];
    for (const item of items) {
      const stored = transaction.message(item.message);
      const before = stored?.recipients[item.index];
      const result = transaction.apply(item, now);
      if (stored === undefined || before === undefined || result === undefined) continue;
      transitions.push(result);
      if (policy === null || !result.changed || !concernsSuppression(item.evidence)) continue;
      const address = normalizeAddress(before.address);
      const history = this.#history(transaction, address);
      const listed = this.#listed(transaction, address);
      const { message } = stored;
      const verdict = judgeSuppression({ policy, message, before, evidence: item.evidence, history, listed, now });
      if (verdict.history !== null) transaction.put(failuresKey(address), encodeJson(verdict.history));
      if (verdict.suppression === null) continue;
      this.#list.stage(transaction, address, verdict.suppression);
      suppressions.push(verdict.suppression);
    }
    return { transitions, suppressions };
  }

  /** After the commit: from now on claims go by it. */
  remember({ suppressions, transitions }: Applied): readonly Transition[] {
    for (const suppression of suppressions) this.#list.remember(suppression.address, suppression);
    return transitions;
  }

  #history(transaction: Transaction, address: string): FailureHistory {
    const key = failuresKey(address);
    const value = transaction.value(key);
    return value === undefined ? NO_FAILURES : decodeJson<FailureHistory>(key, value);
  }

  /** What this commit has staged is not in memory yet. */
  #listed(transaction: Transaction, address: string): SuppressionRecord | undefined {
    const key = collectionKey('suppressions', address);
    const staged = transaction.value(key);
    return staged === undefined ? this.#list.value(address) : decodeJson<SuppressionRecord>(key, staged);
  }
}

/** A person lifted it: what happened before counts no more. */
export function stageLifted(transaction: Transaction, address: string): void {
  transaction.put(failuresKey(address), encodeJson({ failures: [], since: transaction.now } satisfies FailureHistory));
}

/** Addresses of which failures may be kept. */
export function failureKeysOf({ recipients }: StoredMessage): string[] {
  return recipients
    .filter(({ failure, reports, state }) => failure !== null || reports.length > 0 || state === 'failed')
    .map(({ address }) => failuresKey(normalizeAddress(address)));
}

/** The message is deleted: nobody's failures name it any more. The operation names `failureKeysOf` in `reads`. */
export function unstageFailures(transaction: Transaction, message: StoredMessage): void {
  for (const key of failureKeysOf(message)) {
    const value = transaction.value(key);
    if (value === undefined) continue;
    const history = decodeJson<FailureHistory>(key, value);
    stageHistory(transaction, key, { ...history, failures: history.failures.filter((one) => one.message !== message.message.id) });
  }
}

function stageHistory(transaction: Transaction, key: string, history: FailureHistory): void {
  if (history.failures.length === 0 && history.since === 0) transaction.del(key);
  else transaction.put(key, encodeJson(history));
}

/** Keys with histories that say nothing any more: all in them is older than `before`, Unix milliseconds. */
export async function* staleHistories(database: Database, before: number, limit: number): AsyncGenerator<readonly string[]> {
  let last: string | null = null;
  for (;;) {
    const entries: [string, Buffer][] = await database.entries({ ...after(collectionRange('failures'), last), limit });
    const stale = entries.filter(([key, value]) => isStale(decodeJson<FailureHistory>(key, value), before));
    if (stale.length > 0) yield stale.map(([key]) => key);
    if (entries.length < limit) return;
    last = entries.at(-1)?.[0] ?? null;
  }
}

export function isStale({ failures, since }: FailureHistory, before: number): boolean {
  return since < before && failures.every(({ at }) => at < before);
}
