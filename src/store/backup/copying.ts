/** Copies a file, or so much of it, and says what its SHA-256 is; in pieces that leave the event loop to the mail. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { FileState } from './manifest.ts';

/** Hashing one takes a fraction of a millisecond. */
const PIECE = 256 * 1024;
/** Synced so often, so that a disk has not all of it to write at once while mail waits for its own. */
const SYNC_EVERY = 8 * 1024 * 1024;
/** A file system tells two writes apart only so well; what was written just now may be written again unseen. */
const SETTLED = 2_000_000_000n;

export interface Copied {
  readonly size: number;
  readonly sha256: string;
}

export interface CopyRequest {
  readonly from: string;
  readonly to: string;
  /** Octets from its beginning. */
  readonly length: number;
  readonly signal?: AbortSignal | undefined;
  readonly onPiece?: (octets: number) => void;
}

/** Durable when it resolves, but for its name. `size` is less than `length` where the file is shorter. Throws the system's errors, and the signal's reason. */
export async function copyFileDurably({ from, to, length, signal, onPiece }: CopyRequest): Promise<Copied> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      let unsynced = 0;
      const read = await readPieces({ file: source, length, signal }, async (piece, at) => {
        for (let done = 0; done < piece.length; ) done += (await target.write(piece, done, piece.length - done, at + done)).bytesWritten;
        unsynced += piece.length;
        onPiece?.(piece.length);
        if (unsynced < SYNC_EVERY) return;
        unsynced = 0;
        await target.datasync();
      });
      await target.sync();
      return read;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** The SHA-256 of a whole file. */
export async function hashFile(path: string): Promise<Copied> {
  const file = await open(path, 'r');
  try {
    return await readPieces({ file, length: Number.POSITIVE_INFINITY, signal: undefined }, async () => undefined);
  } finally {
    await file.close();
  }
}

async function readPieces(
  { file, length, signal }: { readonly file: FileHandle; readonly length: number; readonly signal: AbortSignal | undefined },
  take: (piece: Buffer, at: number) => Promise<void>,
): Promise<Copied> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(PIECE);
  let at = 0;
  while (at < length) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, Math.min(PIECE, length - at), at);
    if (bytesRead === 0) break;
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await take(piece, at);
    at += bytesRead;
  }
  return { size: at, sha256: hash.digest('hex') };
}

/** By what it will be known that the file was not written since; null: it was written too recently to tell. */
export async function stateOf(path: string): Promise<{ readonly size: number; readonly state: FileState | null }> {
  const { size, ino, mtimeNs } = await stat(path, { bigint: true });
  const settled = BigInt(Date.now()) * 1_000_000n - mtimeNs > SETTLED;
  return { size: Number(size), state: settled ? { inode: String(ino), changed: String(mtimeNs) } : null };
}
