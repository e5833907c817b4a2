/**
 * What of a message goes back with a notification (RFC 3461 §4.3, §6.2): the whole where RET=FULL
 * asked for it, it failed, and it is not large; its header otherwise. Null where it was erased.
 */
import { StoreError } from '../../domain/errors.ts';
import type { MessageDetail, Store, StoredContent } from '../../domain/ports.ts';
import type { ReturnedContent } from './compose.ts';
import type { NotifiedRecipient } from './facts.ts';

/** RFC 3461 §6.2 leaves the limit to us. */
const WHOLE_LIMIT = 1024 * 1024;
/** Of a header; it is cut at the end of a line. */
const HEADER_LIMIT = 64 * 1024;

export async function returnedContent(
  store: Pick<Store, 'content'>,
  { message }: MessageDetail,
  recipients: readonly Pick<NotifiedRecipient, 'kind'>[],
): Promise<ReturnedContent | null> {
  let content: StoredContent;
  try {
    content = await store.content(message.id);
  } catch (error) {
    if (error instanceof StoreError && ['erased', 'corrupt', 'not-found'].includes(error.code)) return null;
    throw error;
  }
  const failed = recipients.some(({ kind }) => kind === 'failed' || kind === 'correction');
  const { ret, requireTls } = message.envelope;
  // RFC 8689 §5: what was not to go in the clear does not come back in it.
  const whole = ret === 'full' && failed && requireTls !== true && content.size <= WHOLE_LIMIT;
  if (whole && content.bytes !== null) return { kind: 'whole', bytes: content.bytes };
  return { kind: 'headers', bytes: await headerOf(content) };
}

async function headerOf(content: StoredContent): Promise<Buffer> {
  const begin = content.bytes ?? (await beginOf(content));
  const end = begin.indexOf('\r\n\r\n');
  if (end !== -1 && end <= HEADER_LIMIT) return begin.subarray(0, end + 2);
  const cut = begin.subarray(0, HEADER_LIMIT);
  return cut.subarray(0, cut.lastIndexOf('\r\n') + 2);
}

async function beginOf(content: StoredContent): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content.stream()) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > HEADER_LIMIT) break;
  }
  return Buffer.concat(chunks);
}
