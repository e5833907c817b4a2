/**
 * Text that says it is UTF-8, and is not: older servers write the answers of others as they came, in
 * Latin-1 mostly, under a label of their own. Pure.
 */
import { isUtf8 } from 'node:buffer';

/** A sequence of UTF-8 (RFC 3629 §4), or an octet that is none. */
const SEQUENCE =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g;

const UTF8 = ['utf-8', 'utf8', 'us-ascii', 'ascii'];

/** The message with its octets that are no UTF-8 read as Latin-1; null: its labels say something else, or all is UTF-8. */
export function asLabelled(bytes: Buffer): Buffer | null {
  if (isUtf8(bytes)) return null;
  const source = bytes.toString('latin1');
  const returned = source.search(/^content-type:\s*message\//im);
  const labels = source.slice(0, returned === -1 ? undefined : returned).matchAll(/\bcharset\s*=\s*"?([\w.:-]+)/gi);
  if ([...labels].some(([, label = '']) => !UTF8.includes(label.toLowerCase()))) return null;
  return Buffer.from(source.replace(SEQUENCE, (octets) => (octets.length > 1 ? Buffer.from(octets, 'latin1').toString('utf8') : octets)));
}
