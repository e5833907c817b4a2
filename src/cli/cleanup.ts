/** `relais cleanup`: takes what retention says is over, or with --dry-run counts it. */
import type { CleanupCounts } from '../domain/ports.ts';
import type { RetentionSettings } from '../domain/settings.ts';
import { cleanupRequest } from '../housekeeping/index.ts';
import type { AccessPlace } from './access.ts';
import { formatSize, type Terminal } from './terminal.ts';

export async function cleanup(
  place: AccessPlace,
  options: { readonly dryRun?: boolean; readonly json?: boolean; readonly retention: RetentionSettings; readonly now: number },
  terminal: Terminal,
): Promise<void> {
  const { dryRun = false } = options;
  const counts = await countsOf(place, dryRun, options);
  if (options.json === true) {
    const { contents, records, octets, keptPending } = counts;
    terminal.print(JSON.stringify({ dryRun, contents, records, octets, keptPending }));
    return;
  }
  const verb = dryRun ? 'would be erased' : 'erased';
  terminal.print(`Content of ${counts.contents} messages (${formatSize(counts.octets)}) and ${counts.records} records ${verb}.`);
  if (counts.keptPending > 0) terminal.print(`${counts.keptPending} are old enough but still in the queue, and kept.`);
}

function countsOf(
  place: AccessPlace,
  dryRun: boolean,
  options: { readonly retention: RetentionSettings; readonly now: number },
): Promise<CleanupCounts> {
  if ('api' in place) return place.api.post<CleanupCounts>('/cleanup', { dryRun });
  const request = cleanupRequest(options.retention, options.now);
  return dryRun ? place.store.planCleanup(request) : place.store.cleanup(request);
}
