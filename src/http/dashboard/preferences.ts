/** What a reader chooses for the pages, kept in cookies: whoever follows a link to it sees other words or colours, and nothing else. */
import type { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { Shared } from '../api/context.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { notFound } from '../problem.ts';
import { ownPath } from './page.ts';
import { asLanguage, LANGUAGE_COOKIE } from './strings.ts';
import { asTheme, THEME_COOKIE } from './theme.ts';

const YEAR = 365 * 86_400;

export function preferenceRoutes(app: Hono<AppEnv>, { access }: Shared): void {
  app.get('/language/:language', (c) => {
    c.set('route', '/language/{language}');
    access.assertOurs(c);
    const language = asLanguage(c.req.param('language'));
    if (language === undefined) throw notFound('There is no such language');
    return chosen(c, LANGUAGE_COOKIE, language);
  });
  app.get('/theme/:theme', (c) => {
    c.set('route', '/theme/{theme}');
    access.assertOurs(c);
    const theme = asTheme(c.req.param('theme'));
    if (theme === undefined) throw notFound('There is no such theme');
    return chosen(c, THEME_COOKIE, theme);
  });
}

function chosen(c: AppContext, cookie: string, value: string): Response {
  c.header('cache-control', 'no-store');
  setCookie(c, cookie, value, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: YEAR });
  return c.redirect(ownPath(c.req.query('next')), 303);
}
