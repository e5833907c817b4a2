/**
 * Moves what is kept out of segments of the spool that are mostly dead, so that their room is free.
 *
 * A slice of entries at a time: copied octet for octet to a segment of copies and synced there; then
 * one commit gives the records their new places and says where the copies end; then what stood at
 * the old places is overwritten (R64), and the empty segment is dropped like any other. A crash
 *
 * - before the commit leaves copies that no record names: cut off at opening;
 * - after it leaves old places that are not overwritten: the segment is marked, and they are
 *   overwritten at opening (`settleMoves`).
 *
 * Erasing waits for a slice and a slice for erasing (`turns`), since both go by where a content
 * stands. Whoever reads an old place meanwhile looks the new one up and reads again.
 *
 * Upstream: the clean-up, and opening. On failure: an entry that is not whole keeps its segment as
 * it is; a disk that refuses the copy ends the rewriting and nothing else.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../../domain/errors.ts';
import type { CopiedEntries, ScannedEntry, SpoolLocation } from '../spool/spool.ts';
import { isSamePlace } from '../spool/types.ts';
import type { StoreContext } from './context.ts';
import { stageReportMove } from './reports.ts';
import { type Resident, residentsOf } from './residents.ts';
import type { Transaction } from './transaction.ts';

/** Less of a segment than this share is kept: it is rewritten. */
const MOSTLY_DEAD = 0.5;
/** Bounds of one slice. */
const SLICE_OCTETS = 2 * 1024 * 1024;
const SLICE_ENTRIES = 64;
/** Octets moved in one clean-up: more waits for the next. */
const MOVED_AT_MOST = 1024 * 1024 * 1024;
/** A full disk takes no copies: half a segment is written before a whole one is freed, beside the reserve (disk.ts). */
const ROOM = 96 * 1024 * 1024;

/** Rewrites what is mostly dead, the deadest first. */
export async function rewriteSegments(context: StoreContext): Promise<void> {
  const { spool, segments, disk, log } = context;
  let moved = 0;
  try {
    for (const segment of mostlyDead(context)) {
      if (moved > MOVED_AT_MOST || disk.freeOctets < ROOM) break;
      moved += await rewriteSegment(context, segment);
      await segments.drop();
    }
  } catch (error) {
    // The store's own errors are told where they belong; a disk that takes no copy harms nothing.
    if (error instanceof StoreError) throw error;
    log.warn({ err: error }, 'segments of the spool that are mostly dead were not rewritten');
  } finally {
    // In a turn: an erasure may be copying too.
    await context.turns
      .take(() => spool.endCopies())
      .catch((error: unknown) => log.warn({ err: error }, 'copies that do not count were not cut off'));
  }
}

function mostlyDead({ spool, segments, committer }: StoreContext): number[] {
  const shares = spool.segments().flatMap(({ segment, size, form, sealed }) => {
    const count = committer.segments.get(segment);
    if (form === 'single' || !sealed || size === 0 || count === undefined || count.live === 0 || segments.isPinned(segment)) return [];
    return [{ segment, share: count.octets / size }];
  });
  return shares
    .filter(({ share }) => share < MOSTLY_DEAD)
    .sort((a, b) => a.share - b.share)
    .map(({ segment }) => segment);
}

/** Octets moved. */
async function rewriteSegment(context: StoreContext, segment: number): Promise<number> {
  const { spool, segments, log } = context;
  const pinned = { segment, offset: 0, length: 0 };
  // Dropped when all of it is overwritten, and not before.
  segments.pin(pinned);
  let moved = 0;
  try {
    for await (const slice of inSlices(spool.entries(segment))) {
      const started = performance.now();
      moved += await context.turns.take(() => moveSlice(context, segment, slice));
      // Half of the time is left to the mail.
      await delay(performance.now() - started);
    }
  } catch (error) {
    if (!(error instanceof StoreError) || (error.code !== 'corrupt' && error.code !== 'damaged')) throw error;
    log.error({ err: error, segment }, 'a segment of the spool that is mostly dead can not be rewritten');
  } finally {
    segments.unpin(pinned);
  }
  return moved;
}

/** Entries that are not erased, so many at a time. */
async function* inSlices(entries: AsyncIterable<ScannedEntry>): AsyncGenerator<ScannedEntry[]> {
  let slice: ScannedEntry[] = [];
  let octets = 0;
  for await (const entry of entries) {
    if (entry.erased) continue;
    slice.push(entry);
    octets += entry.location.length;
    if (octets < SLICE_OCTETS && slice.length < SLICE_ENTRIES) continue;
    yield slice;
    slice = [];
    octets = 0;
  }
  if (slice.length > 0) yield slice;
}

async function moveSlice(context: StoreContext, segment: number, entries: readonly ScannedEntry[]): Promise<number> {
  const { database, spool, committer } = context;
  const found = await residentsOf(database, entries);
  const living = found.filter((resident, i): resident is Resident => {
    const entry = entries[i];
    return resident !== undefined && entry !== undefined && isSamePlace(resident.location, entry.location);
  });
  if (living.length === 0) return 0;
  const copied = await spool.copyEntries(
    segment,
    living.map(({ location }) => location),
  );
  const { moved, left } = await committer.submit({
    messages: living.flatMap(({ kind, id }) => (kind === 'message' ? [id] : [])),
    reads: living.map(({ key }) => key),
    weight: living.length,
    stage: (transaction) => {
      const places = stageMoves(transaction, living, copied);
      transaction.endCopies(copied.segment, copied.end);
      transaction.markMoving(segment, true);
      return places;
    },
  });
  spool.keepCopies();
  await overwrite(context, [...moved, ...left]);
  return moved.reduce((sum, { length }) => sum + length, 0);
}

/** Gives the records their new places: the old ones, and the copies of what is no longer to be moved. */
function stageMoves(transaction: Transaction, living: readonly Resident[], copied: CopiedEntries) {
  const moved: SpoolLocation[] = [];
  const left: SpoolLocation[] = [];
  for (const [i, resident] of living.entries()) {
    const to = copied.locations[i] ?? null;
    const value = transaction.value(resident.key);
    if (to === null) continue;
    if (value !== undefined && stageMove(transaction, resident, value, to)) moved.push(resident.location);
    else left.push(to);
  }
  return { moved, left };
}

function stageMove(transaction: Transaction, resident: Resident, value: Buffer, to: SpoolLocation): boolean {
  return resident.kind === 'message'
    ? transaction.move({ id: resident.id, value, from: resident.location, to })
    : stageReportMove(transaction, { key: resident.key, value, from: resident.location, to });
}

async function overwrite({ spool, committer }: StoreContext, locations: readonly SpoolLocation[]): Promise<void> {
  if (locations.length === 0) return;
  try {
    await spool.erase(locations);
  } catch (error) {
    throw error instanceof StoreError && error.code === 'closed' ? error : committer.fail(error);
  }
}

/** Overwrites what a crash left at old places; at opening. */
export async function settleMoves(context: StoreContext): Promise<void> {
  const { database, spool, committer } = context;
  const marked = [...committer.segments].filter(([, { moving }]) => moving).map(([segment]) => segment);
  for (const segment of marked) {
    for await (const slice of inSlices(spool.entries(segment))) {
      const found = await residentsOf(database, slice);
      const old = slice.filter(({ location }, i) => {
        const resident = found[i];
        return resident !== undefined && !isSamePlace(resident.location, location);
      });
      await overwrite(
        context,
        old.map(({ location }) => location),
      );
    }
    await committer.submit({ weight: 1, stage: (transaction) => transaction.markMoving(segment, false) });
  }
}
