/** What the passes of a verification share. */
import type { Database } from '../level/database.ts';
import type { CommitRecord, SegmentCount } from '../level/transaction.ts';
import type { Spool, SpoolLocation, SpoolPosition } from '../spool/spool.ts';
import type { Findings } from './findings.ts';

export interface VerifyCounts {
  messages: number;
  recipients: number;
  pending: number;
  attempts: number;
  events: number;
  reports: number;
  indexKeys: number;
  /** Of the spool. */
  entries: number;
  erasedEntries: number;
  /** Octets of content whose SHA-256 was computed. */
  octets: number;
}

export interface Verification {
  readonly database: Database;
  readonly record: CommitRecord;
  readonly spool: Spool;
  readonly findings: Findings;
  readonly counts: VerifyCounts;
  /** Entries of the spool that the scan found and that are not erased. */
  readonly entries: EntrySet;
  /** Entries that carry an erased mark. */
  readonly erased: EntrySet;
  /** Segments of copies, with where the register says that they end; 0: it does not know them. */
  readonly copyEnds: ReadonlyMap<number, number>;
  /** Segments that entries are being moved out of. */
  readonly moving: ReadonlySet<number>;
  /** What lives in each segment by the records. */
  readonly segments: Map<number, SegmentCount>;
}

const GRID = 64;

/** Places of entries, a bit each: a million take a few megabytes. */
export class EntrySet {
  readonly #segments = new Map<number, Uint8Array>();

  add({ segment, offset }: SpoolLocation): void {
    const bit = Math.floor(offset / GRID);
    let bits = this.#segments.get(segment) ?? new Uint8Array(64);
    if (bit >> 3 >= bits.length) {
      const larger = new Uint8Array(Math.max(bits.length * 2, (bit >> 3) + 1));
      larger.set(bits);
      bits = larger;
    }
    bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
    this.#segments.set(segment, bits);
  }

  has({ segment, offset }: SpoolLocation): boolean {
    const bit = Math.floor(offset / GRID);
    return offset % GRID === 0 && ((this.#segments.get(segment)?.[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}

/** Whether a place belongs to the last commit, or to a clean-up under way, which a crash may have left by half. */
export function isInDoubt({ record, copyEnds }: Pick<Verification, 'record' | 'copyEnds'>, place: SpoolPosition): boolean {
  const { segment, offset } = place;
  const { end } = record;
  const copyEnd = copyEnds.get(segment);
  if (copyEnd !== undefined) return offset >= copyEnd;
  if (end.singles.includes(segment) || segment >= end.openFrom) return true;
  return segment > end.segment || (segment === end.segment && offset >= end.start);
}

export function placeOf({ segment, offset }: SpoolPosition): string {
  return `spool segment ${segment}, offset ${offset}`;
}
