/**
 * The register family by family: every value's checksum, the feed without a gap, and the keys that
 * belong to nothing.
 */

import type { AuditRecord } from '../../domain/audit.ts';
import { invertId } from '../../domain/ids.ts';
import { auditIndexKeys } from '../level/audit.ts';
import { decodeJson, payloadOf } from '../level/codec.ts';
import { decodeBearers } from '../level/fingerprints.ts';
import {
  ACCEPT_KEY_ORDER,
  ACCEPT_KEYS,
  AUDIT_INDEX,
  AUDITS,
  acceptKeyDigestOf,
  acceptKeyOrderKey,
  deliveryOfEventKey,
  EVENTS,
  eventSeqOf,
  FINGERPRINTS,
  fingerprintKey,
  PENDING,
  pendingSignalKey,
  prefixRange,
  REPORTS,
  reportKey,
  SEGMENTS,
  SIGNALS_BY_EVENT,
  segmentOf,
  signalKey,
  signalTimeOf,
} from '../level/keys.ts';
import type { StoredReport } from '../level/reports.ts';
import type { SegmentCount } from '../level/transaction.ts';
import { isInDoubt, placeOf, type Verification } from './context.ts';
import { attempt, REBUILD, RESTORE, SETTLES } from './findings.ts';
import { verifyLedger } from './ledger.ts';
import { countLiving } from './messages.ts';

const SLICE = 1000;
/** First characters of the keys that keys.ts builds. */
const FAMILIES = '!adDefghiklLmopqrsuvwxXyY';

export async function verifyFeed({ database, record, counts, findings }: Verification): Promise<void> {
  let expected = record.firstSeq;
  for await (const slice of database.slices(EVENTS, SLICE)) {
    for (const [key, value] of slice) {
      const seq = eventSeqOf(key);
      // What a clean-up left in front of the feed is counted with the message it belongs to.
      if (seq < record.firstSeq) continue;
      counts.events++;
      if (seq !== expected) findings.add('damage', `the feed has a gap: event ${expected} is followed by ${seq}`, key, REBUILD);
      expected = seq + 1;
      attempt(findings, key, () => payloadOf(key, value));
    }
  }
  if (expected !== record.seq + 1) {
    findings.add('damage', `the feed ends at ${expected - 1}, the last commit says ${record.seq}`, `e${record.seq}`, REBUILD);
  }
}

/** Runs after the messages: compares what they made counted. */
export async function verifyTotals(verification: Verification): Promise<void> {
  const { database, record, counts, findings } = verification;
  await verifyReports(verification);
  await verifyFingerprints(verification);
  const compare = (what: string, found: number, expected: number, where: string): void => {
    if (found !== expected) findings.add('damage', `${what}: ${found} where there should be ${expected}`, where, REBUILD);
  };
  compare('messages', counts.messages, record.messages, '!commit');
  compare('recipients in the queue', counts.pending, record.pending, '!commit');
  compare('schedule entries', await countKeys(database, PENDING), counts.pending, 'q');
  compare(
    'index keys',
    (await countKeys(database, prefixRange('i'))) + (await countKeys(database, prefixRange('w'))),
    counts.indexKeys,
    'i, w',
  );
  compare('attempts', await countKeys(database, prefixRange('a')), counts.attempts, 'a');
  compare('events', await countKeys(database, EVENTS), counts.events, 'e');
  await verifySegments(verification);
  await verifySignals(verification);
  await verifyAcceptKeys(verification);
  await verifyAudits(verification);
  await verifyLedger(verification);
  for (const family of 'dfhkrs') await verifyChecksums(verification, family);
  for (const family of await strayKeys(verification)) findings.add('damage', 'a key of no known family', JSON.stringify(family), REBUILD);
}

async function countKeys(database: Verification['database'], range: Parameters<Verification['database']['keys']>[0]): Promise<number> {
  const cursor = database.keyCursor(range);
  try {
    for (let count = 0; ; ) {
      const keys = await cursor.next(SLICE);
      if (keys.length === 0) return count;
      count += keys.length;
    }
  } finally {
    await cursor.close();
  }
}

async function verifyReports(verification: Verification): Promise<void> {
  const { database, counts, findings, entries, erased } = verification;
  for await (const slice of database.slices(REPORTS, SLICE)) {
    for (const [key, value] of slice) {
      counts.reports++;
      counts.indexKeys++; // whether it was matched
      const stored = attempt(findings, key, () => decodeJson<StoredReport>(key, value));
      if (stored === undefined || stored.contentErased) continue;
      const { location, report } = stored;
      countLiving(verification.segments, location);
      if (entries.has(location)) continue;
      const advice = 'nothing: erasing was interrupted, and ends with the next clean-up';
      if (erased.has(location))
        findings.add('note', `content of report ${report.id} is erased, its record does not say so yet`, key, advice);
      else if (isInDoubt(verification, location))
        findings.add('note', `content of report ${report.id}, of the last commit, is not there`, key, SETTLES);
      else findings.add('damage', `content of report ${report.id} is missing`, placeOf(location), RESTORE);
    }
  }
}

/** Each report is known by its fingerprint, and what stands under one is there. */
async function verifyFingerprints({ database, findings }: Verification): Promise<void> {
  const known = new Set<string>();
  for await (const slice of database.slices(FINGERPRINTS, SLICE)) {
    for (const [key, value] of slice) {
      const bearers = attempt(findings, key, () => decodeBearers(key, value)) ?? [];
      const there = await database.hasMany(bearers.map(([id]) => reportKey(invertId(id))));
      for (const [i, [id]] of bearers.entries()) {
        known.add(`${key} ${id}`);
        if (there[i] !== true) findings.add('damage', `report ${id}, which a fingerprint names, is missing`, key, REBUILD);
      }
    }
  }
  for await (const slice of database.slices(REPORTS, SLICE)) {
    for (const [key, value] of slice) {
      // Damage is told of elsewhere.
      const { report, fingerprint } = tryDecode(key, value) ?? {};
      if (report === undefined || fingerprint === undefined || known.has(`${fingerprintKey(fingerprint)} ${report.id}`)) continue;
      findings.add('damage', `report ${report.id} would not be known again: its fingerprint is missing`, key, REBUILD);
    }
  }
}

function tryDecode(key: string, value: Buffer): StoredReport | undefined {
  try {
    return decodeJson<StoredReport>(key, value);
  } catch {
    return undefined;
  }
}

async function verifySegments({ database, segments, findings }: Verification): Promise<void> {
  const living = new Map(segments);
  for (const [key, value] of await database.entries(SEGMENTS)) {
    const stored = attempt(findings, key, () => decodeJson<SegmentCount>(key, value));
    const segment = segmentOf(key);
    const found = living.get(segment) ?? { live: 0, octets: 0, sample: null };
    living.delete(segment);
    if (stored === undefined || (stored.live === found.live && stored.octets === found.octets)) continue;
    const what = `segment ${segment} of the spool is counted as ${stored.live} contents of ${stored.octets} octets, and has ${found.live} of ${found.octets}`;
    findings.add('damage', what, key, REBUILD);
  }
  for (const segment of living.keys()) findings.add('damage', `segment ${segment} of the spool is not counted`, 'g', REBUILD);
}

async function verifySignals({ database, findings }: Verification): Promise<void> {
  let ordered = 0;
  for await (const slice of database.slices(prefixRange('D'), SLICE)) {
    const ids = slice.map(([key]) => signalTimeOf(key).id);
    const values = await database.getMany(ids.map(signalKey));
    ordered += ids.length;
    for (const [i, id] of ids.entries()) {
      if (values[i] === undefined) findings.add('damage', `delivery ${id} of a signal is missing`, signalKey(id), REBUILD);
    }
  }
  for await (const slice of database.slices(SIGNALS_BY_EVENT, SLICE)) {
    const there = await database.hasMany(slice.map(([key]) => signalKey(deliveryOfEventKey(key))));
    for (const [i, [key]] of slice.entries()) {
      if (there[i] !== true) findings.add('damage', 'a delivery of a signal is found by its event, and is missing', key, REBUILD);
    }
  }
  const kept = await countKeys(database, prefixRange('d'));
  if (kept !== ordered) findings.add('damage', `deliveries of signals: ${kept}, in their order ${ordered}`, 'D', REBUILD);
  for await (const slice of database.slices(prefixRange('d'), SLICE)) {
    const keys = slice.map(([key]) => pendingSignalKey(key.slice(1)));
    const marks = await database.getMany(keys);
    for (const [i, [key, value]] of slice.entries()) {
      const delivery = attempt(findings, key, () => decodeJson<{ state: string }>(key, value));
      if (delivery === undefined || (delivery.state === 'pending') === (marks[i] !== undefined)) continue;
      findings.add('damage', `a delivery of a signal is ${delivery.state}, and its mark says otherwise`, key, REBUILD);
    }
  }
}

/** Each key of a request stands in the order of time; what is only there is never looked up, and swept. */
async function verifyAcceptKeys({ database, findings }: Verification): Promise<void> {
  for await (const slice of database.slices(ACCEPT_KEYS, SLICE)) {
    const stored = slice.map(([key, value]) => attempt(findings, key, () => decodeJson<{ until: number }>(key, value)));
    const keys = slice.map(([key], i) => acceptKeyOrderKey(stored[i]?.until ?? 0, acceptKeyDigestOf(key)));
    for (const [i, there] of (await database.hasMany(keys)).entries()) {
      if (there || stored[i] === undefined) continue;
      findings.add('damage', 'a key of a request would never be swept: its order key is missing', slice[i]?.[0] ?? '', REBUILD);
    }
  }
  const kept = await countKeys(database, ACCEPT_KEYS);
  const ordered = await countKeys(database, ACCEPT_KEY_ORDER);
  if (kept !== ordered) findings.add('damage', `keys of requests: ${kept}, in their order ${ordered}`, 'X', REBUILD);
}

/** Each entry of the audit log is found by its indexes, and by nothing else. */
async function verifyAudits({ database, findings }: Verification): Promise<void> {
  let expected = 0;
  for await (const slice of database.slices(AUDITS, SLICE)) {
    const keys = slice.flatMap(([key, value]) => {
      const record = attempt(findings, key, () => decodeJson<AuditRecord>(key, value));
      return record === undefined ? [] : auditIndexKeys(record);
    });
    expected += keys.length;
    for (const [i, there] of (await database.hasMany(keys)).entries()) {
      if (!there) findings.add('damage', 'an entry of the audit log would not be found: an index key is missing', keys[i] ?? '', REBUILD);
    }
  }
  const found = await countKeys(database, AUDIT_INDEX);
  if (found !== expected) findings.add('damage', `index keys of the audit log: ${found} where there should be ${expected}`, 'L', REBUILD);
}

async function verifyChecksums({ database, findings }: Verification, family: string): Promise<void> {
  for await (const slice of database.slices(prefixRange(family), SLICE)) {
    for (const [key, value] of slice) attempt(findings, key, () => payloadOf(key, value));
  }
}

/** The first key of each run of keys that belong to no family. */
async function strayKeys({ database }: Verification): Promise<string[]> {
  const stray: string[] = [];
  let from = '';
  for (const family of [...FAMILIES].sort()) {
    stray.push(...(await database.keys({ gte: from, lt: family, limit: 1 })));
    from = prefixRange(family).lt ?? family;
  }
  stray.push(...(await database.keys({ gte: from, limit: 1 })));
  return stray;
}
