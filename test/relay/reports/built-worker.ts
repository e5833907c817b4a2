/**
 * Node 20 loads no TypeScript, so the tests of the worker run the compiled one. `npm
 * test` has built it; tests that are run by themselves build it here when the sources are newer.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../../src/relay/reports/parser.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SOURCES = ['src/relay/reports/', 'src/domain/'];

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The compiled worker, in step with its sources. */
export function builtWorker(): URL {
  const entry = workerEntry(new URL('../../../src/relay/reports/parser.ts', import.meta.url).href);
  const newest = Math.max(
    ...SOURCES.flatMap((folder) => readdirSync(`${ROOT}${folder}`).map((name) => changedAt(`${ROOT}${folder}${name}`))),
  );
  if (changedAt(fileURLToPath(entry)) < newest) {
    // An error of types elsewhere does not keep it from being written.
    spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { cwd: ROOT, stdio: 'ignore' });
  }
  return entry;
}
