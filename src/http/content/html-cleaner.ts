/**
 * Cleans the HTML of mails in a process of its own, with a limit of time and memory: an HTML parser
 * before what a stranger wrote can be kept busy for long. In a thread, running out of memory would end
 * the relay.
 *
 *   upstream    preview.ts
 *   downstream  worker.ts, in a child process without environment
 *   failure     null: it hung, died, or said that it can not; the process is replaced, the message's
 *               text is shown in place of its HTML, and the log says so
 *
 * It starts with the first mail that is looked at and ends when none was for a while; it does not keep
 * the relay alive.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../domain/log.ts';
import type { CleanHtml, CleanRequest } from './clean-html.ts';

export interface HtmlCleaner {
  clean(request: CleanRequest): Promise<CleanHtml | null>;
  stop(): Promise<void>;
}

export interface HtmlCleanerOptions {
  readonly log: Log;
  /** Milliseconds for one mail, its process' start included. */
  readonly timeLimit?: number;
  /** Milliseconds without work after which the process ends. */
  readonly idle?: number;
  readonly entry?: URL;
}

const TIME_LIMIT = 10_000;
const IDLE = 60_000;
const HEAP_LIMIT_MB = 128;
/** Mails that wait; past it the answer is that it can not be done now. */
const WAITING_LIMIT = 50;

/** The compiled worker: Node 20 loads no TypeScript, so run from the sources it is the one in dist. */
function workerEntry(moduleUrl: string = import.meta.url): URL {
  return new URL('./worker.js', moduleUrl.endsWith('.ts') ? moduleUrl.replace('/src/http/content/', '/dist/http/content/') : moduleUrl);
}

type Answer = 'ready' | { readonly clean: CleanHtml } | { readonly error: string };

export function createHtmlCleaner(options: HtmlCleanerOptions): HtmlCleaner {
  const { log, timeLimit = TIME_LIMIT, idle = IDLE, entry = workerEntry() } = options;
  let worker: ChildProcess | null = null;
  let stopped = false;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let idleTimer: NodeJS.Timeout | undefined;

  const dismiss = async (): Promise<void> => {
    const leaving = worker;
    worker = null;
    if (leaving?.pid === undefined || leaving.exitCode !== null || leaving.signalCode !== null) return;
    const ended = once(leaving, 'exit');
    leaving.ref();
    leaving.kill('SIGKILL');
    await ended;
  };

  const one = async (request: CleanRequest): Promise<CleanHtml | null> => {
    if (stopped) return null;
    clearTimeout(idleTimer);
    worker ??= hire(entry, (gone) => {
      if (worker === gone) worker = null;
    });
    const answer = await answerOf(worker, request, timeLimit);
    if (stopped) return null;
    idleTimer = setTimeout(() => void dismiss(), idle).unref();
    if ('clean' in answer) return answer.clean;
    log.warn({ trouble: answer.error, characters: request.html.length }, 'the HTML of a message can not be shown');
    await dismiss();
    return null;
  };

  return {
    async clean(request) {
      if (waiting >= WAITING_LIMIT) return null;
      waiting++;
      const mine = last.then(() => one(request));
      last = mine.catch(() => undefined);
      return mine.finally(() => {
        waiting--;
      });
    },
    async stop() {
      stopped = true;
      clearTimeout(idleTimer);
      await dismiss();
    },
  };
}

function hire(entry: URL, onEnd: (worker: ChildProcess) => void): ChildProcess {
  const worker = fork(fileURLToPath(entry), [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${HEAP_LIMIT_MB}`],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  worker.unref();
  worker.channel?.unref();
  worker.once('exit', () => onEnd(worker)).once('error', () => onEnd(worker));
  return worker;
}

function answerOf(worker: ChildProcess, request: CleanRequest, timeLimit: number): Promise<{ clean: CleanHtml } | { error: string }> {
  return new Promise((resolve) => {
    const settle = (answer: { clean: CleanHtml } | { error: string }): void => {
      clearTimeout(timer);
      worker.off('message', hear).off('error', failed).off('exit', ended);
      resolve(answer);
    };
    const hear = (answer: Answer): void => {
      if (answer !== 'ready') settle(answer);
    };
    const failed = (error: Error): void => settle({ error: error.message });
    const ended = (code: number | null, signal: string | null): void => settle({ error: `its process ended (${signal ?? code})` });
    const timer = setTimeout(() => settle({ error: `it took longer than ${timeLimit} ms` }), timeLimit);
    worker.on('message', hear).on('error', failed).on('exit', ended);
    // An error of the channel is met when the process ends.
    worker.send(request, () => undefined);
  });
}
