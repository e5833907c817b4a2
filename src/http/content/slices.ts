/** Stored content in slices, between which the event loop is left free. */
import { setImmediate as turn } from 'node:timers/promises';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { StoredContent } from '../../domain/ports.ts';

/** Octets: some milliseconds of reading at the worst, a fraction of one as a rule. */
const SLICE = 64 * 1024;

/** As it is forwarded: our Received field, then what was taken. */
export async function* slicesOf(message: Pick<AcceptedMessage, 'received'>, content: StoredContent): AsyncGenerator<Buffer> {
  if (message.received !== '') yield Buffer.from(message.received, 'utf8');
  for await (const piece of content.bytes === null ? content.stream() : [content.bytes]) {
    const octets = piece as Buffer;
    for (let at = 0; at < octets.length; at += SLICE) {
      yield octets.subarray(at, at + SLICE);
      await turn();
    }
  }
}

export interface SourceHead {
  /** UTF-8, or Latin-1 where it is none; lines end with LF. */
  readonly text: string;
  /** Octets of the whole. */
  readonly size: number;
  readonly cut: boolean;
}

/** The beginning of the raw message, for people. */
export async function sourceHead(message: Pick<AcceptedMessage, 'received'>, content: StoredContent, limit: number): Promise<SourceHead> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const slice of slicesOf(message, content)) {
    pieces.push(slice);
    length += slice.length;
    if (length >= limit) break;
  }
  const head = Buffer.concat(pieces).subarray(0, limit);
  const size = Buffer.byteLength(message.received) + content.size;
  const cut = size > head.length;
  // A character that the limit cuts in two is no sign of another charset.
  const utf8 = new TextDecoder('utf-8').decode(head, { stream: cut });
  return { text: (utf8.includes('\ufffd') ? head.toString('latin1') : utf8).replaceAll('\r\n', '\n'), size, cut };
}
