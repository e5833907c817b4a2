/**
 * Housekeeping: the clean-up by age, and the files of the change feed, each on its schedule.
 *
 *   upstream    schedule.ts, in the machine's time zone; `cleanupNow` for the command line and the API
 *   downstream  the store's clean-up, which takes nothing that is still in the queue; file-drop.ts
 *   failure     a scheduled run that fails is logged and the next one tries again; `cleanupNow` throws
 *
 * One run of each at a time: who asks for a clean-up while one runs gets that run's result. A run that
 * was missed while relais was down is not made up for: the next one does what it would have done.
 */
import type { Log } from '../domain/log.ts';
import type { CleanupCounts, CleanupRequest, Store } from '../domain/ports.ts';
import type { FileDropSettings, RetentionSettings } from '../domain/settings.ts';
import { dropFiles, type FileDropOptions } from './file-drop.ts';
import { type Schedule, startSchedule } from './schedule.ts';

export interface HousekeepingOptions {
  readonly retention: RetentionSettings;
  /** Absent: none. */
  readonly files?: { readonly drops: readonly FileDropSettings[]; readonly store: FileDropOptions['store'] };
  readonly store: Pick<Store, 'cleanup'>;
  readonly now: () => number;
  readonly log: Log;
}

export interface Housekeeping {
  /** Ends the schedule; a run that is under way ends by itself in the store. */
  stop(): void;
  cleanupNow(): Promise<CleanupCounts>;
  /** Unix milliseconds of the next scheduled run; null once stopped. */
  nextRunAt(): number | null;
}

/** What a clean-up at `now` takes: content first, records, being of more use for less room, later. */
export function cleanupRequest(retention: RetentionSettings, now: number): CleanupRequest {
  return { contentBefore: now - retention.content, recordsBefore: now - retention.records, now };
}

/** Starts the schedules. Throws when an expression can not be read. */
export function startHousekeeping({ retention, files, store, now, log }: HousekeepingOptions): Housekeeping {
  let running: Promise<CleanupCounts> | null = null;
  const cleanupNow = (): Promise<CleanupCounts> => {
    running ??= cleanUp({ retention, store, now, log }).finally(() => {
      running = null;
    });
    return running;
  };
  const cleanup = startSchedule('retention.schedule', retention.schedule, () => {
    cleanupNow().catch((error: unknown) => log.error({ err: error }, 'the scheduled clean-up failed; the next one tries again'));
  });
  const drops: Schedule[] = [];
  try {
    if (files !== undefined) for (const settings of files.drops) drops.push(startFileDrop({ settings, store: files.store, now, log }));
  } catch (error) {
    for (const schedule of [cleanup, ...drops]) schedule.stop();
    throw error;
  }
  return {
    stop: () => {
      for (const schedule of [cleanup, ...drops]) schedule.stop();
    },
    cleanupNow,
    nextRunAt: cleanup.nextRunAt,
  };
}

function startFileDrop(options: FileDropOptions): Schedule {
  const { settings, log } = options;
  let running = false;
  return startSchedule('synchronisation.files.schedule', settings.schedule, () => {
    if (running) return;
    running = true;
    dropFiles(options)
      .catch((error: unknown) =>
        log.error({ err: error, drop: settings.name }, 'the change feed could not be written; the next run tries again'),
      )
      .finally(() => {
        running = false;
      });
  });
}

async function cleanUp({ retention, store, now, log }: HousekeepingOptions): Promise<CleanupCounts> {
  const began = now();
  const counts = await store.cleanup(cleanupRequest(retention, began));
  log.info({ ...counts, durationMs: now() - began }, 'clean-up done');
  return counts;
}
