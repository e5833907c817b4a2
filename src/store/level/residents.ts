/**
 * Which record an entry of the spool belongs to, and where that record says its content stands. The
 * two agree but for what a crash or a clean-up under way left.
 */
import { invertId, type MessageId, type ReportId } from '../../domain/ids.ts';
import type { ScannedEntry, SpoolLocation } from '../spool/spool.ts';
import { decodeJson } from './codec.ts';
import type { Database } from './database.ts';
import { messageKey, reportKey } from './keys.ts';
import { decodeMessage } from './records.ts';
import type { StoredReport } from './reports.ts';

export type Resident =
  | { readonly kind: 'message'; readonly id: MessageId; readonly key: string; readonly location: SpoolLocation }
  | { readonly kind: 'report'; readonly id: ReportId; readonly key: string; readonly location: SpoolLocation };

/** The record of each entry; undefined where there is none. Throws StoreError `damaged` when one does not read. */
export async function residentsOf(database: Database, entries: readonly ScannedEntry[]): Promise<(Resident | undefined)[]> {
  const keys = entries.map((entry) => {
    const inverted = invertId(idOf(entry));
    return entry.kind === 'message' ? messageKey(inverted) : reportKey(inverted);
  });
  return (await database.getMany(keys)).map((value, i): Resident | undefined => {
    const key = keys[i] ?? '';
    if (value === undefined) return undefined;
    if (entries[i]?.kind === 'report') {
      const { report, location } = decodeJson<StoredReport>(key, value);
      return { kind: 'report', id: report.id, key, location };
    }
    const { message, location } = decodeMessage(key, value);
    return { kind: 'message', id: message.id, key, location };
  });
}

function idOf({ header }: ScannedEntry): string {
  try {
    const { id } = JSON.parse(header.toString('utf8')) as { id?: unknown };
    return typeof id === 'string' ? id : '';
  } catch {
    return '';
  }
}
