/** What the routes of the pages share: whom a page is for, and what a form brought. */
import type { Shared } from '../api/context.ts';
import type { Caller } from '../auth/caller.ts';
import { readBody } from '../body.ts';
import type { AppContext } from '../environment.ts';
import { type Strings, stringsFor } from './strings.ts';
import { type Theme, themeOf } from './theme.ts';

/** What stands around a page: in whose language, for whom, and what waits for them. */
export interface Frame {
  readonly t: Strings;
  readonly theme: Theme;
  /** Null on pages that need no sign-in. */
  readonly caller: Caller | null;
  readonly sandbox: boolean;
  /** Reports that wait for a person; 0 where the caller has no part in them. */
  readonly toReview: number;
  /** The page's own address, to come back to. */
  readonly path: string;
  /** The event up to which the page is true at least; what comes later its stream has to tell. */
  readonly seq: number;
}

export async function frameOf(c: AppContext, { options, reviewCount }: Shared, caller: Caller | null): Promise<Frame> {
  return {
    t: stringsFor(c),
    theme: themeOf(c),
    caller,
    sandbox: options.sandbox,
    toReview: caller !== null && mayReview(caller) ? await reviewCount.get() : 0,
    path: pathOf(c),
    seq: c.get('seq') ?? options.store.lastSeq,
  };
}

/** Reports that fit no message belong to no account: they are for those who see all. */
export function mayReview(caller: Caller): boolean {
  return caller.accounts === null && caller.permissions.has('messages:read');
}

/** Path and query; a page that answers a form has no address of its own. */
export function pathOf(c: AppContext): string {
  return c.req.method === 'GET' ? c.req.url.slice(new URL(c.req.url).origin.length) : '/';
}

/** Only paths of ours: `//host` and `/\host` are other sites to a browser. */
export function ownPath(next: string | null | undefined): string {
  return next !== null && next !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) ? next : '/';
}

/** The session's caller, or the way to the sign-in. */
export async function pageCaller(c: AppContext, { access, options }: Shared): Promise<Caller | Response> {
  c.set('seq', options.store.lastSeq);
  access.assertOurs(c);
  c.header('cache-control', 'private, no-store');
  const caller = await access.fromCookie(c);
  if (caller !== undefined) return caller;
  const here = pathOf(c);
  if (c.req.header('hx-request') === 'true') {
    // A script would put the sign-in into the middle of its page.
    c.header('hx-redirect', '/sign-in');
    return c.body(null, 401);
  }
  return c.redirect(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`, 303);
}

/** A form's fields. */
export async function formOf(c: AppContext, { limits }: Shared): Promise<URLSearchParams> {
  return new URLSearchParams(await readBody(c, limits));
}

/** The caller and the fields of a form that was sent from a page of ours (R55); or the way to the sign-in. */
export async function submitted(
  c: AppContext,
  shared: Shared,
): Promise<{ readonly caller: Caller; readonly form: URLSearchParams } | Response> {
  const caller = await pageCaller(c, shared);
  if (caller instanceof Response) return caller;
  const form = await formOf(c, shared);
  shared.access.assertNotForged(c, caller, form.get('csrf') ?? undefined);
  return { caller, form };
}
