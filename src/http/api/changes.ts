/**
 * The change feed: pages after a sequence number, as a long poll, and as server-sent events
 * (WHATWG HTML §9.2). Readers keep their own position; nothing is held for them in memory, so a
 * slow one costs a page at most, is dropped when it takes nothing, and resumes with Last-Event-ID.
 */
import { z } from '@hono/zod-openapi';
import { EVENT_TYPES, type EventType } from '../../domain/events.ts';
import type { FeedPage } from '../../domain/ports.ts';
import { eventJson } from '../../domain/representation.ts';
import type { AppContext } from '../environment.ts';
import { validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { eventStream } from './event-stream.ts';
import { abortAfter, assertNotAhead, type FeedReader, read, readThrough } from './feed-reading.ts';
import { DEFAULT_PAGE, duration, listOf, pageLimit, sequenceNumber } from './fields.ts';
import { type Api, route } from './route.ts';
import { Changes } from './schemas.ts';

const types = listOf(EVENT_TYPES)
  .optional()
  .openapi({ type: 'array', items: { type: 'string', enum: [...EVENT_TYPES] }, description: 'Only these; repeated or joined by commas.' });

export function changeRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/changes',
      tag: 'Changes',
      summary: 'The feed after a sequence number, oldest first',
      description:
        'With `wait` the answer is kept back until something happens, or the time is over. 410 `cursor-expired` when the feed no longer goes back to `after`.',
      permission: 'changes:read',
      query: z.strictObject({
        after: sequenceNumber.optional().openapi({ default: 0, description: '`last` of the page before.' }),
        limit: pageLimit,
        types,
        wait: duration.optional().openapi({ description: 'At most 60s.' }),
      }),
      repeatable: ['types'],
      answers: {
        200: { description: 'A page', schema: Changes },
        410: { description: 'The feed no longer goes back that far (`cursor-expired`), or has not come that far (`cursor-ahead`)' },
      },
    },
    async ({ c, caller, query }) => {
      const after = query.after ?? 0;
      const wait = query.wait ?? 0;
      if (wait > shared.limits.wait)
        throw validationProblem([{ in: 'query', path: 'wait', detail: `at most ${shared.limits.wait / 1000}s` }]);
      assertNotAhead(shared, after);
      const reader: FeedReader = { caller, types: query.types as EventType[] | undefined };
      const page = await readOrWait(shared, c, reader, { after, limit: query.limit ?? DEFAULT_PAGE, wait });
      return c.json({ items: page.items.map(eventJson), last: page.last });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/changes/stream',
      tag: 'Changes',
      summary: 'The feed as server-sent events',
      description: 'Each event’s `id` is its sequence number. Resumes after `Last-Event-ID`, else after `after`, else from now on.',
      permission: 'changes:read',
      query: z.strictObject({ after: sequenceNumber.optional(), types }),
      repeatable: ['types'],
      answers: { 200: { description: 'The stream', contentType: 'text/event-stream' }, 410: { description: 'As for /changes' } },
    },
    async ({ c, caller, query }) => {
      const after = resumeAfter(c) ?? query.after ?? shared.options.store.lastSeq;
      assertNotAhead(shared, after);
      const reader: FeedReader = { caller, types: query.types as EventType[] | undefined };
      await read(shared, reader, after, 1); // A position that has expired is refused before the stream begins.
      const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
      return new Response(c.req.method === 'HEAD' ? null : eventStream(shared, c, reader, after), { headers });
    },
  );
}

function resumeAfter(c: AppContext): number | undefined {
  const id = c.req.header('last-event-id');
  return id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}

async function readOrWait(
  shared: Shared,
  c: AppContext,
  reader: FeedReader,
  request: { readonly after: number; readonly limit: number; readonly wait: number },
): Promise<FeedPage> {
  let page = await readThrough(shared, reader, request.after, request.limit);
  if (page.items.length > 0 || request.wait === 0) return page;
  const until = abortAfter(request.wait, [shared.stopping, c.req.raw.signal]);
  try {
    while (page.items.length === 0 && !until.signal.aborted) {
      await shared.options.store.waitForChanges(page.last, until.signal);
      page = await readThrough(shared, reader, page.last, request.limit);
    }
  } finally {
    until.release();
  }
  return page;
}
