/**
 * `dataDir/run/control.json`: how a command on the same machine finds the running relay. Written
 * once everything is up, readable by the relay's user alone since it carries a token with full
 * rights, taken away at the end. One that a crash left behind is told by its process being gone.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Control {
  /** Base of the HTTP room, without trailing slash. */
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly submission: readonly { readonly address: string; readonly port: number; readonly tls: string }[];
}

function fileOf(dataDir: string): string {
  return join(dataDir, 'run', 'control.json');
}

export function writeControl(dataDir: string, control: Control): void {
  const file = fileOf(dataDir);
  mkdirSync(join(dataDir, 'run'), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(control, null, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
}

export function removeControl(dataDir: string): void {
  rmSync(fileOf(dataDir), { force: true });
}

/** The relay that runs on this data directory; undefined when none does. */
export function readControl(dataDir: string): Control | undefined {
  try {
    const control = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Control;
    return isRunning(control.pid) ? control : undefined;
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
