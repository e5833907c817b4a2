/** The register's filters as they stand in the page's address: read leniently, one fault a field. */
import { type AskedFilter, FILTER_FIELDS } from '../api/filter.ts';

export const FILTER_NAMES = [
  'recipient',
  'domain',
  'sender',
  'account',
  'template',
  'document',
  'documentType',
  'contact',
  'administration',
  'stream',
  'tag',
  'messageId',
  'from',
  'to',
] as const;

export type FilterName = (typeof FILTER_NAMES)[number] | 'q' | 'state';

export interface RegisterFilter {
  /** As typed. */
  readonly given: ReadonlyMap<FilterName, string>;
  readonly faults: ReadonlyMap<FilterName, string>;
  readonly filter: AskedFilter;
  readonly cursor: string | null;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY = 86_400_000;

export function readRegisterFilter(query: Readonly<Record<string, string[]>>): RegisterFilter {
  const given = new Map<FilterName, string>();
  const faults = new Map<FilterName, string>();
  const filter: Record<string, unknown> = {};
  for (const name of ['q', 'state', ...FILTER_NAMES] as const) {
    const text = (query[name] ?? []).filter((value) => value.trim() !== '').join(',');
    if (text === '') continue;
    given.set(name, text);
    const result = FILTER_FIELDS[name].safeParse(text);
    if (result.success) filter[name] = result.data;
    else faults.set(name, result.error.issues[0]?.message ?? '');
  }
  // A person who says "to the 24th" means the whole of that day.
  if (typeof filter['to'] === 'number' && DATE.test(given.get('to') ?? '')) filter['to'] += DAY;
  return { given, faults, filter, cursor: query['cursor']?.[0] ?? null };
}

/** The register's address for these filters; `change` replaces or, with null, removes one. */
export function registerPath(given: ReadonlyMap<FilterName, string>, change: Readonly<Record<string, string | null>> = {}): string {
  const parameters = new URLSearchParams([...given]);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
  }
  const query = parameters.toString();
  return query === '' ? '/messages' : `/messages?${query}`;
}
