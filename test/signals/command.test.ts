/** Commands as channels: what they are given, and that nothing of them is left. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SignalDelivery } from '../../src/domain/ports.ts';
import type { CommandChannel } from '../../src/domain/signal-rule.ts';
import { commandTransport } from '../../src/signals/command.ts';
import type { TransportAnswer } from '../../src/signals/transport.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'relais-command-'));
});
afterEach(() => rm(dir, { recursive: true }));

const delivery: SignalDelivery = {
  id: 'msg_1',
  signal: 'sending failed',
  channel: 0,
  seq: 1,
  createdAt: 1,
  state: 'pending',
  attempts: 0,
  nextAttemptAt: 1,
  lastAttemptAt: null,
  lastAnswer: null,
  body: JSON.stringify({ type: 'recipient.failed', data: { title: "it's $(touch x); `touch y`" } }),
  reason: 'raised',
};

/** Runs a script of node; what it writes goes to `out` in the test's directory. */
async function run(script: string, more: Partial<CommandChannel> = {}, signal = new AbortController().signal): Promise<TransportAnswer> {
  const file = join(dir, 'command.mjs');
  await writeFile(
    file,
    `import { writeFileSync, readFileSync } from 'node:fs';\nconst out = ${JSON.stringify(join(dir, 'out'))};\n${script}`,
  );
  const channel = { kind: 'command', program: process.execPath, arguments: [file], environment: {}, timeout: 10_000, ...more } as const;
  return commandTransport({ ...channel, arguments: more.arguments === undefined ? [file] : [file, ...more.arguments] }).send(
    delivery,
    signal,
  );
}

const out = (): Promise<string> => readFile(join(dir, 'out'), 'utf8');

async function alive(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0);
      // Dead, and not yet waited for by whoever inherited it.
      if (/^\d+ \(.*\) Z/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))) return false;
    } catch {
      return false;
    }
    await sleep(5);
  }
  return true;
}

describe('a command', () => {
  it('gets the event on its standard input, its arguments as they are, and an environment of its own', async () => {
    process.env['RELAIS_TEST_SECRET'] = 'hidden';
    const answer = await run(
      `writeFileSync(out, JSON.stringify({ body: readFileSync(0, 'utf8'), args: process.argv.slice(2), env: process.env, cwd: process.cwd() }));`,
      { arguments: ['$HOME', '; touch x', "a'b"], environment: { CHANNEL: 'ops' } },
    );
    delete process.env['RELAIS_TEST_SECRET'];
    expect(answer).toEqual({ kind: 'taken', answer: 'exit code 0' });
    expect(JSON.parse(await out())).toEqual({
      body: delivery.body,
      args: ['$HOME', '; touch x', "a'b"],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        LANG: 'C.UTF-8',
        RELAIS_DELIVERY: 'msg_1',
        RELAIS_SIGNAL: 'sending failed',
        RELAIS_REASON: 'raised',
        CHANNEL: 'ops',
      },
      cwd: '/',
    });
  });

  it('that fails is tried again, with what it said, on one line and capped', async () => {
    expect(await run(`console.error('no\\tsuch\\nthing'); process.exit(3);`)).toEqual({
      kind: 'refused',
      answer: 'exit code 3: no such thing',
    });
    const answer = await run(`process.stdout.write('x'.repeat(5_000_000), () => process.exit(1));`);
    expect(answer.kind === 'refused' ? answer.answer.length : 0).toBeLessThan(400);
    expect(await run(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`)).toMatchObject({ answer: 'SIGTERM' });
  });

  it('that reads nothing, or is not there, is no fault of ours', async () => {
    expect(await run('process.stdin.destroy();')).toMatchObject({ kind: 'taken' });
    expect(await run('', { program: '/no/such/program' })).toEqual({ kind: 'refused', answer: expect.stringContaining('ENOENT') });
  });

  it('that takes too long is killed with all that it started', async () => {
    const began = Date.now();
    const answer = await run(
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
       writeFileSync(out, String(child.pid));
       setInterval(() => {}, 1000);`,
      { timeout: 600 },
    );
    expect(answer).toEqual({ kind: 'refused', answer: 'killed after 600 ms' });
    expect(Date.now() - began).toBeLessThan(5000);
    expect(await alive(Number(await out()))).toBe(false);
  });

  it('is killed when relais stops, and nothing is said of it', async () => {
    const stop = new AbortController();
    const running = run('setInterval(() => {}, 1000);', {}, stop.signal);
    setTimeout(() => stop.abort(), 50);
    expect(await running).toEqual({ kind: 'aborted' });
  });
});
