/** Erasing messages: records and bytes. What is still in the queue is refused unless forced, which cancels first. */
import { z } from '@hono/zod-openapi';
import type { MessageId } from '../../domain/ids.ts';
import { holdCovers, type LegalHoldRecord } from '../../domain/legal-hold.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import { audit, ofMessages } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../problem.ts';
import { type Shared, visibleRecord } from './context.ts';
import { flag, idParam } from './fields.ts';
import { type Api, route } from './route.ts';
import { DeleteResult } from './schemas.ts';
import { SELECTION_FIELDS, type SelectedMessage, type Selection, walkSelection } from './selection.ts';

export interface ErasedCounts {
  dryRun: boolean;
  matched: number;
  erased: number;
  pending: number;
  legalHold: number;
  notFound: number;
  complete: boolean;
  /** Where the next call goes on. */
  next: string | null;
}

interface Erasure {
  readonly dryRun: boolean;
  readonly force: boolean;
}

export function eraseRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'delete',
      path: '/messages/{id}',
      tag: 'Messages',
      summary: 'Erases the record and the bytes of a message',
      description:
        'What is still in the queue is refused (`pending`) unless `force` is given, in the query or the body: it is cancelled first then. What lies under a legal hold is refused whatever is given.',
      permission: 'messages:delete',
      params: idParam,
      query: z.strictObject({ force: flag.optional() }),
      body: z.strictObject({ force: z.boolean().optional() }),
      answers: {
        204: { description: 'Erased' },
        409: { description: 'Still in the queue (`pending`), or under a legal hold (`legal-hold`)' },
      },
    },
    async ({ c, caller, params, query, body }) => {
      const { message } = await visibleRecord(shared, caller, params.id);
      await eraseOne(shared, caller, message, query.force ?? body.force ?? false);
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
      body: z.strictObject({ ...SELECTION_FIELDS, force: z.boolean().optional() }),
      answers: { 200: { description: 'What was, or would be, erased', schema: DeleteResult } },
    },
    async ({ c, caller, body }) => {
      const erasure: Erasure = { dryRun: body.dryRun ?? false, force: body.force ?? false };
      const { next: _, ...counts } = await eraseMany(shared, caller, { erasure, selection: body });
      return c.json(counts);
    },
  );
}

/** Throws the 409 that is due where it is still in the queue and not forced, or lies under a legal hold. */
export async function eraseOne(
  shared: Shared,
  caller: Caller,
  message: Pick<AcceptedMessage, 'id' | 'account'>,
  force: boolean,
): Promise<void> {
  const { store, now, log } = shared.options;
  const [result] = await store.erase({ ids: [message.id], force, now: now() });
  if (result?.outcome === 'legal-hold') throw heldProblem(result.hold);
  if (result?.outcome === 'pending') {
    throw new Problem(409, 'pending', 'The message is still in the queue: cancel it first, or give force');
  }
  await audit(shared, caller, ...ofMessages('message.deleted', [message.id], { account: message.account }));
  log.info({ caller: caller.name, message: message.id }, 'message erased');
}

/** Erases each message of the selection, or with `dryRun` counts what would be erased, and refused. */
export async function eraseMany(
  shared: Shared,
  caller: Caller,
  { erasure, selection }: { readonly erasure: Erasure; readonly selection: Selection },
): Promise<ErasedCounts> {
  const counts: ErasedCounts = {
    dryRun: erasure.dryRun,
    matched: 0,
    erased: 0,
    pending: 0,
    legalHold: 0,
    notFound: 0,
    complete: true,
    next: null,
  };
  const walked = await walkSelection(shared, caller, selection, ({ messages, unknown }) => {
    counts.notFound += unknown;
    return eraseSlice(shared, caller, { erasure, slice: messages, counts });
  });
  Object.assign(counts, walked);
  shared.options.log.info({ caller: caller.name, ...counts }, 'messages erased');
  return counts;
}

async function eraseSlice(
  shared: Shared,
  caller: Caller,
  { erasure, slice, counts }: { readonly erasure: Erasure; readonly slice: readonly SelectedMessage[]; readonly counts: ErasedCounts },
): Promise<void> {
  counts.matched += slice.length;
  if (erasure.dryRun) {
    const held = await heldAmong(shared, slice);
    const free = slice.filter(({ id }) => !held.has(id));
    const kept = erasure.force ? 0 : free.filter(({ pending }) => pending).length;
    counts.legalHold += held.size;
    counts.pending += kept;
    counts.erased += free.length - kept;
    return;
  }
  if (slice.length === 0) return;
  const { store, now } = shared.options;
  const results = await store.erase({ ids: slice.map(({ id }) => id), force: erasure.force, now: now() });
  const erased = results.filter(({ outcome }) => outcome === 'erased').map(({ message }) => message);
  await audit(shared, caller, ...ofMessages('message.deleted', erased, { bulk: true }));
  for (const { outcome } of results) {
    if (outcome === 'erased') counts.erased++;
    else if (outcome === 'pending') counts.pending++;
    else if (outcome === 'legal-hold') counts.legalHold++;
    else counts.notFound++;
  }
}

/** Which of them lie under a legal hold. */
async function heldAmong({ options }: Shared, slice: readonly SelectedMessage[]): Promise<Set<MessageId>> {
  const holds = (await options.store.legalHolds.list()).map(({ value }) => value);
  const held = new Set<MessageId>();
  if (holds.length === 0) return held;
  const single = new Set(holds.map(({ message }) => message));
  const filters = holds.filter(({ filter }) => filter !== null);
  for (const { id } of slice) {
    const record = filters.length === 0 ? undefined : await options.store.record(id);
    if (single.has(id) || (record !== undefined && filters.some((hold) => holdCovers(hold, record.message)))) held.add(id);
  }
  return held;
}

/** Why nothing of it is erased, whatever is asked. */
export function heldProblem(hold: LegalHoldRecord | undefined): Problem {
  const which = hold === undefined ? 'a legal hold' : hold.filter === null ? 'a legal hold' : `the legal hold ${hold.name}`;
  const since = hold === undefined ? '' : `, set ${new Date(hold.at).toISOString().slice(0, 10)}: ${hold.reason}`;
  return new Problem(409, 'legal-hold', `The message lies under ${which}${since}. Nothing erases it until that is lifted`, {
    members: hold === undefined ? {} : { hold: hold.name },
  });
}
