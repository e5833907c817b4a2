/** What the spool tells its users of places and sizes. */
import type { EntryKind } from './entry.ts';

/** Where an entry stands; `length` is that of the whole entry. */
export interface SpoolLocation {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** Where the appended segments end: the next group is written there. Segment 0: nothing was written yet. */
export interface SpoolEnd {
  readonly segment: number;
  readonly offset: number;
}

export interface ExpectedContent {
  /** Lower-case hex. */
  readonly sha256: string;
  /** Octets of the content. */
  readonly size: number;
}

/** An entry as `Spool.scan` finds it. */
export interface ScannedEntry {
  readonly kind: EntryKind;
  /** JSON as given to `openContent`; empty once erased. */
  readonly header: Buffer;
  readonly location: SpoolLocation;
  readonly sha256: string;
  readonly size: number;
  readonly erased: boolean;
  /** False: the header is right, the content is not that of the SHA-256. True for what is erased. */
  readonly whole: boolean;
}

/** A place in a segment that is no entry. */
export interface SpoolDamage {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly what: string;
}

/** As pino's; what the spool says of itself. */
export interface SpoolLog {
  info(detail: object, text: string): void;
  warn(detail: object, text: string): void;
  error(detail: object, text: string): void;
}
