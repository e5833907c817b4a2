/** Encoded words (RFC 2047) of returned headers, which no MIME parser has read. Pure, and lenient. */

const WORD = /=\?([^?\s]{1,60})\?([bq])\?([^?]{0,500})\?=/gi;
/** §6.2: white space between two encoded words is not shown. */
const BETWEEN = /(\?=)\s+(?==\?[^?\s]{1,60}\?[bq]\?)/gi;

/** What can not be decoded stays as it is. */
export function decodeWords(text: string): string {
  return text.replace(BETWEEN, '$1').replace(WORD, (whole, charset: string, encoding: string, content: string) => {
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(content, 'base64') : quoted(content);
    try {
      // RFC 2231 §5: a language may follow the charset.
      return new TextDecoder(charset.replace(/\*.*$/, '')).decode(bytes);
    } catch {
      return whole;
    }
  });
}

/** §4.2. */
function quoted(content: string): Buffer {
  const text = content.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(text, 'latin1');
}
