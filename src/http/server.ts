/**
 * The socket side: one node:http server with deadlines for heads and bodies (R56), around the Hono
 * application. The quirks of @hono/node-server are dealt with here:
 * - it replaces the global Request and Response unless told not to;
 * - a request it cannot parse gets a bare 400, so an error handler gives the problem instead;
 * - without a Host header (HTTP/1.0 probes) it refuses, so a name is given for the URL only.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Log } from '../domain/log.ts';
import { createApp } from './app.ts';
import { DEFAULT_LIMITS, type HttpOptions } from './options.ts';
import { printable } from './printable.ts';
import { Problem, problemBody, problemResponse } from './problem.ts';

export interface Http {
  readonly address: string;
  readonly port: number;
  /** Where people find the dashboard; without a trailing slash. */
  readonly url: string;
  /** An address that signs in once, within an hour. */
  signInLink(): string;
  /** Takes no more requests, ends long polls and streams, and waits that long for the rest. */
  stop(graceMs: number): Promise<void>;
}

/** Rejects with the system's error (EADDRINUSE, EACCES) when the port cannot be had. */
export async function startHttp(options: HttpOptions): Promise<Http> {
  const { settings, log } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { app, signInPath, stop } = createApp(options);
  const listener = getRequestListener(app.fetch, {
    hostname: 'localhost',
    overrideGlobalObjects: false,
    errorHandler: (error) => problemResponse(malformed(error, log)),
  });
  const server = createServer(
    {
      headersTimeout: limits.headers,
      // Later than the body's own deadline, which can still answer in full.
      requestTimeout: limits.headers + Math.max(limits.body, limits.upload) + 1_000,
      connectionsCheckingInterval: Math.min(1_000, limits.headers),
      keepAliveTimeout: 30_000,
      maxHeaderSize: 16 * 1024,
    },
    (incoming, outgoing) => {
      void listener(incoming, outgoing);
    },
  );
  server.maxConnections = limits.connections;
  // Whoever takes nothing of an answer: above the longest wait without a sign of life.
  server.setTimeout(limits.wait + limits.stall);
  server.on('clientError', (error, socket) => refuse(error, socket as Socket, log));
  try {
    await listen(server, settings.address, settings.port);
  } catch (error) {
    stop();
    throw error;
  }
  const { port, address } = server.address() as AddressInfo;
  const url = settings.publicUrl?.replace(/\/+$/, '') ?? `http://${urlHost(settings.address)}:${port}`;
  return {
    address,
    port,
    url,
    signInLink: () => url + signInPath(),
    stop(graceMs) {
      stop();
      return close(server, graceMs);
    },
  };
}

function malformed(error: unknown, log: Log): Problem {
  log.debug({ error: printable(error instanceof Error ? error.message : String(error)) }, 'http request not understood');
  return new Problem(400, 'malformed-request', 'The request line or the Host header is not valid');
}

/** What a browser on this machine can open. */
function urlHost(address: string): string {
  if (address === '0.0.0.0' || address === '') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** What never became a request: too slow (RFC 9110 §15.5.9), too long a head, or not HTTP. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, log: Log): void {
  log.debug({ code: error.code ?? 'unknown', address: socket.remoteAddress ?? '' }, 'http connection refused');
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new Problem(408, 'request-timeout', 'The request did not arrive in time')
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? new Problem(431, 'headers-too-large', 'The head of the request is too large')
        : new Problem(400, 'malformed-request', 'That is not HTTP');
  const body = JSON.stringify(problemBody(problem));
  socket.end(
    `HTTP/1.1 ${problem.status} ${String(problemBody(problem)['title'])}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Connections that a client keeps open fall idle one by one as their requests end: each is closed then. */
const IDLE_CHECK = 25;

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK);
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
