/**
 * The seal of a spool: six random octets in the preamble of each of its entries, see entry.ts.
 * Kept in the file `seal`; when that is lost, the entries at the beginning of the segments, where
 * nobody else can have put one, tell it.
 */
import { dirname, join } from 'node:path';
import { StoreError } from '../../domain/errors.ts';
import { PREAMBLE_LENGTH, SEAL_LENGTH, sealOf } from './entry.ts';
import { readFully, type SpoolFiles, writeAll } from './files.ts';
import { type SegmentFile, segmentPath } from './segments.ts';
import type { SpoolLog } from './types.ts';

const NAME = 'seal';

export interface SealRequest {
  readonly files: SpoolFiles;
  readonly dir: string;
  readonly segments: readonly SegmentFile[];
  readonly log: SpoolLog;
  readonly randomBytes: (length: number) => Buffer;
}

export async function readSeal(request: SealRequest): Promise<Buffer> {
  const path = join(request.dir, NAME);
  const kept = await request.files.readWhole(path);
  const text = kept?.toString('latin1').trim() ?? '';
  if (/^[0-9a-f]{12}$/.test(text)) return Buffer.from(text, 'hex');
  const found = await sealInSegments(request);
  if (found === undefined && request.segments.some((segment) => segment.size > 0 && segment.form === 'segment')) {
    throw new StoreError('damaged', `${path} is missing or damaged, and no segment beside it can be read; restore a backup of the spool`);
  }
  if (found !== undefined) request.log.warn({ path }, 'the seal of the spool was lost; it was read from the segments');
  const seal = found ?? request.randomBytes(SEAL_LENGTH);
  if (kept !== undefined) await request.files.remove(path);
  const file = await request.files.open(path, 'create');
  try {
    await writeAll(file, [Buffer.from(`${seal.toString('hex')}\n`, 'latin1')], 0);
    await file.fdatasync();
  } finally {
    await file.close();
  }
  await request.files.syncDirectory(request.dir);
  await request.files.syncDirectory(dirname(request.dir));
  return seal;
}

/** The seal that most segments begin with. */
async function sealInSegments(request: SealRequest): Promise<Buffer | undefined> {
  const votes = new Map<string, number>();
  for (const segment of request.segments) {
    const file = await request.files.open(segmentPath(request.dir, segment), 'read');
    try {
      const fixed = Buffer.alloc(PREAMBLE_LENGTH);
      await readFully(file, fixed, 0);
      const seal = sealOf(fixed)?.toString('hex');
      if (seal !== undefined) votes.set(seal, (votes.get(seal) ?? 0) + 1);
    } finally {
      await file.close();
    }
  }
  const [best] = [...votes].sort((a, b) => b[1] - a[1]);
  return best === undefined ? undefined : Buffer.from(best[0], 'hex');
}
