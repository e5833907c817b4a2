/**
 * The segment that entries are moved to when little is kept where they stand: `NNNNNNNNNN.copy`,
 * appended to by the clean-up alone, octet for octet, so that every checksum stays.
 *
 * What was appended counts once the register has committed where it ends (`keep`). Until then the
 * entries stand where they stood, and what lies beyond the kept end is written over, or cut off
 * when the store is opened.
 *
 * On failure: the error of the system; nothing that is kept is touched by it.
 */
import { createHash } from 'node:crypto';
import { StoreError } from '../../domain/errors.ts';
import { ALIGNMENT, aligned, checksumHolds, decodePreamble, encodePreamble, entryLength, PREAMBLE_LENGTH } from './entry.ts';
import { readFully, type SpoolFile, writeAll } from './files.ts';
import type { SpoolLocation } from './types.ts';

const PADDING = Buffer.alloc(ALIGNMENT);

/** An entry as it stands in its file, whole; null: it was erased. Throws StoreError `corrupt`. */
export async function readEntry(file: SpoolFile, location: SpoolLocation, seal: Buffer): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafeSlow(location.length);
  const got = await readFully(file, bytes, location.offset);
  const preamble = got < PREAMBLE_LENGTH ? undefined : decodePreamble(bytes, seal);
  if (preamble?.erased && checksumHolds(bytes, preamble, bytes)) return null;
  const contentAt = PREAMBLE_LENGTH + (preamble?.headerLength ?? 0);
  const whole =
    preamble !== undefined &&
    got === location.length &&
    entryLength(preamble) === location.length &&
    checksumHolds(bytes, preamble, bytes.subarray(PREAMBLE_LENGTH, contentAt)) &&
    createHash('sha256').update(bytes.subarray(contentAt)).digest().equals(preamble.sha256);
  if (whole) return bytes;
  throw new StoreError(
    'corrupt',
    `the entry at segment ${location.segment}, offset ${location.offset} is not whole: it is left where it is`,
  );
}

/** The same entry, its content untouched, with another header: JSON of what it belongs to. */
export function withHeader(entry: Buffer, header: Buffer, seal: Buffer): Buffer {
  const preamble = decodePreamble(entry, seal);
  if (preamble === undefined) throw new TypeError('withHeader: this is no entry');
  const content = entry.subarray(PREAMBLE_LENGTH + preamble.headerLength);
  const fixed = Buffer.alloc(PREAMBLE_LENGTH);
  // In a segment of copies it has none of its own, however large it is.
  encodePreamble(fixed, { ...preamble, large: false, headerLength: header.length }, header, seal);
  return Buffer.concat([fixed, header, content]);
}

export class CopySegment {
  readonly segment: number;
  readonly #file: SpoolFile;
  #kept = 0;
  #size = 0;

  constructor(segment: number, file: SpoolFile) {
    this.segment = segment;
    this.#file = file;
  }

  /** Where the kept entries end. */
  get kept(): number {
    return this.#kept;
  }

  /** Appends entries behind what is kept, durably; their places. */
  async append(entries: readonly Buffer[]): Promise<{ readonly locations: readonly SpoolLocation[]; readonly end: number }> {
    let at = this.#kept;
    const buffers: Buffer[] = [];
    const locations = entries.map((bytes) => {
      const location = { segment: this.segment, offset: at, length: bytes.length };
      const padded = aligned(bytes.length);
      buffers.push(bytes, PADDING.subarray(0, padded - bytes.length));
      at += padded;
      return location;
    });
    this.#size = Math.max(this.#size, at);
    await writeAll(this.#file, buffers, this.#kept);
    // What a slice before left beyond its end is not to be taken for entries.
    if (this.#size > at) await this.#file.truncate(at);
    await this.#file.fdatasync();
    this.#size = at;
    return { locations, end: at };
  }

  /** The register has committed what was appended last. */
  keep(): void {
    this.#kept = this.#size;
  }

  /** Cuts off what is not kept, and lets go of the file. */
  async close(): Promise<void> {
    try {
      if (this.#size > this.#kept) await this.#file.truncate(this.#kept);
    } finally {
      await this.#file.close();
    }
  }
}
