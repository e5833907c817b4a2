/** A relais of its own in a process of its own: started from dist/ with a configuration file, killed as a test wants. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

export interface RelaisProcess {
  readonly child: ChildProcess;
  readonly smtpPort: number;
  readonly httpPort: number;
  /** All it printed so far, both streams. */
  output(): string;
  /** GET of an API path, parsed; throws on any status but 200. */
  get<T>(pathAndQuery: string): Promise<T>;
  /** Resolves with the exit code, or the signal's name. */
  kill(signal: NodeJS.Signals): Promise<number | string>;
  readonly ended: Promise<number | string>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Starts relais on `dir`; resolves when /readyz says so. Called again with the same `dir` it is the same relais, restarted. */
export async function startRelaisProcess(options: {
  readonly dir: string;
  readonly smtpPort: number;
  readonly httpPort: number;
  /** YAML of everything but hostname, dataDir, submission and http. */
  readonly configuration: string;
  readonly nodeArguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** False: return as soon as it was spawned. */
  readonly awaitReady?: boolean;
}): Promise<RelaisProcess> {
  const { dir, smtpPort, httpPort } = options;
  mkdirSync(dir, { recursive: true });
  const file = path.join(dir, 'relais.yaml');
  const data = path.join(dir, 'data');
  writeFileSync(
    file,
    `hostname: relay.test
dataDir: ${JSON.stringify(data)}
submission:
  listeners: [{address: 127.0.0.1, port: ${smtpPort}, tls: none}]
  networks: [127.0.0.0/8]
http: {address: 127.0.0.1, port: ${httpPort}}
${options.configuration}`,
  );
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), MAIN, 'start', '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  // A test that was cut leaves nothing behind.
  const cut = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', cut);
  child.once('exit', () => process.off('exit', cut));
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-200_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
  const relais: RelaisProcess = {
    child,
    smtpPort,
    httpPort,
    ended,
    output: () => text,
    async get<T>(pathAndQuery: string): Promise<T> {
      const control = JSON.parse(readFileSync(path.join(data, 'run', 'control.json'), 'utf8')) as { token: string };
      const answer = await fetch(`http://127.0.0.1:${httpPort}${pathAndQuery}`, { headers: { authorization: `Bearer ${control.token}` } });
      if (answer.status !== 200) throw new Error(`GET ${pathAndQuery}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
    async kill(signal: NodeJS.Signals): Promise<number | string> {
      child.kill(signal);
      return ended;
    },
  };
  if (options.awaitReady !== false) await awaitReady(relais);
  return relais;
}

async function awaitReady(relais: RelaisProcess): Promise<void> {
  for (let tries = 0; tries < 1500; tries++) {
    if (relais.child.exitCode !== null || relais.child.signalCode !== null) {
      throw new Error(`relais ended (${relais.child.exitCode ?? relais.child.signalCode}) before it was ready:\n${relais.output()}`);
    }
    const ready = await fetch(`http://127.0.0.1:${relais.httpPort}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await sleep(20);
  }
  throw new Error(`relais is not ready after 30 s:\n${relais.output()}`);
}
