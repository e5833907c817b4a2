/** Retry, hold, release and cancel for many messages at once, in commits of a slice each. */
import { z } from '@hono/zod-openapi';
import { notBefore, transition } from '../../domain/recipient.ts';
import { audit, ofMessages } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { Shared } from './context.ts';
import { ACTED, ACTIONS, type Action, evidenceOf, SUMMARIES } from './message-actions.ts';
import { type Api, route } from './route.ts';
import { BulkResult } from './schemas.ts';
import { SELECTION_FIELDS, type SelectedMessage, type Selection, selectionCursor, type Walked, walkSelection } from './selection.ts';

export const BULK_DESCRIPTION =
  'Those of a filter, which must name at least one field, or those named. Messages in which nothing changes are counted, and are no error. `complete: false` asks for another call with `cursor`.';

export interface BulkCounts {
  matched: number;
  changed: number;
  recipients: number;
  unchanged: number;
  notFound: number;
}

/** Does the action to each message of the selection, or with `dryRun` counts what it would change. */
export async function actOnMany(
  shared: Shared,
  caller: Caller,
  { action, dryRun, selection }: { readonly action: Action; readonly dryRun: boolean; readonly selection: Selection },
): Promise<BulkCounts & Walked> {
  const { store, now, log } = shared.options;
  const counts: BulkCounts = { matched: 0, changed: 0, recipients: 0, unchanged: 0, notFound: 0 };
  const walked = await walkSelection(shared, caller, selection, async ({ messages, unknown }) => {
    counts.notFound += unknown;
    counts.matched += messages.length;
    // Side by side: the store makes one commit of what comes at once.
    const changed = await Promise.all(messages.map((message) => changeIn(message)));
    if (!dryRun) {
      const ids = messages.filter((_, i) => (changed[i] ?? 0) > 0).map(({ id }) => id);
      await audit(shared, caller, ...ofMessages(ACTED[action], ids, { bulk: true }));
    }
    for (const recipients of changed) {
      counts.recipients += recipients;
      if (recipients > 0) counts.changed++;
      else counts.unchanged++;
    }
  });
  log.info({ caller: caller.name, action, dryRun, ...counts, ...walked }, 'messages action');
  return { ...counts, ...walked };

  /** How many recipients of the message changed, or would. */
  async function changeIn({ id, pending }: SelectedMessage): Promise<number> {
    const record = pending ? await store.record(id) : undefined;
    if (record === undefined) return 0;
    const evidence = evidenceOf(action, caller);
    const known = notBefore(evidence, record.message);
    const changing = record.recipients.filter((recipient) => transition(recipient, known, now()).changed);
    if (dryRun || changing.length === 0) return changing.length;
    const items = changing.map(({ index }) => ({ message: id, index, evidence }));
    return (await store.apply(items, now())).filter(({ changed }) => changed).length;
  }
}

export function bulkActionRoutes(api: Api, shared: Shared): void {
  for (const action of ACTIONS) {
    route(
      api,
      {
        method: 'post',
        path: `/messages/${action}`,
        tag: 'Queue',
        summary: `Of many messages: ${SUMMARIES[action].charAt(0).toLowerCase()}${SUMMARIES[action].slice(1)}`,
        description: BULK_DESCRIPTION,
        permission: 'queue:manage',
        body: z.strictObject({ ...SELECTION_FIELDS, cursor: selectionCursor }),
        answers: { 200: { description: 'What was, or would be, changed', schema: BulkResult } },
      },
      async ({ c, caller, body }) => {
        const dryRun = body.dryRun ?? false;
        return c.json({ dryRun, ...(await actOnMany(shared, caller, { action, dryRun, selection: body })) });
      },
    );
  }
}
