/**
 * What goes first at a next hop, by the message's class: an order confirmation does not wait for
 * 50,000 payslips, and the payslips go all the same. Pure.
 */
import { globMatches } from './address.ts';

export const URGENT = 0;
export const NORMAL = 1;
export const BULK = 2;
/** The less, the sooner. */
export type Priority = typeof URGENT | typeof NORMAL | typeof BULK;
export const PRIORITIES: readonly Priority[] = [URGENT, NORMAL, BULK];

/** Patterns of classes; what matches none is of normal priority. */
export interface PriorityPatterns {
  readonly urgent: readonly string[];
  readonly bulk: readonly string[];
}

/** What is sent again is urgent: somebody waits for it. A class that is both is urgent. */
export function priorityOf(subject: { readonly class: string | null; readonly resent: boolean }, patterns: PriorityPatterns): Priority {
  if (subject.resent) return URGENT;
  const name = subject.class;
  if (name === null) return NORMAL;
  if (patterns.urgent.some((pattern) => globMatches(pattern, name))) return URGENT;
  return patterns.bulk.some((pattern) => globMatches(pattern, name)) ? BULK : NORMAL;
}
