/**
 * Reads a register without changing a file of it. Opening a LevelDB writes: it replays the log, and
 * removes the tables that its MANIFEST does not name, which are the evidence when the MANIFEST is
 * damaged. So a copy is opened: tables, which never change, by hard link, the rest copied. `LOCK`
 * is linked too: locks belong to the file and not to its name, so that no relais can start
 * meanwhile, and none that runs is read beside.
 *
 * Upstream: verify and rebuild. On failure: StoreError `locked`; `damaged` when it does not open.
 */
import { copyFile, link, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import { StoreError } from '../../domain/errors.ts';
import { Database } from './database.ts';

const COPY_PREFIX = 'register.reading-';

export interface ReadingCopy {
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens a copy of `register`, a directory of LevelDB, beside it. */
export async function openReadingCopy(register: string): Promise<ReadingCopy> {
  await assertUnlocked(register);
  const parent = join(register, '..');
  // Whoever left a copy behind holds no lock on the register, and is gone.
  const left = (await readdir(parent)).filter((name) => name.startsWith(COPY_PREFIX));
  for (const name of left) await rm(join(parent, name), { recursive: true, force: true });
  const copy = join(parent, `${COPY_PREFIX}${process.pid}`);
  const remove = (): Promise<void> => rm(copy, { recursive: true, force: true });
  try {
    const database = await openCopyOf(register, copy);
    return {
      database,
      close: async () => {
        await database.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw inPlaceOf(error, copy, register);
  }
}

/** Opens a copy of the register at `copy`, a directory on the same file system that is made for it. */
export async function openCopyOf(register: string, copy: string): Promise<Database> {
  await mkdir(copy, { recursive: true, mode: 0o700 });
  for (const name of await readdir(register)) {
    if (name === 'LOG' || name === 'LOG.old') continue;
    const unchanging = name.endsWith('.ldb') || name.endsWith('.sst') || name === 'LOCK';
    await (unchanging ? linkOrCopy(join(register, name), join(copy, name)) : copyFile(join(register, name), join(copy, name)));
  }
  return Database.open(copy, { create: false });
}

/** File systems without hard links have copies. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to));
}

/**
 * Throws StoreError `locked` when a process has the register open. With `errorIfExists` LevelDB
 * takes the lock, sees that there is a database, and lets go without having read it.
 */
export async function assertUnlocked(register: string): Promise<void> {
  const level = new Level(register, { createIfMissing: false, errorIfExists: true });
  try {
    await level.open();
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    if (cause?.code !== 'LEVEL_LOCKED') return;
    throw new StoreError('locked', `another process has ${register} open: stop relais first`, { cause: error });
  }
  await level.close();
}

/** The error of opening the copy, as one of what it is a copy of. */
function inPlaceOf(error: unknown, copy: string, register: string): unknown {
  if (!(error instanceof StoreError)) return error;
  return new StoreError(error.code, error.message.replaceAll(copy, register), { cause: error.cause });
}
