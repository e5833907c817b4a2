/**
 * The dashboard: pages rendered here, whole, that work without JavaScript. Everything from mail is
 * escaped by JSX and inert under the policy of `app.ts`. Pages answer under our own name only, and
 * forms carry a token (R55).
 */
import type { Hono } from 'hono';
import type { Shared } from '../api/context.ts';
import { filterFor } from '../api/filter.ts';
import { openApiDocument } from '../api/openapi.ts';
import type { Api } from '../api/route.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppEnv } from '../environment.ts';
import { allAssets } from './assets/index.ts';
import { ApiReference } from './docs.tsx';
import { Page } from './layout.tsx';
import { messageRoutes } from './message-routes.tsx';
import { overviewRoute } from './overview.tsx';
import { frameOf, pageCaller } from './page.ts';
import { preferenceRoutes } from './preferences.ts';
import { queueRoutes } from './queue-page.tsx';
import { Register } from './register.tsx';
import { type RegisterFilter, readRegisterFilter, registerPath } from './register-filter.ts';
import { reportRoutes } from './report-routes.tsx';
import { sendPage } from './respond.ts';
import { signInRoutes } from './sign-in-routes.tsx';
import { suppressionRoutes } from './suppressions-page.tsx';

const PAGE = 50;

export function dashboardRoutes(app: Hono<AppEnv>, shared: Shared, api: Api): void {
  assetRoutes(app);
  preferenceRoutes(app, shared);
  signInRoutes(app, shared);
  overviewRoute(app, shared);
  registerRoute(app, shared);
  messageRoutes(app, shared);
  queueRoutes(app, shared);
  reportRoutes(app, shared);
  suppressionRoutes(app, shared);
  docsRoute(app, shared, api);
}

function assetRoutes(app: Hono<AppEnv>): void {
  for (const { path, contentType, bytes, gzipped } of allAssets()) {
    app.get(path, (c) => {
      c.set('route', '/assets');
      const headers = { 'content-type': contentType, 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' };
      return /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
        ? c.body(gzipped, 200, { ...headers, 'content-encoding': 'gzip' })
        : c.body(bytes, 200, headers);
    });
  }
}

function registerRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { store, delivery, now, settings } = shared.options;
  app.get('/messages', async (c) => {
    c.set('route', '/messages');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const query = c.req.queries();
    const register = readRegisterFilter(query);
    // A form sends its empty fields too: the address that remains is one to keep and to share.
    if (Object.values(query).some((values) => values.includes(''))) {
      return c.redirect(registerPath(register.given, register.cursor ? { cursor: register.cursor } : {}), 303);
    }
    const page = await registerPage(shared, caller, register);
    const frame = await frameOf(c, shared, caller);
    const view = { t: frame.t, now: now() };
    const mayManage = caller.permissions.has('queue:manage') && caller.accounts === null;
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.register.title} current="messages">
        <Register
          view={view}
          register={register}
          page={page}
          queue={mayManage ? { counts: store.queue, nextHops: delivery.nextHops() } : null}
          sample={sampleCommand(settings.publicUrl)}
          live={caller.permissions.has('changes:read')}
        />
      </Page>,
    );
  });
}

function sampleCommand(_publicUrl: string | null): string {
  return 'npx relais send-test --to anybody@example.com';
}

async function registerPage({ options }: Shared, caller: Caller, register: RegisterFilter) {
  const filter = register.faults.size > 0 ? undefined : filterFor(caller, register.filter);
  if (filter === undefined) return { items: [], next: null };
  return options.store.messages(filter, { limit: PAGE, ...(register.cursor === null ? {} : { cursor: register.cursor }) });
}

function docsRoute(app: Hono<AppEnv>, shared: Shared, api: Api): void {
  let document: ReturnType<typeof openApiDocument> | undefined;
  app.get('/docs', async (c) => {
    c.set('route', '/docs');
    document ??= openApiDocument(api, shared.options.version);
    const caller = (await shared.access.fromCookie(c)) ?? null;
    const frame = await frameOf(c, shared, caller);
    return sendPage(
      c,
      <Page frame={frame} title="API" current="api">
        <ApiReference t={frame.t} document={document} />
      </Page>,
    );
  });
}
