/** Browsers that are signed in: listed, and ended. */
import { z } from '@hono/zod-openapi';
import { rfc3339 } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import type { Session as OpenSession } from '../auth/sessions.ts';
import { LINK_LIFETIME } from '../auth/sign-in-links.ts';
import { notFound, Problem } from '../problem.ts';
import { ACCESS } from './access-fields.ts';
import type { Shared } from './context.ts';
import { givenName } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf, Session, SignInLink } from './schemas.ts';

export function sessionRoutes(api: Api, shared: Shared): void {
  linkRoute(api, shared);
  const { sessions } = shared.access;
  route(
    api,
    {
      ...ACCESS,
      method: 'get',
      path: '/sessions',
      summary: 'Browsers that are signed in, the latest first',
      query: z.strictObject({ user: givenName.optional().openapi({ description: 'Those of this user.' }) }),
      answers: { 200: { description: 'The sessions', schema: pageOf(Session) } },
    },
    async ({ c, query: { user } }) => {
      const open = await sessions.list(user === undefined ? undefined : { kind: 'user', name: user });
      return c.json({ items: open.map(sessionJson), next: null });
    },
  );
  route(
    api,
    {
      ...ACCESS,
      method: 'delete',
      path: '/sessions/{id}',
      summary: 'Ends a session: that browser is signed out',
      params: z.object({ id: z.string().regex(/^[0-9a-f]{64}$/, 'not the id of a session') }),
      answers: { 204: { description: 'Ended' } },
    },
    async ({ c, caller, params: { id } }) => {
      const session = (await sessions.list()).find((one) => one.id === id);
      if (session === undefined || !(await sessions.end(id))) throw notFound('There is no such session, or it has ended');
      await audit(shared, caller, { action: 'session.ended', subject: { kind: 'session', id }, detail: { of: session.name } });
      return c.body(null, 204);
    },
  );
}

function linkRoute(api: Api, shared: Shared): void {
  route(
    api,
    {
      ...ACCESS,
      method: 'post',
      path: '/sign-in-links',
      summary: 'Makes an address that signs a browser in once, within an hour, with full rights',
      description: 'For the command line on the relay’s own machine alone (`relais sign-in`): tokens get 403 (`local-only`).',
      body: z.strictObject({}),
      answers: { 201: { description: 'The address', schema: SignInLink } },
    },
    async ({ c, caller }) => {
      if (caller.kind !== 'local') throw new Problem(403, 'local-only', 'Only the command line on the machine of relais may ask for this');
      const { settings, now } = shared.options;
      const place = settings.publicUrl?.replace(/\/+$/, '') ?? new URL(c.req.url).origin;
      const url = `${place}/sign-in/link?key=${shared.access.links.create()}`;
      return c.json({ url, expiresAt: rfc3339(now() + LINK_LIFETIME) }, 201);
    },
  );
}

function sessionJson({ id, kind, name, via, createdAt, expiresAt, lastSeenAt, address, agent }: OpenSession): Record<string, unknown> {
  const times = { createdAt: rfc3339(createdAt), expiresAt: rfc3339(expiresAt), lastSeenAt: rfc3339(lastSeenAt) };
  return { id, kind, name, via, ...times, address, agent };
}
