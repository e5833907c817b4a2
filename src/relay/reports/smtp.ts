/**
 * The adapter to smtp-server: a server that takes reports, and the traps it has here.
 *
 *   upstream    the network
 *   downstream  listener.ts, by three questions: whether a recipient is one of ours, what came, and
 *               which reply that gets
 *   standards   RFC 5321, RFC 2034, RFC 3207
 *   failure     a connection that errs is closed; the listener stays
 *
 * smtp-server waits 100 ms before each greeting; it picks enhanced status codes by reply code alone
 * (a 550 is 5.1.1 whatever it is for) and would put its own in front of ours; it offers WIZ, SHELL
 * and KILL; it counts octets of DATA, but swallows an oversized body to its end; its idle timer is
 * fed by a trickle of octets, so that a transaction and a connection need deadlines of their own;
 * its `close` waits for idle clients.
 */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { Log } from '../../domain/log.ts';

/** A reply that refuses: `text` begins with its enhanced status code (RFC 2034 §4). */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

export interface ListenerLimits {
  readonly messageSize: number;
  readonly recipients: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Milliseconds without an octet. */
  readonly idle: number;
  /** Milliseconds from DATA to the final dot, however busy the client is. */
  readonly data: number;
  /** Milliseconds for a connection in all. */
  readonly session: number;
  /** Octets of reports that are arriving, over all connections. */
  readonly arriving: number;
}

export interface ReportServerOptions {
  readonly hostname: string;
  readonly tls: { readonly key: string; readonly certificate: string };
  readonly limits: ListenerLimits;
  readonly log: Log;
  /** Asked with MAIL. Null: one more message of this client is taken. */
  readonly refuseClient: (client: string) => Refusal | null;
  /** Asked with MAIL, of which the reply waits for it. Undefined: its turn is now. */
  readonly turn?: () => Promise<void> | undefined;
  /** Null: the recipient is taken. */
  readonly refuseRecipient: (address: string) => Refusal | null;
  /** Asked once it is there. Null: it is taken. */
  readonly refuseReport: (raw: Buffer) => Refusal | null;
  /** Resolves once all is durable; the reply's text after 250. Rejects: 451. */
  readonly onReport: (raw: Buffer, recipients: readonly string[], client: string) => Promise<string>;
}

const STATUS_AT_HEAD = /^[245]\.\d{1,3}\.\d{1,3} /;
const BUSY: Refusal = { code: 421, text: '4.7.0 Too many connections, try again later' };

class ReplyError extends Error {
  readonly responseCode: number;
  constructor({ code, text }: Refusal) {
    super(text);
    this.responseCode = code;
  }
}

class ReportConnection extends SMTPConnection {
  /** Greets at once. */
  override init(): void {
    this._setListeners(() => {
      const { maxClients } = this._server.options;
      if (maxClients !== undefined && this._server.connections.size > maxClients) this.send(BUSY.code, BUSY.text);
      else this.connectionReady();
    });
  }

  /** A text that brings its own status keeps it. */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const own = typeof data === 'string' && STATUS_AT_HEAD.test(data);
    super.send(code, data, own ? false : context);
  }
}

/** One smtp-server, for one address and port. */
export class ReportServer extends SMTPServer {
  readonly #options: ReportServerOptions;
  readonly #byAddress = new Map<string, number>();
  readonly #deadlines = new WeakMap<SMTPServerSession, NodeJS.Timeout>();
  #arriving = 0;

  constructor(options: ReportServerOptions) {
    const { hostname, tls, limits } = options;
    super({
      name: hostname,
      banner: 'relais, reports only',
      key: tls.key,
      cert: tls.certificate,
      authOptional: true,
      authMethods: [],
      disabledCommands: ['AUTH', 'WIZ', 'SHELL', 'KILL', 'VRFY', 'HELP'],
      disableReverseLookup: true,
      hideDSN: false,
      hideENHANCEDSTATUSCODES: false,
      lenientAddressParsing: true,
      size: limits.messageSize,
      maxClients: limits.connections,
      maxRecipients: limits.recipients,
      socketTimeout: limits.idle,
      logger: false,
    });
    this.#options = options;
    this.on('error', (error) => options.log.debug({ err: error }, 'a connection to the report listener failed'));
  }

  override connect(socket: Socket | TLSSocket): void {
    const connection = new ReportConnection(this, socket);
    this.connections.add(connection);
    connection.on('error', (error: Error) => this.emit('error', error));
    connection.init();
  }

  override onConnect(session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    const count = this.#byAddress.get(session.remoteAddress) ?? 0;
    if (count >= this.#options.limits.connectionsPerAddress) {
      callback(new ReplyError(BUSY));
      return;
    }
    this.#byAddress.set(session.remoteAddress, count + 1);
    const deadline = setTimeout(() => this.#cut(session, '4.4.2 The connection lasted too long'), this.#options.limits.session);
    this.#deadlines.set(session, deadline.unref());
    callback();
  }

  override onClose(session: SMTPServerSession): void {
    const deadline = this.#deadlines.get(session);
    // One that was refused was never counted.
    if (deadline === undefined) return;
    clearTimeout(deadline);
    const count = (this.#byAddress.get(session.remoteAddress) ?? 1) - 1;
    if (count > 0) this.#byAddress.set(session.remoteAddress, count);
    else this.#byAddress.delete(session.remoteAddress);
  }

  override onMailFrom(_from: { address: string }, session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    const refusal = this.#options.refuseClient(clientOf(session));
    const turn = refusal === null ? this.#options.turn?.() : undefined;
    if (turn !== undefined) void turn.then(() => callback());
    else callback(refusal === null ? null : new ReplyError(refusal));
  }

  override onRcptTo(to: { address: string }, _session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    const refusal = this.#options.refuseRecipient(to.address);
    callback(refusal === null ? null : new ReplyError(refusal));
  }

  override onData(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    callback: (error?: Error | null, message?: string) => void,
  ): void {
    const { limits, onReport, refuseReport } = this.#options;
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    const deadline = setTimeout(() => this.#cut(session, '4.4.2 DATA took too long'), limits.data);
    let chunks: Buffer[] = [];
    let octets = 0;
    const letGo = (): void => {
      clearTimeout(deadline);
      this.#arriving -= octets;
      octets = 0;
      chunks = [];
    };
    stream.on('data', (chunk: Buffer) => {
      if (octets + chunk.length > limits.messageSize) return this.#refuseWhile(session, { code: 552, text: '5.3.4 The report is too big' });
      if (this.#arriving + chunk.length > limits.arriving)
        return this.#refuseWhile(session, { code: 452, text: '4.3.1 No room at the moment' });
      octets += chunk.length;
      this.#arriving += chunk.length;
      chunks.push(chunk);
    });
    // The client went away, or was sent away.
    stream.on('error', () => {});
    stream.on('close', () => {
      if (!stream.readableEnded) letGo();
    });
    stream.on('end', () => {
      const raw = Buffer.concat(chunks);
      clearTimeout(deadline);
      const refusal = refuseReport(raw);
      if (refusal !== null) {
        letGo();
        callback(new ReplyError(refusal));
        return;
      }
      onReport(raw, recipients, clientOf(session))
        .then((text) => callback(null, text))
        .catch((error: unknown) => {
          this.#options.log.error({ err: error }, 'a report could not be recorded: its sender is to try again');
          callback(new ReplyError({ code: 451, text: '4.3.0 The report could not be recorded, try again later' }));
        })
        .finally(letGo);
    });
  }

  /** Listens; resolves with where. */
  open(address: string, port: number): Promise<{ address: string; port: number }> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.listen(port, address, () => {
        this.server.off('error', reject);
        const bound = this.server.address();
        resolve(bound === null || typeof bound === 'string' ? { address, port } : { address: bound.address, port: bound.port });
      });
    });
  }

  /** Takes no more; sends idle clients away, and waits `graceMs` for those that are sending. */
  shutDown(graceMs: number): Promise<void> {
    this.options.closeTimeout = Math.max(1, graceMs);
    return new Promise((resolve) => {
      this.close(() => resolve());
      for (const connection of [...this.connections]) {
        if (!connection._dataStream) connection.send(421, '4.3.2 Shutting down');
      }
    });
  }

  /** Answers and closes: what the client still sends is not waited for. */
  #refuseWhile(session: SMTPServerSession, { code, text }: Refusal): void {
    const connection = [...this.connections].find(({ id }) => id === session.id);
    connection?.send(code, text);
    connection?.close();
    // The stream ends in an error, by which what had arrived is let go.
    if (connection?._dataStream) connection._dataStream.destroy();
  }

  #cut(session: SMTPServerSession, text: string): void {
    this.#refuseWhile(session, { code: 421, text });
  }
}

/** Without the prefix of IPv4-mapped addresses. */
function clientOf({ remoteAddress }: SMTPServerSession): string {
  return remoteAddress.startsWith('::ffff:') ? remoteAddress.slice('::ffff:'.length) : remoteAddress;
}
