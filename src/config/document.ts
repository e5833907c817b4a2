/**
 * The configuration file as plain data, with `{env: NAME}` and `{file: PATH}` replaced by what they
 * stand for, and with a way back from a path to its line. Quirks of the `yaml` package stay here.
 */
import { resolve } from 'node:path';
import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { type ConfigIssue, type ConfigPath, formatPath } from './issues.ts';

/** What the loader may ask of the machine; given by the caller, so that tests give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file; throws as node:fs does. */
  readonly readFile: (path: string) => string;
  /** The machine's name. */
  readonly hostname: string;
  readonly cwd: string;
}

export interface ConfigDocument {
  readonly data: unknown;
  readonly issues: readonly ConfigIssue[];
  /** Values that came from environment or files: never shown. */
  isReferenced(path: ConfigPath): boolean;
  /** Line of the value at `path`, of its key, or of what would hold it. */
  lineOf(path: ConfigPath): number | null;
}

interface Reading {
  readonly surroundings: Surroundings;
  /** Directory that `{file: PATH}` is relative to. */
  readonly directory: string;
  readonly issues: { path: ConfigPath; message: string }[];
  readonly referenced: Set<string>;
}

export function readDocument(text: string, directory: string, surroundings: Surroundings): ConfigDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const contents = document.contents as Node | null;
  const lineOf = (path: ConfigPath): number | null => {
    const offset = offsetOf(contents, path);
    return offset === null ? null : lineAt(offset);
  };
  if (document.errors.length > 0) {
    const issues = document.errors.map((error) => ({
      path: [],
      line: lineAt(error.pos[0]),
      value: null,
      message: `not valid YAML: ${error.message.split('\n')[0] ?? ''}`,
    }));
    return { data: undefined, issues, isReferenced: () => false, lineOf };
  }
  const reading: Reading = { surroundings, directory, issues: [], referenced: new Set() };
  const data = resolveReferences(document.toJS({ maxAliasCount: 100 }) as unknown, [], reading);
  const issues = reading.issues.map(({ path, message }) => ({ path, line: lineOf(path), value: null, message }));
  return { data, issues, isReferenced: (path) => reading.referenced.has(formatPath(path)), lineOf };
}

/** Stands in the data where a reference could not be resolved: already told, not to be told again. */
export const UNRESOLVED = Symbol('unresolved');

function resolveReferences(value: unknown, path: ConfigPath, reading: Reading): unknown {
  if (Array.isArray(value)) return value.map((item, index) => resolveReferences(item, [...path, index], reading));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first !== undefined && (first[0] === 'env' || first[0] === 'file') && path.length > 0) {
    reading.referenced.add(formatPath(path));
    return first[0] === 'env' ? fromEnvironment(first[1], path, reading) : fromFile(first[1], path, reading);
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, resolveReferences(item, [...path, key], reading)]));
}

function fromEnvironment(name: unknown, path: ConfigPath, reading: Reading): unknown {
  const value = typeof name === 'string' ? reading.surroundings.env[name] : undefined;
  if (value !== undefined && value !== '') return value;
  const what =
    typeof name === 'string'
      ? `the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`
      : 'env: takes the name of a variable';
  reading.issues.push({ path, message: what });
  return UNRESOLVED;
}

function fromFile(name: unknown, path: ConfigPath, reading: Reading): unknown {
  if (typeof name !== 'string' || name === '') {
    reading.issues.push({ path, message: 'file: takes a path' });
    return UNRESOLVED;
  }
  const file = resolve(reading.directory, name);
  try {
    return reading.surroundings.readFile(file).replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : code === 'EACCES' ? 'may not be read by this user' : String(code ?? error);
    reading.issues.push({ path, message: `the file ${file} ${why}` });
    return UNRESOLVED;
  }
}

/** Where the value at `path` starts; for what is not there, where its nearest holder starts. */
function offsetOf(root: Node | null, path: ConfigPath): number | null {
  let node: unknown = root;
  let offset = (root?.range ?? null)?.[0] ?? null;
  for (const step of path) {
    const found: { node: unknown; offset: number | null } | undefined = isMap(node)
      ? pairOf(node.items, step)
      : isSeq(node) && typeof step === 'number'
        ? itemOf(node.items[step])
        : undefined;
    if (found === undefined) break;
    node = found.node;
    offset = found.offset ?? offset;
  }
  return offset;
}

function pairOf(items: readonly unknown[], step: string | number): { node: unknown; offset: number | null } | undefined {
  for (const pair of items) {
    if (!isPair(pair) || !isScalar(pair.key) || String(pair.key.value) !== String(step)) continue;
    return { node: pair.value, offset: pair.key.range?.[0] ?? null };
  }
  return undefined;
}

function itemOf(item: unknown): { node: unknown; offset: number | null } | undefined {
  if (item === undefined || item === null) return undefined;
  return { node: item, offset: (item as Node).range?.[0] ?? null };
}
