/**
 * Reads an entry back: nothing is handed out whose header CRC or SHA-256 does not hold (R24).
 * Content up to 4 MiB comes as one buffer. Larger content is hashed in one pass first and then
 * streamed; it is hashed again while it streams, so that the last octets of content that changed
 * in between never arrive.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { StoreError } from '../../domain/errors.ts';
import type { StoredContent } from '../../domain/ports.ts';
import { checksumHolds, decodePreamble, entryLength, PREAMBLE_LENGTH, type Preamble } from './entry.ts';
import { readFully, type SpoolFile } from './files.ts';
import type { OpenFiles } from './segments.ts';
import type { ExpectedContent, SpoolLocation } from './types.ts';
import { hashRegion } from './walk.ts';

/** Content up to this size is handed out as one buffer; see StoredContent. */
export const WHOLE_LIMIT = 4 * 1024 * 1024;
const PIECE = 256 * 1024;

interface ReadRequest {
  readonly open: OpenFiles;
  readonly seal: Buffer;
  readonly location: SpoolLocation;
  readonly expected: ExpectedContent;
}

export async function readContent(request: ReadRequest): Promise<StoredContent> {
  const { location } = request;
  try {
    return await request.open.use(location.segment, (file) => readFrom(file, request));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw corrupt(location, 'its segment file is missing', error);
  }
}

function corrupt(location: SpoolLocation, what: string, cause?: unknown): StoreError {
  const where = `segment ${location.segment}, offset ${location.offset}`;
  return new StoreError(
    'corrupt',
    `content at ${where}: ${what}; it is not forwarded. 'relais verify' tells the extent; a backup may hold it`,
    {
      cause,
    },
  );
}

async function readFrom(file: SpoolFile, request: ReadRequest): Promise<StoredContent> {
  const { location, expected } = request;
  const small = expected.size <= WHOLE_LIMIT;
  // The header's length is known by subtraction, so that one read gets everything of small content.
  const headerLength = location.length - PREAMBLE_LENGTH - expected.size;
  if (headerLength < 0) throw corrupt(location, 'its record does not fit it');
  const bytes = Buffer.allocUnsafeSlow(PREAMBLE_LENGTH + headerLength + (small ? expected.size : 0));
  const got = await readFully(file, bytes, location.offset);
  const preamble = decodePreamble(bytes.subarray(0, got), request.seal);
  if (preamble?.erased && checksumHolds(bytes, preamble, bytes)) {
    throw new StoreError('erased', `content at segment ${location.segment}, offset ${location.offset} was erased`);
  }
  if (got < bytes.length) throw corrupt(location, 'the file ends before it');
  if (preamble === undefined) throw corrupt(location, 'no entry begins there');
  checkFixedPart(bytes, preamble, request);
  const contentAt = PREAMBLE_LENGTH + headerLength;
  if (small) return wholeContent(bytes.subarray(contentAt), request);
  const digest = await hashRegion(file, location.offset + contentAt, expected.size);
  if (digest?.toString('hex') !== expected.sha256) throw corrupt(location, 'its SHA-256 does not hold');
  return {
    size: expected.size,
    sha256: expected.sha256,
    bytes: null,
    stream: () => Readable.from(pieces(request, location.offset + contentAt), { objectMode: false, highWaterMark: PIECE }),
  };
}

function checkFixedPart(bytes: Buffer, preamble: Preamble, { location, expected }: ReadRequest): void {
  const header = bytes.subarray(PREAMBLE_LENGTH, PREAMBLE_LENGTH + preamble.headerLength);
  if (!checksumHolds(bytes, preamble, header)) throw corrupt(location, 'the checksum of its header does not hold');
  if (entryLength(preamble) !== location.length || preamble.contentLength !== expected.size) {
    throw corrupt(location, 'another entry stands there');
  }
  if (preamble.sha256.toString('hex') !== expected.sha256) throw corrupt(location, 'its SHA-256 is not that of the record');
}

function wholeContent(bytes: Buffer, { location, expected }: ReadRequest): StoredContent {
  const digest = createHash('sha256').update(bytes).digest('hex');
  if (digest !== expected.sha256) throw corrupt(location, 'its SHA-256 does not hold');
  return {
    size: expected.size,
    sha256: expected.sha256,
    bytes,
    stream: () => Readable.from([bytes], { objectMode: false }),
  };
}

async function* pieces({ open, location, expected }: ReadRequest, start: number): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for (let done = 0; done < expected.size; ) {
    const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, expected.size - done));
    // The descriptor is taken for each piece, so that a reader who stops half-way holds none.
    const got = await open.use(location.segment, (file) => readFully(file, piece, start + done));
    if (got < piece.length) throw corrupt(location, 'the file ends before it');
    hash.update(piece);
    done += piece.length;
    if (done === expected.size && hash.digest('hex') !== expected.sha256) throw corrupt(location, 'it changed while it was read');
    yield piece;
  }
}
