/** Content made ready as the claimer does it, without a store, a queue or a next hop. */
import { Readable } from 'node:stream';
import { createIdFactory, type MessageId } from '../../../../src/domain/ids.ts';
import type { AcceptedMessage } from '../../../../src/domain/message.ts';
import { NO_REFERENCES } from '../../../../src/domain/references.ts';
import type { DkimKey } from '../../../../src/domain/settings.ts';
import { Dkim, type SendersOf } from '../../../../src/relay/delivery/content/dkim.ts';
import { type FormRequest, prepareContent } from '../../../../src/relay/delivery/content/forms.ts';
import { SignatureCache } from '../../../../src/relay/delivery/content/signature-cache.ts';
import { address } from '../harness.ts';

const nextId = createIdFactory({ now: Date.now, randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)) });

export interface ContentRequest extends Partial<Omit<FormRequest, 'message' | 'content' | 'dkim'>> {
  readonly bytes: Buffer;
  /** Handed out in pieces of this size, as large content is; absent: whole. */
  readonly pieces?: number;
  readonly keys?: readonly DkimKey[];
  readonly sendersOf?: SendersOf;
  readonly message?: Partial<AcceptedMessage>;
  readonly from?: string | null;
}

export function formRequest(request: ContentRequest): FormRequest {
  const { bytes, pieces, keys = [], sendersOf = () => ['*'], from = 'erp@example.com' } = request;
  const message: AcceptedMessage = {
    id: nextId() as MessageId,
    acceptedAt: 1_700_000_000_000,
    account: 'default',
    client: { address: '127.0.0.1', helo: 'erp.test', tls: null, user: null },
    envelope: {
      reversePath: from === null ? { kind: 'null' } : { kind: 'address', address: address(from) },
      recipients: [{ address: address('ann@example.net'), notify: null, orcpt: null }],
      ret: null,
      envid: null,
      smtputf8: false,
      eightBitMime: false,
    },
    headers: { subject: null, messageId: null, from: null, date: null },
    references: NO_REFERENCES,
    supersedes: null,
    received: 'Received: from erp.test by relay.test; now\r\n',
    size: bytes.length,
    sha256: '',
    ...request.message,
  };
  const stream = (): Readable => Readable.from(slices(bytes, pieces ?? bytes.length));
  return {
    message,
    content: { size: bytes.length, sha256: '', bytes: pieces === undefined ? bytes : null, stream },
    eightBit: request.eightBit ?? 'convert',
    dkim: new Dkim(keys, sendersOf),
    signatures: request.signatures ?? new SignatureCache(),
  };
}

function* slices(bytes: Buffer, size: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The octets that follow DATA at a hop with these extensions, dots not stuffed, and the size that MAIL names. */
export async function octetsFor(
  request: FormRequest,
  extensions: readonly string[] = ['8BITMIME'],
): Promise<{ sent: Buffer; size: number }> {
  const form = await (await prepareContent(request)).formFor(new Set(extensions));
  if (form.kind === 'refused') throw new Error(`${form.reply.status} ${form.reply.text}`);
  const { outgoing, size } = form;
  const pieces: Buffer[] = [];
  if (outgoing.kind === 'whole') pieces.push(Buffer.from(outgoing.content.received), unstuffed(outgoing.content.body));
  else {
    pieces.push(Buffer.from(outgoing.received));
    for await (const piece of outgoing.open()) pieces.push(Buffer.from(piece));
  }
  return { sent: Buffer.concat(pieces), size };
}

/** RFC 5321 §4.5.2. */
function unstuffed(body: Buffer): Buffer {
  return Buffer.from(body.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1');
}
