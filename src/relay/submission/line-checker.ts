/**
 * Finds what DATA would refuse in content that comes without the dots of DATA: a bare CR, a bare LF, a
 * NUL (RFC 5321 §2.3.8, RFC 5322 §2.3). Linear, and nothing is held back between chunks.
 */
import type { DataFault } from './data-decoder.ts';

const LF = 0x0a;
const CR = 0x0d;

export class LineChecker {
  /** The last chunk ended in a CR. */
  #afterCr = false;
  /** The content so far is empty or ends in CRLF. */
  #lineEnded = true;

  /** The first fault of the chunk; null when there is none. */
  feed(chunk: Buffer): DataFault | null {
    if (chunk.length === 0) return null;
    let at = 0;
    if (this.#afterCr) {
      if (chunk[0] !== LF) return 'bare-cr';
      this.#afterCr = false;
      at = 1;
    }
    this.#lineEnded = chunk[chunk.length - 1] === LF;
    if (chunk.includes(0)) return 'nul';
    for (;;) {
      const lf = chunk.indexOf(LF, at);
      const cr = chunk.indexOf(CR, at);
      if (cr === -1 || (lf !== -1 && lf < cr)) return lf === -1 ? null : 'bare-lf';
      if (cr === chunk.length - 1) {
        this.#afterCr = true;
        return null;
      }
      if (lf !== cr + 1) return 'bare-cr';
      at = lf + 1;
    }
  }

  /** At the end of the content: a CR that nothing followed. */
  end(): DataFault | null {
    return this.#afterCr ? 'bare-cr' : null;
  }

  /** Whether the last line has its CRLF, without which no content can end in DATA (RFC 5321 §4.1.1.4). */
  get lineEnded(): boolean {
    return this.#lineEnded;
  }
}
