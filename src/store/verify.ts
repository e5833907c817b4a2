/**
 * `relais verify`: whether the store holds together.
 *
 * - each value of the register against its checksum, each content against its SHA-256
 * - register and spool against each other, both ways
 * - the feed without a gap, and its last word on each recipient against the recipient's state
 * - schedule, indexes, attempts and counts against the records
 *
 * Changes nothing: the register is read from a copy (level/reading-copy.ts). Refuses while a relais
 * has the store open. Memory does not grow with the store; time does, for everything is read.
 *
 * Damage may abort the process that reads it; run again, it leaves the register
 * alone and says so.
 *
 * On failure: StoreError `locked`. Damage is no failure of this but what it is for: it comes as
 * findings, each with what, where and what to do.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { assertReached } from './high-water.ts';
import { decodeJson, payloadOf } from './level/codec.ts';
import type { Database } from './level/database.ts';
import { readIdentity } from './level/identity.ts';
import { COMMIT_KEY, IDENTITY_KEY, SEGMENTS, segmentOf } from './level/keys.ts';
import { openReadingCopy, type ReadingCopy } from './level/reading-copy.ts';
import type { CommitRecord, SegmentCount } from './level/transaction.ts';
import { beginReading } from './opening-marker.ts';
import { Spool } from './spool/spool.ts';
import { EntrySet, placeOf, type Verification, type VerifyCounts } from './verification/context.ts';
import { verifyFeed, verifyTotals } from './verification/families.ts';
import { attempt, type Finding, Findings, REBUILD, RESTORE } from './verification/findings.ts';
import { verifyMessages } from './verification/messages.ts';
import { verifySpool } from './verification/spool.ts';

export type { VerifyCounts } from './verification/context.ts';
export type { Finding } from './verification/findings.ts';

export interface VerifyReport {
  /** No damage was found; notes are none. */
  readonly ok: boolean;
  readonly counts: Readonly<VerifyCounts>;
  /** At most 200. */
  readonly findings: readonly Finding[];
  /** Findings beyond those. */
  readonly omitted: number;
}

export async function verifyStore(options: {
  readonly dataDir: string;
  readonly log: Log;
  readonly now: () => number;
}): Promise<VerifyReport> {
  const { dataDir } = options;
  const findings = new Findings();
  const counts: VerifyCounts = {
    messages: 0,
    recipients: 0,
    pending: 0,
    attempts: 0,
    events: 0,
    reports: 0,
    indexKeys: 0,
    entries: 0,
    erasedEntries: 0,
    octets: 0,
  };
  if (!(await isDirectory(dataDir))) throw new StoreError('not-found', `there is no directory ${dataDir}`);
  const ended = await beginReading(dataDir, 'verify');
  try {
    const register = ended === null ? abortedBefore(dataDir, findings) : await openRegisterCopy(dataDir, findings);
    try {
      await verifyBoth(options, register?.database, findings, counts);
    } finally {
      await register?.close();
    }
  } finally {
    await ended?.();
  }
  return { ok: findings.damage === 0, counts, findings: findings.list, omitted: findings.omitted };
}

function abortedBefore(dataDir: string, findings: Findings): undefined {
  findings.add(
    'damage',
    'the last process that read the register died over it, or was interrupted: this time it was left alone',
    join(dataDir, 'register'),
    REBUILD,
  );
}

async function verifyBoth(
  options: Parameters<typeof verifyStore>[0],
  database: Database | undefined,
  findings: Findings,
  counts: VerifyCounts,
): Promise<void> {
  const { dataDir } = options;
  const record = database === undefined ? undefined : await readCommit(database, dataDir, findings);
  const spool = await openSpool(options, findings);
  if (spool === undefined) return;
  try {
    if (database === undefined || record === undefined) {
      await countSpool(spool, counts, findings);
      return;
    }
    await assertReached(dataDir, record).catch((error: Error) => findings.add('damage', error.message, COMMIT_KEY, REBUILD));
    const sets = { entries: new EntrySet(), erased: new EntrySet(), segments: new Map() };
    await verifyAll({ database, record, spool, findings, counts, ...sets, ...(await readMoves(database, spool)) }, dataDir);
  } finally {
    await spool.close();
  }
}

/** What a clean-up was moving; a count that does not read is found later. */
async function readMoves(database: Database, spool: Spool): Promise<Pick<Verification, 'copyEnds' | 'moving'>> {
  const copyEnds = new Map(spool.segments().flatMap(({ segment, form }) => (form === 'copy' ? [[segment, 0]] : [])));
  const moving = new Set<number>();
  for (const [key, value] of await database.entries(SEGMENTS).catch(() => [])) {
    const segment = segmentOf(key);
    const count = attempt(new Findings(), key, () => decodeJson<SegmentCount>(key, value));
    if (copyEnds.has(segment)) copyEnds.set(segment, count?.end ?? Number.MAX_SAFE_INTEGER);
    if (count?.moving) moving.add(segment);
  }
  return { copyEnds, moving };
}

/** A pass that meets a table it can not read ends there; the others go on. */
async function verifyAll(verification: Verification, dataDir: string): Promise<void> {
  for (const pass of [verifySpool, verifyFeed, verifyMessages, verifyTotals]) {
    try {
      await pass(verification);
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown };
      if (typeof code !== 'string' || !code.startsWith('LEVEL_')) throw error;
      verification.findings.add('damage', `a part of the register can not be read: ${String(message)}`, join(dataDir, 'register'), REBUILD);
    }
  }
}

/** What 'relais rebuild' would find: for a register that can not be read. */
async function countSpool(spool: Spool, counts: VerifyCounts, findings: Findings): Promise<void> {
  const scan = spool.scan((found) => findings.add('damage', `${found.length} octets: ${found.what}`, placeOf(found), RESTORE));
  for await (const entry of scan) {
    counts.entries++;
    if (entry.erased) counts.erasedEntries++;
    else counts.octets += entry.size;
    if (!entry.whole) findings.add('damage', 'content that does not match its SHA-256', placeOf(entry.location), RESTORE);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Undefined when it does not open, which is then a finding. */
async function openRegisterCopy(dataDir: string, findings: Findings): Promise<ReadingCopy | undefined> {
  const path = join(dataDir, 'register');
  if (!(await isDirectory(path))) {
    findings.add('damage', 'there is no register', path, `if this is the right dataDir, ${REBUILD}`);
    return undefined;
  }
  try {
    return await openReadingCopy(path);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code === 'locked') throw error;
    findings.add('damage', error.message, path, REBUILD);
    return undefined;
  }
}

async function openSpool(options: Parameters<typeof verifyStore>[0], findings: Findings): Promise<Spool | undefined> {
  const dir = join(options.dataDir, 'spool');
  if (!(await isDirectory(dir))) {
    findings.add('damage', 'there is no spool', dir, 'restore a backup');
    return undefined;
  }
  try {
    return await Spool.open({ dir, log: options.log, now: options.now });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    findings.add('damage', error.message, dir, 'restore a backup');
    return undefined;
  }
}

/** The commit record, once the register was found to be the directory's own. */
async function readCommit(database: Database, dataDir: string, findings: Findings): Promise<CommitRecord | undefined> {
  const identity = await readIdentity(dataDir).catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
    findings.add('damage', error.message, join(dataDir, 'identity.json'), REBUILD);
    return null;
  });
  if (identity === undefined) findings.add('damage', 'there is no identity.json', dataDir, REBUILD);
  const [mark, commit] = await database.getMany([IDENTITY_KEY, COMMIT_KEY]).catch(() => []);
  const store = mark === undefined ? undefined : attempt(findings, IDENTITY_KEY, () => payloadOf(IDENTITY_KEY, mark).toString());
  if (store !== undefined && identity && store !== identity.store) {
    findings.add('damage', `the register belongs to the store ${store}, the directory to ${identity.store}`, dataDir, REBUILD);
  }
  if (mark === undefined || commit === undefined) {
    findings.add('damage', 'the first records of the register are missing', dataDir, REBUILD);
    return undefined;
  }
  return attempt(findings, COMMIT_KEY, () => decodeJson<CommitRecord>(COMMIT_KEY, commit));
}
