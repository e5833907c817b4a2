/**
 * The dashboard: pages rendered here, whole, that work without JavaScript. Everything from mail is
 * escaped by JSX and inert under the policy of `app.ts`. Pages answer under our own name only, and
 * forms carry a token (R55).
 */
import type { Hono } from 'hono';
import type { Shared } from '../api/context.ts';
import { openApiDocument } from '../api/openapi.ts';
import type { Api } from '../api/route.ts';
import type { AppEnv } from '../environment.ts';
import { allAssets } from './assets/index.ts';
import { bulkRoutes } from './bulk-routes.tsx';
import { contactRoutes } from './contacts-page.tsx';
import { ApiReference } from './docs.tsx';
import { documentRoutes } from './documents-page.tsx';
import { Page } from './layout.tsx';
import { liveRoute } from './live-route.ts';
import { messageRoutes } from './message-routes.tsx';
import { overviewRoute } from './overview.tsx';
import { frameOf } from './page.ts';
import { preferenceRoutes } from './preferences.ts';
import { providerRoutes } from './provider-routes.tsx';
import { queueRoutes } from './queue-page.tsx';
import { referenceRoutes } from './references-page.tsx';
import { registerRoutes } from './register-routes.tsx';
import { reportRoutes } from './report-routes.tsx';
import { sendPage } from './respond.ts';
import { runRoutes } from './runs-page.tsx';
import { settingsRoutes } from './settings/index.ts';
import { signInRoutes } from './sign-in-routes.tsx';
import { signalRoutes } from './signals-routes.tsx';
import { statisticsRoute } from './statistics-page.tsx';
import { suppressionRoutes } from './suppressions-page.tsx';
import { templatesRoute } from './templates-page.tsx';

export function dashboardRoutes(app: Hono<AppEnv>, shared: Shared, api: Api): void {
  assetRoutes(app);
  preferenceRoutes(app, shared);
  signInRoutes(app, shared);
  providerRoutes(app, shared);
  overviewRoute(app, shared);
  registerRoutes(app, shared);
  bulkRoutes(app, shared);
  templatesRoute(app, shared);
  statisticsRoute(app, shared);
  liveRoute(app, shared);
  messageRoutes(app, shared);
  documentRoutes(app, shared);
  contactRoutes(app, shared);
  queueRoutes(app, shared);
  reportRoutes(app, shared);
  runRoutes(app, shared);
  signalRoutes(app, shared);
  suppressionRoutes(app, shared);
  settingsRoutes(app, shared);
  referenceRoutes(app, shared);
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
