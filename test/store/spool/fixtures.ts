/** What the spool's tests share: directories that go, contents, and a file system that fails or counts on order. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import {
  type PreparedGroup,
  Spool,
  type SpoolFile,
  type SpoolFiles,
  type SpoolOptions,
  systemFiles,
} from '../../../src/store/spool/spool.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Directories and spools of one test file, removed and closed after each test. */
export function spoolBench() {
  const dirs: string[] = [];
  const spools: Spool[] = [];
  afterEach(async () => {
    for (const spool of spools.splice(0)) await spool.close();
    for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
  });
  const newDir = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'relais-spool-'));
    dirs.push(dir);
    return join(dir, 'spool');
  };
  let clock = 1_700_000_000_000;
  const open = async (dir: string, options: Partial<SpoolOptions> = {}): Promise<Spool> => {
    const spool = await Spool.open({ dir, log: silent, now: () => clock++, ...options });
    spools.push(spool);
    return spool;
  };
  return { newDir, open };
}

export function headerOf(id: string): Buffer {
  return Buffer.from(JSON.stringify({ id, envelope: `someone.${id}@customer.example` }));
}

/** Text of `size` octets that differs by `id` all through, without NUL, as mail is. */
export function contentOf(id: string, size: number): Buffer {
  const line = `${createHash('sha256').update(id).digest('hex')} ${id}\r\n`;
  return Buffer.from(line.repeat(Math.ceil(size / line.length)).slice(0, size), 'latin1');
}

/** Writes a group of contents in chunks, commits it. */
export async function commit(spool: Spool, contents: readonly Buffer[], name = 'm', chunk = 64 * 1024): Promise<PreparedGroup> {
  const group = spool.prepare(await writersOf(spool, contents, name, chunk));
  await group.write();
  return group;
}

export async function writersOf(spool: Spool, contents: readonly Buffer[], name = 'm', chunk = 64 * 1024) {
  const writers = [];
  for (const [index, content] of contents.entries()) {
    const writer = spool.openContent('message', headerOf(`${name}${index}`));
    for (let at = 0; at < content.length; at += chunk) await writer.write(content.subarray(at, at + chunk));
    writers.push(writer);
  }
  return writers;
}

export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The system's files without syncs: for tests that write thousands of times and cut nothing off the power. */
export const unsyncedFiles: SpoolFiles = {
  ...systemFiles,
  open: async (path, mode) => ({ ...(await systemFiles.open(path, mode)), fdatasync: () => Promise.resolve() }),
  syncDirectory: () => Promise.resolve(),
};

export type FileCall = 'open' | 'writev' | 'read' | 'fdatasync' | 'truncate' | 'close' | 'syncDirectory' | 'remove';

/**
 * The system's files, with `before` called ahead of each call: it may throw in its place. `limit`
 * makes writes short. `opened` is the number of descriptors that are open.
 */
export function watchedFiles(
  before: (call: FileCall, path: string) => void = () => undefined,
  limit?: () => number | undefined,
  base: SpoolFiles = systemFiles,
) {
  const watch = { opened: 0, calls: [] as { call: FileCall; path: string }[] };
  const tell = (call: FileCall, path: string): void => {
    watch.calls.push({ call, path });
    before(call, path);
  };
  const wrap = (file: SpoolFile, path: string): SpoolFile => ({
    writev: async (buffers, position) => {
      tell('writev', path);
      const most = limit?.();
      return file.writev(most === undefined ? buffers : [Buffer.concat(buffers).subarray(0, most)], position);
    },
    read: async (buffer, offset, length, position) => {
      tell('read', path);
      return file.read(buffer, offset, length, position);
    },
    fdatasync: async () => {
      tell('fdatasync', path);
      await file.fdatasync();
    },
    truncate: async (size) => {
      tell('truncate', path);
      await file.truncate(size);
    },
    size: () => file.size(),
    close: async () => {
      await file.close();
      watch.opened--;
      tell('close', path);
    },
  });
  const files: SpoolFiles = {
    ...base,
    open: async (path, mode) => {
      tell('open', path);
      const file = await base.open(path, mode);
      watch.opened++;
      return wrap(file, path);
    },
    syncDirectory: async (path) => {
      tell('syncDirectory', path);
      await base.syncDirectory(path);
    },
    remove: async (path) => {
      tell('remove', path);
      await systemFiles.remove(path);
    },
  };
  return { files, watch };
}

/** An error as the system gives it. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}
