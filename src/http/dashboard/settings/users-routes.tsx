/** What administrators do to users on the pages; the same as over the API (auth/administration.ts). */
import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Shared } from '../../api/context.ts';
import { givenName } from '../../api/fields.ts';
import { audit } from '../../audit.ts';
import { changeUser, createUser, deleteUser, type UserChanges } from '../../auth/administration.ts';
import type { Caller } from '../../auth/caller.ts';
import type { AppContext, AppEnv } from '../../environment.ts';
import { notFound } from '../../problem.ts';
import { NO_FAULTS } from '../form-parts.tsx';
import { frameOf } from '../page.ts';
import { sendPage } from '../respond.ts';
import { stringsFor } from '../strings.ts';
import { SettingsPage, settingsCaller, settingsForm } from './frame.tsx';
import { passwordFaults } from './profile-routes.tsx';
import { removalRoute } from './removal.ts';
import { draftFrom, faultOfProblem, isRefusal, NEW_RIGHTS, rightsFrom } from './rights.tsx';
import { UserPage, type UserPageProps, Users, type UsersProps } from './users.tsx';

const ROUTE = '/settings/users';
const ONE = `${ROUTE}/:name`;

export function userRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get(ROUTE, async (c) => {
    const caller = await settingsCaller(c, shared, 'users', ROUTE);
    if (caller instanceof Response) return caller;
    const deleted = c.req.query('deleted');
    const done = deleted !== undefined && givenName.safeParse(deleted).success ? stringsFor(c).settings.users.deleted(deleted) : null;
    return usersPage(c, shared, caller, { done });
  });
  addRoute(app, shared);
  app.get(ONE, async (c) => {
    const caller = await settingsCaller(c, shared, 'users', `${ROUTE}/{name}`);
    if (caller instanceof Response) return caller;
    const words = stringsFor(c).settings;
    const done = { saved: words.users.saved, password: words.users.passwordSet, session: words.sessions.ended(1) }[
      c.req.query('done') ?? ''
    ];
    return userPage(c, shared, caller, { done: done ?? null });
  });
  rightsRoute(app, shared);
  passwordRoute(app, shared);
  changeRoute(app, shared, 'factor', () => ({ totp: null }));
  changeRoute(app, shared, 'disabled', (form) => ({ disabled: form.get('disabled') === 'yes' }));
  removalRoute(app, shared, {
    tab: 'users',
    route: ROUTE,
    action: 'delete',
    remove: (caller, name) => deleteUser(shared, caller, name),
    page: (c, caller, faults) => userPage(c, shared, caller, { form: 'delete', faults }, 400),
    done: 'deleted',
  });
  sessionRoute(app, shared);
}

function accountsOf({ options }: Shared): readonly string[] {
  return options.sending().accounts;
}

async function usersPage(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  more: Partial<Pick<UsersProps, 'done' | 'draft' | 'faults'>>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { store, now } = shared.options;
  const records = (await store.users.list()).map(({ value }) => value);
  const rows = await Promise.all(records.map(async (user) => ({ user, use: await shared.access.uses.last('users', user) })));
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="users">
      <Users
        view={{ t: frame.t, now: now() }}
        caller={caller}
        rows={rows}
        accounts={accountsOf(shared)}
        done={more.done ?? null}
        draft={more.draft ?? { name: '', rights: NEW_RIGHTS }}
        faults={more.faults ?? NO_FAULTS}
      />
    </SettingsPage>,
    status,
  );
}

async function userPage(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  more: Partial<Pick<UserPageProps, 'done' | 'draft' | 'form' | 'faults'>>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { store, now } = shared.options;
  const name = c.req.param('name') ?? '';
  const user = await store.users.get(name);
  if (user === undefined) throw notFound('There is no such user');
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="users" title={name}>
      <UserPage
        view={{ t: frame.t, now: now() }}
        caller={caller}
        user={user}
        use={await shared.access.uses.last('users', user)}
        sessions={await shared.access.sessions.list({ kind: 'user', name })}
        accounts={accountsOf(shared)}
        done={more.done ?? null}
        draft={more.draft ?? null}
        form={more.form ?? null}
        faults={more.faults ?? NO_FAULTS}
      />
    </SettingsPage>,
    status,
  );
}

function addRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post(ROUTE, async (c) => {
    const sent = await settingsForm(c, shared, 'users', ROUTE);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const t = stringsFor(c);
    const name = (form.get('name') ?? '').trim();
    const password = form.get('password') ?? '';
    const draft = draftFrom(form);
    const faults = new Map<string, string>();
    if (!givenName.safeParse(name).success) faults.set('name', t.settings.faults.name);
    const short = passwordFaults(t, password, password).get('fresh');
    if (short !== undefined) faults.set('password', short);
    const rights = rightsFrom(draft, t, faults);
    const again = (): Promise<Response> => usersPage(c, shared, caller, { draft: { name, rights: draft }, faults }, 400);
    if (rights === null) return again();
    try {
      await createUser(shared, caller, { name, password, ...rights });
      return c.redirect(`${ROUTE}/${encodeURIComponent(name)}?done=saved`, 303);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      faults.set(...faultOfProblem(error, t, name));
      return again();
    }
  });
}

/** Changes the user whom the path names; what is refused is said in the form it came from. */
async function changed(
  c: AppContext,
  shared: Shared,
  sent: { readonly caller: Caller; readonly changes: UserChanges; readonly done: string; readonly form: UserPageProps['form'] },
): Promise<Response> {
  const name = c.req.param('name') ?? '';
  try {
    await changeUser(shared, sent.caller, name, sent.changes);
    return c.redirect(`${ROUTE}/${encodeURIComponent(name)}?done=${sent.done}`, 303);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const [field, words] = faultOfProblem(error, stringsFor(c), name);
    return userPage(c, shared, sent.caller, { form: sent.form, faults: new Map([[sent.form === 'rights' ? field : '', words]]) }, 400);
  }
}

function rightsRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post(ONE, async (c) => {
    const sent = await settingsForm(c, shared, 'users', `${ROUTE}/{name}`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const draft = draftFrom(form);
    const faults = new Map<string, string>();
    const rights = rightsFrom(draft, stringsFor(c), faults);
    if (rights === null) return userPage(c, shared, caller, { form: 'rights', draft, faults }, 400);
    return changed(c, shared, { caller, changes: rights, done: 'saved', form: 'rights' });
  });
}

function passwordRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post(`${ONE}/password`, async (c) => {
    const sent = await settingsForm(c, shared, 'users', `${ROUTE}/{name}/password`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const password = form.get('fresh') ?? '';
    const faults = passwordFaults(stringsFor(c), password, password);
    if (faults.size > 0) return userPage(c, shared, caller, { form: 'password', faults }, 400);
    return changed(c, shared, { caller, changes: { password }, done: 'password', form: 'password' });
  });
}

function changeRoute(
  app: Hono<AppEnv>,
  shared: Shared,
  what: 'factor' | 'disabled',
  changes: (form: URLSearchParams) => UserChanges,
): void {
  app.post(`${ONE}/${what}`, async (c) => {
    const sent = await settingsForm(c, shared, 'users', `${ROUTE}/{name}/${what}`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    return changed(c, shared, { caller, changes: changes(form), done: 'saved', form: what === 'factor' ? 'password' : 'delete' });
  });
}

function sessionRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { sessions } = shared.access;
  app.post(`${ONE}/sessions/end`, async (c) => {
    const sent = await settingsForm(c, shared, 'users', `${ROUTE}/{name}/sessions/end`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const name = c.req.param('name');
    const id = form.get('id') ?? '';
    const theirs = (await sessions.list({ kind: 'user', name })).some((session) => session.id === id);
    if (theirs && (await sessions.end(id))) {
      await audit(shared, caller, { action: 'session.ended', subject: { kind: 'session', id }, detail: { of: name } });
    }
    return c.redirect(`${ROUTE}/${encodeURIComponent(name)}?done=session`, 303);
  });
}
