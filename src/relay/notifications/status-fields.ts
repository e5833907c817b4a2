/**
 * The machine-readable part of a notification: message/delivery-status (RFC 3464 §2), and
 * message/global-delivery-status (RFC 6533 §4) for senders who speak SMTPUTF8 and recipients whose
 * address is not ASCII. Pure.
 *
 * Nothing of what others said leaves the line it belongs on: controls become spaces; what is not
 * ASCII becomes `?` where the part is ASCII.
 */
import { isIP } from 'node:net';
import { type Address, asciiAddress } from '../../domain/address.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { NotificationKind } from '../../domain/notification.ts';
import type { NotifiedRecipient } from './facts.ts';

export interface StatusSubject {
  readonly message: AcceptedMessage;
  readonly recipients: readonly NotifiedRecipient[];
  /** Of this relay. */
  readonly hostname: string;
  /** As UTF-8 (RFC 6533 §4), not ASCII. */
  readonly global: boolean;
}

/** RFC 3464 §2.3.3. */
const ACTIONS: Readonly<Record<NotificationKind, string>> = {
  failed: 'failed',
  correction: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
};

/** Whether the sender can read, and needs, the form of RFC 6533. */
export function needsGlobal({ envelope }: AcceptedMessage, recipients: readonly NotifiedRecipient[]): boolean {
  return (
    envelope.smtputf8 &&
    recipients.some(({ address, orcpt }) => asciiAddress(address) === undefined || (orcpt !== null && NON_ASCII.test(orcpt.address)))
  );
}

const NON_ASCII = /[^\x00-\x7f]/;

/** Groups of fields, parted by empty lines (RFC 3464 §2.1), with CRLF. */
export function statusFields(subject: StatusSubject): string {
  const groups = [messageFields(subject), ...subject.recipients.map((recipient) => recipientFields(recipient, subject))];
  return groups.map((fields) => fields.map(([name, value]) => fold(`${name}: ${clean(value, subject.global)}\r\n`)).join('')).join('\r\n');
}

type Fields = readonly (readonly [name: string, value: string])[];

function messageFields({ message, hostname }: StatusSubject): Fields {
  const { envid } = message.envelope;
  return [
    ...(envid === null ? [] : [['Original-Envelope-Id', envid] as const]), // RFC 3464 §2.2.1
    ['Reporting-MTA', `dns; ${hostname}`], // §2.2.2
    ...clientName(message).map((name) => ['Received-From-MTA', `dns; ${name}`] as const), // §2.2.4
    ['Arrival-Date', dateTime(message.acceptedAt)], // §2.2.5
  ];
}

function recipientFields(recipient: NotifiedRecipient, { message, global }: StatusSubject): Fields {
  const { address, orcpt, kind, status, remoteMta, diagnostic, lastAttemptAt, willRetryUntil } = recipient;
  return [
    // RFC 3464 §2.3.1: only what the sender gave by ORCPT.
    ...(orcpt === null ? [] : [['Original-Recipient', typed(orcpt.type, orcpt.address, global)] as const]),
    ['Final-Recipient', finalRecipient(address, global)], // §2.3.2
    ['Action', ACTIONS[kind]], // §2.3.3
    ['Status', status], // §2.3.4
    ...(remoteMta === null ? [] : [['Remote-MTA', `dns; ${remoteMta}`] as const]), // §2.3.5
    ...(diagnostic === null ? [] : [['Diagnostic-Code', `${diagnostic.type}; ${diagnostic.text}`] as const]), // §2.3.6
    ...(lastAttemptAt === null ? [] : [['Last-Attempt-Date', dateTime(lastAttemptAt)] as const]), // §2.3.7
    ['Final-Log-ID', message.id], // §2.3.8
    ...(willRetryUntil === null ? [] : [['Will-Retry-Until', dateTime(willRetryUntil)] as const]), // §2.3.9
  ];
}

/** A domain alone goes as A-label; a local part beyond ASCII needs the type utf-8 (RFC 6533 §3). */
function finalRecipient(address: Address, global: boolean): string {
  const ascii = asciiAddress(address);
  return ascii === undefined ? typed('utf-8', address, global) : `rfc822; ${ascii}`;
}

/** RFC 6533 §3: as UTF-8 in the global form, else what is not ASCII is embedded. */
function typed(type: string, address: string, global: boolean): string {
  if (!NON_ASCII.test(address)) return `${type}; ${address}`;
  return `utf-8; ${global ? address : [...address].map(embedded).join('')}`;
}

function embedded(char: string): string {
  return char > '\x7f' ? `\\x{${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()}}` : char;
}

const NAME = /^(?=.{1,255}$)[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** The name it gave with EHLO, where that is one; else its address. None: it did not come from a server. */
function clientName({ client }: AcceptedMessage): string[] {
  if (client.helo !== '' && NAME.test(client.helo)) return [client.helo];
  const version = isIP(client.address);
  if (version === 0) return [];
  return [version === 6 ? `[IPv6:${client.address}]` : `[${client.address}]`]; // RFC 5321 §4.1.3
}

/** RFC 5322 §3.3, in UTC. */
export function dateTime(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

function clean(value: string, global: boolean): string {
  const line = value.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ').trim();
  return global ? line : line.replace(/[^\x20-\x7e]/gu, '?');
}

/** RFC 5322 §2.1.1: lines of 78 where there is a space to fold at, of 998 in any case. */
const LINE = 78;
const HARD_LINE = 900;

function fold(line: string): string {
  const words = line.trimEnd().split(/(?<=\S)(?= )/);
  let text = '';
  let length = 0;
  for (const word of words) {
    for (const part of chunks(word)) {
      if (length > 0 && length + part.length > LINE) {
        text += `\r\n${part.startsWith(' ') ? '' : ' '}`;
        length = 0;
      }
      text += part;
      length += part.length;
    }
  }
  return `${text}\r\n`;
}

function chunks(word: string): readonly string[] {
  return word.length <= HARD_LINE ? [word] : (word.match(/.{1,900}/gsu) ?? [word]);
}
