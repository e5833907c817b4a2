/**
 * The spool against the register: each entry is read and hashed, and has its record or an erased
 * mark.
 */
import { invertId } from '../../domain/ids.ts';
import { decodeJson } from '../level/codec.ts';
import { messageKey, reportKey } from '../level/keys.ts';
import { decodeMessage } from '../level/records.ts';
import type { StoredReport } from '../level/reports.ts';

import type { ScannedEntry, SpoolDamage, SpoolLocation } from '../spool/spool.ts';
import { isSamePlace } from '../spool/types.ts';
import { isInDoubt, placeOf, type Verification } from './context.ts';
import { attempt, REBUILD, RESTORE, SETTLES } from './findings.ts';

const AT_ONCE = 256;

export async function verifySpool(verification: Verification): Promise<void> {
  const { spool, counts, findings } = verification;
  const damage: SpoolDamage[] = [];
  let waiting: ScannedEntry[] = [];
  for await (const entry of spool.scan((found) => damage.push(found))) {
    counts.entries++;
    if (entry.erased) {
      counts.erasedEntries++;
      verification.erased.add(entry.location);
      continue;
    }
    counts.octets += entry.size;
    verification.entries.add(entry.location);
    waiting.push(entry);
    if (waiting.length < AT_ONCE) continue;
    await compareWithRecords(verification, waiting);
    waiting = [];
  }
  await compareWithRecords(verification, waiting);
  for (const { segment, offset, length, what } of damage) {
    const place = { segment, offset };
    if (isInDoubt(verification, place)) findings.add('note', `${length} octets of the last commit: ${what}`, placeOf(place), SETTLES);
    else findings.add('damage', `${length} octets: ${what}`, placeOf(place), RESTORE);
  }
}

function idOf(entry: ScannedEntry): string | undefined {
  try {
    const { id } = JSON.parse(entry.header.toString('utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}

async function compareWithRecords(verification: Verification, entries: readonly ScannedEntry[]): Promise<void> {
  const keys = entries.map((entry) => {
    const inverted = invertId(idOf(entry) ?? '');
    return entry.kind === 'message' ? messageKey(inverted) : reportKey(inverted);
  });
  const values = await verification.database.getMany(keys);
  for (const [i, entry] of entries.entries()) compare(verification, entry, { key: keys[i] ?? '', value: values[i] });
}

function compare(
  verification: Verification,
  entry: ScannedEntry,
  found: { readonly key: string; readonly value: Buffer | undefined },
): void {
  const { findings } = verification;
  const { kind, location } = entry;
  const id = idOf(entry);
  if (id === undefined) {
    findings.add('damage', `an entry whose header is no ${kind}`, placeOf(location), RESTORE);
    return;
  }
  const name = `${kind} ${id}`;
  if (found.value === undefined) {
    if (isInDoubt(verification, location))
      findings.add('note', `content of ${name} without a record, of the last commit`, placeOf(location), SETTLES);
    else if (kind === 'report')
      findings.add('note', `content of ${name}, which was not recorded and came again`, placeOf(location), 'nothing');
    else findings.add('damage', `content of ${name} has no record`, placeOf(location), REBUILD);
    return;
  }
  const { value, key } = found;
  const stored = attempt(findings, key, () => (kind === 'message' ? messageContent(key, value) : reportContent(key, value)));
  if (stored === undefined) return;
  if (!isSamePlace(stored.location, location)) {
    if (verification.moving.has(location.segment) || isInDoubt(verification, location))
      findings.add('note', `${name} is recorded at ${placeOf(stored.location)}: a clean-up was interrupted`, placeOf(location), SETTLES);
    else findings.add('damage', `${name} is recorded at ${placeOf(stored.location)}`, placeOf(location), REBUILD);
  } else if (stored.sha256 !== entry.sha256 || stored.size !== entry.size) {
    findings.add('damage', `content of ${name} is another than its record says`, placeOf(location), RESTORE);
  } else if (!entry.whole) {
    if (isInDoubt(verification, location))
      findings.add('note', `content of ${name}, of the last commit, is not whole`, placeOf(location), SETTLES);
    else findings.add('damage', `content of ${name} does not match its SHA-256`, placeOf(location), RESTORE);
  }
}

interface ContentRecord {
  readonly location: SpoolLocation;
  readonly sha256: string;
  readonly size: number;
}

function messageContent(key: string, value: Buffer): ContentRecord {
  const { message, location } = decodeMessage(key, value);
  return { location, sha256: message.sha256, size: message.size };
}

function reportContent(key: string, value: Buffer): ContentRecord {
  const { report, location } = decodeJson<StoredReport>(key, value);
  return { location, sha256: report.sha256, size: report.size };
}
