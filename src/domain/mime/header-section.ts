/** The header section of a message or a MIME part, octet for octet (RFC 5322 §2.2). Pure. */

export interface HeaderField {
  /** In lower case, without blanks. */
  readonly name: string;
  /** The whole field, one character an octet, folded as it came, with the CRLF that ends it. */
  readonly raw: string;
}

const EMPTY_LINE = Buffer.from('\r\n\r\n');
const CR = 0x0d;
const LF = 0x0a;

/** Where the header section ends and where the body begins, the empty line between them. */
export interface Divide {
  readonly header: number;
  readonly body: number;
}

/** Undefined: the empty line has not come yet, or never comes, and all of it is header (RFC 5322 §2.1). */
export function divide(content: Buffer): Divide | undefined {
  if (content[0] === CR && content[1] === LF) return { header: 0, body: 2 };
  const end = content.indexOf(EMPTY_LINE);
  return end === -1 ? undefined : { header: end + 2, body: end + 4 };
}

/** The fields in the order they stand in; a line that is no field is one without a name. */
export function* fieldsOf(section: string): Generator<HeaderField> {
  for (let at = 0; at < section.length; ) {
    const end = fieldEnd(section, at);
    const raw = section.slice(at, end);
    // RFC 5322 §4.5.8: blanks before the colon are obsolete, and still sent.
    const name = /^([!-9;-~]+)[ \t]*:/.exec(raw.slice(0, NAME_LIMIT))?.[1] ?? '';
    yield { name: name.toLowerCase(), raw: raw.endsWith('\r\n') ? raw : `${raw}\r\n` };
    at = end;
  }
}

const NAME_LIMIT = 1000;

/** RFC 5322 §2.2.3: lines that begin with a blank belong to the field before. */
function fieldEnd(section: string, start: number): number {
  for (let at = start; ; ) {
    const end = section.indexOf('\r\n', at);
    if (end === -1) return section.length;
    const next = section.charCodeAt(end + 2);
    if (next !== 0x20 && next !== 0x09) return end + 2;
    at = end + 2;
  }
}

/** What stands after the colon, unfolded, one character an octet. */
export function fieldBody({ raw }: HeaderField): string {
  return raw.slice(raw.indexOf(':') + 1).replaceAll('\r\n', '');
}
