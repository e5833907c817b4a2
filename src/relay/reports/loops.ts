/**
 * Mail in a loop (RFC 5321 §6.3): what has passed too many servers, and what passed this relay and
 * comes back to it. Only the trace fields in front count: returned messages carry ours inside.
 */
import { readFields } from './fields.ts';

const HOP_LIMIT = 50;
const HEADER_LIMIT = 256 * 1024;

/** Why it is in a loop; null: it is not. */
export function loopOf(raw: Buffer, hostname: string): string | null {
  const received = readFields(raw.subarray(0, HEADER_LIMIT).toString('latin1')).filter(({ name }) => name === 'received');
  if (received.length > HOP_LIMIT) return `The message has passed more than ${HOP_LIMIT} servers: it is in a loop`;
  // Another server of this machine may go by the same name, but its ids are not of our form.
  const own = new RegExp(`\\bby ${hostname.replace(/[^A-Za-z0-9-]/g, '\\$&')} with \\S+ id [0-9A-HJKMNP-TV-Z]{26}\\b`, 'i');
  return received.some(({ value }) => own.test(value)) ? 'The message has passed this relay before: it is in a loop' : null;
}
