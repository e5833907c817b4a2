/** The queue by next hop, and what can be asked of one. */
import { z } from '@hono/zod-openapi';
import { nextHopJson } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { notFound } from '../problem.ts';
import type { Shared } from './context.ts';
import { text } from './fields.ts';
import { type Api, route } from './route.ts';
import { NextHop, Queue } from './schemas.ts';

const ACTIONS = {
  pause: 'Makes no further attempts at this next hop until it is resumed',
  resume: 'Goes on with a paused next hop',
  flush: 'Makes everything that waits for this next hop due now',
} as const;

export const ACTED = { pause: 'queue.paused', resume: 'queue.resumed', flush: 'queue.flushed' } as const;

export function queueRoutes(api: Api, shared: Shared): void {
  const { store, delivery, log } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/queue',
      tag: 'Queue',
      summary: 'What waits, by next hop',
      permission: 'queue:manage',
      spansAccounts: true,
      answers: { 200: { description: 'The queue', schema: Queue } },
    },
    ({ c }) => {
      const { messages, queued, deferred, held } = store.queue;
      return c.json({ items: delivery.nextHops().map(nextHopJson), totals: { messages, queued, deferred, held } });
    },
  );
  for (const action of ['pause', 'resume', 'flush'] as const) {
    route(
      api,
      {
        method: 'post',
        path: `/queue/{nextHop}/${action}`,
        tag: 'Queue',
        summary: ACTIONS[action],
        permission: 'queue:manage',
        spansAccounts: true,
        params: z.object({ nextHop: text }),
        body: z.strictObject({}),
        answers: { 200: { description: 'The next hop as it stands now', schema: NextHop } },
      },
      async ({ c, caller, params: { nextHop } }) => {
        const done = await delivery[action](nextHop, caller.name);
        const status = delivery.nextHops().find((hop) => hop.nextHop === nextHop);
        if (!done || status === undefined) throw notFound(`There is no next hop ${nextHop}; GET /queue lists them`);
        await audit(shared, caller, { action: ACTED[action], subject: { kind: 'next-hop', id: nextHop } });
        log.info({ caller: caller.name, action, nextHop }, 'queue action');
        return c.json(nextHopJson(status));
      },
    );
  }
}
