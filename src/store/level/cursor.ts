/** Opaque cursors: where a page ended, and a mark of what was asked, so that one is not used for another list. */
import { createHash } from 'node:crypto';
import { StoreError } from '../../domain/errors.ts';

const MARK_LENGTH = 8;

/** A short mark of what is listed. */
export function markOf(list: string, filter: object): string {
  const sorted = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([list, sorted]))
    .digest('base64url')
    .slice(0, MARK_LENGTH);
}

export function encodeCursor(mark: string, position: string): string {
  return Buffer.from(`1${mark}${position}`).toString('base64url');
}

/** The position, when the cursor has the mark and the position is one. Throws StoreError `bad-cursor`. */
export function decodeCursor(mark: string, cursor: string | undefined, pattern: RegExp): string | null {
  if (cursor === undefined) return null;
  const text = cursor.length > 1024 ? '' : Buffer.from(cursor, 'base64url').toString();
  const position = text.slice(1 + MARK_LENGTH);
  if (text.startsWith(`1${mark}`) && pattern.test(position)) return position;
  throw new StoreError('bad-cursor', 'the cursor was not given for this list with these filters: start without one');
}
