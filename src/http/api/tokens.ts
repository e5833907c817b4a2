/** The tokens that programs call with. */
import { z } from '@hono/zod-openapi';
import { changeToken, createToken, revokeToken } from '../auth/administration.ts';
import { validationProblem } from '../problem.ts';
import { ACCESS, byName, CHANGED_RIGHTS, given, RIGHTS, tokenJson } from './access-fields.ts';
import type { Shared } from './context.ts';
import { duration, givenName, time } from './fields.ts';
import { type Api, route } from './route.ts';
import { NewToken, pageOf, Token } from './schemas.ts';

export function tokenRoutes(api: Api, shared: Shared): void {
  const { store, now } = shared.options;
  const { uses } = shared.access;
  route(
    api,
    {
      ...ACCESS,
      method: 'get',
      path: '/tokens',
      summary: 'All tokens, with when each was last used',
      answers: { 200: { description: 'The tokens', schema: pageOf(Token) } },
    },
    async ({ c }) => {
      const records = (await store.tokens.list()).map(({ value }) => value);
      const items = await Promise.all(records.map(async (record) => tokenJson(record, await uses.last('tokens', record))));
      return c.json({ items, next: null });
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'post',
      path: '/tokens',
      summary: 'Makes a token, which is shown this once',
      body: z.strictObject({
        name: givenName,
        ...RIGHTS,
        expires: duration.optional().openapi({ example: '90d' }),
        expiresAt: time.optional(),
      }),
      answers: { 201: { description: 'The token', schema: NewToken }, 409: { description: 'The name is taken (`exists`)' } },
    },
    async ({ c, caller, body }) => {
      const expiresAt = expiryOf(body, now()) ?? null;
      const { name, role, permissions = null, accounts = null } = body;
      const { record, token } = await createToken(shared, caller, { name, role, permissions, accounts, expiresAt });
      return c.json({ ...tokenJson(record, null), token }, 201);
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'patch',
      path: '/tokens/{name}',
      summary: 'Changes what a token may do, or when it expires; the token itself stays',
      params: byName,
      body: z.strictObject({ ...CHANGED_RIGHTS, expires: duration.optional(), expiresAt: time.nullable().optional() }),
      answers: {
        200: { description: 'The token', schema: Token },
        409: { description: 'It would take away the caller’s own right to manage access (`own-access`)' },
      },
    },
    async ({ c, caller, params: { name }, body }) => {
      const expiresAt = expiryOf(body, now());
      const { role, permissions, accounts } = body;
      const record = await changeToken(shared, caller, name, given({ role, permissions, accounts, expiresAt }));
      return c.json(tokenJson(record, await uses.last('tokens', record)));
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'delete',
      path: '/tokens/{name}',
      summary: 'Revokes a token',
      params: byName,
      answers: { 204: { description: 'Gone' } },
    },
    async ({ c, caller, params: { name } }) => {
      await revokeToken(shared, caller, name);
      return c.body(null, 204);
    },
  );
}

/** Undefined: not given; null: never. */
function expiryOf(
  { expires, expiresAt }: { readonly expires?: number | undefined; readonly expiresAt?: number | null | undefined },
  now: number,
): number | null | undefined {
  if (expires !== undefined && expiresAt !== undefined) {
    throw validationProblem([{ in: 'body', path: 'expires', detail: 'give either expires or expiresAt' }]);
  }
  const until = expires === undefined ? expiresAt : now + expires;
  if (typeof until === 'number' && until <= now) throw validationProblem([{ in: 'body', path: 'expiresAt', detail: 'is in the past' }]);
  return until;
}
