/** The register's routes: the page, the part of it that is renewed, the columns, the views. */
import type { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { MessageSummary } from '../../domain/message.ts';
import type { Page as StorePage } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { filterFor } from '../api/filter.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import type { Fragment } from '../fragments.ts';
import { notFound } from '../problem.ts';
import { bulkActionsOf } from './bulk.ts';
import { Page } from './layout.tsx';
import { frameOf, ownPath, pageCaller, submitted } from './page.ts';
import { Register } from './register.tsx';
import { asColumns, COLUMNS_COOKIE, columnsOf } from './register-columns.ts';
import { type RegisterFilter, readRegisterFilter, registerPath } from './register-filter.ts';
import { RegisterList } from './register-list.tsx';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { stringsFor } from './strings.ts';
import { dropView, keepView, type ViewFault, viewsOf } from './views.tsx';

const PAGE = 50;
const YEAR = 365 * 86_400;
const SAMPLE = 'npx relais send-test --to anybody@example.com';

export function registerRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/messages', async (c) => {
    c.set('route', '/messages');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const query = c.req.queries();
    const register = readRegisterFilter(query);
    // A form sends its empty fields too: the address that remains is one to keep and to share.
    if (Object.values(query).some((values) => values.includes(''))) {
      const tidy = registerPath(register.given, register.cursor === null ? {} : { cursor: register.cursor });
      if (!wantsPart(c)) return c.redirect(tidy, 303);
      c.header('hx-replace-url', tidy);
    }
    if (wantsPart(c)) return sendPart(c, shared, await listPart(c, shared, caller, register));
    return registerPage(c, shared, { caller, register, fault: null });
  });
  columnsRoute(app, shared);
  progressRoute(app, shared);
  viewRoutes(app, shared);
}

function columnsRoute(app: Hono<AppEnv>, { access }: Shared): void {
  app.get('/messages/columns', (c) => {
    c.set('route', '/messages/columns');
    access.assertOurs(c);
    c.header('cache-control', 'no-store');
    const standard = c.req.query('standard') !== undefined;
    const columns = asColumns(c.req.queries('show') ?? []);
    setCookie(c, COLUMNS_COOKIE, columns.join('.'), { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: standard ? 0 : YEAR });
    return c.redirect(ownPath(c.req.query('next') ?? '/messages'), 303);
  });
}

/** How far an export is that the page started, in words. */
function progressRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/messages/export-progress', async (c) => {
    c.set('route', '/messages/export-progress');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    const progress = shared.exports.of(caller, c.req.query('key') ?? '');
    if (progress === undefined) return c.json({ state: 'unknown', text: '' });
    const { state, rows, back } = progress;
    const { language, registerPage: words } = stringsFor(c);
    const day = back === null ? null : new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(back);
    const text = { running: words.exported(rows, day), done: words.exportDone(rows), failed: words.exportFailed }[state];
    return c.json({ state, text });
  });
}

function viewRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.post('/messages/views', async (c) => {
    c.set('route', '/messages/views');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'messages:read');
    const { given } = readRegisterFilter(recordOf(new URLSearchParams(form.get('query') ?? '')));
    const query = new URLSearchParams([...given]).toString();
    const fault = await keepView(shared, caller, { name: form.get('name') ?? '', query });
    if (fault === null) return c.redirect(`/messages?${query}`, 303);
    return registerPage(c, shared, { caller, register: readRegisterFilter(recordOf(new URLSearchParams(query))), fault });
  });
  app.post('/messages/views/:id/delete', async (c) => {
    c.set('route', '/messages/views/{id}/delete');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    if (!(await dropView(shared, sent.caller, c.req.param('id')))) throw notFound('There is no such view');
    return c.redirect('/messages', 303);
  });
}

function recordOf(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

interface RegisterRequest {
  readonly caller: Caller;
  readonly register: RegisterFilter;
  readonly fault: ViewFault | null;
}

async function registerPage(c: AppContext, shared: Shared, { caller, register, fault }: RegisterRequest): Promise<Response> {
  const [frame, views, page] = await Promise.all([frameOf(c, shared, caller), viewsOf(shared, caller), searched(shared, caller, register)]);
  const view = { t: frame.t, now: shared.options.now() };
  const columns = columnsOf(c);
  const actions = bulkActionsOf(caller);
  return sendPage(
    c,
    <Page frame={frame} title={frame.t.register.title} current="messages" scripts={['live', 'register']}>
      <Register
        view={view}
        register={register}
        columns={columns}
        views={views}
        viewFault={fault}
        csrf={caller.session?.csrf ?? ''}
        actions={actions}
        path={frame.path === '/' ? registerPath(register.given) : frame.path}
      >
        <RegisterList view={view} register={register} page={page} columns={columns} pick={actions.length > 0} sample={SAMPLE} />
      </Register>
    </Page>,
    (fault === null ? 200 : 400) as ContentfulStatusCode,
  );
}

/** The list alone; rendered once for all who look at the same. */
function listPart(c: AppContext, shared: Shared, caller: Caller, register: RegisterFilter): Promise<Fragment> {
  const t = stringsFor(c);
  const columns = columnsOf(c);
  const pick = bulkActionsOf(caller).length > 0;
  const key = JSON.stringify(['register', t.language, caller.accounts, columns, pick, [...register.given], register.cursor]);
  return shared.fragments.get(key, async () => {
    const page = await searched(shared, caller, register);
    const view = { t, now: shared.options.now() };
    return String(<RegisterList view={view} register={register} page={page} columns={columns} pick={pick} sample={SAMPLE} />);
  });
}

async function searched({ options }: Shared, caller: Caller, register: RegisterFilter): Promise<StorePage<MessageSummary>> {
  const filter = register.faults.size > 0 ? undefined : filterFor(caller, register.filter);
  if (filter === undefined) return { items: [], next: null };
  return options.store.messages(filter, { limit: PAGE, ...(register.cursor === null ? {} : { cursor: register.cursor }) });
}
