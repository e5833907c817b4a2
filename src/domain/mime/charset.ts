/** Text of a part by the charset that it names (RFC 2046 §4.1.2). Pure, never throws. */
import { isUtf8 } from 'node:buffer';

/**
 * `charset` null or unknown: as UTF-8 where it is that, or else as Windows-1252. What is wrong for its
 * charset is shown as U+FFFD. Charsets are those of the WHATWG's list, so UTF-7 is none: it could carry
 * markup past whoever looks for a `<`.
 */
export function decodeText(octets: Buffer, charset: string | null): string {
  const name = charset?.trim().toLowerCase() ?? '';
  if (name !== '' && name !== 'us-ascii' && name !== 'ascii') {
    try {
      return new TextDecoder(name).decode(octets);
    } catch {
      // No charset of this name: RangeError.
    }
  }
  return new TextDecoder(isUtf8(octets) ? 'utf-8' : 'windows-1252').decode(octets);
}
