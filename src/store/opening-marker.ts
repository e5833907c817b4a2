/**
 * Damage to LevelDB's files can abort the process instead of giving an error, and a supervisor
 * would start it again for ever (R26). So a file is written before the store is opened and removed
 * after, however that ends: when it is still there, an opening died in between. Twice in a row is
 * taken for damage, and refused.
 *
 * Upstream: openStore, and rebuild when it reads the old register. On failure: StoreError `damaged`.
 */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';

const NAME = 'opening';
const DEATHS_LIMIT = 2;

/** How many openings in a row have died. */
async function deathsIn(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '0');
  const deaths = Number.parseInt(text, 10);
  // A file that was not written whole was written, and its opening died.
  return Number.isNaN(deaths) ? 1 : deaths;
}

/**
 * Marks that the store of `dataDir`, a directory that exists, is being opened. What it gives is to
 * be called when that has ended, well or with an error.
 */
export async function beginOpening(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, NAME);
  const deaths = await deathsIn(path);
  if (deaths >= DEATHS_LIMIT) {
    throw new StoreError(
      'damaged',
      `the last ${deaths} times the store in ${dataDir} was opened, the process died over it, as it does when the register's files are damaged. Restore a backup, or run 'relais rebuild'. If it was killed from outside, by a supervisor's time-out say, remove ${path} and start again`,
    );
  }
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${deaths + 1}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return () => rm(path, { force: true });
}

/** The store is another now: what died before says nothing about it. */
export async function forgetOpenings(dataDir: string): Promise<void> {
  await rm(join(dataDir, NAME), { force: true });
}
