/** Sends a page. JSX knows no doctype, and without one browsers fall back to the layout of 1998. */
import { raw } from 'hono/html';
import type { JSXNode } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Shared } from '../api/context.ts';
import type { AppContext } from '../environment.ts';
import type { Fragment } from '../fragments.ts';

export function sendPage(
  c: AppContext,
  page: JSXNode | { toString(): string | Promise<string> },
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const text = page.toString();
  const whole = (rendered: string): Response | Promise<Response> => c.html(raw(`<!DOCTYPE html>${rendered}`), status);
  return typeof text === 'string' ? whole(text) : text.then(whole);
}

/** Whether a script of the page asks, for the part of it that it renews. */
export function wantsPart(c: AppContext): boolean {
  return c.req.header('hx-request') === 'true' && c.req.header('hx-history-restore-request') !== 'true';
}

/** A part of a page, how soon it may be asked for again, and whether it has to be. */
export function sendPart(
  c: AppContext,
  { fragments, live }: Shared,
  part: string | Fragment,
  status: ContentfulStatusCode = 200,
): Response {
  c.header('vary', 'HX-Request');
  c.header('relais-pace', String(fragments.pace(live.pages)));
  if (typeof part === 'string') return c.html(part, status) as Response;
  if (part.stale) c.header('relais-stale', '1');
  return c.html(part.html, status) as Response;
}
