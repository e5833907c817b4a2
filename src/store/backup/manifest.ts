/**
 * A directory of backups, and the manifest that makes one of its directories a whole backup.
 *
 *     relais-backups.json        whose backups these are: the store's id
 *     20261124T023000Z/          a backup
 *         manifest               what is in it; written last, with its own SHA-256
 *         identity.json, keys/, register/, spool/     as in a data directory
 *     .partial-…, .removing-…    one that is being made, or taken away: never taken for whole
 *
 * A backup has all its files; those that were in the one before are hard links to the same octets,
 * so each is whole by itself, and any may be deleted. Names with a dot in front are removed by the
 * next backup.
 */
import { createHash } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError, type BackupRecord } from '../../domain/backup.ts';

export const MANIFEST = 'manifest';
const OWNER = 'relais-backups.json';
const FORMAT = 1;
const NAME = /^\d{8}T\d{6}Z(?:-\d+)?$/;
const PARTIAL = '.partial-';
const REMOVING = '.removing-';
export const CHECKING = '.checking-';

export interface BackedUpFile {
  /** Below the backup's directory, with slashes. */
  readonly path: string;
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** What it was copied from, where that has not changed since: by it the next backup knows that it can share this copy. */
  readonly source: FileState | null;
}

/** Tells a file that was not written since. */
export interface FileState {
  readonly inode: string;
  /** Nanoseconds. */
  readonly changed: string;
}

export interface Manifest extends Omit<BackupRecord, 'name' | 'octets'> {
  readonly format: number;
  /** Id of the store. */
  readonly store: string;
  readonly files: readonly BackedUpFile[];
}

export interface Backup extends BackupRecord {
  readonly path: string;
  readonly manifest: Manifest;
}

/** Whether a file of the directory is there and holds a whole manifest; the error says what is wrong. */
export async function readBackup(dir: string, name: string): Promise<Backup> {
  const path = join(dir, name);
  const text = await readFile(join(path, MANIFEST), 'utf8').catch((error: unknown) => {
    throw damaged(`${path} is no whole backup: its manifest can not be read (${reasonOf(error)})`);
  });
  const [json = '', sum] = text.split('\n');
  if (sha256(json) !== sum) throw damaged(`${path} is no whole backup: its manifest is damaged`);
  const manifest = JSON.parse(json) as Manifest;
  if (manifest.format > FORMAT)
    throw damaged(`${path} was made by a newer version of relais (format ${manifest.format}): use that version`);
  const { copied, madeAt, seq, messages, pending, files } = manifest;
  const octets = files.reduce((sum, { size }) => sum + size, 0);
  return { name, path, octets, copied, madeAt, seq, messages, pending, manifest };
}

function damaged(text: string): BackupError {
  return new BackupError('damaged', `${text}. Take another backup`);
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

/** The whole backups of a directory, newest first; none where there is no such directory. */
export async function listBackups(dir: string): Promise<Backup[]> {
  const names = await readdir(dir).catch(() => [] as string[]);
  const found: Backup[] = [];
  for (const name of names
    .filter((one) => NAME.test(one))
    .sort()
    .reverse()) {
    const backup = await readBackup(dir, name).catch((error: unknown) => {
      if (error instanceof BackupError) return undefined;
      throw error;
    });
    if (backup !== undefined) found.push(backup);
  }
  return found;
}

/** A backup by its own path, or the newest of a directory of backups. */
export async function findBackup(path: string): Promise<Backup> {
  const names = await readdir(path).catch((error: unknown) => {
    throw new BackupError('place', `${path} can not be read (${reasonOf(error)}): name a directory of backups, or one of its backups`);
  });
  if (names.includes(MANIFEST)) return readBackup(join(path, '..'), path.replace(/\/+$/, '').split('/').at(-1) ?? '');
  const [newest] = await listBackups(path);
  if (newest !== undefined) return newest;
  const begun = names.some((name) => name.startsWith(PARTIAL));
  throw new BackupError(
    'damaged',
    `${path} holds no whole backup${begun ? ', only one that was not finished' : ''}: name a directory of backups`,
  );
}

/** Takes the directory for the backups of `store`, and removes what was begun there and not ended. */
export async function claimPlace(dir: string, store: string): Promise<void> {
  const names = await readdir(dir);
  const owner = await ownerOf(dir);
  if (owner !== undefined && owner !== store) {
    throw new BackupError('place', `${dir} holds the backups of another relay (store ${owner}): give each a directory of its own`);
  }
  if (owner === undefined) {
    const strange = names.filter((name) => !name.startsWith('.') && name !== 'lost+found');
    if (strange.length > 0)
      throw new BackupError(
        'place',
        `${dir} holds '${strange[0]}', which is no backup of relais: name an empty directory, or one of backups`,
      );
    await writeDurably(join(dir, OWNER), `${JSON.stringify({ store })}\n`);
    await syncDirectory(dir);
  }
  const left = names.filter((name) => [PARTIAL, REMOVING, CHECKING].some((prefix) => name.startsWith(prefix)));
  for (const name of left) await rm(join(dir, name), { recursive: true, force: true });
}

async function ownerOf(dir: string): Promise<string | undefined> {
  const text = await readFile(join(dir, OWNER), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return String((JSON.parse(text) as { store?: unknown }).store);
  } catch {
    throw new BackupError('place', `${join(dir, OWNER)} is damaged: put it back, or name another directory`);
  }
}

/** A name that is free, for a backup that begins now, and where it is made. */
export async function newBackup(dir: string, now: number): Promise<{ readonly name: string; readonly partial: string }> {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const names = new Set(await readdir(dir));
  let name = stamp;
  for (let number = 2; names.has(name); number++) name = `${stamp}-${number}`;
  return { name, partial: join(dir, PARTIAL + name) };
}

/** Writes the manifest, and gives the directory its name: from now on it is a backup. */
export async function finishBackup(
  dir: string,
  { name, partial }: { readonly name: string; readonly partial: string },
  manifest: Omit<Manifest, 'format'>,
): Promise<void> {
  const json = JSON.stringify({ format: FORMAT, ...manifest });
  await writeDurably(join(partial, MANIFEST), `${json}\n${sha256(json)}\n`);
  await syncDirectory(partial);
  await rename(partial, join(dir, name));
  await syncDirectory(dir);
}

/** Removes all but the newest; one that is only half removed no longer has its name. */
export async function keepNewest(dir: string, keep: number): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const { name, path } of (await listBackups(dir)).slice(Math.max(1, keep))) {
    const going = join(dir, REMOVING + name);
    await rename(path, going);
    await rm(going, { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}

export async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
