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
    if (piece.length === 0) return piece;
    const dots: number[] = [];
    let at = 0;
    if (this.#previous === CR) {
      if (piece[0] !== LF) throw this.#unclean(0);
      at = 1;
    }
    let lineBegins = at === 1 || this.#previous === LF;
    // Two searches a line, which cost a sixth of looking at each octet; linear, since the first that
    // would run past its line finds a fault.
    while (at < piece.length) {
      if (lineBegins && piece[at] === DOT) dots.push(at);
      const lf = piece.indexOf(LF, at);
      const cr = piece.indexOf(CR, at);
      if (lf === -1) {
        if (cr !== -1 && cr !== piece.length - 1) throw this.#unclean(cr + 1);
        break;
      }
      if (cr === -1 || cr !== lf - 1) throw this.#unclean(cr === -1 || cr > lf ? lf : cr + 1);
      at = lf + 1;
      lineBegins = true;
    }
    this.#previous = piece[piece.length - 1] ?? LF;
    this.#octets += piece.length;
    return dots.length === 0 ? piece : insertDots(piece, dots);
  }

  #unclean(index: number): UncleanContent {
    return new UncleanContent(this.#octets + index);
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

/** Small content, stuffed, with what goes before and after: shared by all transactions of a message. */
export interface StuffedContent {
  readonly received: string;
  readonly body: Buffer;
  readonly end: Buffer;
  /** Octets of all three. */
  readonly length: number;
}

export function stuffWhole(received: string, content: Buffer): StuffedContent {
  const stuffer = new DotStuffer();
  const body = stuffer.stuff(content);
  const end = stuffer.end();
  return { received, body, end, length: Buffer.byteLength(received, 'utf8') + body.length + end.length };
}

/** Octets of scratch a session keeps; most mail of an ERP fits. */
const SCRATCH_SIZE = 32 * 1024;

/**
 * Lays small contents out as one buffer, so that each leaves in one write, without allocating: a
 * buffer of 4 KiB a message is what the garbage collector would be busy with.
 */
export class Scratch {
  #buffer: Buffer | null = null;

  /** Valid until the next call, or for good after `keep`. */
  lay(content: StuffedContent): Buffer {
    const { received, body, end, length } = content;
    const fits = length <= SCRATCH_SIZE;
    if (fits) this.#buffer ??= Buffer.allocUnsafeSlow(SCRATCH_SIZE);
    const target = (fits ? this.#buffer : null) ?? Buffer.allocUnsafe(length);
    const at = target.write(received, 'utf8');
    body.copy(target, at);
    end.copy(target, at + body.length);
    return target.subarray(0, length);
  }

  /** What was laid out last is still needed. */
  keep(): void {
    this.#buffer = null;
  }
}
