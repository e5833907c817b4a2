/**
 * Erases entries in place (R64): content and header are overwritten with zeros at once, since the
 * header holds addresses and the subject; the preamble stays, marked, so that the walk over the
 * segment goes on behind it. The SHA-256 goes too: it would prove what a short text was.
 *
 * A large entry's file is cut to its preamble after it was overwritten, so that its room is free
 * at once (R27). On file systems that write copies (btrfs, ZFS) and on flash the old blocks live
 * on until the device reuses them; that is beyond what a file can promise.
 */
import { checksumHolds, decodePreamble, encodePreamble, entryLength, PREAMBLE_LENGTH, type Preamble } from './entry.ts';
import { readFully, type SpoolFile, writeAll } from './files.ts';
import type { SpoolLocation } from './types.ts';

const ZEROS = Buffer.alloc(1024 * 1024);

/** Overwrites the entries of one segment; the caller syncs. */
export async function eraseEntries(file: SpoolFile, locations: readonly SpoolLocation[], seal: Buffer): Promise<void> {
  for (const location of locations) await eraseEntry(file, location, seal);
}

async function eraseEntry(file: SpoolFile, location: SpoolLocation, seal: Buffer): Promise<void> {
  const fixed = Buffer.alloc(PREAMBLE_LENGTH);
  await readFully(file, fixed, location.offset);
  const found = decodePreamble(fixed, seal);
  if (found?.erased && checksumHolds(fixed, found, fixed)) return;
  // Where the preamble is damaged the record's length still says what to overwrite.
  const fits = found !== undefined && entryLength(found) === location.length;
  const preamble: Preamble = {
    kind: found?.kind ?? 'message',
    large: found?.large ?? false,
    group: found?.group ?? 0,
    erased: true,
    headerLength: fits ? found.headerLength : 0,
    contentLength: fits ? found.contentLength : location.length - PREAMBLE_LENGTH,
    sha256: ZEROS.subarray(0, 32),
  };
  encodePreamble(fixed, preamble, null, seal);
  await writeAll(file, [fixed], location.offset);
  const end = location.offset + location.length;
  for (let at = location.offset + PREAMBLE_LENGTH; at < end; at += ZEROS.length) {
    await writeAll(file, [ZEROS.subarray(0, Math.min(ZEROS.length, end - at))], at);
  }
}
