/**
 * N: an SMTP client on a raw socket. Sends the octets it is given and nothing else, reads whole replies,
 * upgrades to TLS on request, and can hold still, half-close or vanish. No retries, no interpretation.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';

export interface RawReply {
  readonly code: number;
  /** The enhanced status at the head of the last line, if there is one. */
  readonly status: string | null;
  /** Lines without code and separator. */
  readonly lines: readonly string[];
  /** As it came, CRLFs included. */
  readonly raw: string;
}

export interface RawClientOptions {
  readonly port: number;
  readonly host?: string;
  /** TLS from the first octet. */
  readonly tls?: boolean;
  readonly localAddress?: string;
}

const REPLY_LINE = /^(\d{3})([ -])(.*)$/;
const STATUS = /^([245]\.\d{1,3}\.\d{1,3}) /;

export class RawClient {
  #socket: Socket | TLSSocket;
  #received = '';
  #replies: RawReply[] = [];
  #lines: string[] = [];
  #waiting: { readonly resolve: (reply: RawReply) => void; readonly reject: (error: Error) => void }[] = [];
  #closed = false;
  #onClose: (() => void)[] = [];
  /** Octets the server sent that are no well-formed reply line. */
  readonly malformed: string[] = [];

  private constructor(socket: Socket | TLSSocket) {
    this.#socket = socket;
    this.#attach(socket);
  }

  static async connect(options: RawClientOptions): Promise<RawClient> {
    const { port, host = '127.0.0.1', localAddress } = options;
    const target = { port, host, allowHalfOpen: true, ...(localAddress === undefined ? {} : { localAddress }) };
    const socket = options.tls === true ? tlsConnect({ ...target, rejectUnauthorized: false }) : connect(target);
    const client = new RawClient(socket);
    await once(socket, options.tls === true ? 'secureConnect' : 'connect');
    return client;
  }

  /** Connects and reads the greeting. */
  static async greeted(options: RawClientOptions): Promise<RawClient> {
    const client = await RawClient.connect(options);
    await client.reply();
    return client;
  }

  get socket(): Socket | TLSSocket {
    return this.#socket;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Replies that came and were not read yet. */
  get pending(): readonly RawReply[] {
    return this.#replies;
  }

  /** Sends exactly these octets; text goes out as UTF-8. False: the socket's buffer is full. */
  send(data: string | Uint8Array): boolean {
    return this.#socket.write(data);
  }

  /** Sends and resolves when the octets were taken by the system. */
  flush(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => this.#socket.write(data, (error) => (error == null ? resolve() : reject(error))));
  }

  /** The next whole reply; rejects when the connection closes first. */
  reply(): Promise<RawReply> {
    const ready = this.#replies.shift();
    if (ready !== undefined) return Promise.resolve(ready);
    if (this.#closed) return Promise.reject(new Error('the connection is closed, and no reply is left'));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Sends one line with its CRLF and reads the reply. */
  command(line: string | Uint8Array): Promise<RawReply> {
    this.send(typeof line === 'string' ? `${line}\r\n` : Buffer.concat([line, Buffer.from('\r\n')]));
    return this.reply();
  }

  /** Sends lines in one write and reads a reply for each. */
  async pipeline(lines: readonly string[]): Promise<readonly RawReply[]> {
    this.send(lines.map((line) => `${line}\r\n`).join(''));
    const replies: RawReply[] = [];
    for (let i = 0; i < lines.length; i++) replies.push(await this.reply());
    return replies;
  }

  /** MAIL, one RCPT each, DATA and the content as given, which has its own end of data. Reads all replies. */
  async submit(message: { readonly from: string; readonly to: readonly string[]; readonly data: string | Uint8Array }): Promise<RawReply> {
    await this.command(`MAIL FROM:<${message.from}>`);
    for (const to of message.to) await this.command(`RCPT TO:<${to}>`);
    await this.command('DATA');
    this.send(message.data);
    return this.reply();
  }

  /**
   * Plays a dialogue: lines `C: text` are sent with CRLF, lines `S: 250` or `S: 250 2.1.0` are what the
   * reply must begin with; other lines are comments. Throws at the first difference.
   */
  async dialogue(script: string): Promise<void> {
    for (const line of script.split('\n')) {
      const [, side, text = ''] = /^\s*([CS]): ?(.*)$/.exec(line) ?? [];
      if (side === 'C') this.send(`${text}\r\n`);
      if (side !== 'S') continue;
      const reply = await this.reply();
      const said = reply.raw.trimEnd().split('\r\n').at(-1) ?? '';
      if (!said.startsWith(text)) throw new Error(`expected '${text}', the server said '${said}'`);
    }
  }

  /** Speaks TLS from here on, after a 220 to STARTTLS. */
  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners();
    const secure = tlsConnect({ socket: plain, rejectUnauthorized: false });
    this.#socket = secure;
    this.#attach(secure);
    await once(secure, 'secureConnect');
  }

  /** Resolves when the server has closed, or the connection was reset. */
  whenClosed(): Promise<void> {
    return this.#closed ? Promise.resolve() : new Promise((resolve) => this.#onClose.push(resolve));
  }

  /** Sends no more; still reads. */
  halfClose(): void {
    this.#socket.end();
  }

  /** Goes away without a word; `reset` with RST instead of FIN. */
  vanish(options: { readonly reset?: boolean } = {}): void {
    const socket = this.#socket;
    if (options.reset === true && !('encrypted' in socket)) socket.resetAndDestroy();
    else socket.destroy();
  }

  #attach(socket: Socket | TLSSocket): void {
    socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('utf8')));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#close());
  }

  #read(text: string): void {
    this.#received += text;
    for (let end = this.#received.indexOf('\r\n'); end !== -1; end = this.#received.indexOf('\r\n')) {
      const line = this.#received.slice(0, end);
      this.#received = this.#received.slice(end + 2);
      this.#readLine(line);
    }
  }

  #readLine(line: string): void {
    const match = REPLY_LINE.exec(line);
    if (match === null || /[\r\n]/.test(line)) {
      this.malformed.push(line);
      return;
    }
    this.#lines.push(line);
    if (match[2] === '-') return;
    const lines = this.#lines;
    this.#lines = [];
    const reply: RawReply = {
      code: Number(match[1]),
      status: STATUS.exec(`${match[3]} `)?.[1] ?? null,
      lines: lines.map((each) => each.slice(4)),
      raw: `${lines.join('\r\n')}\r\n`,
    };
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#replies.push(reply);
    else waiting.resolve(reply);
  }

  #close(): void {
    this.#closed = true;
    if (this.#received !== '') this.malformed.push(this.#received);
    this.#received = '';
    for (const { reject } of this.#waiting.splice(0)) reject(new Error('the connection closed before a reply'));
    for (const resolve of this.#onClose.splice(0)) resolve();
  }
}
