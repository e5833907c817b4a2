/** Whether the header section of a message has `TLS-Required: No` (RFC 8689 §5). Read only where TLS failed. */
import type { OutgoingContent } from './smtp-client.ts';

const FIELD = /^TLS-Required[ \t]*:[ \t]*No[ \t]*\r?$/im;
/** A header section that is longer is not read on. */
const HEADER_LIMIT = 256 * 1024;

export async function waivesTls(outgoing: OutgoingContent): Promise<boolean> {
  return FIELD.test(headerOf(outgoing.kind === 'whole' ? outgoing.content.body : await headOf(outgoing)));
}

async function headOf(outgoing: Extract<OutgoingContent, { kind: 'stream' }>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of outgoing.open()) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size >= HEADER_LIMIT || (chunk as Buffer).includes('\r\n\r\n')) break;
  }
  return Buffer.concat(chunks);
}

function headerOf(content: Buffer): string {
  const head = content.subarray(0, HEADER_LIMIT);
  const end = head.indexOf('\r\n\r\n');
  return head.toString('latin1', 0, end < 0 ? head.length : end);
}
