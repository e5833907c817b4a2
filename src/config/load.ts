/**
 * Finds and reads the configuration: `--config`, else RELAIS_CONFIG, else ./relais.yaml, else the
 * sandbox. The sole reader of the file and of the environment. Gives one frozen Config, or throws
 * a ConfigError with every mistake at once: what the schema refuses is pruned from the data, so
 * that the checks between keys still run over the rest.
 */
import { readFileSync } from 'node:fs';
import { hostname as machineName } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import type { OwnRules } from '../domain/reply-rules.ts';
import type { Config } from '../domain/settings.ts';
import { type ConfigDocument, readDocument, type Surroundings, UNRESOLVED } from './document.ts';
import type { Finding } from './findings.ts';
import { ConfigError, type ConfigIssue, type ConfigPath, isSecretPath, showValue } from './issues.ts';
import { configJsonSchema } from './json-schema.ts';
import { nearest } from './nearest.ts';
import { readOwnRules } from './own-rules.ts';
import { prune, valueAt } from './prune.ts';
import { relate } from './relations.ts';
import { SANDBOX_SETTINGS } from './sandbox.ts';
import { isHostName } from './scalars.ts';
import { type FileConfig, fileSchema } from './schema.ts';
import { settle } from './settle.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Nothing that keeps it from starting, but somebody should know. */
  readonly warnings: readonly ConfigIssue[];
}

/** The machine as it is. */
export function machine(): Surroundings {
  return { env: process.env, readFile: (path) => readFileSync(path, 'utf8'), hostname: machineName(), cwd: process.cwd() };
}

/** The file that `loadConfig` reads; null: the sandbox. */
export function configFile(given: string | undefined, surroundings: Surroundings): string | null {
  const named = given ?? surroundings.env['RELAIS_CONFIG'];
  if (named !== undefined && named !== '') return resolve(surroundings.cwd, named);
  const usual = resolve(surroundings.cwd, 'relais.yaml');
  try {
    surroundings.readFile(usual);
    return usual;
  } catch (error) {
    // Anything but "not there" is told when it is read: a file without permission is no sandbox.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : usual;
  }
}

export function loadConfig(given: string | undefined, surroundings: Surroundings): LoadedConfig {
  const file = configFile(given, surroundings);
  if (file === null) return sandboxConfig(surroundings);
  return parseConfig(readConfigText(file, surroundings), file, surroundings);
}

function readConfigText(file: string, surroundings: Surroundings): string {
  try {
    return surroundings.readFile(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'the file does not exist; `relais init` writes one, and without --config and RELAIS_CONFIG the sandbox starts'
        : `the file cannot be read (${code ?? String(error)})`;
    throw new ConfigError(file, [{ path: [], line: null, value: null, message: why }]);
  }
}

function sandboxConfig(surroundings: Surroundings): LoadedConfig {
  const parsed = fileSchema.parse(SANDBOX_SETTINGS);
  return { config: settle({ parsed, file: null, directory: surroundings.cwd, hostname: surroundings.hostname }), warnings: [] };
}

/** Parses the text of a configuration file; throws ConfigError. */
export function parseConfig(text: string, file: string, surroundings: Surroundings): LoadedConfig {
  const directory = dirname(file);
  const document = readDocument(text, directory, surroundings);
  const checked = document.data === undefined ? null : checkSchema(document);
  const issues = [...document.issues, ...(checked?.issues ?? [])];
  let config: Config | null = null;
  const warnings: ConfigIssue[] = [];
  if (checked !== null && checked.parsed !== null) {
    const own = ownRulesOf(checked.parsed.reports.rules, directory, surroundings);
    if ('mistakes' in own)
      issues.push(...own.mistakes.map((message) => ({ path: ['reports', 'rules'], line: null, value: null, message })));
    const ownRules = 'own' in own && own.own !== undefined ? { ownRules: own.own } : {};
    config = settle({ parsed: checked.parsed, file, directory, hostname: hostName(surroundings.hostname), ...ownRules });
    for (const finding of relate(config)) {
      const told = toIssue(finding, checked, document);
      if (told !== null) (finding.level === 'mistake' ? issues : warnings).push(told);
    }
  }
  if (issues.length > 0 || config === null)
    throw new ConfigError(
      file,
      issues.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    );
  return { config, warnings };
}

function ownRulesOf(
  name: string | undefined,
  directory: string,
  surroundings: Surroundings,
): { own?: OwnRules } | { mistakes: readonly string[] } {
  if (name === undefined) return {};
  const path = resolve(directory, name);
  let text: string;
  try {
    text = surroundings.readFile(path);
  } catch (error) {
    return { mistakes: [`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`] };
  }
  const read = readOwnRules(text);
  return 'mistakes' in read ? { mistakes: read.mistakes.map((mistake) => `${path}: ${mistake}`) } : read;
}

function hostName(name: string): string {
  return isHostName(name) ? name.toLowerCase() : 'localhost';
}

interface Checked {
  /** Null: so little is left that nothing more can be checked. */
  readonly parsed: FileConfig | null;
  readonly issues: readonly ConfigIssue[];
  /** Paths that were taken out, in the file's own terms. */
  readonly removed: readonly ConfigPath[];
  readonly toOriginal: (path: ConfigPath) => ConfigPath;
}

/** Stands in for what is required and was wrong, so that the rest can be checked. */
const STAND_IN = { routes: [{ via: 'hold' }] };
const ROUNDS = 50;

function checkSchema(document: ConfigDocument): Checked {
  const issues: ConfigIssue[] = [];
  const removed: ConfigPath[] = [];
  const pruned = prune(withoutEmptySections(document.data));
  for (let round = 0; round < ROUNDS; round++) {
    const result = fileSchema.safeParse(pruned.data);
    if (result.success) return { parsed: result.data, issues, removed, toOriginal: pruned.toOriginal };
    const paths: ConfigPath[] = [];
    for (const issue of result.error.issues.flatMap(withinUnion)) {
      const at = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
      const wrong = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...at, key]) : [at];
      for (const path of wrong) {
        const original = pruned.toOriginal(path);
        const known = removed.some((earlier) => overlaps(earlier, original));
        const value = valueAt(pruned.data, path);
        if (!known && value !== UNRESOLVED) issues.push(describe(issue, original, value, document));
        paths.push(path);
      }
    }
    removed.push(...paths.map(pruned.toOriginal));
    if (!pruned.remove(paths, STAND_IN)) break;
  }
  return { parsed: null, issues, removed, toOriginal: pruned.toOriginal };
}

/** `accounts:` with everything under it commented out is not there at all. */
function withoutEmptySections(data: unknown): unknown {
  if (data === null) return {};
  if (typeof data !== 'object' || Array.isArray(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
}

/**
 * A value that may be a word or a mapping, and is a mapping with a mistake in it: the mistake is told,
 * at its place, not all that could stand there.
 */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find(
    (branch) => branch.length > 0 && branch.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (meant === undefined) return [issue];
  return meant.map((inner): z.core.$ZodIssue => ({ ...inner, path: [...issue.path, ...inner.path] })).flatMap(withinUnion);
}

function overlaps(a: ConfigPath, b: ConfigPath): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((step, index) => step === b[index]);
}

function describe(
  issue: { readonly code?: string; readonly message: string },
  path: ConfigPath,
  value: unknown,
  document: ConfigDocument,
): ConfigIssue {
  const line = document.lineOf(path);
  if (issue.code === 'unrecognized_keys') return { path, line, value: null, message: unknownKey(path, document.data) };
  if (value === undefined) return { path, line, value: null, message: `is missing; it takes ${issue.message}` };
  return { path, line, value: shown(path, value, document), message: `allowed is ${issue.message}` };
}

function shown(path: ConfigPath, value: unknown, document: ConfigDocument): string | null {
  if (isSecretPath(path) || document.isReferenced(path)) return '(not shown)';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'a mapping' : showValue(value);
}

function unknownKey(path: ConfigPath, data: unknown): string {
  const known = keysAt(path.slice(0, -1), data);
  const meant = nearest(String(path.at(-1)), known);
  return meant === undefined ? `unknown key; known here: ${known.join(', ')}` : `unknown key; did you mean ${meant}?`;
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly const?: unknown;
}

/** The keys that the mapping at `path` may have. */
function keysAt(path: ConfigPath, data: unknown): string[] {
  let node: SchemaNode | undefined = configJsonSchema();
  let value = data;
  for (const step of path) {
    value = valueAt(value, [step]);
    node = typeof step === 'number' ? node?.items : node?.properties?.[step];
    const via = valueAt(value, ['via']);
    if (node?.properties === undefined) node = node?.anyOf?.find((one) => one.properties !== undefined) ?? node;
    if (node?.oneOf !== undefined) node = node.oneOf.find((one) => one.properties?.['via']?.const === via);
  }
  return Object.keys(node?.properties ?? {});
}

function toIssue(finding: Finding, checked: Checked, document: ConfigDocument): ConfigIssue | null {
  const paths = finding.paths.map(checked.toOriginal);
  if (paths.some((path) => checked.removed.some((gone) => overlaps(gone, path)))) return null;
  const path = paths[0] ?? [];
  const value = valueAt(document.data, path);
  return { path, line: document.lineOf(path), value: value === undefined ? null : shown(path, value, document), message: finding.message };
}
