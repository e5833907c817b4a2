/** Lines of comma-separated values (RFC 4180) that a spreadsheet opens as what they are: text. */

/** Octets in front of a file, by which spreadsheets know UTF-8. */
export const CSV_BOM = '\uFEFF';

/** A cell that begins so is a formula to a spreadsheet, or may become one once white space is taken off. */
const FORMULA = /^[=+\-@\t\r\n]/;
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;

/**
 * A cell: quoted where it has to be (RFC 4180 §2), and with an apostrophe in front of what would be
 * taken for a formula (R53). Null and undefined are the empty cell.
 */
function csvCell(value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '';
  const text = String(value);
  const safe = FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A record with its line end. */
export function csvLine(cells: readonly (string | number | boolean | null | undefined)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}
