/** `relais backup`, `relais backup verify` and `relais restore`. */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig, machine } from '../config/index.ts';
import { restoreBackup } from '../store/backup/restoring.ts';
import { backUpStopped } from '../store/backup/stopped.ts';
import { verifyBackup } from '../store/backup/verifying.ts';
import { type Api, findRelay } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { createLog } from './log.ts';
import type { Common } from './options.ts';
import { formatSize, printable, type Terminal } from './terminal.ts';
import { reportLines } from './verify.ts';

interface Made {
  readonly name: string;
  /** RFC 3339. */
  readonly madeAt: string;
  readonly octets: number;
  readonly copied: number;
  readonly seq: number;
  readonly messages: number;
  readonly pending: number;
}

interface State {
  readonly configured: { readonly dir: string } | null;
  readonly running: object | null;
  readonly lastRun: { readonly error: string | null; readonly made: Made | null } | null;
}

const POLL = 1000;

export async function backup(
  given: string | undefined,
  options: Common & { readonly keep?: number; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const dir = given === undefined ? undefined : resolve(given);
  const relay = findRelay(options);
  const made = relay === undefined ? await ofStopped(dir, options) : await ofRunning(relay, { dir, keep: options.keep });
  if (options.json === true) {
    terminal.print(JSON.stringify(made));
    return;
  }
  terminal.print(
    `Backup ${made.name}: ${made.messages} messages (${made.pending} recipients in the queue), ${made.seq} events, as of ${made.madeAt}.`,
  );
  terminal.print(`${formatSize(made.octets)}, of which ${formatSize(made.copied)} were copied; the rest is shared with the backup before.`);
}

/** Answered at once or later; then it is asked for until it is made. */
async function ofRunning(api: Api, body: { readonly dir: string | undefined; readonly keep: number | undefined }): Promise<Made> {
  const answer = await api.post<{ running: boolean; made: Made | null }>('/backups', body);
  if (answer.made !== null) return answer.made;
  for (;;) {
    await delay(POLL);
    const { running, lastRun } = await api.get<State>('/backups');
    if (running !== null) continue;
    if (lastRun?.made != null) return lastRun.made;
    throw new CommandError(EXIT.negative, `No backup was made: ${printable(lastRun?.error ?? 'the relay was started again meanwhile')}`);
  }
}

async function ofStopped(dir: string | undefined, options: Common & { readonly keep?: number }): Promise<Made> {
  const { config } = loadConfig(options.config, machine());
  const into = dir ?? config.backup?.dir;
  if (into === undefined) throw new CommandError(EXIT.usage, 'No directory for backups is configured.', 'Name one, or set backup.dir.');
  const keep = options.keep ?? (into === config.backup?.dir ? config.backup.keep : null);
  const made = await backUpStopped({ dataDir: config.dataDir, now: Date.now, request: { dir: into, keep } });
  return { ...made, madeAt: new Date(made.madeAt).toISOString() };
}

export async function verifyOne(dir: string, options: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const {
    backup: found,
    damaged,
    report,
    ok,
  } = await verifyBackup({ path: resolve(dir), now: Date.now, log: createLog('silent', terminal) });
  if (options.json === true) terminal.print(JSON.stringify({ ok, backup: found, damaged, report }));
  else {
    terminal.print(`Backup ${found.name} of ${new Date(found.madeAt).toISOString()}, ${formatSize(found.octets)}.`);
    for (const one of damaged) terminal.print(`${terminal.colors.red('damage')}  ${printable(one)}`);
    if (report !== null) for (const line of reportLines(report, terminal)) terminal.print(line);
  }
  if (!ok) throw new CommandError(EXIT.store, `The backup ${found.name} is damaged.`, 'Take another, and look at the disk.');
}

export async function restore(
  dir: string,
  options: { readonly config?: string | undefined; readonly hold: boolean; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { config } = loadConfig(options.config, machine());
  const { dataDir } = config;
  const report = await restoreBackup({
    from: resolve(dir),
    dataDir,
    hold: options.hold,
    now: Date.now,
    log: createLog('silent', terminal),
  });
  if (options.json === true) {
    terminal.print(JSON.stringify(report));
    return;
  }
  const { backup: found, held, waiting } = report;
  const at = new Date(found.madeAt).toISOString();
  terminal.print(`Restored ${found.messages} messages and ${found.seq} events into ${dataDir}, as of ${at}.`);
  if (held > 0) {
    terminal.print(
      `${held} recipients that waited then are held: their mail may have been sent since. Release what was not ('relais list --state held', 'relais release …'), cancel what was.`,
    );
  }
  if (waiting > 0) terminal.print(`${waiting} recipients wait, and are tried once relais starts: what was sent since ${at} is sent again.`);
  terminal.print(
    `The feed ends with event ${found.seq}: readers that had read further synchronise anew. Mail accepted after ${at} is not here; the ERP's own log says which.`,
  );
}
