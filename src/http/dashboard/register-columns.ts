/** The columns of the register: state and message always, the others as the reader chose; kept in a cookie. */
import { getCookie } from 'hono/cookie';
import type { AppContext } from '../environment.ts';

/** In the order in which they stand. */
export const COLUMNS = [
  'recipient',
  'reference',
  'template',
  'contact',
  'tags',
  'account',
  'sender',
  'size',
  'messageId',
  'accepted',
] as const;
export type ColumnName = (typeof COLUMNS)[number];

export const STANDARD_COLUMNS: readonly ColumnName[] = ['reference', 'account', 'accepted'];

export const COLUMNS_COOKIE = 'relais_columns';

/** Those of the names that are columns, in their order; none: only what always stands there. */
export function asColumns(names: readonly string[]): readonly ColumnName[] {
  return COLUMNS.filter((column) => names.includes(column));
}

export function columnsOf(c: AppContext): readonly ColumnName[] {
  const kept = getCookie(c, COLUMNS_COOKIE);
  return kept === undefined ? STANDARD_COLUMNS : asColumns(kept.split('.'));
}
