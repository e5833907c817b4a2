/**
 * Reads reports in a process of their own, one at a time, each within a time limit. Not in a thread:
 * one that runs out of memory ends the whole process on Node 24, and with it the relay. Several are
 * on their way to it, so that it never waits for the relay's turn; it reads and answers them in order,
 * so the oldest without answer is the one at fault when it hangs or dies. Of a big message its head
 * alone is sent.
 *
 *   upstream    intake.ts
 *   downstream  worker.ts, in a child process with a memory limit and no environment
 *   failure     a report over which the worker hangs, dies or runs out of memory is `none` with
 *               `trouble`; the worker is replaced, and the others waiting or sent are read by
 *               the next. A worker that does not even start is our own fault: `parse` rejects, and
 *               the sender is told to try again.
 *
 * It starts with the first report and ends with `stop`; it does not keep the process alive.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../domain/log.ts';
import type { OwnRules } from '../../domain/reply-rules.ts';
import { headOf } from './mime.ts';
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
/** As `nice` counts: half way to the end. */
const NICE = 10;
/** Sent and not answered yet, at most: enough to keep the worker busy between two turns of the relay. */
const SENT_LIMIT = 16;
/** Octets of these, unless it is a single one: they lie in the channel and in the worker's memory. */
const SENT_OCTETS_LIMIT = 1024 * 1024;

/**
 * Where the worker's compiled code is. Node 20 loads no TypeScript: run from the
 * sources, as tests do, it is the one that the build has put into dist.
 */
export function workerEntry(moduleUrl: string = import.meta.url): URL {
  const compiled = moduleUrl.endsWith('.ts') ? moduleUrl.replace(/\/src\/(?=relay\/reports\/[^/]+$)/, '/dist/') : moduleUrl;
  return new URL('./worker.js', compiled);
}

interface Job {
  /** The head that is read. */
  readonly head: Buffer;
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
  #waiting: Job[] = [];
  /** In the worker's hands, oldest first: that one it is reading. */
  #sent: Job[] = [];
  #sentOctets = 0;
  #worker: ChildProcess | null = null;
  #ready = false;
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
      this.#waiting.push({ head: headOf(raw), resolve, reject });
      this.#send();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#takeBack();
    const jobs = this.#waiting.splice(0);
    await this.#dismiss();
    for (const job of jobs) job.reject(new Error('the reader of reports was stopped'));
  }

  #send(): void {
    if (this.#stopped || this.#waiting.length === 0) return;
    const worker = this.#worker ?? this.#hire();
    if (!this.#ready) return;
    while (this.#sent.length < SENT_LIMIT) {
      const job = this.#waiting[0];
      if (job === undefined) return;
      if (this.#sent.length > 0 && this.#sentOctets + job.head.length > SENT_OCTETS_LIMIT) return;
      this.#waiting.shift();
      this.#sent.push(job);
      this.#sentOctets += job.head.length;
      if (this.#sent.length === 1) this.#startClock();
      // An error of the channel is met when the process ends.
      worker.send(job.head, () => undefined);
    }
  }

  /** For the oldest one sent. */
  #startClock(): void {
    clearTimeout(this.#timer);
    const job = this.#sent[0];
    if (job === undefined) return;
    const late = (): void => {
      if (this.#sent[0] === job) this.#lose(`it took longer than ${this.#timeLimit} ms to read`);
    };
    // An answer may have come while the relay itself was busy: it is heard first.
    this.#timer = setTimeout(() => setImmediate(late), this.#timeLimit);
  }

  #answered(): Job | undefined {
    const job = this.#sent.shift();
    this.#sentOctets -= job?.head.length ?? 0;
    return job;
  }

  /** What was sent waits again, in front: its worker is gone. */
  #takeBack(): void {
    this.#waiting = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#sentOctets = 0;
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
    letOthersFirst(worker.pid);
    worker.unref();
    worker.channel?.unref();
    this.#worker = worker;
    this.#ready = false;
    this.#timer = setTimeout(() => this.#failToStart(new Error(`it did not start within ${START_LIMIT} ms`)), START_LIMIT);
    const mine = (): boolean => this.#worker === worker;
    worker.on('message', (reply: Reply) => mine() && this.#hear(reply));
    worker.on('error', (error) => mine() && this.#died(error));
    worker.on('exit', (code, signal) => {
      const ended = (): void => void (mine() && this.#died(new Error(endOf(code, signal))));
      // Its last answers may still lie in the channel, which closes behind them.
      if (worker.connected) worker.once('disconnect', ended);
      else setImmediate(ended);
    });
    return worker;
  }

  #hear(reply: Reply): void {
    if (reply === 'ready') {
      clearTimeout(this.#timer);
      this.#ready = true;
    } else {
      const job = this.#answered();
      this.#startClock();
      job?.resolve('report' in reply ? reply.report : { ...UNREADABLE, trouble: `it could not be read: ${reply.error}` });
    }
    this.#send();
  }

  #died(error: Error): void {
    if (this.#ready) this.#lose(`it could not be read: ${error.message}`);
    else this.#failToStart(error);
  }

  /** The worker is gone, or is to go, over the report at hand. */
  #lose(trouble: string): void {
    const job = this.#answered();
    this.#takeBack();
    void this.#dismiss();
    this.#log.warn({ trouble, octets: job?.head.length }, 'a report could not be read; its process is replaced');
    job?.resolve({ ...UNREADABLE, trouble });
    this.#send();
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

/** What reading takes of a processor, mail that is submitted does not get: everything else goes first. */
function letOthersFirst(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, NICE);
  } catch {
    // A system that does not let it be: reports are read as fast as anything else.
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `its process ended with code ${code}` : `its process ended by ${signal}, as when memory runs out`;
}
