/**
 * One SMTP session with a next hop: the adapter around nodemailer's SMTPConnection, and the only
 * file that knows it. nodemailer frames the replies, greets, upgrades to TLS and authenticates;
 * the transaction itself is driven from here over its queue of reply handlers.
 *
 * Upstream: sessions.ts, which dials. Downstream: the next hop. Standards: RFC 5321 §3.3, §4.5.3.2,
 * RFC 2920 (PIPELINING), RFC 3207 (STARTTLS), RFC 4954 (AUTH).
 *
 * Failure: `dialSession` throws DialError with the phase reached and the reply that came.
 * `transact` never rejects: its result says which replies came and whether the final dot went out.
 *
 * Quirks of nodemailer 10.6.0 held here (each has its test):
 * - `send()` loses the texts of accepted RCPTs, loses `rejectedErrors` when the final reply is a
 *   refusal, has one set of DSN parameters a message, and can not tell whether the final dot went
 *   out. So MAIL, RCPT, DATA are written here, and their replies taken from `_responseActions`.
 * - its DataStream rewrites bare CR and LF, and costs a stream a message: content is written here.
 * - it refuses quoted local parts with angle brackets, and trims addresses.
 * - its time-outs are idle times, which a dripped reply evades: a deadline a command is kept here,
 *   also for its own EHLO, STARTTLS and AUTH, by way of `_sendCommand`.
 * - `connectionTimeout` covers TCP, greeting and STARTTLS together, and it resolves names by a cache
 *   of its own: the socket is dialled here and handed over.
 * - it takes one reply a turn of the event loop, and forgets those still queued when the connection
 *   closes meanwhile: a 421 behind other replies got lost. All that is there is taken at once.
 * - a failure is an 'error' event, an ending by 421 or by close is 'end' alone.
 */
import { connect, isIP, type Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { AttemptTls } from '../../domain/recipient.ts';
import { type Phase, parseReply, type Reply } from '../../domain/reply.ts';
import type { RouteTls } from '../../domain/settings.ts';
import type { TlsResult } from '../../domain/tls.ts';
import { DotStuffer, Scratch, type StuffedContent, UncleanContent } from './dot-stuffing.ts';
import { faultText, type TransactionError, type TransactionResult } from './outcome.ts';
import type { PeerVerdict } from './peer.ts';
import type { SmtpTimeouts } from './smtp-timeouts.ts';

export interface DialRequest {
  /** IP address. */
  readonly address: string;
  readonly port: number;
  /** Name the certificate is checked against and that SNI carries; null: the address itself. */
  readonly serverName: string | null;
  readonly tls: RouteTls;
  /** Asked once TLS is up, before anything is said inside it. */
  readonly judge: (socket: TLSSocket) => PeerVerdict;
  /** False: policies of the recipient's domain were set aside for one message (RFC 8689 §4.2.2). */
  readonly strict: boolean;
  /** Trust store of the route; undefined: the system's. */
  readonly secureContext: SecureContext | undefined;
  readonly auth: { readonly user: string; readonly password: string } | null;
  /** Our name, for EHLO. */
  readonly hostname: string;
  readonly timeouts: SmtpTimeouts;
  readonly signal: AbortSignal;
}

/** No session came about. */
export class DialError extends Error {
  override readonly name = 'DialError';
  readonly phase: Phase;
  readonly reply: Reply | null;
  /** Where it was TLS that failed: how (RFC 8460 §4.3). */
  readonly tlsResult: TlsResult | null;
  constructor(phase: Phase, message: string, reply: Reply | null, tlsResult: TlsResult | null = null) {
    super(message);
    this.phase = phase;
    this.reply = reply;
    this.tlsResult = tlsResult;
  }
}

export interface Transaction {
  readonly mail: string;
  readonly rcpts: readonly string[];
  readonly content: OutgoingContent;
  readonly signal: AbortSignal;
}

/** `whole`: stuffed. `stream`: stuffed here, as it is read. */
export type OutgoingContent =
  | { readonly kind: 'whole'; readonly content: StuffedContent }
  | { readonly kind: 'stream'; readonly received: string; open(): AsyncIterable<Buffer> };

export interface SmtpSession {
  /** `ip:port` that was dialled. */
  readonly address: string;
  readonly tls: AttemptTls | null;
  /** RFC 8460 §4.3; null: without TLS. */
  readonly tlsResult: TlsResult | null;
  /** Made under all policies there are: any message may use it, save one with REQUIRETLS. */
  readonly strict: boolean;
  /** Authenticated, and REQUIRETLS is offered (RFC 8689 §4.2.1). */
  readonly requireTls: boolean;
  readonly extensions: ReadonlySet<string>;
  /** RFC 1870 §4; 0: no limit was named. */
  readonly sizeLimit: number;
  /** Whether another transaction may be tried. */
  readonly usable: boolean;
  transact(transaction: Transaction): Promise<TransactionResult>;
  /** Says QUIT and closes; resolves when the connection is closed. `destroy` just closes. */
  quit(): Promise<void>;
  destroy(): void;
}

/** An error of nodemailer's: with the reply that caused it, if one did. */
interface StepError {
  readonly message: string;
  readonly response?: string | undefined;
}

/** What is used of SMTPConnection beyond its public interface. */
interface Internals {
  _socket: Socket | false;
  readonly _responseActions: ((reply: string) => void)[];
  readonly _responseQueue: readonly string[];
  _processResponse(): void;
  readonly _supportedExtensions: readonly string[];
  /** Of the last EHLO, the greeting left out. */
  readonly _ehloLines?: readonly string[];
  readonly _supportedAuth: readonly string[];
  readonly _maxAllowedSize: number;
  readonly upgrading?: boolean;
  readonly destroyed: boolean;
  readonly allowsAuth: boolean;
  _sendCommand(command: string, logged?: string): void;
}

/** A reply longer than this is no reply (R15). */
const REPLY_LIMIT = 64 * 1024;
const QUIT_TIMEOUT = 2_000;
/** Content above is written in pieces of this size, each with its deadline. */
const BLOCK = 256 * 1024;

export async function dialSession(request: DialRequest): Promise<SmtpSession> {
  const socket = await dialSocket(request);
  const session = new Session(socket, request);
  await session.open();
  return session;
}

export function hostPort(address: string, port: number): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function dialSocket({ address, port, timeouts, signal }: DialRequest): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, noDelay: true });
    const fail = (message: string): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      socket.destroy();
      reject(new DialError('connect', `${hostPort(address, port)}: ${message}`, null));
    };
    const aborted = (): void => fail(abortText(signal));
    const timer = setTimeout(() => fail(`no connection within ${timeouts.connect} ms`), timeouts.connect);
    signal.addEventListener('abort', aborted, { once: true });
    if (signal.aborted) return aborted();
    socket.once('error', (error) => fail(error.message));
    socket.once('connect', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      socket.removeAllListeners('error');
      // nodemailer listens from `open` on, in the same turn of the loop but one microtask later.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function abortText(signal: AbortSignal): string {
  return signal.reason instanceof Error ? signal.reason.message : 'the attempt was given up';
}

class Session implements SmtpSession {
  readonly address: string;
  extensions: ReadonlySet<string> = new Set();
  sizeLimit = 0;
  readonly strict: boolean;
  #verdict: PeerVerdict | null = null;
  readonly #request: DialRequest;
  readonly #connection: SMTPConnection;
  readonly #internals: Internals;
  /** The step whose reply is awaited, for errors before the transaction. */
  #phase: Phase = 'greeting';
  #needsReset = false;
  readonly #scratch = new Scratch();
  /** Ends what is being waited for when the connection does. */
  #onEnd: ((error: TransactionError) => void) | null = null;
  #failure: TransactionError | null = null;
  #failureReply: string | null = null;
  /** Deadline of the step that runs, Infinity when none does; one timer serves them all. */
  #deadline = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(socket: Socket, request: DialRequest) {
    this.#request = request;
    this.strict = request.strict;
    this.address = hostPort(request.address, request.port);
    this.#connection = new SMTPConnection(connectionOptions(socket, request));
    this.#internals = this.#connection as unknown as Internals;
    this.#connection.on('error', (error: StepError) => {
      this.#failureReply = error.response ?? null;
      this.#ended({ kind: 'connection', message: error.message });
    });
    this.#connection.on('end', () => this.#ended({ kind: 'connection', message: 'the next hop closed the connection' }));
    this.#watchCommands();
    this.#takeRepliesAtOnce();
  }

  get tls(): AttemptTls | null {
    return this.#verdict?.tls ?? null;
  }

  get tlsResult(): TlsResult | null {
    return this.#verdict?.result ?? null;
  }

  get requireTls(): boolean {
    return this.#verdict?.trusted === true && this.extensions.has('REQUIRETLS');
  }

  get usable(): boolean {
    const socket = this.#internals._socket;
    return this.#failure === null && !this.#internals.destroyed && socket !== false && socket.writable;
  }

  /** Greeting, EHLO, STARTTLS as the route asks, AUTH. */
  async open(): Promise<void> {
    const { auth, signal, timeouts } = this.#request;
    const aborted = (): void => this.#fail({ kind: 'aborted', message: abortText(signal) });
    signal.addEventListener('abort', aborted, { once: true });
    try {
      this.#arm(timeouts.greeting);
      await this.#step((done) => this.#connection.connect(done));
      this.#readSession();
      if (auth !== null) await this.#authenticate(auth);
    } catch (error) {
      this.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', aborted);
      this.#arm(null);
    }
  }

  /** Runs a step of nodemailer's until it calls back or the connection ends, whichever is first. */
  #step(start: (done: (error?: StepError | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (message: string, raw: string | null | undefined): void => {
        this.#onEnd = null;
        const phase = this.#internals.upgrading === true || message.startsWith('Error initiating TLS') ? 'starttls' : this.#phase;
        const reply = raw == null ? null : (parseReply(raw) ?? null);
        const failed =
          phase === 'starttls' ? (this.#verdict?.result ?? (reply === null ? 'validation-failure' : 'starttls-not-supported')) : null;
        reject(new DialError(phase, `${this.address}: ${faultText(message)}`, reply, failed));
      };
      this.#onEnd = (error) => fail(error.message, this.#failureReply);
      start((error) => {
        if (error != null) return fail(error.message, error.response);
        this.#onEnd = null;
        resolve();
      });
    });
  }

  #readSession(): void {
    const internals = this.#internals;
    // Quirk of nodemailer: it finds keywords anywhere in a line, also in the greeting's host name.
    const exact = internals._ehloLines?.some((line) => /^REQUIRETLS$/i.test(line)) === true;
    this.extensions = new Set(internals._supportedExtensions.filter((keyword) => keyword !== 'REQUIRETLS' || exact));
    this.sizeLimit = internals._maxAllowedSize;
  }

  async #authenticate(auth: { readonly user: string; readonly password: string }): Promise<void> {
    const { tls } = this.#request;
    this.#phase = 'auth';
    if (this.tls === null && tls !== 'none') {
      throw new DialError(
        'auth',
        `${this.address}: no TLS, so the credentials were not sent (tls: none would send them in the clear)`,
        null,
      );
    }
    const method = ['PLAIN', 'LOGIN', 'CRAM-MD5'].find((name) => this.#internals._supportedAuth.includes(name));
    if (!this.#internals.allowsAuth || method === undefined) {
      throw new DialError('auth', `${this.address}: the next hop offers no AUTH that relais knows (PLAIN, LOGIN, CRAM-MD5)`, null);
    }
    await this.#step((done) => this.#connection.login({ user: auth.user, pass: auth.password, method }, done));
  }

  /** Learns from nodemailer's own commands which step runs, and gives each its deadline (R14). */
  #watchCommands(): void {
    const send = this.#internals._sendCommand;
    this.#internals._sendCommand = (command, logged) => {
      const verb = command.slice(0, 4).toUpperCase();
      const socket = this.#internals._socket;
      if (this.#verdict === null && socket instanceof TLSSocket && !this.#acceptsPeer(socket)) return;
      if (verb === 'EHLO' || verb === 'HELO') this.#phase = 'ehlo';
      else if (verb === 'STAR') this.#phase = 'starttls';
      this.#arm(verb === 'QUIT' ? QUIT_TIMEOUT : this.#request.timeouts.command);
      send.call(this.#connection, command, logged);
    };
  }

  /** R16: to a peer that has to prove who it is and does not, nothing is said inside TLS. */
  #acceptsPeer(socket: TLSSocket): boolean {
    this.#verdict = this.#request.judge(socket);
    const { refusal } = this.#verdict;
    if (refusal === null) return true;
    this.#phase = 'starttls';
    this.#fail({ kind: 'connection', message: refusal });
    return false;
  }

  #takeRepliesAtOnce(): void {
    const internals = this.#internals;
    const takeOne = internals._processResponse;
    internals._processResponse = () => {
      for (let left = internals._responseQueue.length; left > 0 && !internals.destroyed; ) {
        takeOne.call(this.#connection);
        const now = internals._responseQueue.length;
        // The last one is still to be completed: it was put back.
        if (now >= left) return;
        left = now;
      }
    };
  }

  transact(transaction: Transaction): Promise<TransactionResult> {
    return new Promise((resolve) => {
      const result = emptyResult(transaction);
      if (!this.usable) {
        resolve({ ...result, error: this.#failure ?? { kind: 'connection', message: 'the connection is closed' } });
        return;
      }
      const { signal } = transaction;
      const aborted = (): void => this.#fail({ kind: 'aborted', message: abortText(signal) });
      const end = (error: TransactionError | null): void => {
        this.#onEnd = null;
        this.#arm(null);
        signal.removeEventListener('abort', aborted);
        resolve(error === null ? result : { ...result, error, dotSent: result.final !== null || this.#dotLeft(result) });
      };
      this.#onEnd = end;
      if (signal.aborted) return aborted();
      signal.addEventListener('abort', aborted, { once: true });
      if (this.extensions.has('PIPELINING')) this.#sendPipelined(transaction, result, end);
      else this.#sendStepwise(transaction, result, end);
    });
  }

  /** What was written sits in our own buffers until the kernel took it: then the dot has not left. */
  #dotLeft(result: WritableResult): boolean {
    const socket = this.#internals._socket;
    return result.dotSent && (result.flushed || (socket !== false && socket.writableLength === 0));
  }

  /** RFC 2920 §3.1: MAIL, the RCPTs and DATA in one write; each reply still belongs to its command. */
  #sendPipelined(transaction: Transaction, result: WritableResult, end: (error: TransactionError | null) => void): void {
    const { timeouts } = this.#request;
    const actions = this.#internals._responseActions;
    const { rcpts } = transaction;
    let text = '';
    if (this.#needsReset) {
      text = 'RSET\r\n';
      actions.push(() => undefined);
    }
    actions.push((reply) => {
      result.mail = reply;
      this.#arm(timeouts.rcpt);
    });
    text += `${transaction.mail}\r\n`;
    for (let i = 0; i < rcpts.length; i++) {
      text += `${rcpts[i]}\r\n`;
      actions.push((reply) => {
        result.rcpts[i] = reply;
        this.#arm(i === rcpts.length - 1 ? timeouts.data : timeouts.rcpt);
      });
    }
    actions.push((reply) => this.#afterData(reply, transaction, result, end));
    this.#needsReset = true;
    this.#arm(timeouts.command);
    this.#write(`${text}DATA\r\n`);
  }

  /** RFC 5321 §4.1: one command at a time, for hops without PIPELINING. */
  #sendStepwise(transaction: Transaction, result: WritableResult, end: (error: TransactionError | null) => void): void {
    const { timeouts } = this.#request;
    const send = (command: string, timeout: number, action: (reply: string) => void): void => {
      this.#internals._responseActions.push(action);
      this.#arm(timeout);
      this.#write(`${command}\r\n`);
    };
    const sendRcpt = (i: number): void => {
      const command = transaction.rcpts[i];
      if (command !== undefined) {
        send(command, timeouts.rcpt, (reply) => {
          result.rcpts[i] = reply;
          sendRcpt(i + 1);
        });
      } else if (result.rcpts.some(isPositive)) {
        send('DATA', timeouts.data, (reply) => this.#afterData(reply, transaction, result, end));
      } else end(null);
    };
    const sendMail = (): void =>
      send(transaction.mail, timeouts.command, (reply) => {
        result.mail = reply;
        if (isPositive(reply)) sendRcpt(0);
        else end(null);
      });
    const reset = this.#needsReset;
    this.#needsReset = true;
    if (reset) send('RSET', timeouts.command, sendMail);
    else sendMail();
  }

  #afterData(reply: string, transaction: Transaction, result: WritableResult, end: (error: TransactionError | null) => void): void {
    result.data = reply;
    const accepted = isPositive(result.mail) && result.rcpts.some(isPositive);
    if (!reply.startsWith('354')) {
      // 2xx or 3xx to DATA leaves open what the next hop waits for: nothing more is said to it.
      if (!/^[45]/.test(reply)) this.destroy();
      end(null);
      return;
    }
    if (!isPositive(result.mail)) {
      // A hop that refuses the sender and takes DATA is not to be trusted with an empty message.
      this.destroy();
      end(null);
      return;
    }
    this.#internals._responseActions.push((final) => {
      if (accepted) result.final = final;
      result.dotSent = true;
      this.#needsReset = false;
      end(null);
    });
    if (!accepted) {
      // RFC 2920 §3.1: DATA was taken without a recipient; an empty message ends it, for nobody.
      this.#arm(this.#request.timeouts.final);
      this.#write('.\r\n');
      return;
    }
    const { content } = transaction;
    if (content.kind === 'whole' && content.content.length <= BLOCK) this.#writeWhole(content.content, result);
    else this.#writeBlocks(content, result).catch((error: unknown) => this.#fail(contentError(error)));
  }

  #writeWhole(content: StuffedContent, result: WritableResult): void {
    const socket = this.#internals._socket;
    if (socket === false) return;
    this.#arm(this.#request.timeouts.final);
    result.dotSent = true;
    socket.write(this.#scratch.lay(content), (error) => {
      if (error == null) result.flushed = true;
    });
    // Not taken by the kernel in this very call: the buffer is in use beyond it.
    if (socket.writableLength > 0) this.#scratch.keep();
  }

  /** The dot leaves alone, after all before it was taken by the kernel: whether it left is then exact. */
  async #writeBlocks(outgoing: OutgoingContent, result: WritableResult): Promise<void> {
    const end = outgoing.kind === 'whole' ? await this.#writeBody(outgoing.content) : await this.#writeStream(outgoing);
    this.#arm(this.#request.timeouts.final);
    result.dotSent = true;
    this.#write(end);
  }

  async #writeBody({ received, body, end }: StuffedContent): Promise<Buffer> {
    await this.#writeBlock(Buffer.from(received, 'utf8'));
    for (let from = 0; from < body.length; from += BLOCK) await this.#writeBlock(body.subarray(from, from + BLOCK));
    return end;
  }

  async #writeStream(outgoing: Extract<OutgoingContent, { kind: 'stream' }>): Promise<Buffer> {
    const stuffer = new DotStuffer();
    await this.#writeBlock(Buffer.from(outgoing.received, 'utf8'));
    for await (const chunk of outgoing.open()) await this.#writeBlock(stuffer.stuff(chunk));
    return stuffer.end();
  }

  #writeBlock(block: Buffer): Promise<void> {
    this.#arm(this.#request.timeouts.block);
    return new Promise((resolve, reject) => {
      const socket = this.#internals._socket;
      if (socket === false || this.#failure !== null) reject(new ConnectionLost('the connection is closed'));
      else socket.write(block, (error) => (error == null ? resolve() : reject(new ConnectionLost(error.message))));
    });
  }

  #write(data: string | Buffer): void {
    const socket = this.#internals._socket;
    if (socket !== false && !socket.destroyed) socket.write(data);
  }

  quit(): Promise<void> {
    const socket = this.#internals._socket;
    if (!this.usable || socket === false) {
      this.destroy();
      return Promise.resolve();
    }
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    this.#connection.quit();
    return closed;
  }

  destroy(): void {
    this.#failure ??= { kind: 'connection', message: 'the connection was closed' };
    this.#disarm();
    this.#connection.close();
    const socket = this.#internals._socket;
    if (socket !== false) socket.destroy();
  }

  #fail(error: TransactionError): void {
    // The waiting one first: whether the dot left is read from the socket before it goes.
    this.#ended(error);
    this.destroy();
  }

  #ended(error: TransactionError): void {
    this.#failure ??= error;
    const before = this.#onEnd;
    this.#onEnd = null;
    this.#disarm();
    before?.(this.#failure);
  }

  #arm(timeout: number | null): void {
    if (timeout === null) {
      this.#deadline = Number.POSITIVE_INFINITY;
      return;
    }
    this.#deadline = performance.now() + timeout;
    if (this.#deadline < this.#timerAt) this.#setTimer();
  }

  #setTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timerAt = this.#deadline;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Number.POSITIVE_INFINITY;
        if (this.#deadline === Number.POSITIVE_INFINITY) return;
        if (performance.now() < this.#deadline - 1) return this.#setTimer();
        this.#fail({ kind: 'timeout', message: 'the next hop did not answer in time' });
      },
      Math.max(1, this.#deadline - performance.now()),
    );
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#deadline = Number.POSITIVE_INFINITY;
  }
}

/** Content could not be written: the next hop went away. */
class ConnectionLost extends Error {}

/** A result while it is being filled. */
interface WritableResult {
  mail: string | null;
  rcpts: (string | null)[];
  data: string | null;
  final: string | null;
  /** Written, though perhaps not yet taken by the kernel. */
  dotSent: boolean;
  /** Taken by the kernel. */
  flushed: boolean;
  error: TransactionError | null;
}

function emptyResult(transaction: Transaction): WritableResult {
  return {
    mail: null,
    rcpts: new Array<string | null>(transaction.rcpts.length).fill(null),
    data: null,
    final: null,
    dotSent: false,
    flushed: false,
    error: null,
  };
}

function isPositive(reply: string | null): boolean {
  return reply?.startsWith('2') === true;
}

function contentError(error: unknown): TransactionError {
  const kind = error instanceof UncleanContent ? 'unclean' : error instanceof ConnectionLost ? 'connection' : 'content';
  return { kind, message: error instanceof Error ? error.message : String(error) };
}

function connectionOptions(socket: Socket, request: DialRequest): SMTPConnection.Options {
  const { tls, serverName, address, timeouts } = request;
  return {
    connection: socket,
    host: serverName ?? address,
    port: request.port,
    ...(serverName === null ? {} : { servername: serverName }),
    name: request.hostname,
    secure: tls === 'implicit',
    ignoreTLS: tls === 'none',
    requireTLS: tls === 'required',
    opportunisticTLS: tls === 'opportunistic',
    // The handshake is let pass, and the peer judged right after it: TLSA records are none of Node.js's
    // business, and an unverified certificate is better than none where TLS is opportunistic (RFC 7435).
    tls: { rejectUnauthorized: false, ...(request.secureContext === undefined ? {} : { secureContext: request.secureContext }) },
    greetingTimeout: timeouts.greeting,
    connectionTimeout: timeouts.greeting + 2 * timeouts.command,
    // An idle time; the deadlines above are the ones that count.
    socketTimeout: 2 * Math.max(timeouts.final, timeouts.greeting),
    socketCloseTimeout: 0,
    maxResponseSize: REPLY_LIMIT,
  };
}
