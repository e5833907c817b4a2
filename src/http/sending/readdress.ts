/**
 * Writes corrected addresses into the To and Cc fields of a message (RFC 5322 §3.6.3): the addresses
 * alone are exchanged, octet for octet; display names, comments, folding and all other fields stay
 * as they are. Pure, one pass; what can not be read as an address is left alone.
 */
import { type Address, asciiAddress, normalizeAddress, toAddress } from '../../domain/address.ts';

/** By the normalised old address. */
export type Corrections = ReadonlyMap<string, Address>;

/** Index after the empty line that ends the header block; -1 while it has not come. A block can be empty. */
export function headerEnd(bytes: Buffer): number {
  if (bytes[0] === 0x0d && bytes[1] === 0x0a) return 2;
  const found = bytes.indexOf('\r\n\r\n');
  return found === -1 ? -1 : found + 4;
}

/** `head`: the header block. */
export function readdress(head: Buffer, corrections: Corrections): Buffer {
  const text = head.toString('latin1');
  const parts: string[] = [];
  let kept = 0;
  for (const field of addressFields(text)) {
    for (const span of addressSpans(text, field.start, field.end)) {
      const found = correctionOf(text.slice(span.start, span.end), corrections);
      if (found === undefined) continue;
      parts.push(text.slice(kept, span.start), found);
      kept = span.end;
    }
  }
  if (kept === 0) return head;
  parts.push(text.slice(kept));
  return Buffer.from(parts.join(''), 'latin1');
}

/** The octets of the address to be written, as latin1 text. */
function correctionOf(written: string, corrections: Corrections): string | undefined {
  const address = toAddress(withoutBlanks(Buffer.from(written, 'latin1').toString('utf8')));
  const correction = address === undefined ? undefined : corrections.get(normalizeAddress(address));
  return correction === undefined ? undefined : Buffer.from(asciiAddress(correction) ?? correction, 'utf8').toString('latin1');
}

/** RFC 5322 §4.4: blanks and line breaks around the dots and the @ are obsolete, and may stand there. */
function withoutBlanks(address: string): string {
  return address.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/gs, '$1');
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const FIELD = /^(?:to|cc)[ \t]*:/i;

/** The bodies of the To and Cc fields, folded lines included (RFC 5322 §2.2.3). */
function* addressFields(text: string): Generator<Span> {
  for (let at = 0; at < text.length; ) {
    let end = lineEnd(text, at);
    while (text[end] === ' ' || text[end] === '\t') end = lineEnd(text, end);
    const name = FIELD.exec(text.slice(at, at + 80));
    if (name !== null) yield { start: at + name[0].length, end };
    at = end;
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\r\n', at);
  return end === -1 ? text.length : end + 2;
}

/**
 * Where the addresses of a list stand (RFC 5322 §3.4): in angle brackets, or, in an entry without
 * them, all of it that is neither blank nor comment. Entries end at a comma, and at the colon and
 * semicolon of a group.
 */
function* addressSpans(text: string, start: number, end: number): Generator<Span> {
  let bare = null as Span | null;
  let angle = null as Span | null;
  for (let at = start; at < end; ) {
    const next = tokenEnd(text, at, end);
    switch (text[at]) {
      case ',':
      case ';':
      case ':': {
        const entry = angle ?? bare;
        if (entry !== null) yield entry;
        bare = null;
        angle = null;
        break;
      }
      case '<':
        // Without its end it is none, and what stands behind it is no part of it.
        if (text[next - 1] === '>') angle = withoutEdges(text, { start: at + 1, end: next - 1 });
        break;
      case '(':
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        break;
      default:
        bare = { start: bare?.start ?? at, end: next };
    }
    at = next;
  }
  const last = angle ?? bare;
  if (last !== null) yield last;
}

/** Blanks and folds at its edges are not the address's. */
function withoutEdges(text: string, { start, end }: Span): Span {
  const inside = text.slice(start, end);
  const from = start + inside.length - inside.trimStart().length;
  return { start: from, end: Math.max(from, start + inside.trimEnd().length) };
}

/** Index after the token at `at`: a quoted string, comment, bracketed part, or one character. */
function tokenEnd(text: string, at: number, end: number): number {
  switch (text[at]) {
    case '"':
      return closing(text, at, end, '"');
    case '[':
      return closing(text, at, end, ']');
    case '<':
      return angleEnd(text, at, end);
    case '(':
      return commentEnd(text, at, end);
    default:
      return at + 1;
  }
}

function closing(text: string, at: number, end: number, mark: string): number {
  for (let i = at + 1; i < end; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === mark) return i + 1;
  }
  return end;
}

function angleEnd(text: string, at: number, end: number): number {
  for (let i = at + 1; i < end; ) {
    if (text[i] === '>') return i + 1;
    i = text[i] === '"' || text[i] === '[' ? tokenEnd(text, i, end) : i + 1;
  }
  return end;
}

function commentEnd(text: string, at: number, end: number): number {
  let depth = 0;
  for (let i = at; i < end; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i + 1;
  }
  return end;
}
