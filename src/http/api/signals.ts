/** What signals sent, and what became of it. */
import { z } from '@hono/zod-openapi';
import { signalDeliveryJson } from '../../domain/representation.ts';
import type { Shared } from './context.ts';
import { cursor, DEFAULT_PAGE, pageLimit, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf, SignalDelivery } from './schemas.ts';

export function signalRoutes(api: Api, shared: Shared): void {
  const { store } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/signals/{name}/deliveries',
      tag: 'Signals',
      summary: 'Deliveries of a signal, newest first',
      permission: 'signals:manage',
      spansAccounts: true,
      params: z.object({ name: text }),
      query: z.strictObject({ limit: pageLimit, cursor }),
      answers: { 200: { description: 'A page', schema: pageOf(SignalDelivery) } },
    },
    async ({ c, params, query }) => {
      const page = await store.signals(
        { signal: params.name },
        { limit: query.limit ?? DEFAULT_PAGE, ...(query.cursor === undefined ? {} : { cursor: query.cursor }) },
      );
      return c.json({ items: page.items.map(signalDeliveryJson), next: page.next });
    },
  );
}
