/**
 * What a crash left in the spool, settled at opening (R8).
 *
 * One commit is in flight at a time, and its two halves, spool and register, are written side by
 * side. So at most the last group can be there by half:
 *
 * - the register has it, bytes are missing: all of the group is cut off, and the register drops its
 *   records, which lie beyond `validEnd`; they were never acknowledged;
 * - the bytes are there, the register does not know them: orphans, removed and counted.
 *
 * Bytes that never reached the disk show as a file that is too short or as sectors of zeros. Bytes
 * that are all there and wrong are damage, not a crash: they stay, with their record, and reading
 * them says `corrupt` (R24).
 *
 * Two groups beyond the committed one can not come from a crash: the register is older than the
 * spool, and cutting would lose acknowledged mail. That is refused, and so is a segment that is
 * missing or short where an earlier group was durable. Nothing is changed before all was looked at.
 */
import { StoreError } from '../../domain/errors.ts';
import { checksumHolds, decodePreamble, PREAMBLE_LENGTH, type Preamble } from './entry.ts';
import { readFully, type SpoolFile, type SpoolFiles, writeAll } from './files.ts';
import { type SegmentFile, segmentPath } from './segments.ts';
import { EMPTY_END, type SpoolEnd, type SpoolLog, type SpoolPosition } from './types.ts';
import { hashRegion, walkEntries } from './walk.ts';

export interface RecoveryRequest {
  readonly files: SpoolFiles;
  readonly dir: string;
  readonly seal: Buffer;
  readonly segments: readonly SegmentFile[];
  /** Null: the register has none. */
  readonly committed: SpoolEnd | null;
  readonly log: SpoolLog;
}

export interface Recovery {
  /** Where the spool ends now; nothing of it is in doubt. Records beyond it are to be dropped. */
  readonly validEnd: SpoolEnd;
  /** False: bytes of the last group were missing, and it was cut off, its large contents removed. */
  readonly lastGroupWhole: boolean;
  /** Contents that no record knows; removed. */
  readonly orphanContents: number;
}

const SECTOR = 512;
const ZERO_SECTOR = Buffer.alloc(SECTOR);
/** A share of a sector below this says nothing. */
const SHARE = 16;
const PIECE = 1024 * 1024;

function damaged(text: string): StoreError {
  return new StoreError(
    'damaged',
    `the spool does not fit the register: ${text}; nothing was changed. Restore a backup, or run 'relais rebuild' to make the register anew from the spool`,
  );
}

export async function recoverSpool(request: RecoveryRequest): Promise<Omit<Recovery, 'validEnd'> & { readonly position: SpoolPosition }> {
  const committed = request.committed ?? EMPTY_END;
  const { segment, start, offset } = committed;
  const shared = request.segments.filter(({ form }) => form === 'segment');
  const lastGroupWhole = (await isSharedWritten(request, shared, committed)) && (await areSinglesWritten(request, committed));
  const tail = await tailBeyond(request, shared, committed);
  const orphans = await orphanSingles(request, committed);
  const groups = new Set([...tail.groups, ...orphans.groups]);
  if (groups.size > 1) {
    throw damaged(`it holds ${groups.size} groups of mail beyond the last one that the register knows, and a crash leaves one at most`);
  }
  const cut = lastGroupWhole ? [] : request.segments.filter((candidate) => committed.singles.includes(candidate.segment));
  const removed = [...tail.segments, ...orphans.segments, ...cut];
  for (const file of removed) await request.files.remove(segmentPath(request.dir, file));
  if (removed.length > 0) await request.files.syncDirectory(request.dir);
  const position = { segment, offset: lastGroupWhole ? offset : start };
  await secureEnd(request, shared, { ...position, start });
  const orphanContents = tail.contents + orphans.segments.length;
  if (orphanContents > 0) request.log.warn({ orphanContents }, 'contents that were never acknowledged were removed from the spool');
  if (!lastGroupWhole)
    request.log.warn({ ...position }, 'the last group of the spool was not whole, and never acknowledged: it was cut off');
  return { position, lastGroupWhole, orphanContents };
}

async function withFile<T>(request: RecoveryRequest, segment: SegmentFile, work: (file: SpoolFile) => Promise<T>): Promise<T> {
  const file = await request.files.open(segmentPath(request.dir, segment), 'read');
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Whether the small contents of the committed group are there. */
async function isSharedWritten(request: RecoveryRequest, shared: readonly SegmentFile[], committed: SpoolEnd): Promise<boolean> {
  const { segment: number, start, offset } = committed;
  if (offset === 0) return true;
  const segment = shared.find((candidate) => candidate.segment === number);
  // A group that begins a segment may have been lost together with the file's creation.
  if (segment === undefined && (start > 0 || offset === start)) throw damaged(`segment ${number} is missing`);
  const size = segment?.size ?? 0;
  if (size < start) throw damaged(`segment ${number} ends at octet ${size}, and was durable up to ${start}`);
  if (segment === undefined) return false;
  return withFile(request, segment, async (file) => {
    const walk = walkEntries({ file, seal: request.seal, from: start, to: offset, large: false, checkContent: () => true });
    for await (const found of walk) {
      if (found.type === 'entry' && found.contentHolds !== false) continue;
      if (await isUnwritten(file, found.offset, found.length, size)) return false;
      request.log.error({ segment: number, offset: found.offset, length: found.length }, 'damaged content in the spool');
    }
    return true;
  });
}

/**
 * Whether a part of the region never reached the disk: it lies beyond the end of the file, or the
 * region's share of a sector is nothing but zeros, of which mail has none.
 */
async function isUnwritten(file: SpoolFile, offset: number, length: number, size: number): Promise<boolean> {
  const end = offset + length;
  if (end > size) return true;
  const buffer = Buffer.allocUnsafe(Math.min(PIECE, length));
  for (let at = offset; at < end; ) {
    const piece = buffer.subarray(0, Math.min(buffer.length, PIECE - (at % SECTOR), end - at));
    await readFully(file, piece, at);
    for (let from = 0; from < piece.length; ) {
      const to = Math.min(from + SECTOR - ((at + from) % SECTOR), piece.length);
      if (to - from >= SHARE && piece.compare(ZERO_SECTOR, 0, to - from, from, to) === 0) return true;
      from = to;
    }
    at += piece.length;
  }
  return false;
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

/** Whether the large contents of the committed group are there. */
async function areSinglesWritten(request: RecoveryRequest, committed: SpoolEnd): Promise<boolean> {
  for (const number of committed.singles) {
    const segment = request.segments.find((candidate) => candidate.segment === number);
    if (segment === undefined || (await withFile(request, segment, (file) => isSingleUnwritten(request, file, segment)))) return false;
  }
  return true;
}

interface Orphans {
  readonly segments: readonly SegmentFile[];
  readonly groups: ReadonlySet<number>;
}

/** Large contents that were streaming, or whose group the register does not have. */
async function orphanSingles(request: RecoveryRequest, committed: SpoolEnd): Promise<Orphans> {
  const segments: SegmentFile[] = [];
  const groups = new Set<number>();
  for (const segment of request.segments.filter(({ form, segment }) => form === 'single' && segment >= committed.openFrom)) {
    if (committed.singles.includes(segment.segment)) continue;
    const preamble = await withFile(request, segment, (file) => readPreamble(file, request.seal));
    // While content streams it has no preamble yet.
    if (preamble !== undefined && preamble.group <= committed.group) continue;
    if (preamble !== undefined) groups.add(preamble.group);
    segments.push(segment);
  }
  return { segments, groups };
}

/** The preamble of a large entry, its checksum right; undefined while it was not sealed. */
export async function readPreamble(file: SpoolFile, seal: Buffer): Promise<Preamble | undefined> {
  const fixed = Buffer.alloc(PREAMBLE_LENGTH);
  await readFully(file, fixed, 0);
  const preamble = decodePreamble(fixed, seal);
  if (preamble === undefined) return undefined;
  const header = Buffer.alloc(preamble.erased ? 0 : preamble.headerLength);
  await readFully(file, header, PREAMBLE_LENGTH);
  return checksumHolds(fixed, preamble, header) ? preamble : undefined;
}

async function isSingleUnwritten(request: RecoveryRequest, file: SpoolFile, segment: SegmentFile): Promise<boolean> {
  const fixed = Buffer.alloc(PREAMBLE_LENGTH);
  await readFully(file, fixed, 0);
  // The content streams first; preamble and header are written when it is whole.
  if (fixed.equals(ZERO_SECTOR.subarray(0, PREAMBLE_LENGTH))) return true;
  const preamble = decodePreamble(fixed, request.seal);
  if (preamble?.erased) return false;
  if (preamble !== undefined) {
    const contentAt = PREAMBLE_LENGTH + preamble.headerLength;
    if (segment.size < contentAt + preamble.contentLength) return true;
    if (
      (await readPreamble(file, request.seal)) === undefined &&
      (await isUnwritten(file, PREAMBLE_LENGTH, preamble.headerLength, segment.size))
    ) {
      return true;
    }
    const digest = await hashRegion(file, contentAt, preamble.contentLength);
    if (digest?.equals(preamble.sha256)) return false;
  }
  request.log.error({ segment: segment.segment }, 'damaged content in the spool');
  return isUnwritten(file, 0, segment.size, segment.size);
}

/**
 * Cuts the last segment at the valid end; padding that a crash cost is put back. What is kept of the
 * last group is written once more and synced: when the process before met a failed sync, its bytes
 * may be in memory alone, in pages that the kernel holds for clean.
 */
async function secureEnd(
  request: RecoveryRequest,
  shared: readonly SegmentFile[],
  end: SpoolPosition & { readonly start: number },
): Promise<void> {
  const segment = shared.find((candidate) => candidate.segment === end.segment);
  if (segment === undefined) return;
  const file = await request.files.open(segmentPath(request.dir, segment), 'write');
  try {
    if (segment.size !== end.offset) await file.truncate(end.offset);
    for (let at = end.start; at < end.offset; at += PIECE) {
      const piece = Buffer.allocUnsafe(Math.min(PIECE, end.offset - at));
      await readFully(file, piece, at);
      await writeAll(file, [piece], at);
    }
    await file.fdatasync();
  } finally {
    await file.close();
  }
}
