/**
 * Many messages at once: those of a filter, or those named. Goes through them in slices, so that the
 * event loop stays free, and for a bounded time; what is left is told by a cursor.
 */
import { z } from '@hono/zod-openapi';
import type { MessageId } from '../../domain/ids.ts';
import type { MessageFilter } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { asMessageId, cursor } from './fields.ts';
import { type AskedFilter, filterBody, filterFor } from './filter.ts';

/** Messages a slice. */
const SLICE = 200;
/** How long one call works; what is left is for the next. */
const BUDGET = 20_000;
const IDS_LIMIT = 10_000;

export const SELECTION_FIELDS = {
  filter: filterBody.optional(),
  ids: z.array(z.string().max(64)).max(IDS_LIMIT, `at most ${IDS_LIMIT}`).optional(),
  dryRun: z.boolean().optional().openapi({ description: 'Only counts.' }),
};

export const selectionCursor = cursor.openapi({ description: '`next` of the call before, with the same filter or ids.' });

export interface Selection {
  readonly filter?: AskedFilter | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly cursor?: string | undefined;
  /** Milliseconds that the call may work; absent: 20 s. */
  readonly budget?: number | undefined;
}

export interface SelectedMessage {
  readonly id: MessageId;
  readonly pending: boolean;
}

export interface Slice {
  readonly messages: readonly SelectedMessage[];
  /** Names that are no messages, or none that the caller may see. */
  readonly unknown: number;
}

/** Where the next call goes on; `complete` when there is nothing left. */
export interface Walked {
  readonly complete: boolean;
  readonly next: string | null;
}

const ALL: Walked = { complete: true, next: null };

export async function walkSelection(
  shared: Shared,
  caller: Caller,
  selection: Selection,
  visit: (slice: Slice) => Promise<void>,
): Promise<Walked> {
  const { filter, ids } = selection;
  if ((filter === undefined) === (ids === undefined)) {
    throw validationProblem([{ in: 'body', path: 'filter', detail: 'give either filter or ids' }]);
  }
  if (ids !== undefined) return walkNamed(shared, caller, { ...selection, ids }, visit);
  if (Object.values(filter ?? {}).every((value) => value === undefined)) {
    throw validationProblem([{ in: 'body', path: 'filter', detail: 'names no field, which would mean everything: give at least one' }]);
  }
  const narrowed = filterFor(caller, filter ?? {});
  return narrowed === undefined ? ALL : walkMatching(shared, narrowed, selection, visit);
}

async function walkNamed(
  shared: Shared,
  caller: Caller,
  { ids, cursor: from, budget = BUDGET }: Selection & { readonly ids: readonly string[] },
  visit: (slice: Slice) => Promise<void>,
): Promise<Walked> {
  const { store, now } = shared.options;
  const deadline = now() + budget;
  const names = [...new Set(ids)];
  for (let start = positionOf(from); start < names.length; start += SLICE) {
    if (now() > deadline || shared.stopping.aborted) return { complete: false, next: String(start) };
    const messages: SelectedMessage[] = [];
    let unknown = 0;
    for (const name of names.slice(start, start + SLICE)) {
      const id = asMessageId(name);
      const record = id === undefined ? undefined : await store.record(id);
      if (id === undefined || record === undefined || !maySee(caller, record.message.account)) unknown++;
      else messages.push({ id, pending: record.recipients.some(({ state }) => isPending(state)) });
    }
    await visit({ messages, unknown });
  }
  return ALL;
}

function positionOf(from: string | undefined): number {
  if (from === undefined) return 0;
  if (/^\d{1,6}$/.test(from)) return Number(from);
  throw validationProblem([{ in: 'body', path: 'cursor', detail: 'not a cursor of these ids: start without one' }]);
}

async function walkMatching(
  shared: Shared,
  filter: MessageFilter,
  { cursor: from, budget = BUDGET }: Selection,
  visit: (slice: Slice) => Promise<void>,
): Promise<Walked> {
  const { store, now } = shared.options;
  const deadline = now() + budget;
  let next: string | null = from ?? null;
  do {
    if (now() > deadline || shared.stopping.aborted) return { complete: false, next };
    const page = await store.messages(filter, { limit: SLICE, ...(next === null ? {} : { cursor: next }) });
    await visit({ messages: page.items.map(({ message, state }) => ({ id: message.id, pending: state === 'in-progress' })), unknown: 0 });
    next = page.next;
  } while (next !== null);
  return ALL;
}
