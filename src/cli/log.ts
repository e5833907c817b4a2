/**
 * The log of a running relay: pino, JSON lines on standard output; on a terminal, or with
 * `--log human`, a line for people instead. Secrets never (R63): what is named like one is taken
 * out. One event, one line (R54): control characters of others are escaped by JSON and blanked for
 * people.
 */
import { pino } from 'pino';
import type { Log } from '../domain/log.ts';
import type { Config } from '../domain/settings.ts';
import { printable, type Terminal } from './terminal.ts';

const SECRETS = ['password', 'token', 'secret', 'secrets', 'authorization', 'cookie', 'key'];
const REDACTED = [...SECRETS, ...SECRETS.map((name) => `*.${name}`), ...SECRETS.map((name) => `*.*.${name}`)];

export interface RelayLog extends Log {
  level: string;
}

export function createLog(level: Config['logLevel'], terminal: Terminal): RelayLog {
  const options = {
    level,
    base: null,
    redact: { paths: REDACTED, censor: '[not shown]' },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return terminal.isTerminal
    ? pino(options, { write: (line: string) => terminal.print(humanLine(line, terminal)) })
    : pino(options, pino.destination({ dest: 1, sync: true }));
}

const LEVELS: Readonly<Record<string, 'dim' | 'green' | 'yellow' | 'red'>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' };

interface LogLine {
  readonly level?: string;
  readonly time?: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly stack?: string };
}

/** `03:15:09 warn  what happened  field=value` */
export function humanLine(line: string, { colors }: Pick<Terminal, 'colors'>): string {
  let parsed: LogLine;
  try {
    parsed = JSON.parse(line) as LogLine;
  } catch {
    return printable(line);
  }
  const { level = 'info', time = '', msg = '', err, ...fields } = parsed;
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  if (err?.message !== undefined) shown.push(`error=${err.message}`);
  const clock = time === '' ? '' : new Date(time).toTimeString().slice(0, 8);
  const paint = colors[LEVELS[level] ?? 'dim'];
  const parts = [colors.dim(clock), paint(level.padEnd(5)), printable(msg)];
  if (shown.length > 0) parts.push(colors.dim(printable(shown.join(' '))));
  return parts.join(' ');
}
