/**
 * Housekeeping: the clean-up by age, backups, and the files of the change feed, each on its schedule.
 *
 *   upstream    schedule.ts, in the machine's time zone
 *   downstream  cleanup-desk.ts, backup-desk.ts, file-drop.ts
 *   failure     a scheduled run that fails is logged and the next one tries again
 *
 * One run of each at a time. A run that was missed while relais was down is not made up for: the next
 * one does what it would have done.
 */
import { type BackupDesk, BackupError, type BackupSettings } from '../domain/backup.ts';
import type { CleanupDesk } from '../domain/cleanup.ts';
import type { FileDropSettings } from '../domain/settings.ts';
import { type BackupDeskOptions, RunningBackupDesk } from './backup-desk.ts';
import { type CleanupDeskOptions, RunningCleanupDesk, SCHEDULE } from './cleanup-desk.ts';
import { dropFiles, type FileDropOptions } from './file-drop.ts';
import { type Schedule, startSchedule } from './schedule.ts';

export interface HousekeepingOptions extends CleanupDeskOptions, Pick<BackupDeskOptions, 'backup'> {
  readonly store: CleanupDeskOptions['store'] & BackupDeskOptions['store'];
  /** Absent: none. */
  readonly files?: { readonly drops: readonly FileDropSettings[]; readonly store: FileDropOptions['store'] };
}

export interface Housekeeping {
  readonly cleanup: CleanupDesk;
  readonly backups: BackupDesk;
  /** Ends the schedules; a clean-up that is under way ends after the step that it is at, a backup at once. */
  stop(): Promise<void>;
}

/** Starts the schedules. Throws when an expression can not be read. */
export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { retention, backup = null, files, now, log } = options;
  const schedules: Schedule[] = [];
  let backupSchedule: Schedule | null = null;
  const desk = new RunningCleanupDesk(options, () => schedules[0]?.nextRunAt() ?? null);
  const backups = new RunningBackupDesk(options, () => backupSchedule?.nextRunAt() ?? null);
  try {
    schedules.push(
      startSchedule('retention.schedule', retention.schedule, () => {
        desk.run(SCHEDULE).catch((error: unknown) => log.error({ err: error }, 'the scheduled clean-up failed; the next one tries again'));
      }),
    );
    if (backup !== null) {
      backupSchedule = startBackups(backups, backup, options);
      schedules.push(backupSchedule);
    }
    if (files !== undefined) for (const settings of files.drops) schedules.push(startFileDrop({ settings, store: files.store, now, log }));
  } catch (error) {
    for (const schedule of schedules) schedule.stop();
    throw error;
  }
  return {
    cleanup: desk,
    backups,
    stop: async () => {
      for (const schedule of schedules) schedule.stop();
      await backups.stop();
      await desk.stop();
    },
  };
}

function startBackups(desk: RunningBackupDesk, settings: BackupSettings, { log }: Pick<HousekeepingOptions, 'log'>): Schedule {
  return startSchedule('backup.schedule', settings.schedule, () => {
    desk.run(settings, SCHEDULE).catch((error: unknown) => {
      if (error instanceof BackupError && error.code === 'busy') return;
      log.error({ err: error, dir: settings.dir }, 'the scheduled backup failed; the next one tries again');
    });
  });
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
