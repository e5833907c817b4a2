/** What is wrong with a configuration, and how it is told: all of it at once, secrets never. */
import { isSecretKey } from '../domain/masking.ts';

export type ConfigPath = readonly (string | number)[];

export interface ConfigIssue {
  readonly path: ConfigPath;
  /** Line in the file, from 1; null where there is none. */
  readonly line: number | null;
  /** The value as people may see it; null when there is none to show. */
  readonly value: string | null;
  /** What is wrong, or what is allowed. */
  readonly message: string;
}

/** Thrown by the loader's callers; main turns it into exit code 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string | null;
  readonly issues: readonly ConfigIssue[];
  constructor(file: string | null, issues: readonly ConfigIssue[]) {
    super(formatIssues(file, issues));
    this.file = file;
    this.issues = issues;
  }
}

/** `submission.listeners[0].port` */
export function formatPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

/** Whether the value at `path` must not be shown. */
export function isSecretPath(path: ConfigPath): boolean {
  return path.some((step) => typeof step === 'string' && isSecretKey(step));
}

const VALUE_LIMIT = 60;

/** A value in one short line without control characters. */
export function showValue(value: unknown): string | null {
  if (value === undefined) return null;
  const json = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const line = json.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ');
  return line.length > VALUE_LIMIT ? `${line.slice(0, VALUE_LIMIT)}…` : line;
}

export function formatIssues(file: string | null, issues: readonly ConfigIssue[]): string {
  const count = issues.length === 1 ? '1 mistake' : `${issues.length} mistakes`;
  const lines = [`${file ?? 'the configuration'} has ${count}:`];
  for (const issue of issues) lines.push(`  ${formatIssue(issue)}`);
  return lines.join('\n');
}

export function formatIssue(issue: ConfigIssue): string {
  const where = issue.line === null ? '' : `line ${issue.line}: `;
  const path = formatPath(issue.path);
  const value = issue.value === null ? '' : ` is ${issue.value}`;
  return `${where}${path === '' ? '' : `${path}${value}: `}${issue.message}`;
}
