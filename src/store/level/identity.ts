/**
 * Whose data a directory holds: `identity.json`, written before anything else, and the same id in
 * the register. An existing store is known by it, so that a register that is gone is refused as
 * damage and never replaced by an empty one (R25).
 */
import { randomUUID } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../../domain/errors.ts';

const NAME = 'identity.json';
/** Stands in a data directory while a backup is restored into it; see backup/restoring.ts. */
export const RESTORING = 'restoring';
const FORMAT = 1;

export interface Identity {
  /** Of the layout of the whole directory. */
  readonly format: number;
  readonly store: string;
  readonly createdAt: string;
  /** False until the register was made: nothing was accepted before. */
  readonly ready: boolean;
}

/** The identity of `dataDir`, made when the directory is new. */
export async function claimIdentity(dataDir: string, now: number): Promise<Identity> {
  const existing = await readIdentity(dataDir);
  if (existing !== undefined) return existing;
  if ((await readdir(dataDir)).includes(RESTORING)) {
    throw new StoreError('damaged', `a backup was being restored into ${dataDir}, and that was broken off: run \`relais restore\` again`);
  }
  const left = await leftovers(dataDir);
  if (left !== undefined) {
    throw new StoreError(
      'damaged',
      `${dataDir} holds ${left} but no ${NAME}: it is part of a store, or another program's. Restore a backup, or run \`relais rebuild\`; for a new store name an empty dataDir`,
    );
  }
  const fresh: Identity = { format: FORMAT, store: randomUUID(), createdAt: new Date(now).toISOString(), ready: false };
  const temporary = await writeTemporary(dataDir, fresh);
  try {
    // A link, not a rename: of two processes that begin at once, one wins.
    await link(temporary, join(dataDir, NAME));
    await syncDirectory(dataDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readIdentity(dataDir)) ?? fresh;
}

/** From now on the register has to be there. */
export async function markReady(dataDir: string, identity: Identity): Promise<void> {
  const temporary = await writeTemporary(dataDir, { ...identity, ready: true });
  await rename(temporary, join(dataDir, NAME));
  await syncDirectory(dataDir);
}

/** Undefined when there is none. Throws StoreError `damaged` and `version`. */
export async function readIdentity(dataDir: string): Promise<Identity | undefined> {
  const path = join(dataDir, NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const identity = parse(text);
  if (identity === undefined) {
    throw new StoreError('damaged', `${path} is damaged: restore it from a backup, or run \`relais rebuild\``);
  }
  if (identity.format > FORMAT) {
    throw new StoreError('version', `${dataDir} was written by a newer version of relais (format ${identity.format}): start that version`);
  }
  return identity;
}

function parse(text: string): Identity | undefined {
  try {
    const { format, store, createdAt, ready } = JSON.parse(text) as Partial<Identity>;
    if (typeof format !== 'number' || typeof store !== 'string' || typeof ready !== 'boolean') return undefined;
    return { format, store, createdAt: String(createdAt), ready };
  } catch {
    return undefined;
  }
}

/** What of a store is there without an identity. */
async function leftovers(dataDir: string): Promise<string | undefined> {
  for (const name of ['register', 'spool']) {
    const names = await readdir(join(dataDir, name)).catch(() => []);
    if (names.length > 0) return `'${name}'`;
  }
  return undefined;
}

async function writeTemporary(dataDir: string, identity: Identity): Promise<string> {
  const path = join(dataDir, `.${NAME}.${process.pid}`);
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(identity, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
