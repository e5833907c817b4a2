/** The entries of one segment file, as verify, rebuild and the clean-up read them. */
import type { SpoolFiles } from './files.ts';
import { type SegmentFile, segmentPath } from './segments.ts';
import type { ScannedEntry, SpoolDamage } from './types.ts';
import { type WalkedEntry, walkEntries } from './walk.ts';

export interface ScanRequest {
  readonly files: SpoolFiles;
  readonly dir: string;
  readonly seal: Buffer;
  readonly segment: SegmentFile;
  readonly from: number;
  /** Whether contents are read and compared with their SHA-256. */
  readonly checkContent: boolean;
  readonly onDamage: (damage: SpoolDamage) => void;
}

export async function* scanSegment(request: ScanRequest): AsyncGenerator<ScannedEntry> {
  const { files, dir, seal, from, checkContent, onDamage } = request;
  const { segment, form, size } = request.segment;
  const file = await files.open(segmentPath(dir, { segment, form }), 'read');
  try {
    for await (const found of walkEntries({ file, seal, from, to: size, large: form === 'single', checkContent: () => checkContent })) {
      if (found.type === 'entry') {
        yield scanned(segment, found);
        continue;
      }
      const what = found.blank ? 'space that was never written' : 'no entry, or one whose checksum does not hold';
      onDamage({ segment, offset: found.offset, length: found.length, what });
    }
  } finally {
    await file.close();
  }
}

function scanned(segment: number, { offset, length, preamble, header, contentHolds }: WalkedEntry): ScannedEntry {
  return {
    kind: preamble.kind,
    header: preamble.erased ? Buffer.alloc(0) : header,
    location: { segment, offset, length },
    sha256: preamble.sha256.toString('hex'),
    size: preamble.contentLength,
    erased: preamble.erased,
    group: preamble.group,
    whole: contentHolds !== false,
  };
}
