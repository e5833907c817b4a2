/**
 * Puts a backup into an empty data directory.
 *
 * Mail that waited when the backup was made may have been sent since: nobody knows any more. So
 * every recipient in the queue is held, unless the caller says otherwise, and its event says why.
 *
 * All is made in `dataDir/restoring`: files are copied and checked, the store is opened once, which
 * settles it, and the queue is held. Then the parts are moved into place, `identity.json` last. One
 * that was broken off has none: no relais starts on it, and restoring again begins anew.
 *
 * On failure: BackupError, StoreError; what was there before is not touched.
 */
import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError, type BackupRecord } from '../../domain/backup.ts';
import type { Log } from '../../domain/log.ts';
import type { EvidenceItem, Store } from '../../domain/ports.ts';
import { openStore } from '../index.ts';
import { RESTORING } from '../level/identity.ts';
import { copyFileDurably } from './copying.ts';
import { type Backup, findBackup, syncDirectory } from './manifest.ts';

const IDENTITY = 'identity.json';
/** What opening makes in a data directory and a backup has not. */
const MADE_ANEW = ['reserve', 'opening', 'high-water'];
const AT_ONCE = 500;
const SPARE = 64 * 1024 * 1024;

export interface RestoreReport {
  readonly backup: BackupRecord;
  readonly from: string;
  /** Recipients in the queue that were held. */
  readonly held: number;
  /** Recipients in the queue that will be tried, since holding was not asked for. */
  readonly waiting: number;
}

export async function restoreBackup(parts: {
  /** A backup, or a directory of backups, of which the newest is taken. */
  readonly from: string;
  readonly dataDir: string;
  /** Holds what is in the queue. */
  readonly hold: boolean;
  readonly now: () => number;
  readonly log: Log;
}): Promise<RestoreReport> {
  const { dataDir, hold, now, log } = parts;
  const { manifest, path, ...backup } = await findBackup(parts.from);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await clear(dataDir);
  const staging = join(dataDir, RESTORING);
  await copyChecked({ manifest, path }, staging);
  const store = await openStore({ dataDir: staging, diskFloor: 0, now, log });
  let held = 0;
  let waiting = 0;
  try {
    if (hold) held = await holdAll(store, reasonOf(backup), now());
    waiting = store.queue.queued + store.queue.deferred;
  } finally {
    await store.close();
  }
  await putInPlace(dataDir, staging);
  return { backup, from: path, held, waiting };
}

function reasonOf({ madeAt }: BackupRecord): string {
  return `restored from the backup of ${new Date(madeAt).toISOString()}: it may have been sent since`;
}

/** The directory is empty, or holds what a restore that was broken off left. */
async function clear(dataDir: string): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => name !== 'lost+found');
  if (names.length === 0) return;
  if (!names.includes(RESTORING) || names.includes(IDENTITY)) {
    throw new BackupError('place', `${dataDir} is not empty, and nothing is overwritten: move what is in it away, or name another dataDir`);
  }
  for (const name of [...MADE_ANEW, 'register', 'spool', 'keys', RESTORING])
    await rm(join(dataDir, name), { recursive: true, force: true });
}

async function copyChecked({ manifest, path }: Pick<Backup, 'manifest' | 'path'>, staging: string): Promise<void> {
  const octets = manifest.files.reduce((sum, { size }) => sum + size, 0);
  const { bavail, bsize } = await statfs(dirname(staging));
  if (bavail * bsize < octets + SPARE) {
    throw new BackupError(
      'full',
      `the backup has ${Math.ceil(octets / 1_000_000)} MB, and ${dirname(staging)} has not as much room: make some`,
    );
  }
  for (const name of ['register', 'spool', 'keys']) await mkdir(join(staging, name), { recursive: true, mode: 0o700 });
  for (const file of manifest.files) {
    const from = join(path, file.path);
    const copied = await copyFileDurably({ from, to: join(staging, file.path), length: file.size }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOSPC')
          throw new BackupError('full', `${dirname(staging)} is full: make room, and restore again`, { cause: error });
        throw new BackupError('damaged', `${from} can not be read (${error.code ?? error.message}): take another backup`, { cause: error });
      },
    );
    if (copied.sha256 === file.sha256) continue;
    throw new BackupError('damaged', `${from} is damaged: its octets are not those that were written. Take another backup`);
  }
  for (const name of ['register', 'spool', 'keys', '']) await syncDirectory(join(staging, name));
}

/** How many recipients were held. */
async function holdAll(store: Store, reason: string, now: number): Promise<number> {
  let held = 0;
  const waiting: EvidenceItem[] = [];
  for await (const slice of store.schedule()) {
    for (const { message, index, state } of slice)
      if (state !== 'held') waiting.push({ message, index, evidence: { kind: 'held', reason } });
  }
  for (let at = 0; at < waiting.length; at += AT_ONCE) {
    const done = await store.apply(waiting.slice(at, at + AT_ONCE), now);
    held += done.filter(({ changed }) => changed).length;
  }
  return held;
}

/** `identity.json` last: without it there is no store. */
async function putInPlace(dataDir: string, staging: string): Promise<void> {
  await syncDirectory(staging);
  for (const name of ['register', 'spool', 'keys']) await rename(join(staging, name), join(dataDir, name));
  await syncDirectory(dataDir);
  await rename(join(staging, IDENTITY), join(dataDir, IDENTITY));
  await syncDirectory(dataDir);
  await rm(staging, { recursive: true, force: true });
}
