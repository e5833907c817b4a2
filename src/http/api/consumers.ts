/** Named positions in the feed, kept for programs that have no place of their own to keep them. */
import { z } from '@hono/zod-openapi';
import { rfc3339 } from '../../domain/representation.ts';
import type { Caller } from '../auth/caller.ts';
import { notFound, validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { givenName } from './fields.ts';
import { type Api, route } from './route.ts';
import { Consumer, pageOf } from './schemas.ts';

/**
 * Keeps names given from outside apart from the positions of relais' own readers, such as the signals;
 * and those of callers who see some accounts alone apart from all others', by the accounts: who has
 * them still has the positions when his token was made anew.
 */
function prefixOf({ accounts }: Caller): string {
  return accounts === null ? 'api:' : `api(${[...accounts].sort().join(',')}):`;
}

export function consumerRoutes(api: Api, shared: Shared): void {
  const { store, now } = shared.options;
  const params = z.object({ name: givenName });
  const consumerJson = (name: string, position: { readonly seq: number; readonly at: number }): Record<string, unknown> => ({
    name,
    seq: position.seq,
    at: rfc3339(position.at),
    behind: Math.max(0, store.lastSeq - position.seq),
  });
  route(
    api,
    {
      method: 'get',
      path: '/consumers',
      tag: 'Changes',
      summary: 'All named positions',
      permission: 'changes:read',
      answers: { 200: { description: 'The positions', schema: pageOf(Consumer) } },
    },
    async ({ c, caller }) => {
      const prefix = prefixOf(caller);
      const all = await store.consumers.list();
      const items = all
        .filter(({ name }) => name.startsWith(prefix))
        .map(({ name, value }) => consumerJson(name.slice(prefix.length), value));
      return c.json({ items, next: null });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/consumers/{name}',
      tag: 'Changes',
      summary: 'A named position',
      permission: 'changes:read',
      params,
      answers: { 200: { description: 'The position', schema: Consumer } },
    },
    async ({ c, caller, params: { name } }) => {
      const position = await store.consumers.get(prefixOf(caller) + name);
      if (position === undefined) throw notFound(`There is no consumer ${name}`);
      return c.json(consumerJson(name, position));
    },
  );
  route(
    api,
    {
      method: 'put',
      path: '/consumers/{name}',
      tag: 'Changes',
      summary: 'Sets a named position, forward or back',
      permission: 'changes:read',
      params,
      body: z.strictObject({ seq: z.number().int('a whole number').min(0, 'a whole number from 0') }),
      answers: { 200: { description: 'The position', schema: Consumer } },
    },
    async ({ c, caller, params: { name }, body: { seq } }) => {
      if (seq > store.lastSeq)
        throw validationProblem([{ in: 'body', path: 'seq', detail: `past the end of the feed, which is ${store.lastSeq}` }]);
      const position = { seq, at: now() };
      await store.consumers.put(prefixOf(caller) + name, position);
      return c.json(consumerJson(name, position));
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/consumers/{name}',
      tag: 'Changes',
      summary: 'Forgets a named position',
      permission: 'changes:read',
      params,
      answers: { 204: { description: 'Forgotten' } },
    },
    async ({ c, caller, params: { name } }) => {
      if (!(await store.consumers.delete(prefixOf(caller) + name))) throw notFound(`There is no consumer ${name}`);
      return c.body(null, 204);
    },
  );
}
