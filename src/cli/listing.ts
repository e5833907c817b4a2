/** Lists of the API, read page by page: as JSON each item as it comes, for people in one table at the end. */
import type { Api, Query } from './api.ts';
import type { Terminal } from './terminal.ts';

/** Items that one call brings; the API allows no more. */
const PAGE = 500;

export interface Listing<T> {
  readonly path: string;
  readonly query?: Query;
  /** At most so many; without it, all. */
  readonly limit?: number | undefined;
  readonly json?: boolean | undefined;
  /** Said where there is nothing. */
  readonly none: string;
  lines(items: readonly T[]): readonly string[];
}

export async function printList<T>(api: Api, listing: Listing<T>, terminal: Terminal): Promise<{ readonly shown: number }> {
  const { path, query, limit = Number.POSITIVE_INFINITY, json = false, none } = listing;
  const shown: T[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const asked = { ...query, limit: String(Math.min(PAGE, limit - count)), cursor };
    const page: { items: T[]; next: string | null } = await api.get(path, asked);
    count += page.items.length;
    // Printed as they come, so that a list of any length needs no room here.
    if (json) for (const item of page.items) terminal.print(JSON.stringify(item));
    else shown.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && count < limit);
  if (json) return { shown: count };
  if (count === 0) terminal.note(none);
  else for (const line of listing.lines(shown)) terminal.print(line);
  // Every list of the API begins with the newest.
  if (cursor !== undefined) terminal.note(`The newest ${count} are shown; there are more (--limit).`);
  return { shown: count };
}
