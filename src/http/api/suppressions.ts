/**
 * The suppression list: addresses that mail is not sent to. It holds for all accounts, so it is for
 * callers who may see all. Lifting an address offers the mail that was not sent because of it.
 */
import { z } from '@hono/zod-openapi';
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { MessageSummary, SubmissionClient } from '../../domain/message.ts';
import type { Store, SuppressionRecord } from '../../domain/ports.ts';
import { summaryJson, suppressionJson } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import { badCursor, notFound, validationProblem } from '../problem.ts';
import { submissionClient } from '../sending/submit.ts';
import type { Shared } from './context.ts';
import { address, cursor, DEFAULT_PAGE, flag, pageLimit, text, time } from './fields.ts';
import { emptyTally, resendCounted } from './resend.ts';
import { type Api, route } from './route.ts';
import { LiftResult, pageOf, Suppression } from './schemas.ts';

const REASONS = ['bounce', 'complaint', 'manual'] as const;

const byAddress = z.object({ address });

export function suppressionRoutes(api: Api, shared: Shared): void {
  const { store, now } = shared.options;
  const common = { tag: 'Suppressions', permission: 'suppressions:manage', spansAccounts: true } as const;
  route(
    api,
    {
      ...common,
      method: 'get',
      path: '/suppressions',
      summary: 'Addresses that mail is not sent to, in their order',
      query: z.strictObject({
        reason: z.enum(REASONS, REASONS.join(', ')).optional(),
        q: text.optional().openapi({ description: 'A part of address or note.' }),
        limit: pageLimit,
        cursor,
      }),
      answers: { 200: { description: 'A page', schema: pageOf(Suppression) } },
    },
    async ({ c, query }) => {
      const { items, next } = await suppressionPage(store, now(), { ...query, limit: query.limit ?? DEFAULT_PAGE });
      return c.json({ items: items.map(suppressionJson), next });
    },
  );
  route(
    api,
    {
      ...common,
      method: 'get',
      path: '/suppressions/{address}',
      summary: 'One suppressed address',
      params: byAddress,
      answers: { 200: { description: 'The entry', schema: Suppression } },
    },
    async ({ c, params }) => {
      const record = await store.suppressions.get(params.address);
      if (record === undefined || !holds(record, now())) throw absent(params.address);
      return c.json(suppressionJson(record));
    },
  );
  route(
    api,
    {
      ...common,
      method: 'put',
      path: '/suppressions/{address}',
      summary: 'Suppresses an address: what was not tried yet, and what comes, is not sent to it',
      params: byAddress,
      body: z.strictObject({
        reason: z.enum(REASONS, REASONS.join(', ')).optional().openapi({ description: '`manual` when left out.' }),
        note: text.optional(),
        until: time.optional().openapi({ description: 'From when it no longer holds.' }),
      }),
      answers: { 200: { description: 'The entry', schema: Suppression } },
    },
    async ({ c, caller, params, body }) => {
      if (body.until !== undefined && body.until <= now())
        throw validationProblem([{ in: 'body', path: 'until', detail: 'is in the past' }]);
      const record = await suppress(shared, caller, { address: params.address, reason: 'manual', note: null, until: null, ...given(body) });
      return c.json(suppressionJson(record));
    },
  );
  route(
    api,
    {
      ...common,
      method: 'delete',
      path: '/suppressions/{address}',
      summary: 'Lifts an address, and answers with the mail that was not sent to it',
      description: 'With `resend=true` (needs `messages:resend`) that mail is sent again to this address, save what was sent again before.',
      params: byAddress,
      query: z.strictObject({ resend: flag.optional() }),
      answers: { 200: { description: 'Lifted', schema: LiftResult } },
    },
    async ({ c, caller, params, query }) => {
      const lifted = await lift(shared, {
        caller,
        client: submissionClient(c, caller),
        address: params.address,
        resend: query.resend ?? false,
      });
      return c.json({ ...lifted, suppressed: lifted.suppressed.map(summaryJson) });
    },
  );
}

function given<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function absent(name: string): Error {
  return notFound(`${name} is not on the suppression list`);
}

/** One whose time is over is as if it were not there. */
export function holds(record: SuppressionRecord, now: number): boolean {
  return record.until === null || record.until > now;
}

/** Read at a time, and at most for a page: a search that hits rarely goes on by cursor. */
const AT_ONCE = 500;
const MOST_READ = 20_000;

/** In the order of addresses; the cursor is the last one looked at. */
export async function suppressionPage(
  store: Pick<Store, 'suppressions'>,
  now: number,
  request: {
    readonly reason?: string | undefined;
    readonly q?: string | undefined;
    readonly limit: number;
    readonly cursor?: string | undefined;
  },
): Promise<{ readonly items: readonly SuppressionRecord[]; readonly next: string | null }> {
  let after = request.cursor === undefined ? '' : Buffer.from(request.cursor, 'base64url').toString();
  if (request.cursor !== undefined && !after.includes('@')) {
    throw badCursor();
  }
  const wanted = (request.q ?? '').trim().toLowerCase();
  const fits = (record: SuppressionRecord): boolean =>
    holds(record, now) &&
    (request.reason === undefined || record.reason === request.reason) &&
    (record.address.includes(wanted) || (record.note ?? '').toLowerCase().includes(wanted));
  const items: SuppressionRecord[] = [];
  for (let read = 0; read < MOST_READ; read += AT_ONCE) {
    const part = await store.suppressions.list({ after, limit: AT_ONCE });
    for (const { name, value } of part) {
      const fitting = fits(value);
      if (fitting && items.length === request.limit) return { items, next: cursorAfter(after) };
      if (fitting) items.push(value);
      after = name;
    }
    if (part.length < AT_ONCE) return { items, next: null };
  }
  return { items, next: cursorAfter(after) };
}

function cursorAfter(address: string): string {
  return Buffer.from(address).toString('base64url');
}

export async function suppress(
  { options }: Shared,
  caller: Caller,
  entry: Pick<SuppressionRecord, 'address' | 'reason' | 'note' | 'until'>,
): Promise<SuppressionRecord> {
  const record: SuppressionRecord = { ...entry, by: caller.name, at: options.now(), message: null };
  await options.store.suppressions.put(record.address, record);
  await audit({ options }, caller, { action: 'suppression.set', subject: { kind: 'address', id: record.address } });
  options.log.info({ caller: caller.name, suppression: record.address, reason: record.reason, until: record.until }, 'address suppressed');
  return record;
}

export interface LiftRequest {
  readonly caller: Caller;
  readonly client: SubmissionClient | null;
  /** Normalised. */
  readonly address: string;
}

export interface Lifted {
  readonly lifted: true;
  readonly suppressed: readonly MessageSummary[];
  readonly next: string | null;
  readonly resent: ReturnType<typeof emptyTally>['messages'];
  readonly failures: ReturnType<typeof emptyTally>['failures'];
}

export async function lift(shared: Shared, request: LiftRequest & { readonly resend: boolean }): Promise<Lifted> {
  const { store, log } = shared.options;
  const { caller, address: name } = request;
  if (request.resend) assertPermitted(caller, 'messages:resend');
  if (!(await store.suppressions.delete(name))) throw absent(name);
  await audit(shared, caller, { action: 'suppression.lifted', subject: { kind: 'address', id: name } });
  log.info({ caller: caller.name, suppression: name, resend: request.resend }, 'suppression lifted');
  const { items, next } = await suppressedMail(store, name);
  const { messages, failures } = request.resend ? await resendSuppressed(shared, request) : emptyTally(false);
  return { lifted: true, suppressed: items, next, resent: messages, failures };
}

/** Sends what was not sent to the address because it was suppressed, save what was sent again since. */
export async function resendSuppressed(shared: Shared, request: LiftRequest): Promise<ReturnType<typeof emptyTally>> {
  const { store } = shared.options;
  const { address: name } = request;
  assertPermitted(request.caller, 'messages:resend');
  const tally = emptyTally(false);
  const order = { corrections: new Map(), recipients: new Set([name]), rewriteTo: false };
  const work = { ...request, repeatable: null, again: true };
  let from: string | undefined;
  do {
    const page = await suppressedMail(store, name, from);
    for (const { message } of page.items) {
      if (!(await wasSentAgain(store, message.id, name))) await resendCounted(shared, message.id, order, work, tally);
    }
    from = page.next ?? undefined;
  } while (from !== undefined && !shared.stopping.aborted);
  return tally;
}

/** Whether a message that replaces this one goes to the address. */
async function wasSentAgain(store: Pick<Store, 'message' | 'record'>, id: MessageId, name: string): Promise<boolean> {
  for (const later of (await store.message(id))?.supersededBy ?? []) {
    const record = await store.record(later);
    if (record?.recipients.some((recipient) => normalizeAddress(recipient.address) === name) === true) return true;
  }
  return false;
}

/** Messages that were not sent to the address because it was suppressed, newest first. */
export async function suppressedMail(
  store: Pick<Store, 'messages'>,
  name: string,
  from?: string,
): Promise<{ readonly items: readonly MessageSummary[]; readonly next: string | null }> {
  const page = await store.messages(
    { recipient: name, state: ['suppressed'] },
    { limit: DEFAULT_PAGE, ...(from === undefined ? {} : { cursor: from }) },
  );
  const items = page.items.filter(({ recipients }) =>
    recipients.some((recipient) => {
      const parsed = toAddress(recipient.address);
      return recipient.state === 'suppressed' && parsed !== undefined && normalizeAddress(parsed) === name;
    }),
  );
  return { items, next: page.next };
}
