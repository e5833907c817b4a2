/**
 * Reads reports in a process of their own, one at a time, each within a time limit. Not in a thread:
 * one that runs out of memory ends the whole process on Node 24, and with it the relay.
 *
 *   upstream    intake.ts
 *   downstream  worker.ts, in a child process with a memory limit and no environment
 *   failure     a report over which the worker hangs, dies or runs out of memory is `none` with
 *               `trouble`; the worker is replaced, and the others waiting are none the worse. A
 *               worker that does not even start is our own fault: `parse` rejects, and the sender is
 *               told to try again.
 *
 * It starts with the first report and ends with `stop`; it does not keep the process alive.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../domain/log.ts';
import type { OwnRules } from '../../domain/reply-rules.ts';
import { type ParsedReport, UNREADABLE } from './parse.ts';

export interface ReportParser {
  parse(raw: Buffer): Promise<ParsedReport>;
  stop(): Promise<void>;
}

export interface ReportParserOptions {
  readonly log: Log;
  /** Rules of one's own, that the worker reads replies by too. */
  readonly ownRules?: OwnRules;
  /** The compiled worker. */
  readonly entry?: URL;
  /** Milliseconds for one report. */
  readonly timeLimit?: number;
}

/** RELIABILITY: a sane report takes single milliseconds. */
const TIME_LIMIT = 10_000;
const START_LIMIT = 30_000;
const HEAP_LIMIT_MB = 256;

/**
 * Where the worker's compiled code is. Node 20 loads no TypeScript: run from the
 * sources, as tests do, it is the one that the build has put into dist.
 */
export function workerEntry(moduleUrl: string = import.meta.url): URL {
  const compiled = moduleUrl.endsWith('.ts') ? moduleUrl.replace(/\/src\/(?=relay\/reports\/[^/]+$)/, '/dist/') : moduleUrl;
  return new URL('./worker.js', compiled);
}

interface Job {
  readonly raw: Buffer;
  readonly resolve: (report: ParsedReport) => void;
  readonly reject: (error: Error) => void;
}

type Reply = 'ready' | { readonly report: ParsedReport } | { readonly error: string };

export function createReportParser(options: ReportParserOptions): ReportParser {
  return new WorkerParser(options);
}

class WorkerParser implements ReportParser {
  readonly #log: Log;
  readonly #entry: URL;
  readonly #timeLimit: number;
  readonly #ownRules: OwnRules | null;
  readonly #waiting: Job[] = [];
  #worker: ChildProcess | null = null;
  #ready = false;
  #current: Job | null = null;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ReportParserOptions) {
    this.#log = options.log;
    this.#entry = options.entry ?? workerEntry();
    this.#timeLimit = options.timeLimit ?? TIME_LIMIT;
    this.#ownRules = options.ownRules ?? null;
  }

  parse(raw: Buffer): Promise<ParsedReport> {
    return new Promise((resolve, reject) => {
      if (this.#stopped) return reject(new Error('the reader of reports was stopped'));
      this.#waiting.push({ raw, resolve, reject });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const jobs = [...(this.#current === null ? [] : [this.#current]), ...this.#waiting.splice(0)];
    this.#current = null;
    await this.#dismiss();
    for (const job of jobs) job.reject(new Error('the reader of reports was stopped'));
  }

  #next(): void {
    if (this.#current !== null || this.#stopped || this.#waiting.length === 0) return;
    const worker = this.#worker ?? this.#hire();
    if (!this.#ready) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#current = job;
    this.#timer = setTimeout(() => this.#lose(`it took longer than ${this.#timeLimit} ms to read`), this.#timeLimit);
    // An error of the channel is met when the process ends.
    worker.send(job.raw, () => undefined);
  }

  #hire(): ChildProcess {
    const worker = fork(fileURLToPath(this.#entry), [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${HEAP_LIMIT_MB}`],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Before any report: the channel keeps the order.
    if (this.#ownRules !== null) worker.send({ ownRules: this.#ownRules }, () => undefined);
    worker.unref();
    worker.channel?.unref();
    this.#worker = worker;
    this.#ready = false;
    this.#timer = setTimeout(() => this.#failToStart(new Error(`it did not start within ${START_LIMIT} ms`)), START_LIMIT);
    const mine = (): boolean => this.#worker === worker;
    worker.on('message', (reply: Reply) => mine() && this.#hear(reply));
    worker.on('error', (error) => mine() && this.#died(error));
    worker.on('exit', (code, signal) => mine() && this.#died(new Error(endOf(code, signal))));
    return worker;
  }

  #hear(reply: Reply): void {
    clearTimeout(this.#timer);
    const job = this.#current;
    this.#current = null;
    if (reply === 'ready') this.#ready = true;
    else if (job !== null && 'report' in reply) job.resolve(reply.report);
    else if (job !== null && 'error' in reply) job.resolve({ ...UNREADABLE, trouble: `it could not be read: ${reply.error}` });
    this.#next();
  }

  #died(error: Error): void {
    if (this.#ready) this.#lose(`it could not be read: ${error.message}`);
    else this.#failToStart(error);
  }

  /** The worker is gone, or is to go, over the report at hand. */
  #lose(trouble: string): void {
    const job = this.#current;
    this.#current = null;
    void this.#dismiss();
    this.#log.warn({ trouble, octets: job?.raw.length }, 'a report could not be read; its process is replaced');
    job?.resolve({ ...UNREADABLE, trouble });
    this.#next();
  }

  #failToStart(cause: Error): void {
    void this.#dismiss();
    const error = new Error(`the reader of reports did not start from ${this.#entry.href}: is it built? (npm run build)`, { cause });
    this.#log.error({ err: error }, 'reports can not be read');
    for (const job of this.#waiting.splice(0)) job.reject(error);
  }

  async #dismiss(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = null;
    this.#ready = false;
    if (worker === null || worker.pid === undefined || worker.exitCode !== null || worker.signalCode !== null) return;
    const ended = once(worker, 'exit');
    worker.ref();
    worker.kill('SIGKILL');
    await ended;
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `its process ended with code ${code}` : `its process ended by ${signal}, as when memory runs out`;
}
