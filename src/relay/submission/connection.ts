/**
 * One SMTP session of a client that submits: the dialogue of RFC 5321 §4, on smtp-server's connection.
 *
 * smtp-server keeps the socket, the greeting, STARTTLS, the SASL exchanges and the dispatch of commands.
 * Overridden here, and nowhere else, is where 3.21.6 is not what a relay needs: it waits 100 ms before
 * its greeting; offers AUTH before TLS; takes unknown parameters, UTF-8 without SMTPUTF8 and any number
 * of failed AUTHs; hands content on only through a stream; swallows an oversized message to its end; has
 * no deadline for DATA. Each has a test that names it.
 *
 * Upstream: `SubmissionServer`. Downstream: `ContentIntake`, one a message, and through it the store.
 * Failure: whatever is wrong with us is 451 or 452, and 250 is said of nothing but a durable message.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SMTPServerAuthentication, SMTPServerAuthenticationResponse } from 'smtp-server';
import { SMTPConnection, type SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SubmissionClient } from '../../domain/message.ts';
import type { Store } from '../../domain/ports.ts';
import type { EnhancedStatus } from '../../domain/reply.ts';
import { type Account, DEFAULT_ACCOUNT, type Listener } from '../../domain/settings.ts';
import type { Authenticator } from './authenticator.ts';
import type { ConnectionGate } from './connection-gate.ts';
import { ContentIntake, type IntakeContext, type IntakeResult } from './content-intake.ts';
import type { DataFault } from './data-decoder.ts';
import { type MailCommand, parseMailCommand, parseRcptCommand } from './envelope-commands.ts';
import { futureReleaseKeyword, releaseTime } from './future-release.ts';
import { type Policy, recipientRefusal, senderRefusal, storeRefusal } from './policy.ts';
import { smtpProtocol } from './received.ts';
import { type Refusal, refusal, SHUTTING_DOWN, tooBig } from './refusal.ts';
import { type DataReceiver, SubmissionParser } from './submission-parser.ts';
import type { SubmissionServer } from './submission-server.ts';
import { addRecipient, type Transaction } from './transaction.ts';

/** What all connections share. */
export interface SubmissionContext extends IntakeContext {
  readonly store: Pick<Store, 'openContent' | 'accept' | 'health' | 'queue'>;
  /** A-label; null when there is none. */
  readonly reportDomain: string | null;
  /** Octets of free disk below which nothing is taken. */
  readonly diskFloor: number;
  /** Replaced when the configuration is reloaded. */
  policy: Policy;
  readonly authenticator: Authenticator;
  /** Milliseconds a refused AUTH is kept waiting: doubled with each failure of the client, up to `longest`. */
  readonly authDelay: { readonly first: number; readonly longest: number };
  readonly gate: ConnectionGate;
  /** Messages that were recorded. */
  recorded: number;
  readonly open: Set<SubmissionConnection>;
}

/** Octets that are still read from a client that was cut off, so that it may find the reply, before its connection is reset. */
const DISCARD_LIMIT = 1024 * 1024;
/** Milliseconds a client has to close its side when the relay stops. */
const FAREWELL = 1000;

const AUTH_REQUIRED = refusal(530, '5.7.0', 'Authentication required');
const TOO_LATE = refusal(421, '4.4.2', 'The message took too long; closing the connection');
const TLS_NEEDED = refusal(530, '5.7.10', 'REQUIRETLS is taken over TLS alone');
const NO_MAIL = refusal(503, '5.5.1', 'Send MAIL first');

export class SubmissionConnection extends SMTPConnection {
  /** Key of this client in the gate and the counts of failures. */
  readonly client: string;
  readonly #context: SubmissionContext;
  readonly #listener: Listener;
  readonly #trusted: boolean;
  #transaction: Transaction | null = null;
  #intake: ContentIntake | null = null;
  #deadline: NodeJS.Timeout | undefined;
  #authFailures = 0;
  #draining = false;
  #released = false;
  #described: SubmissionClient | null = null;

  constructor(
    server: SubmissionServer,
    socket: Socket,
    accepted: { readonly client: string; readonly trusted: boolean; readonly options: SMTPConnectionOptions | null | undefined },
  ) {
    super(server, socket, accepted.options);
    this.#context = server.context;
    this.#listener = server.listener;
    this.client = accepted.client;
    this.#trusted = accepted.trusted;
  }

  // ── The connection's life ──

  /** In place of smtp-server's, whose delay against early talkers is fixed at 100 ms. */
  override init(): void {
    this._setListeners(() => {
      const delay = this.#context.policy.greetingDelay;
      if (delay === 0) this.connectionReady();
      else setTimeout(() => this.connectionReady(), delay).unref();
    });
  }

  /** Called by the constructor of smtp-server: nothing of this class is there yet. */
  override _createParser(): SubmissionParser {
    const receiver: DataReceiver = {
      content: (content, fault, octets) => this.#content(content, fault, octets),
      end: (resume, disputed) => this.#endOfData(resume, disputed),
      batch: (commands) => {
        const socket = this._socket;
        socket.cork();
        try {
          commands();
        } finally {
          socket.uncork();
        }
      },
      // The input may end while a reply is still to be sent (allowHalfOpen): only now is all of it answered.
      inputEnded: () => this.close(),
    };
    const parser = new SubmissionParser(receiver);
    parser.oncommand = (command, callback) => this._onCommand(command, callback);
    parser.on('error', () => {
      // Where the next line begins is not known any more. RFC 5321 §4.5.3.1.9.
      this.#refuse(refusal(500, '5.5.2', 'The command line is too long; closing the connection'), 'line');
      this.close();
    });
    return parser;
  }

  /** EHLO, RSET and STARTTLS end the transaction (RFC 5321 §4.1.1.5, §4.1.4; RFC 3207 §4.2). */
  override _resetSession(): void {
    super._resetSession();
    this.#transaction = null;
    this.#described = null;
  }

  /** While a message is made durable the client waits for us, not we for it. */
  override _onTimeout(): void {
    if (this.#intake?.committing === true && !this._closing) this._armTimeout();
    else super._onTimeout();
  }

  override close(): void {
    super.close();
    this.#abortIntake();
    this.#release();
  }

  override _onClose(): void {
    super._onClose();
    this.#abortIntake();
    this.#release();
    this.#context.open.delete(this);
  }

  /** Ends the session: at once when nothing is coming in, otherwise after the reply to it. */
  drain(): void {
    this.#draining = true;
    if (this.#intake === null) this.#shutDown();
  }

  /** The time for finishing is over. What is being made durable is awaited all the same: it may be recorded. */
  cutOff(): void {
    if (this.#intake?.committing !== true) this.#shutDown();
  }

  /**
   * In place of smtp-server's, which sends nothing any more once the client has closed its side, even
   * though it still reads. Control characters would end the line early (R54). A refusal of EHLO has its
   * status too (RFC 2034 §4), which smtp-server leaves out for whatever answers EHLO, HELO or LHLO.
   */
  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    const greeting = context === 'EHLO' || context === 'HELO' || context === 'LHLO';
    const status = this._getEnhancedStatusCode(code, code >= 400 && greeting ? undefined : context);
    const head = status === '' ? '' : `${status} `;
    let reply = '';
    if (Array.isArray(data)) {
      for (const line of data.slice(0, -1)) reply += `${code}-${head}${oneLine(line)}\r\n`;
    }
    reply += `${code} ${head}${oneLine((Array.isArray(data) ? data.at(-1) : data) ?? '')}\r\n`;
    // While TLS is being negotiated a reply would go out in clear, in the midst of the handshake.
    if (!this._upgrading && this._socket.writable) this._socket.write(reply);
    if (code === 421) this.close();
  }

  #shutDown(): void {
    this.#say(SHUTTING_DOWN);
    setTimeout(() => this._socket.destroy(), FAREWELL).unref();
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#context.gate.release(this.client);
  }

  #abortIntake(): void {
    clearTimeout(this.#deadline);
    this.#intake?.abort();
    if (this.#intake?.committing !== true) this.#intake = null;
  }

  #say(reply: { readonly code: number; readonly status: EnhancedStatus; readonly text: string }): void {
    this.send(reply.code, `${reply.status} ${reply.text}`, false);
  }

  #refuse(reply: Refusal, command: string): void {
    this.#context.log.debug({ client: this.remoteAddress, command, code: reply.code, status: reply.status, text: reply.text }, 'Refused');
    this.#say(reply);
  }

  // ── EHLO, AUTH and the rest ──

  override handler_EHLO(command: Buffer, callback: () => void): void {
    const { limits } = this.#context.policy;
    const lines = [this.name, 'PIPELINING', '8BITMIME', 'SMTPUTF8', `SIZE ${limits.messageSize}`, 'ENHANCEDSTATUSCODES', 'DSN'];
    if (limits.futureRelease > 0) lines.push(futureReleaseKeyword(this.#context.now(), limits.futureRelease));
    // RFC 8689 §2: offered over TLS alone.
    if (this.secure) lines.push('REQUIRETLS');
    else if (this.#listener.tls === 'starttls') lines.push('STARTTLS');
    if (this.#authAllowed && !this.session.user) lines.push('AUTH PLAIN LOGIN');
    this.#greet(command, lines);
    callback();
  }

  override handler_HELO(command: Buffer, callback: () => void): void {
    this.#greet(command, [this.name]);
    callback();
  }

  /** Any name will do, as long as it is one word: clients send what they like (RFC 5321 §4.1.4). */
  #greet(command: Buffer, lines: string[]): void {
    const hostname = /^\S+ +([\x21-\x7e\u00a0-\uffff]{1,300})\s*$/.exec(command.toString())?.[1];
    if (hostname === undefined) {
      this.#refuse(refusal(501, '5.5.4', 'Syntax: EHLO hostname'), 'EHLO');
      return;
    }
    this.hostNameAppearsAs = hostname.toLowerCase();
    this._resetSession();
    this.send(250, lines, false);
  }

  override handler_HELP(_command: Buffer, callback: () => void): void {
    this.#say({ code: 214, status: '2.0.0', text: 'Mail is submitted here as RFC 5321 and RFC 6409 say' });
    callback();
  }

  /** Of no SMTP: a load balancer that is not among the listener's proxies would pass for its clients. */
  handler_PROXY(_command: Buffer, callback: () => void): void {
    this.#context.log.warn({ client: this.remoteAddress }, 'A PROXY header came from an address that is not in submission.listeners.proxy');
    this.#refuse(refusal(421, '4.7.0', 'PROXY is not taken from your address'), 'PROXY');
    callback();
  }

  get #authAllowed(): boolean {
    return this.secure || this.#listener.authWithoutTls;
  }

  override handler_AUTH(command: Buffer, callback: () => void): void {
    // RFC 4954 §6: 538 was its forerunner's; clients and people know it better than 504.
    const reply = this.#authAllowed
      ? this.#transaction === null
        ? null
        : refusal(503, '5.5.1', 'AUTH is not allowed within a mail transaction') // RFC 4954 §4
      : refusal(538, '5.7.11', 'Encryption required: send STARTTLS first');
    if (reply === null) {
      super.handler_AUTH(command, callback);
      return;
    }
    this.#refuse(reply, 'AUTH');
    callback();
  }

  /** From smtp-server's SASL exchange, by way of the server. */
  async authenticate(
    auth: SMTPServerAuthentication,
    callback: (error: Error | null, response?: SMTPServerAuthenticationResponse) => void,
  ): Promise<void> {
    const { authenticator, policy, authDelay, log } = this.#context;
    const user = auth.username ?? '';
    const verdict = await authenticator.verify({ client: this.client, user, password: auth.password ?? '' }, policy.accounts);
    // RFC 4616 §2: to act as another than the one whose password is given is not offered.
    const another = auth.authzid !== undefined && auth.authzid !== '' && auth.authzid !== user;
    switch (verdict.kind) {
      case 'accepted':
        this.#described = null;
        callback(null, another ? failure(535, 'Acting as another account is not offered') : { user });
        return;
      case 'throttled':
        log.warn({ client: this.remoteAddress, user }, 'AUTH not checked: too many failures lately');
        callback(null, failure(454, 'Too many failed authentications lately; try again in some minutes'));
        this.#countAuthFailure();
        return;
      case 'refused': {
        log.warn({ client: this.remoteAddress, user, steps: verdict.steps }, 'AUTH failed');
        await delay(Math.min(authDelay.first * 2 ** (verdict.steps - 1), authDelay.longest));
        callback(null, failure(535, 'Unknown account or wrong password'));
        this.#countAuthFailure();
        return;
      }
      default:
        verdict satisfies never;
    }
  }

  #countAuthFailure(): void {
    this.#authFailures++;
    if (this.#authFailures >= this.#context.policy.limits.authFailures) this.close();
  }

  // ── The mail transaction ──

  override handler_MAIL(command: Buffer, callback: () => void): void {
    const reply = this.#mail(command);
    if (reply === null) this.send(250, '2.1.0 Sender ok', false);
    else this.#refuse(reply, 'MAIL');
    callback();
  }

  #mail(command: Buffer): Refusal | null {
    if (this.#transaction !== null) return refusal(503, '5.5.1', 'A mail transaction is open already; RSET ends it');
    const account = this.#account();
    if (account === null) return AUTH_REQUIRED;
    const { limits } = this.#context.policy;
    const parsed = parseMailCommand(command, { futureRelease: limits.futureRelease > 0 });
    if (!parsed.ok) return parsed.refusal;
    const mail = parsed.value;
    // RFC 8689 §2: it is no part of a session in clear.
    if (mail.requireTls && !this.secure) return TLS_NEEDED;
    const release = releaseTime(mail.hold, this.#context.now(), limits.futureRelease);
    if (typeof release === 'object' && release !== null) return release;
    // RFC 1870 §6.1: what is declared too big is refused before it is sent.
    if (mail.size !== null && mail.size > limits.messageSize) {
      return tooBig(limits.messageSize);
    }
    const reply = senderRefusal(account, mail.reversePath) ?? this.#storeRefusal(mail, limits.queue);
    if (reply !== null) return reply;
    this.#transaction = { account: account.name, mail, releaseAt: release, recipients: [], byAddress: null };
    return null;
  }

  /** Of the configuration as it is now: an account may have gone since it authenticated. */
  #account(): Account | null {
    const { policy } = this.#context;
    const user: unknown = this.session.user;
    if (typeof user === 'string') return policy.accounts.get(user) ?? null;
    return this.#trusted ? (policy.accounts.get(DEFAULT_ACCOUNT) ?? null) : null;
  }

  #storeRefusal(mail: MailCommand, queue?: number): Refusal | null {
    const { store, diskFloor } = this.#context;
    return storeRefusal(store, { size: mail.size ?? 0, diskFloor, ...(queue === undefined ? {} : { queue }) });
  }

  override handler_RCPT(command: Buffer, callback: () => void): void {
    const reply = this.#rcpt(command);
    if (reply === null) this.send(250, '2.1.5 Recipient ok', false);
    else this.#refuse(reply, 'RCPT');
    callback();
  }

  #rcpt(command: Buffer): Refusal | null {
    const transaction = this.#transaction;
    if (transaction === null) return NO_MAIL;
    const { hostname, reportDomain, policy } = this.#context;
    const parsed = parseRcptCommand(command, { smtputf8: transaction.mail.smtputf8, hostname });
    if (!parsed.ok) return parsed.refusal;
    const reply = recipientRefusal(parsed.value.address, reportDomain);
    return reply ?? addRecipient(transaction, parsed.value, policy.limits.recipients);
  }

  override handler_DATA(command: Buffer, callback: () => void): void {
    const transaction = this.#transaction;
    const reply = this.#dataRefusal(command, transaction);
    if (reply !== null || transaction === null || !(this._parser instanceof SubmissionParser)) {
      this.#refuse(reply ?? NO_MAIL, 'DATA');
      callback();
      return;
    }
    const { mail, recipients, account, releaseAt } = transaction;
    const { reversePath, ret, envid, smtputf8, eightBitMime } = mail;
    const envelope = { reversePath, recipients, ret, envid, smtputf8, eightBitMime, ...(mail.requireTls ? { requireTls: true } : {}) };
    const client = this.#client();
    const session = { esmtp: this.openingCommand === 'EHLO', tls: client.tls !== null, authenticated: client.user !== null, smtputf8 };
    const { limits } = this.#context.policy;
    const submitted = { account, client, envelope, protocol: smtpProtocol(session), ...(releaseAt === null ? {} : { releaseAt }) };
    this.#intake = new ContentIntake(this.#context, submitted, limits);
    // The idle time is smtp-server's, and each octet begins it anew: this one nothing extends.
    this.#deadline = setTimeout(() => this.#tooLate(), limits.data);
    this._parser.beginData();
    this.send(354, 'End data with <CR><LF>.<CR><LF>', false);
    callback();
  }

  #dataRefusal(command: Buffer, transaction: Transaction | null): Refusal | null {
    if (transaction === null) return NO_MAIL;
    if (transaction.recipients.length === 0) return refusal(503, '5.5.1', 'Send RCPT first'); // RFC 5321 §4.1.1.4
    if (command.toString('latin1').trim().length > 4) return refusal(501, '5.5.4', 'Syntax: DATA');
    return this.#storeRefusal(transaction.mail);
  }

  /** The same object for all messages of a session, as long as nothing of it changes. */
  #client(): SubmissionClient {
    const user: unknown = this.session.user;
    this.#described ??= {
      address: this.remoteAddress,
      helo: String(this.hostNameAppearsAs).replace(/[\x00-\x1f\x7f-\x9f]/g, ''),
      tls:
        this._socket instanceof TLSSocket
          ? { version: this._socket.getProtocol() ?? '', cipher: this._socket.getCipher()?.name ?? '' }
          : null,
      user: typeof user === 'string' ? user : null,
    };
    return this.#described;
  }

  // ── DATA ──

  #content(content: Buffer, fault: DataFault | null, octets: number): Promise<void> | undefined {
    const intake = this.#intake;
    if (intake === null) return undefined;
    const pending = intake.take(content, fault, octets);
    if (intake.tooBig) this.#cut(intake);
    return pending;
  }

  #tooLate(): void {
    // A message that is whole is being recorded: the client gets to know.
    if (this.#intake !== null && !this.#intake.committing) this.#refuse(TOO_LATE, 'DATA');
  }

  /** R31: what goes on past the limit is not read to its end. */
  #cut(intake: ContentIntake): void {
    clearTimeout(this.#deadline);
    this.#intake = null;
    intake.abort();
    this.#refuse(intake.refusal, 'DATA');
    this.#closeUnread();
  }

  /** What still comes in is not run, and read only so that the client may find the reply before it. */
  #closeUnread(): void {
    this.close();
    let discarded = 0;
    this._socket.on('data', (chunk: Buffer) => {
      discarded += chunk.length;
      if (discarded > DISCARD_LIMIT) this._socket.destroy();
    });
  }

  #endOfData(resume: () => void, disputed: boolean): void {
    const intake = this.#intake;
    if (intake === null) {
      resume();
      return;
    }
    if (disputed) {
      // R36: to whoever sees no end of data here, what follows are no commands but the message.
      this.#cut(intake);
      return;
    }
    intake.finish().then((result) => this.#answerData(result, resume), resume);
  }

  #answerData(result: IntakeResult, resume: () => void): void {
    clearTimeout(this.#deadline);
    this.#intake = null;
    this.#transaction = null;
    this._unrecognizedCommands = 0;
    if (result.kind === 'recorded') {
      this.#context.recorded++;
      this.send(250, `2.0.0 Recorded as ${result.message.id}`, false);
    } else this.#refuse(result.refusal, 'DATA');
    if (this.#draining) this.#shutDown();
    resume();
  }
}

const CONTROLS = /[\x00-\x1f\x7f-\x9f]/;

function oneLine(text: string): string {
  return CONTROLS.test(text) ? text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ') : text;
}

function failure(responseCode: number, message: string): SMTPServerAuthenticationResponse {
  return { responseCode, message };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
