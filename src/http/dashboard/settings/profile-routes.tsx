/** What the forms of one's own profile do. */
import type { Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Shared } from '../../api/context.ts';
import { audit } from '../../audit.ts';
import type { Caller } from '../../auth/caller.ts';
import {
  beginEnrolment,
  changeOwnPassword,
  type Enrolment,
  endOthers,
  enrol,
  openEnrolment,
  removeFactor,
  renewRecoveryCodes,
} from '../../auth/own-access.ts';
import { PASSWORD_MAXIMUM, PASSWORD_MINIMUM } from '../../auth/passwords.ts';
import { userFingerprint } from '../../auth/sign-in.ts';
import { type AppContext, type AppEnv, clientAddress } from '../../environment.ts';
import { asProblem, notFound } from '../../problem.ts';
import { type Faults, NO_FAULTS } from '../form-parts.tsx';
import { frameOf } from '../page.ts';
import { sendPage } from '../respond.ts';
import { openSession } from '../sign-in-routes.tsx';
import { asLanguage, LANGUAGE_COOKIE, type Strings, stringsFor } from '../strings.ts';
import { RecoveryCodes, SetUpFactor } from './factor-pages.tsx';
import { csrfOf, SettingsPage, settingsCaller, settingsForm } from './frame.tsx';
import { Profile, type ProfileProps } from './profile.tsx';

const YEAR = 365 * 86_400;
const ROUTE = '/settings/profile';

export function profileRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get(ROUTE, async (c) => {
    const caller = await settingsCaller(c, shared, 'profile', ROUTE);
    return caller instanceof Response ? caller : profilePage(c, shared, caller, { done: doneWords(c) });
  });
  languageRoute(app, shared);
  passwordRoute(app, shared);
  factorRoutes(app, shared);
  sessionRoutes(app, shared);
}

/** What a form before says that it did: one of ours, never words of a link. */
function doneWords(c: AppContext): string | null {
  const { settings: t } = stringsFor(c);
  switch (c.req.query('done')) {
    case 'saved':
      return t.done;
    case 'password':
      return t.profile.changed;
    case 'factor':
      return t.profile.removed;
    case 'sessions':
      return t.sessions.ended(Math.min(100, Math.max(0, Number(c.req.query('n') ?? '1') || 0)));
    default:
      return null;
  }
}

async function profilePage(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  more: Partial<Pick<ProfileProps, 'done' | 'form' | 'faults'>>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { store, now } = shared.options;
  const { kind, name } = caller;
  const user = kind === 'user' ? ((await store.users.get(name)) ?? null) : null;
  const sessions = await shared.access.sessions.list({ kind, name });
  const frame = await frameOf(c, shared, caller);
  const { done = null, form = null, faults = NO_FAULTS } = more;
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="profile">
      <Profile view={{ t: frame.t, now: now() }} caller={caller} user={user} sessions={sessions} done={done} form={form} faults={faults} />
    </SettingsPage>,
    status,
  );
}

function languageRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post(`${ROUTE}/language`, async (c) => {
    const sent = await settingsForm(c, shared, 'profile', `${ROUTE}/language`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertUser(caller);
    const language = asLanguage(form.get('language') ?? '') ?? null;
    await shared.options.store.users.change(caller.name, (user) => (user === undefined ? undefined : { ...user, language }));
    if (language === null) deleteCookie(c, LANGUAGE_COOKIE, { path: '/' });
    else setCookie(c, LANGUAGE_COOKIE, language, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: YEAR });
    return c.redirect(`${ROUTE}?done=saved`, 303);
  });
}

function passwordRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post(`${ROUTE}/password`, async (c) => {
    const sent = await settingsForm(c, shared, 'profile', `${ROUTE}/password`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertUser(caller);
    const t = stringsFor(c);
    const fresh = form.get('fresh') ?? '';
    const faults = passwordFaults(t, fresh, form.get('again') ?? '');
    await confirm(c, shared, { caller, form, field: 'current', faults });
    if (faults.size > 0) return profilePage(c, shared, caller, { form: 'password', faults }, 400);
    const user = await changeOwnPassword(shared, caller, fresh);
    // What it was changed in has ended with all others: it goes on as a new one.
    if (user !== undefined) {
      await openSession(c, shared, { kind: 'user', name: user.name, fingerprint: userFingerprint(user) }, 'password');
    }
    return c.redirect(`${ROUTE}?done=password`, 303);
  });
}

export function passwordFaults(t: Strings, fresh: string, again: string): Map<string, string> {
  const words = t.settings.faults;
  const faults = new Map<string, string>();
  if (fresh.length < PASSWORD_MINIMUM) faults.set('fresh', words.short(PASSWORD_MINIMUM));
  else if (fresh.length > PASSWORD_MAXIMUM) faults.set('fresh', words.long(PASSWORD_MAXIMUM));
  else if (fresh !== again) faults.set('again', words.differ);
  return faults;
}

/** Asks for the password once more; what is wrong with it goes beside the field. */
async function confirm(
  c: AppContext,
  { access }: Shared,
  asked: { readonly caller: Caller; readonly form: URLSearchParams; readonly field: string; readonly faults: Map<string, string> },
): Promise<void> {
  const { caller, form, field, faults } = asked;
  const words = stringsFor(c).settings.faults;
  try {
    const right = await access.signIn.confirms(clientAddress(c), caller.name, form.get(field) ?? '');
    if (!right) faults.set(field, words.wrongPassword);
  } catch (error) {
    const problem = asProblem(error);
    if (problem?.status !== 429) throw error;
    faults.set(field, words.tooMany(Number(problem.headers['retry-after'] ?? 60)));
  }
}

/** Tokens and the link of the terminal have no password and no second factor. */
function assertUser(caller: Caller): void {
  if (caller.kind !== 'user') throw notFound('Only users have a profile of their own');
}

function factorRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const route = `${ROUTE}/factor`;
  app.get(route, async (c) => {
    const caller = await settingsCaller(c, shared, 'profile', route);
    if (caller instanceof Response) return caller;
    assertUser(caller);
    const user = await shared.options.store.users.get(caller.name);
    // Whoever has one takes it away first; whoever signs in at a provider has it there.
    if (user?.totp != null || user?.passwordHash == null) return c.redirect(ROUTE, 303);
    return setUpPage(c, shared, caller, { enrolment: beginEnrolment(shared, caller.name), faults: NO_FAULTS });
  });
  app.post(route, async (c) => {
    const sent = await settingsForm(c, shared, 'profile', route);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertUser(caller);
    const words = stringsFor(c).settings.faults;
    const enrolment = openEnrolment(shared, caller.name, form.get('sealed') ?? '');
    if (enrolment === undefined) {
      const faults = new Map([['', words.setUpOver]]);
      return setUpPage(c, shared, caller, { enrolment: beginEnrolment(shared, caller.name), faults }, 400);
    }
    const faults = new Map<string, string>();
    await confirm(c, shared, { caller, form, field: 'confirm', faults });
    const codes = faults.size > 0 ? null : await enrol(shared, caller, enrolment, form.get('code') ?? '');
    if (codes !== null) return codesPage(c, shared, caller, codes);
    if (faults.size === 0) faults.set('code', words.wrongCode);
    return setUpPage(c, shared, caller, { enrolment, faults }, 400);
  });
  confirmedRoute(app, shared, `${route}/remove`, async (c, caller) => {
    await removeFactor(shared, caller);
    return c.redirect(`${ROUTE}?done=factor`, 303);
  });
  confirmedRoute(app, shared, `${route}/recovery`, async (c, caller) => {
    const codes = await renewRecoveryCodes(shared, caller);
    return codes === null ? c.redirect(ROUTE, 303) : codesPage(c, shared, caller, codes);
  });
}

/** A form that does what it does once the password was given again. */
function confirmedRoute(app: Hono<AppEnv>, shared: Shared, path: string, act: (c: AppContext, caller: Caller) => Promise<Response>): void {
  app.post(path, async (c) => {
    const sent = await settingsForm(c, shared, 'profile', path);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertUser(caller);
    const faults = new Map<string, string>();
    await confirm(c, shared, { caller, form, field: 'confirm', faults });
    return faults.size > 0 ? profilePage(c, shared, caller, { form: 'factor', faults }, 400) : act(c, caller);
  });
}

async function setUpPage(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  { enrolment, faults }: { readonly enrolment: Enrolment; readonly faults: Faults },
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { publicUrl } = shared.options.settings;
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="profile" title={frame.t.settings.profile.setUpTitle}>
      <SetUpFactor
        t={frame.t}
        enrolment={enrolment}
        user={caller.name}
        place={publicUrl === null ? '' : new URL(publicUrl).hostname}
        csrf={csrfOf(caller)}
        faults={faults}
      />
    </SettingsPage>,
    status,
  );
}

async function codesPage(c: AppContext, shared: Shared, caller: Caller, codes: readonly string[]): Promise<Response> {
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="profile" title={frame.t.settings.profile.codesTitle}>
      <RecoveryCodes t={frame.t} codes={codes} />
    </SettingsPage>,
  );
}

function sessionRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { sessions } = shared.access;
  app.post(`${ROUTE}/sessions/end`, async (c) => {
    const sent = await settingsForm(c, shared, 'profile', `${ROUTE}/sessions/end`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const id = form.get('id') ?? '';
    const own = (await sessions.list({ kind: caller.kind, name: caller.name })).some((session) => session.id === id);
    const ended = own && (await sessions.end(id));
    if (ended) await audit(shared, caller, { action: 'session.ended', subject: { kind: 'session', id }, detail: { of: caller.name } });
    return c.redirect(`${ROUTE}?done=sessions&n=${ended ? 1 : 0}`, 303);
  });
  app.post(`${ROUTE}/sessions/end-others`, async (c) => {
    const sent = await settingsForm(c, shared, 'profile', `${ROUTE}/sessions/end-others`);
    if (sent instanceof Response) return sent;
    const { caller } = sent;
    const count = await endOthers(shared, caller);
    if (count > 0) await audit(shared, caller, { action: 'session.ended', detail: { of: caller.name, count } });
    return c.redirect(`${ROUTE}?done=sessions&n=${count}`, 303);
  });
}
