/**
 * The header of the message that a report returns, wherever its author put it: a part of its own
 * (RFC 6522 §3, RFC 6533 §5), an attached text, below the delivery status where a boundary was lost,
 * or quoted in the text for people. Pure.
 */
import { type Field, readBlocks, readFields } from './fields.ts';
import type { ReportMime } from './mime.ts';

const RETURNED = ['message/rfc822', 'text/rfc822-headers', 'message/global', 'message/global-headers'];
/** Parts that are no message, whatever fields stand in them. */
const MACHINE_READABLE = /^message\/(?:(?:global-)?delivery-status|feedback-report|(?:global-)?disposition-notification)$/;
/** Fields by which the header of a message is known. */
const MESSAGE_FIELDS = new Set([
  'received',
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'return-path',
  'mime-version',
  'content-type',
  'reply-to',
  'dkim-signature',
  'sender',
  'cc',
  'x-mailer',
]);
const KNOWN_ENOUGH = 3;

export function isMessageField(name: string): boolean {
  return MESSAGE_FIELDS.has(name.toLowerCase());
}

/** The fields of the returned header; empty where there is none. */
export function returnedHeaders({ parts, text }: ReportMime): readonly Field[] {
  for (const part of parts) {
    if (!RETURNED.includes(part.contentType)) continue;
    const fields = readFields(part.text.trimStart());
    if (fields.length > 0) return fields;
  }
  for (const part of parts) {
    if (MACHINE_READABLE.test(part.contentType)) continue;
    const fields = readFields(part.text.trimStart());
    if (isHeader(fields)) return fields;
  }
  for (const part of parts) {
    const fields = headerIn(part.text);
    if (fields !== undefined) return fields;
  }
  return headerIn(withoutQuoting(text)) ?? [];
}

/** A block of fields that can be nothing but the header of a message. */
function headerIn(text: string): readonly Field[] | undefined {
  return readBlocks(text).find(isHeader);
}

function isHeader(fields: readonly Field[]): boolean {
  const known = new Set(fields.filter(({ name }) => isMessageField(name)).map(({ name }) => name));
  return known.size >= KNOWN_ENOUGH && known.has('message-id');
}

/** `> Field: value`, `  Field: value`: lines that are fields once the marks in front are off. */
function withoutQuoting(text: string): string {
  return text.replace(/^[ \t>|*]+(?=[A-Za-z][\w-]{1,60}:\s)/gm, '');
}
