/** The API below /api/v1: authentication in front of every path, known or not, then the routes. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../environment.ts';
import { notFound, Problem } from '../problem.ts';
import { administrationRoutes } from './administration.ts';
import { auditRoutes } from './audit.ts';
import { backupRoutes } from './backups.ts';
import { bulkActionRoutes } from './bulk-actions.ts';
import { changeRoutes } from './changes.ts';
import { cleanupRoutes } from './cleanup.ts';
import { consumerRoutes } from './consumers.ts';
import { contactRoutes } from './contacts.ts';
import type { Shared } from './context.ts';
import { documentRoutes } from './documents.ts';
import { eraseRoutes } from './erase.ts';
import { erasureRoutes } from './erasures.ts';
import { evidenceRoutes } from './evidence.ts';
import { exportRoutes } from './export.ts';
import { legalHoldRoutes } from './legal-holds.ts';
import { actionRoutes } from './message-actions.ts';
import { messagePartRoutes } from './message-parts.ts';
import { messageRoutes } from './messages.ts';
import { queueRoutes } from './queue.ts';
import { referenceRoutes } from './references.ts';
import { reportIntakeRoutes } from './report-intake.ts';
import { reportRoutes } from './reports.ts';
import { resendRoutes } from './resend.ts';
import { API_BASE, type Api, type Method } from './route.ts';
import { runRoutes } from './runs.ts';
import { sendRoutes } from './send.ts';
import { sessionRoutes } from './sessions.ts';
import { signalRoutes } from './signals.ts';
import { statisticsRoutes } from './statistics.ts';
import { streamRoutes } from './streams.ts';
import { suppressionRoutes } from './suppressions.ts';
import { syncRoutes } from './sync.ts';
import { tokenRoutes } from './tokens.ts';
import { userRoutes } from './users.ts';

export function createApi(shared: Shared): Api {
  const api: Api = { app: new OpenAPIHono<AppEnv>(), limits: shared.limits, declared: new Map<string, Set<Method>>() };
  api.app.use('*', async (c, next) => {
    c.set('caller', await shared.access.authenticate(c));
    c.header('cache-control', 'no-store');
    await next();
  });
  exportRoutes(api, shared);
  messageRoutes(api, shared);
  messagePartRoutes(api, shared);
  sendRoutes(api, shared);
  eraseRoutes(api, shared);
  actionRoutes(api, shared);
  bulkActionRoutes(api, shared);
  resendRoutes(api, shared);
  evidenceRoutes(api, shared);
  documentRoutes(api, shared);
  contactRoutes(api, shared);
  changeRoutes(api, shared);
  consumerRoutes(api, shared);
  queueRoutes(api, shared);
  suppressionRoutes(api, shared);
  reportRoutes(api, shared);
  reportIntakeRoutes(api, shared);
  syncRoutes(api, shared);
  statisticsRoutes(api, shared);
  signalRoutes(api, shared);
  runRoutes(api, shared);
  referenceRoutes(api, shared);
  streamRoutes(api, shared);
  cleanupRoutes(api, shared);
  backupRoutes(api, shared);
  legalHoldRoutes(api, shared);
  erasureRoutes(api, shared);
  administrationRoutes(api);
  tokenRoutes(api, shared);
  userRoutes(api, shared);
  sessionRoutes(api, shared);
  auditRoutes(api, shared);
  api.app.all('*', (c) => {
    throw absence(api, c.req.method, c.req.path.slice(API_BASE.length));
  });
  return api;
}

/** 405 where the path is known and the method is not (RFC 9110 §15.5.6), otherwise 404. */
function absence(api: Api, method: string, path: string): Problem {
  const allowed = new Set<string>();
  for (const [pattern, methods] of api.declared) {
    if (!matches(pattern, path)) continue;
    for (const known of methods) allowed.add(known.toUpperCase());
    if (methods.has('get')) allowed.add('HEAD');
  }
  if (allowed.size === 0) return notFound('There is no such path in the API; /docs lists them');
  const allow = [...allowed].sort().join(', ');
  return new Problem(405, 'method-not-allowed', `${method.slice(0, 20)} is not among the methods of this path: ${allow}`, {
    headers: { allow },
  });
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]));
}
