/**
 * The file system as the spool uses it: narrow, so that tests can put failures in. Calls take file
 * descriptors through callbacks, which is what costs least, and give numbers of octets, since a
 * write may be short.
 */
import fs from 'node:fs';

export interface SpoolFile {
  /** Writes as much as the system takes; the octets written. */
  writev(buffers: readonly Buffer[], position: number): Promise<number>;
  /** Reads up to `length` octets; fewer only at the end. */
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<number>;
  fdatasync(): Promise<void>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface SpoolFiles {
  /** `create` fails when the file exists; the others when it does not. New files are 0600 (R65). */
  open(path: string, mode: 'create' | 'write' | 'read'): Promise<SpoolFile>;
  /** Makes creations and removals in the directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Creates it and what is missing above, 0700. */
  makeDirectory(path: string): Promise<void>;
  list(path: string): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** Undefined when there is none. */
  readWhole(path: string): Promise<Buffer | undefined>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

type Callback<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

function called<T>(call: (callback: Callback<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    call((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}

function done(call: (callback: (error: NodeJS.ErrnoException | null) => void) => void): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    call((error) => (error === null ? resolve() : reject(error)));
  });
}

const FLAGS = { create: 'wx+', write: 'r+', read: 'r' } as const;

function fileOf(fd: number): SpoolFile {
  return {
    writev: (buffers, position) => called<number>((callback) => fs.writev(fd, buffers, position, callback)),
    read: (buffer, offset, length, position) => called<number>((callback) => fs.read(fd, buffer, offset, length, position, callback)),
    fdatasync: () => done((callback) => fs.fdatasync(fd, callback)),
    truncate: (size) => done((callback) => fs.ftruncate(fd, size, callback)),
    size: async () => (await called<fs.Stats>((callback) => fs.fstat(fd, callback))).size,
    close: () => done((callback) => fs.close(fd, callback)),
  };
}

/** The system's own. */
export const systemFiles: SpoolFiles = {
  async open(path, mode) {
    return fileOf(await called<number>((callback) => fs.open(path, FLAGS[mode], 0o600, callback)));
  },
  async syncDirectory(path) {
    const fd = await called<number>((callback) => fs.open(path, 'r', callback));
    try {
      await done((callback) => fs.fsync(fd, callback));
    } finally {
      await done((callback) => fs.close(fd, callback));
    }
  },
  async makeDirectory(path) {
    await fs.promises.mkdir(path, { recursive: true, mode: 0o700 });
  },
  async list(path) {
    const names = await fs.promises.readdir(path);
    return Promise.all(names.map(async (name) => ({ name, size: (await fs.promises.stat(`${path}/${name}`)).size })));
  },
  async readWhole(path) {
    try {
      return await fs.promises.readFile(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
  async remove(path) {
    await fs.promises.rm(path, { force: true });
  },
  async rename(from, to) {
    await fs.promises.rename(from, to);
  },
};

/**
 * Writes all of `buffers` from `position`: what a short write left is written after. Throws when
 * the system takes nothing more.
 */
export async function writeAll(file: SpoolFile, buffers: readonly Buffer[], position: number): Promise<void> {
  let rest = buffers.filter((buffer) => buffer.length > 0);
  let at = position;
  while (rest.length > 0) {
    let written = await file.writev(rest, at);
    if (written <= 0) throw new Error(`the system took no octet at offset ${at}`);
    at += written;
    let index = 0;
    while (index < rest.length) {
      const length = rest[index]?.length ?? 0;
      if (written < length) break;
      written -= length;
      index++;
    }
    rest = rest.slice(index);
    const [head] = rest;
    if (head !== undefined && written > 0) rest[0] = head.subarray(written);
  }
}

/** Fills as much of `buffer` as there is from `position`; the octets read. */
export async function readFully(file: SpoolFile, buffer: Buffer, position: number): Promise<number> {
  let got = 0;
  while (got < buffer.length) {
    const read = await file.read(buffer, got, buffer.length - got, position + got);
    if (read === 0) break;
    got += read;
  }
  return got;
}
