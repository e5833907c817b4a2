/** Acting on many messages from the register: who may, what it would do, and doing it, a part at a time. */
import type { Permission } from '../../domain/ports.ts';
import { actOnMany } from '../api/bulk-actions.ts';
import type { Shared } from '../api/context.ts';
import { eraseMany } from '../api/erase.ts';
import { resendMany } from '../api/resend.ts';
import type { Selection } from '../api/selection.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext } from '../environment.ts';
import { submissionClient } from '../sending/submit.ts';
import { readRegisterFilter } from './register-filter.ts';

export const BULK_ACTIONS = ['retry', 'hold', 'release', 'cancel', 'resend', 'delete'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

const NEEDS: Readonly<Record<BulkAction, Permission>> = {
  retry: 'queue:manage',
  hold: 'queue:manage',
  release: 'queue:manage',
  cancel: 'queue:manage',
  resend: 'messages:resend',
  delete: 'messages:delete',
};

/** Those that can not be taken back. */
export const FOR_GOOD: ReadonlySet<BulkAction> = new Set(['cancel', 'resend', 'delete']);

export function bulkNeeds(action: BulkAction): Permission {
  return NEEDS[action];
}

/** Offered to the caller; none where no form of theirs would be taken. */
export function bulkActionsOf(caller: Caller): readonly BulkAction[] {
  return caller.session === null ? [] : BULK_ACTIONS.filter((action) => caller.permissions.has(NEEDS[action]));
}

export function asBulkAction(text: string | null): BulkAction | undefined {
  return BULK_ACTIONS.find((action) => action === text);
}

/** What a form of the register names: messages by id, or all that fit a filter and were there when it was asked. */
export interface Chosen {
  readonly ids: readonly string[];
  /** The register's query; null: `ids`. */
  readonly query: string | null;
  /** Unix milliseconds: what came in later is not meant. */
  readonly until: number;
}

/** Undefined: nothing is chosen, or the filter does not hold. */
export function readChosen(form: URLSearchParams, now: number): Chosen | undefined {
  const until = Number(form.get('until') ?? now);
  if (form.get('all') === '1') {
    const query = form.get('query') ?? '';
    const { given, faults } = filterOf(query);
    return given.size === 0 || faults.size > 0 || !Number.isFinite(until) ? undefined : { ids: [], query, until: Math.min(until, now) };
  }
  const ids = form.getAll('id');
  return ids.length === 0 ? undefined : { ids, query: null, until: now };
}

function filterOf(query: string) {
  const parameters = new URLSearchParams(query);
  return readRegisterFilter(Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)])));
}

function selectionOf({ ids, query, until }: Chosen): Selection {
  if (query === null) return { ids };
  const { filter } = filterOf(query);
  // Messages of this very millisecond are meant as well.
  return { filter: { ...filter, to: Math.min(filter.to ?? until + 1, until + 1) } };
}

/** In numbers: what was, or would be, done. */
export interface BulkOutcome {
  readonly messages: number;
  readonly recipients: number;
  readonly unchanged: number;
  /** Of a deletion: still in the queue, and refused. */
  readonly pending: number;
  /** Of sending again: sent again before. */
  readonly before: number;
  readonly gone: number;
  readonly failed: number;
  readonly complete: boolean;
  readonly next: string | null;
}

export const NOTHING_DONE: BulkOutcome = {
  messages: 0,
  recipients: 0,
  unchanged: 0,
  pending: 0,
  before: 0,
  gone: 0,
  failed: 0,
  complete: true,
  next: null,
};

export interface BulkRequest {
  readonly caller: Caller;
  readonly action: BulkAction;
  readonly chosen: Chosen;
  readonly dryRun: boolean;
  /** Milliseconds. */
  readonly budget: number;
  readonly cursor?: string;
}

export async function runBulk(c: AppContext, shared: Shared, request: BulkRequest): Promise<BulkOutcome> {
  const { caller, action, dryRun, budget, cursor } = request;
  const selection: Selection = { ...selectionOf(request.chosen), cursor, budget };
  switch (action) {
    case 'delete': {
      const { erased, notFound, ...counts } = await eraseMany(shared, caller, { erasure: { dryRun, force: false }, selection });
      return { ...NOTHING_DONE, ...counts, messages: erased, gone: notFound };
    }
    case 'resend': {
      const order = { corrections: new Map(), recipients: undefined, rewriteTo: false };
      const work = { caller, client: submissionClient(c, caller), repeatable: null, again: false };
      const { resent, notFound, ...counts } = await resendMany(shared, order, work, { dryRun, selection });
      return { ...NOTHING_DONE, ...counts, messages: resent, gone: notFound };
    }
    default: {
      const { changed, notFound, ...counts } = await actOnMany(shared, caller, { action, dryRun, selection });
      return { ...NOTHING_DONE, ...counts, messages: changed, gone: notFound };
    }
  }
}
