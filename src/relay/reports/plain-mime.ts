/**
 * The MIME of most reports: a header and a text, or one multipart of texts that nothing encodes. It is
 * read in one pass, several times as fast as any MIME there may be. Pure.
 *
 *   upstream    mime.ts, which reads by mailparser what this does not
 *   standards   RFC 5322 §2.2, RFC 2046 §5.1
 *   failure     null for whatever is not as plain as that: encoded, nested, 8-bit in the header, HTML,
 *               cut short, or written in a way that is read in more than one way. It never guesses: what it
 *               does read, mailparser would read the same (a test compares them)
 */
import { type Field, readFields } from './fields.ts';

export interface PlainMime {
  readonly headers: readonly Field[];
  readonly contentType: string;
  readonly reportType: string | null;
  readonly subject: string | null;
  /** The texts for people. */
  readonly texts: readonly string[];
  /** What is no text for people; content as it stands in the message, a view of it. */
  readonly parts: readonly { readonly contentType: string; readonly content: Buffer }[];
}

/** More than a report has, or than is worth a second look. */
const PARTS_LIMIT = 20;
const HEADER_LIMIT = 64 * 1024;

/** Where a piece of the message stands. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface Entity {
  readonly fields: readonly Field[];
  readonly type: ContentType;
  readonly body: Span;
}

interface ContentType {
  readonly value: string;
  readonly params: Readonly<Record<string, string>>;
}

/** `bytes`: lines end in LF or CRLF. */
export function readPlainMime(bytes: Buffer): PlainMime | null {
  const source = bytes.toString('latin1');
  const root = entityAt(source, { start: 0, end: source.length });
  if (root === null) return null;
  const { fields, type } = root;
  const subject = fieldText(fields, 'subject');
  // Encoded words (RFC 2047).
  if (subject?.includes('=?')) return null;
  const leaves = type.value.startsWith('multipart/') ? partsOf(source, root) : type.value === 'text/plain' ? [root] : null;
  if (leaves === null) return null;
  const texts: string[] = [];
  const parts: { contentType: string; content: Buffer }[] = [];
  for (const { type: own, body } of leaves) {
    const content = bytes.subarray(body.start, body.end);
    if (own.value !== 'text/plain') parts.push({ contentType: own.value, content });
    else if (isReadAsUtf8(own, source, body)) texts.push(content.toString('utf8').replaceAll('\r\n', '\n'));
    else return null;
  }
  return {
    headers: fields,
    contentType: type.value,
    reportType: type.params['report-type']?.toLowerCase() ?? null,
    subject,
    texts: texts.filter((text) => text !== ''),
    parts,
  };
}

/** A header of fields in ASCII, and the body after it; null: it is not as plain as that. */
function entityAt(source: string, { start, end }: Span): Entity | null {
  const header = headerAt(source, start, end);
  if (header === null) return null;
  const text = source.slice(start, header.end);
  if (/[^\t\r\n\x20-\x7e]/.test(text) || /(?:^|\n)(?![!-9;-~]+:|[ \t]+\S)/.test(text)) return null;
  const fields = readFields(text);
  const type = contentTypeOf(fields);
  return type === null || !isAsItIs(fields) ? null : { fields, type, body: { start: header.next, end } };
}

/** The header ends with its last line; `next`: behind the empty line. */
function headerAt(source: string, start: number, end: number): { readonly end: number; readonly next: number } | null {
  const lf = source.indexOf('\n\n', start);
  const crlf = source.indexOf('\n\r\n', start);
  const at = lf === -1 ? crlf : crlf === -1 ? lf : Math.min(lf, crlf);
  if (at === -1 || at - start > HEADER_LIMIT || at >= end) return null;
  const next = at + (at === crlf ? 3 : 2);
  return next > end ? null : { end: source[at - 1] === '\r' ? at - 1 : at, next };
}

function fieldText(fields: readonly Field[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

/** Nothing says that the content is something else than what stands there. */
function isAsItIs(fields: readonly Field[]): boolean {
  const encoding = fieldText(fields, 'content-transfer-encoding')?.toLowerCase() ?? '7bit';
  return ['7bit', '8bit', 'binary'].includes(encoding) && fieldText(fields, 'content-disposition') === null;
}

/** `type/subtype; name=token; name="quoted"`, once, and nothing else; text/plain where there is none (RFC 2045 §5.2). */
function contentTypeOf(fields: readonly Field[]): ContentType | null {
  const all = fields.filter(({ name }) => name === 'content-type');
  const value = all[0]?.value ?? 'text/plain';
  const match = /^([a-z]+\/[a-z0-9.+-]+)((?:\s*;\s*[a-z-]+=(?:"[^"\\]*"|[^\s;"()=?*'%]+))*)\s*;?$/i.exec(value);
  if (match === null || all.length > 1) return null;
  const params: Record<string, string> = Object.create(null);
  for (const [, name = '', quoted, token] of (match[2] ?? '').matchAll(/;\s*([a-z-]+)=(?:"([^"]*)"|([^\s;"]+))/gi)) {
    const key = name.toLowerCase();
    const text = quoted ?? token ?? '';
    if (key in params || text.includes('=?')) return null;
    params[key] = text;
  }
  if (params['name'] !== undefined || params['format'] !== undefined) return null;
  // Lost its type on the way, perhaps.
  if (params['boundary'] !== undefined && !/^multipart\//i.test(value)) return null;
  return { value: (match[1] ?? '').toLowerCase(), params };
}

/** The parts of a multipart, down to its close; null: one is not plain, or it does not close. */
function partsOf(source: string, { type, body }: Entity): Entity[] | null {
  const boundary = type.params['boundary'];
  if (boundary === undefined || boundary === '' || boundary !== boundary.trim()) return null;
  const spans = spansBetween(source, `--${boundary}`, body);
  const parts: Entity[] = [];
  for (const span of spans ?? []) {
    const part = entityAt(source, span);
    if (part === null || /^(?:multipart|text\/html)/.test(part.type.value)) return null;
    parts.push(part);
  }
  return parts.length === 0 ? null : parts;
}

function spansBetween(source: string, delimiter: string, { start: begin, end }: Span): Span[] | null {
  const spans: Span[] = [];
  let from: number | null = null;
  // The line end before a delimiter belongs to it (RFC 2046 §5.1.1).
  for (let at = source.indexOf(`\n${delimiter}`, begin - 1); at !== -1; at = source.indexOf(`\n${delimiter}`, at + 1)) {
    const lineEnd = source.indexOf('\n', at + 1);
    const rest = source.slice(at + 1 + delimiter.length, lineEnd === -1 ? end : lineEnd);
    if (!/^(?:--)?[ \t]*\r?$/.test(rest)) return null;
    if (from !== null) spans.push({ start: from, end: Math.max(from, source[at - 1] === '\r' ? at - 1 : at) });
    if (rest.startsWith('--')) return from === null ? null : spans;
    if (lineEnd === -1 || spans.length === PARTS_LIMIT) return null;
    from = lineEnd + 1;
  }
  return null;
}

const UTF8 = ['utf-8', 'us-ascii', 'ascii', 'utf8'];
/** They differ from ASCII above it alone. */
const ABOVE_ASCII = /^(?:iso-8859-\d{1,2}|windows-125\d)$/;

function isReadAsUtf8({ params }: ContentType, source: string, { start, end }: Span): boolean {
  const charset = (params['charset'] ?? 'utf-8').toLowerCase();
  if (UTF8.includes(charset)) return true;
  return ABOVE_ASCII.test(charset) && !/[\x80-\xff]/.test(source.slice(start, end));
}
