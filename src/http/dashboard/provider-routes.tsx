/** The way to the identity provider and back. Each thing that can go wrong there is said in words, on the sign-in page. */
import type { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Shared } from '../api/context.ts';
import { FLOW_LIFETIME, OIDC_CALLBACK, OIDC_COOKIE, OIDC_PATH, type OidcEnd, type OidcSignIn } from '../auth/oidc.ts';
import { type ProviderUser, userOf } from '../auth/provider-users.ts';
import { userFingerprint } from '../auth/sign-in.ts';
import { type AppContext, type AppEnv, clientAddress } from '../environment.ts';
import { ownPath } from './page.ts';
import { landingPage, openSession, signInPage } from './sign-in-routes.tsx';
import { type Strings, stringsFor } from './strings.ts';

export function providerRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { access, options } = shared;
  const { oidc } = access;
  if (oidc === null) return;
  app.get(OIDC_PATH, async (c) => {
    c.set('route', OIDC_PATH);
    access.assertOurs(c);
    c.header('cache-control', 'no-store');
    const next = ownPath(c.req.query('next'));
    const begun = await oidc.begin(next);
    if (begun.kind === 'down') return downPage(c, shared, oidc, next);
    // Lax: the provider sends the browser back here from its own site.
    setCookie(c, OIDC_COOKIE, begun.flow, {
      httpOnly: true,
      sameSite: 'Lax',
      path: OIDC_PATH,
      maxAge: FLOW_LIFETIME / 1000,
      secure: options.settings.publicUrl?.startsWith('https:') ?? false,
    });
    return c.redirect(begun.url, 303);
  });
  app.get(OIDC_CALLBACK, async (c) => {
    c.set('route', OIDC_CALLBACK);
    access.assertOurs(c);
    c.header('cache-control', 'no-store');
    const flow = getCookie(c, OIDC_COOKIE);
    // Whatever comes of it: a second time it is another sign-in.
    deleteCookie(c, OIDC_COOKIE, { path: OIDC_PATH });
    const end = await oidc.end(new URL(c.req.url).search, flow);
    if (end.kind === 'down') return downPage(c, shared, oidc, '/');
    if (end.kind === 'refused') return signInPage(c, shared, { next: '/', fault: wordsOf(end, stringsFor(c)), user: '' }, 403);
    const found = await userOf(shared, end.identity, clientAddress(c) || null);
    if (found.kind === 'refused') return signInPage(c, shared, { next: '/', fault: wordsOf(found, stringsFor(c)), user: '' }, 403);
    const { user } = found;
    options.log.info({ address: clientAddress(c), kind: 'user', name: user.name, via: 'oidc' }, 'signed in');
    await openSession(c, shared, { kind: 'user', name: user.name, fingerprint: userFingerprint(user) }, 'oidc');
    return landingPage(c, end.next);
  });
}

function downPage(c: AppContext, shared: Shared, oidc: OidcSignIn, next: string): Promise<Response> {
  const { access } = stringsFor(c);
  c.header('retry-after', '5');
  return signInPage(c, shared, { next, fault: `${access.providerDown(oidc.host)} ${access.providerDownHint}`, user: '' }, 503);
}

function wordsOf(end: Extract<OidcEnd | ProviderUser, { kind: 'refused' }>, { access: t }: Strings): string {
  const name = end.name ?? '';
  switch (end.reason) {
    case 'over':
      return t.providerOver;
    case 'refused':
      return t.providerRefused;
    case 'no-role':
      return t.providerNoRole(name);
    case 'no-accounts':
      return t.providerNoAccounts(name);
    case 'name-taken':
      return t.providerNameTaken(name);
    case 'disabled':
      return t.providerDisabled(name);
    default:
      return end satisfies never;
  }
}
