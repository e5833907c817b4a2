/**
 * Node 20 loads no TypeScript, so tests of what runs in a process of its own run the compiled one. `npm
 * test` has built it; tests that are run by themselves build it here when the sources are newer.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestIn(folder: string): number {
  return Math.max(...readdirSync(`${ROOT}${folder}`).map((name) => changedAt(`${ROOT}${folder}${name}`)));
}

/** The compiled worker of a room, such as `relay/reports`, in step with its sources. */
export function builtWorkerOf(room: string): URL {
  const entry = `${ROOT}dist/${room}/worker.js`;
  if (changedAt(entry) < Math.max(newestIn(`src/${room}/`), newestIn('src/domain/'))) {
    // An error of types elsewhere does not keep it from being written.
    spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { cwd: ROOT, stdio: 'ignore' });
  }
  return pathToFileURL(entry);
}
