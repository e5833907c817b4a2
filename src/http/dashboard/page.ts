/** What the routes of the pages share: whom a page is for, and what a form brought. */
import type { Shared } from '../api/context.ts';
import type { Caller } from '../auth/caller.ts';
import { readBody } from '../body.ts';
import type { AppContext } from '../environment.ts';

/** The session's caller, or the way to the sign-in. */
export async function pageCaller(c: AppContext, { access }: Shared): Promise<Caller | Response> {
  access.assertOurs(c);
  c.header('cache-control', 'private, no-store');
  const caller = await access.fromCookie(c);
  if (caller !== undefined) return caller;
  const here = c.req.url.slice(new URL(c.req.url).origin.length);
  return c.redirect(here === '/' || c.req.method !== 'GET' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`, 303);
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
