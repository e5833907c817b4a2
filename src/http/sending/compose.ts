/**
 * Composes a message from its parts with nodemailer's MailComposer. Its quirks are dealt with here:
 * - it reads files and fetches addresses that stand in content fields, so both are switched off and
 *   it is only ever given octets;
 * - it takes line breaks as they come (`newline: 'win'` makes them CRLF);
 * - a content type `multipart/…` on an attachment becomes a node without children: refused by the
 *   caller's schema;
 * - Message-ID, Date and boundaries are its own unless given: they are given, from the sources of
 *   this process;
 * - header values with line breaks are joined silently: refused before they come here.
 */
import MailComposer from 'nodemailer/lib/mail-composer';
import { asciiAddress, asciiDomainOf } from '../../domain/address.ts';
import type { Mailbox } from './mailboxes.ts';

export interface MailParts {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly subject: string | undefined;
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly attachments: readonly AttachmentPart[];
  /** Further fields, in their order. */
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

export interface AttachmentPart {
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  readonly content: Buffer;
  /** Of a part that the HTML refers to, as `cid:…`. */
  readonly contentId: string | undefined;
}

export interface ComposeSources {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** The message with CRLF, without a Bcc field. */
export async function compose(parts: MailParts, { now, randomBytes }: ComposeSources): Promise<Buffer> {
  const hex = (length: number): string => Buffer.from(randomBytes(length)).toString('hex');
  const own = new Set(parts.headers.map(({ key }) => key.toLowerCase()));
  const composer = new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: 'win',
    from: plain(parts.from),
    ...some('to', parts.to.map(plain)),
    ...some('cc', parts.cc.map(plain)),
    ...some('replyTo', parts.replyTo.map(plain)),
    ...(parts.subject === undefined ? {} : { subject: parts.subject }),
    ...(parts.text === undefined ? {} : { text: lines(parts.text) }),
    ...(parts.html === undefined ? {} : { html: lines(parts.html) }),
    ...(own.has('message-id') ? {} : { messageId: `<${hex(16)}@${asciiDomainOf(parts.from.address)}>` }),
    ...(own.has('date') ? {} : { date: new Date(now()) }),
    headers: [...parts.headers],
    attachments: parts.attachments.map(({ filename, contentType, content, contentId }) => ({
      content,
      ...(filename === undefined ? {} : { filename }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(contentId === undefined ? {} : { cid: contentId, contentDisposition: 'inline' as const }),
    })),
    ...{ baseBoundary: hex(8) },
  });
  return composer.compile().build();
}

function plain({ name, address }: Mailbox): { name: string; address: string } {
  return { name, address: asciiAddress(address) ?? address };
}

function some<K extends string, T>(name: K, list: readonly T[]): { [_ in K]?: T[] } {
  return list.length === 0 ? {} : ({ [name]: [...list] } as { [_ in K]?: T[] });
}

/** RFC 5322 §2.3: CR and LF only together. */
function lines(text: string): string {
  return text.replace(/\r\n?|\n/g, '\r\n');
}
