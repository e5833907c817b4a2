/**
 * Content as it goes out after DATA: dots stuffed (RFC 5321 §4.5.2), ended by CRLF.CRLF (§4.1.1.4).
 * Bare CR and bare LF are never sent, nor changed into something else behind a signature's back
 * (§2.3.8): content that has one is refused with `UncleanContent`, and the caller holds the message.
 */

/** The content breaks RFC 5321 §2.3.8. Submission refuses such mail, so it was damaged since, or is our bug. */
export class UncleanContent extends Error {
  override readonly name = 'UncleanContent';
  constructor(octet: number) {
    super(`bare CR or LF at octet ${octet} of the content: it can not be sent unchanged`);
  }
}

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const END = Buffer.from('.\r\n');
const END_AFTER_LINE = Buffer.from('\r\n.\r\n');

/** Stuffs content that comes in pieces; keeps what it must know of the octets before. */
export class DotStuffer {
  /** Before the first octet a line begins, as after every CRLF. */
  #previous = LF;
  #octets = 0;

  /** The piece with its dots stuffed; the piece itself where there is nothing to stuff. */
  stuff(piece: Buffer): Buffer {
    const dots: number[] = [];
    let previous = this.#previous;
    for (let i = 0; i < piece.length; i++) {
      const octet = piece[i] ?? 0;
      if ((octet === LF) !== (previous === CR)) throw new UncleanContent(this.#octets + i);
      if (octet === DOT && previous === LF) dots.push(i);
      previous = octet;
    }
    this.#previous = previous;
    this.#octets += piece.length;
    return dots.length === 0 ? piece : insertDots(piece, dots);
  }

  /** What ends the content. */
  end(): Buffer {
    if (this.#previous === CR) throw new UncleanContent(this.#octets - 1);
    return this.#previous === LF ? END : END_AFTER_LINE;
  }
}

function insertDots(piece: Buffer, dots: readonly number[]): Buffer {
  const stuffed = Buffer.allocUnsafe(piece.length + dots.length);
  let from = 0;
  let to = 0;
  for (const dot of dots) {
    to += piece.copy(stuffed, to, from, dot);
    stuffed[to++] = DOT;
    from = dot;
  }
  piece.copy(stuffed, to, from);
  return stuffed;
}

/** Trace field and small content as one buffer, ready to be written: one write a message. */
export function stuffWhole(received: string, content: Buffer): Buffer {
  const stuffer = new DotStuffer();
  const body = stuffer.stuff(content);
  const end = stuffer.end();
  const whole = Buffer.allocUnsafe(Buffer.byteLength(received, 'utf8') + body.length + end.length);
  const at = whole.write(received, 'utf8');
  body.copy(whole, at);
  end.copy(whole, at + body.length);
  return whole;
}
