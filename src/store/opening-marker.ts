/**
 * Damage to LevelDB's files can abort the process instead of giving an error, and a supervisor
 * would start it again for ever (R26). So a file is written before a register is opened and removed
 * after, however that ends: when it is still there, the process died in between. A start is refused
 * when that happened twice in a row; verify and rebuild, which a person runs, leave a register
 * alone that they died over the last time.
 *
 * Upstream: openStore, verify, rebuild. On failure: StoreError `damaged`.
 */
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';

const OPENING = 'opening';
const DEATHS_LIMIT = 2;

/** How many times in a row the process died after it had written the mark. */
async function deathsOf(path: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '0');
  const deaths = Number.parseInt(text, 10);
  // A mark that was not written whole was begun, and its process died.
  return Number.isNaN(deaths) ? 1 : deaths;
}

async function mark(path: string, deaths: number): Promise<() => Promise<void>> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${deaths + 1}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return () => rm(path, { force: true });
}

/**
 * Marks that the store of `dataDir`, a directory that exists, is being opened. What it gives is to
 * be called when that has ended, well or with an error.
 */
export async function beginOpening(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, OPENING);
  const deaths = await deathsOf(path);
  if (deaths < DEATHS_LIMIT) return mark(path, deaths);
  throw new StoreError(
    'damaged',
    `the last ${deaths} times the store in ${dataDir} was opened, the process died over it, as it does when the register's files are damaged. Restore a backup, or run 'relais rebuild'. If it was killed from outside, by a supervisor's time-out say, remove ${path} and start again`,
  );
}

/**
 * The same for reading the register beside the relais. Null: starts, or the last reading, died over
 * it; that is said once, for who was only interrupted tries again.
 */
export async function beginReading(dataDir: string, reader: 'verify' | 'rebuild'): Promise<(() => Promise<void>) | null> {
  const path = join(dataDir, `${OPENING}.${reader}`);
  const died = (await deathsOf(path)) > 0;
  if (died) await rm(path, { force: true });
  return died || (await deathsOf(join(dataDir, OPENING))) >= DEATHS_LIMIT ? null : mark(path, 0);
}

/** The register is another now: what died over the old one says nothing about it. */
export async function forgetOpenings(dataDir: string): Promise<void> {
  for (const name of [OPENING, `${OPENING}.verify`, `${OPENING}.rebuild`]) await rm(join(dataDir, name), { force: true });
}
