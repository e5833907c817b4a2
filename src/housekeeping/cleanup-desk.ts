/**
 * The clean-up as others ask for it: one run at a time, who asks while one runs gets that run's
 * result; each run is recorded, with what it took and why it ended early if it did.
 *
 *   upstream    the schedule, the command line, the API and the pages
 *   downstream  the store's clean-up, which takes nothing that is still in the queue
 *   failure     what the store throws is recorded and thrown
 */
import type { AuditActor } from '../domain/audit.ts';
import {
  type CleanupCounts,
  type CleanupDesk,
  type CleanupRunRecord,
  type CleanupStatus,
  cleanupRequest,
  NOTHING_CLEANED,
} from '../domain/cleanup.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from '../domain/ports.ts';
import type { RetentionSettings } from '../domain/settings.ts';

export interface CleanupDeskOptions {
  readonly retention: RetentionSettings;
  readonly store: Pick<Store, 'cleanup' | 'planCleanup' | 'cleanupRuns' | 'appendAudit'>;
  readonly now: () => number;
  readonly log: Log;
}

const RUNS_KEPT = 60;
/** Who asks by schedule. */
export const SCHEDULE: AuditActor = { kind: 'relais', name: 'schedule' };
const STOPPED = 'it was ended before it was done: relais was stopped, or its configuration changed';

export class RunningCleanupDesk implements CleanupDesk {
  readonly #options: CleanupDeskOptions;
  readonly #nextRunAt: () => number | null;
  readonly #stopping = new AbortController();
  #running: (NonNullable<CleanupStatus['running']> & { readonly ended: Promise<CleanupRunRecord> }) | null = null;
  #planning: Promise<CleanupCounts> | null = null;
  #planned: CleanupStatus['planned'] = null;

  constructor(options: CleanupDeskOptions, nextRunAt: () => number | null) {
    this.#options = options;
    this.#nextRunAt = nextRunAt;
  }

  plan(): Promise<CleanupCounts> {
    this.#planning ??= this.#plan().finally(() => {
      this.#planning = null;
    });
    return this.#planning;
  }

  async #plan(): Promise<CleanupCounts> {
    const { store, retention, now } = this.#options;
    const before = this.#planned;
    const at = now();
    this.#planned = { at, counts: null };
    try {
      const counts = await store.planCleanup(cleanupRequest(retention, at));
      this.#planned = { at, counts };
      return counts;
    } catch (error) {
      this.#planned = before;
      throw error;
    }
  }

  run(by: AuditActor): Promise<CleanupRunRecord> {
    if (this.#running !== null) return this.#running.ended;
    const startedAt = this.#options.now();
    const name = by === SCHEDULE ? null : by.name;
    const ended = this.#run(by, startedAt, name).finally(() => {
      this.#running = null;
    });
    this.#running = { startedAt, by: name, counts: NOTHING_CLEANED, ended };
    return ended;
  }

  async #run(by: AuditActor, startedAt: number, name: string | null): Promise<CleanupRunRecord> {
    const { store, retention, now, log } = this.#options;
    const { signal } = this.#stopping;
    let counts = NOTHING_CLEANED;
    const onProgress = (soFar: CleanupCounts): void => {
      counts = soFar;
      if (this.#running !== null) this.#running = { ...this.#running, counts };
    };
    try {
      counts = await store.cleanup(cleanupRequest(retention, startedAt), { signal, onProgress });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // The store may take nothing any more: what it said first is what counts.
      await this.#record({ startedAt, endedAt: now(), by: name, counts, error: why }, by).catch(() => undefined);
      throw error;
    }
    const run = { startedAt, endedAt: now(), by: name, counts, error: signal.aborted ? STOPPED : null };
    await this.#record(run, by);
    this.#planned = null;
    log.info({ ...counts, classes: counts.classes.length, durationMs: run.endedAt - startedAt }, 'clean-up done');
    return run;
  }

  async #record(run: CleanupRunRecord, by: AuditActor): Promise<void> {
    const { store } = this.#options;
    const { contents, records, octets, reports, events, audits } = run.counts;
    await store.cleanupRuns.put(String(run.startedAt).padStart(15, '0'), run);
    const detail = {
      contents,
      records,
      octets,
      reports,
      events,
      audits,
      ...(run.error === null ? {} : { error: run.error.slice(0, 200) }),
    };
    // Who asked for a run has put it into the audit log, with the address it came from.
    if (by === SCHEDULE) {
      await store.appendAudit({ at: run.endedAt, by, action: 'cleanup.run', subject: { kind: 'all', id: '' }, detail, address: null });
    }
    const kept = await store.cleanupRuns.list();
    for (const { name } of kept.slice(0, -RUNS_KEPT)) await store.cleanupRuns.delete(name);
  }

  status(): CleanupStatus {
    const { retention } = this.#options;
    const running =
      this.#running === null ? null : { startedAt: this.#running.startedAt, by: this.#running.by, counts: this.#running.counts };
    return { retention, running, planned: this.#planned, nextRunAt: this.#nextRunAt() };
  }

  /** A run that is under way ends after the step that it is at. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.ended.catch(() => undefined);
  }
}
