/**
 * The register as an Excel workbook (ECMA-376), written as it goes: a sheet is streamed into the zip row
 * by row, and where one is full the next begins. Texts are texts and never formulas (R53); instants are
 * dates of Excel's, in UTC.
 *
 * The quirk of yazl kept here: what is added while a stream of it is read is written after it, so the
 * parts that name all sheets come last.
 */
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { MessageSummary } from '../../domain/message.ts';
import { EXPORT_COLUMNS, type ExportCell, type ExportColumn, looksLikeFormula, TIME_COLUMN, visitRows } from './rows.ts';

/** Rows of a sheet, the heading among them: what Excel takes. */
const SHEET_ROWS = 1_048_576;
/** Characters of a cell that Excel takes. */
const CELL_LIMIT = 32_767;
/** Fast: what is written compresses well anyhow. */
const COMPRESSION = 1;
/** Characters handed on at once. */
const CHUNK = 128 * 1024;

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
): AsyncIterable<Buffer> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  const source = slices[Symbol.asyncIterator]();
  const heading = rowXml(
    EXPORT_COLUMNS.map((column) => options.heading[column]),
    STYLE.heading,
  );
  const sheetRows = options.sheetRows ?? SHEET_ROWS;
  /** Rows that are made and stand in no sheet yet, oldest first. */
  let waiting: string[] = [];
  let rows = 0;
  let sheets = 0;
  let drained = false;

  async function fill(): Promise<void> {
    const { done, value } = await source.next();
    drained = done === true;
    if (value === undefined || drained) return;
    const made: string[] = [];
    visitRows(value, (row) => made.push(rowXml(row)));
    rows += made.length;
    options.rows(rows, value);
    waiting = made;
  }

  async function* sheet(): AsyncGenerator<string> {
    let text = SHEET_HEAD + heading;
    let count = 1;
    while (count < sheetRows) {
      if (waiting.length === 0 && !drained) await fill();
      if (waiting.length === 0 && drained) break;
      const fitting = waiting.splice(0, sheetRows - count);
      count += fitting.length;
      text += fitting.join('');
      if (text.length < CHUNK) continue;
      yield text;
      text = '';
    }
    while (waiting.length === 0 && !drained) await fill();
    if (waiting.length > 0) addSheet();
    else addRest();
    yield `${text}</sheetData><autoFilter ref="A1:${columnName(EXPORT_COLUMNS.length)}${count}"/></worksheet>`;
  }

  function addSheet(): void {
    sheets++;
    const stream = Readable.from(sheet(), { objectMode: false });
    // Whoever left in the middle: what is read for him ends too.
    output.once('close', () => {
      stream.destroy();
      void source.return?.();
    });
    zip.addReadStream(stream, `xl/worksheets/sheet${sheets}.xml`, { compressionLevel: COMPRESSION });
  }

  function addRest(): void {
    for (const [name, xml] of Object.entries(workbookParts(sheets, options.sheetName))) zip.addBuffer(Buffer.from(xml), name);
    zip.end();
  }

  addSheet();
  return output as AsyncIterable<Buffer>;
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

/** The style `quoted` keeps it a text also when somebody edits it. */
function textXml(text: string, given?: number): string {
  if (text === '') return '<c/>';
  const style = given ?? (looksLikeFormula(text) ? STYLE.quoted : undefined);
  const cell = style === undefined ? '<c t="inlineStr"><is>' : `<c t="inlineStr" s="${style}"><is>`;
  return `${cell}${SPACED.test(text) ? '<t xml:space="preserve">' : '<t>'}${escaped(text)}</t></is></c>`;
}

/** Space at an end would be taken off. */
const SPACED = /^\s|\s$/;

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
