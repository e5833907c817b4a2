/**
 * What a person can do to a message in the queue: retry, hold, release, cancel. Each is evidence
 * for the one transition function, so that the state, the event and the schedule follow in one commit.
 */
import { z } from '@hono/zod-openapi';
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { AuditAction } from '../../domain/audit.ts';
import { messageState } from '../../domain/message.ts';
import type { Evidence, RecipientRecord, RecipientState } from '../../domain/recipient.ts';
import { recipientJson } from '../../domain/representation.ts';
import { audit, ofMessages } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { notFound, Problem, validationProblem } from '../problem.ts';
import { type Shared, type VisibleRecord, visibleRecord } from './context.ts';
import { idParam, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { ActionResult } from './schemas.ts';

export const ACTIONS = ['retry', 'hold', 'release', 'cancel'] as const;
export type Action = (typeof ACTIONS)[number];

export const SUMMARIES: Readonly<Record<Action, string>> = {
  retry: 'Tries the waiting recipients now, also those of a message that was to be sent later',
  hold: 'Keeps the waiting recipients back until they are released',
  release: 'Lets held recipients go on: at once, or at the time the message was to be sent',
  cancel: 'Takes the recipients that are still in the queue out of it, for good',
};

/** What the audit log calls them. */
export const ACTED = {
  retry: 'message.retried',
  hold: 'message.held',
  release: 'message.released',
  cancel: 'message.cancelled',
} as const satisfies Readonly<Record<Action, AuditAction>>;

/** The states each action starts from. `hold` on what is held and the like change nothing, and are no error. */
const APPLIES_TO: Readonly<Record<Action, readonly RecipientState[]>> = {
  retry: ['queued', 'deferred'],
  hold: ['queued', 'deferred', 'held'],
  release: ['held', 'queued', 'deferred'],
  cancel: ['queued', 'deferred', 'held', 'cancelled'],
};

export function evidenceOf(action: Action, caller: Caller): Evidence {
  switch (action) {
    case 'retry':
      return { kind: 'retry' };
    case 'hold':
      return { kind: 'held', reason: `by ${caller.name}` };
    case 'release':
      return { kind: 'released' };
    case 'cancel':
      return { kind: 'cancelled' };
    default:
      return action satisfies never;
  }
}

/** The recipients meant: all, or those named; 400 for a name that is none of the message's. */
function chosen(record: VisibleRecord, named: readonly string[] | undefined): readonly RecipientRecord[] {
  if (named === undefined) return record.recipients;
  const wanted = new Map(named.map((given, i) => [normalized(given), i]));
  const found = record.recipients.filter((recipient) => wanted.delete(normalizeAddress(recipient.address)));
  const faults = [...wanted.values()].map((i) => ({
    in: 'body' as const,
    path: `recipients.${i}`,
    detail: 'not a recipient of this message',
  }));
  if (faults.length > 0) throw validationProblem(faults);
  return found;
}

function normalized(given: string): string {
  const parsed = toAddress(given.trim());
  return parsed === undefined ? given : normalizeAddress(parsed);
}

export interface Acted {
  readonly recipients: readonly RecipientRecord[];
  /** Indexes of those that changed. */
  readonly changed: ReadonlySet<number>;
}

/** Applies the action; 409 when it fits none of the recipients meant. */
export async function act(
  shared: Shared,
  request: {
    readonly caller: Caller;
    readonly record: VisibleRecord;
    readonly action: Action;
    readonly recipients: readonly string[] | undefined;
  },
): Promise<Acted> {
  const { caller, record, action } = request;
  const { store, now, log } = shared.options;
  const meant = chosen(record, request.recipients);
  const fitting = meant.filter((recipient) => APPLIES_TO[action].includes(recipient.state));
  if (fitting.length === 0) {
    const states = [...new Set(meant.map((recipient) => recipient.state))].join(', ');
    throw new Problem(
      409,
      'not-applicable',
      `Nothing to ${action}: ${meant.length === 1 ? 'the recipient is' : 'the recipients are'} ${states}`,
    );
  }
  const evidence = evidenceOf(action, caller);
  const items = fitting.map(({ index }) => ({ message: record.message.id, index, evidence }));
  const transitions = await store.apply(items, now());
  const after = await store.record(record.message.id);
  if (after === undefined) throw notFound('The message was deleted meanwhile');
  const changed = new Set(transitions.filter((transition) => transition.changed).map((transition) => transition.recipient.index));
  if (changed.size > 0) await audit(shared, caller, ...ofMessages(ACTED[action], [record.message.id], { recipients: changed.size }));
  log.info({ caller: caller.name, action, message: record.message.id, changed: changed.size }, 'message action');
  return { recipients: after.recipients, changed };
}

export function actionRoutes(api: Api, shared: Shared): void {
  for (const action of ACTIONS) {
    route(
      api,
      {
        method: 'post',
        path: `/messages/{id}/${action}`,
        tag: 'Queue',
        summary: SUMMARIES[action],
        permission: 'queue:manage',
        params: idParam,
        body: z.strictObject({
          recipients: z
            .array(text)
            .min(1, 'name at least one, or leave it out for all')
            .max(1000)
            .optional()
            .openapi({ description: 'Addresses; all when left out.' }),
        }),
        answers: {
          200: { description: 'The recipients as they stand now; `changed` tells which did', schema: ActionResult },
          409: { description: 'None of the recipients is in a state that this applies to (`not-applicable`)' },
        },
      },
      async ({ c, caller, params, body }) => {
        const record = await visibleRecord(shared, caller, params.id);
        const { recipients, changed } = await act(shared, { caller, record, action, recipients: body.recipients });
        return c.json({
          id: record.message.id,
          state: messageState(recipients.map(({ state }) => state)),
          recipients: recipients.map((recipient) => ({ ...recipientJson(recipient), changed: changed.has(recipient.index) })),
        });
      },
    );
  }
}
