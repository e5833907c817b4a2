/**
 * `relais rebuild`: a new register from the spool alone, when the old one is damaged or gone.
 *
 * Comes back: every accepted message whose content was not erased, with envelope, headers and
 * references, and the reports. Tokens, users, positions of readers and of mailboxes, suppressions, next hops, keys
 * of requests, and what people linked reports to, are taken from the old register as far as it can be read. Does not come back: what happened to each recipient, attempts,
 * signals under way, statistics, and records whose content was erased.
 *
 * Since nobody knows whether a recipient got the mail, each comes back as `held`: nothing is sent
 * twice without a person's word, nor is a scheduled message before its time when that is given. The last group of the spool may hold mail that a crash kept from
 * being acknowledged; it comes back as well, rather than too little.
 *
 * The feed goes on far above where it was: from the number of milliseconds since 1970, or from the
 * highest number that the old register names if that is higher. Readers hold positions in the old
 * feed, some of them outside; each of these lies before the new feed's beginning, and is told so
 * (`cursor-expired`), so that none goes on as if nothing had happened.
 *
 * The old register is moved aside and never deleted. The new one is made beside it and put in its
 * place when it is whole: a crash before leaves all as it was, and rebuild is run again.
 *
 * On failure: StoreError `locked` while a relais has the store open, `damaged` when the spool can
 * not be read either.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { forgetReached } from './high-water.ts';
import { encodeText } from './level/codec.ts';
import { Database } from './level/database.ts';
import { type Identity, markReady, readIdentity } from './level/identity.ts';
import { type CollectionKind, IDENTITY_KEY } from './level/keys.ts';
import { forgetOpenings } from './opening-marker.ts';
import { type FillCounts, Filling } from './rebuilding/filling.ts';
import { type OldRegister, readOldRegister } from './rebuilding/old-register.ts';
import { Spool, type SpoolDamage } from './spool/spool.ts';

export interface RebuildReport extends Readonly<FillCounts> {
  readonly feed: {
    /** The highest number that the old register names; null: it could not be read. */
    readonly oldLastSeq: number | null;
    /** Of the new feed. Every position before it is refused with `cursor-expired`. */
    readonly firstSeq: number;
  };
  /** Taken over from the old register. */
  readonly carriedOver: Readonly<Record<CollectionKind, number>> & {
    /** Keys of requests that still hold. */
    readonly acceptKeys: number;
    /** Entries of the audit log. */
    readonly audits: number;
  };
  /** Where the old register is now; null: there was none. */
  readonly oldRegister: string | null;
  /** Places of the spool that could not be read, the first of them. */
  readonly damage: readonly SpoolDamage[];
  readonly damagedPlaces: number;
  /** Segments in which nothing could be read, under their new names. */
  readonly setAside: readonly string[];
  /** What the person who ran it has to know and do, in sentences. */
  readonly notes: readonly string[];
}

interface RebuildOptions {
  readonly dataDir: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

const DAMAGE_KEPT = 100;
const ASIDE = 'register.damaged-';

export async function rebuildStore(options: RebuildOptions): Promise<RebuildReport> {
  const { dataDir, now, log } = options;
  const spoolDir = join(dataDir, 'spool');
  if ((await stat(spoolDir).catch(() => null)) === null) {
    throw new StoreError('damaged', `there is no spool in ${dataDir} to rebuild from: name the right dataDir, or restore a backup`);
  }
  const register = join(dataDir, 'register');
  const fresh = join(dataDir, 'register.rebuilding');
  const old = await readOldRegister(dataDir, await oldPath(dataDir, register));
  try {
    const identity = await identityOf(dataDir, now());
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { mode: 0o700 });
    const base = Math.max(old.lastSeq === null ? 0 : old.lastSeq + 1, now());
    const { acceptKeys, audits, ...filled } = await fillFresh({ fresh, spoolDir, identity, old, base, log, now });
    const oldRegister = await putInPlace(dataDir, { register, fresh, identity, at: now() });
    const report: Omit<RebuildReport, 'notes'> = {
      ...filled,
      feed: { oldLastSeq: old.lastSeq, firstSeq: base + 1 },
      carriedOver: { ...countCollections(old), acceptKeys, audits },
      oldRegister,
    };
    return { ...report, notes: notesOf(report, old) };
  } finally {
    await old.close();
  }
}

/** The register; where a rebuild was cut off after it had moved it aside, what it moved last. */
async function oldPath(dataDir: string, register: string): Promise<string> {
  // A start without a register leaves a directory with a lock and a log of its own.
  const names = await readdir(register).catch((): string[] => []);
  if (names.some((name) => /^CURRENT$|^MANIFEST-|\.ldb$|^\d+\.log$/.test(name))) return register;
  const aside = (await readdir(dataDir)).filter((name) => name.startsWith(ASIDE)).sort();
  return join(dataDir, aside.at(-1) ?? 'register');
}

async function fillFresh(parts: {
  readonly fresh: string;
  readonly spoolDir: string;
  readonly identity: Identity;
  readonly old: OldRegister;
  readonly base: number;
  readonly log: Log;
  readonly now: () => number;
}): Promise<Filled & { readonly acceptKeys: number; readonly audits: number }> {
  const { fresh, spoolDir, identity, old, base, log, now } = parts;
  const spool = await Spool.open({ dir: spoolDir, log, now });
  try {
    const database = await Database.open(fresh, { create: true });
    try {
      await carryOver(database, identity, old);
      // Of a message that does not come back the key of its request says nothing: see accept-keys.ts.
      const acceptKeys = await carry(database, old.acceptKeys(now()), 'x');
      const audits = await carry(database, old.audits(), 'l');
      return { ...(await fill({ database, spool, base, now: now(), ties: old.ties })), acceptKeys, audits };
    } finally {
      await database.close();
    }
  } finally {
    await spool.close();
  }
}

function countCollections({ collections }: OldRegister): Record<CollectionKind, number> {
  const count = (kind: CollectionKind): number => collections.get(kind)?.length ?? 0;
  return {
    cleanupRuns: count('cleanupRuns'),
    consumers: count('consumers'),
    erasures: count('erasures'),
    failures: count('failures'),
    legalHolds: count('legalHolds'),
    mailboxes: count('mailboxes'),
    nextHops: count('nextHops'),
    streams: count('streams'),
    sessions: count('sessions'),
    uses: count('uses'),
    mtaStsPolicies: count('mtaStsPolicies'),
    secrets: count('secrets'),
    signalChannels: count('signalChannels'),
    signalMembers: count('signalMembers'),
    signalRecords: count('signalRecords'),
    runs: count('runs'),
    signalStates: count('signalStates'),
    suppressions: count('suppressions'),
    tokens: count('tokens'),
    users: count('users'),
    views: count('views'),
  };
}

/** The directory's own where it can be read: a register from elsewhere does not make it another store. */
async function identityOf(dataDir: string, now: number): Promise<Identity> {
  const existing = await readIdentity(dataDir).catch((error: unknown) => {
    if (error instanceof StoreError && error.code === 'damaged') return undefined;
    throw error;
  });
  return existing ?? { format: 1, store: randomUUID(), createdAt: new Date(now).toISOString(), ready: false };
}

async function carryOver(database: Database, identity: Identity, { collections }: OldRegister): Promise<void> {
  const batch = database.batch();
  batch.put(IDENTITY_KEY, encodeText(identity.store));
  for (const entries of collections.values()) for (const [key, value] of entries) batch.put(key, value);
  await batch.write({ sync: false });
}

/** Writes what is left of a family of the old register, its indexes with it; how many keys begin with its character. */
async function carry(database: Database, slices: AsyncIterable<readonly (readonly [string, Buffer])[]>, family: string): Promise<number> {
  let count = 0;
  for await (const slice of slices) {
    const batch = database.batch();
    for (const [key, value] of slice) {
      batch.put(key, value);
      if (key.startsWith(family)) count++;
    }
    await batch.write({ sync: false });
  }
  return count;
}

type Filled = FillCounts & Pick<RebuildReport, 'damage' | 'damagedPlaces' | 'setAside'>;

async function fill(parts: {
  readonly database: Database;
  readonly spool: Spool;
  readonly base: number;
  readonly now: number;
  readonly ties: OldRegister['ties'];
}): Promise<Filled> {
  const { database, spool, base, now, ties } = parts;
  const filling = new Filling({ database, lastSeq: base, now, ties });
  const damage: SpoolDamage[] = [];
  const damagedSegments = new Set<number>();
  let damagedPlaces = 0;
  const scan = spool.scan((found) => {
    damagedPlaces++;
    damagedSegments.add(found.segment);
    if (damage.length < DAMAGE_KEPT) damage.push(found);
  });
  for await (const entry of scan) await filling.add(entry);
  await filling.flush();
  // The first of the two is whole and recorded; erasing the message would miss the second.
  await spool.erase(filling.duplicates);
  const setAside: string[] = [];
  const empty: number[] = [];
  for (const { segment } of spool.segments()) {
    if (filling.segments.has(segment)) continue;
    // A register drops segments in which nothing lives: not those that only could not be read.
    if (damagedSegments.has(segment)) setAside.push(await spool.setAside(segment, `damaged-${stamp(now)}`));
    else empty.push(segment);
  }
  await filling.finish(await spool.adopt(filling.group), empty);
  return { ...filling.counts, damage, damagedPlaces, setAside };
}

function stamp(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
}

/** Moves the old register aside and the new one into its place; gives where the old one is. */
async function putInPlace(
  dataDir: string,
  parts: { readonly register: string; readonly fresh: string; readonly identity: Identity; readonly at: number },
): Promise<string | null> {
  const { register, fresh, identity, at } = parts;
  const there = (await stat(register).catch(() => null)) !== null;
  const aside = there ? await freeName(join(dataDir, `${ASIDE}${stamp(at)}`)) : null;
  await forgetReached(dataDir);
  if (aside !== null) await rename(register, aside);
  await rename(fresh, register);
  await markReady(dataDir, identity);
  await forgetOpenings(dataDir);
  const directory = await open(dataDir, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
  return aside;
}

async function freeName(wanted: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if ((await stat(name).catch(() => null)) === null) return name;
  }
}

function notesOf(report: Omit<RebuildReport, 'notes'>, old: OldRegister): string[] {
  const { messages, recipients, damagedContents, damagedPlaces, setAside, feed, oldRegister } = report;
  const notes = [
    `${messages} messages with ${recipients} recipients came back. What had become of each recipient is not known: all are held, and nothing is sent until they are released. Release those only of which you know that they did not arrive.`,
    `The feed begins anew at ${feed.firstSeq}. Readers with an older position are told that it has expired: they have to read everything again.`,
  ];
  if (oldRegister !== null)
    notes.push(`The old register was kept as ${oldRegister}; delete it when you no longer need it: it may hold addresses and subjects.`);
  if (old.trouble !== null) {
    notes.push(
      `The old register could not be read whole (${old.trouble}): look whether tokens, users and suppressions are complete, and add what is missing. Requests to the API whose key is lost are recorded anew when they come again.`,
    );
  }
  if (damagedContents > 0)
    notes.push(`${damagedContents} contents do not match their SHA-256: their messages are recorded and can not be sent.`);
  if (damagedPlaces > 0)
    notes.push(`${damagedPlaces} places of the spool could not be read: what stood there is lost unless a backup has it.`);
  if (setAside.length > 0) notes.push(`Nothing could be read of ${setAside.join(', ')}: kept under these names.`);
  return notes;
}
