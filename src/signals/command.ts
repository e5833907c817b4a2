/**
 * The channel of commands: runs a program with the event as JSON on its standard input. No shell is
 * involved, the environment is empty but for what stands below, and what it prints is kept up to a
 * cap.
 *
 *   upstream    channel.ts
 *   downstream  a program of whoever runs relais, with the rights of relais
 *   failure     exit code 0 is success; anything else, or the end of its time, is tried again. At that
 *               end its whole process group is killed: nothing that it started is left.
 *
 * It may run twice for one delivery, after a crash of relais: RELAIS_DELIVERY tells it by.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { SignalDelivery } from '../domain/ports.ts';
import type { CommandChannel } from '../domain/signal-rule.ts';
import { channelName } from './channel-name.ts';
import type { Transport, TransportAnswer } from './transport.ts';

/** Octets of output that are kept; more is read and dropped. */
const OUTPUT_CAP = 4096;
const ANSWER_LIMIT = 300;

export function commandTransport(channel: CommandChannel): Transport {
  return { name: channelName(channel), concurrency: 2, send: (delivery, signal) => run(channel, delivery, signal), close: () => {} };
}

function run(channel: CommandChannel, delivery: SignalDelivery, signal: AbortSignal): Promise<TransportAnswer> {
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  return new Promise((resolve) => {
    const child = spawn(channel.program, channel.arguments, {
      shell: false,
      // A process group of its own, to be killed as a whole.
      detached: true,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        LANG: 'C.UTF-8',
        RELAIS_DELIVERY: delivery.id,
        RELAIS_SIGNAL: delivery.signal,
        RELAIS_REASON: delivery.reason ?? 'event',
        ...channel.environment,
      },
    });
    const output = collect(child);
    let ending: TransportAnswer | null = null;
    const end = (answer: TransportAnswer): void => {
      ending ??= answer;
      killGroup(child);
    };
    const deadline = setTimeout(() => end({ kind: 'refused', answer: `killed after ${channel.timeout} ms` }), channel.timeout);
    const abort = (): void => end({ kind: 'aborted' });
    signal.addEventListener('abort', abort, { once: true });
    const settle = (answer: TransportAnswer): void => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', abort);
      resolve(ending ?? answer);
    };
    child.once('error', (error) => settle({ kind: 'refused', answer: error.message }));
    child.once('exit', (code, killedBy) => {
      // What it left running in the background holds its output open, and is not waited for.
      killGroup(child);
      settle(
        code === 0
          ? { kind: 'taken', answer: answerOf('exit code 0', output()) }
          : { kind: 'refused', answer: answerOf(killedBy ?? `exit code ${code}`, output()) },
      );
    });
    // A program that reads nothing is none of our concern.
    child.stdin.on('error', () => {});
    child.stdin.end(delivery.body);
  });
}

function collect(child: ChildProcess): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      if (kept.length < OUTPUT_CAP) kept = (kept + text).slice(0, OUTPUT_CAP);
    });
    stream?.on('error', () => {});
  }
  return () => kept;
}

function answerOf(how: string, output: string): string {
  const said = output
    .replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ')
    .trim()
    .slice(0, ANSWER_LIMIT);
  return said === '' ? how : `${how}: ${said}`;
}

function killGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already, or this system knows no process groups.
    child.kill('SIGKILL');
  }
}
