/** Runs store-child.mjs, which is compiled code: `npm test` has built it; run by itself a test builds it here. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CHILD = join(ROOT, 'test/faults/store-child.mjs');

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Compiles when a source of the store is newer than what was compiled from it. */
export function buildStore(): void {
  const stale = ['src/store', 'src/domain'].some((folder) =>
    (readdirSync(join(ROOT, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.ts'))
      .some(
        (name) => changedAt(join(ROOT, folder, name)) > changedAt(join(ROOT, folder.replace('src', 'dist'), name.replace(/\.ts$/, '.js'))),
      ),
  );
  // An error of types elsewhere does not keep it from being written.
  if (stale) spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { cwd: ROOT, stdio: 'ignore' });
}

export interface ChildEnd {
  /** Exit code, or the signal's name. */
  readonly end: number | string;
  /** What it printed, line by line. */
  readonly lines: readonly Record<string, unknown>[];
}

/** `fileBlocks`: the most blocks of 512 octets that it may make a file of. */
export function runStoreChild(args: readonly string[], options: { readonly fileBlocks?: number } = {}): Promise<ChildEnd> {
  const limited = ['-c', `trap '' XFSZ; ulimit -f ${options.fileBlocks}; exec "$0" "$@"`, process.execPath, CHILD, ...args];
  const child =
    options.fileBlocks === undefined
      ? spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
      : spawn('/bin/sh', limited, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const lines = output.split('\n').filter((line) => line !== '');
      resolve({ end: signal ?? code ?? 'unknown', lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) });
    });
  });
}
