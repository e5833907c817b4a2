/**
 * Sending over HTTP: a message as JSON, from which it is composed, or as it is (`message/rfc822`)
 * with its envelope beside it. It goes the way of one that came by SMTP, through the Submitter port.
 * The envelope is never read from the header of a raw message.
 */
import { isAscii } from 'node:buffer';
import { z } from '@hono/zod-openapi';
import { type Address, asciiAddress, normalizeAddress, parseAddress, type ReversePath } from '../../domain/address.ts';
import type { Envelope, Notify } from '../../domain/envelope.ts';
import type { References } from '../../domain/message.ts';
import type { SubmissionRequest } from '../../domain/ports.ts';
import { DEFAULT_ACCOUNT } from '../../domain/settings.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { type FieldFault, Problem, validationProblem } from '../problem.ts';
import { type AttachmentPart, compose } from '../sending/compose.ts';
import { repeatableOf } from '../sending/idempotency.ts';
import { type Mailbox, REASONS, readMailboxes } from '../sending/mailboxes.ts';
import { sentResponse, submissionClient, submit } from '../sending/submit.ts';
import type { Shared } from './context.ts';
import { text, time } from './fields.ts';
import { type Api, route } from './route.ts';
import { idempotencyHeaders, type SendMessage, SendMessageBody, SentMessage } from './schemas-sending.ts';

const RAW = 'message/rfc822';

/** Octets of a body that can bring a message of that size: base64, escapes, and the rest of the JSON. */
export function uploadSize(messageSize: number): number {
  return Math.ceil(messageSize * 1.4) + 64 * 1024;
}

type Prepared = Pick<SubmissionRequest, 'account' | 'envelope' | 'content' | 'references' | 'releaseAt'>;

export function sendRoutes(api: Api, shared: Shared): void {
  const { now, sending } = shared.options;
  route(
    api,
    {
      method: 'post',
      path: '/messages',
      tag: 'Sending',
      summary: 'Sends a message: composed from JSON, or as it is',
      description:
        'Answers once the message is on disk. With `message/rfc822` the body is sent as it is; the envelope comes from the query (`from`, `recipient`) or from the header fields `X-Relais-From` and `X-Relais-Recipients`. With `Idempotency-Key` the request may be repeated within 24 hours: it gets the first answer, with `Idempotent-Replayed: true`.',
      permission: 'messages:send',
      query: z.strictObject({
        from: text.optional().openapi({ description: 'Of a raw message: the reverse-path; empty or `<>` for the null one.' }),
        recipient: z.union([text, z.array(text).max(10_000)]).optional(),
        account: text.optional(),
        sendAt: time.optional(),
        notify: text.optional().openapi({ description: 'Of a raw message: `never`, or some of `success`, `failure`, `delay`, by commas.' }),
      }),
      repeatable: ['recipient'],
      headers: idempotencyHeaders.extend({
        'X-Relais-From': z.string().optional().openapi({ description: 'In place of the query’s `from`.' }),
        'X-Relais-Recipients': z.string().optional().openapi({ description: 'In place of the query’s `recipient`; several by commas.' }),
      }),
      body: SendMessageBody.optional(),
      upload: {
        limits: () => ({ body: shared.limits.upload, bodySize: uploadSize(sending().messageSize) }),
        budget: shared.uploads,
        media: [RAW],
      },
      answers: {
        201: { description: 'Recorded: it is on disk and in the queue', schema: SentMessage },
        413: { description: 'Over the size that is taken (`body-too-large`, `message-too-big`)' },
        422: {
          description: 'Not taken as it is (`refused`, `too-many-recipients`), or the key was used for another (`idempotency-key-reused`)',
        },
        503: { description: 'Not now (`try-later`, `busy`, `store-unavailable`), with Retry-After' },
        507: { description: 'No room on disk or in the queue (`no-room`), with Retry-After' },
      },
    },
    async ({ c, caller, query, body, bytes }) => {
      const repeatable = repeatableOf(c, caller, bytes, now());
      const headers = { from: c.req.header('x-relais-from'), recipients: c.req.header('x-relais-recipients') };
      const prepared = body === undefined ? prepareRaw(shared, caller, { query, headers, bytes }) : await prepareJson(shared, caller, body);
      const client = submissionClient(c, caller);
      return sentResponse(c, await submit(shared.options, caller, { origin: 'api', client, ...prepared }, repeatable));
    },
  );
}

/** The account it is sent under: the one named, or the only one there can be. */
function accountFor({ options }: Shared, caller: Caller, asked: string | undefined, place: FieldFault['in']): string {
  const only = caller.accounts === null ? DEFAULT_ACCOUNT : caller.accounts.length === 1 ? caller.accounts[0] : undefined;
  const account = asked ?? only;
  if (account === undefined) {
    const detail = `name one of ${caller.accounts?.join(', ')}`;
    throw validationProblem([{ in: place, path: 'account', detail }]);
  }
  if (!maySee(caller, account)) throw new Problem(403, 'account-restricted', `${caller.name} may not send as ${account.slice(0, 100)}`);
  if (account !== DEFAULT_ACCOUNT && !options.sending().accounts.includes(account)) {
    throw validationProblem([{ in: place, path: 'account', detail: `there is no account ${JSON.stringify(account.slice(0, 100))}` }]);
  }
  return account;
}

// ── JSON ──

async function prepareJson(shared: Shared, caller: Caller, body: SendMessage): Promise<Prepared> {
  const faults: FieldFault[] = [];
  const [from] = only(readMailboxes(body.from, 'from', faults), faults);
  const to = readMailboxes(body.to, 'to', faults);
  const cc = readMailboxes(body.cc, 'cc', faults);
  const bcc = readMailboxes(body.bcc, 'bcc', faults);
  const replyTo = readMailboxes(body.replyTo, 'replyTo', faults);
  const envelope = jsonEnvelope(body, { from, recipients: [...to, ...cc, ...bcc].map(({ address }) => address) }, faults);
  if (from === undefined || envelope === undefined || faults.length > 0) throw validationProblem(faults);
  const account = accountFor(shared, caller, body.account, 'body');
  const content = await compose(
    {
      from,
      to,
      cc,
      replyTo,
      subject: body.subject,
      text: body.text,
      html: body.html,
      attachments: (body.attachments ?? []).map(attachmentPart),
      headers: Object.entries(body.headers ?? {}).flatMap(([key, value]) => [value].flat().map((one) => ({ key, value: one }))),
    },
    shared.options,
  );
  return {
    account,
    envelope: {
      ...envelope,
      eightBitMime: !isAscii(content),
      smtputf8: needsUtf8(
        [from, ...to, ...cc, ...replyTo].map(({ address }) => address),
        envelope,
      ),
    },
    content,
    ...(body.references === undefined ? {} : { references: givenReferences(body.references) }),
    ...releaseAt(shared, body.sendAt),
  };
}

function only(mailboxes: readonly Mailbox[], faults: FieldFault[]): readonly Mailbox[] {
  if (mailboxes.length > 1) faults.push({ in: 'body', path: 'from', detail: 'names several: give one' });
  return mailboxes;
}

function attachmentPart({ filename, contentType, content, contentId }: NonNullable<SendMessage['attachments']>[number]): AttachmentPart {
  return { filename, contentType, content, contentId };
}

/** Those fields that were given: what is left out is read from the header, as by SMTP. */
function givenReferences(references: NonNullable<SendMessage['references']>): Partial<References> {
  return Object.fromEntries(Object.entries(references).filter(([, value]) => value !== undefined));
}

function jsonEnvelope(
  body: SendMessage,
  named: { readonly from: Mailbox | undefined; readonly recipients: readonly Address[] },
  faults: FieldFault[],
): Envelope | undefined {
  const given = body.envelope;
  const fallback: ReversePath | undefined = named.from === undefined ? undefined : { kind: 'address', address: named.from.address };
  const reversePath = given?.from === undefined ? fallback : readReversePath(given.from, { in: 'body', path: 'envelope.from' }, faults);
  const recipients =
    given?.recipients === undefined
      ? named.recipients
      : given.recipients.flatMap((one, i) => readAddress(one, { in: 'body', path: `envelope.recipients.${i}` }, faults));
  if (recipients.length === 0 && faults.length === 0) faults.push({ in: 'body', path: 'to', detail: 'names no recipient' });
  if (reversePath === undefined) return undefined;
  return {
    reversePath,
    recipients: envelopeRecipients(recipients, body.notify ?? null),
    ret: body.ret ?? null,
    envid: body.envelopeId ?? null,
    smtputf8: false,
    eightBitMime: false,
    ...(body.requireTls === true ? { requireTls: true } : {}),
  };
}

function envelopeRecipients(addresses: readonly Address[], notify: Notify | null): Envelope['recipients'] {
  const unique = new Map(addresses.map((address) => [normalizeAddress(address), address]));
  return [...unique.values()].map((address) => ({ address, notify, orcpt: null }));
}

/** RFC 6531 §3.4: a local part beyond ASCII can go no other way; a domain has its A-label. */
function needsUtf8(addresses: readonly Address[], envelope: Envelope): boolean {
  const path = envelope.reversePath.kind === 'null' ? [] : [envelope.reversePath.address];
  return [...addresses, ...path, ...envelope.recipients.map(({ address }) => address)].some((one) => asciiAddress(one) === undefined);
}

type Place = Omit<FieldFault, 'detail'>;

function readAddress(given: string, place: Place, faults: FieldFault[]): Address[] {
  const parsed = parseAddress(given.trim().replace(/^<(.*)>$/, '$1'), { smtputf8: true });
  if (parsed.ok) return [parsed.address];
  faults.push({ ...place, detail: `${JSON.stringify(given.slice(0, 100))}: ${REASONS[parsed.error]}` });
  return [];
}

/** RFC 5321 §4.5.5: empty, or `<>`, is the null one. */
function readReversePath(given: string, place: Place, faults: FieldFault[]): ReversePath | undefined {
  if (given.trim() === '' || given.trim() === '<>') return { kind: 'null' };
  const [address] = readAddress(given, place, faults);
  return address === undefined ? undefined : { kind: 'address', address };
}

/** A time that has passed is now. */
function releaseAt({ options }: Shared, sendAt: number | undefined): { releaseAt?: number } {
  return sendAt === undefined || sendAt <= options.now() ? {} : { releaseAt: sendAt };
}

// ── message/rfc822 ──

interface RawRequest {
  readonly query: {
    readonly from?: string | undefined;
    readonly recipient?: string | readonly string[] | undefined;
    readonly account?: string | undefined;
    readonly sendAt?: number | undefined;
    readonly notify?: string | undefined;
  };
  readonly headers: { readonly from: string | undefined; readonly recipients: string | undefined };
  readonly bytes: Buffer;
}

function prepareRaw(shared: Shared, caller: Caller, { query, headers, bytes }: RawRequest): Prepared {
  const faults: FieldFault[] = [];
  const fromPlace: Place = query.from === undefined ? { in: 'header', path: 'X-Relais-From' } : { in: 'query', path: 'from' };
  const from = query.from ?? headers.from;
  const reversePath = from === undefined ? undefined : readReversePath(from, fromPlace, faults);
  if (from === undefined) faults.push({ in: 'query', path: 'from', detail: 'names no reverse-path; empty for the null one' });
  const place: Place = query.recipient === undefined ? { in: 'header', path: 'X-Relais-Recipients' } : { in: 'query', path: 'recipient' };
  const named = query.recipient === undefined ? splitList(headers.recipients ?? '') : [query.recipient].flat();
  const recipients = named.flatMap((one) => readAddress(one, place, faults));
  if (named.length === 0)
    faults.push({ in: 'query', path: 'recipient', detail: 'names no recipient; the header of the message is not asked' });
  const notify = query.notify === undefined ? null : readNotify(query.notify, faults);
  if (bytes.length === 0) faults.push({ in: 'body', path: '', detail: 'is empty' });
  if (reversePath === undefined || faults.length > 0) throw validationProblem(faults);
  const account = accountFor(shared, caller, query.account, 'query');
  const content = withLineEnds(bytes);
  const envelope: Envelope = {
    reversePath,
    recipients: envelopeRecipients(recipients, notify),
    ret: null,
    envid: null,
    smtputf8: false,
    eightBitMime: !isAscii(content),
  };
  return { account, envelope: { ...envelope, smtputf8: needsUtf8([], envelope) }, content, ...releaseAt(shared, query.sendAt) };
}

/** At commas that stand in no quotes: a quoted local part may hold one (RFC 5321 §4.1.2). */
function splitList(value: string): string[] {
  return (value.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((one) => one.trim()).filter((one) => one !== '');
}

const NOTIFY_WORDS = ['success', 'failure', 'delay'] as const;

function readNotify(value: string, faults: FieldFault[]): Notify | null {
  const words = value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim());
  if (words.length === 1 && words[0] === 'never') return 'never';
  const known = NOTIFY_WORDS.filter((word) => words.includes(word));
  if (known.length === new Set(words).size) return known;
  faults.push({ in: 'query', path: 'notify', detail: 'never, or some of success, failure, delay' });
  return null;
}

const [CR, LF] = [0x0d, 0x0a];

/** A file of a system whose lines end in LF alone, as most are kept on disk, gets CRLF. Anything mixed is left for the checks. */
function withLineEnds(bytes: Buffer): Buffer {
  if (bytes.includes(CR) || !bytes.includes(LF)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}
