/**
 * The body hash of a DKIM signature: SHA-256 over the body in relaxed canonical form (RFC 6376 §3.4.4).
 * Takes the body in pieces, whatever their borders; memory is that of a piece, time is linear whatever
 * the lines are like. Empty lines at the end are not part of the form, and are counted instead of kept.
 */
import { createHash, type Hash } from 'node:crypto';

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
/** Line ends that are written at once; as many as there were are written in turns. */
const LINE_ENDS = Buffer.from('\r\n'.repeat(512));

export class BodyHash {
  readonly #hash: Hash = createHash('sha256');
  /** Line ends since the last octet that is no blank: written when another one follows. */
  #lineEnds = 0;
  /** Blanks since then, on this line: one is written, where something follows. */
  #blank = false;
  #carriageReturn = false;
  #empty = true;

  update(piece: Buffer): void {
    for (let at = 0; at < piece.length; at += WINDOW) {
      const window = piece.subarray(at, at + WINDOW);
      if (this.#blank || this.#carriageReturn || window.includes(SPACE) || window.includes(TAB)) this.#takeEach(window);
      else this.#takeWhole(window);
    }
  }

  /** Without blanks, as base64 is, all but line ends at its end is in canonical form already. */
  #takeWhole(window: Buffer): void {
    let end = window.length;
    while (end > 0 && (window[end - 1] === LF || window[end - 1] === CR)) end--;
    if (end > 0) {
      this.#hashLineEnds();
      this.#hash.update(window.subarray(0, end));
      this.#empty = false;
    }
    this.#takeEach(window.subarray(end));
  }

  #takeEach(piece: Buffer): void {
    // Each octet of the piece gives one at most; what is held back from pieces before comes on top.
    const form = Buffer.allocUnsafe(piece.length + 2 * MOST_HELD + 4);
    let to = 0;
    for (let at = 0; at < piece.length; at++) {
      const octet = piece[at] ?? 0;
      if (octet === LF && this.#carriageReturn) {
        this.#carriageReturn = false;
        this.#blank = false;
        this.#lineEnds++;
        continue;
      }
      if (octet === SPACE || octet === TAB) {
        this.#blank = true;
        continue;
      }
      if (octet === CR) {
        this.#carriageReturn = true;
        continue;
      }
      if (this.#lineEnds > 0) to = this.#writeLineEnds(form, to);
      if (this.#blank) {
        form[to++] = SPACE;
        this.#blank = false;
      }
      form[to++] = octet;
      this.#empty = false;
    }
    if (to > 0) this.#hash.update(form.subarray(0, to));
  }

  /** A few go where they belong; for more, what is there so far is hashed first. */
  #writeLineEnds(form: Buffer, at: number): number {
    let to = at;
    if (this.#lineEnds <= MOST_HELD && to + 2 * this.#lineEnds + 2 < form.length) {
      for (; this.#lineEnds > 0; this.#lineEnds--) {
        form[to++] = CR;
        form[to++] = LF;
      }
      return to;
    }
    this.#hash.update(form.subarray(0, to));
    this.#hashLineEnds();
    return 0;
  }

  #hashLineEnds(): void {
    for (; this.#lineEnds > 0; this.#lineEnds -= Math.min(this.#lineEnds, LINE_ENDS.length / 2)) {
      this.#hash.update(LINE_ENDS.subarray(0, 2 * Math.min(this.#lineEnds, LINE_ENDS.length / 2)));
    }
  }

  /** In base64, as `bh=` has it. */
  digest(): string {
    // A body that is not empty ends with one line end, whatever it ended with.
    if (!this.#empty) this.#hash.update('\r\n');
    return this.#hash.digest('base64');
  }
}

const MOST_HELD = 16;
/** Octets that are looked at together. */
const WINDOW = 4096;
