/** `relais send`: a message through the send API, composed from options or a file as it is. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { localTime, printable, type Terminal } from './terminal.ts';

export interface SendOptions {
  readonly from?: string;
  readonly to?: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject?: string;
  readonly text?: string;
  readonly html?: string;
  readonly attach?: readonly string[];
  readonly raw?: string;
  readonly account?: string;
  readonly sendAt?: string;
  readonly document?: string;
  readonly documentType?: string;
  readonly contact?: string;
  readonly administration?: string;
  readonly template?: string;
  readonly notify?: readonly string[];
  readonly json?: boolean;
}

interface Sent {
  readonly id: string;
  readonly recipients: readonly string[];
  readonly releaseAt: string | null;
}

export async function send(api: Api, options: SendOptions, terminal: Terminal): Promise<void> {
  if (options.from === undefined) throw new CommandError(EXIT.usage, 'Give --from: the sender.');
  const sent = await (options.raw === undefined ? sendComposed(api, options) : sendRaw(api, options.raw, options));
  if (options.json === true) {
    terminal.print(JSON.stringify(sent));
    return;
  }
  const when = sent.releaseAt === null ? '' : `, to be sent at ${localTime(sent.releaseAt)}`;
  terminal.print(`${terminal.colors.bold(sent.id)}  recorded for ${printable(sent.recipients.join(', '))}${when}`);
  terminal.note(terminal.colors.dim(`More: relais status ${sent.id}`));
}

function sendRaw(api: Api, file: string, { from, to, cc, bcc, account, sendAt, notify }: SendOptions): Promise<Sent> {
  const recipient = [...(to ?? []), ...(cc ?? []), ...(bcc ?? [])];
  return api.postRaw<Sent>('/messages', { from, recipient, account, sendAt, notify: notify?.join(',') }, read(file));
}

function sendComposed(api: Api, options: SendOptions): Promise<Sent> {
  const { from, to, cc, bcc, subject, account, sendAt, document, documentType, contact, administration, template, notify } = options;
  const references = defined({ document, documentType, contact, administration, template });
  const body = defined({
    from,
    to,
    cc,
    bcc,
    subject,
    text: options.text === '-' ? read('-').toString('utf8') : options.text,
    html: options.html === undefined ? undefined : read(options.html).toString('utf8'),
    attachments: options.attach?.map((file) => ({ filename: basename(file), content: read(file).toString('base64') })),
    account,
    sendAt,
    notify: notify?.length === 1 && notify[0] === 'never' ? 'never' : notify,
  });
  return api.post<Sent>('/messages', Object.keys(references).length === 0 ? body : { ...body, references });
}

function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** "-": standard input. */
function read(file: string): Buffer {
  return readFileSync(file === '-' ? 0 : file);
}
