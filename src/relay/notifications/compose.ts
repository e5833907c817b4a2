/**
 * Composes a notification as a message: multipart/report (RFC 6522 §3) of a text for people, the
 * delivery status, and what is returned of the original. The adapter to nodemailer's MIME node.
 *
 *   upstream    sender.ts
 *   standards   RFC 3461 §6, RFC 3464 §2, RFC 6533 §4 and §5, RFC 3834 §5
 *   failure     rejects only for a bug: the values are made safe here and in status-fields.ts
 *
 * Set here because of nodemailer: it leaves parts of type message/* without any encoding, so that
 * each part's encoding is given; and it takes text for 7-bit only where it gets it as a string.
 */
import { isUtf8 } from 'node:buffer';
import MimeNode from 'nodemailer/lib/mime-node';
import { type Address, asciiAddress, NULL_REVERSE_PATH } from '../../domain/address.ts';
import type { Envelope } from '../../domain/envelope.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { Language } from '../../domain/settings.ts';
import { explain, subjectLine } from './explanation.ts';
import type { NotifiedRecipient } from './facts.ts';
import { needsGlobal, statusFields } from './status-fields.ts';
import { WORDINGS } from './wording.ts';

export interface NotificationDraft {
  readonly message: AcceptedMessage;
  /** The sender of `message`: who is notified. */
  readonly to: Address;
  readonly recipients: readonly NotifiedRecipient[];
  readonly returned: ReturnedContent | null;
  readonly hostname: string;
  readonly language: Language;
  readonly link: string | null;
  readonly timeZone: string;
  /** Left of the @ of its Message-ID. */
  readonly id: string;
  /** Unix milliseconds. */
  readonly now: number;
}

/** What goes back of the message, with CRLF. */
export interface ReturnedContent {
  readonly kind: 'whole' | 'headers';
  readonly bytes: Buffer;
}

export interface ComposedNotification {
  readonly envelope: Envelope;
  readonly content: Buffer;
}

export async function composeNotification(draft: NotificationDraft): Promise<ComposedNotification> {
  const { message, recipients, hostname, to, now } = draft;
  const wording = WORDINGS[draft.language];
  const root = new MimeNode('multipart/report; report-type=delivery-status');
  root.setHeader([
    // RFC 3464 §2: who reads the answers looks after the relay.
    { key: 'From', value: `"${wording.from}" <postmaster@${hostname}>` },
    { key: 'To', value: `<${asciiAddress(to) ?? to}>` },
    { key: 'Subject', value: subjectLine(draft, wording) },
    { key: 'Message-ID', value: `<${draft.id}@${hostname}>` },
    { key: 'Auto-Submitted', value: 'auto-replied' }, // RFC 3834 §5
    ...threading(message),
  ]);
  root.date = new Date(now);
  part(root, 'text/plain; charset=utf-8', 'quoted-printable', explain(draft, wording));
  const global = needsGlobal(message, recipients);
  const fields = statusFields({ message, recipients, hostname, global });
  if (global) part(root, 'message/global-delivery-status', 'quoted-printable', fields);
  else part(root, 'message/delivery-status', '7bit', fields);
  if (draft.returned !== null) addReturned(root, draft.returned, message.envelope.smtputf8);
  const content = await root.build();
  return { envelope: envelopeOf(to, content, message.envelope), content };
}

/** RFC 3461 §6.1: the null reverse-path, no RET, and NOTIFY=NEVER if any. */
function envelopeOf(to: Address, content: Buffer, original: Envelope): Envelope {
  return {
    reversePath: NULL_REVERSE_PATH,
    recipients: [{ address: to, notify: 'never', orcpt: null }],
    ret: null,
    envid: null,
    smtputf8: asciiAddress(to) === undefined,
    eightBitMime: isEightBit(content),
    // RFC 8689 §5: what tells of a message is protected as the message was, and lost where that can not be.
    ...(original.requireTls === true ? { requireTls: true } : {}),
  };
}

function threading({ headers: { messageId } }: AcceptedMessage): { key: string; value: string }[] {
  // Of what was no Message-ID (RFC 5322 §3.6.4) nothing is made.
  if (messageId === null || !/^[\x21-\x3b\x3d\x3f-\x7e]{1,250}$/.test(messageId)) return [];
  return ['In-Reply-To', 'References'].map((key) => ({ key, value: `<${messageId}>` }));
}

type Encoding = '7bit' | '8bit' | 'quoted-printable';

function part(root: MimeNode, type: string, encoding: Encoding, content: string | Buffer): void {
  const text = encoding === '7bit' && Buffer.isBuffer(content) ? content.toString('latin1') : content;
  root.createChild(type).setHeader('Content-Transfer-Encoding', encoding).setContent(text);
}

/** RFC 6522 §3, RFC 6533 §5: a header beyond ASCII is `global`, where the sender speaks SMTPUTF8. */
function addReturned(root: MimeNode, { kind, bytes }: ReturnedContent, smtputf8: boolean): void {
  const eightBit = isEightBit(bytes);
  if (kind === 'headers') {
    const global = eightBit && smtputf8 && isUtf8(bytes);
    part(root, global ? 'message/global-headers' : 'text/rfc822-headers', eightBit ? 'quoted-printable' : '7bit', bytes);
    return;
  }
  const end = bytes.indexOf('\r\n\r\n');
  const header = end === -1 ? bytes : bytes.subarray(0, end);
  const global = smtputf8 && isEightBit(header) && isUtf8(header);
  part(root, global ? 'message/global' : 'message/rfc822', eightBit ? '8bit' : '7bit', bytes);
}

function isEightBit(bytes: Buffer): boolean {
  return bytes.some((octet) => octet > 0x7f);
}
