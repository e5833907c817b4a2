/**
 * The event stream of the pages (WHATWG HTML §9.2): tells that something is new, and of which
 * messages; what it is the page asks for itself. A page that takes nothing is told once it does that
 * it missed something, and is cut off when it takes nothing for long.
 */
import type { Hono } from 'hono';
import type { Shared } from '../api/context.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { ANYTHING } from '../live-hub.ts';
import { Problem } from '../problem.ts';

/** Ticks that wait for a slow line; more are missed. */
const WAITING = 4;

export function liveRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { access } = shared;
  app.get('/live', async (c) => {
    c.set('route', '/live');
    access.assertOurs(c);
    const caller = await access.fromCookie(c);
    if (caller === undefined) throw new Problem(401, 'unauthorized', 'Sign in first');
    assertPermitted(caller, 'messages:read');
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' };
    return new Response(c.req.method === 'HEAD' ? null : liveStream(c, shared, caller), { headers });
  });
}

/** The event up to which the page is true (`after`). */
function positionOf(c: AppContext, last: number): number {
  const after = c.req.query('after') ?? '';
  return /^\d{1,15}$/.test(after) ? Number(after) : last;
}

function liveStream(c: AppContext, shared: Shared, caller: Caller): ReadableStream<Uint8Array> {
  const { live, limits, stopping, access, options } = shared;
  const encoder = new TextEncoder();
  let leave = (): void => {};
  let close = (): void => {};
  let missed = false;
  let stalled: NodeJS.Timeout | undefined;
  const ended = (): void => {
    leave();
    clearTimeout(stalled);
    stopping.removeEventListener('abort', close);
    close = () => {};
  };
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        close = () => {
          ended();
          controller.close();
        };
        const send = (text: string): void => {
          if ((controller.desiredSize ?? 0) <= 0) {
            missed = true;
            stalled ??= setTimeout(() => {
              options.log.warn({ caller: caller.name }, 'live page dropped: it takes nothing');
              ended();
              c.env?.outgoing?.destroy();
            }, limits.stall).unref();
            return;
          }
          controller.enqueue(encoder.encode(text));
        };
        leave = live.join({
          accounts: caller.accounts,
          tick: send,
          beat: () => {
            access.stillHolds(c).then(
              (holds) => (holds ? send(': heartbeat\n\n') : close()),
              () => close(),
            );
          },
        });
        stopping.addEventListener('abort', close, { once: true });
        send('retry: 3000\n\n');
        // Happened between the page and its stream, or while the line was cut.
        if (options.store.lastSeq > positionOf(c, options.store.lastSeq)) send(ANYTHING);
        if (stopping.aborted) close();
      },
      pull(controller) {
        clearTimeout(stalled);
        stalled = undefined;
        if (!missed) return;
        missed = false;
        controller.enqueue(encoder.encode(ANYTHING));
      },
      cancel: ended,
    },
    { highWaterMark: WAITING },
  );
}
