/**
 * Walks the entries of a segment file in order, checks them, and goes on after damage at the next
 * place where a preamble with the spool's seal and a CRC that holds stands.
 *
 * Upstream: recovery at opening, `Spool.scan` (verify and rebuild).
 */
import { createHash } from 'node:crypto';
import { ALIGNMENT, aligned, checksumHolds, decodePreamble, entryLength, MAGIC, PREAMBLE_LENGTH, type Preamble } from './entry.ts';
import { readFully, type SpoolFile } from './files.ts';

/** Octets read at once. */
const WINDOW = 1024 * 1024;
const ZEROS = Buffer.alloc(WINDOW);

export interface WalkedEntry {
  readonly type: 'entry';
  readonly offset: number;
  /** Whole entry, padding not counted. */
  readonly length: number;
  readonly preamble: Preamble;
  /** Empty once erased. */
  readonly header: Buffer;
  /** Null: not looked at, because it was not asked for or the entry is erased. */
  readonly contentHolds: boolean | null;
}

export interface WalkedDamage {
  readonly type: 'damage';
  readonly offset: number;
  /** Up to where the walk goes on. */
  readonly length: number;
  /** Nothing but zeros: space that was never written. */
  readonly blank: boolean;
}

export interface WalkRequest {
  readonly file: SpoolFile;
  readonly seal: Buffer;
  readonly from: number;
  /** Where the walk ends: the file's size, or the committed end. */
  readonly to: number;
  /** One large entry fills the file: its content is not searched for others. */
  readonly large: boolean;
  /** Whether the content of an entry is read and compared with its SHA-256. */
  readonly checkContent: (entry: { readonly offset: number; readonly preamble: Preamble }) => boolean;
}

/** A view into the file that is read in large pieces. */
class FileWindow {
  readonly #file: SpoolFile;
  readonly #to: number;
  #buffer: Buffer;
  #start = 0;
  #filled = 0;

  constructor({ file, from, to }: Pick<WalkRequest, 'file' | 'from' | 'to'>) {
    this.#file = file;
    this.#to = to;
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(WINDOW, to - from)));
  }

  /** Up to `length` octets from `offset`, fewer at the end; valid until the next call. */
  async bytes(offset: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.#to - offset));
    if (offset < this.#start || offset + wanted > this.#start + this.#filled) {
      if (wanted > this.#buffer.length) this.#buffer = Buffer.allocUnsafeSlow(wanted);
      const size = Math.min(this.#buffer.length, this.#to - offset);
      this.#start = offset;
      this.#filled = size <= 0 ? 0 : await readFully(this.#file, this.#buffer.subarray(0, size), offset);
    }
    const begin = offset - this.#start;
    return this.#buffer.subarray(begin, Math.min(begin + wanted, this.#filled));
  }
}

/** SHA-256 of a region of a file, read in pieces; undefined when the file is shorter. */
export async function hashRegion(file: SpoolFile, offset: number, length: number): Promise<Buffer | undefined> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(Math.min(WINDOW, Math.max(length, 1)));
  for (let done = 0; done < length; ) {
    const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
    if ((await readFully(file, piece, offset + done)) < piece.length) return undefined;
    hash.update(piece);
    done += piece.length;
  }
  return hash.digest();
}

async function entryAt(window: FileWindow, offset: number, request: WalkRequest): Promise<WalkedEntry | undefined> {
  const fixed = await window.bytes(offset, PREAMBLE_LENGTH);
  const preamble = decodePreamble(fixed, request.seal);
  if (preamble === undefined) return undefined;
  const whole = await window.bytes(offset, PREAMBLE_LENGTH + (preamble.erased ? 0 : preamble.headerLength));
  if (!preamble.erased && whole.length < PREAMBLE_LENGTH + preamble.headerLength) return undefined;
  const header = Buffer.from(whole.subarray(PREAMBLE_LENGTH));
  if (!checksumHolds(whole, preamble, header)) return undefined;
  const contentAt = offset + PREAMBLE_LENGTH + preamble.headerLength;
  const look = !preamble.erased && request.checkContent({ offset, preamble });
  return {
    type: 'entry',
    offset,
    length: entryLength(preamble),
    preamble,
    header,
    contentHolds: look ? await contentHolds(window, contentAt, preamble, request) : null,
  };
}

async function contentHolds(window: FileWindow, offset: number, preamble: Preamble, request: WalkRequest): Promise<boolean> {
  const length = preamble.contentLength;
  if (offset + length > request.to) return false;
  if (length > WINDOW) return (await hashRegion(request.file, offset, length))?.equals(preamble.sha256) ?? false;
  const content = await window.bytes(offset, length);
  return content.length === length && createHash('sha256').update(content).digest().equals(preamble.sha256);
}

/** The next place after damage where an entry stands, or the end; and whether there was anything but zeros. */
async function nextEntry(window: FileWindow, from: number, request: WalkRequest): Promise<{ offset: number; blank: boolean }> {
  let blank = true;
  for (let at = from; at < request.to; ) {
    const piece = await window.bytes(at, WINDOW);
    if (piece.length === 0) break;
    blank &&= piece.equals(ZEROS.subarray(0, piece.length));
    const found = request.large || blank ? -1 : preambleIn(piece, at, request.seal);
    if (found !== -1) {
      if ((await entryAt(window, at + found, { ...request, checkContent: () => false })) !== undefined)
        return { offset: at + found, blank };
      at += found + ALIGNMENT;
      continue;
    }
    if (piece.length < WINDOW) break; // the last one
    at += piece.length - PREAMBLE_LENGTH + 1; // what the piece cuts in two is found in the next
  }
  return { offset: request.to, blank };
}

/** Where in `piece`, which stands at `offset`, something stands that looks like a preamble of this spool. */
function preambleIn(piece: Buffer, offset: number, seal: Buffer): number {
  for (let found = piece.indexOf(MAGIC); found !== -1; found = piece.indexOf(MAGIC, found + 1)) {
    if ((offset + found) % ALIGNMENT !== 0) continue;
    if (decodePreamble(piece.subarray(found, found + PREAMBLE_LENGTH), seal) !== undefined) return found;
  }
  return -1;
}

/** The entries from `from` to `to`, and what is between them that is none. */
export async function* walkEntries(request: WalkRequest): AsyncGenerator<WalkedEntry | WalkedDamage> {
  const window = new FileWindow(request);
  let offset = request.from;
  while (offset < request.to) {
    const entry = await entryAt(window, offset, request);
    if (entry !== undefined) {
      yield entry;
      offset = aligned(offset + entry.length);
      continue;
    }
    const { offset: next, blank } = await nextEntry(window, offset, request);
    yield { type: 'damage', offset, length: next - offset, blank };
    offset = next;
  }
}
