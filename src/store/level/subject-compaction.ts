/**
 * LevelDB keeps what was deleted and replaced until it compacts: here it is made to, so that an erased
 * address is gone from the register's files (R64).
 *
 * A compaction goes no deeper than the last level but one, and a table that came there with an old value
 * and its new one side by side is left as it is. So what is in memory is written out first, then each
 * key is written once more, as it is by now: its way down meets all there is of it.
 *
 * LevelDB's log of what it does names keys: there the octets are overwritten in place. Its MANIFEST names
 * the first and last key of each table, and is written anew at the next start.
 */
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SubjectScope } from './subject-erasure.ts';

const AT_ONCE = 500;
/** No key is so small: what is in memory is written out, and nothing else is done. */
const NOTHING = { start: ' ', end: ' ' };

/** Before and behind every key: the MANIFEST names where a table begins and ends, and where the last compaction did. */
const ENDS = ['!', '~'] as const;

/** Whether nothing of it is left in the files. */
export async function compactAfter({ context, subject, touched, pace }: SubjectScope): Promise<boolean> {
  const { database, committer, log } = context;
  const keys = [...touched].sort();
  try {
    await database.compact(NOTHING);
    for (let i = 0; i < keys.length; i += AT_ONCE) {
      const some = keys.slice(i, i + AT_ONCE);
      await pace.step(() =>
        committer.submit({
          reads: some,
          weight: some.length,
          stage: (transaction) => {
            for (const key of some) {
              const value = transaction.value(key);
              if (value === undefined) transaction.del(key);
              else transaction.put(key, value);
            }
            for (const key of ENDS) transaction.del(key);
          },
        }),
      );
    }
    for (const range of rangesOf(keys)) await database.compact(range);
    return await isGone(database.location, (octets) => subject.mayBeIn(octets));
  } catch (error) {
    log.warn({ err: error }, 'the register was not compacted after an erasure: what was replaced goes with later compactions');
    return false;
  }
}

/** From the first to the last key of each family; of indexes, of each kind. */
function rangesOf(keys: readonly string[]): { readonly start: string; readonly end: string }[] {
  const ranges = new Map<string, { start: string; end: string }>();
  for (const key of keys) {
    const family = key.slice(0, key.startsWith('i') || key.startsWith('k') || key.startsWith('w') ? 2 : 1);
    const range = ranges.get(family);
    if (range === undefined) ranges.set(family, { start: family, end: key });
    else range.end = key;
  }
  return [...ranges.values()];
}

async function isGone(directory: string, names: (octets: Buffer) => boolean): Promise<boolean> {
  let gone = true;
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name === 'LOG' || name === 'LOG.old') await overwrite(path, names);
    else if (name.startsWith('MANIFEST-') && names(await readFile(path))) gone = false;
  }
  return gone;
}

/** Line by line: LevelDB goes on writing at the end, and reads nothing of it. */
async function overwrite(path: string, names: (octets: Buffer) => boolean): Promise<void> {
  const octets = await readFile(path);
  if (!names(octets)) return;
  const file = await open(path, 'r+');
  try {
    for (let at = 0; at < octets.length; ) {
      const next = octets.indexOf(0x0a, at);
      const end = next === -1 ? octets.length : next;
      if (names(octets.subarray(at, end))) await file.write(Buffer.alloc(end - at, '-'), 0, end - at, at);
      at = end + 1;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}
