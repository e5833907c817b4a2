/**
 * The Hono application: what every request passes (security headers, log, metrics), the API, the
 * dashboard, the pages for machines. Knows no socket: tests call `app.request()`.
 */
import { Hono } from 'hono';
import type { Shared } from './api/context.ts';
import { createApi } from './api/index.ts';
import { API_BASE } from './api/route.ts';
import { uploadSize } from './api/send.ts';
import { Access } from './auth/access.ts';
import { createBodyBudget } from './body.ts';
import { createHtmlCleaner } from './content/html-cleaner.ts';
import { errorPage } from './dashboard/error-page.tsx';
import { dashboardRoutes } from './dashboard/index.tsx';
import { type AppContext, type AppEnv, clientAddress, wantsHtml } from './environment.ts';
import { Erasing } from './erasing.ts';
import { Exports } from './export/progress.ts';
import { Fragments } from './fragments.ts';
import { LiveHub } from './live-hub.ts';
import { operationRoutes } from './operations/index.ts';
import { createMetrics, type Metrics } from './operations/metrics.ts';
import { DEFAULT_LIMITS, type HttpOptions } from './options.ts';
import { printable } from './printable.ts';
import { asProblem, notFound, Problem, problemResponse } from './problem.ts';
import { createReviewCount } from './review-count.ts';
import { StatisticsDesk } from './statistics.ts';
import { createSuggestions } from './suggestions.ts';

export interface HttpApp {
  readonly app: Hono<AppEnv>;
  /** A path that signs in once, within an hour. */
  signInPath(): string;
  readonly metrics: Metrics;
  /** Ends long polls and streams, and lets go of the hooks. */
  stop(): void;
}

/** Everything, and nothing besides: no source but our own, no inline code; in frames our own previews alone, and we in nobody's. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not `no-referrer`: forms would then send `Origin: null`, which the check against forgery needs.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
};

export function createApp(options: HttpOptions): HttpApp {
  const { log, store, delivery, version, now } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const stopping = new AbortController();
  const access = new Access({ ...options, failures: limits.failures });
  const uploads = createBodyBudget(() => UPLOADS_AT_ONCE * uploadSize(options.sending().messageSize));
  const reviewCount = createReviewCount(store, now);
  const cleaner = createHtmlCleaner({ log });
  const live = new LiveHub({ store, heartbeat: limits.heartbeat, stopping: stopping.signal });
  const exports = new Exports();
  const statistics = new StatisticsDesk(store);
  const fragments = new Fragments(() => store.lastSeq);
  const suggestions = createSuggestions(options);
  const shared: Shared = {
    options,
    limits,
    access,
    uploads,
    reviewCount,
    erasing: new Erasing(store, now),
    cleaner,
    live,
    fragments,
    exports,
    statistics,
    suggestions,
    stopping: stopping.signal,
  };
  const metrics = createMetrics({ store, delivery, reports: options.reports, backups: options.backups, version, now });
  const app = new Hono<AppEnv>();
  app.use('*', async (c, next) => {
    const started = performance.now();
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    const seconds = (performance.now() - started) / 1000;
    const { method } = c.req;
    metrics.answered({
      method: KNOWN_METHODS.has(method) ? method : 'other',
      route: c.get('route') ?? 'none',
      status: c.res.status,
      seconds,
    });
    log.debug(
      {
        method: printable(method),
        path: printable(c.req.path),
        status: c.res.status,
        ms: Math.round(seconds * 1000),
        address: clientAddress(c),
      },
      'http request',
    );
  });
  const api = createApi(shared);
  app.route(API_BASE, api.app);
  operationRoutes(app, shared, api, metrics);
  dashboardRoutes(app, shared, api);
  app.notFound((c) => failureResponse(c, notFound('There is nothing at this path'), options));
  app.onError((error, c) => failureResponse(c, error, options));
  return {
    app,
    signInPath: () => `/sign-in/link?key=${access.links.create()}`,
    metrics,
    stop() {
      stopping.abort();
      void cleaner.stop();
      metrics.stop();
    },
  };
}

/** Messages of the largest size whose bodies are held at once; of smaller ones, more. */
const UPLOADS_AT_ONCE = 3;

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/** A problem (RFC 9457), or for a person the page that says it. A defect is logged and shown without its insides. */
function failureResponse(c: AppContext, error: unknown, { log }: HttpOptions): Response | Promise<Response> {
  let problem = asProblem(error);
  if (problem === undefined) {
    const cause = error instanceof Error ? error : new Error(String(error));
    if (!c.req.raw.signal.aborted) {
      log.error(
        { path: printable(c.req.path), error: printable(cause.message), stack: cause.stack?.split('\n').slice(1, 8).map(printable) },
        'http request failed',
      );
    }
    problem = new Problem(500, 'internal', 'A fault of relais itself: its log says more');
  }
  if (wantsHtml(c) && !c.req.path.startsWith(`${API_BASE}/`)) return errorPage(c, problem);
  return problemResponse(problem);
}
