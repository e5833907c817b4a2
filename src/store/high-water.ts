/**
 * How far the register is known to have come, in a file of its own: written when the store was
 * opened and when it is closed. When a checksum of its log does not hold LevelDB leaves out what
 * follows without a word, and the register opens as it was some time before. One commit less looks
 * like a crash in the middle of it, and its mail would be cut off the spool as never acknowledged;
 * this tells the two apart as far as the mark reaches (R25).
 *
 * Upstream: openStore and closing. On failure: StoreError `damaged` when the register has come less
 * far. Without the file nothing is compared: a backup has none.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';
import type { CommitRecord } from './level/transaction.ts';

const NAME = 'high-water';

type Reached = Pick<CommitRecord, 'seq' | 'end'>;

/** To be called before anything is settled or cut. */
export async function assertReached(dataDir: string, record: Reached): Promise<void> {
  const path = join(dataDir, NAME);
  const text = await readFile(path, 'utf8').catch(() => '');
  const [, seq, group] = /^(\d+) (\d+)\n$/.exec(text) ?? [];
  if (seq === undefined || group === undefined) return;
  if (record.seq >= Number(seq) && record.end.group >= Number(group)) return;
  throw new StoreError(
    'damaged',
    `the register in ${dataDir} is older than it was: it ends with event ${record.seq}, and had come to ${seq}. Its log is damaged, or it is of an older backup than the spool; nothing was changed. Restore a backup of both, or run 'relais rebuild' to make the register anew from the spool`,
  );
}

/** What `record` says is durable. */
export async function markReached(dataDir: string, { seq, end }: Reached): Promise<void> {
  const path = join(dataDir, NAME);
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${seq} ${end.group}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** The register is another now. */
export async function forgetReached(dataDir: string): Promise<void> {
  await rm(join(dataDir, NAME), { force: true });
}
