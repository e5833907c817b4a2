/**
 * The audit log: appended to, read newest first, and never changed. Listed by what is asked for
 * most narrowly (the subject, else who, else what was done), and each hit checked against its record.
 */
import { type AuditEntry, type AuditFilter, type AuditRecord, fitsAudit } from '../../domain/audit.ts';
import { invertId, lowestIdAt } from '../../domain/ids.ts';
import type { Page, PageRequest } from '../../domain/ports.ts';
import { decodeJson, encodeJson, NO_VALUE } from './codec.ts';
import type { StoreContext } from './context.ts';
import { decodeCursor, encodeCursor, markOf } from './cursor.ts';
import { AUDITS, after, auditIndexPrefix, auditKey, invertedIdOf, type KeyRange, prefixRange } from './keys.ts';

/** Read at a time, and at most for a page whose filter hits rarely. */
const AT_ONCE = 200;
const MOST_READ = 4_000;
const POSITION = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** The ids are made as the commit is staged: they ascend in the order of the log. */
export function appendAudit(
  { committer }: StoreContext,
  newId: () => string,
  entries: readonly AuditEntry[],
): Promise<readonly AuditRecord[]> {
  return committer.submit({
    weight: entries.length,
    stage: (transaction) =>
      entries.map((entry) => {
        const record: AuditRecord = { id: newId(), ...entry };
        transaction.put(auditKey(invertId(record.id)), encodeJson(record));
        for (const key of auditIndexKeys(record)) transaction.put(key, NO_VALUE);
        return record;
      }),
  });
}

export function auditIndexKeys({ id, by, action, subject }: AuditRecord): string[] {
  const inverted = invertId(id);
  const keys = [auditIndexPrefix('by', by.name) + inverted, auditIndexPrefix('action', action) + inverted];
  return subject.id === '' ? keys : [...keys, auditIndexPrefix('subject', subject.id) + inverted];
}

/** The record with its index keys, as another register takes them over; nothing of a damaged one. */
export function auditEntries(key: string, value: Buffer): [string, Buffer][] {
  try {
    const indexed = auditIndexKeys(decodeJson<AuditRecord>(key, value)).map((name): [string, Buffer] => [name, NO_VALUE]);
    return [[key, value], ...indexed];
  } catch {
    return [];
  }
}

export async function listAudits({ database }: StoreContext, filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>> {
  const mark = markOf('audits', filter);
  let position = decodeCursor(mark, page.cursor, POSITION);
  const limit = isRare(filter) ? AT_ONCE : page.limit + 1;
  const items: AuditRecord[] = [];
  for (let read = 0; read < MOST_READ; read += limit) {
    const found = await readAfter(database, filter, position, limit);
    for (const { inverted, record } of found) {
      if (record !== undefined && fitsAudit(record, filter)) {
        if (items.length === page.limit) return { items, next: encodeCursor(mark, position ?? '') };
        items.push(record);
      }
      position = inverted;
    }
    if (found.length < limit) return { items, next: null };
  }
  return { items, next: encodeCursor(mark, position ?? '') };
}

async function readAfter(
  database: StoreContext['database'],
  filter: AuditFilter,
  position: string | null,
  limit: number,
): Promise<{ readonly inverted: string; readonly record: AuditRecord | undefined }[]> {
  const prefix = prefixOf(filter);
  const range = after(narrowed(prefix, filter), position === null ? null : prefix + position);
  const found = (await database.keys({ ...range, limit })).map(invertedIdOf);
  const values = await database.getMany(found.map(auditKey));
  return found.map((inverted, i) => {
    const value = values[i];
    return { inverted, record: value === undefined ? undefined : decodeJson<AuditRecord>(auditKey(inverted), value) };
  });
}

/** Whether the narrowest index holds records that the filter does not ask for. */
function isRare({ by, action, subject, subjectKind }: AuditFilter): boolean {
  return subjectKind !== undefined || [by, action, subject].filter((value) => value !== undefined).length > 1;
}

/** What all keys of the narrowest index begin with; that of the log itself where nothing is asked. */
function prefixOf({ subject, by, action }: AuditFilter): string {
  if (subject !== undefined && subject !== '') return auditIndexPrefix('subject', subject);
  if (by !== undefined) return auditIndexPrefix('by', by);
  return action === undefined ? 'l' : auditIndexPrefix('action', action);
}

/** The part that holds the ids of the time asked for, newest first. */
function narrowed(prefix: string, { from, to }: AuditFilter): KeyRange {
  const range = prefix === 'l' ? AUDITS : prefixRange(prefix);
  return {
    ...range,
    ...(to === undefined ? {} : { gte: prefix + invertId(lowestIdAt(to)) + AFTER }),
    ...(from === undefined ? {} : { lt: prefix + invertId(lowestIdAt(from)) + AFTER }),
  };
}

/** Behind the bound itself, which is the oldest id of its time. */
const AFTER = '\x00';
