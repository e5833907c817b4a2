/**
 * F: a next hop on a raw socket that does what a script says: any reply at any stage, late, dripped,
 * endless or never, closes wherever it likes, offers TLS with any certificate, and records the exact
 * octets and commands it got.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export type Stage = 'greeting' | 'ehlo' | 'helo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'content' | 'rset' | 'quit' | 'other';

export interface Step {
  /** Lines of the reply without CRLF; several are sent as they are. `null`: none. */
  readonly reply?: string | readonly string[] | null;
  /** Milliseconds before it. */
  readonly delay?: number;
  /** Milliseconds between its octets. */
  readonly drip?: number;
  /** Repeats the reply's first line as a continuation for ever. */
  readonly endless?: boolean;
  /** After the reply: `end` closes, `destroy` resets. */
  readonly close?: 'end' | 'destroy';
}

/** What was said so far in this session. */
export interface Exchange {
  readonly stage: Stage;
  /** The command line as it came; '' for greeting and content. */
  readonly line: string;
  /** From 0, by connection. */
  readonly connection: number;
  /** From 0: which message of this connection. */
  readonly message: number;
  readonly secure: boolean;
}

/** Undefined: the usual answer. A string: that reply. */
export type Script = (exchange: Exchange) => Step | string | undefined;

export interface ReceivedMessage {
  readonly connection: number;
  readonly mail: string;
  /** Those RCPT lines that were answered 2xx. */
  readonly rcpts: readonly string[];
  /** Exact octets after DATA, up to and with the final CRLF.CRLF. */
  readonly raw: Buffer;
  /** The same without final dot, unstuffed. */
  readonly content: Buffer;
  readonly secure: boolean;
}

export interface FakeHop {
  readonly port: number;
  /** Every command line of every connection, in order. */
  readonly commands: readonly string[];
  /** Everything each connection sent before and inside TLS, as text. */
  readonly transcripts: readonly string[];
  /** Messages whose final dot came. */
  readonly messages: readonly ReceivedMessage[];
  /** Connections so far, open now, and open at once at most. */
  readonly connections: number;
  readonly open: number;
  readonly mostOpen: number;
  script: Script;
  /** Resolves once so many final dots came. */
  received(count: number): Promise<readonly ReceivedMessage[]>;
  /** Resolves once a command that matches came. */
  heard(pattern: RegExp): Promise<string>;
  /** Stops listening and drops what is open; `listen` comes back on the same port. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export interface FakeHopOptions {
  readonly script?: Script;
  /** EHLO keywords; PIPELINING, SIZE and 8BITMIME by default. STARTTLS is added where there is a certificate. */
  readonly extensions?: readonly string[];
  readonly tls?: { readonly key: string; readonly certificate: string };
  /** From the first octet. */
  readonly implicitTls?: boolean;
  /** Do not offer STARTTLS although there is a certificate. */
  readonly stripStartTls?: boolean;
  /** In place of 127.0.0.1 and a port of the system's choice. */
  readonly at?: { readonly address: string; readonly port: number };
}

export async function startFakeHop(options: FakeHopOptions = {}): Promise<FakeHop> {
  const hop = new Hop(options);
  await hop.listen(options.at?.port ?? 0);
  return hop;
}

class Hop implements FakeHop {
  readonly options: FakeHopOptions;
  readonly commands: string[] = [];
  readonly transcripts: string[] = [];
  readonly messages: ReceivedMessage[] = [];
  connections = 0;
  mostOpen = 0;
  port = 0;
  script: Script;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();
  readonly #watchers = new Set<() => void>();

  constructor(options: FakeHopOptions) {
    this.options = options;
    this.script = options.script ?? (() => undefined);
  }

  get open(): number {
    return this.#sockets.size;
  }

  async listen(port: number): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(port, this.options.at?.address ?? '127.0.0.1', resolve),
    );
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.port = address.port;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    this.mostOpen = Math.max(this.mostOpen, this.#sockets.size);
    socket.setNoDelay(true).on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    new Conversation(this, socket, this.connections++);
  }

  /** Something was recorded. */
  tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const watcher = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#watchers.delete(watcher);
        resolve(found);
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  received(count: number): Promise<readonly ReceivedMessage[]> {
    return this.#until(() => (this.messages.length >= count ? this.messages : undefined));
  }

  heard(pattern: RegExp): Promise<string> {
    return this.#until(() => this.commands.find((line) => pattern.test(line)));
  }

  async goDown(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    const closed = new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  comeBack(): Promise<void> {
    return this.listen(this.port);
  }

  async stop(): Promise<void> {
    await this.goDown();
  }
}

class Conversation {
  readonly #hop: Hop;
  readonly #connection: number;
  #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #inData = false;
  #secure = false;
  #message = 0;
  #mail = '';
  #rcpts: string[] = [];
  #closed = false;
  /** Steps run one after the other, however slow. */
  #chain: Promise<void> = Promise.resolve();

  constructor(hop: Hop, socket: Socket, connection: number) {
    this.#hop = hop;
    this.#connection = connection;
    this.#socket = socket;
    hop.transcripts[connection] = '';
    if (hop.options.implicitTls === true) this.#secureNow();
    else this.#listen();
    this.#play('greeting', '', '220 hop.test ESMTP');
  }

  #listen(): void {
    this.#socket.on('data', (chunk: Buffer) => {
      this.#hop.transcripts[this.#connection] += chunk.toString('latin1');
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
      this.#read();
    });
  }

  #secureNow(): void {
    const { tls } = this.#hop.options;
    if (tls === undefined) throw new Error('a fake hop needs a certificate for TLS');
    this.#socket.removeAllListeners('data');
    const secureContext = createSecureContext({ key: tls.key, cert: tls.certificate });
    this.#socket = new TLSSocket(this.#socket, { isServer: true, secureContext });
    this.#socket.on('error', () => undefined);
    this.#secure = true;
    this.#listen();
  }

  #read(): void {
    for (;;) {
      if (this.#inData) {
        const end = this.#endOfData();
        if (end < 0) return;
        this.#takeContent(end);
        continue;
      }
      const end = this.#buffer.indexOf('\r\n');
      if (end < 0) return;
      const line = this.#buffer.subarray(0, end).toString('utf8');
      this.#buffer = this.#buffer.subarray(end + 2);
      this.#command(line);
    }
  }

  #endOfData(): number {
    if (this.#buffer.subarray(0, 3).toString('latin1') === '.\r\n') return 3;
    const found = this.#buffer.indexOf('\r\n.\r\n');
    return found < 0 ? -1 : found + 5;
  }

  #takeContent(end: number): void {
    const raw = Buffer.from(this.#buffer.subarray(0, end));
    this.#buffer = this.#buffer.subarray(end);
    this.#inData = false;
    const text = raw.subarray(0, raw.length - 3).toString('latin1');
    this.#hop.messages.push({
      connection: this.#connection,
      mail: this.#mail,
      rcpts: this.#rcpts,
      raw,
      content: Buffer.from(text.replace(/^\.(?=.)/gm, ''), 'latin1'),
      secure: this.#secure,
    });
    this.#play('content', '', '250 2.0.0 taken');
    this.#message++;
    this.#mail = '';
    this.#rcpts = [];
    this.#hop.tell();
  }

  #command(line: string): void {
    this.#hop.commands.push(line);
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
        this.#play('ehlo', line, this.#ehloReply());
        break;
      case 'HELO':
        this.#play('helo', line, '250 hop.test');
        break;
      case 'STAR':
        this.#play('starttls', line, '220 2.0.0 go ahead', (positive) => positive && this.#secureNow());
        break;
      case 'AUTH':
        this.#play('auth', line, '235 2.7.0 welcome');
        break;
      case 'MAIL':
        this.#mail = line;
        this.#rcpts = [];
        this.#play('mail', line, '250 2.1.0 sender taken');
        break;
      case 'RCPT': {
        const rcpts = this.#rcpts;
        this.#play('rcpt', line, '250 2.1.5 recipient taken', (positive) => {
          if (positive) rcpts.push(line);
        });
        break;
      }
      case 'DATA':
        this.#data(line);
        break;
      case 'RSET':
        this.#play('rset', line, '250 2.0.0 forgotten');
        break;
      case 'QUIT':
        this.#play('quit', line, { reply: '221 2.0.0 bye', close: 'end' });
        break;
      default:
        this.#play('other', line, '500 5.5.2 what?');
    }
    this.#hop.tell();
  }

  #ehloReply(): Step {
    const { tls, stripStartTls, extensions = ['PIPELINING', 'SIZE 10240000', '8BITMIME'] } = this.#hop.options;
    const offered = tls !== undefined && !this.#secure && stripStartTls !== true ? [...extensions, 'STARTTLS'] : extensions;
    const lines = ['hop.test', ...offered];
    return { reply: lines.map((text, i) => `250${i === lines.length - 1 ? ' ' : '-'}${text}`) };
  }

  /** What follows DATA is content only if DATA is answered 354; known at once, for both come in one segment. */
  #data(line: string): void {
    const usual = this.#rcptsGiven() ? '354 go on' : '503 5.5.1 no recipient';
    const step = this.#stepFor('data', line, usual);
    if (firstLine(step).startsWith('354')) this.#inData = true;
    this.#enqueue(step);
  }

  #rcptsGiven(): boolean {
    return this.#rcpts.length > 0;
  }

  #stepFor(stage: Stage, line: string, usual: Step | string): Step {
    const exchange: Exchange = { stage, line, connection: this.#connection, message: this.#message, secure: this.#secure };
    const step = this.#hop.script(exchange) ?? usual;
    return typeof step === 'string' ? { reply: step } : step;
  }

  #play(stage: Stage, line: string, usual: Step | string, then?: (positive: boolean) => void): void {
    const step = this.#stepFor(stage, line, usual);
    const positive = firstLine(step).startsWith('2');
    // Recorded at once; what changes the socket waits until the reply is out.
    if (stage === 'starttls') this.#enqueue(step, () => then?.(positive));
    else {
      then?.(positive);
      this.#enqueue(step);
    }
  }

  #enqueue(step: Step, then?: () => void): void {
    this.#chain = this.#chain.then(async () => {
      await this.#perform(step);
      then?.();
    });
  }

  async #perform(step: Step): Promise<void> {
    if (this.#closed) return;
    if (step.delay !== undefined) await pause(step.delay);
    const lines = step.reply === null || step.reply === undefined ? [] : [step.reply].flat();
    if (step.endless === true) return this.#sayForEver(lines[0] ?? '250 and so on');
    for (const line of lines) await this.#say(`${line}\r\n`, step.drip);
    if (step.close === undefined) return;
    this.#closed = true;
    if (step.close === 'end') this.#socket.end();
    else this.#socket.destroy();
  }

  async #say(text: string, drip: number | undefined): Promise<void> {
    if (drip === undefined) {
      this.#socket.write(text);
      return;
    }
    for (const octet of text) {
      if (this.#socket.destroyed) return;
      this.#socket.write(octet);
      await pause(drip);
    }
  }

  async #sayForEver(line: string): Promise<void> {
    const block = `${line.slice(0, 3)}-${line.slice(4)}\r\n`.repeat(200);
    while (!this.#socket.destroyed) {
      if (!this.#socket.write(block)) await new Promise<void>((resolve) => this.#socket.once('drain', resolve).once('close', resolve));
      await pause(1);
    }
  }
}

function firstLine(step: Step): string {
  const first = [step.reply].flat()[0];
  return typeof first === 'string' ? first : '';
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
