/**
 * Has XML and PDF documents read in a process of its own, within a time and a memory limit: not in a
 * thread, for one that runs out of memory ends the relay with it.
 *
 *   upstream    facts.ts
 *   downstream  worker.ts, in a child process without environment
 *   failure     no documents: what hangs or dies over a mail is replaced, and the log says so. A worker
 *               that does not start is our own fault: `read` rejects.
 *
 * It starts with the first document and ends when none came for a while.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../domain/log.ts';
import type { XmlValues } from '../../domain/reference-rules.ts';
import type { DocumentFile } from './mail-reading.ts';

export interface DocumentReaderOptions {
  readonly log: Log;
  /** Milliseconds for the documents of one mail. */
  readonly timeLimit?: number;
  /** Megabytes that its process may fill. */
  readonly heap?: number;
  /** Milliseconds without work after which the process ends. */
  readonly idle?: number;
  /** The compiled worker. */
  readonly entry?: URL;
}

const TIME_LIMIT = 10_000;
const START_LIMIT = 30_000;
const IDLE = 60_000;
const HEAP = 256;

/** Node 20 loads no TypeScript: run from the sources it is the one that the build has put into dist. */
function compiledWorker(moduleUrl: string): URL {
  const place = moduleUrl.endsWith('.ts') ? moduleUrl.replace('/src/relay/references/', '/dist/relay/references/') : moduleUrl;
  return new URL('./worker.js', place);
}

type Answer = 'ready' | { readonly documents: XmlValues[] } | { readonly error: string };

export class DocumentReader {
  readonly #log: Log;
  readonly #timeLimit: number;
  readonly #heap: number;
  readonly #idle: number;
  readonly #entry: URL;
  #worker: ChildProcess | null = null;
  /** Requests follow each other. */
  #last: Promise<unknown> = Promise.resolve();
  #idleTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: DocumentReaderOptions) {
    this.#log = options.log;
    this.#timeLimit = options.timeLimit ?? TIME_LIMIT;
    this.#heap = options.heap ?? HEAP;
    this.#idle = options.idle ?? IDLE;
    this.#entry = options.entry ?? compiledWorker(import.meta.url);
  }

  read(files: readonly DocumentFile[]): Promise<readonly XmlValues[]> {
    if (files.length === 0) return Promise.resolve([]);
    const mine = this.#last.then(() => this.#read(files));
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#idleTimer);
    await this.#dismiss();
    await this.#last;
  }

  async #read(files: readonly DocumentFile[]): Promise<readonly XmlValues[]> {
    this.#assertRunning();
    clearTimeout(this.#idleTimer);
    const worker = await this.#hired();
    this.#assertRunning();
    // An error of the channel is met when the process ends.
    worker.send(files, () => undefined);
    const answer = await firstOf(worker, this.#timeLimit);
    this.#assertRunning();
    this.#idleTimer = setTimeout(() => void this.#dismiss(), this.#idle).unref();
    if (typeof answer === 'object' && 'documents' in answer) return answer.documents;
    const octets = files.reduce((sum, file) => sum + file.octets.length, 0);
    const trouble = typeof answer === 'object' ? answer.error : answer;
    this.#log.warn({ trouble, octets }, 'the documents of a message can not be read for references');
    await this.#dismiss();
    return [];
  }

  #assertRunning(): void {
    if (this.#stopped) throw new Error('the reader of documents was stopped');
  }

  async #hired(): Promise<ChildProcess> {
    if (this.#worker?.connected === true) return this.#worker;
    const worker = fork(fileURLToPath(this.#entry), [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${this.#heap}`],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Met by whoever waits for an answer; without one it concerns nobody.
    worker.on('error', () => undefined);
    worker.unref();
    worker.channel?.unref();
    this.#worker = worker;
    const answer = await firstOf(worker, START_LIMIT);
    if (answer === 'ready') return worker;
    this.#assertRunning();
    await this.#dismiss();
    throw new Error(`the reader of documents did not start from ${this.#entry.href}: is it built? (npm run build)`);
  }

  async #dismiss(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    if (worker?.pid === undefined || worker.exitCode !== null || worker.signalCode !== null) return;
    const gone = once(worker, 'exit');
    worker.ref();
    worker.kill('SIGKILL');
    await gone;
  }
}

/** What the worker says next; that it ended or said nothing in time is an error. */
async function firstOf(worker: ChildProcess, limit: number): Promise<Answer> {
  const done = new AbortController();
  const { signal } = done;
  const late = new Promise<Answer>((resolve) => {
    const timer = setTimeout(() => resolve({ error: `it took longer than ${limit} ms` }), limit);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
  const said = once(worker, 'message', { signal }).then(([answer]) => answer as Answer);
  const ended = once(worker, 'exit', { signal }).then(
    ([code, death]): Answer => ({ error: `its process ended (${String(death ?? code)})` }),
  );
  try {
    return await Promise.race([said, ended, late]);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    done.abort();
  }
}
