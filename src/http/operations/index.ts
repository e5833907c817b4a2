/** What stands outside the API for machines that watch: /healthz, /readyz, /metrics, /openapi.json. */
import type { Hono } from 'hono';
import ipaddr from 'ipaddr.js';
import type { Shared } from '../api/context.ts';
import { openApiDocument } from '../api/openapi.ts';
import type { Api } from '../api/route.ts';
import { assertUnrestricted } from '../auth/access.ts';
import { type AppEnv, clientAddress } from '../environment.ts';
import type { Metrics } from './metrics.ts';
import { readinessOf } from './readiness.ts';

export function operationRoutes(app: Hono<AppEnv>, shared: Shared, api: Api, metrics: Metrics): void {
  const { options, access } = shared;
  const { metricsNetworks } = options.settings;
  app.get('/healthz', (c) => {
    c.set('route', '/healthz');
    return c.json({ status: 'ok', version: options.version });
  });
  app.get('/readyz', (c) => {
    c.set('route', '/readyz');
    const readiness = readinessOf(options);
    c.header('cache-control', 'no-store');
    return c.json(readiness, readiness.status === 'ready' ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    c.set('route', '/metrics');
    if (!inNetworks(clientAddress(c), metricsNetworks)) assertUnrestricted(await access.authenticate(c));
    return c.body(await metrics.text(), 200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' });
  });
  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    c.set('route', '/openapi.json');
    document ??= JSON.stringify(openApiDocument(api, options.version));
    return c.body(document, 200, { 'content-type': 'application/json' });
  });
}

function inNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network.includes('/') ? network : `${network}/${network.includes(':') ? 128 : 32}`);
    return range.kind() === parsed.kind() && parsed.match(range, bits);
  });
}
