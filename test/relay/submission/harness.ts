/** What the tests of submission share: a store that keeps everything in hand, and a running submission. */
import { createHash, randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';
import { createIdFactory, type MessageId } from '../../../src/domain/ids.ts';
import type { Log } from '../../../src/domain/log.ts';
import type { AcceptedMessage, PreparedMessage } from '../../../src/domain/message.ts';
import type { ContentWriter, QueueCounts, Store, StoreHealth } from '../../../src/domain/ports.ts';
import type { Account, Listener, SubmissionLimits, SubmissionSettings } from '../../../src/domain/settings.ts';
import { type Submission, type SubmissionOptions, startSubmission } from '../../../src/relay/submission/index.ts';

export interface Recorded {
  readonly message: AcceptedMessage;
  readonly content: Buffer;
}

class DoubleWriter implements ContentWriter {
  readonly chunks: Buffer[] = [];
  aborted = false;
  size = 0;
  readonly #store: StoreDouble;
  constructor(store: StoreDouble) {
    this.#store = store;
  }
  write(chunk: Buffer): Promise<void> | undefined {
    this.chunks.push(chunk);
    this.size += chunk.length;
    return this.#store.onWrite?.(this.size);
  }
  abort(): Promise<void> {
    this.aborted = true;
    return Promise.resolve();
  }
}

/** Records at once unless told otherwise. */
export class StoreDouble implements Pick<Store, 'openContent' | 'accept' | 'health' | 'queue'> {
  readonly recorded: Recorded[] = [];
  readonly writers: DoubleWriter[] = [];
  /** As they were asked for, one a recorded message. */
  readonly times: { readonly dueAt: number; readonly expireAt: number }[] = [];
  readonly #byKey = new Map<string, AcceptedMessage>();
  queue: QueueCounts = { messages: 0, queued: 0, deferred: 0, held: 0 };
  state: StoreHealth = { writable: true, reason: null, freeOctets: 1e12 };
  onWrite: ((size: number) => Promise<void> | undefined) | null = null;
  onAccept: ((message: PreparedMessage) => Promise<void>) | null = null;

  openContent(_message: PreparedMessage): ContentWriter {
    const writer = new DoubleWriter(this);
    this.writers.push(writer);
    return writer;
  }

  async accept(request: Parameters<Store['accept']>[0]): Promise<AcceptedMessage> {
    await this.onAccept?.(request.message);
    if (!(request.content instanceof DoubleWriter) || request.content.aborted) throw new Error('not a writer of this store');
    const { dueAt, expireAt, key } = request;
    const before = key === undefined ? undefined : this.#byKey.get(key.value);
    if (before !== undefined) {
      await request.content.abort();
      return before;
    }
    const content = Buffer.concat(request.content.chunks);
    const message = { ...request.message, size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    if (key !== undefined) this.#byKey.set(key.value, message);
    this.recorded.push({ message, content });
    this.times.push({ dueAt, expireAt });
    return message;
  }

  health(): StoreHealth {
    return this.state;
  }
}

/** Everything that was logged, as JSON. */
export class LogDouble implements Log {
  readonly lines: string[] = [];
  #add(level: string, fields: object, message: string): void {
    this.lines.push(JSON.stringify({ level, ...fields, message }, (_key, value) => (value instanceof Error ? String(value) : value)));
  }
  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }
  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }
  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }
  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }
}

export const LIMITS: SubmissionLimits = {
  messageSize: 1_000_000,
  recipients: 100,
  connections: 50,
  connectionsPerAddress: 50,
  idle: 10_000,
  data: 10_000,
  queue: 1000,
  authFailures: 5,
  futureRelease: 30 * 86_400_000,
};

let certificate: Promise<{ readonly key: string; readonly certificate: string }> | undefined;

async function makeCertificate(): Promise<{ readonly key: string; readonly certificate: string }> {
  const made = await generate([{ name: 'commonName', value: 'relay.test' }], { keyType: 'ec' });
  return { key: made.private, certificate: made.cert };
}

export interface Running {
  readonly submission: Submission;
  readonly store: StoreDouble;
  readonly log: LogDouble;
  readonly port: number;
  readonly settings: SubmissionSettings;
  stop(): Promise<void>;
}

export interface RunOptions extends Partial<Omit<SubmissionOptions, 'settings' | 'store' | 'log'>> {
  readonly limits?: Partial<SubmissionLimits>;
  readonly networks?: readonly string[];
  readonly listener?: Partial<Listener>;
  readonly greetingDelay?: number;
}

export async function runSubmission(options: RunOptions = {}): Promise<Running> {
  const { limits, networks = ['127.0.0.0/8'], listener, greetingDelay = 0, ...rest } = options;
  certificate ??= makeCertificate();
  const store = new StoreDouble();
  const log = new LogDouble();
  const settings: SubmissionSettings = {
    listeners: [{ address: '127.0.0.1', port: 0, tls: 'starttls', authWithoutTls: false, proxy: [], ...listener }],
    tls: null,
    networks,
    limits: { ...LIMITS, ...limits },
    greetingDelay,
  };
  const newMessageId = createIdFactory({ now: Date.now, randomBytes }) as () => MessageId;
  const submission = await startSubmission({
    settings,
    tls: await certificate,
    accounts: [],
    hostname: 'relay.test',
    reportDomain: 'bounce.test',
    expireAfter: 5 * 86_400_000,
    authDelay: { first: 1, longest: 5 },
    now: Date.now,
    newMessageId,
    ...rest,
    store,
    log,
  });
  const port = submission.listeners[0]?.port ?? 0;
  return { submission, store, log, port, settings, stop: () => submission.stop(0) };
}

export function account(name: string, password: string, senders: readonly string[] = ['*']): Account {
  return { name, password: { kind: 'plain', value: password }, senders, tracking: true, language: 'en', notifications: 'standard' };
}

/** The initial response of AUTH PLAIN (RFC 4616). */
export function plainToken(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64');
}

export const SMALL_MESSAGE = 'Subject: hello\r\nMessage-ID: <1@src.test>\r\n\r\nbody\r\n.\r\n';
