/**
 * Which reports bear a fingerprint, so that one that comes again, by the same way or another, after
 * a restart too, is known. Under the fingerprint stand the reports with what each was tied to: a
 * report for several of our addresses comes once for each.
 *
 * Upstream: reports.ts. Operations that write here name the key in `reads`.
 */
import type { ReportId } from '../../domain/ids.ts';
import type { ReportMatch } from '../../domain/ports.ts';
import { decodeJson, encodeJson } from './codec.ts';
import { fingerprintKey } from './keys.ts';
import type { Transaction } from './transaction.ts';

/** `[id, [message and index, …]]`; the second is empty for one of the review list. */
export type Bearer = readonly [id: ReportId, subjects: readonly string[]];

/** What a report is to those that bear its fingerprint. */
export type Sameness =
  | { readonly kind: 'new' }
  /** Nothing changes. */
  | { readonly kind: 'repeated'; readonly id: ReportId }
  /** It is known what the other, of the review list, belongs to. */
  | { readonly kind: 'explains'; readonly id: ReportId };

export function decodeBearers(key: string, value: Buffer | undefined): readonly Bearer[] {
  return value === undefined ? [] : decodeJson<readonly Bearer[]>(key, value);
}

export function samenessOf(bearers: readonly Bearer[], matches: readonly ReportMatch[]): Sameness {
  const [first] = bearers;
  if (first === undefined) return { kind: 'new' };
  if (matches.length === 0) return { kind: 'repeated', id: first[0] };
  const subjects = matches.map(subjectText);
  const same = bearers.find(([, own]) => own.some((subject) => subjects.includes(subject)));
  if (same !== undefined) return { kind: 'repeated', id: same[0] };
  const unexplained = bearers.find(([, own]) => own.length === 0);
  return unexplained === undefined ? { kind: 'new' } : { kind: 'explains', id: unexplained[0] };
}

function subjectText({ message, index }: ReportMatch): string {
  return `${message} ${index}`;
}

/** Notes what a report was tied to. */
export function stageFingerprint(transaction: Transaction, fingerprint: string, id: ReportId, matches: readonly ReportMatch[]): void {
  const key = fingerprintKey(fingerprint);
  const others = decodeBearers(key, transaction.value(key)).filter(([other]) => other !== id);
  transaction.put(key, encodeJson([...others, [id, matches.map(subjectText)] satisfies Bearer]));
}

/** The report is deleted. */
export function unstageFingerprint(transaction: Transaction, fingerprint: string, id: ReportId): void {
  const key = fingerprintKey(fingerprint);
  const others = decodeBearers(key, transaction.value(key)).filter(([other]) => other !== id);
  if (others.length === 0) transaction.del(key);
  else transaction.put(key, encodeJson(others));
}
