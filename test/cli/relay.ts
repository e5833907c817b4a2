/** The built command line, run as people run it, and a relay of its own to talk to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { readControl } from '../../src/config/index.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export function relais(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { ...process.env, RELAIS_URL: '', RELAIS_TOKEN: '', RELAIS_CONFIG: '', NO_COLOR: '', ...options.env },
  });
  child.stdin.end(options.input ?? '');
  return collect(child);
}

/** The same in this process: quicker, where nothing depends on the process itself. */
export async function command(args: readonly string[]): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  try {
    const code = await run(args);
    return { code, stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

function collect(child: ChildProcess): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

export interface TestRelay {
  readonly dir: string;
  readonly config: string;
  readonly dataDir: string;
  readonly pid: number;
  readonly smtpPort: number;
  readonly url: string;
  /** Sees the next line of the log whose text fits. */
  logged(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ran>;
  remove(): Promise<void>;
}

export const SANDBOX = `hostname: relay.test
dataDir: ./data
submission: {listeners: [{port: 0, tls: none}]}
routes: [{via: sandbox}]
delivery: {retry: [500ms], expireAfter: 1m}
reports: {domain: bounce.test, listeners: [{address: 127.0.0.1, port: 0}], tokenLifetime: 1d}
http: {port: 0}
`;

/** Starts a relay in a directory of its own; `prepare` may fill its data beforehand. */
export async function startTestRelay(yaml: string = SANDBOX, prepare?: (dataDir: string) => Promise<void>): Promise<TestRelay> {
  const dir = mkdtempSync(join(tmpdir(), 'relais-cli-'));
  const config = join(dir, 'relais.yaml');
  writeFileSync(config, yaml);
  await prepare?.(join(dir, 'data'));
  const child = spawn(process.execPath, [MAIN, 'start', '--config', config], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = collect(child).finally(() => process.off('exit', kill));
  let log = '';
  let seen = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const logged = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        for (let end = log.indexOf('\n', seen); end >= 0; end = log.indexOf('\n', seen)) {
          const line = log.slice(seen, end);
          seen = end + 1;
          if (!pattern.test(line)) continue;
          child.stdout.off('data', look);
          resolve(line);
          return;
        }
      };
      child.stdout.on('data', look);
      void ended.then(({ stderr }) => reject(new Error(`relais ended before it logged ${pattern}:\n${log}${stderr}`)));
      look();
    });
  await logged(/relais is ready/);
  const control = readControl(join(dir, 'data'));
  if (control === undefined) throw new Error('no control.json');
  return {
    dir,
    config,
    dataDir: join(dir, 'data'),
    pid: control.pid,
    smtpPort: control.submission[0]?.port ?? 0,
    url: control.url,
    logged,
    signal: (name) => void child.kill(name),
    ended,
    remove: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
