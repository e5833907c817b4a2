/**
 * One group of contents laid out: the places of its entries and the buffers that are written.
 * Small contents stand one after the other; each large one is alone in its segment already.
 */
import { ALIGNMENT, aligned, encodePreamble, entryLength, PREAMBLE_LENGTH } from './entry.ts';
import type { ExpectedContent, SpoolLocation, SpoolPosition } from './types.ts';
import type { SpoolWriter } from './writer.ts';

const PADDING = Buffer.alloc(ALIGNMENT);

interface FinishedEntry extends ExpectedContent {
  /** Its own segment; null: it stands in the shared one, `relative` octets after the group's start. */
  readonly segment: number | null;
  readonly relative: number;
  readonly length: number;
}

interface SingleWrite {
  readonly segment: number;
  /** Of the file. */
  readonly size: number;
  /** Writes the fixed part and makes the whole durable. */
  write(): Promise<void>;
}

export class GroupPlan {
  readonly writers: readonly SpoolWriter[];
  /** What is written to the shared segment, in order. */
  readonly buffers: Buffer[] = [];
  readonly singles: SingleWrite[] = [];
  /** Octets of `buffers`: a multiple of the alignment. */
  sharedLength = 0;
  readonly #entries: FinishedEntry[] = [];

  /** Ends the contents. */
  constructor(group: number, seal: Buffer, writers: readonly SpoolWriter[]) {
    this.writers = writers;
    for (const writer of writers) this.#add(writer, group, seal);
  }

  /** The entries' places when the shared ones begin at `start`. */
  place(start: SpoolPosition): { readonly location: SpoolLocation; readonly sha256: string; readonly size: number }[] {
    return this.#entries.map(({ segment, relative, length, sha256, size }) => ({
      location: segment === null ? { segment: start.segment, offset: start.offset + relative, length } : { segment, offset: 0, length },
      sha256,
      size,
    }));
  }

  #add(writer: SpoolWriter, group: number, seal: Buffer): void {
    const { sha256, chunks } = writer.finish();
    const { kind, header, size, segment } = writer;
    const preamble = {
      kind,
      erased: false,
      large: segment !== null,
      group,
      headerLength: header.length,
      contentLength: size,
      sha256,
    };
    const fixed = Buffer.allocUnsafe(PREAMBLE_LENGTH + header.length);
    header.copy(fixed, PREAMBLE_LENGTH);
    encodePreamble(fixed, preamble, header, seal);
    const length = entryLength(preamble);
    this.#entries.push({ segment, relative: this.sharedLength, length, sha256: sha256.toString('hex'), size });
    if (segment !== null) {
      this.singles.push({ segment, size: length, write: () => writer.seal(fixed) });
      return;
    }
    const padded = aligned(length);
    this.buffers.push(fixed, ...chunks);
    if (padded > length) this.buffers.push(PADDING.subarray(0, padded - length));
    this.sharedLength += padded;
  }
}
