/**
 * What a command says, and to whom: aligned and coloured for people, plain where the output is no
 * terminal or NO_COLOR is set, one JSON object a line with --json. Texts of others are printed
 * without their control characters.
 */
import { createInterface } from 'node:readline/promises';
import { stripVTControlCharacters } from 'node:util';
import { createColors } from 'picocolors';

export type Colors = ReturnType<typeof createColors>;

export interface Terminal {
  readonly isTerminal: boolean;
  /** Standard input is a person. */
  readonly canAsk: boolean;
  readonly width: number;
  readonly colors: Colors;
  /** A line on standard output. */
  print(line: string): void;
  /** A line on standard error. */
  note(line: string): void;
}

export function terminal(): Terminal {
  const isTerminal = process.stdout.isTTY === true;
  const colored = isTerminal && (process.env['NO_COLOR'] ?? '') === '' && process.env['TERM'] !== 'dumb';
  return {
    isTerminal,
    canAsk: isTerminal && process.stdin.isTTY === true,
    width: isTerminal ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    colors: createColors(colored),
    print: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
  };
}

/** Asks a person; anything but a yes is a no. */
export async function confirm(question: string): Promise<boolean> {
  const questions = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await questions.question(`${question} [y/N] `)).trim());
  } finally {
    questions.close();
  }
}

/** A text of others in one line, safe for a terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}

export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => string;
  readonly paint?: (text: string, row: T) => string;
  readonly right?: boolean;
}

/** Rows in aligned columns; the last column takes what is left and is cut to the width. */
export function table<T>(terminal: Terminal, rows: readonly T[], columns: readonly Column<T>[]): string[] {
  const cells = rows.map((row) => columns.map((column) => printable(column.of(row))));
  const widths = columns.map((column, index) => Math.max(column.title.length, ...cells.map((row) => (row[index] ?? '').length)));
  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string => {
    let left = terminal.width;
    const parts = texts.map((text, index) => {
      const last = index === texts.length - 1;
      const width = widths[index] ?? 0;
      const cut = last && text.length > left ? `${text.slice(0, Math.max(1, left - 1))}…` : text;
      left -= width + 2;
      const padding = ' '.repeat(Math.max(0, width - cut.length));
      const painted = paint(cut, index);
      return columns[index]?.right === true ? padding + painted : last ? painted : painted + padding;
    });
    return parts.join('  ').trimEnd();
  };
  const head = line(
    columns.map((column) => column.title),
    (text) => terminal.colors.dim(text),
  );
  return [
    head,
    ...cells.map((texts, position) =>
      line(texts, (text, index) => {
        const row = rows[position];
        const paint = columns[index]?.paint;
        return row === undefined || paint === undefined ? text : paint(text, row);
      }),
    ),
  ];
}

/** `2026-11-24 03:15:09`, in the machine's time zone. */
export function localTime(rfc3339: string): string {
  const date = new Date(rfc3339);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function formatSize(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  if (octets < 1_000_000) return `${(octets / 1000).toFixed(1)} kB`;
  return octets < 1_000_000_000 ? `${(octets / 1_000_000).toFixed(1)} MB` : `${(octets / 1_000_000_000).toFixed(1)} GB`;
}

const STATE_COLORS: Readonly<Record<string, 'green' | 'cyan' | 'yellow' | 'red' | 'dim' | 'magenta'>> = {
  delivered: 'green',
  transferred: 'cyan',
  queued: 'yellow',
  deferred: 'yellow',
  'in-progress': 'yellow',
  held: 'magenta',
  failed: 'red',
  expired: 'red',
  'partly-failed': 'red',
  suppressed: 'red',
  cancelled: 'dim',
};

export function paintState(colors: Colors, state: string, text: string = state): string {
  return colors[STATE_COLORS[state] ?? 'dim'](text);
}

const VERDICT_COLORS: Readonly<Record<string, 'green' | 'cyan' | 'yellow' | 'red'>> = {
  delivered: 'green',
  transferred: 'cyan',
  'at-risk': 'yellow',
  failed: 'red',
};

export function paintVerdict(colors: Colors, verdict: string, text: string = verdict): string {
  return colors[VERDICT_COLORS[verdict] ?? 'dim'](text);
}
