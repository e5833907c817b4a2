/**
 * Whether a backup holds together: every file against its SHA-256, then what `relais verify` looks
 * at, on links to the files in a directory beside. Changes nothing of the backup.
 *
 * On failure: BackupError where there is no whole backup, or no room to look at it.
 */
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupRecord } from '../../domain/backup.ts';
import type { Log } from '../../domain/log.ts';
import { type VerifyReport, verifyStore } from '../verify.ts';
import { hashFile } from './copying.ts';
import { type Backup, CHECKING, findBackup } from './manifest.ts';

export interface BackupVerification {
  readonly backup: BackupRecord;
  /** Files that are not as they were written, each with what is wrong. */
  readonly damaged: readonly string[];
  /** Of the store in it; null: files are damaged already. */
  readonly report: VerifyReport | null;
  readonly ok: boolean;
}

/** `path`: a backup, or a directory of backups, of which the newest is taken. */
export async function verifyBackup(parts: {
  readonly path: string;
  readonly now: () => number;
  readonly log: Log;
}): Promise<BackupVerification> {
  const { manifest, path, ...backup } = await findBackup(parts.path);
  const damaged: string[] = [];
  for (const file of manifest.files) {
    const found = await hashFile(join(path, file.path)).catch(() => null);
    if (found === null) damaged.push(`${join(path, file.path)}: it can not be read`);
    else if (found.size !== file.size) damaged.push(`${join(path, file.path)}: ${found.size} octets instead of ${file.size}`);
    else if (found.sha256 !== file.sha256) damaged.push(`${join(path, file.path)}: its octets are not those that were written`);
  }
  const report = damaged.length > 0 ? null : await verifyStoreOf({ path, manifest }, parts);
  return { backup, damaged, report, ok: damaged.length === 0 && report?.ok === true };
}

async function verifyStoreOf(
  { path, manifest }: Pick<Backup, 'path' | 'manifest'>,
  { now, log }: { readonly now: () => number; readonly log: Log },
): Promise<VerifyReport> {
  const beside = join(dirname(path), `${CHECKING}${process.pid}`);
  try {
    for (const name of ['register', 'spool', 'keys']) await mkdir(join(beside, name), { recursive: true, mode: 0o700 });
    for (const file of manifest.files) {
      const [from, to] = [join(path, file.path), join(beside, file.path)];
      // What is opened for reading alone may be the backup's own.
      const linked = file.path.startsWith('spool/') || file.path.endsWith('.ldb');
      await (linked ? link(from, to).catch(() => copyFile(from, to)) : copyFile(from, to));
    }
    return await verifyStore({ dataDir: beside, now, log });
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
