/** The users of the dashboard. */
import { z } from '@hono/zod-openapi';
import { changeUser, createUser, deleteUser } from '../auth/administration.ts';
import { PASSWORD_MAXIMUM, PASSWORD_MINIMUM } from '../auth/passwords.ts';
import { notFound } from '../problem.ts';
import { ACCESS, byName, CHANGED_RIGHTS, given, RIGHTS, userJson } from './access-fields.ts';
import type { Shared } from './context.ts';
import { givenName } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf, User } from './schemas.ts';

const password = z
  .string()
  .min(PASSWORD_MINIMUM, `at least ${PASSWORD_MINIMUM} characters`)
  .max(PASSWORD_MAXIMUM, `at most ${PASSWORD_MAXIMUM} characters`);

export function userRoutes(api: Api, shared: Shared): void {
  const { store } = shared.options;
  const { uses } = shared.access;
  route(
    api,
    {
      ...ACCESS,
      method: 'get',
      path: '/users',
      summary: 'All users, with when each signed in last',
      answers: { 200: { description: 'The users', schema: pageOf(User) } },
    },
    async ({ c }) => {
      const records = (await store.users.list()).map(({ value }) => value);
      const items = await Promise.all(records.map(async (record) => userJson(record, await uses.last('users', record))));
      return c.json({ items, next: null });
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'post',
      path: '/users',
      summary: 'Adds a user who signs in to the dashboard with a password',
      body: z.strictObject({ name: givenName, password, ...RIGHTS }),
      answers: { 201: { description: 'The user', schema: User }, 409: { description: 'The name is taken (`exists`)' } },
    },
    async ({ c, caller, body }) => {
      const { permissions = null, accounts = null, ...rest } = body;
      return c.json(userJson(await createUser(shared, caller, { ...rest, permissions, accounts }), null), 201);
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'get',
      path: '/users/{name}',
      summary: 'One user',
      params: byName,
      answers: { 200: { description: 'The user', schema: User } },
    },
    async ({ c, params: { name } }) => {
      const record = await store.users.get(name);
      if (record === undefined) throw notFound(`There is no user ${name}`);
      return c.json(userJson(record, await uses.last('users', record)));
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'patch',
      path: '/users/{name}',
      summary: 'Changes what a user may do, sets a password, disables, or takes the second factor away',
      description: 'A new password, `disabled` and `totp: null` end the sessions that the user has open.',
      params: byName,
      body: z.strictObject({
        ...CHANGED_RIGHTS,
        password: password.optional(),
        disabled: z.boolean().optional(),
        totp: z.null().optional().openapi({ description: 'Null: the second factor goes, for somebody who lost device and codes.' }),
      }),
      answers: {
        200: { description: 'The user', schema: User },
        409: {
          description:
            '`own-access`: it would take away the caller’s own way in. `managed-elsewhere`: that comes from the identity provider',
        },
      },
    },
    async ({ c, caller, params: { name }, body }) => {
      const record = await changeUser(shared, caller, name, given(body));
      return c.json(userJson(record, await uses.last('users', record)));
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'delete',
      path: '/users/{name}',
      summary: 'Removes a user; open sessions end',
      params: byName,
      answers: { 204: { description: 'Gone' }, 409: { description: 'It is the caller (`own-access`)' } },
    },
    async ({ c, caller, params: { name } }) => {
      await deleteUser(shared, caller, name);
      return c.body(null, 204);
    },
  );
}
