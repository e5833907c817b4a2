/** Mails of all shapes, made by hand: octets as they are. */

export interface Part {
  readonly headers: readonly string[];
  readonly body: string;
}

export const leaf = (type: string, body: string, ...headers: string[]): Part => ({ headers: [`Content-Type: ${type}`, ...headers], body });

let boundaries = 0;

export function multipart(kind: string, ...parts: readonly Part[]): Part {
  const boundary = `b${++boundaries}`;
  const inner = parts.map(({ headers, body }) => `--${boundary}\r\n${headers.join('\r\n')}\r\n\r\n${body}\r\n`);
  return { headers: [`Content-Type: multipart/${kind}; boundary=${boundary}`], body: `${inner.join('')}--${boundary}--\r\n` };
}

export const base64 = (octets: string | Buffer): string =>
  Buffer.from(octets)
    .toString('base64')
    .replace(/(.{76})/g, '$1\r\n');

export const file = (name: string, type: string, octets: string | Buffer, ...headers: string[]): Part =>
  leaf(type, base64(octets), 'Content-Transfer-Encoding: base64', `Content-Disposition: attachment; filename="${name}"`, ...headers);

export function mail({ headers, body }: Part, subject = 'Invoice'): string {
  return `Subject: ${subject}\r\nMIME-Version: 1.0\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}

/** A PNG of one pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** In pieces of that many octets. */
export async function* inPieces(text: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const octets = Buffer.from(text);
  for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
}
