/**
 * The files of a LevelDB that runs, as they stand at one instant.
 *
 * LevelDB writes three kinds of files. Tables are never changed: they appear whole, and go when
 * nothing names them. MANIFEST and log are only appended to; what was appended by half is left out
 * when it is read. So the files are held by hard links beside the register (`register.backup-…`),
 * and how long MANIFEST and log were is noted; they are copied from there in peace. The instant is
 * good when the MANIFEST did not grow while they were linked: all that it names was there.
 *
 * The caller holds the commits meanwhile, so that the instant lies between two of them: it takes as
 * long as linking does, some milliseconds. Where the file system has no hard links the tables are
 * copied before the commits are held, and only what is new while they are.
 */
import { copyFile, link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from '../../domain/backup.ts';

const PREFIX = 'register.backup-';
const TABLE = /\.(?:ldb|sst)$/;
const CURRENT = 'CURRENT';
const LOG = /^\d+\.log$/;
/** Compactions that may end while it is tried: each makes another try of some milliseconds. */
const TRIES = 50;

/** A file of the copy, and how much of it counts. */
export interface RegisterFile {
  readonly name: string;
  readonly length: number;
}

export class RegisterCopy {
  /** Where the files are held. */
  readonly path: string;
  readonly #register: string;
  readonly #held = new Set<string>();

  private constructor(register: string, path: string) {
    this.#register = register;
    this.path = path;
  }

  /** `dataDir` is that of a store that this process has open, or has the lock of. */
  static async begin(dataDir: string): Promise<RegisterCopy> {
    await forgetRegisterCopies(dataDir);
    const path = join(dataDir, `${PREFIX}${process.pid}`);
    await mkdir(path, { mode: 0o700 });
    const copy = new RegisterCopy(join(dataDir, 'register'), path);
    await copy.#holdTables();
    return copy;
  }

  /** The files of this instant; nothing is committed meanwhile. */
  async settle(): Promise<readonly RegisterFile[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      const before = await this.#manifest();
      const names = await readdir(this.#register);
      const files: RegisterFile[] = [];
      for (const name of names.filter((one) => TABLE.test(one))) if (await this.#hold(name)) files.push(await this.#file(name));
      // In order: while a later one is there, the ones before are whole.
      for (const name of names.filter((one) => LOG.test(one)).sort()) if (await this.#holdAnew(name)) files.push(await this.#file(name));
      const held = await this.#holdAnew(before.name);
      const after = await this.#manifest();
      if (!held || after.name !== before.name || after.size !== before.size) continue;
      await copyFile(join(this.#register, CURRENT), join(this.path, CURRENT));
      return [...files, { name: before.name, length: before.size }, await this.#file(CURRENT)];
    }
    throw new BackupError('slow', 'the register was compacted all the time while it was to be copied: try again when it is quieter');
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  async #manifest(): Promise<{ readonly name: string; readonly size: number }> {
    const name = (await readFile(join(this.#register, 'CURRENT'), 'utf8')).trim();
    return { name, size: (await stat(join(this.#register, name))).size };
  }

  async #holdTables(): Promise<void> {
    for (const name of await readdir(this.#register)) if (TABLE.test(name)) await this.#hold(name);
  }

  async #file(name: string): Promise<RegisterFile> {
    return { name, length: (await stat(join(this.path, name))).size };
  }

  /** What is appended to: a copy, where there are no hard links, is of the instant only when it is made now. */
  async #holdAnew(name: string): Promise<boolean> {
    this.#held.delete(name);
    await rm(join(this.path, name), { force: true });
    return this.#hold(name);
  }

  /** False: it is gone, for nothing names it any more. */
  async #hold(name: string): Promise<boolean> {
    if (this.#held.has(name)) return true;
    const [from, to] = [join(this.#register, name), join(this.path, name)];
    try {
      // File systems without hard links have copies.
      await link(from, to).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? Promise.reject(error) : copyFile(from, to)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    this.#held.add(name);
    return true;
  }
}

/** What a process that was killed over a backup held: it keeps tables on the disk that nothing needs. */
export async function forgetRegisterCopies(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(PREFIX)) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}
