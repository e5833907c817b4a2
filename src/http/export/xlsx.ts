/**
 * The register as an Excel workbook (ECMA-376), written as it goes: a sheet is streamed into the zip row
 * by row, and where one is full the next begins. Texts are texts and never formulas (R53); instants are
 * dates of Excel's, in UTC.
 */
import type { MessageSummary } from '../../domain/message.ts';
import { Blocks } from './blocks.ts';
import { EXPORT_COLUMNS, type ExportCell, type ExportColumn, looksLikeFormula, TIME_COLUMN, visitRows } from './rows.ts';
import { type ZipEntry, zipOf } from './zip.ts';

/** Rows of a sheet, the heading among them: what Excel takes. */
const SHEET_ROWS = 1_048_576;
/** Characters of a cell that Excel takes. */
const CELL_LIMIT = 32_767;
/** Octets of a sheet: the zip takes 4 GiB. */
const SHEET_OCTETS = 4_000_000_000;
/** Octets that are compressed at once. */
const BLOCK = 512 * 1024;

/** Of `styles.xml`. */
const STYLE = { date: 1, quoted: 2, heading: 3 } as const;

export function xlsxOf(
  slices: AsyncIterable<readonly MessageSummary[]>,
  options: {
    readonly rows: (rows: number, summaries: readonly MessageSummary[]) => void;
    /** Of the heading; the workbook is for people. */
    readonly heading: Readonly<Record<ExportColumn, string>>;
    readonly sheetName: string;
    /** For tests: fewer than Excel takes. */
    readonly sheetRows?: number;
  },
): AsyncGenerator<Buffer> {
  return zipOf(partsOf(slices, options));
}

/** The sheets, as many as it takes, and behind them what names them. */
async function* partsOf(slices: Parameters<typeof xlsxOf>[0], options: Parameters<typeof xlsxOf>[1]): AsyncGenerator<ZipEntry> {
  const source = new RowSource(slices, options.rows);
  let sheets = 0;
  try {
    do {
      sheets++;
      yield { name: `xl/worksheets/sheet${sheets}.xml`, content: sheetOf(source, options) };
    } while (await source.more());
  } finally {
    await source.leave();
  }
  for (const [name, xml] of Object.entries(workbookParts(sheets, options.sheetName))) yield { name, content: [Buffer.from(xml)] };
}

/** Rows as they are read, made to XML. */
class RowSource {
  readonly #slices: AsyncIterator<readonly MessageSummary[]>;
  readonly #told: (rows: number, summaries: readonly MessageSummary[]) => void;
  /** Made, and in no sheet yet, oldest first. */
  #waiting: string[] = [];
  #rows = 0;
  #drained = false;

  constructor(slices: AsyncIterable<readonly MessageSummary[]>, told: (rows: number, summaries: readonly MessageSummary[]) => void) {
    this.#slices = slices[Symbol.asyncIterator]();
    this.#told = told;
  }

  /** Whether there is a row left. */
  async more(): Promise<boolean> {
    while (this.#waiting.length === 0 && !this.#drained) await this.#fill();
    return this.#waiting.length > 0;
  }

  /** Some rows, at most so many; none: there are no more. */
  async take(most: number): Promise<readonly string[]> {
    await this.more();
    if (this.#waiting.length > most) return this.#waiting.splice(0, most);
    const all = this.#waiting;
    this.#waiting = [];
    return all;
  }

  async leave(): Promise<void> {
    await this.#slices.return?.();
  }

  async #fill(): Promise<void> {
    const { done, value } = await this.#slices.next();
    if (done === true) {
      this.#drained = true;
      return;
    }
    const made: string[] = [];
    visitRows(value, (row) => made.push(rowXml(row)));
    this.#rows += made.length;
    this.#told(this.#rows, value);
    this.#waiting = made;
  }
}

async function* sheetOf(
  source: RowSource,
  { heading, sheetRows = SHEET_ROWS }: Pick<Parameters<typeof xlsxOf>[1], 'heading' | 'sheetRows'>,
): AsyncGenerator<Buffer> {
  const names = EXPORT_COLUMNS.map((column) => heading[column]);
  const blocks = new Blocks(BLOCK);
  blocks.add(SHEET_HEAD);
  blocks.add(rowXml(names, STYLE.heading));
  let count = 1;
  while (count < sheetRows && blocks.octets < SHEET_OCTETS) {
    const rows = await source.take(sheetRows - count);
    if (rows.length === 0) break;
    count += rows.length;
    for (const row of rows) blocks.add(row);
    yield* blocks.take();
  }
  blocks.add(`</sheetData><autoFilter ref="A1:${columnName(EXPORT_COLUMNS.length)}${count}"/></worksheet>`);
  yield* blocks.end();
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

const WIDTHS: Readonly<Partial<Record<ExportColumn, number>>> = {
  acceptedAt: 19,
  id: 28,
  recipient: 32,
  subject: 48,
  sender: 28,
  messageId: 36,
  supersedes: 28,
};

const SHEET_HEAD = `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${EXPORT_COLUMNS.map(
  (column, i) => `<col min="${i + 1}" max="${i + 1}" width="${WIDTHS[column] ?? 15}" customWidth="1"/>`,
).join('')}</cols><sheetData>`;

/** Days from Excel's beginning of time to that of Unix; from March 1900 on, right. */
const EPOCH = 25_569;
const DAY = 86_400_000;

function rowXml(row: readonly ExportCell[], style?: number): string {
  let xml = '<row>';
  for (let i = 0; i < row.length; i++) {
    const cell = row[i];
    if (typeof cell === 'string') xml += textXml(cell, style);
    else if (typeof cell === 'number')
      xml += i === TIME_COLUMN ? `<c s="${STYLE.date}"><v>${cell / DAY + EPOCH}</v></c>` : `<c><v>${cell}</v></c>`;
    else xml += '<c/>';
  }
  return `${xml}</row>`;
}

/**
 * The style `quoted` keeps it a text also when somebody edits it. Most take the short form, which is half
 * of what there is to compress: a text as its value (ECMA-376 §18.18.11), of which space at an end would
 * be taken off.
 */
function textXml(text: string, given?: number): string {
  if (text === '') return '<c/>';
  const style = given ?? (looksLikeFormula(text) ? STYLE.quoted : undefined);
  const spaced = text.charCodeAt(0) <= SPACE || text.charCodeAt(text.length - 1) <= SPACE;
  if (style === undefined && !spaced) return `<c t="str"><v>${escaped(text)}</v></c>`;
  const cell = style === undefined ? '<c t="inlineStr"><is>' : `<c t="inlineStr" s="${style}"><is>`;
  return `${cell}${spaced ? '<t xml:space="preserve">' : '<t>'}${escaped(text)}</t></is></c>`;
}

/** What XML holds for space is this and below. */
const SPACE = 32;

/** XML 1.0 has no place for these; and `_x0041_` would be read as an A. */
const UNUSUAL = /[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9a-f]{4}_/i;
const SPECIAL =
  /[&<>]|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|_(?=x[0-9a-f]{4}_)/gi;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', _: '_x005F_' };

function escaped(text: string): string {
  const whole = text.length > CELL_LIMIT ? `${text.slice(0, CELL_LIMIT - 1)}…` : text;
  return UNUSUAL.test(whole) ? whole.replace(SPECIAL, (found) => ENTITIES[found] ?? '\ufffd') : whole;
}

function columnName(column: number): string {
  return column <= 26 ? String.fromCharCode(64 + column) : columnName(Math.floor((column - 1) / 26)) + columnName(((column - 1) % 26) + 1);
}

/** All that stands around the sheets. */
function workbookParts(sheets: number, sheetName: string): Readonly<Record<string, string>> {
  const numbers = Array.from({ length: sheets }, (_, i) => i + 1);
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  return {
    'xl/styles.xml': `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf xfId="0"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/><xf xfId="0" quotePrefix="1"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs></styleSheet>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${numbers
      .map((n) => `<sheet name="${escaped(sheetName).slice(0, 24)}${n === 1 ? '' : ` ${n}`}" sheetId="${n}" r:id="rId${n}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships">${numbers
      .map((n) => `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`)
      .join('')}<Relationship Id="rId${sheets + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    '[Content_Types].xml': `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${type}.styles+xml"/>${numbers
      .map((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${type}.worksheet+xml"/>`)
      .join('')}</Types>`,
  };
}
