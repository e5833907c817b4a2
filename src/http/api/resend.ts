/** Sending messages again: one, to the same or to corrected addresses, or many. */
import { z } from '@hono/zod-openapi';
import { type Address, normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { SubmissionClient } from '../../domain/message.ts';
import { isPending } from '../../domain/recipient.ts';
import type { Caller } from '../auth/caller.ts';
import { asProblem } from '../problem.ts';
import { onceOnly, partOf, type Repeatable, repeatableOf } from '../sending/idempotency.ts';
import type { Corrections } from '../sending/readdress.ts';
import { assertRecipients, chosenFor, resend } from '../sending/resend.ts';
import { type Sent, sentResponse, submissionClient } from '../sending/submit.ts';
import { BULK_DESCRIPTION } from './bulk-actions.ts';
import { type Shared, type VisibleRecord, visibleRecord } from './context.ts';
import { address, idParam, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { ResendResult } from './schemas.ts';
import { idempotencyHeaders, SentMessage } from './schemas-sending.ts';
import { SELECTION_FIELDS, type Selection, selectionCursor, type Walked, walkSelection } from './selection.ts';

const FAILURES_SHOWN = 100;

const replace = z
  .record(text, text)
  .transform((given, context): Corrections => {
    const corrections = new Map<string, Address>();
    for (const [old, corrected] of Object.entries(given)) {
      const before = toAddress(old.trim());
      const after = toAddress(corrected.trim());
      if (before === undefined) context.addIssue({ code: 'custom', path: [old.slice(0, 100)], message: 'not a mail address' });
      else if (after === undefined)
        context.addIssue({ code: 'custom', path: [old.slice(0, 100)], message: 'is to become no mail address' });
      else corrections.set(normalizeAddress(before), after);
    }
    return corrections;
  })
  .optional()
  .openapi({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { 'old@example.com': 'new@example.com' },
    description: 'Corrected addresses, by the old ones.',
  });

const rewriteTo = z.boolean().optional().openapi({
  description:
    'Writes the corrections into the To and Cc fields as well; otherwise the bytes stay as they are. A signature of the sender over these fields no longer holds then.',
});

const NONE: Corrections = new Map();

export interface ResendOrder {
  readonly corrections: Corrections;
  /** Normalised; undefined: those whom it did not reach. */
  readonly recipients: ReadonlySet<string> | undefined;
  readonly rewriteTo: boolean;
}

/** Checks the order against the message, and sends it again. */
export async function resendOne(
  shared: Shared,
  request: ResendOrder & {
    readonly caller: Caller;
    readonly client: SubmissionClient | null;
    readonly record: VisibleRecord;
    readonly repeatable: Repeatable | null;
  },
): Promise<Sent> {
  assertRecipients(request.record, [
    ...[...request.corrections.keys()].map((one) => ({ path: `replace.${one}`, address: one })),
    ...[...(request.recipients ?? [])].map((one, i) => ({ path: `recipients.${i}`, address: one })),
  ]);
  return resend(shared.options, request);
}

export function resendRoutes(api: Api, shared: Shared): void {
  const { now } = shared.options;
  route(
    api,
    {
      method: 'post',
      path: '/messages/{id}/resend',
      tag: 'Sending',
      summary: 'Sends a message again, as a new one that supersedes it',
      description:
        'To those whom it did not reach (failed, expired, suppressed, cancelled) and those in `replace`, or to those named in `recipients`. The same bytes, references, return path and DSN parameters.',
      permission: 'messages:resend',
      params: idParam,
      headers: idempotencyHeaders,
      body: z.strictObject({
        replace,
        recipients: z.array(address).min(1, 'name at least one, or leave it out').max(1000).optional(),
        rewriteTo,
      }),
      answers: {
        201: { description: 'The new message', schema: SentMessage },
        409: {
          description:
            'None was missed (`not-applicable`), some are still in the queue (`pending`), or the bytes are gone (`content-erased`)',
        },
        413: { description: 'Over the size that is taken now (`message-too-big`)' },
        422: { description: 'Not taken (`refused`), or the key was used for another request (`idempotency-key-reused`)' },
        503: { description: 'Not now (`try-later`), with Retry-After' },
        507: { description: 'No room on disk or in the queue (`no-room`), with Retry-After' },
      },
    },
    async ({ c, caller, params, body, bytes }) => {
      const repeatable = repeatableOf(c, caller, bytes, now());
      const record = await visibleRecord(shared, caller, params.id);
      const sent = await resendOne(shared, {
        caller,
        client: submissionClient(c, caller),
        record,
        corrections: body.replace ?? NONE,
        recipients: body.recipients === undefined ? undefined : new Set(body.recipients),
        rewriteTo: body.rewriteTo ?? false,
        repeatable,
      });
      return sentResponse(c, sent);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/messages/resend',
      tag: 'Sending',
      summary: 'Sends many messages again, to those whom they did not reach',
      description: `${BULK_DESCRIPTION} Messages that were sent again before are left alone, unless \`again\` is given.`,
      permission: 'messages:resend',
      headers: idempotencyHeaders,
      body: z.strictObject({
        ...SELECTION_FIELDS,
        cursor: selectionCursor,
        replace,
        rewriteTo,
        again: z.boolean().optional().openapi({ description: 'Also those that were sent again before.' }),
      }),
      answers: { 200: { description: 'What was, or would be, sent again', schema: ResendResult } },
    },
    async ({ c, caller, body, bytes }) => {
      const order = { corrections: body.replace ?? NONE, recipients: undefined, rewriteTo: body.rewriteTo ?? false };
      const work = {
        caller,
        client: submissionClient(c, caller),
        repeatable: repeatableOf(c, caller, bytes, now()),
        again: body.again ?? false,
      };
      const { messages, failures, ...counts } = await resendMany(shared, order, work, { dryRun: body.dryRun ?? false, selection: body });
      return c.json({ ...counts, messages, failures });
    },
  );
}

/** Sends each message of the selection again to those whom it did not reach, or with `dryRun` counts whom. */
export async function resendMany(
  shared: Shared,
  order: ResendOrder,
  work: ResendWork,
  { dryRun, selection }: { readonly dryRun: boolean; readonly selection: Selection },
): Promise<Tally & Walked> {
  const tally = emptyTally(dryRun);
  const walked = await walkSelection(shared, work.caller, selection, async ({ messages, unknown }) => {
    tally.notFound += unknown;
    tally.matched += messages.length;
    for (const { id } of messages) await resendCounted(shared, id, order, work, tally);
  });
  const { messages: _, failures: __, ...counts } = tally;
  shared.options.log.info({ caller: work.caller.name, action: 'resend', ...counts, ...walked }, 'messages action');
  return { ...tally, ...walked };
}

export interface ResendWork {
  readonly caller: Caller;
  readonly client: SubmissionClient | null;
  readonly repeatable: Repeatable | null;
  /** Also where it was sent again before. */
  readonly again: boolean;
}

interface Tally {
  readonly dryRun: boolean;
  matched: number;
  resent: number;
  recipients: number;
  unchanged: number;
  before: number;
  notFound: number;
  failed: number;
  readonly messages: { readonly message: MessageId; readonly id: MessageId }[];
  readonly failures: { readonly message: MessageId; readonly code: string; readonly detail: string }[];
}

export function emptyTally(dryRun: boolean): Tally {
  return { dryRun, matched: 0, resent: 0, recipients: 0, unchanged: 0, before: 0, notFound: 0, failed: 0, messages: [], failures: [] };
}

/** One of many: what becomes of it is counted, and a refusal stops nothing. */
export async function resendCounted(shared: Shared, id: MessageId, order: ResendOrder, work: ResendWork, tally: Tally): Promise<void> {
  const detail = await shared.options.store.message(id);
  if (detail === undefined) {
    tally.notFound++;
    return;
  }
  const record = { message: detail.message, recipients: detail.recipients };
  const chosen = chosenFor({ record, ...order }).filter(({ state }) => !isPending(state));
  if (chosen.length === 0) {
    tally.unchanged++;
    return;
  }
  if (detail.supersededBy.length > 0 && !work.again) {
    tally.before++;
    return;
  }
  tally.recipients += chosen.length;
  if (tally.dryRun) {
    tally.resent++;
    return;
  }
  try {
    const recipients = new Set(chosen.map((recipient) => normalizeAddress(recipient.address)));
    const corrections = new Map([...order.corrections].filter(([old]) => recipients.has(old)));
    // Without a key of the caller's: two who do this at the same time send it once.
    const own = onceOnly(`resend ${id} ${detail.supersededBy.length}`, shared.options.now());
    const repeatable = work.repeatable === null ? own : partOf(work.repeatable, id);
    const { message } = await resend(shared.options, { ...work, record, corrections, recipients, rewriteTo: order.rewriteTo, repeatable });
    tally.resent++;
    tally.messages.push({ message: id, id: message.id });
  } catch (error) {
    const problem = asProblem(error);
    if (problem === undefined || problem.code === 'store-unavailable') throw error;
    tally.recipients -= chosen.length;
    tally.failed++;
    if (tally.failures.length < FAILURES_SHOWN) tally.failures.push({ message: id, code: problem.code, detail: problem.message });
  }
}
