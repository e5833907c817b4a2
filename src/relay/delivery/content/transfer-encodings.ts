/** Quoted-printable and base64 (RFC 2045 §6.7, §6.8) of octets that come in pieces. Memory is that of a piece. */

export interface TransferEncoder {
  write(octets: Buffer): Buffer;
  /** What is left; the last line is not ended. */
  end(): Buffer;
}

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const EQUALS = 0x3d;
const HEX = Buffer.from('0123456789ABCDEF');
const NOTHING = Buffer.alloc(0);
/** RFC 2045 §6.7 (5): 76 with the `=` of a soft line break. */
const LINE_LENGTH = 76;

/** For text: its line ends stay line ends. */
export class QuotedPrintable implements TransferEncoder {
  #out: Buffer = NOTHING;
  #length = 0;
  #column = 0;
  /** A blank or CR that what follows decides about. */
  #held = -1;

  write(octets: Buffer): Buffer {
    // An octet gives three, and each 24 of them a soft line break of three; two may be held back.
    this.#begin(Math.ceil(octets.length * 3.2) + 16);
    for (let at = 0; at < octets.length; at++) this.#take(octets[at] ?? 0);
    return this.#out.subarray(0, this.#length);
  }

  end(): Buffer {
    this.#begin(16);
    if (this.#held !== -1) this.#escape(this.#held);
    this.#held = -1;
    return this.#out.subarray(0, this.#length);
  }

  #begin(size: number): void {
    this.#out = Buffer.allocUnsafe(size);
    this.#length = 0;
  }

  #take(octet: number): void {
    const held = this.#held;
    if (held !== -1) {
      this.#held = -1;
      if (held === CR && octet === LF) {
        this.#lineEnd();
        return;
      }
      // §6.7 (3): a blank at the end of a line is escaped, any other may stand.
      if (held === CR || octet === CR || octet === LF) this.#escape(held);
      else this.#literal(held);
    }
    if (octet === CR || octet === SPACE || octet === TAB) this.#held = octet;
    else if (octet < 0x21 || octet > 0x7e || octet === EQUALS) this.#escape(octet);
    else this.#literal(octet);
  }

  #lineEnd(): void {
    this.#put(CR);
    this.#put(LF);
    this.#column = 0;
  }

  #literal(octet: number): void {
    this.#room(1);
    this.#put(octet);
  }

  #escape(octet: number): void {
    this.#room(3);
    this.#put(EQUALS);
    this.#put(HEX[octet >> 4] ?? 0);
    this.#put(HEX[octet & 15] ?? 0);
  }

  #room(octets: number): void {
    if (this.#column + octets >= LINE_LENGTH) {
      this.#put(EQUALS);
      this.#lineEnd();
    }
    this.#column += octets;
  }

  #put(octet: number): void {
    this.#out[this.#length++] = octet;
  }
}

/** Octets in a line of 76 characters. */
const LINE_OCTETS = 57;

/** For everything else: octets stay what they are. */
export class Base64 implements TransferEncoder {
  #rest: Buffer = NOTHING;
  #begun = false;

  write(octets: Buffer): Buffer {
    const data = this.#rest.length === 0 ? octets : Buffer.concat([this.#rest, octets]);
    // A whole line is kept back, so that the last one is never ended.
    const whole = Math.max(0, Math.floor((data.length - 1) / LINE_OCTETS)) * LINE_OCTETS;
    this.#rest = Buffer.from(data.subarray(whole));
    return this.#lines(data.subarray(0, whole));
  }

  end(): Buffer {
    const last = this.#lines(this.#rest);
    this.#rest = NOTHING;
    return last;
  }

  #lines(octets: Buffer): Buffer {
    let text = '';
    for (let at = 0; at < octets.length; at += LINE_OCTETS) {
      text += (this.#begun ? '\r\n' : '') + octets.toString('base64', at, at + LINE_OCTETS);
      this.#begun = true;
    }
    return Buffer.from(text, 'latin1');
  }
}
