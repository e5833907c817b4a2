/** What administrators do to tokens on the pages; the same as over the API (auth/administration.ts). */
import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Shared } from '../../api/context.ts';
import { givenName } from '../../api/fields.ts';
import { changeToken, createToken, revokeToken } from '../../auth/administration.ts';
import type { Caller } from '../../auth/caller.ts';
import type { AppContext, AppEnv } from '../../environment.ts';
import { notFound } from '../../problem.ts';
import { NO_FAULTS } from '../form-parts.tsx';
import { frameOf } from '../page.ts';
import { sendPage } from '../respond.ts';
import { stringsFor } from '../strings.ts';
import { SettingsPage, settingsCaller, settingsForm } from './frame.tsx';
import { removalRoute } from './removal.ts';
import { draftFrom, faultOfProblem, isRefusal, NEW_RIGHTS, rightsFrom } from './rights.tsx';
import { asLifetime, LIFETIMES, NewTokenPage, TokenPage, type TokenPageProps, Tokens, type TokensProps } from './tokens.tsx';

const ROUTE = '/settings/tokens';
const ONE = `${ROUTE}/:name`;

export function tokenRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get(ROUTE, async (c) => {
    const caller = await settingsCaller(c, shared, 'tokens', ROUTE);
    if (caller instanceof Response) return caller;
    const revoked = c.req.query('revoked');
    const done = revoked !== undefined && givenName.safeParse(revoked).success ? stringsFor(c).settings.tokens.revoked(revoked) : null;
    return tokensPage(c, shared, caller, { done });
  });
  addRoute(app, shared);
  app.get(ONE, async (c) => {
    const caller = await settingsCaller(c, shared, 'tokens', `${ROUTE}/{name}`);
    if (caller instanceof Response) return caller;
    return tokenPage(c, shared, caller, { done: c.req.query('done') === 'saved' ? stringsFor(c).settings.tokens.saved : null });
  });
  changeRoute(app, shared);
  removalRoute(app, shared, {
    tab: 'tokens',
    route: ROUTE,
    action: 'revoke',
    remove: (caller, name) => revokeToken(shared, caller, name),
    page: (c, caller, faults) => tokenPage(c, shared, caller, { form: 'revoke', faults }, 400),
    done: 'revoked',
  });
}

async function tokensPage(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  more: Partial<Pick<TokensProps, 'done' | 'draft' | 'faults'>>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { store, now, sending } = shared.options;
  const records = (await store.tokens.list()).map(({ value }) => value);
  const rows = await Promise.all(records.map(async (token) => ({ token, use: await shared.access.uses.last('tokens', token) })));
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="tokens">
      <Tokens
        view={{ t: frame.t, now: now() }}
        caller={caller}
        rows={rows}
        accounts={sending().accounts}
        done={more.done ?? null}
        draft={more.draft ?? { name: '', lifetime: '365d', rights: NEW_RIGHTS }}
        faults={more.faults ?? NO_FAULTS}
      />
    </SettingsPage>,
    status,
  );
}

async function tokenPage(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  more: Partial<Pick<TokenPageProps, 'done' | 'draft' | 'form' | 'faults'>>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const { store, now, sending } = shared.options;
  const name = c.req.param('name') ?? '';
  const token = await store.tokens.get(name);
  if (token === undefined) throw notFound('There is no such token');
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab="tokens" title={name}>
      <TokenPage
        view={{ t: frame.t, now: now() }}
        caller={caller}
        token={token}
        use={await shared.access.uses.last('tokens', token)}
        accounts={sending().accounts}
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
  const { now, settings } = shared.options;
  app.post(ROUTE, async (c) => {
    const sent = await settingsForm(c, shared, 'tokens', ROUTE);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const t = stringsFor(c);
    const name = (form.get('name') ?? '').trim();
    const lifetime = asLifetime(form.get('expires')) ?? '365d';
    const draft = { name, lifetime, rights: draftFrom(form) };
    const faults = new Map<string, string>();
    if (!givenName.safeParse(name).success) faults.set('name', t.settings.faults.name);
    const rights = rightsFrom(draft.rights, t, faults);
    if (rights === null) return tokensPage(c, shared, caller, { draft, faults }, 400);
    const ms = LIFETIMES[lifetime];
    try {
      const { token } = await createToken(shared, caller, { name, ...rights, expiresAt: ms === null ? null : now() + ms });
      const url = settings.publicUrl?.replace(/\/+$/, '') ?? new URL(c.req.url).origin;
      const frame = await frameOf(c, shared, caller);
      return await sendPage(
        c,
        <SettingsPage frame={frame} tab="tokens" title={t.settings.tokens.onceTitle(name)}>
          <NewTokenPage t={t} name={name} token={token} url={url} />
        </SettingsPage>,
        201,
      );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      faults.set(...faultOfProblem(error, t, name));
      return tokensPage(c, shared, caller, { draft, faults }, 400);
    }
  });
}

function changeRoute(app: Hono<AppEnv>, shared: Shared): void {
  app.post(ONE, async (c) => {
    const sent = await settingsForm(c, shared, 'tokens', `${ROUTE}/{name}`);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    const t = stringsFor(c);
    const name = c.req.param('name');
    const draft = draftFrom(form);
    const faults = new Map<string, string>();
    const rights = rightsFrom(draft, t, faults);
    if (rights === null) return tokenPage(c, shared, caller, { form: 'rights', draft, faults }, 400);
    const lifetime = asLifetime(form.get('expires'));
    const ms = lifetime === undefined ? undefined : LIFETIMES[lifetime];
    const expiry = ms === undefined ? {} : { expiresAt: ms === null ? null : shared.options.now() + ms };
    try {
      await changeToken(shared, caller, name, { ...rights, ...expiry });
      return c.redirect(`${ROUTE}/${encodeURIComponent(name)}?done=saved`, 303);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return tokenPage(c, shared, caller, { form: 'rights', draft, faults: new Map([faultOfProblem(error, t, name)]) }, 400);
    }
  });
}
