/**
 * Signing in and out: with a password and a second factor, with a token, or by the one-time link of
 * the terminal. Every sign-in, and every one that was refused to a user that there is, stands in the
 * audit log.
 */
import type { Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { SessionRecord } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { audit } from '../audit.ts';
import { requestOrigin } from '../auth/origin.ts';
import { SESSION_COOKIE, SESSION_LIFETIME, type SessionSubject } from '../auth/sessions.ts';
import { LOCAL_SUBJECT, type SignedIn } from '../auth/sign-in.ts';
import { type AppContext, type AppEnv, clientAddress } from '../environment.ts';
import { printable } from '../printable.ts';
import { asProblem, Problem } from '../problem.ts';
import { formOf, ownPath, submitted } from './page.ts';
import { sendPage } from './respond.ts';
import { CodePage, LinkDone, SignIn } from './sign-in.tsx';
import { LANGUAGE_COOKIE, stringsFor } from './strings.ts';

const YEAR = 365 * 86_400;

export function signInRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { access } = shared;
  app.get('/sign-in', async (c) => {
    c.set('route', '/sign-in');
    access.assertOurs(c);
    c.header('cache-control', 'no-store');
    const next = ownPath(c.req.query('next'));
    if ((await access.fromCookie(c)) !== undefined) return c.redirect(next, 303);
    return signInPage(c, shared, { next, fault: null, user: '' });
  });
  app.post('/sign-in', async (c) => {
    c.set('route', '/sign-in');
    const form = await ownForm(c, shared);
    const next = ownPath(form.get('next'));
    const token = form.get('token');
    const user = form.get('user') ?? '';
    const t = stringsFor(c);
    try {
      const address = clientAddress(c);
      const signed =
        token === null
          ? await access.signIn.withPassword(address, user, form.get('password') ?? '')
          : await access.signIn.withToken(address, token.trim());
      return await answerTo(c, shared, {
        signed,
        next,
        user,
        byToken: token !== null,
        wrong: token === null ? t.signIn.wrong : t.signIn.wrongToken,
      });
    } catch (error) {
      return tooManyPage(c, error, (fault) => signInPage(c, shared, { next, fault, user }, 429));
    }
  });
  codeRoute(app, shared);
  linkRoute(app, shared);
  app.post('/sign-out', async (c) => {
    c.set('route', '/sign-out');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller } = sent;
    if (caller.session !== null) {
      await access.sessions.end(caller.session.id);
      await audit(shared, caller, { action: 'session.ended', subject: { kind: 'session', id: caller.session.id } });
    }
    deleteCookie(c, SESSION_COOKIE, { path: '/' });
    return c.redirect('/sign-in', 303);
  });
}

function codeRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { access } = shared;
  app.post('/sign-in/code', async (c) => {
    c.set('route', '/sign-in/code');
    const form = await ownForm(c, shared);
    const next = ownPath(form.get('next'));
    const challenge = form.get('challenge') ?? '';
    const t = stringsFor(c);
    const again = (fault: string, status: ContentfulStatusCode) =>
      sendPage(c, <CodePage t={t} next={next} challenge={challenge} fault={fault} />, status);
    try {
      const signed = await access.signIn.withCode(clientAddress(c), challenge, form.get('code') ?? '');
      if (signed.kind === 'refused') {
        await noteRefusal(c, shared, signed);
        return again(t.access.wrongCode, 401);
      }
      return await answerTo(c, shared, { signed, next, user: '', byToken: false, wrong: t.signIn.wrong });
    } catch (error) {
      return tooManyPage(c, error, (fault) => again(fault, 429));
    }
  });
}

function linkRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { access } = shared;
  app.get('/sign-in/link', async (c) => {
    c.set('route', '/sign-in/link');
    access.assertOurs(c);
    const t = stringsFor(c);
    c.header('cache-control', 'no-store');
    // Looked at beforehand by a browser or a chat: the link is not used up by that.
    if (c.req.method === 'HEAD' || c.req.header('sec-purpose') !== undefined) return c.body(null, 204);
    if (!access.links.redeem(c.req.query('key') ?? '')) {
      return signInPage(c, shared, { next: '/', fault: `${t.signIn.linkOver}. ${t.signIn.linkOverHint}`, user: '' }, 410);
    }
    await openSession(c, shared, LOCAL_SUBJECT, 'link');
    return landingPage(c, '/');
  });
}

/** A form that was not sent on behalf of another site (R55); there is no session yet whose token it could bear. */
async function ownForm(c: AppContext, shared: Shared): Promise<URLSearchParams> {
  shared.access.assertOurs(c);
  c.header('cache-control', 'no-store');
  if (requestOrigin(c) === 'foreign') throw new Problem(403, 'forged-request', 'The request does not come from a page of this server');
  return formOf(c, shared);
}

async function answerTo(
  c: AppContext,
  shared: Shared,
  answer: { readonly signed: SignedIn; readonly next: string; readonly user: string; readonly byToken: boolean; readonly wrong: string },
): Promise<Response> {
  const { signed, next, user, byToken, wrong } = answer;
  const t = stringsFor(c);
  switch (signed.kind) {
    case 'in':
      await openSession(c, shared, signed.subject, signed.via);
      return c.redirect(next, 303);
    case 'code':
      return sendPage(c, <CodePage t={t} next={next} challenge={signed.challenge} fault={null} />);
    case 'over':
      return signInPage(c, shared, { next, fault: t.access.challengeOver, user }, 401);
    case 'refused':
      await noteRefusal(c, shared, signed);
      return signInPage(c, shared, { next, fault: wrong, user, byToken }, 401);
    default:
      return signed satisfies never;
  }
}

/** What was typed as a name may have been a password: of users that there are alone. */
async function noteRefusal(c: AppContext, shared: Shared, { user }: { readonly user: string | null }): Promise<void> {
  if (user === null) return;
  const actor = { kind: 'user', name: user, address: clientAddress(c) || null } as const;
  await audit(shared, actor, { action: 'session.refused', subject: { kind: 'user', id: user } });
}

/** Opens a session for the subject, and notes it. */
export async function openSession(c: AppContext, shared: Shared, subject: SessionSubject, via: SessionRecord['via']): Promise<void> {
  const { access, options } = shared;
  const address = clientAddress(c) || null;
  const agent = printable(c.req.header('user-agent') ?? '');
  const cookie = await access.sessions.open({ ...subject, via, address, agent: agent === '' ? null : agent });
  setCookie(c, SESSION_COOKIE, cookie, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: SESSION_LIFETIME / 1000,
    secure: options.settings.publicUrl?.startsWith('https:') ?? false,
  });
  if (subject.kind === 'user') {
    access.uses.note('users', subject.name, address);
    const language = (await options.store.users.get(subject.name))?.language;
    if (language != null) setCookie(c, LANGUAGE_COOKIE, language, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: YEAR });
  }
  const opened = { action: 'session.opened', subject: { kind: subject.kind === 'token' ? 'token' : 'user', id: subject.name } } as const;
  const used = { action: 'recovery.used', subject: { kind: 'user', id: subject.name } } as const;
  await audit(shared, { ...subject, address }, { ...opened, detail: { via } }, ...(via === 'recovery' ? [used] : []));
}

/** Where the way here began on another site, the strict cookie is sent from the next page on: it goes there by itself. */
export function landingPage(c: AppContext, next: string): Response | Promise<Response> {
  c.header('refresh', `0; url=${next}`);
  return sendPage(c, <LinkDone t={stringsFor(c)} next={next} />);
}

export async function signInPage(
  c: AppContext,
  { access, options }: Shared,
  page: { readonly next: string; readonly fault: string | null; readonly user: string; readonly byToken?: boolean },
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const provider = access.oidc?.label ?? null;
  const nobody = provider === null && (await options.store.users.list()).length === 0;
  return sendPage(c, <SignIn t={stringsFor(c)} {...page} provider={provider} nobody={nobody} />, status);
}

/** 429 as a page; everything else goes on. */
function tooManyPage(c: AppContext, error: unknown, page: (fault: string) => Response | Promise<Response>): Response | Promise<Response> {
  const problem = asProblem(error);
  if (problem?.status !== 429) throw error;
  const seconds = problem.headers['retry-after'] ?? '60';
  c.header('retry-after', seconds);
  return page(stringsFor(c).signIn.tooMany(Number(seconds)));
}
