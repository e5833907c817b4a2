/** The audit log in a clean-up: by age alone, and never what was done to a message under a legal hold. */
import type { AuditRecord } from '../../domain/audit.ts';
import type { CleanupRequest } from '../../domain/cleanup.ts';
import { invertId, lowestIdAt, parseMessageId } from '../../domain/ids.ts';
import { auditIndexKeys } from './audit.ts';
import { decodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import { AUDITS, after, auditKey, messageKey } from './keys.ts';
import { decodeMessage } from './records.ts';
import type { CleaningScope } from './report-cleaning.ts';

const SLICE = 200;

/** Takes the entries; gives how many. */
export async function cleanAudits({ context, request, pace, isOver }: CleaningScope): Promise<number> {
  let taken = 0;
  for await (const entries of oldAudits(context, request)) {
    if (isOver()) break;
    await pace.step(() =>
      context.committer.submit({
        weight: entries.length,
        stage: (transaction) => {
          for (const record of entries) {
            transaction.del(auditKey(invertId(record.id)));
            for (const key of auditIndexKeys(record)) transaction.del(key);
          }
        },
      }),
    );
    taken += entries.length;
  }
  return taken;
}

export async function countAudits(context: StoreContext, request: CleanupRequest): Promise<number> {
  let count = 0;
  for await (const entries of oldAudits(context, request)) count += entries.length;
  return count;
}

async function* oldAudits(context: StoreContext, { auditBefore }: CleanupRequest): AsyncGenerator<readonly AuditRecord[]> {
  if (auditBefore === undefined) return;
  for await (const slice of context.database.slices(after(AUDITS, auditKey(invertId(lowestIdAt(auditBefore)))), SLICE)) {
    const records = slice.map(([key, value]) => decodeJson<AuditRecord>(key, value));
    const held = await heldOf(context, records);
    const due = records.filter(({ subject }) => !held.has(subject.id));
    if (due.length > 0) yield due;
  }
}

/** Ids of the messages among the subjects that lie under a hold. */
async function heldOf({ database, holds }: StoreContext, records: readonly AuditRecord[]): Promise<Set<string>> {
  const ids = [...new Set(records.flatMap(({ subject }) => (subject.kind === 'message' ? (parseMessageId(subject.id) ?? []) : [])))];
  const held = new Set<string>(ids.filter((id) => holds.ofId(id) !== undefined));
  if (!holds.hasFilters) return held;
  const keys = ids.map((id) => messageKey(invertId(id)));
  for (const [i, value] of (await database.getMany(keys)).entries()) {
    if (value === undefined) continue;
    const { message } = decodeMessage(keys[i] ?? '', value);
    if (holds.on(message).length > 0) held.add(message.id);
  }
  return held;
}
