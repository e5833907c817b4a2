/** The settings of the relay itself and the audit log: they show, and change nothing. */
import type { Hono } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DEFAULT_ACCOUNT } from '../../../domain/settings.ts';
import type { Shared } from '../../api/context.ts';
import type { Caller } from '../../auth/caller.ts';
import type { AppContext, AppEnv } from '../../environment.ts';
import { type Frame, frameOf } from '../page.ts';
import { sendPage } from '../respond.ts';
import { Accounts, accountsOf } from './accounts.tsx';
import { AuditLog, type AuditQuery, auditFilter, auditPath, NO_QUERY } from './audit.tsx';
import { Configuration } from './configuration.tsx';
import { Dns, type DnsResult } from './dns.tsx';
import { csrfOf, SettingsPage, type SettingsTab, settingsCaller, settingsForm } from './frame.tsx';
import { answerRoute, Routes } from './routes.tsx';

const PAGE = 50;

export function relayRoutes(app: Hono<AppEnv>, shared: Shared): void {
  accountRoute(app, shared);
  routesRoute(app, shared);
  dnsRoutes(app, shared);
  app.get('/settings/configuration', async (c) => {
    const caller = await settingsCaller(c, shared, 'configuration', '/settings/configuration');
    if (caller instanceof Response) return caller;
    return page(c, shared, caller, 'configuration', ({ t }) => <Configuration t={t} config={shared.options.running.config()} />);
  });
  auditRoute(app, shared);
}

async function page(
  c: AppContext,
  shared: Shared,
  caller: Caller,
  tab: SettingsTab,
  body: (frame: Frame) => Child,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <SettingsPage frame={frame} tab={tab}>
      {body(frame)}
    </SettingsPage>,
    status,
  );
}

function accountRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { store, now, running } = shared.options;
  app.get('/settings/accounts', async (c) => {
    const caller = await settingsCaller(c, shared, 'accounts', '/settings/accounts');
    if (caller instanceof Response) return caller;
    const config = running.config();
    const rows = await Promise.all(
      accountsOf(config).map(async (account) => {
        const [last] = (await store.messages({ account: [account.name] }, { limit: 1 })).items;
        return { account, lastAt: last?.message.acceptedAt ?? null };
      }),
    );
    return page(c, shared, caller, 'accounts', ({ t }) => <Accounts view={{ t, now: now() }} config={config} rows={rows} />);
  });
}

function routesRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { now, running } = shared.options;
  app.get('/settings/routes', async (c) => {
    const caller = await settingsCaller(c, shared, 'routes', '/settings/routes');
    if (caller instanceof Response) return caller;
    const config = running.config();
    const to = c.req.query('to');
    const question =
      to === undefined
        ? null
        : { from: (c.req.query('from') ?? '').trim(), to: to.trim(), account: c.req.query('account') ?? DEFAULT_ACCOUNT };
    const faults = new Map<string, string>();
    const body = ({ t }: Frame): Child => {
      const answer = question === null ? null : answerRoute(config, question, t, faults);
      return <Routes view={{ t, now: now() }} config={config} question={question} answer={answer} faults={faults} />;
    };
    return page(c, shared, caller, 'routes', body);
  });
}

function dnsRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { running } = shared.options;
  const dnsPage = (c: AppContext, caller: Caller, result: DnsResult | null): Promise<Response> =>
    page(c, shared, caller, 'dns', ({ t }) => <Dns t={t} csrf={csrfOf(caller)} sandbox={running.config().sandbox} result={result} />);
  app.get('/settings/dns', async (c) => {
    const caller = await settingsCaller(c, shared, 'dns', '/settings/dns');
    return caller instanceof Response ? caller : dnsPage(c, caller, null);
  });
  app.post('/settings/dns', async (c) => {
    const sent = await settingsForm(c, shared, 'dns', '/settings/dns');
    if (sent instanceof Response) return sent;
    const started = performance.now();
    const checked = await running.checkDns();
    return dnsPage(c, sent.caller, { checked, ms: performance.now() - started });
  });
}

function auditRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { store, now } = shared.options;
  app.get('/settings/audit', async (c) => {
    const caller = await settingsCaller(c, shared, 'audit', '/settings/audit');
    if (caller instanceof Response) return caller;
    const asked = (name: keyof AuditQuery): string => (c.req.query(name) ?? '').trim().slice(0, 500);
    const query: AuditQuery = { by: asked('by'), action: asked('action'), subject: asked('subject'), from: asked('from'), to: asked('to') };
    const cursor = c.req.query('cursor');
    // A form sends its empty fields too: the address that remains is one to keep and to share.
    if (Object.values(c.req.queries()).some((values) => values.includes(''))) return c.redirect(auditPath(query, cursor ?? null), 303);
    const frame = await frameOf(c, shared, caller);
    const faults = new Map<string, string>();
    const filter = auditFilter(query, frame.t, faults);
    const found =
      faults.size > 0
        ? { items: [], next: null }
        : await store.audits(filter, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    const first = cursor === undefined;
    return page(c, shared, caller, 'audit', ({ t }) => (
      <AuditLog view={{ t, now: now() }} query={{ ...NO_QUERY, ...query }} page={found} first={first} faults={faults} />
    ));
  });
}
