/** How a command ends: exit codes of CONTRACT (sysexits.h), and errors that are told in one sentence. */
import { ConfigError } from '../config/index.ts';
import { BackupError } from '../domain/backup.ts';
import { StoreError } from '../domain/errors.ts';
import { ServiceError } from '../relais/room-errors.ts';

export const EXIT = {
  done: 0,
  /** What was asked for was looked for and is not there, or not as it should be. */
  negative: 1,
  usage: 64,
  unavailable: 69,
  internal: 70,
  store: 74,
  locked: 75,
  config: 78,
} as const;

/** Ends the command: what, where, and in `advice` what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;
  readonly advice: string | null;
  constructor(exitCode: number, message: string, advice: string | null = null) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** Exit code and text of any error. Only what nobody foresaw shows where it came from. */
export function describeError(error: unknown): { readonly code: number; readonly text: string } {
  if (error instanceof CommandError) return { code: error.exitCode, text: joined(error.message, error.advice) };
  if (error instanceof ConfigError) return { code: EXIT.config, text: error.message };
  if (error instanceof ServiceError) return { code: EXIT.unavailable, text: error.message };
  if (error instanceof BackupError) return { code: error.code === 'damaged' ? EXIT.negative : EXIT.store, text: error.message };
  if (error instanceof StoreError) return { code: error.code === 'locked' ? EXIT.locked : EXIT.store, text: error.message };
  const system = error as NodeJS.ErrnoException;
  if (system.code !== undefined && system.path !== undefined) return { code: EXIT.store, text: `${system.path}: ${systemReason(system)}` };
  return { code: EXIT.internal, text: `A defect of relais: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` };
}

function joined(message: string, advice: string | null): string {
  return advice === null ? message : `${message}\n${advice}`;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  ENOENT: 'does not exist',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
  EISDIR: 'is a directory',
  ENOTDIR: 'is not a directory',
};

function systemReason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message;
}
