/** Who am I, the clean-up, and the tokens and users that may call. */
import { z } from '@hono/zod-openapi';
import { hashPassword } from '../../domain/password.ts';
import { type Collection, PERMISSIONS, type Permission, type Role, type TokenRecord, type UserRecord } from '../../domain/ports.ts';
import { rfc3339, rfc3339OrNull } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { type Caller, permissionsOf } from '../auth/caller.ts';
import { PASSWORD_MINIMUM } from '../auth/passwords.ts';
import { hashOf, newToken } from '../auth/tokens.ts';
import { notFound, Problem, validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { duration, givenName, time } from './fields.ts';
import { type Api, route } from './route.ts';
import { CleanupResult, Me, NewToken, pageOf, Token, User } from './schemas.ts';

const rights = {
  role: z.enum(['viewer', 'operator', 'admin'], 'viewer, operator or admin'),
  permissions: z
    .array(z.enum(PERMISSIONS, `one of ${PERMISSIONS.join(', ')}`))
    .optional()
    .openapi({ description: 'In place of the role’s.' }),
  accounts: z
    .array(z.string().min(1).max(100))
    .min(1, 'name at least one, or leave it out for all')
    .optional()
    .openapi({ description: 'Restricts to the mail of these accounts.' }),
};

const byName = z.object({ name: givenName });

export function administrationRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/me',
      tag: 'Access',
      summary: 'The caller’s name and permissions',
      permission: null,
      answers: { 200: { description: 'The caller', schema: Me } },
    },
    ({ c, caller }) => {
      const { name, kind, role, permissions, accounts } = caller;
      return c.json({ name, kind, role, permissions: [...permissions], accounts });
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/cleanup',
      tag: 'Administration',
      summary: 'Takes what retention says is over; with `dryRun` it only counts',
      permission: 'messages:delete',
      spansAccounts: true,
      body: z.strictObject({ dryRun: z.boolean().optional() }),
      answers: { 200: { description: 'What was, or would be, taken', schema: CleanupResult } },
    },
    async ({ c, caller, body }) => {
      const { cleanup, log } = shared.options;
      const dryRun = body.dryRun ?? false;
      const { contents, records, octets, keptPending } = dryRun ? await cleanup.plan() : await cleanup.run();
      if (!dryRun) await audit(shared, caller, { action: 'cleanup.run', detail: { contents, records, octets } });
      log.info({ caller: caller.name, dryRun, contents, records, octets, keptPending }, 'clean-up');
      return c.json({ dryRun, contents, records, octets, keptPending });
    },
  );
  tokenRoutes(api, shared);
  userRoutes(api, shared);
}

function rightsJson(record: TokenRecord | UserRecord): Record<string, unknown> {
  return { role: record.role, permissions: [...permissionsOf(record)], accounts: record.accounts };
}

function tokenJson(record: TokenRecord): Record<string, unknown> {
  const { name, createdAt, expiresAt } = record;
  return { name, ...rightsJson(record), createdAt: rfc3339(createdAt), expiresAt: rfc3339OrNull(expiresAt) };
}

function userJson(record: UserRecord): Record<string, unknown> {
  return { name: record.name, ...rightsJson(record), createdAt: rfc3339(record.createdAt) };
}

/** Nobody gives what he does not have. */
function assertMayGrant(caller: Caller, asked: { readonly role: Role; readonly permissions: readonly Permission[] | null }): void {
  const missing = [...permissionsOf(asked)].filter((permission) => !caller.permissions.has(permission));
  if (missing.length === 0) return;
  throw new Problem(403, 'permission-missing', `${caller.name} cannot grant what it lacks: ${missing.join(', ')}`, {
    members: { permission: missing[0] },
  });
}

const COMMON = { tag: 'Access', permission: 'access:manage', spansAccounts: true } as const;

/** What tokens and users have in common: the list, and taking one away. */
function listedRoutes<T extends { readonly name: string }>(
  api: Api,
  kept: {
    readonly kind: 'token' | 'user';
    readonly collection: Collection<T>;
    readonly schema: z.ZodType;
    readonly json: (record: T) => Record<string, unknown>;
    readonly removal: string;
    readonly removed: (caller: Caller, name: string) => Promise<void>;
  },
): void {
  const { kind, collection, schema, json } = kept;
  route(
    api,
    {
      ...COMMON,
      method: 'get',
      path: `/${kind}s`,
      summary: `All ${kind}s`,
      answers: { 200: { description: `The ${kind}s`, schema: pageOf(schema) } },
    },
    async ({ c }) => c.json({ items: (await collection.list()).map(({ value }) => json(value)), next: null }),
  );
  route(
    api,
    {
      ...COMMON,
      method: 'delete',
      path: `/${kind}s/{name}`,
      summary: kept.removal,
      params: byName,
      answers: { 204: { description: 'Gone' } },
    },
    async ({ c, caller, params: { name } }) => {
      if (!(await collection.delete(name))) throw notFound(`There is no ${kind} ${name}`);
      await kept.removed(caller, name);
      return c.body(null, 204);
    },
  );
}

function tokenRoutes(api: Api, shared: Shared): void {
  const { store, now, randomBytes, log } = shared.options;
  listedRoutes(api, {
    kind: 'token',
    collection: store.tokens,
    schema: Token,
    json: tokenJson,
    removal: 'Revokes a token',
    removed: async (caller, name) => {
      shared.access.tokens.forget();
      await audit(shared, caller, { action: 'token.revoked', subject: { kind: 'token', id: name } });
      log.info({ caller: caller.name, tokenName: name }, 'token revoked');
    },
  });
  route(
    api,
    {
      ...COMMON,
      method: 'post',
      path: '/tokens',
      summary: 'Makes a token, which is shown this once',
      body: z.strictObject({
        name: givenName,
        ...rights,
        expires: duration.optional().openapi({ example: '90d' }),
        expiresAt: time.optional(),
      }),
      answers: { 201: { description: 'The token', schema: NewToken }, 409: { description: 'The name is taken (`exists`)' } },
    },
    async ({ c, caller, body }) => {
      const permissions = body.permissions ?? null;
      assertMayGrant(caller, { role: body.role, permissions });
      if (body.expires !== undefined && body.expiresAt !== undefined) {
        throw validationProblem([{ in: 'body', path: 'expires', detail: 'give either expires or expiresAt' }]);
      }
      const expiresAt = body.expires === undefined ? (body.expiresAt ?? null) : now() + body.expires;
      if (expiresAt !== null && expiresAt <= now()) throw validationProblem([{ in: 'body', path: 'expiresAt', detail: 'is in the past' }]);
      if ((await store.tokens.get(body.name)) !== undefined) throw exists('token', body.name);
      const token = newToken(randomBytes);
      const record: TokenRecord = {
        name: body.name,
        hash: hashOf(token),
        role: body.role,
        permissions,
        accounts: body.accounts ?? null,
        createdAt: now(),
        expiresAt,
      };
      await store.tokens.put(record.name, record);
      shared.access.tokens.forget();
      await audit(shared, caller, { action: 'token.created', subject: { kind: 'token', id: record.name }, detail: { role: record.role } });
      log.info({ caller: caller.name, tokenName: record.name, role: record.role }, 'token made');
      return c.json({ ...tokenJson(record), token }, 201);
    },
  );
}

function userRoutes(api: Api, shared: Shared): void {
  const { store, now, randomBytes, log } = shared.options;
  listedRoutes(api, {
    kind: 'user',
    collection: store.users,
    schema: User,
    json: userJson,
    removal: 'Removes a user; open sessions end',
    removed: async (caller, name) => {
      await audit(shared, caller, { action: 'user.deleted', subject: { kind: 'user', id: name } });
      log.info({ caller: caller.name, user: name }, 'user removed');
    },
  });
  route(
    api,
    {
      ...COMMON,
      method: 'post',
      path: '/users',
      summary: 'Adds a user who signs in to the dashboard with a password',
      body: z.strictObject({
        name: givenName,
        password: z.string().min(PASSWORD_MINIMUM, `at least ${PASSWORD_MINIMUM} characters`).max(1000, 'at most 1000 characters'),
        ...rights,
      }),
      answers: { 201: { description: 'The user', schema: User }, 409: { description: 'The name is taken (`exists`)' } },
    },
    async ({ c, caller, body }) => {
      const permissions = body.permissions ?? null;
      assertMayGrant(caller, { role: body.role, permissions });
      if ((await store.users.get(body.name)) !== undefined) throw exists('user', body.name);
      const record: UserRecord = {
        name: body.name,
        passwordHash: await hashPassword(body.password, randomBytes(16)),
        role: body.role,
        permissions,
        accounts: body.accounts ?? null,
        createdAt: now(),
      };
      await store.users.put(record.name, record);
      await audit(shared, caller, { action: 'user.created', subject: { kind: 'user', id: record.name }, detail: { role: record.role } });
      log.info({ caller: caller.name, user: record.name, role: record.role }, 'user added');
      return c.json(userJson(record), 201);
    },
  );
}

function exists(what: string, name: string): Problem {
  return new Problem(409, 'exists', `There is a ${what} ${name} already: remove it first, or take another name`);
}
