/**
 * What a crash left in the spool, settled at opening (R8).
 *
 * One commit is in flight at a time, and its two halves, spool and register, are written side by
 * side. So at most the last group can be there by half:
 *
 * - the register has its end, the bytes are not whole: `validEnd` lies before the committed end,
 *   and the register drops the records beyond it, which were never acknowledged;
 * - the bytes are there, the register does not know them: orphans, cut off and counted.
 *
 * Two groups beyond the committed end can not come from a crash: the register is older than the
 * spool, and cutting would lose acknowledged mail. That is refused as damage, and so is a segment
 * that is missing or short where a group before the last one was durable.
 */
import { StoreError } from '../../domain/errors.ts';
import { aligned, checksumHolds, decodePreamble, type EntryKind, PREAMBLE_LENGTH } from './entry.ts';
import { readFully, type SpoolFile, type SpoolFiles } from './files.ts';
import { type SegmentFile, segmentPath } from './segments.ts';
import type { SpoolEnd, SpoolLocation, SpoolLog } from './types.ts';
import { walkEntries } from './walk.ts';

/** A large entry, as the register is asked whether it has a record of it. */
export interface LargeEntry {
  readonly kind: EntryKind;
  readonly segment: number;
  readonly header: Buffer;
  readonly location: SpoolLocation;
}

export interface RecoveryRequest {
  readonly files: SpoolFiles;
  readonly dir: string;
  readonly seal: Buffer;
  readonly segments: readonly SegmentFile[];
  /** The end of the last group that the register has; null: it has none. */
  readonly committed: SpoolEnd | null;
  /** Whether a record of it exists; undefined: large entries are not checked. */
  readonly knows: ((entry: LargeEntry) => boolean | Promise<boolean>) | undefined;
  readonly log: SpoolLog;
}

export interface Recovery {
  /** How far the bytes are whole: records beyond it are dropped. Never past the committed end. */
  readonly validEnd: SpoolEnd;
  /** Contents that no record knows; removed. */
  readonly orphanContents: number;
}

const ADVICE =
  "nothing was changed. Run 'relais verify' to see the extent; restore a backup, or run 'relais rebuild' to make the register anew from the spool";

function damaged(text: string): StoreError {
  return new StoreError('damaged', `the spool does not fit the register: ${text}; ${ADVICE}`);
}

export async function recoverSpool(request: RecoveryRequest): Promise<Recovery> {
  const committed = request.committed ?? { segment: 0, offset: 0 };
  const shared = request.segments.filter((segment) => !segment.large);
  const validEnd = await wholeUpTo(request, shared, committed);
  const tail = await tailBeyond(request, shared, committed);
  const singles = await orphanSingles(request);
  const groups = new Set([...tail.groups, ...singles.groups]);
  if (groups.size > 1) {
    throw damaged(`it holds ${groups.size} groups of mail beyond the last one that the register knows, of which a crash explains one`);
  }
  // Everything was looked at before anything is removed.
  for (const segment of [...tail.segments, ...singles.segments]) {
    await request.files.remove(segmentPath(request.dir, segment.segment, segment.large));
  }
  if (tail.segments.length + singles.segments.length > 0) await request.files.syncDirectory(request.dir);
  await cutOff(request, shared, validEnd);
  const orphanContents = tail.contents + singles.segments.length;
  if (orphanContents > 0) request.log.warn({ orphanContents }, 'contents without a record were never acknowledged: removed');
  return { validEnd, orphanContents };
}

async function withFile<T>(request: RecoveryRequest, segment: SegmentFile, work: (file: SpoolFile) => Promise<T>): Promise<T> {
  const file = await request.files.open(segmentPath(request.dir, segment.segment, segment.large), 'read');
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Up to where, in the segment of the committed end, the entries are whole. */
async function wholeUpTo(request: RecoveryRequest, shared: readonly SegmentFile[], committed: SpoolEnd): Promise<SpoolEnd> {
  if (committed.segment === 0) return committed;
  const segment = shared.find((candidate) => candidate.segment === committed.segment);
  if (segment === undefined) {
    if (shared.some((candidate) => candidate.segment > committed.segment)) throw damaged(`segment ${committed.segment} is missing`);
    // The last group began a segment whose creation never reached the disk.
    return { segment: committed.segment, offset: 0 };
  }
  return withFile(request, segment, async (file) => {
    const to = Math.min(segment.size, committed.offset);
    const last = await lastGroup(request, file, to);
    const offset = last === null ? 0 : await wholeGroupEnd(request, file, { ...last, to });
    return { segment: committed.segment, offset: Math.min(offset, committed.offset) };
  });
}

interface Group {
  /** Where it begins, or the damage does in which its beginning is. */
  readonly from: number;
  readonly number: number;
}

/** The last group before `to`, found by the preambles alone; null: no entry is there. */
async function lastGroup(request: RecoveryRequest, file: SpoolFile, to: number): Promise<Group | null> {
  let last = null as Group | null;
  let damagedFrom = null as number | null;
  const walk = walkEntries({ file, seal: request.seal, from: 0, to, large: false, checkContent: () => false });
  for await (const found of walk) {
    if (found.type === 'damage') {
      damagedFrom = found.offset;
      request.log.error({ offset: found.offset, length: found.length }, 'damage in the last segment of the spool');
      continue;
    }
    const { group, first } = found.preamble;
    if (group !== last?.number) last = { number: group, from: damagedFrom !== null && !first ? damagedFrom : found.offset };
    damagedFrom = null;
  }
  return last;
}

/** Up to where the entries of the group are whole, one after the other. */
async function wholeGroupEnd(request: RecoveryRequest, file: SpoolFile, group: Group & { readonly to: number }): Promise<number> {
  let end = group.from;
  const walk = walkEntries({ file, seal: request.seal, from: group.from, to: group.to, large: false, checkContent: () => true });
  for await (const found of walk) {
    if (found.type === 'damage' || found.contentHolds === false) break;
    end = aligned(found.offset + found.length);
  }
  return end;
}

interface Tail {
  readonly contents: number;
  readonly groups: ReadonlySet<number>;
  /** Segments begun after the committed end: nothing in them is known. */
  readonly segments: readonly SegmentFile[];
}

/** What stands behind the committed end. */
async function tailBeyond(request: RecoveryRequest, shared: readonly SegmentFile[], committed: SpoolEnd): Promise<Tail> {
  const groups = new Set<number>();
  let contents = 0;
  for (const segment of shared) {
    if (segment.segment < committed.segment) continue;
    const from = segment.segment === committed.segment ? committed.offset : 0;
    await withFile(request, segment, async (file) => {
      const walk = walkEntries({ file, seal: request.seal, from, to: segment.size, large: false, checkContent: () => false });
      for await (const found of walk) {
        if (found.type === 'entry') groups.add(found.preamble.group);
        if (found.type === 'entry' || !found.blank) contents++;
      }
    });
  }
  return { contents, groups, segments: shared.filter((segment) => segment.segment > committed.segment) };
}

interface OrphanSingles {
  readonly segments: readonly SegmentFile[];
  readonly groups: ReadonlySet<number>;
}

/** Large contents whose preamble was never written, or that no record knows. */
async function orphanSingles(request: RecoveryRequest): Promise<OrphanSingles> {
  const segments: SegmentFile[] = [];
  const groups = new Set<number>();
  for (const segment of request.segments.filter((candidate) => candidate.large)) {
    const fixed = await withFile(request, segment, async (file) => readFixedPart(file, request.seal));
    if (fixed === 'blank') segments.push(segment);
    else if (fixed === 'damaged') request.log.error({ segment: segment.segment }, 'damage in a large content of the spool');
    else if (request.knows !== undefined && !(await request.knows({ ...fixed, ...place(segment, fixed) }))) {
      segments.push(segment);
      groups.add(fixed.group);
    }
  }
  return { segments, groups };
}

interface FixedPart {
  readonly kind: EntryKind;
  readonly header: Buffer;
  readonly group: number;
  readonly length: number;
}

function place({ segment }: SegmentFile, { length }: FixedPart): { segment: number; location: SpoolLocation } {
  return { segment, location: { segment, offset: 0, length } };
}

/** Preamble and header of a large entry; `blank` while it was never sealed. */
async function readFixedPart(file: SpoolFile, seal: Buffer): Promise<FixedPart | 'blank' | 'damaged'> {
  const fixed = Buffer.alloc(PREAMBLE_LENGTH);
  await readFully(file, fixed, 0);
  if (fixed.every((octet) => octet === 0)) return 'blank';
  const preamble = decodePreamble(fixed, seal);
  if (preamble === undefined) return 'damaged';
  const header = Buffer.alloc(preamble.erased ? 0 : preamble.headerLength);
  await readFully(file, header, PREAMBLE_LENGTH);
  if (!checksumHolds(fixed, preamble, header)) return 'damaged';
  const length = PREAMBLE_LENGTH + preamble.headerLength + preamble.contentLength;
  return { kind: preamble.kind, header, group: preamble.group, length };
}

/** Cuts the last segment at the valid end; the padding that a crash may have cost is put back. */
async function cutOff(request: RecoveryRequest, shared: readonly SegmentFile[], end: SpoolEnd): Promise<void> {
  const segment = shared.find((candidate) => candidate.segment === end.segment);
  if (segment === undefined) return;
  const file = await request.files.open(segmentPath(request.dir, segment.segment, false), 'write');
  try {
    if (segment.size !== end.offset) await file.truncate(end.offset);
    // Also when nothing was cut: what a failed sync left in memory alone is not taken for durable.
    await file.fdatasync();
  } finally {
    await file.close();
  }
}
