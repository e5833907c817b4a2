/**
 * The values of XML documents, attached as they are or in a PDF (Factur-X, ZUGFeRD): the adapters to
 * fast-xml-parser and pdf-lib. Runs in the worker, for both can be kept busy by who means to.
 *
 * Set here because of fast-xml-parser: entities are not expanded (a document of a few lines could
 * become gigabytes), documents with a DTD are not read at all, and of long texts (attached files in
 * base64) nothing is left before it sees them. It takes what is cut off for a document, which a large
 * one needs. pdf-lib writes to the console, which the worker has none of, and is loaded with the first PDF.
 */
import { XMLParser } from 'fast-xml-parser';
import type { XmlValues } from '../../domain/reference-rules.ts';
import type { DocumentFile } from './mail-reading.ts';

/** Characters of a document that are read, long texts taken out. */
const XML_LIMIT = 256 * 1024;
/** Characters of a text, or of a tag or comment, that are no value and no name. */
const LONG = 4096;
const DEPTH_LIMIT = 20;
const VALUES_LIMIT = 2000;
const VALUE_LIMIT = 1000;
/** Octets of one XML document in a PDF, and how many are read. */
const EMBEDDED_LIMIT = 10 * 1024 * 1024;
const EMBEDDED_FILES = 5;

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: true,
  maxNestedTags: 60,
});

/** Of each document its values; of what is none, or can not be read, nothing. */
export async function readDocuments(files: readonly DocumentFile[]): Promise<XmlValues[]> {
  const documents: XmlValues[] = [];
  for (const { kind, octets } of files) {
    const texts = kind === 'xml' ? [octets] : await embeddedXml(octets);
    for (const text of texts) {
      const values = xmlValues(decode(text));
      if (values !== null) documents.push(values);
    }
  }
  return documents;
}

/** UTF-8, or UTF-16 with its byte order mark (XML 1.0 §4.3.3); anything else has what matters in ASCII. */
function decode(octets: Buffer): string {
  if (octets[0] === 0xff && octets[1] === 0xfe) return octets.toString('utf16le', 2);
  if (octets[0] === 0xfe && octets[1] === 0xff)
    return Buffer.from(octets.subarray(2, octets.length & ~1))
      .swap16()
      .toString('utf16le');
  return octets.toString('utf8');
}

/** Null: no document, or one that is not read. */
export function xmlValues(text: string): XmlValues | null {
  const short = shortened(text);
  if (!/^\ufeff?\s*</.test(short) || /<!DOCTYPE/i.test(short)) return null;
  try {
    const values = new Map<string, string>();
    collect(withoutEnvelope(parser.parse(short)), '', 0, values);
    return values.size === 0 ? null : values;
  } catch {
    return null;
  }
}

/** As much as is read, without what is too long to be a value: one pass, whatever the text. */
function shortened(text: string): string {
  let short = '';
  for (let at = 0; at < text.length && short.length < XML_LIMIT; ) {
    const open = text.indexOf('<', at);
    const tag = open === -1 ? text.length : open;
    if (tag - at < LONG) short += text.slice(at, tag);
    const close = text.indexOf('>', tag);
    const end = close === -1 ? text.length : close + 1;
    if (end - tag < LONG) short += text.slice(tag, end);
    at = end;
  }
  return short.slice(0, XML_LIMIT);
}

/** Peppol's envelope is not the document (Business Message Envelope, SBDH). */
function withoutEnvelope(parsed: unknown): unknown {
  if (!isElement(parsed)) return parsed;
  const { '?xml': _, ...root } = parsed;
  const envelope = root['StandardBusinessDocument'];
  if (!isElement(envelope)) return root;
  const { StandardBusinessDocumentHeader: __, ...document } = envelope;
  return document;
}

function isElement(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of what is repeated counts: lines of a document have ids of their own, further down. */
function collect(value: unknown, path: string, depth: number, values: Map<string, string>): void {
  if (values.size >= VALUES_LIMIT || depth > DEPTH_LIMIT) return;
  if (Array.isArray(value)) collect(value[0], path, depth, values);
  else if (typeof value === 'string' && value !== '' && path !== '') values.set(path, unescaped(value.slice(0, VALUE_LIMIT)));
  if (!isElement(value)) return;
  for (const [name, child] of Object.entries(value)) {
    if (name === '#text') collect(child, path, depth, values);
    else collect(child, path === '' ? name : `${path}/${name}`, depth + 1, values);
  }
}

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** XML 1.0 §4.6, and character references; nothing else is expanded. */
function unescaped(text: string): string {
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/g,
    (whole, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return PREDEFINED[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

async function embeddedXml(pdf: Buffer): Promise<Buffer[]> {
  const { PDFDocument } = await import('@cantoo/pdf-lib');
  try {
    const loaded = await PDFDocument.load(pdf, { updateMetadata: false, warnOnInvalidObjects: false });
    return loaded
      .getAttachments()
      .filter(({ name, mimeType }) => /\.xml$/i.test(name) || /\bxml\b/i.test(mimeType ?? ''))
      .slice(0, EMBEDDED_FILES)
      .map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength))
      .filter(({ length }) => length <= EMBEDDED_LIMIT);
  } catch {
    // No PDF, or one with a password.
    return [];
  }
}
