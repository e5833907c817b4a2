/** Our trace field (RFC 5321 §4.4), which is forwarded in front of the message. Pure. */
import { isIP } from 'node:net';
import type { EnvelopeRecipient } from '../../domain/envelope.ts';
import type { MessageId } from '../../domain/ids.ts';

export interface TraceSubject {
  /** Whom it came from; null: relais itself. */
  readonly from: {
    /** The client's EHLO or HELO argument: anything it liked to say. */
    readonly helo: string;
    /** The client's IP address; '' where it is not known. */
    readonly address: string;
  } | null;
  readonly hostname: string;
  /** After `with`: see `smtpProtocol`; HTTP; local. */
  readonly protocol: string;
  readonly id: MessageId;
  readonly recipients: readonly EnvelopeRecipient[];
  /** Unix milliseconds. */
  readonly at: number;
}

/** A domain or an address literal: the only thing of the client's that may stand in the field bare. */
const HELO = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[A-Za-z0-9.:-]+\])$/;
const HELO_LIMIT = 255;

/** RFC 5321 §4.1.3, of an address that the system gave. */
function addressLiteral(address: string): string {
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
}

export interface SmtpSession {
  readonly esmtp: boolean;
  readonly tls: boolean;
  readonly authenticated: boolean;
  readonly smtputf8: boolean;
}

/** RFC 3848 and RFC 6531 §4.3: the protocol and what it ran over. */
export function smtpProtocol({ esmtp, tls, authenticated, smtputf8 }: SmtpSession): string {
  if (!esmtp) return 'SMTP';
  return `${smtputf8 ? 'UTF8SMTP' : 'ESMTP'}${tls ? 'S' : ''}${authenticated ? 'A' : ''}`;
}

let lastSecond = Number.NaN;
let lastDate = '';

/** RFC 5322 §3.3, in UTC. The same second is asked for thousands of times. */
export function dateTime(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(second * 1000).toUTCString().replace('GMT', '+0000');
  }
  return lastDate;
}

/** The from-domain of RFC 5321 §4.4, up to the `by`; what is of our own making comes from nowhere. */
function fromDomain(from: TraceSubject['from']): string {
  if (from === null || isIP(from.address) === 0) return '';
  const literal = addressLiteral(from.address);
  const helo = from.helo.length <= HELO_LIMIT && HELO.test(from.helo) ? from.helo : literal;
  return `from ${helo} (${literal})\r\n\t`;
}

/** The field, folded, with its final CRLF. Names a recipient only when there is one, so that Bcc stays blind (§7.2). */
export function receivedField(subject: TraceSubject): string {
  const [only, ...others] = subject.recipients;
  const recipient = only === undefined || others.length > 0 ? '' : `\r\n\tfor <${only.address}>`;
  return (
    `Received: ${fromDomain(subject.from)}by ${subject.hostname} with ${subject.protocol} id ${subject.id}${recipient};\r\n` +
    `\t${dateTime(subject.at)}\r\n`
  );
}
