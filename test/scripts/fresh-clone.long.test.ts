import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LIMIT = 180_000;

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

it('git clone and npm start come up in the sandbox, and SIGTERM to npm ends it all', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'relais clone '));
  try {
    execFileSync('git', ['clone', '--quiet', ROOT, join(dir, 'relais')]);
    const began = Date.now();
    const npm = spawn('npm', ['start'], { cwd: join(dir, 'relais'), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => npm.once('close', resolve));
    while (!(await answers(2525)) && npm.exitCode === null && Date.now() - began < LIMIT) await sleep(200);
    expect(npm.exitCode, output).toBeNull();
    expect(Date.now() - began).toBeLessThan(LIMIT);
    npm.kill('SIGTERM');
    await ended;
    for (let tries = 0; (await answers(2525)) && tries < 100; tries++) await sleep(100);
    expect(await answers(2525), 'node was left behind').toBe(false);
    expect(output).toContain('sandbox');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
