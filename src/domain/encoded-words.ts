/**
 * Text of a header field as people read it: encoded words (RFC 2047) decoded, raw octets taken as
 * UTF-8 (RFC 6532) or else as Windows-1252. Pure, linear, never throws: what cannot be decoded stays
 * as it came. Only for showing and searching; the message itself is never touched.
 */
import { isUtf8 } from 'node:buffer';

/** RFC 2047 §2, with the language of RFC 2231 §5. */
const ENCODED_WORD = /=\?([A-Za-z0-9._:+-]{1,64})(?:\*[A-Za-z0-9-]{0,32})?\?([BbQq])\?([^?\s]*)\?=/g;
const NON_ASCII = /[\x80-\xff]/;
const CONTROLS = /[\x00-\x1f\x7f-\x9f]+/g;
const BLANK = /^[ \t]+$/;

/**
 * Decodes an unfolded field body. `raw` holds one octet a character (latin1), as it came. Control
 * characters become spaces; the result is cut at `limit` characters.
 */
export function decodeFieldText(raw: string, limit: number): string {
  const text = raw.includes('=?') ? decodeWords(raw) : rawText(raw);
  return clip(text.replace(CONTROLS, ' ').trim(), limit);
}

/** Cuts at `limit` UTF-16 units without splitting a character. */
function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}

function rawText(raw: string): string {
  if (!NON_ASCII.test(raw)) return raw;
  const octets = Buffer.from(raw, 'latin1');
  return isUtf8(octets) ? octets.toString('utf8') : new TextDecoder('windows-1252').decode(octets);
}

interface Word {
  readonly charset: string;
  octets: Buffer;
  /** As it came, for a charset that nobody knows. */
  source: string;
}

function decodeWords(raw: string): string {
  let text = '';
  let end = 0;
  let open: Word | null = null;
  for (const match of raw.matchAll(ENCODED_WORD)) {
    const [source, charset = '', encoding = '', payload = ''] = match;
    const between = raw.slice(end, match.index);
    const octets = encoding.toUpperCase() === 'B' ? Buffer.from(payload, 'base64') : quotedOctets(payload);
    end = match.index + source.length;
    // §6.2: blanks between two encoded words are not shown. Neighbours of one charset are decoded as
    // one, since many senders split a character between them, although §5 forbids it.
    const adjacent: boolean = open !== null && (between === '' || BLANK.test(between));
    if (open !== null && adjacent && open.charset === charset.toLowerCase()) {
      open.octets = Buffer.concat([open.octets, octets]);
      open.source += between + source;
      continue;
    }
    if (open !== null) text += wordText(open);
    if (!adjacent) text += rawText(between);
    open = { charset: charset.toLowerCase(), octets, source };
  }
  if (open !== null) text += wordText(open);
  return text + rawText(raw.slice(end));
}

function wordText(word: Word): string {
  try {
    return new TextDecoder(word.charset).decode(word.octets);
  } catch {
    return word.source; // a charset that is none: RangeError
  }
}

/** The Q encoding, §4.2. */
function quotedOctets(payload: string): Buffer {
  const text = payload
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}
