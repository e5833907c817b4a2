/**
 * One listener: smtp-server's server, with our connections in place of its own and the count of
 * connections shared by all listeners.
 */
import type { BlockList, Socket } from 'node:net';
import { SMTPServer, type SMTPServerAuthentication, type SMTPServerAuthenticationResponse, type SMTPServerSession } from 'smtp-server';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { Listener } from '../../domain/settings.ts';
import { SubmissionConnection, type SubmissionContext } from './connection.ts';
import { clientKey, compileNetworks, inNetworks } from './policy.ts';
import { readProxy } from './proxy-reader.ts';

/** TLS handshakes that may be under way beyond the limit of connections, so that those refused can be told so. */
const HANDSHAKE_SLACK = 32;
/** Milliseconds for a PROXY header, which comes in the first packet; less where clients may be idle for less. */
const PROXY_TIMEOUT = 10_000;
/** Refused clients that are waited for, for so many milliseconds, to read why; more are cut at once. */
const REFUSED_LIMIT = 100;
const REFUSED_LINGER = 1000;

export class SubmissionServer extends SMTPServer {
  readonly context: SubmissionContext;
  readonly listener: Listener;
  readonly #bySession = new WeakMap<object, SubmissionConnection>();
  readonly #proxies: BlockList;
  #refused = 0;
  #accepted = 0;

  constructor(context: SubmissionContext, listener: Listener, tls: { readonly key: string; readonly certificate: string }) {
    const disabled = ['WIZ', 'SHELL', 'KILL', 'XCLIENT', 'XFORWARD'];
    super({
      name: context.hostname,
      logger: false,
      secure: listener.tls === 'implicit',
      key: tls.key,
      cert: tls.certificate,
      // RFC 8996: TLS 1.0 and 1.1 are no more; smtp-server still takes them.
      minVersion: 'TLSv1.2',
      disabledCommands: listener.tls === 'starttls' ? disabled : [...disabled, 'STARTTLS'],
      hideSTARTTLS: listener.tls !== 'starttls',
      hideENHANCEDSTATUSCODES: false,
      authMethods: ['PLAIN', 'LOGIN'],
      // Who must, and when, the connection decides: clients of `networks` need not.
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      socketTimeout: context.policy.limits.idle,
      noDelay: true,
      // A client may send all it has, close its side, and still read the reply to it.
      allowHalfOpen: true,
    });
    this.context = context;
    this.listener = listener;
    this.#proxies = compileNetworks(listener.proxy, 'submission.listeners.proxy');
    this.on('error', (error) => context.log.debug({ err: error }, 'A connection ended in an error'));
  }

  override connect(socket: Socket, options?: SMTPConnectionOptions | null): void {
    const { gate, policy, open } = this.context;
    const announced = options?.remoteAddress;
    const address = announced ?? socket.remoteAddress ?? '';
    const client = clientKey(address);
    const verdict = gate.admit(client, policy.limits);
    if (verdict !== 'admitted') {
      this.#turnAway(socket, verdict === 'too-many' ? 'Too many connections' : 'Too many connections from your address');
      return;
    }
    // A proxy that does not say for whom it speaks is not trusted for its own address.
    const trusted = (announced !== undefined || !this._expectsProxyHeader(socket)) && policy.trusts(address);
    const connection = new SubmissionConnection(this, socket, { options, client, trusted });
    this.connections.add(connection);
    this.#bySession.set(connection.session, connection);
    connection.on('error', (error) => this._onError(error));
    open.add(connection);
    connection.init();
  }

  /** RFC 5321 §3.8, with RFC 3463's 4.7.0: too much is asked, not something wrong. */
  #turnAway(socket: Socket, why: string): void {
    socket.on('error', () => undefined);
    if (this.#refused >= REFUSED_LIMIT) {
      socket.destroy();
      return;
    }
    this.#refused++;
    const timer = setTimeout(() => socket.destroy(), REFUSED_LINGER);
    socket.once('close', () => {
      clearTimeout(timer);
      this.#refused--;
    });
    socket.end(`421 4.7.0 ${this.context.hostname} ${why}; try again later\r\n`);
    socket.resume();
  }

  override _expectsProxyHeader(socket: Socket): boolean {
    return inNetworks(this.#proxies, socket.remoteAddress ?? '');
  }

  /**
   * In place of smtp-server's, which reads version 1 alone, and draws ten random octets a connection for an
   * id that only its log shows. A connection whose header is no good is closed without a word: to whom
   * would it be said.
   */
  override _handleProxy(socket: Socket, callback: (error: Error | null, options?: SMTPConnectionOptions & { id: string }) => void): void {
    this.#accepted++;
    const id = this.#accepted.toString(36);
    if (!this._expectsProxyHeader(socket)) {
      callback(null, { id });
      return;
    }
    const { context } = this;
    readProxy(socket, Math.min(PROXY_TIMEOUT, context.policy.limits.idle)).then((answer) => {
      if (answer.kind === 'read') {
        const { client } = answer;
        callback(null, client === null ? { id } : { id, remoteAddress: client.address, remotePort: client.port });
        return;
      }
      context.log.warn({ proxy: socket.remoteAddress, why: answer.why }, 'A connection of a proxy was closed: its PROXY header is no good');
      socket.destroy();
      callback(new Error(answer.why));
    }, callback);
  }

  /** Before a PROXY header and a TLS handshake nothing counts the connection yet. */
  override _acceptSocket(socket: Socket, handshake: boolean): (() => void) | false {
    const { limits } = this.context.policy;
    const proxied = this._expectsProxyHeader(socket);
    const early = handshake || proxied;
    const tooMany = this.context.gate.count + this._pendingSockets.size >= limits.connections + HANDSHAKE_SLACK;
    if (early && (tooMany || (!proxied && this.#unfinishedOf(socket.remoteAddress) >= limits.connectionsPerAddress))) {
      socket.on('error', () => undefined);
      socket.destroy();
      return false;
    }
    return super._acceptSocket(socket, handshake);
  }

  /** Handshakes under way with one client: it may not hold the places of the others. */
  #unfinishedOf(address: string | undefined): number {
    const client = clientKey(address ?? '');
    let count = 0;
    for (const socket of this._pendingSockets.keys()) if (clientKey(socket.remoteAddress ?? '') === client) count++;
    return count;
  }

  override onConnect(_session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    callback();
  }

  override onSecure(_socket: unknown, _session: SMTPServerSession, callback: (error?: Error | null) => void): void {
    callback();
  }

  override onAuth(
    auth: SMTPServerAuthentication,
    session: SMTPServerSession,
    callback: (error: Error | null | undefined, response?: SMTPServerAuthenticationResponse) => void,
  ): void {
    const connection = this.#bySession.get(session);
    const failed = (error: unknown): void => {
      this.context.log.error({ err: error }, 'AUTH could not be checked');
      // RFC 4954 §4.
      callback(null, { responseCode: 454, message: 'Authentication is not possible at the moment; try again later' });
    };
    if (connection === undefined) failed(new Error('no such session'));
    else connection.authenticate(auth, callback).catch(failed);
  }

  async start(): Promise<{ readonly address: string; readonly port: number }> {
    const { address, port } = this.listener;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.listen({ host: address, port }, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const bound = this.server.address();
    return { address, port: typeof bound === 'object' && bound !== null ? bound.port : port };
  }

  /** For connections and handshakes from now on. */
  reload(idle: number, tls: { readonly key: string; readonly certificate: string } | undefined): void {
    this.options.socketTimeout = idle;
    if (tls !== undefined) this.updateSecureContext({ key: tls.key, cert: tls.certificate });
  }

  /** Takes no more connections; resolves when the last one is gone. Not smtp-server's `close`, which answers 421 within messages. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      for (const socket of this._pendingSockets.values()) socket.destroy();
    });
  }
}
