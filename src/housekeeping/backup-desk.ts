/**
 * Backups as others ask for them: one at a time; one by schedule that fails is an event of the feed,
 * so that a signal can tell of it, and so is each that was made.
 *
 *   upstream    the schedule, the command line and the API
 *   downstream  the store, which makes them beside the mail
 *   failure     a BackupError is kept as the last run's, and thrown
 */
import type { AuditActor } from '../domain/audit.ts';
import {
  type BackupDesk,
  BackupError,
  type BackupPlace,
  type BackupRecord,
  type BackupRun,
  type BackupSettings,
  type BackupStatus,
} from '../domain/backup.ts';
import type { Log } from '../domain/log.ts';
import type { Store } from '../domain/ports.ts';
import { SCHEDULE } from './cleanup-desk.ts';

export interface BackupDeskOptions {
  /** Null: none are made by themselves. */
  readonly backup?: BackupSettings | null;
  readonly store: Pick<Store, 'backup' | 'backups' | 'appendEvent' | 'appendAudit'>;
  readonly now: () => number;
  readonly log: Log;
}

export class RunningBackupDesk implements BackupDesk {
  readonly #options: BackupDeskOptions;
  readonly #nextRunAt: () => number | null;
  readonly #stopping = new AbortController();
  #running: (NonNullable<BackupStatus['running']> & { readonly ended: Promise<unknown> }) | null = null;
  #lastRun: BackupRun | null = null;
  #lastMadeAt: number | null = null;
  #failures = 0;

  constructor(options: BackupDeskOptions, nextRunAt: () => number | null) {
    this.#options = options;
    this.#nextRunAt = nextRunAt;
    this.list().catch((error: unknown) => options.log.warn({ err: error }, 'the directory of backups can not be read'));
  }

  async run(place: BackupPlace, by: AuditActor): Promise<BackupRun & { readonly made: BackupRecord }> {
    if (this.#running !== null) throw new BackupError('busy', 'a backup is being made: wait for it, and try again');
    const startedAt = this.#options.now();
    const name = by === SCHEDULE ? null : by.name;
    const work = this.#run(place, by, { startedAt, dir: place.dir, by: name });
    this.#running = { startedAt, dir: place.dir, by: name, copied: 0, total: null, ended: work.catch(() => undefined) };
    return work.finally(() => {
      this.#running = null;
    });
  }

  async #run(
    place: BackupPlace,
    by: AuditActor,
    begun: Pick<BackupRun, 'startedAt' | 'dir' | 'by'>,
  ): Promise<BackupRun & { readonly made: BackupRecord }> {
    const { store, now, log, backup } = this.#options;
    const onProgress = (copied: number, total: number): void => {
      if (this.#running !== null) this.#running = { ...this.#running, copied, total };
    };
    try {
      const made = await store.backup({ ...place, signal: this.#stopping.signal, onProgress });
      const run = { ...begun, endedAt: now(), made, error: null };
      this.#lastRun = run;
      if (place.dir === backup?.dir) this.#lastMadeAt = made.madeAt;
      await this.#tell(run, by);
      log.info(
        { dir: place.dir, name: made.name, octets: made.octets, copied: made.copied, durationMs: run.endedAt - run.startedAt },
        'backup made',
      );
      return run;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failures++;
      this.#lastRun = { ...begun, endedAt: now(), made: null, error: reason };
      if (by === SCHEDULE && !this.#stopping.signal.aborted) await this.#complain(place.dir, reason);
      throw error;
    }
  }

  async #tell({ dir, endedAt, made }: BackupRun & { readonly made: BackupRecord }, by: AuditActor): Promise<void> {
    const { store } = this.#options;
    await store.appendEvent({ type: 'backup.made', directory: dir }, endedAt);
    if (by !== SCHEDULE) return;
    const detail = { name: made.name, octets: made.octets, messages: made.messages };
    await store.appendAudit({ at: endedAt, by, action: 'backup.made', subject: { kind: 'all', id: '' }, detail, address: null });
  }

  async #complain(directory: string, reason: string): Promise<void> {
    const { store, now, log } = this.#options;
    // The store may take nothing any more: what it said first is what counts.
    await store
      .appendEvent({ type: 'backup.failed', directory, reason }, now())
      .catch((error: unknown) => log.error({ err: error }, 'that no backup could be made is not in the feed'));
  }

  async list(): Promise<readonly BackupRecord[]> {
    const { store, backup = null } = this.#options;
    if (backup === null) return [];
    const backups = await store.backups(backup.dir);
    this.#lastMadeAt = backups[0]?.madeAt ?? null;
    return backups;
  }

  status(): BackupStatus {
    const { backup = null } = this.#options;
    const { ended: _ended, ...running } = this.#running ?? { ended: null };
    return {
      settings: backup,
      nextRunAt: this.#nextRunAt(),
      running: this.#running === null ? null : (running as NonNullable<BackupStatus['running']>),
      lastRun: this.#lastRun,
      lastMadeAt: this.#lastMadeAt,
      failures: this.#failures,
    };
  }

  /** One that is under way is ended, and leaves nothing. */
  async stop(): Promise<void> {
    this.#stopping.abort(new BackupError('ended', 'relais was stopped, or its configuration changed'));
    await this.#running?.ended;
  }
}
