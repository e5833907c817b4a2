/** Legal holds: of one message, or of all that fit a filter. What lies under one is erased by nobody. */
import { z } from '@hono/zod-openapi';
import { LEGAL_HOLD_FILTERS, type LegalHoldFilter, type LegalHoldRecord, legalHoldKey } from '../../domain/legal-hold.ts';
import { rfc3339 } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { badCursor, notFound, validationProblem } from '../problem.ts';
import { type Shared, visibleRecord } from './context.ts';
import { cursor, DEFAULT_PAGE, givenName, idParam, pageLimit } from './fields.ts';
import { FILTER_FIELDS } from './filter.ts';
import { type Api, route } from './route.ts';
import { at, pageOf } from './schemas.ts';

const holdFilter = z.strictObject(
  Object.fromEntries(LEGAL_HOLD_FILTERS.map((name) => [name, FILTER_FIELDS[name]])) as Pick<
    typeof FILTER_FIELDS,
    (typeof LEGAL_HOLD_FILTERS)[number]
  >,
);
const reason = z
  .string()
  .trim()
  .min(1, 'say why: a case, a request')
  .max(500, 'at most 500 characters')
  .openapi({ example: 'Case 2026/114, kept for the court' });

const LegalHold = z
  .strictObject({
    name: z.string(),
    message: z.string().nullable().openapi({ description: 'The one message; null: those of the filter.' }),
    filter: z.record(z.string(), z.unknown()).nullable(),
    reason: z.string(),
    by: z.string().nullable(),
    at,
  })
  .openapi('LegalHold');

const COMMON = { tag: 'Administration', permission: 'messages:delete' } as const;
const byName = z.object({ name: givenName });

export function legalHoldRoutes(api: Api, shared: Shared): void {
  messageHoldRoutes(api, shared);
  filterHoldRoutes(api, shared);
}

function messageHoldRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      ...COMMON,
      method: 'post',
      path: '/messages/{id}/legal-hold',
      summary: 'Puts a message under a legal hold',
      description:
        'Nothing erases it from then on: not its age, no erasure of an address, no deletion, not with `force` either. Delivery goes on.',
      params: idParam,
      body: z.strictObject({ reason }),
      answers: { 200: { description: 'The hold', schema: LegalHold } },
    },
    async ({ c, caller, params, body }) => {
      const { message } = await visibleRecord(shared, caller, params.id);
      return c.json(
        legalHoldJson(await setHold(shared, caller, { name: message.id, message: message.id, filter: null, reason: body.reason })),
      );
    },
  );
  route(
    api,
    {
      ...COMMON,
      method: 'delete',
      path: '/messages/{id}/legal-hold',
      summary: 'Lifts the legal hold of a message',
      description: 'Holds with a filter that it fits stay.',
      params: idParam,
      answers: { 204: { description: 'Lifted' } },
    },
    async ({ c, caller, params }) => {
      const { message } = await visibleRecord(shared, caller, params.id);
      if (!(await liftHold(shared, caller, { name: message.id, message: message.id })))
        throw notFound('The message lies under no hold of its own');
      return c.body(null, 204);
    },
  );
}

/** Tells a cursor from any other text. */
const MARK = 'hold:';

function cursorOf(name: string): string {
  return Buffer.from(MARK + name).toString('base64url');
}

function afterOf(given: string | undefined): string {
  if (given === undefined) return '';
  const text = Buffer.from(given, 'base64url').toString();
  if (!text.startsWith(MARK)) throw badCursor();
  return text.slice(MARK.length);
}

function filterHoldRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      ...COMMON,
      method: 'get',
      path: '/legal-holds',
      summary: 'All legal holds',
      spansAccounts: true,
      query: z.strictObject({ limit: pageLimit, cursor }),
      answers: { 200: { description: 'The holds', schema: pageOf(LegalHold) } },
    },
    async ({ c, query }) => {
      const limit = query.limit ?? DEFAULT_PAGE;
      const found = await shared.options.store.legalHolds.list({ after: afterOf(query.cursor), limit: limit + 1 });
      const items = found.slice(0, limit);
      return c.json({
        items: items.map(({ value }) => legalHoldJson(value)),
        next: found.length > limit ? cursorOf(items.at(-1)?.name ?? '') : null,
      });
    },
  );
  route(
    api,
    {
      ...COMMON,
      method: 'put',
      path: '/legal-holds/{name}',
      summary: 'Puts all messages of a filter under a legal hold, also those that are still to come',
      spansAccounts: true,
      params: byName,
      body: z.strictObject({ filter: holdFilter, reason }),
      answers: { 200: { description: 'The hold', schema: LegalHold } },
    },
    async ({ c, caller, params, body }) => {
      const filter = Object.fromEntries(Object.entries(body.filter).filter(([, value]) => value !== undefined)) as LegalHoldFilter;
      if (Object.keys(filter).length === 0) {
        throw validationProblem([{ in: 'body', path: 'filter', detail: 'names no field, which would mean everything: give at least one' }]);
      }
      return c.json(legalHoldJson(await setHold(shared, caller, { name: params.name, message: null, filter, reason: body.reason })));
    },
  );
  route(
    api,
    {
      ...COMMON,
      method: 'delete',
      path: '/legal-holds/{name}',
      summary: 'Lifts a legal hold with a filter',
      spansAccounts: true,
      params: byName,
      answers: { 204: { description: 'Lifted' } },
    },
    async ({ c, caller, params }) => {
      if (!(await liftHold(shared, caller, { name: params.name, message: null }))) throw notFound(`There is no legal hold ${params.name}`);
      return c.body(null, 204);
    },
  );
}

export async function setHold(shared: Shared, caller: Caller, hold: Omit<LegalHoldRecord, 'by' | 'at'>): Promise<LegalHoldRecord> {
  const { store, now, log } = shared.options;
  const record: LegalHoldRecord = { ...hold, by: caller.name, at: now() };
  await store.legalHolds.put(legalHoldKey(hold), record);
  await audit(shared, caller, { action: 'legal-hold.set', subject: subjectOf(hold), detail: { reason: hold.reason } });
  log.info({ caller: caller.name, hold: hold.name }, 'legal hold set');
  return record;
}

/** False: there was none. */
export async function liftHold(shared: Shared, caller: Caller, hold: Pick<LegalHoldRecord, 'name' | 'message'>): Promise<boolean> {
  const { store, log } = shared.options;
  if (!(await store.legalHolds.delete(legalHoldKey(hold)))) return false;
  await audit(shared, caller, { action: 'legal-hold.lifted', subject: subjectOf(hold) });
  log.info({ caller: caller.name, hold: hold.name }, 'legal hold lifted');
  return true;
}

function subjectOf({ name, message }: Pick<LegalHoldRecord, 'name' | 'message'>): { kind: 'message' | 'legal-hold'; id: string } {
  return message === null ? { kind: 'legal-hold', id: name } : { kind: 'message', id: message };
}

export function legalHoldJson({ name, message, filter, reason: why, by, at: set }: LegalHoldRecord): Record<string, unknown> {
  return { name, message, filter: filter === null ? null : filterJson(filter), reason: why, by, at: rfc3339(set) };
}

function filterJson({ from, to, ...rest }: LegalHoldFilter): Record<string, unknown> {
  return { ...rest, ...(from === undefined ? {} : { from: rfc3339(from) }), ...(to === undefined ? {} : { to: rfc3339(to) }) };
}
