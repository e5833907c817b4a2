/**
 * Automatic replies that do not end: a responder that answers each mail, or answers itself. Of one
 * recipient so many are kept within a day; more are counted alone, and taken for their sender, for
 * one that is refused would come again, or bounce and be answered in turn.
 *
 * In memory: after a restart as many may be kept once more.
 */
import { LRUCache } from 'lru-cache';
import type { ReportRecord } from '../../domain/ports.ts';

const DAY = 86_400_000;
const KEYS = 20_000;

export interface StormGate {
  /** The one that was kept last, where this one is too many; null: it is to be kept. */
  tooMany(key: string, now: number): ReportRecord | null;
  kept(key: string, report: ReportRecord, now: number): void;
}

export function createStormGate(limit: number): StormGate {
  const counts = new LRUCache<string, { readonly since: number; readonly count: number; readonly last: ReportRecord }>({ max: KEYS });
  const current = (key: string, now: number) => {
    const known = counts.get(key);
    return known === undefined || now - known.since >= DAY ? undefined : known;
  };
  return {
    tooMany(key, now) {
      const known = current(key, now);
      return known !== undefined && known.count >= limit ? known.last : null;
    },
    kept(key, report, now) {
      const known = current(key, now);
      counts.set(key, { since: known?.since ?? now, count: (known?.count ?? 0) + 1, last: report });
    },
  };
}

/** Whose replies are counted together: the recipient's, where it is known; otherwise who replies to what. Null: nobody's. */
export function stormKey(matches: ReportRecord['matches'] = [], to: string | null, sender: string | null): string | null {
  const [match] = matches;
  if (match !== undefined) return `${match.message} ${match.index}`;
  return sender === null ? null : `${sender} ${to ?? ''}`.toLowerCase();
}
