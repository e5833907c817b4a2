/** `relais send-test --to ADDRESS`: submits a message to the relay over SMTP, as an ERP would, and follows it. */
import { createTransport } from 'nodemailer';
import type { Control } from '../config/index.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Attempt, type Detail, formatReply, type Recipient } from './messages.ts';
import { localTime, paintState, printable, type Terminal } from './terminal.ts';

export interface SendTestOptions {
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Milliseconds to follow it. */
  readonly wait: number;
  readonly json?: boolean | undefined;
}

const POLL = 250;

export async function sendTest(
  api: Api,
  control: Pick<Control, 'submission'>,
  options: SendTestOptions,
  terminal: Terminal,
): Promise<void> {
  const id = await submit(control, options, terminal);
  const detail = await follow(api, id, options, terminal);
  if (options.json === true) terminal.print(JSON.stringify(detail));
  else terminal.note(terminal.colors.dim(`More: relais status ${id}`));
  if (detail.recipients.some(({ state }) => state === 'failed' || state === 'expired'))
    throw new CommandError(EXIT.negative, 'It was not delivered.');
}

async function submit(control: Pick<Control, 'submission'>, options: SendTestOptions, terminal: Terminal): Promise<string> {
  const listener = control.submission.find(({ tls }) => tls !== 'implicit') ?? control.submission[0];
  if (listener === undefined) throw new CommandError(EXIT.unavailable, 'The relay listens nowhere.');
  const host = listener.address === '0.0.0.0' ? '127.0.0.1' : listener.address === '::' ? '::1' : listener.address;
  const { user, password } = options;
  const transport = createTransport({
    host,
    port: listener.port,
    secure: listener.tls === 'implicit',
    // Our own listener on our own machine: its certificate is for its name, not for this address.
    tls: { rejectUnauthorized: false },
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  });
  try {
    const sent = await transport.sendMail({
      envelope: { from: options.from, to: [options.to] },
      from: options.from,
      to: options.to,
      subject: options.subject,
      text: 'This is a test of relais. Nobody needs to answer.\r\n',
    });
    const id = /Recorded as ([0-9A-Z]{26})/.exec(sent.response)?.[1];
    if (id === undefined) throw new CommandError(EXIT.internal, `The relay answered without an id: ${printable(sent.response)}`);
    if (options.json !== true) terminal.print(`${terminal.colors.bold(id)}  recorded`);
    return id;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { response, code } = error as { response?: string; code?: string };
    const said = printable(response ?? (error instanceof Error ? error.message : String(error)));
    throw new CommandError(
      response === undefined ? EXIT.unavailable : EXIT.negative,
      `The relay at ${host}:${listener.port} did not take it: ${said}`,
      adviceFor(code),
    );
  } finally {
    transport.close();
  }
}

function adviceFor(code: string | undefined): string | null {
  return code === 'EAUTH' || code === 'EENVELOPE' ? 'Give --user and --password of an account, or a --from that it may use.' : null;
}

/** Until no recipient waits for its first result, or the time is over. */
async function follow(api: Api, id: string, options: SendTestOptions, terminal: Terminal): Promise<Detail> {
  const told = new Set<string>();
  const polls = Math.ceil(options.wait / POLL);
  for (let poll = 0; ; poll++) {
    const detail = await api.get<Detail>(`/messages/${id}`);
    for (const recipient of detail.recipients) if (options.json !== true) tell(recipient, told, terminal);
    const waiting = detail.recipients.some(({ state }) => state === 'queued' || state === 'deferred');
    if (!waiting || poll >= polls) return detail;
    await new Promise((resolve) => setTimeout(resolve, POLL));
  }
}

function tell(recipient: Recipient, told: Set<string>, terminal: Terminal): void {
  for (const attempt of recipient.attempts.filter(({ outcome }) => outcome !== null)) {
    const key = `${recipient.address} ${attempt.number}`;
    if (told.has(key)) continue;
    told.add(key);
    terminal.print(
      `${localTime(attempt.at)}  ${printable(recipient.address)}  ${paintState(terminal.colors, String(attempt.outcome))}  ${saidIn(attempt)}`,
    );
  }
}

function saidIn(attempt: Attempt): string {
  return attempt.reply === null ? printable(attempt.error ?? '') : formatReply(attempt.reply);
}
