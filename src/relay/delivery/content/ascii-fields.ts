/**
 * Header fields beyond ASCII in a form that every hop takes: text as encoded words (RFC 2047 §5),
 * domains of addresses as A-labels (RFC 5891 §4.4), parameters in the form of RFC 2231. Fields that are
 * ASCII stay octet for octet. Pure.
 *
 * Failure: NoSevenBitForm for what has no such form: local parts of addresses, message identifiers,
 * trace fields.
 */
import { asciiAddress, toAddress } from '../../../domain/address.ts';
import { fieldBody, type HeaderField } from '../../../domain/mime/header-section.ts';
import { parameterField } from '../../../domain/mime/mime-fields.ts';
import { encodedWords, extendedParameter, fold } from './encoded-words.ts';
import { unencodable } from './refusal.ts';

const NON_ASCII = /[\x80-\xff]/;
/** A longer field is no text for people; encoding it would hold up the event loop. */
const FIELD_LIMIT = 64 * 1024;
/** RFC 5322 §3.6.2, §3.6.3, §3.6.6, and others that hold mailboxes. */
const ADDRESSES =
  /^(?:resent-)?(?:from|sender|to|cc|bcc|reply-to)$|^(?:disposition-notification-to|return-receipt-to|errors-to|mail-followup-to)$/;
const PARAMETERS = /^content-(?:type|disposition)$/;
/** RFC 2047 §5: an encoded word may not stand where something else than text is expected. */
const RIGID =
  /^(?:(?:resent-)?(?:message-id|date)|in-reply-to|references|content-id|received|return-path|delivered-to|mime-version|content-transfer-encoding|dkim-signature|arc-.*|authentication-results|list-(?!id$).*|auto-submitted)$/;

/** The field as it may go to a hop that takes ASCII alone, with its CRLF. */
export function asciiField(field: HeaderField): string {
  const { name, raw } = field;
  if (!NON_ASCII.test(raw)) return raw;
  const shown = raw.slice(0, raw.indexOf(':')).trimEnd();
  if (name === '' || raw.length > FIELD_LIMIT || RIGID.test(name)) throw unencodable(name === '' ? 'a header field' : shown, 'field');
  const body = fieldBody(field);
  if (PARAMETERS.test(name)) return asciiParameters(shown, body);
  if (ADDRESSES.test(name)) return fold(shown, asciiMailboxes(shown, body));
  return fold(shown, asciiText(body));
}

interface Piece {
  readonly blank: string;
  readonly text: string;
}

/** RFC 2047 §5 (1): words beyond ASCII, those that follow each other as one, so that the blanks between them stay. */
function asciiText(body: string): readonly Piece[] {
  const tokens = [...body.matchAll(/([ \t]*)([^ \t]+)/gy)].map(([, blank = '', text = '']) => ({ blank, text }));
  return joined(tokens, ({ text }) => NON_ASCII.test(text));
}

/** Encodes the tokens that `beyond` picks; a blank between two encoded words would not be shown (RFC 2047 §6.2), so it goes inside. */
function joined(tokens: readonly Piece[], beyond: (token: Piece) => boolean): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) continue;
    if (!beyond(token)) {
      pieces.push(token);
      continue;
    }
    const isWord = (piece: Piece | undefined): boolean => piece !== undefined && /^=\?.*\?=$/.test(piece.text);
    let text = (isWord(tokens[at - 1]) ? token.blank : '') + token.text;
    for (let next = tokens[at + 1]; next !== undefined && beyond(next); next = tokens[at + 1]) {
      text += next.blank + next.text;
      at++;
    }
    if (isWord(tokens[at + 1])) text += tokens[at + 1]?.blank ?? '';
    const words = encodedWords(Buffer.from(text, 'latin1'));
    pieces.push(...words.map((word, index) => ({ blank: index === 0 && token.blank !== '' ? token.blank : ' ', text: word })));
  }
  return pieces;
}

function asciiParameters(name: string, body: string): string {
  const { value, params } = parameterField(body);
  if (NON_ASCII.test(value)) throw unencodable(name, 'field');
  const texts = params.map((param) => {
    if (!NON_ASCII.test(param.value)) return `;\r\n ${param.name}=${quoted(param.value)}`;
    // A boundary is octets; a value in continuations has its charset elsewhere.
    if (NON_ASCII.test(param.name) || /^boundary$|\*/i.test(param.name)) throw unencodable(name, 'field');
    return extendedParameter(param.name, Buffer.from(param.value, 'latin1'));
  });
  return `${name}: ${value}${texts.join('')}\r\n`;
}

function quoted(value: string): string {
  return /^[\w!#$%&'*+.^`{|}~-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

// ── Mailboxes, RFC 5322 §3.4 ──

interface Token extends Piece {
  readonly kind: 'comment' | 'quoted' | 'angle' | 'special' | 'word';
}

const TOKEN = /([ \t]*)(?:("(?:[^"\\]|\\.)*"?)|(<[^>]*>?)|([,;:])|([^ \t"<(,;:]+)|(\())/gy;

function tokensOf(body: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(body); match !== null; match = TOKEN.exec(body)) {
    const [, blank = '', inQuotes, angle, special, word] = match;
    if (inQuotes !== undefined) tokens.push({ kind: 'quoted', blank, text: inQuotes });
    else if (angle !== undefined) tokens.push({ kind: 'angle', blank, text: angle });
    else if (special !== undefined) tokens.push({ kind: 'special', blank, text: special });
    else if (word !== undefined) tokens.push({ kind: 'word', blank, text: word });
    else {
      const end = commentEnd(body, TOKEN.lastIndex);
      tokens.push({ kind: 'comment', blank, text: body.slice(TOKEN.lastIndex - 1, end) });
      TOKEN.lastIndex = end;
    }
  }
  return tokens;
}

/** Index after the closing parenthesis; comments nest (RFC 5322 §3.2.2). */
function commentEnd(body: string, from: number): number {
  let depth = 1;
  for (let at = from; at < body.length; at++) {
    const char = body.charAt(at);
    if (char === '\\') at++;
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at + 1;
  }
  return body.length;
}

function asciiMailboxes(name: string, body: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let mailbox: Token[] = [];
  for (const token of tokensOf(body)) {
    if (token.kind !== 'special') {
      mailbox.push(token);
      continue;
    }
    // What ends with a colon is the name of a group (RFC 5322 §3.4): a phrase.
    pieces.push(...asciiMailbox(name, mailbox, token.text === ':'), token);
    mailbox = [];
  }
  return [...pieces, ...asciiMailbox(name, mailbox, false)];
}

function asciiMailbox(name: string, tokens: readonly Token[], group: boolean): readonly Piece[] {
  if (!tokens.some(({ text }) => NON_ASCII.test(text))) return tokens;
  const inAngles = tokens.some(({ kind }) => kind === 'angle');
  if (inAngles || group || !tokens.some(({ kind, text }) => kind === 'word' && text.includes('@'))) return asciiPhrase(name, tokens);
  // A mailbox without angle brackets: one address, with comments at most.
  const address = tokens.filter(({ kind }) => kind !== 'comment').map(({ text }) => text);
  const comments = tokens.filter(({ kind }) => kind === 'comment');
  return [{ blank: tokens[0]?.blank ?? ' ', text: asciiAddressText(name, address.join('')) }, ...asciiPhrase(name, comments)];
}

/** RFC 2047 §5 (2) and (3): display names and comments. */
function asciiPhrase(name: string, tokens: readonly Token[]): readonly Piece[] {
  const plain = tokens.map((token): Token => {
    if (!NON_ASCII.test(token.text)) return token;
    if (token.kind === 'angle') return { ...token, text: `<${asciiAddressText(name, token.text.replace(/^<|>$/g, '').trim())}>` };
    if (token.kind === 'comment') return { ...token, text: asciiComment(token.text) };
    return token.kind === 'quoted' ? { ...token, text: token.text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') } : token;
  });
  return joined(plain, ({ text }) => NON_ASCII.test(text)).map((piece, at) =>
    at > 0 && piece.blank === '' ? { ...piece, blank: ' ' } : piece,
  );
}

function asciiComment(text: string): string {
  const inside = text.replace(/^\(|\)$/g, '').replace(/\\(.)/g, '$1');
  return `(${encodedWords(Buffer.from(inside, 'latin1')).join(' ')})`;
}

function asciiAddressText(name: string, text: string): string {
  const address = toAddress(Buffer.from(text, 'latin1').toString('utf8'));
  const ascii = address === undefined ? undefined : asciiAddress(address);
  if (ascii === undefined) throw unencodable(name, 'address');
  return ascii;
}
