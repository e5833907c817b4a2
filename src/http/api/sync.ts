/**
 * `/sync`: the collection of reports from the mailboxes, asked for, and how the last one went.
 *
 *   upstream    ERPs that want to know now, `relais sync`
 *   downstream  the Collector of the reports
 *   failure     a mailbox that can not be read is told in its `lastRun.error`; the answer is 200 all the same
 */
import { z } from '@hono/zod-openapi';
import type { Collector, CollectorStatus } from '../../domain/ports.ts';
import { collectorJson } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { deskOf } from '../desk.ts';
import { validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { abortAfter } from './feed-reading.ts';
import { duration } from './fields.ts';
import { type Api, route } from './route.ts';
import { SyncStatus } from './schemas.ts';

/** Where the caller says nothing. */
const WAIT = 30_000;

export function syncRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/sync',
      tag: 'Reports',
      summary: 'The mailboxes that reports are collected from: when each was read last, and what was found',
      permission: 'sync:run',
      spansAccounts: true,
      answers: { 200: { description: 'The mailboxes', schema: SyncStatus } },
    },
    ({ c }) => c.json(collectorJson(deskOf(shared.options).collector.status())),
  );
  route(
    api,
    {
      method: 'post',
      path: '/sync',
      tag: 'Reports',
      summary: 'Collects reports from the mailboxes now, or joins the collection that is running',
      description:
        'Answers when all of them were read, or `wait` is over. 200: `lastRun` of each mailbox tells what this collection found; 202: it goes on, ask again. Reports that come by SMTP need no collection.',
      permission: 'sync:run',
      spansAccounts: true,
      query: z.strictObject({ wait: duration.optional().openapi({ default: '30s', description: 'At most 60s.' }) }),
      body: z.strictObject({}),
      answers: {
        200: { description: 'All were read, or tried', schema: SyncStatus },
        202: { description: 'The collection goes on', schema: SyncStatus },
        503: { description: 'Not now (`reports-unavailable`), with Retry-After' },
      },
    },
    async ({ c, caller, query: { wait = Math.min(WAIT, shared.limits.wait) } }) => {
      if (wait > shared.limits.wait) {
        throw validationProblem([{ in: 'query', path: 'wait', detail: `at most ${shared.limits.wait / 1000}s` }]);
      }
      const { collector } = deskOf(shared.options);
      await audit(shared, caller, { action: 'sync.run' });
      shared.options.log.info({ caller: caller.name }, 'mailboxes are read on request');
      const until = abortAfter(wait, [shared.stopping, c.req.raw.signal]);
      const status = await collectUntil(collector, until.signal).finally(() => until.release());
      shared.reviewCount.forget();
      return c.json(collectorJson(status ?? { ...collector.status(), running: true }), status === null ? 202 : 200);
    },
  );
}

/** Null: it goes on. */
export async function collectUntil(collector: Collector, enough: AbortSignal): Promise<CollectorStatus | null> {
  let stop = (): void => undefined;
  const over = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    if (enough.aborted) stop();
    enough.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([collector.collect(), over]);
  } finally {
    enough.removeEventListener('abort', stop);
  }
}
