/**
 * Makes a backup: register, spool and keys as they stood between two commits, into a directory of
 * backups (manifest.ts).
 *
 *   - The register's files are held (register-copy.ts), and it is noted where the spool ends. Both
 *     take some milliseconds, in which no commit is made; then mail goes on.
 *   - All that the register counts on is copied. Segments are only appended to, so what stood there
 *     still does, but for erasing: who overwrites or removes a segment that is still to be copied
 *     waits until it is, and it is copied next.
 *   - What has not changed since the backup before is not copied: the new backup links to that copy.
 *   - The copy of the register is opened and has to come to the same commit.
 *   - Last come the manifest and the name. A backup that was not ended has neither.
 *
 * Upstream: the store's `backup`, and `relais backup` on a stopped relay. On failure: BackupError;
 * what was begun is removed. An erasure that waits too long ends the backup rather than wait on.
 */
import { link, mkdir, readdir, rm, statfs } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { BackupError, type BackupRecord, type BackupRequest } from '../../domain/backup.ts';
import { decodeJson } from '../level/codec.ts';
import { readIdentity } from '../level/identity.ts';
import { COMMIT_KEY } from '../level/keys.ts';
import { openCopyOf } from '../level/reading-copy.ts';
import type { CommitRecord, SegmentCount } from '../level/transaction.ts';
import { type SegmentFile, segmentPath } from '../spool/segments.ts';
import type { SegmentGuard } from '../spool/spool.ts';
import { copyFileDurably, stateOf } from './copying.ts';
import {
  type BackedUpFile,
  type Backup,
  CHECKING,
  claimPlace,
  type FileState,
  finishBackup,
  keepNewest,
  listBackups,
  newBackup,
  syncDirectory,
} from './manifest.ts';
import { RegisterCopy, type RegisterFile } from './register-copy.ts';

/** Room beside what is copied: directories, the manifest, the register's log when the copy is opened. */
const SPARE = 48 * 1024 * 1024;
/** How long an erasure waits for its segment to be copied. */
const PATIENCE = 30_000;

export interface Moment {
  readonly register: readonly RegisterFile[];
  readonly record: CommitRecord;
  readonly segments: ReadonlyMap<number, SegmentCount>;
  readonly spool: readonly SegmentFile[];
}

export interface BackupSource {
  readonly dataDir: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Finds one instant between two commits; `begin` is called at it, and from then on what it gives is asked before a segment is overwritten or removed. */
  readonly settle: (copy: RegisterCopy, begin: (moment: Moment) => SegmentGuard) => Promise<Moment>;
  /** It is asked no more. */
  readonly release: () => void;
  /** The system's by default. */
  readonly disk?: BackupDisk;
}

/** Where backups go, so that tests can fill it. */
export interface BackupDisk {
  /** Free octets where the directory is. */
  readonly free: (dir: string) => Promise<number>;
  readonly copy: typeof copyFileDurably;
}

const SYSTEM_DISK: BackupDisk = {
  free: async (dir) => {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  },
  copy: copyFileDurably,
};

interface PlannedFile {
  readonly path: string;
  readonly from: string;
  readonly length: number;
  /** Of the spool; null: it is none. */
  readonly segment: number | null;
  readonly state: FileState | null;
  /** The same in the backup before. */
  readonly same: BackedUpFile | null;
}

export async function takeBackup(source: BackupSource, request: BackupRequest): Promise<BackupRecord> {
  const dir = resolve(request.dir);
  try {
    return await take(source, { ...request, dir });
  } catch (error) {
    throw explained(error, dir);
  }
}

async function take(source: BackupSource, request: BackupRequest): Promise<BackupRecord> {
  const { dataDir, now } = source;
  const { dir, keep } = request;
  assertApart(dataDir, dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const store = (await readIdentity(dataDir))?.store;
  if (store === undefined) throw new BackupError('damaged', `there is no store in ${dataDir}: nothing is to be backed up`);
  await claimPlace(dir, store);
  const [before] = await listBackups(dir);
  const place = await newBackup(dir, now());
  const register = await RegisterCopy.begin(dataDir);
  try {
    const work = new Taking({ source, request, partial: place.partial, before: before ?? null, register });
    const made = await work.run();
    await finishBackup(dir, place, { store, ...made });
    if (keep !== null) await keepNewest(dir, keep);
    const octets = made.files.reduce((sum, { size }) => sum + size, 0);
    const { copied, madeAt, seq, messages, pending } = made;
    return { name: place.name, octets, copied, madeAt, seq, messages, pending };
  } finally {
    await register.remove();
    await rm(place.partial, { recursive: true, force: true });
  }
}

interface TakingParts {
  readonly source: BackupSource;
  readonly request: BackupRequest;
  readonly partial: string;
  readonly before: Backup | null;
  readonly register: RegisterCopy;
}

type Made = Omit<Backup['manifest'], 'format' | 'store'>;

class Taking {
  readonly #parts: TakingParts;
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  /** Segments that are still to be copied, with who waits for it. */
  readonly #pending = new Map<number, (() => void)[]>();
  /** Somebody waits for these. */
  readonly #urgent = new Set<number>();
  #copied = 0;

  constructor(parts: TakingParts) {
    const { signal } = parts.request;
    this.#parts = parts;
    this.#signal = signal === undefined ? this.#ending.signal : AbortSignal.any([signal, this.#ending.signal]);
  }

  async run(): Promise<Made> {
    const { source, register, partial } = this.#parts;
    try {
      const moment = await source.settle(register, (found) => this.#begin(found));
      const madeAt = source.now();
      for (const name of ['', 'register', 'spool', 'keys']) await mkdir(join(partial, name), { mode: 0o700 });
      const planned = await this.#plan(moment);
      const files = await this.#copyAll(planned);
      for (const name of ['register', 'spool', 'keys']) await syncDirectory(join(partial, name));
      await this.#check(moment.record);
      const { seq, messages, pending } = moment.record;
      return { madeAt, seq, messages, pending, copied: this.#copied, files };
    } finally {
      source.release();
      for (const waiting of this.#pending.values()) for (const resolve of waiting) resolve();
    }
  }

  #begin(moment: Moment): SegmentGuard {
    for (const { segment } of wantedSegments(moment)) this.#pending.set(segment, []);
    return (segment) => this.#guard(segment);
  }

  /** A segment that is not copied yet comes next, and who asks waits. */
  #guard(segment: number): Promise<void> | undefined {
    const waiting = this.#pending.get(segment);
    if (waiting === undefined) return undefined;
    this.#urgent.add(segment);
    return new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        const why = `an erasure waited ${PATIENCE / 1000} s for what it erases to be copied, and went before: ${this.#parts.request.dir} is too slow`;
        this.#ending.abort(new BackupError('slow', why));
        resolve();
      }, PATIENCE);
      waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  async #plan(moment: Moment): Promise<PlannedFile[]> {
    const { source, register, before, request } = this.#parts;
    const spoolDir = join(source.dataDir, 'spool');
    const planned: Omit<PlannedFile, 'state' | 'same'>[] = [];
    for (const segment of wantedSegments(moment)) {
      const from = segmentPath(spoolDir, segment);
      planned.push({ path: `spool/${relative(spoolDir, from)}`, from, length: segment.size, segment: segment.segment });
    }
    for (const { name, length } of moment.register) {
      planned.push({ path: `register/${name}`, from: join(register.path, name), length, segment: null });
    }
    for (const path of ['identity.json', 'spool/seal', ...(await keyFiles(source.dataDir))]) {
      planned.push({ path, from: join(source.dataDir, path), length: Number.MAX_SAFE_INTEGER, segment: null });
    }
    const had = new Map(before?.manifest.files.map((file) => [file.path, file]));
    const files: PlannedFile[] = [];
    for (const file of planned) files.push(await recognised(file, had.get(file.path)));
    await assertRoom(request.dir, toBeCopied(files), source.disk ?? SYSTEM_DISK);
    return files;
  }

  async #copyAll(planned: readonly PlannedFile[]): Promise<BackedUpFile[]> {
    const { request } = this.#parts;
    const total = toBeCopied(planned);
    request.onProgress?.(0, total);
    const left = new Set(planned);
    const files: BackedUpFile[] = [];
    // What is shared with the backup before takes no time.
    for (const file of planned) {
      if (file.same === null || !(await this.#share(file))) continue;
      files.push({ ...file.same, source: file.state });
      left.delete(file);
      this.#done(file);
    }
    while (left.size > 0) {
      const file = this.#next(left);
      files.push(await this.#copy(file, total));
      left.delete(file);
      this.#done(file);
    }
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #next(left: ReadonlySet<PlannedFile>): PlannedFile {
    for (const file of left) if (file.segment !== null && this.#urgent.has(file.segment)) return file;
    const [first] = left;
    if (first === undefined) throw new Error('nothing is left to be copied');
    return first;
  }

  async #share({ path }: PlannedFile): Promise<boolean> {
    const { before, partial } = this.#parts;
    if (before === null) return false;
    // A file system without hard links, or a file with as many as it takes.
    return link(join(before.path, path), join(partial, path)).then(
      () => true,
      () => false,
    );
  }

  async #copy({ path, from, length, state }: PlannedFile, total: number): Promise<BackedUpFile> {
    const { partial, request, source } = this.#parts;
    const { copy } = source.disk ?? SYSTEM_DISK;
    const onPiece = (octets: number): void => {
      this.#copied += octets;
      request.onProgress?.(this.#copied, total);
    };
    const { size, sha256 } = await copy({ from, to: join(partial, path), length, signal: this.#signal, onPiece });
    return { path, size, sha256, source: state };
  }

  #done({ segment }: PlannedFile): void {
    if (segment === null) return;
    const waiting = this.#pending.get(segment) ?? [];
    this.#pending.delete(segment);
    for (const resolve of waiting) resolve();
  }

  /** Whether the copy of the register opens, and comes to the commit that it is to hold. */
  async #check({ seq, end }: CommitRecord): Promise<void> {
    const { request, partial } = this.#parts;
    const checking = join(request.dir, `${CHECKING}${process.pid}`);
    const database = await openCopyOf(join(partial, 'register'), checking);
    try {
      const value = await database.get(COMMIT_KEY);
      const found = value === undefined ? null : decodeJson<CommitRecord>(COMMIT_KEY, value);
      if (found?.seq === seq && found.end.group === end.group) return;
      throw new BackupError('damaged', `the copy of the register came to event ${found?.seq ?? 0} instead of ${seq}: it was not kept`);
    } finally {
      await database.close();
      await rm(checking, { recursive: true, force: true });
    }
  }
}

/** What of the spool the register counts on, each as far as it does. */
export function wantedSegments({ record, segments, spool }: Pick<Moment, 'record' | 'segments' | 'spool'>): SegmentFile[] {
  const { end } = record;
  return spool.flatMap((file) => {
    const count = segments.get(file.segment);
    const lives = (count?.live ?? 0) > 0;
    if (file.form === 'segment' && file.segment === end.segment) return [{ ...file, size: end.offset }];
    if (!lives || (file.form === 'segment' && file.segment > end.segment)) return [];
    return [file.form === 'copy' ? { ...file, size: count?.end ?? file.size } : file];
  });
}

async function keyFiles(dataDir: string): Promise<string[]> {
  const names = await readdir(join(dataDir, 'keys')).catch((): string[] => []);
  return names.filter((name) => !name.startsWith('.')).map((name) => `keys/${name}`);
}

/** With what tells whether it was written since, and the same file of the backup before where it was not. */
async function recognised(file: Omit<PlannedFile, 'state' | 'same'>, had: BackedUpFile | undefined): Promise<PlannedFile> {
  const { size, state } = await stateOf(file.from);
  const length = Math.min(file.length, size);
  const is = had?.source != null && had.size === length && state?.inode === had.source.inode && state.changed === had.source.changed;
  return { ...file, length, state, same: is ? had : null };
}

function toBeCopied(files: readonly PlannedFile[]): number {
  return files.reduce((sum, { length, same }) => sum + (same === null ? length : 0), 0);
}

async function assertRoom(dir: string, octets: number, disk: BackupDisk): Promise<void> {
  const [needed, free] = [octets + SPARE, await disk.free(dir)];
  if (free >= needed) return;
  throw new BackupError(
    'full',
    `the backup needs ${megabytes(needed)} and ${dir} has ${megabytes(free)} free: make room, or keep fewer backups`,
  );
}

function megabytes(octets: number): string {
  return `${Math.ceil(octets / 1_000_000)} MB`;
}

function assertApart(dataDir: string, dir: string): void {
  const inside = relative(resolve(dataDir), dir);
  if (inside !== '' && (inside === '..' || inside.startsWith(`..${sep}`))) return;
  throw new BackupError('place', `${dir} is in the data directory ${dataDir}: a backup belongs elsewhere, best on another disk`);
}

/** What the system says of a directory of backups, as one sentence that says what to do. */
function explained(error: unknown, dir: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  const where = path ?? dir;
  // A file of the store that can not be read is another matter.
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && relative(dirname(dir), where).startsWith('..')) return error;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new BackupError('full', `${dir} is full: what was begun of the backup was removed. Make room, or keep fewer backups`, {
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'ENOENT':
      return new BackupError('place', `${where} can not be written to (${code}): give this user a directory of its own for backups`, {
        cause: error,
      });
    default:
      return error;
  }
}
