/** What travels with a request through Hono, and what the connection tells of it. */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Caller } from './auth/caller.ts';

export interface AppEnv {
  /** Absent in tests that call `app.request()`. */
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Set once the request is authenticated. */
    caller: Caller;
    /** The declared path, for the metrics. */
    route: string;
    /** The feed's last event before anything was read for a page. */
    seq: number;
  };
}

export type AppContext = Context<AppEnv>;

/** IP address of the client, without the prefix of IPv4-mapped ones; '' where there is no connection. */
export function clientAddress(c: AppContext): string {
  const address = c.env?.incoming?.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

export function wantsHtml(c: AppContext): boolean {
  return (c.req.header('accept') ?? '').includes('text/html');
}
