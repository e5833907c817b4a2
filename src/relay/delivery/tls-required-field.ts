/** Whether the header section of a message has `TLS-Required: No` (RFC 8689 §4.2.2). Read only where TLS failed. */
import { piecesOf, type Source } from './content/source.ts';

const FIELD = /^TLS-Required[ \t]*:[ \t]*No[ \t]*\r?$/im;
/** A header section that is longer is not read on. */
const HEADER_LIMIT = 256 * 1024;

export async function waivesTls(content: Source): Promise<boolean> {
  return FIELD.test(headerOf(await headOf(content)));
}

async function headOf(content: Source): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of piecesOf(content)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= HEADER_LIMIT || chunk.includes('\r\n\r\n')) break;
  }
  return Buffer.concat(chunks);
}

function headerOf(content: Buffer): string {
  const head = content.subarray(0, HEADER_LIMIT);
  const end = head.indexOf('\r\n\r\n');
  return head.toString('latin1', 0, end < 0 ? head.length : end);
}
