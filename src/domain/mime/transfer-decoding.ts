/**
 * Quoted-printable and base64 (RFC 2045 §6.7, §6.8) taken off octets that come in pieces. Memory is
 * that of a piece. Never throws: what is no such encoding is passed over, or stays as it came, as
 * mail programs do.
 */

export interface TransferDecoder {
  write(octets: Buffer): Buffer;
  /** What is left. */
  end(): Buffer;
}

/** For the value of a Content-Transfer-Encoding field, in lower case; anything unknown is taken as it is. */
export function decoderFor(encoding: string): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder();
  return AS_IT_IS;
}

const NOTHING = Buffer.alloc(0);

const AS_IT_IS: TransferDecoder = { write: (octets) => octets, end: () => NOTHING };

class Base64Decoder implements TransferDecoder {
  /** Characters of a group of four that is not whole yet. */
  #rest = '';

  write(octets: Buffer): Buffer {
    // §6.8: all characters outside of the alphabet are to be ignored.
    const text = this.#rest + octets.toString('latin1').replace(/[^A-Za-z0-9+/=]+/g, '');
    if (!text.includes('=')) return this.#whole(text);
    // Padding ends a group; some senders put one encoded piece behind another.
    const pieces = text.split(/=+/);
    const last = pieces.pop() ?? '';
    return Buffer.concat([...pieces.map((piece) => Buffer.from(piece, 'base64')), this.#whole(last)]);
  }

  end(): Buffer {
    const last = Buffer.from(this.#rest, 'base64');
    this.#rest = '';
    return last;
  }

  #whole(text: string): Buffer {
    const end = text.length - (text.length % 4);
    this.#rest = text.slice(end);
    return Buffer.from(text.slice(0, end), 'base64');
  }
}

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const EQUALS = 0x3d;

class QuotedPrintableDecoder implements TransferDecoder {
  /** The line that is not whole yet: what follows decides about its last octets. */
  #rest: Buffer = NOTHING;

  write(octets: Buffer): Buffer {
    const data = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets]);
    const end = decidedUpTo(data);
    this.#rest = Buffer.from(data.subarray(end));
    return new Lines(data.subarray(0, end)).decoded();
  }

  end(): Buffer {
    const last = new Lines(this.#rest).decoded();
    this.#rest = NOTHING;
    return last;
  }
}

/** §6.7 (5) has 76; a line longer than this is cut where nothing is undecided. */
const LINE_LIMIT = 8 * 1024;
const LOOK_BACK = 1024;

function decidedUpTo(data: Buffer): number {
  const lines = data.lastIndexOf(LF) + 1;
  if (data.length - lines <= LINE_LIMIT) return lines;
  for (let at = data.length; at > data.length - LOOK_BACK; at--) {
    if (!isOpen(data[at - 1]) && data[at - 2] !== EQUALS) return at;
  }
  return data.length;
}

function isOpen(octet: number | undefined): boolean {
  return octet === SPACE || octet === TAB || octet === CR || octet === EQUALS;
}

/** Whole lines, or the last one. */
class Lines {
  readonly #data: Buffer;
  readonly #out: Buffer;
  #length = 0;

  constructor(data: Buffer) {
    this.#data = data;
    this.#out = Buffer.allocUnsafe(data.length);
  }

  decoded(): Buffer {
    for (let at = 0; at < this.#data.length; ) at = this.#take(at);
    return this.#out.subarray(0, this.#length);
  }

  /** Gives where the next begins. */
  #take(at: number): number {
    const octet = this.#data[at] ?? 0;
    if (octet === EQUALS) return this.#escape(at);
    if (octet === SPACE || octet === TAB) return this.#blanks(at);
    this.#out[this.#length++] = octet;
    return at + 1;
  }

  #escape(at: number): number {
    const softBreak = this.#lineEnd(this.#pastBlanks(at + 1));
    if (softBreak !== -1) return softBreak;
    const digits = this.#data.toString('latin1', at + 1, at + 3);
    const isEscape = /^[0-9A-Fa-f]{2}$/.test(digits);
    this.#out[this.#length++] = isEscape ? Number.parseInt(digits, 16) : EQUALS;
    return at + (isEscape ? 3 : 1);
  }

  /** §6.7 (3): those at the end of a line were put there on the way. */
  #blanks(at: number): number {
    const next = this.#pastBlanks(at);
    if (this.#lineEnd(next) === -1) this.#length += this.#data.copy(this.#out, this.#length, at, next);
    return next;
  }

  #pastBlanks(at: number): number {
    let next = at;
    while (this.#data[next] === SPACE || this.#data[next] === TAB) next++;
    return next;
  }

  /** Where the next line begins, when this one ends at `at`; -1: it does not. */
  #lineEnd(at: number): number {
    if (at >= this.#data.length) return at;
    if (this.#data[at] === LF) return at + 1;
    return this.#data[at] === CR && this.#data[at + 1] === LF ? at + 2 : -1;
  }
}
