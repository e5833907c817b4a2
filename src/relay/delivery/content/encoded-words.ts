/** Text beyond ASCII as encoded words (RFC 2047 §2, §5) and as extended parameters (RFC 2231 §3, §4). Pure. */
import { isUtf8 } from 'node:buffer';

/** RFC 2047 §2: an encoded word has 75 characters at most, and its line 76. */
const WORD_LIMIT = 75;
const LINE_LIMIT = 76;
/** RFC 2047 §5 (3): what may stand in a phrase, which is the strictest place. */
const Q_LITERAL = /[A-Za-z0-9!*+/-]/;
/** RFC 2231 §7, attribute-char. */
const ATTRIBUTE_CHAR = /[A-Za-z0-9!#$&+.^_`{|}~-]/;

/** RFC 1428 §3: octets of which nobody knows what they mean keep their value and get no meaning. */
export function charsetOf(octets: Buffer): 'utf-8' | 'unknown-8bit' {
  return isUtf8(octets) ? 'utf-8' : 'unknown-8bit';
}

/** The octets as one encoded word or several, for no character may be split (RFC 2047 §5). */
export function encodedWords(octets: Buffer): readonly string[] {
  const charset = charsetOf(octets);
  const characters =
    charset === 'utf-8' ? [...octets.toString('utf8')].map((char) => Buffer.from(char)) : [...octets].map((octet) => Buffer.from([octet]));
  const q = characters.map(qEncoded);
  // What is mostly ASCII can be read in the Q encoding; what is not is shorter in B.
  const beyond = characters.filter((character) => (character[0] ?? 0) > 0x7f).length;
  const encoding = 2 * beyond <= characters.length ? 'Q' : 'B';
  const room = WORD_LIMIT - `=?${charset}?Q??=`.length;
  const words: string[] = [];
  let begun: number[] = [];
  const lengthOf = (indexes: readonly number[]): number =>
    encoding === 'Q'
      ? indexes.reduce((sum, at) => sum + (q[at]?.length ?? 0), 0)
      : Math.ceil(indexes.reduce((sum, at) => sum + (characters[at]?.length ?? 0), 0) / 3) * 4;
  const flush = (): void => {
    if (begun.length === 0) return;
    const payload =
      encoding === 'Q'
        ? begun.map((at) => q[at]).join('')
        : Buffer.concat(begun.map((at) => characters[at] ?? Buffer.alloc(0))).toString('base64');
    words.push(`=?${charset}?${encoding}?${payload}?=`);
    begun = [];
  };
  for (const at of characters.keys()) {
    if (lengthOf([...begun, at]) > room) flush();
    begun.push(at);
  }
  flush();
  return words;
}

function qEncoded(character: Buffer): string {
  const text = character.toString('latin1');
  if (text === ' ') return '_';
  return Q_LITERAL.test(text) && text.length === 1 ? text : [...character].map((octet) => `=${hex(octet)}`).join('');
}

function hex(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, '0');
}

/** `; name*=utf-8''…`, in continuations where it is long; what goes before it on the line is folded off. */
export function extendedParameter(name: string, octets: Buffer): string {
  const units = [...octets].map((octet) => {
    const char = String.fromCharCode(octet);
    return ATTRIBUTE_CHAR.test(char) ? char : `%${hex(octet)}`;
  });
  const prefix = `${charsetOf(octets)}''`;
  const whole = `;\r\n ${name}*=${prefix}${units.join('')}`;
  if (whole.length <= LINE_LIMIT) return whole;
  const lines: string[] = [];
  let line = prefix;
  for (const unit of units) {
    if (` ${name}*${lines.length}*=${line}${unit};`.length > LINE_LIMIT && line !== '') {
      lines.push(line);
      line = '';
    }
    line += unit;
  }
  lines.push(line);
  return lines.map((text, at) => `;\r\n ${name}*${at}*=${text}`).join('');
}

/** Pieces of a field's body, each with the blanks before it, in lines of 76 characters where they fit. */
export function fold(name: string, pieces: readonly { readonly blank: string; readonly text: string }[]): string {
  let field = `${name}:`;
  let column = field.length;
  for (const { blank, text } of pieces) {
    const length = blank.length + text.length;
    if (blank !== '' && column > name.length + 1 && column + length > LINE_LIMIT) {
      field += '\r\n';
      column = 0;
    }
    field += blank + text;
    column += length;
  }
  return `${field}\r\n`;
}
