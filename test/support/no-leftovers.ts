/**
 * After the run: no process that a test started may be left. Whatever carries this run's mark in
 * its environment and is no part of vitest is ended, named, and makes the run fail. Reads /proc, so
 * it watches on Linux alone.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const MARK = 'RELAIS_TEST_RUN';

export default function setup(): () => void {
  const run = randomUUID();
  process.env[MARK] = run;
  return () => {
    const left = processesOf(run);
    if (left.length === 0) return;
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    const list = left.map(({ pid, command }) => `  ${pid} ${command}`).join('\n');
    // Vitest reports what is thrown here, and ends with 0 all the same.
    process.exitCode = 1;
    throw new Error(`tests left processes behind; they were ended now:\n${list}`);
  };
}

function processesOf(run: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (const name of processIds()) {
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(`${MARK}=${run}`)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
      // Vitest's own workers go when it goes; a zombie has no command line any more.
      if (command !== '' && !/[/\\]vitest[/\\]|\bvitest\b|esbuild|rolldown/.test(command)) found.push({ pid: Number(name), command });
    } catch {
      // Gone, or another user's.
    }
  }
  return found.filter(({ pid }) => pid !== process.pid);
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
