/**
 * The MAIL and RCPT commands of a transaction, by what the next hop offers. Pure.
 *
 * Standards: RFC 5321 §4.1.1.2 and .3, RFC 1870 (SIZE), RFC 6152 (8BITMIME), RFC 6531 (SMTPUTF8),
 * RFC 3461 §5.2.1 (what a relay passes on of the DSN parameters, and that ORCPT alone may be added
 * where the return path is the ERP's),
 * RFC 5891 (an internationalised domain goes out as A-label).
 */
import { type Address, asciiAddress, localPartOf, type ReversePath } from '../../domain/address.ts';
import type { Envelope, EnvelopeRecipient, Notify, OriginalRecipient } from '../../domain/envelope.ts';
import type { Reply } from '../../domain/reply.ts';

export interface Extensions {
  has(keyword: string): boolean;
}

export interface TransactionEnvelope {
  /** As it goes out: the ERP's own, or a token address. */
  readonly reversePath: ReversePath;
  /** The reverse-path is a token address of ours: reports come to relais, which tells the ERP. */
  readonly ownPath: boolean;
  /** As the ERP gave it. */
  readonly envelope: Envelope;
  readonly recipients: readonly EnvelopeRecipient[];
  /** Octets that follow DATA, dots not stuffed. */
  readonly size: number;
  /** The content, in the form it goes out in, has octets above 127. */
  readonly eightBit: boolean;
  /** The header section has octets above 127 and the client declared SMTPUTF8. */
  readonly utf8Headers: boolean;
}

/** What to send, and which recipients can not be sent to this hop at all. */
export interface TransactionCommands {
  readonly mail: string;
  readonly rcpts: readonly string[];
  /** Indexes into `recipients` of those in `rcpts`. */
  readonly included: readonly number[];
  /** By index into `recipients`: why it is left out. */
  readonly refused: ReadonlyMap<number, Reply>;
}

/** RFC 6531 §3.5: a recipient that needs SMTPUTF8 fails where the next hop does not offer it. */
const NEEDS_SMTPUTF8: Reply = { code: 553, status: '5.6.7', text: 'needs SMTPUTF8, which the next hop does not offer' };

export function transactionCommands(transaction: TransactionEnvelope, extensions: Extensions): TransactionCommands {
  const { recipients } = transaction;
  const offered = extensions.has('SMTPUTF8');
  const from = pathText(transaction.reversePath);
  const paths = recipients.map(({ address }) => asciiAddress(address));
  const allNeed = from.utf8 || transaction.utf8Headers;
  const refused = new Map<number, Reply>();
  const included: number[] = [];
  for (const [i, path] of paths.entries()) {
    if (!offered && (allNeed || path === undefined)) refused.set(i, NEEDS_SMTPUTF8);
    else included.push(i);
  }
  const smtputf8 = offered && (allNeed || paths.includes(undefined));
  const dsn = extensions.has('DSN');
  return {
    mail: `MAIL FROM:<${from.text}>${mailParameters(transaction, extensions, smtputf8)}`,
    rcpts: included.flatMap((i) => {
      const recipient = recipients[i];
      return recipient === undefined
        ? []
        : [`RCPT TO:<${paths[i] ?? recipient.address}>${dsn ? rcptParameters(recipient, transaction.ownPath) : ''}`];
    }),
    included,
    refused,
  };
}

function pathText(path: ReversePath): { text: string; utf8: boolean } {
  if (path.kind === 'null') return { text: '', utf8: false }; // RFC 5321 §4.5.5
  const ascii: Address | undefined = asciiAddress(path.address);
  return { text: ascii ?? path.address, utf8: ascii === undefined };
}

function mailParameters(transaction: TransactionEnvelope, extensions: Extensions, smtputf8: boolean): string {
  const { envelope, size, eightBit } = transaction;
  let text = '';
  if (extensions.has('SIZE')) text += ` SIZE=${size}`; // RFC 1870 §3
  if ((eightBit || envelope.eightBitMime) && extensions.has('8BITMIME')) text += ' BODY=8BITMIME'; // RFC 6152 §2
  if (smtputf8) text += ' SMTPUTF8'; // RFC 6531 §3.4
  if (envelope.requireTls === true && extensions.has('REQUIRETLS')) text += ' REQUIRETLS'; // RFC 8689 §4.2
  if (extensions.has('DSN')) {
    if (envelope.ret !== null) text += ` RET=${envelope.ret.toUpperCase()}`; // RFC 3461 §4.3
    const envid = envelope.envid ?? ownEnvid(transaction);
    if (envid !== null) text += ` ENVID=${xtext(envid)}`; // RFC 3461 §4.4
  }
  return text;
}

/**
 * Under a return path of ours this is a new envelope with relais as its sender, and where the ERP
 * named none it is named by its token: a report whose return path was lost still says it. What only
 * relays adds none (RFC 3461 §5.2.1 (a)).
 */
function ownEnvid({ ownPath, reversePath }: TransactionEnvelope): string | null {
  return ownPath && reversePath.kind === 'address' ? localPartOf(reversePath.address) : null;
}

function rcptParameters({ address, notify: asked, orcpt }: EnvelopeRecipient, ownPath: boolean): string {
  const notify = ownPath ? ownNotify(asked) : asked;
  const original = orcpt !== null ? orcptText(orcpt) : notify === 'never' ? null : ownOrcpt(address);
  return (notify === null ? '' : ` NOTIFY=${notifyText(notify)}`) + (original === null ? '' : ` ORCPT=${original}`);
}

/**
 * Under a return path of ours the reports are for relais: it wants to hear of every failure and
 * delay, also where the ERP does not, and keeps what it hears from a sender who said NEVER.
 */
function ownNotify(asked: Notify | null): Notify | null {
  if (asked === null) return null;
  return asked !== 'never' && asked.includes('success') ? ['success', 'failure', 'delay'] : ['failure', 'delay'];
}

/** RFC 3461 §4.2: no ORCPT is longer. */
const ORCPT_LIMIT = 500;

/** RFC 3461 §5.2.1(d): one that is added holds the address as it was received; reports then name it, whatever aliases do. */
function ownOrcpt(address: Address): string | null {
  const text = orcptText({ type: 'rfc822', address });
  return text.length <= ORCPT_LIMIT ? text : null;
}

/** RFC 3461 §4.1. */
function notifyText(notify: Notify): string {
  return notify === 'never' ? 'NEVER' : notify.map((word) => word.toUpperCase()).join(',');
}

/** RFC 3461 §4.2; an address beyond ASCII as utf-8-addr-xtext of RFC 6533 §3, which every hop can carry. */
function orcptText({ type, address }: OriginalRecipient): string {
  if (!/[^\x00-\x7f]/.test(address)) return `${type};${xtext(address)}`;
  return `utf-8;${[...address].map(embed).join('')}`;
}

/** RFC 6533 §3: what is no QCHAR is embedded; a backslash begins what is embedded already. */
function embed(char: string): string {
  const point = char.codePointAt(0) ?? 0;
  return /[!-*,-<>-~]/.test(char) ? char : `\\x{${point.toString(16).toUpperCase()}}`;
}

/** RFC 3461 §4, xtext. */
export function xtext(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^\x21-\x2a\x2c-\x3c\x3e-\x7e]/g, (char) => `+${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
