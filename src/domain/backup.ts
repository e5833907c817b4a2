/** Backups: what one is, how it is asked for, and what the relay says of those it makes. */
import type { AuditActor } from './audit.ts';

/** A whole backup as it lies in a directory of backups. */
export interface BackupRecord {
  /** Of its directory: the time it was begun, `20261124T023000Z`. */
  readonly name: string;
  /** Of all of its files. */
  readonly octets: number;
  /** Octets that were copied for it; the rest is shared with the backup before. */
  readonly copied: number;
  /** The instant that it holds. Unix milliseconds. */
  readonly madeAt: number;
  /** Of the last event in it. */
  readonly seq: number;
  readonly messages: number;
  /** Recipients in the queue at that instant. */
  readonly pending: number;
}

/** A directory of backups, and how many are to be kept in it. */
export interface BackupPlace {
  /** Absolute. */
  readonly dir: string;
  /** Of the newest; null: all. */
  readonly keep: number | null;
}

export interface BackupRequest extends BackupPlace {
  readonly signal?: AbortSignal;
  /** Octets copied so far, and to be copied. */
  readonly onProgress?: (copied: number, total: number) => void;
}

/** `backup` of the configuration. */
export interface BackupSettings extends BackupPlace {
  /** Cron expression, in the machine's time zone. */
  readonly schedule: string;
}

/** A backup that was tried since relais was started. */
export interface BackupRun {
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly dir: string;
  /** Name of who asked; null: the schedule did. */
  readonly by: string | null;
  /** Null where it failed. */
  readonly made: BackupRecord | null;
  readonly error: string | null;
}

export interface BackupStatus {
  /** Null: none is configured. */
  readonly settings: BackupSettings | null;
  /** Unix milliseconds. */
  readonly nextRunAt: number | null;
  readonly running: {
    readonly startedAt: number;
    readonly dir: string;
    readonly by: string | null;
    readonly copied: number;
    /** Octets to be copied; null: it is not known yet. */
    readonly total: number | null;
  } | null;
  /** The last one; null: none since relais was started. */
  readonly lastRun: BackupRun | null;
  /** When the newest whole backup of the configured directory was made. Unix milliseconds; null: there is none that is known of. */
  readonly lastMadeAt: number | null;
  /** Backups that failed since relais was started. */
  readonly failures: number;
}

/** Backups, as the API and the schedule ask for them. */
export interface BackupDesk {
  /** Makes one; one at a time. Throws BackupError where it could not. */
  run(place: BackupPlace, by: AuditActor): Promise<BackupRun & { readonly made: BackupRecord }>;
  /** Whole backups of the configured directory, newest first. */
  list(): Promise<readonly BackupRecord[]>;
  status(): BackupStatus;
}

/** Why a backup can not be made, read or restored: what, where and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
  /** `busy`: another one is being made; `place`: of the directory; `damaged`: of what is in it. */
  readonly code: 'busy' | 'place' | 'full' | 'slow' | 'ended' | 'damaged';
  constructor(code: BackupError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
