/**
 * Housekeeping: the clean-up by age, on its schedule.
 *
 *   upstream    node-schedule, at the cron expression of `retention.schedule` in the machine's time
 *               zone; `cleanupNow` for the command line and the API
 *   downstream  the store's clean-up, which takes nothing that is still in the queue
 *   failure     a scheduled run that fails is logged and the next one tries again; `cleanupNow` throws
 *
 * One run at a time: who asks while one runs gets that run's result. A run that was missed while
 * relais was down is not made up for: the next one takes what it would have taken.
 *
 * node-schedule answers an expression it can not read with null instead of an error, reads the empty
 * one as "every second" and a date as a single run, and keeps its timers in a global list: the
 * fields are counted here, and the job is cancelled by `stop`.
 */
import { type Job, scheduleJob } from 'node-schedule';
import type { Log } from '../domain/log.ts';
import type { CleanupCounts, CleanupRequest, Store } from '../domain/ports.ts';
import type { RetentionSettings } from '../domain/settings.ts';

export interface HousekeepingOptions {
  readonly retention: RetentionSettings;
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

/** Five fields, or six with seconds. */
const CRON_FIELDS = /^\S+(?:\s+\S+){4,5}$/;

/** Starts the schedule. Throws when the expression can not be read. */
export function startHousekeeping({ retention, store, now, log }: HousekeepingOptions): Housekeeping {
  let running: Promise<CleanupCounts> | null = null;
  const cleanupNow = (): Promise<CleanupCounts> => {
    running ??= cleanUp({ retention, store, now, log }).finally(() => {
      running = null;
    });
    return running;
  };
  const job = CRON_FIELDS.test(retention.schedule.trim())
    ? // Typed as never null; see above.
      (scheduleJob('clean-up', retention.schedule, () => {
        cleanupNow().catch((error: unknown) => log.error({ err: error }, 'the scheduled clean-up failed; the next one tries again'));
      }) as Job | null)
    : null;
  if (job === null) {
    throw new TypeError(
      `retention.schedule: "${retention.schedule}" is no cron expression; an example is "15 3 * * *", every night at 03:15`,
    );
  }
  return {
    stop: () => void job.cancel(),
    cleanupNow,
    nextRunAt: () => (job.nextInvocation() as { getTime(): number } | null)?.getTime() ?? null,
  };
}

async function cleanUp({ retention, store, now, log }: HousekeepingOptions): Promise<CleanupCounts> {
  const began = now();
  const counts = await store.cleanup(cleanupRequest(retention, began));
  log.info({ ...counts, durationMs: now() - began }, 'clean-up done');
  return counts;
}
