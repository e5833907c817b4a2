/** Documents: each once, with its verdict and why. */
import type { Hono } from 'hono';
import { type DocumentVerdict, VERDICTS } from '../../domain/document-verdict.ts';
import type { DocumentRecord, Page as StorePage } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { documentPage } from '../api/documents.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import type { Fragment } from '../fragments.ts';
import { documentRoute } from './document-page.tsx';
import { FindForm } from './find-form.tsx';
import { Page } from './layout.tsx';
import { ListPages, ListTab, NewRows, SearchOn } from './list-parts.tsx';
import { frameOf, pageCaller } from './page.ts';
import { RelativeTime, type View } from './parts.tsx';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { stringsFor } from './strings.ts';
import { documentPath, reasonWords, VerdictBadge } from './verdict-words.tsx';

const PAGE = 50;
/** In the order in which people look for them. */
const TABS: readonly DocumentVerdict[] = ['failed', 'at-risk', 'transferred', 'delivered', 'unknown'];
const NARROWING = ['documentType', 'administration'] as const;
const TEXT_LIMIT = 500;

/** What narrows the list, as it stands in the page's address. */
interface Asked {
  readonly q: string;
  readonly verdict: DocumentVerdict | null;
  readonly documentType: string | null;
  readonly administration: string | null;
  readonly cursor: string | null;
}

export function documentRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/documents', async (c) => {
    c.set('route', '/documents');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const asked = askedOf(c);
    if (wantsPart(c)) {
      const tidy = pathOf(asked);
      c.header('hx-replace-url', tidy);
      return sendPart(c, shared, await listPart(c, shared, caller, asked));
    }
    const [frame, page] = await Promise.all([frameOf(c, shared, caller), found(shared, caller, asked)]);
    const view = { t: frame.t, now: shared.options.now() };
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.documents.list.title} current="documents" scripts={['live', 'register']}>
        <DocumentsPage view={view} asked={asked} page={page} />
      </Page>,
    );
  });
  documentRoute(app, shared);
}

function askedOf(c: AppContext): Asked {
  const given = (name: string): string | null => {
    const text = (c.req.query(name) ?? '').trim().slice(0, TEXT_LIMIT);
    return text === '' ? null : text;
  };
  const verdict = VERDICTS.find((one) => one === given('verdict')) ?? null;
  const [documentType, administration] = NARROWING.map(given);
  return {
    q: given('q') ?? '',
    verdict,
    documentType: documentType ?? null,
    administration: administration ?? null,
    cursor: c.req.query('cursor') || null,
  };
}

/** The page's address for these; `change` replaces. Another list begins at its beginning. */
function pathOf(asked: Asked, change: Partial<Asked> = {}): string {
  const { q, verdict, documentType, administration, cursor } = {
    ...asked,
    ...(Object.keys(change).length > 0 ? { cursor: null } : {}),
    ...change,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ q: q === '' ? null : q, verdict, documentType, administration, cursor })) {
    if (value !== null) query.set(name, value);
  }
  return query.size === 0 ? '/documents' : `/documents?${query}`;
}

function found(
  shared: Shared,
  caller: Caller,
  { q, verdict, documentType, administration, cursor }: Asked,
): Promise<StorePage<DocumentRecord>> {
  const filter = {
    q,
    ...(verdict === null ? {} : { verdict: [verdict] }),
    ...(documentType === null ? {} : { documentType }),
    ...(administration === null ? {} : { administration }),
  };
  return documentPage(shared, caller, filter, { limit: PAGE, ...(cursor === null ? {} : { cursor }) });
}

/** The list alone; rendered once for all who look at the same. */
function listPart(c: AppContext, shared: Shared, caller: Caller, asked: Asked): Promise<Fragment> {
  const t = stringsFor(c);
  const key = JSON.stringify(['documents', t.language, caller.accounts, asked]);
  return shared.fragments.get(key, async () => {
    const page = await found(shared, caller, asked);
    return String(<List view={{ t, now: shared.options.now() }} asked={asked} page={page} />);
  });
}

interface ListProps {
  readonly view: View;
  readonly asked: Asked;
  readonly page: StorePage<DocumentRecord>;
}

function DocumentsPage(props: ListProps) {
  const { view, asked } = props;
  const words = view.t.documents.list;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <FindForm t={view.t} path="/documents" value={asked.q} label={words.search} hint={words.searchHint} />
      <List {...props} />
      <NewRows t={view.t} />
    </>
  );
}

function List(props: ListProps) {
  const { view, asked, page } = props;
  return (
    <div id="results" data-follow="all" data-url={pathOf(asked)}>
      <Tabs {...props} />
      <Narrowed {...props} />
      {(['verdict', ...NARROWING] as const).map((name) =>
        asked[name] === null ? null : <input type="hidden" form="find" name={name} value={asked[name]} />,
      )}
      {page.items.length === 0 ? <Nothing {...props} /> : <Table {...props} />}
      <ListPages
        t={view.t}
        start={asked.cursor === null ? null : pathOf(asked, { cursor: null })}
        next={page.next === null || page.items.length === 0 ? null : pathOf(asked, { cursor: page.next })}
      />
    </div>
  );
}

function Tabs({ view: { t }, asked }: ListProps) {
  const tab = (verdict: DocumentVerdict | null, words: string) => (
    <ListTab path={pathOf(asked, { verdict })} current={asked.verdict === verdict}>
      {words}
    </ListTab>
  );
  return (
    <nav class="tabs" aria-label={t.documents.list.verdictsLabel}>
      {tab(null, t.documents.list.all)}
      {TABS.map((verdict) => tab(verdict, t.documents.verdicts[verdict]))}
    </nav>
  );
}

function Narrowed({ view: { t }, asked }: ListProps) {
  const words = t.documents.list;
  const { documentType, administration } = asked;
  const shown = [
    documentType === null ? null : { path: pathOf(asked, { documentType: null }), text: words.ofType(documentType) },
    administration === null ? null : { path: pathOf(asked, { administration: null }), text: words.ofAdministration(administration) },
  ].filter((one) => one !== null);
  if (shown.length === 0) return null;
  return (
    <div class="chosen">
      {shown.map(({ path, text }) => (
        <a class="filter" href={path} title={words.remove(text)}>
          <span>{text}</span>
        </a>
      ))}
    </div>
  );
}

function Table({ view, asked, page }: ListProps) {
  const { columns, caption } = view.t.documents.list;
  return (
    <div class="card register">
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th class="c-state" scope="col">
              {columns.verdict}
            </th>
            <th class="c-message" scope="col">
              {columns.document}
            </th>
            <th class="c-contact" scope="col">
              {columns.contact}
            </th>
            <th class="c-accepted" scope="col">
              {columns.mail}
            </th>
          </tr>
        </thead>
        <tbody data-list={asked.cursor === null ? 'newest' : 'older'}>
          {page.items.map((record) => (
            <Row view={view} record={record} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ view, record }: { readonly view: View; readonly record: DocumentRecord }) {
  const { t } = view;
  const { document, administration, others, verdict, mails } = record;
  const [newest] = mails;
  const references = newest?.message.references;
  const rest = verdict.addressees.length - 1;
  return (
    <tr data-key={JSON.stringify([document, administration])}>
      <td class="c-state">
        <VerdictBadge t={t} verdict={verdict.verdict} />
      </td>
      <td class="c-message">
        <div class="line">
          <a class="row" href={documentPath(document, administration, others)}>
            {document}
          </a>
          <span class="muted"> {newest?.message.headers.subject ?? ''}</span>
        </div>
        <div class="line sub">
          {reasonWords(t, verdict.why)}
          {rest > 0 ? ` · ${t.documents.list.others(rest)}` : ''}
        </div>
      </td>
      <td class="c-contact">
        <div class="line">{references?.contact ?? verdict.why.address}</div>
        <div class="line sub">{[references?.documentType, administration].filter((part) => part !== null).join(' · ')}</div>
      </td>
      <td class="c-accepted">{newest === undefined ? null : <RelativeTime view={view} at={newest.message.acceptedAt} />}</td>
    </tr>
  );
}

/** An empty list says why it is empty and what to do. */
function Nothing({ view: { t }, asked, page }: ListProps) {
  if (page.next !== null) {
    return <SearchOn t={t} path={pathOf(asked, { cursor: page.next })} />;
  }
  if (pathOf({ ...asked, cursor: null }) !== '/documents' || asked.cursor !== null) {
    return (
      <div class="card empty">
        <h2>{t.register.nothingTitle}</h2>
        <p>{t.register.nothingLead}</p>
        <a class="button" href="/documents">
          {t.register.clear}
        </a>
      </div>
    );
  }
  return (
    <div class="card empty">
      <h2>{t.documents.list.emptyTitle}</h2>
      <p>{t.documents.list.emptyLead}</p>
    </div>
  );
}
