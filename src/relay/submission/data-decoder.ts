/**
 * Takes the dots out of a DATA stream and finds its end (RFC 5321 §4.5.2, §4.1.1.4), chunk by chunk.
 * Only CRLF.CRLF ends it. A bare CR, a bare LF or a NUL (forbidden by §2.3.8 and RFC 5322 §2.3) is a
 * fault of the whole message: servers that disagree about line ends can be made to see two messages
 * in one ("SMTP smuggling"), so nothing of it is passed on. After a fault the true end is still found.
 *
 * Nothing is held back between chunks: a dot or a CR that is undecided at a chunk's end is content in
 * no case but that of a fault. Scans with `Buffer.indexOf`, twice a line, which is linear whatever the
 * input: the first search that would run past its line ends in a fault.
 */

export type DataFault = 'bare-cr' | 'bare-lf' | 'nul';

const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;
const END = Buffer.from('\r\n.\r\n');
const NOTHING = Buffer.alloc(0);

/** How many octets of END went by at the end of the last chunk: 0 within a line, 2 at the start of one. */
type Progress = 0 | 1 | 2 | 3 | 4;

export class DataDecoder {
  /** The first fault found; from then on `content` is empty. */
  fault: DataFault | null = null;
  /** After a fault: the end that was found follows a bare CR, so that others may not take it for one. */
  disputedEnd = false;
  /** What the last chunk held of the message. */
  content: Buffer = NOTHING;
  /** DATA starts at the start of a line. */
  #progress: Progress = 2;
  /** After a fault: the last octets seen, for an end that straddles chunks. */
  #tail: Buffer | null = null;
  /** Indexes of the chunk's dots that are not content. */
  #dots: number[] = [];
  /** Index at which the chunk's content ends. */
  #stop = 0;
  /** The end of data was found. */
  #ended = false;

  /** Reads one chunk, which it may overwrite. Returns the index after the end of data, or -1 when that is still to come. */
  feed(chunk: Buffer): number {
    if (this.#tail !== null) return this.#seekEnd(this.#tail, chunk);
    const before = this.#progress;
    if (this.#dots.length > 0) this.#dots = [];
    this.#stop = chunk.length;
    const end = this.#scan(chunk);
    if (this.fault === null) {
      const nul = chunk.indexOf(0);
      if (nul === -1 || (end !== -1 && nul >= end)) {
        this.content = this.#dots.length === 0 ? chunk.subarray(0, this.#stop) : this.#withoutDots(chunk);
        return end;
      }
      this.fault = 'nul';
    }
    this.content = NOTHING;
    return this.#seekEnd(END.subarray(0, before), chunk);
  }

  #scan(chunk: Buffer): number {
    let at = 0;
    if (this.#progress === 1) {
      if (chunk[0] !== LF) return this.#fail('bare-cr');
      this.#progress = 2;
      at = 1;
    }
    while (at !== -1) {
      if (this.#progress >= 2) {
        at = this.#lineStart(chunk, at);
        if (this.fault !== null) return -1;
        if (this.#progress >= 2) return this.#ended ? at : -1;
      }
      at = this.#restOfLine(chunk, at);
    }
    return -1;
  }

  /** From within a line to after its CRLF; -1 when the chunk has no more of it, or on a fault. */
  #restOfLine(chunk: Buffer, at: number): number {
    const lf = chunk.indexOf(LF, at);
    const cr = chunk.indexOf(CR, at);
    if (lf === -1) {
      if (cr !== -1 && cr !== chunk.length - 1) return this.#fail('bare-cr');
      this.#progress = cr === -1 ? 0 : 1;
      return -1;
    }
    if (cr === -1 || cr !== lf - 1) return this.#fail(cr === -1 || cr > lf ? 'bare-lf' : 'bare-cr');
    this.#progress = 2;
    return lf + 1;
  }

  #fail(fault: DataFault): -1 {
    this.fault = fault;
    return -1;
  }

  /**
   * At the start of a line, or after a dot there. Leaves `#progress` at 0 when the line has content to
   * be scanned, above when the chunk is used up or the end was found; returns where to go on.
   */
  #lineStart(chunk: Buffer, start: number): number {
    const length = chunk.length;
    let at = start;
    if (this.#progress === 2) {
      if (at >= length) return at;
      if (chunk[at] !== DOT) {
        this.#progress = 0;
        return at;
      }
      this.#dots.push(at);
      at += 1;
      this.#progress = 3;
    }
    if (this.#progress === 3) {
      if (at >= length) return at;
      if (chunk[at] !== CR) {
        this.#progress = 0;
        return at;
      }
      this.#stop = at;
      at += 1;
      this.#progress = 4;
    }
    if (at >= length) return at;
    this.#stop = Math.min(this.#stop, at);
    if (chunk[at] === LF) this.#ended = true;
    else this.fault = 'bare-cr';
    return at + 1;
  }

  /** Moves the content over the dots, in place. */
  #withoutDots(chunk: Buffer): Buffer {
    let kept = this.#dots[0] ?? 0;
    for (let i = 0; i < this.#dots.length; i++) {
      const from = (this.#dots[i] ?? 0) + 1;
      const to = Math.min(this.#dots[i + 1] ?? this.#stop, this.#stop);
      if (to > from) {
        chunk.copyWithin(kept, from, to);
        kept += to - from;
      }
    }
    return chunk.subarray(0, kept);
  }

  #seekEnd(tail: Buffer, chunk: Buffer): number {
    const whole = Buffer.concat([tail, chunk]);
    const found = whole.indexOf(END);
    if (found !== -1) {
      this.disputedEnd = found > 0 && whole[found - 1] === CR;
      return found + END.length - tail.length;
    }
    // An end that straddles chunks, and the octet before it.
    this.#tail = whole.subarray(Math.max(0, whole.length - END.length));
    return -1;
  }
}
