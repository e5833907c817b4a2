/**
 * The change feed: pages after a sequence number, as a long poll, and as server-sent events
 * (WHATWG HTML §9.2). Readers keep their own position; nothing is held for them in memory, so a
 * slow one costs a page at most, is dropped when it takes nothing, and resumes with Last-Event-ID.
 */
import { z } from '@hono/zod-openapi';
import { StoreError } from '../../domain/errors.ts';
import { EVENT_TYPES, type EventType } from '../../domain/events.ts';
import type { FeedPage } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext } from '../environment.ts';
import { asProblem, Problem, validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { DEFAULT_PAGE, duration, listOf, pageLimit, sequenceNumber } from './fields.ts';
import { eventJson } from './representation.ts';
import { type Api, route } from './route.ts';
import { Changes } from './schemas.ts';

const types = listOf(EVENT_TYPES)
  .optional()
  .openapi({ type: 'array', items: { type: 'string', enum: [...EVENT_TYPES] }, description: 'Only these; repeated or joined by commas.' });

const STREAM_PAGE = 200;
/** Milliseconds a filtered read may look through events that it leaves out, before it answers with its position. */
const SEARCH_BUDGET = 2_000;

interface Reader {
  readonly caller: Caller;
  readonly types: readonly EventType[] | undefined;
}

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
      const reader: Reader = { caller, types: query.types as EventType[] | undefined };
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
      const reader: Reader = { caller, types: query.types as EventType[] | undefined };
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

/** A position past the end is one of another feed: of before a restore. To wait there would miss events. */
function assertNotAhead({ options }: Shared, after: number): void {
  const last = options.store.lastSeq;
  if (after <= last) return;
  throw new Problem(410, 'cursor-ahead', `The feed ends at ${last}: the position is of another feed, so synchronise anew`, {
    members: { last },
  });
}

async function read({ options }: Shared, reader: Reader, after: number, limit: number): Promise<FeedPage> {
  try {
    return await options.store.changes({
      after,
      limit,
      ...(reader.types === undefined ? {} : { types: reader.types }),
      ...(reader.caller.accounts === null ? {} : { accounts: reader.caller.accounts }),
    });
  } catch (error) {
    const problem = error instanceof StoreError && error.code === 'cursor-expired' ? asProblem(error) : undefined;
    if (problem === undefined) throw error;
    throw new Problem(problem.status, problem.code, problem.message, { members: { last: options.store.lastSeq } });
  }
}

/** Reads on until something is found, the end is reached, or the budget is spent on events left out. */
async function readThrough(shared: Shared, reader: Reader, after: number, limit: number): Promise<FeedPage> {
  const started = shared.options.now();
  let position = after;
  for (;;) {
    const page = await read(shared, reader, position, limit);
    if (page.items.length > 0 || page.last >= shared.options.store.lastSeq || page.last === position) return page;
    position = page.last;
    if (shared.options.now() - started > SEARCH_BUDGET) return page;
  }
}

async function readOrWait(
  shared: Shared,
  c: AppContext,
  reader: Reader,
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

interface Until {
  readonly signal: AbortSignal;
  release(): void;
}

/** A signal that aborts after a time or with any of the others; released, it leaves no listener behind. */
function abortAfter(ms: number, signals: readonly AbortSignal[]): Until {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  for (const signal of signals) {
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}

/**
 * Reads a page only when the reader has taken the one before (`pull`), so that the slow are slow at
 * their own cost. One that takes nothing for `stall` is cut off.
 */
function eventStream(shared: Shared, c: AppContext, reader: Reader, after: number): ReadableStream<Uint8Array> {
  const { limits, stopping } = shared;
  const encoder = new TextEncoder();
  const gone = new AbortController();
  let position = after;
  let stalled: NodeJS.Timeout | undefined;
  let opened = false;
  const drop = (): void => {
    shared.options.log.warn({ caller: reader.caller.name, position }, 'event stream dropped: its reader takes nothing');
    gone.abort();
    c.env?.outgoing?.destroy();
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stalled);
        const chunk = opened ? await nextChunk() : `retry: 3000\nid: ${position}\n\n`;
        opened = true;
        if (chunk === undefined) {
          controller.close();
          return;
        }
        controller.enqueue(encoder.encode(chunk));
        stalled = setTimeout(drop, limits.stall);
        stalled.unref();
      },
      cancel() {
        clearTimeout(stalled);
        gone.abort();
      },
    },
    { highWaterMark: 0 },
  );

  /** Undefined: the stream ends, since relais stops, the position expired, or the store failed. */
  async function nextChunk(): Promise<string | undefined> {
    const until = abortAfter(limits.heartbeat, [stopping, gone.signal]);
    try {
      for (;;) {
        const page = await readThrough(shared, reader, position, STREAM_PAGE);
        position = page.last;
        if (page.items.length > 0)
          return page.items.map((event) => `id: ${event.seq}\ndata: ${JSON.stringify(eventJson(event))}\n\n`).join('');
        if (stopping.aborted || gone.signal.aborted) return undefined;
        // The position goes with the heartbeat: a filtered reader that resumes does not look again at what it left out.
        if (until.signal.aborted) return (await shared.access.stillHolds(c)) ? `: heartbeat\nid: ${position}\n\n` : undefined;
        await shared.options.store.waitForChanges(position, until.signal);
      }
    } catch (error) {
      shared.options.log.warn({ caller: reader.caller.name, position, code: asProblem(error)?.code ?? 'internal' }, 'event stream ended');
      return undefined;
    } finally {
      until.release();
    }
  }
}
