/**
 * Work at the times of a cron expression, in the machine's time zone, by node-schedule.
 *
 * node-schedule answers an expression it can not read with null instead of an error, reads the empty
 * one as "every second" and a date as a single run, and keeps its timers in a global list: the
 * fields are counted here, and the job is cancelled by `stop`.
 */
import { type Job, scheduleJob } from 'node-schedule';

export interface Schedule {
  stop(): void;
  /** Unix milliseconds of the next run; null once stopped. */
  nextRunAt(): number | null;
}

/** Five fields, or six with seconds. */
const CRON_FIELDS = /^\S+(?:\s+\S+){4,5}$/;

/** Starts it. Throws a TypeError that names `key` when the expression can not be read. */
export function startSchedule(key: string, expression: string, work: () => void): Schedule {
  // Typed as never null; see above.
  const job = CRON_FIELDS.test(expression.trim()) ? (scheduleJob(expression, work) as Job | null) : null;
  if (job === null) {
    throw new TypeError(`${key}: "${expression}" is no cron expression; an example is "15 3 * * *", every night at 03:15`);
  }
  return {
    stop: () => void job.cancel(),
    nextRunAt: () => (job.nextInvocation() as { getTime(): number } | null)?.getTime() ?? null,
  };
}
