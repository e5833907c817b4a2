/**
 * The MIME of a report, taken apart: what is plain in one pass (plain-mime.ts), all else by mailparser, to
 * which this is the adapter.
 *
 *   upstream    parse.ts, inside the worker
 *   downstream  plain-mime.ts, mailparser
 *   failure     rejects on what mailparser refuses (too many parts, too long headers); the report is
 *               kept all the same, see parse.ts
 *
 * Set here because of mailparser: it reads message/delivery-status into the text unless
 * `keepDeliveryStatus`; it may open returned messages and mix their text into ours unless
 * `ignoreEmbedded`; it makes HTML, links and checksums that nobody here needs and that cost a
 * hostile mail's sender nothing. It splits at LF alone, so lone CRs, which some gateways write, are
 * made into LFs first. Header values are read from the raw lines: the parsed ones of addresses are
 * made by an old nodemailer. It brings 130 files along, which the relay's own process never needs:
 * it is loaded by whoever reads the first report that needs it.
 */
import type { Attachment, Headers, StructuredHeader } from 'mailparser';
import { type Field, readFields } from './fields.ts';
import { asLabelled } from './mislabelled.ts';
import { type PlainMime, readPlainMime } from './plain-mime.ts';

export interface ReportPart {
  /** In lower case, without parameters. */
  readonly contentType: string;
  /** Transfer encoding taken off; read as UTF-8, or as Latin-1 where that fails. */
  readonly text: string;
}

export interface ReportMime {
  readonly headers: readonly Field[];
  /** Decoded (RFC 2047). */
  readonly subject: string | null;
  /** In lower case, without parameters. */
  readonly contentType: string;
  /** Of multipart/report (RFC 6522 §3), in lower case. */
  readonly reportType: string | null;
  /** The part for people: plain text, or made from HTML where there is no other. */
  readonly text: string;
  /** What is no text for people, in order. */
  readonly parts: readonly ReportPart[];
}

/**
 * Octets of a message that are read. Structure, text and the returned header stand in front; what
 * makes a report big is the message it returns.
 */
const HEAD_LIMIT = 4 * 1024 * 1024;

/** What is read of it: no copy. */
export function headOf(raw: Buffer): Buffer {
  return raw.subarray(0, HEAD_LIMIT);
}

/** Characters of the text that are looked at: a report says what it has to say at its beginning. */
const TEXT_LIMIT = 64 * 1024;
/** Of a returned message its header matters. */
const PART_LIMIT = 256 * 1024;
const PARTS_LIMIT = 50;

export async function readMime(raw: Buffer): Promise<ReportMime> {
  const bytes = withoutBlankStart(withLineFeeds(headOf(raw)));
  const plain = readPlainMime(bytes);
  const mime = plain === null ? await readAnyMime(bytes) : fromPlain(plain, bytes);
  const labelled = mime.text.includes('\ufffd') ? asLabelled(bytes) : null;
  return labelled === null ? mime : readAnyMime(labelled);
}

function fromPlain({ headers, subject, contentType, reportType, texts, parts }: PlainMime, bytes: Buffer): ReportMime {
  const text = texts.join('\n');
  return {
    headers,
    subject,
    contentType,
    reportType,
    text: textOf({ text, attachments: parts }, bytes).slice(0, TEXT_LIMIT),
    parts: parts.slice(0, PARTS_LIMIT).map(({ contentType: type, content }) => ({
      contentType: type,
      text: decode(content.subarray(0, PART_LIMIT)),
    })),
  };
}

/** By mailparser; `bytes`: lines end in LF or CRLF, and do not begin with an empty one. */
export async function readAnyMime(bytes: Buffer): Promise<ReportMime> {
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(bytes, {
    keepDeliveryStatus: true,
    ignoreEmbedded: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipImageLinks: true,
    keepCidLinks: true,
    checksumAlgo: false,
    maxHtmlLengthToParse: TEXT_LIMIT,
    maxChildNodes: 200,
  });
  const headers = mail.headerLines.flatMap(({ line }) => readFields(line));
  const structured = contentTypeOf(mail.headers);
  return {
    headers,
    subject: mail.subject ?? null,
    contentType: (structured?.value ?? 'text/plain').toLowerCase(),
    reportType: structured?.params['report-type']?.toLowerCase() ?? null,
    text: `${mislabelled(mail.attachments)}${textOf(mail, bytes)}`.slice(0, TEXT_LIMIT),
    parts: mail.attachments.slice(0, PARTS_LIMIT).map(({ contentType: type, content }) => ({
      // mailparser has `false` where the field is empty.
      contentType: (type || 'application/octet-stream').toLowerCase(),
      text: decode(content.subarray(0, PART_LIMIT)),
    })),
  };
}

/** A multipart whose boundary is lost on the way has neither text nor parts: then all of it is text. */
function textOf(
  { text, attachments }: { readonly text?: string | undefined; readonly attachments: readonly unknown[] },
  bytes: Buffer,
): string {
  if (text?.trim()) return text;
  return attachments.length > 0 ? '' : bodyOf(bytes);
}

/** Text for people that is taken for a file, because the semicolon behind `text/plain` is lost. */
function mislabelled(attachments: readonly Pick<Attachment, 'contentType' | 'content'>[]): string {
  return attachments
    .map(({ contentType, content }) => ({ lost: /^text\/plain\s+(.*)$/is.exec(contentType)?.[1], content }))
    .filter(({ lost }) => lost !== undefined)
    .map(({ lost, content }) => `${decode(content.subarray(0, PART_LIMIT), charsetIn(lost ?? ''))}\n`)
    .join('');
}

function charsetIn(parameters: string): string | null {
  return /\bcharset\s*=\s*"?([\w.:-]+)/i.exec(parameters)?.[1] ?? null;
}

function bodyOf(bytes: Buffer): string {
  const text = decode(bytes.subarray(0, PART_LIMIT)).replaceAll('\r\n', '\n');
  const end = text.indexOf('\n\n');
  return end === -1 ? '' : text.slice(end + 2);
}

function contentTypeOf(headers: Headers): StructuredHeader | null {
  const value = headers.get('content-type');
  return typeof value === 'object' && 'params' in value ? (value as StructuredHeader) : null;
}

const CR = 0x0d;
const LF = 0x0a;

/**
 * Lone CRs become LFs; everything else stays, but CRCRLF, where the first line ends so: what wrote it
 * made CRLF of the LFs of lines that had it already, and each would be two ends and end the header.
 * One pass whatever it holds: megabytes of CRs are nothing special.
 */
export function withLineFeeds(raw: Buffer): Buffer {
  const first = firstLoneCr(raw);
  if (first === -1) return raw;
  const doubled = raw[first + 1] === CR && raw[first + 2] === LF && raw.indexOf(LF) === first + 2;
  if (doubled)
    return Buffer.from(
      raw
        .toString('latin1')
        .replaceAll('\r\r\n', '\r\n')
        .replace(/\r(?!\n)/g, '\n'),
      'latin1',
    );
  const copy = Buffer.from(raw);
  for (let at = first; at < copy.length; at++) {
    if (copy[at] === CR && copy[at + 1] !== LF) copy[at] = LF;
  }
  return copy;
}

/** Blank lines before the header would leave it without one. */
function withoutBlankStart(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at++;
  return bytes.subarray(at);
}

function firstLoneCr(raw: Buffer): number {
  for (let at = raw.indexOf(CR); at !== -1; at = raw.indexOf(CR, at + 2)) {
    if (raw[at + 1] !== LF) return at;
  }
  return -1;
}

/** By its label where that is known; else as UTF-8, or as Latin-1 where that fails. */
function decode(content: Buffer, charset: string | null = null): string {
  const text = charset === null ? null : decodeAs(charset, content);
  if (text !== null) return text;
  const utf8 = content.toString('utf8');
  return utf8.includes('\ufffd') ? content.toString('latin1') : utf8;
}

function decodeAs(charset: string, content: Buffer): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(content);
  } catch {
    // No charset of this name, or octets that are none of it: the label is wrong.
    return null;
  }
}
