/**
 * CSV as RFC 4180 has it: lines end with CRLF, cells that need it stand in quotes, quotes in them are
 * doubled. A cell that a spreadsheet would take for a formula gets an apostrophe in front (R53).
 */
import type { MessageSummary } from '../../domain/message.ts';
import { Blocks } from './blocks.ts';
import { EXPORT_COLUMNS, type ExportCell, looksLikeFormula, TIME_COLUMN, visitRows } from './rows.ts';

/** Lets spreadsheets see that it is UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';
/** Octets handed on at once. */
const BLOCK = 64 * 1024;
const NEEDS_QUOTES = /[",\r\n]/;

/** `rows`: told after each part how many there are so far. */
export async function* csvOf(
  slices: AsyncIterable<readonly MessageSummary[]>,
  options: { readonly byteOrderMark: boolean; readonly rows: (rows: number, summaries: readonly MessageSummary[]) => void },
): AsyncGenerator<Buffer> {
  let rows = 0;
  const blocks = new Blocks(BLOCK);
  blocks.add(`${options.byteOrderMark ? BYTE_ORDER_MARK : ''}${EXPORT_COLUMNS.join(',')}\r\n`);
  for await (const summaries of slices) {
    visitRows(summaries, (row) => {
      blocks.add(lineOf(row));
      rows++;
    });
    options.rows(rows, summaries);
    yield* blocks.take();
  }
  yield* blocks.end();
}

function lineOf(row: readonly ExportCell[]): string {
  let line = '';
  for (let i = 0; i < row.length; i++) {
    const cell = row[i];
    const separator = i === row.length - 1 ? '\r\n' : ',';
    if (typeof cell === 'string' && cell !== '') line += textCell(cell) + separator;
    else if (typeof cell === 'number') line += (i === TIME_COLUMN ? new Date(cell).toISOString() : String(cell)) + separator;
    else line += separator;
  }
  return line;
}

function textCell(text: string): string {
  const inert = looksLikeFormula(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
