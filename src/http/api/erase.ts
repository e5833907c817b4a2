/** Erasing messages: records and bytes. What is still in the queue is refused unless forced, which cancels first. */
import { z } from '@hono/zod-openapi';
import type { MessageId } from '../../domain/ids.ts';
import type { MessageFilter } from '../../domain/ports.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { Problem, validationProblem } from '../problem.ts';
import { type Shared, visibleRecord } from './context.ts';
import { asMessageId, flag, idParam } from './fields.ts';
import { filterBody, filterFor } from './filter.ts';
import { type Api, route } from './route.ts';
import { DeleteResult } from './schemas.ts';

/** Messages a commit: the store's event loop stays free between them. */
const SLICE = 200;
/** How long one call works; what is left is for the next. */
const BUDGET = 20_000;
const IDS_LIMIT = 10_000;

interface Counts {
  dryRun: boolean;
  matched: number;
  erased: number;
  pending: number;
  notFound: number;
  complete: boolean;
}

interface Erasure {
  readonly caller: Caller;
  readonly dryRun: boolean;
  readonly force: boolean;
}

export function eraseRoutes(api: Api, shared: Shared): void {
  const { store, now, log } = shared.options;
  route(
    api,
    {
      method: 'delete',
      path: '/messages/{id}',
      tag: 'Messages',
      summary: 'Erases the record and the bytes of a message',
      description:
        'What is still in the queue is refused (`pending`) unless `force` is given, in the query or the body: it is cancelled first then.',
      permission: 'messages:delete',
      params: idParam,
      query: z.strictObject({ force: flag.optional() }),
      body: z.strictObject({ force: z.boolean().optional() }),
      answers: { 204: { description: 'Erased' }, 409: { description: 'Still in the queue (`pending`)' } },
    },
    async ({ c, caller, params, query, body }) => {
      const { message } = await visibleRecord(shared, caller, params.id);
      const [result] = await store.erase({ ids: [message.id], force: query.force ?? body.force ?? false, now: now() });
      if (result?.outcome === 'pending') {
        throw new Problem(409, 'pending', 'The message is still in the queue: cancel it first, or give force');
      }
      log.info({ caller: caller.name, message: message.id }, 'message erased');
      return c.body(null, 204);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/messages/delete',
      tag: 'Messages',
      summary: 'Erases many messages: those of a filter, or those named',
      description: 'With `dryRun` it only counts. A filter must name at least one field. `complete: false` asks for another call.',
      permission: 'messages:delete',
      body: z.strictObject({
        filter: filterBody.optional(),
        ids: z.array(z.string().max(64)).max(IDS_LIMIT, `at most ${IDS_LIMIT}`).optional(),
        dryRun: z.boolean().optional(),
        force: z.boolean().optional(),
      }),
      answers: { 200: { description: 'What was, or would be, erased', schema: DeleteResult } },
    },
    async ({ c, caller, body }) => {
      const erasure: Erasure = { caller, dryRun: body.dryRun ?? false, force: body.force ?? false };
      if ((body.filter === undefined) === (body.ids === undefined)) {
        throw validationProblem([{ in: 'body', path: 'filter', detail: 'give either filter or ids' }]);
      }
      const filter = body.filter === undefined ? undefined : filterFor(caller, body.filter);
      if (body.filter !== undefined && Object.values(body.filter).every((value) => value === undefined)) {
        throw validationProblem([
          { in: 'body', path: 'filter', detail: 'names no field, which would erase everything: give at least one' },
        ]);
      }
      const counts: Counts = { dryRun: erasure.dryRun, matched: 0, erased: 0, pending: 0, notFound: 0, complete: true };
      if (body.ids !== undefined) await eraseNamed(shared, erasure, body.ids, counts);
      else if (filter !== undefined) await eraseMatching(shared, erasure, filter, counts);
      log.info({ caller: caller.name, ...counts }, 'messages erased');
      return c.json(counts);
    },
  );
}

async function eraseNamed(shared: Shared, erasure: Erasure, given: readonly string[], counts: Counts): Promise<void> {
  const { store, now } = shared.options;
  const deadline = now() + BUDGET;
  const names = [...new Set(given)];
  for (let start = 0; start < names.length; start += SLICE) {
    if (now() > deadline || shared.stopping.aborted) {
      counts.complete = false;
      return;
    }
    const slice: { id: MessageId; pending: boolean }[] = [];
    for (const name of names.slice(start, start + SLICE)) {
      const id = asMessageId(name);
      const record = id === undefined ? undefined : await store.record(id);
      if (id === undefined || record === undefined || !maySee(erasure.caller, record.message.account)) counts.notFound++;
      else
        slice.push({ id, pending: record.recipients.some(({ state }) => state === 'queued' || state === 'deferred' || state === 'held') });
    }
    await eraseSlice(shared, erasure, slice, counts);
  }
}

async function eraseMatching(shared: Shared, erasure: Erasure, filter: MessageFilter, counts: Counts): Promise<void> {
  const { store, now } = shared.options;
  const deadline = now() + BUDGET;
  let cursor: string | null = null;
  do {
    if (now() > deadline || shared.stopping.aborted) {
      counts.complete = false;
      return;
    }
    const page = await store.messages(filter, { limit: SLICE, ...(cursor === null ? {} : { cursor }) });
    const slice = page.items.map(({ message, state }) => ({ id: message.id, pending: state === 'in-progress' }));
    await eraseSlice(shared, erasure, slice, counts);
    cursor = page.next;
  } while (cursor !== null);
}

async function eraseSlice(
  shared: Shared,
  erasure: Erasure,
  slice: readonly { readonly id: MessageId; readonly pending: boolean }[],
  counts: Counts,
): Promise<void> {
  counts.matched += slice.length;
  if (erasure.dryRun) {
    const kept = erasure.force ? 0 : slice.filter(({ pending }) => pending).length;
    counts.pending += kept;
    counts.erased += slice.length - kept;
    return;
  }
  if (slice.length === 0) return;
  const { store, now } = shared.options;
  for (const { outcome } of await store.erase({ ids: slice.map(({ id }) => id), force: erasure.force, now: now() })) {
    if (outcome === 'erased') counts.erased++;
    else if (outcome === 'pending') counts.pending++;
    else counts.notFound++;
  }
}
