/**
 * The sandbox's next hop: a mail server on loopback that answers by local part, so that everything a
 * relay can meet is seen without a message leaving the machine.
 *
 *     bounce 550 5.1.1   full 552 5.2.2   blocked 554 5.7.1   defer 451 4.2.0, then 250
 *     greylist 451 4.7.1 for some seconds   slow a late 250   anything else 250
 *     late-bounce, confirm, complaint: 250, and a report to the reverse-path some seconds later
 *     stray-bounce: 250, and a bounce to the domain of the reverse-path, which tells no message
 *
 * Upstream: the delivery's `sandbox` routes. Downstream: the report listener, by real SMTP.
 * Standards: RFC 5321, RFC 3461 (it offers DSN), RFC 3464, RFC 5965. Failure: nothing is kept; a
 * report that can not be sent is logged and dropped.
 */
import { randomBytes } from 'node:crypto';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Log } from '../../domain/log.ts';
import { type Behaviour, Behaviours, standingBehaviour, withNotify } from './behaviour.ts';
import { composeReport } from './compose.ts';
import { sendReport } from './send-report.ts';

export interface SandboxDelays {
  /** How long `greylist` is put off. */
  readonly greylist: number;
  /** Before `slow` gets its 250. */
  readonly slow: number;
  /** From the 250 to the report. */
  readonly report: number;
}

export interface SandboxHopOptions {
  readonly hostname: string;
  /** Where reports go; null: none are sent. */
  readonly reportTo: { readonly host: string; readonly port: number } | null;
  readonly log: Log;
  readonly delays?: Partial<SandboxDelays>;
}

export interface SandboxHop {
  readonly host: '127.0.0.1';
  readonly port: number;
  stop(): Promise<void>;
}

const DELAYS: SandboxDelays = { greylist: 8_000, slow: 5_000, report: 4_000 };
const MESSAGE_LIMIT = 50 * 1024 * 1024;
/** Of each message so much is kept, for the headers in a report. */
const HEADERS_LIMIT = 8 * 1024;
/** Reports waiting to be sent. */
const REPORT_LIMIT = 1_000;

export async function startSandboxHop(options: SandboxHopOptions): Promise<SandboxHop> {
  const hop = new Sandbox(options);
  return { host: '127.0.0.1', port: await hop.listen(), stop: () => hop.stop() };
}

interface Recipient {
  readonly address: string;
  readonly orcpt: string | null;
  readonly behaviour: Behaviour;
}

class Sandbox {
  readonly #options: SandboxHopOptions;
  readonly #delays: SandboxDelays;
  readonly #behaviours: Behaviours;
  readonly #server: SMTPServer;
  readonly #timers = new Set<NodeJS.Timeout>();
  #taken = 0;

  constructor(options: SandboxHopOptions) {
    this.#options = options;
    this.#delays = { ...DELAYS, ...options.delays };
    this.#behaviours = new Behaviours({ greylist: this.#delays.greylist, now: Date.now });
    this.#server = new SMTPServer({
      name: options.hostname,
      banner: 'relais sandbox hop',
      logger: false,
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS', 'WIZ', 'SHELL', 'KILL'],
      disableReverseLookup: true,
      hideDSN: false,
      size: MESSAGE_LIMIT,
      socketTimeout: 60_000,
      closeTimeout: 100,
      onRcptTo: (address, session, done) => {
        const { refusal } = this.#behaviours.of(senderOf(session), address.address);
        done(refusal === null ? null : Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
      },
      onData: (stream, session, done) => this.#take(stream, session, done),
    });
    this.#server.on('error', (error) => options.log.debug({ err: error }, 'sandbox hop: a connection ended in an error'));
  }

  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const listener = this.#server.listen(0, '127.0.0.1', () => {
        this.#server.removeListener('error', reject);
        const address = listener.address();
        if (address === null || typeof address === 'string') reject(new Error('sandbox hop: no port'));
        else resolve(address.port);
      });
    });
  }

  #take(stream: SMTPServerDataStream, session: SMTPServerSession, done: (error?: Error | null, reply?: string) => void): void {
    const sender = senderOf(session);
    const recipients = session.envelope.rcptTo.map(
      ({ address, dsn }): Recipient => ({
        address,
        orcpt: dsn?.orcpt ?? null,
        behaviour: withNotify(standingBehaviour(address), dsn?.notify ?? []),
      }),
    );
    const head: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      if (size < HEADERS_LIMIT) head.push(chunk.subarray(0, HEADERS_LIMIT - size));
      size += chunk.length;
    });
    stream.on('end', () => {
      const envid = session.envelope.dsn?.envid ?? null;
      const headers = headersOf(Buffer.concat(head).toString('latin1'));
      for (const recipient of recipients) this.#promiseReport({ sender, recipient, envid, headers });
      const reply = (): void => done(null, `2.0.0 Ok: queued as SANDBOX-${++this.#taken}`);
      if (recipients.some(({ behaviour }) => behaviour.slow)) this.#after(this.#delays.slow, reply);
      else reply();
    });
  }

  #promiseReport(request: {
    readonly sender: string;
    readonly recipient: Recipient;
    readonly envid: string | null;
    readonly headers: string;
  }): void {
    const { hostname, reportTo, log } = this.#options;
    const { recipient, sender } = request;
    const { report } = recipient.behaviour;
    // RFC 5321 §4.5.5: nothing is ever sent to the null reverse-path.
    if (report === null || reportTo === null || sender === '') return;
    if (this.#timers.size >= REPORT_LIMIT) {
      log.warn({ recipient: recipient.address }, 'sandbox hop: too many reports are waiting, this one is dropped');
      return;
    }
    const to = report === 'stray' ? `bounces${sender.slice(sender.lastIndexOf('@'))}` : sender;
    const arrivedAt = new Date();
    this.#after(this.#delays.report, () => {
      const text = composeReport({
        report,
        hostname,
        returnPath: to,
        recipient: recipient.address,
        orcpt: recipient.orcpt,
        envid: request.envid,
        headers: request.headers,
        arrivedAt,
        sentAt: new Date(),
        id: randomBytes(12).toString('hex'),
      });
      sendReport({ ...reportTo, hostname, to, text }).catch((error: unknown) =>
        log.warn({ err: error, recipient: recipient.address }, 'sandbox hop: a report could not be sent'),
      );
    });
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function senderOf(session: SMTPServerSession): string {
  const { mailFrom } = session.envelope;
  return mailFrom === false ? '' : mailFrom.address;
}

function headersOf(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? text : text.slice(0, end + 2);
}
