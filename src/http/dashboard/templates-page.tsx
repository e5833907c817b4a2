/** Mail by template: each template with what became of its mail in the last 30 days. */
import type { Hono } from 'hono';
import type { StatisticsRow } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { assertPermitted } from '../auth/access.ts';
import type { AppEnv } from '../environment.ts';
import { Page } from './layout.tsx';
import { frameOf, pageCaller } from './page.ts';
import type { View } from './parts.tsx';
import { registerPath } from './register-filter.ts';
import { sendPage } from './respond.ts';
import { type Outcomes, outcomesOf, ShareBar } from './share-bar.tsx';
import { type KeptView, Views, viewsOf } from './views.tsx';

const SPAN = 30 * 86_400_000;
const SHOWN = 200;

export function templatesRoute(app: Hono<AppEnv>, shared: Shared): void {
  const { store, now } = shared.options;
  app.get('/messages/templates', async (c) => {
    c.set('route', '/messages/templates');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const accounts = caller.accounts === null ? {} : { accounts: caller.accounts };
    const [frame, views, rows] = await Promise.all([
      frameOf(c, shared, caller),
      viewsOf(shared, caller),
      store.statistics({ from: now() - SPAN, to: now() + 1, by: 'day', group: 'template', ...accounts }),
    ]);
    const { t } = frame;
    return sendPage(
      c,
      <Page frame={frame} title={t.registerPage.templates.title} current="messages">
        <Templates view={{ t, now: now() }} rows={rows} views={views} />
      </Page>,
    );
  });
}

interface TemplateRow extends Outcomes {
  readonly template: string;
}

function rowsByTemplate(rows: readonly StatisticsRow[]): readonly TemplateRow[] {
  const groups = new Map<string, StatisticsRow[]>();
  for (const row of rows) groups.set(row.group, [...(groups.get(row.group) ?? []), row]);
  return [...groups]
    .map(([template, of]) => ({ template, ...outcomesOf(of) }))
    .filter(({ all }) => all > 0)
    .sort((a, b) => Number(a.template === '') - Number(b.template === '') || b.all - a.all);
}

function Templates({
  view,
  rows,
  views,
}: {
  readonly view: View;
  readonly rows: readonly StatisticsRow[];
  readonly views: readonly KeptView[];
}) {
  const { t } = view;
  const words = t.registerPage.templates;
  const templates = rowsByTemplate(rows);
  return (
    <>
      <div class="head">
        <h1>{t.register.title}</h1>
      </div>
      <Views view={view} place="templates" query="" views={views} viewFault={null} csrf="" />
      {templates.every(({ template }) => template === '') ? (
        <div class="card empty">
          <h2>{words.none}</h2>
          <p>{words.noneLead}</p>
        </div>
      ) : (
        <>
          <p class="muted lead">{words.lead}</p>
          <div class="card table-card">
            <table class="share-table">
              <thead>
                <tr>
                  <th scope="col">{words.template}</th>
                  <th scope="col" class="wide">
                    {words.share}
                  </th>
                  <th scope="col" class="number">
                    {words.recipients}
                  </th>
                  <th scope="col" class="number">
                    {words.failed}
                  </th>
                </tr>
              </thead>
              <tbody>
                {templates.slice(0, SHOWN).map((row) => (
                  <Template view={view} row={row} />
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </>
  );
}

function Template({ view: { t }, row }: { readonly view: View; readonly row: TemplateRow }) {
  const { template, all, failed } = row;
  const none = new Map();
  return (
    <tr>
      <th scope="row">
        {template === '' ? (
          <span class="muted">{t.registerPage.templates.unnamed}</span>
        ) : (
          <a class="row" href={registerPath(none, { template })}>
            {template}
          </a>
        )}
      </th>
      <td class="wide">
        <ShareBar t={t} outcomes={row} />
      </td>
      <td class="number">{all.toLocaleString(t.language)}</td>
      <td class="number">
        {failed === 0 || template === '' ? (
          failed.toLocaleString(t.language)
        ) : (
          <a class="warn" href={registerPath(none, { template, state: 'failed,partly-failed,expired,suppressed' })}>
            {failed.toLocaleString(t.language)}
          </a>
        )}
      </td>
    </tr>
  );
}
