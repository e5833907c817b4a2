/**
 * Sends a message again: the same bytes, to the same people or to corrected addresses, as a new
 * message that supersedes the old one. References, DSN parameters and the return path are the old
 * one's; the store writes `message.resent` at the old one in the commit of the new one.
 */
import { Readable } from 'node:stream';
import { type Address, asciiAddress, normalizeAddress } from '../../domain/address.ts';
import type { EnvelopeRecipient } from '../../domain/envelope.ts';
import { StoreError } from '../../domain/errors.ts';
import type { AcceptedMessage, SubmissionClient } from '../../domain/message.ts';
import type { StoredContent } from '../../domain/ports.ts';
import { isPending, type RecipientRecord, type RecipientState } from '../../domain/recipient.ts';
import { audit, ofMessages } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { HttpOptions } from '../options.ts';
import { type FieldFault, Problem, validationProblem } from '../problem.ts';
import type { Repeatable } from './idempotency.ts';
import { type Corrections, headerEnd, readdress } from './readdress.ts';
import { type Sent, submit } from './submit.ts';

/** Those whom the message did not reach, and will not. */
const UNREACHED: readonly RecipientState[] = ['failed', 'expired', 'suppressed', 'cancelled'];

export interface ResendRequest {
  readonly caller: Caller;
  readonly client: SubmissionClient | null;
  readonly record: { readonly message: AcceptedMessage; readonly recipients: readonly RecipientRecord[] };
  readonly corrections: Corrections;
  /** Normalised; undefined: those whom it did not reach, and those with a correction. */
  readonly recipients: ReadonlySet<string> | undefined;
  /** Whether corrections go into the To and Cc fields as well. */
  readonly rewriteTo: boolean;
  readonly repeatable: Repeatable | null;
  /** Also to those who are still in the queue: the caller takes them out of it once this is durable. */
  readonly pendingToo?: true;
}

export async function resend(options: HttpOptions, request: ResendRequest): Promise<Sent> {
  const { record, caller, client, corrections, rewriteTo, repeatable } = request;
  const { message } = record;
  const chosen = chosenFor(request);
  if (chosen.length === 0) {
    const states = [...new Set(record.recipients.map(({ state }) => state))].join(', ');
    throw new Problem(409, 'not-applicable', `Nothing to send again: the recipients are ${states}. Name those that are meant all the same`);
  }
  const pending = request.pendingToo === true ? [] : chosen.filter(({ state }) => isPending(state));
  if (pending.length > 0) {
    const names = pending.slice(0, 5).map(({ address }) => address);
    throw new Problem(409, 'pending', `Still in the queue: ${names.join(', ')}. Cancel there first, or it may arrive twice`);
  }
  const recipients = envelopeOf(message, chosen, corrections);
  const content = await contentOf(options, message);
  const sent = await submit(
    options,
    caller,
    {
      origin: 'resend',
      account: message.account,
      envelope: {
        ...message.envelope,
        recipients,
        smtputf8: message.envelope.smtputf8 || recipients.some(({ address }) => asciiAddress(address) === undefined),
      },
      content: rewriteTo && corrections.size > 0 ? Readable.from(readdressed(content, corrections)) : (content.bytes ?? content.stream()),
      client,
      references: message.references,
      supersedes: message.id,
      ...(request.pendingToo !== true || message.releaseAt === undefined ? {} : { releaseAt: message.releaseAt }),
    },
    repeatable,
  );
  if (!sent.repeated) {
    const detail = { resent: sent.message.id, recipients: recipients.length, corrected: corrections.size };
    await audit({ options }, caller, ...ofMessages('message.resent', [message.id], detail));
  }
  return sent;
}

/** The recipients that the message would be sent to again. */
export function chosenFor({
  record,
  corrections,
  recipients,
}: Pick<ResendRequest, 'record' | 'corrections' | 'recipients'>): readonly RecipientRecord[] {
  return record.recipients.filter((recipient) => {
    const name = normalizeAddress(recipient.address);
    return corrections.has(name) || (recipients === undefined ? UNREACHED.includes(recipient.state) : recipients.has(name));
  });
}

/** Throws for names that are no recipients of the message. */
export function assertRecipients(
  record: ResendRequest['record'],
  named: readonly { readonly path: string; readonly address: string }[],
): void {
  const known = new Set(record.recipients.map(({ address }) => normalizeAddress(address)));
  const faults = named
    .filter(({ address }) => !known.has(address))
    .map(({ path }): FieldFault => ({ in: 'body', path, detail: 'not a recipient of this message' }));
  if (faults.length > 0) throw validationProblem(faults);
}

/**
 * NOTIFY stays. ORCPT names the address that the sender first gave (RFC 3461 §4.2): to one that was
 * corrected it does not belong. In whose place that one stands is kept.
 */
function envelopeOf(message: AcceptedMessage, chosen: readonly RecipientRecord[], corrections: Corrections): EnvelopeRecipient[] {
  const byAddress = new Map<string, EnvelopeRecipient>();
  for (const { index, address } of chosen) {
    const before = message.envelope.recipients[index];
    const correction: Address | undefined = corrections.get(normalizeAddress(address));
    const recipient: EnvelopeRecipient = {
      address: correction ?? address,
      notify: before?.notify ?? null,
      orcpt: correction === undefined ? (before?.orcpt ?? null) : null,
      ...(before?.copy === undefined ? {} : { copy: before.copy }),
      ...(correction === undefined || normalizeAddress(correction) === normalizeAddress(address) ? {} : { insteadOf: address }),
    };
    const name = normalizeAddress(recipient.address);
    if (!byAddress.has(name)) byAddress.set(name, recipient);
  }
  return [...byAddress.values()];
}

async function contentOf({ store }: HttpOptions, message: AcceptedMessage): Promise<StoredContent> {
  try {
    return await store.content(message.id);
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'erased') throw error;
    throw new Problem(409, 'content-erased', 'The bytes were erased by retention or on request: nothing is left to send');
  }
}

const HEADER_LIMIT = 1024 * 1024;

/** The content with corrected To and Cc fields; a header block over the limit stays as it is. */
async function* readdressed(content: StoredContent, corrections: Corrections): AsyncGenerator<Buffer> {
  let head: Buffer[] | null = [];
  let size = 0;
  for await (const chunk of content.stream()) {
    if (head === null) {
      yield chunk as Buffer;
      continue;
    }
    head.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    const block: Buffer = Buffer.concat(head);
    const end = headerEnd(block);
    if (end === -1 && size < HEADER_LIMIT) continue;
    head = null;
    yield* end === -1 ? [block] : [readdress(block.subarray(0, end), corrections), block.subarray(end)];
  }
  // All header, without the empty line: RFC 5322 §2.1 has a body be optional.
  if (head !== null) yield readdress(Buffer.concat(head), corrections);
}
