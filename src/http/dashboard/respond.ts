/** Sends a page. JSX knows no doctype, and without one browsers fall back to the layout of 1998. */
import { raw } from 'hono/html';
import type { JSXNode } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppContext } from '../environment.ts';

export function sendPage(
  c: AppContext,
  page: JSXNode | { toString(): string | Promise<string> },
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const text = page.toString();
  const whole = (rendered: string): Response | Promise<Response> => c.html(raw(`<!DOCTYPE html>${rendered}`), status);
  return typeof text === 'string' ? whole(text) : text.then(whole);
}
