/**
 * HTTP: the API, the dashboard and the pages for machines that watch.
 *
 * Upstream: programs and people. Downstream: the Store port, the delivery's control, the clean-up.
 * Standards: RFC 9110 (HTTP), RFC 6750 (bearer tokens), RFC 9457 (problems), WHATWG HTML §9.2
 * (server-sent events), OpenAPI 3.1. On failure: a problem with a stable code; when the store takes
 * no writes, reading goes on and /readyz says why.
 */
export { createApp, type HttpApp } from './app.ts';
export type { HttpLimits, HttpOptions, ReadinessCheck } from './options.ts';
export { type Http, startHttp } from './server.ts';
