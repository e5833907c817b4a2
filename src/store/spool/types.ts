/** What the spool tells its users of places and sizes. */
import type { EntryKind } from './entry.ts';

/** Where an entry stands; `length` is that of the whole entry. */
export interface SpoolLocation {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

export function isSamePlace(a: SpoolLocation, b: SpoolLocation): boolean {
  return a.segment === b.segment && a.offset === b.offset && a.length === b.length;
}

/** A place in the appended segments. Segment 0: before the first one. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/**
 * Where the spool ends with a commit, and what that commit's group was: the register's batch keeps
 * it as it is, and `recover` gets it back. `prepare` gives it for a group. A batch without content
 * keeps `Spool.end` instead, and so does closing: only one commit is in flight, so the group before
 * had ended, and nothing of it is in doubt any more.
 */
export interface SpoolEnd extends SpoolPosition {
  /** The group's first octet in `segment`; equal to `offset` when it has nothing there. */
  readonly start: number;
  /** Segments of its large contents. */
  readonly singles: readonly number[];
  /** Ascends from group to group. */
  readonly group: number;
  /** Large contents in segments from here on were still streaming. */
  readonly openFrom: number;
}

/** Of a spool in which nothing was committed yet. */
export const EMPTY_END: SpoolEnd = { segment: 0, offset: 0, start: 0, singles: [], group: 0, openFrom: 0 };

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
  /** Number of the commit that wrote it. */
  readonly group: number;
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
