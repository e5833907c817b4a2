/** Addresses that mail goes to: those that fail, with what they were perhaps meant to be, and all others. */
import type { Hono } from 'hono';
import { contactLink } from '../../domain/erp-links.ts';
import { type ContactView, contactReferences } from '../../domain/group-representation.ts';
import type { Page as StorePage } from '../../domain/ports.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { contactPage } from '../api/contacts.ts';
import type { Shared } from '../api/context.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import type { Fragment } from '../fragments.ts';
import { contactRoutes as contactRoute } from './contact-page.tsx';
import { FindForm } from './find-form.tsx';
import { Page } from './layout.tsx';
import { ListPages, ListTab, NewRows, SearchOn } from './list-parts.tsx';
import { frameOf, pageCaller } from './page.ts';
import { RelativeTime, type View } from './parts.tsx';
import { sendPage, sendPart, wantsPart } from './respond.ts';
import { stringsFor } from './strings.ts';
import { ContactBadge, contactPath, ErpLink } from './verdict-words.tsx';

const PAGE = 50;
const TEXT_LIMIT = 500;

interface Asked {
  readonly q: string;
  readonly problem: boolean;
  readonly cursor: string | null;
}

interface ListProps {
  readonly view: View;
  readonly asked: Asked;
  readonly page: StorePage<ContactView>;
  readonly links: Pick<ReferenceSettings, 'contactUrl'>;
}

export function contactRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { references, now } = shared.options;
  app.get('/contacts', async (c) => {
    c.set('route', '/contacts');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const asked = askedOf(c);
    if (wantsPart(c)) {
      c.header('hx-replace-url', pathOf(asked));
      return sendPart(c, shared, await listPart(c, shared, caller, asked));
    }
    const [frame, page] = await Promise.all([frameOf(c, shared, caller), found(shared, caller, asked)]);
    const words = frame.t.documents.contacts;
    return sendPage(
      c,
      <Page frame={frame} title={words.title} current="contacts" scripts={['live', 'register']}>
        <ContactsPage view={{ t: frame.t, now: now() }} asked={asked} page={page} links={references()} />
      </Page>,
    );
  });
  contactRoute(app, shared);
}

function askedOf(c: AppContext): Asked {
  const q = (c.req.query('q') ?? '').trim().slice(0, TEXT_LIMIT);
  return { q, problem: c.req.query('list') !== 'all', cursor: c.req.query('cursor') || null };
}

function pathOf(asked: Asked, change: Partial<Asked> = {}): string {
  const { q, problem, cursor } = { ...asked, ...(Object.keys(change).length > 0 ? { cursor: null } : {}), ...change };
  const query = new URLSearchParams({
    ...(problem ? {} : { list: 'all' }),
    ...(q === '' ? {} : { q }),
    ...(cursor === null ? {} : { cursor }),
  });
  return query.size === 0 ? '/contacts' : `/contacts?${query}`;
}

function found(shared: Shared, caller: Caller, { q, problem, cursor }: Asked): Promise<StorePage<ContactView>> {
  return contactPage(shared, caller, { problem, q }, { limit: PAGE, ...(cursor === null ? {} : { cursor }) });
}

/** The list alone; rendered once for all who look at the same. */
function listPart(c: AppContext, shared: Shared, caller: Caller, asked: Asked): Promise<Fragment> {
  const t = stringsFor(c);
  const { references, now } = shared.options;
  const key = JSON.stringify(['contacts', t.language, caller.accounts, asked]);
  return shared.fragments.get(key, async () => {
    const page = await found(shared, caller, asked);
    return String(<List view={{ t, now: now() }} asked={asked} page={page} links={references()} />);
  });
}

function ContactsPage(props: ListProps) {
  const { view, asked } = props;
  const words = view.t.documents.contacts;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <FindForm t={view.t} path="/contacts" value={asked.q} label={words.search} hint={words.searchHint} />
      <List {...props} />
      <NewRows t={view.t} />
    </>
  );
}

function List(props: ListProps) {
  const { view, asked, page } = props;
  const words = view.t.documents.contacts;
  const tab = (problem: boolean, text: string) => (
    <ListTab path={pathOf(asked, { problem })} current={asked.problem === problem}>
      {text}
    </ListTab>
  );
  return (
    <div id="results" data-follow="all" data-url={pathOf(asked)}>
      <nav class="tabs" aria-label={words.tabsLabel}>
        {tab(true, words.tabs.problem)}
        {tab(false, words.tabs.all)}
      </nav>
      {asked.problem ? null : <input type="hidden" form="find" name="list" value="all" />}
      {page.items.length === 0 ? <Nothing {...props} /> : <Table {...props} />}
      <ListPages
        t={view.t}
        start={asked.cursor === null ? null : pathOf(asked, { cursor: null })}
        next={page.next === null || page.items.length === 0 ? null : pathOf(asked, { cursor: page.next })}
        words={words}
      />
    </div>
  );
}

function Table({ view, asked, page, links }: ListProps) {
  const { columns, caption } = view.t.documents.contacts;
  return (
    <div class="card register contacts">
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th class="c-state" scope="col">
              {columns.state}
            </th>
            <th class="c-message" scope="col">
              {columns.address}
            </th>
            <th class="c-contact" scope="col">
              {columns.contact}
            </th>
            <th class="c-accepted" scope="col">
              {columns.at}
            </th>
          </tr>
        </thead>
        <tbody data-list={asked.cursor === null ? 'newest' : 'older'}>
          {page.items.map((contact) => (
            <Row view={view} contact={contact} links={links} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ view, contact, links }: Pick<ListProps, 'view' | 'links'> & { readonly contact: ContactView }) {
  const { t } = view;
  const { address, standing, mails, suggestion } = contact;
  const references = contactReferences(mails);
  const link = references === undefined ? null : contactLink(links, references);
  const [newest] = mails;
  const failure = standing.state === 'problem' ? standing.last?.recipient.failure : undefined;
  return (
    <tr data-key={address}>
      <td class="c-state">
        <ContactBadge t={t} state={standing.state} />
      </td>
      <td class="c-message">
        <div class="line">
          <a class="row" href={contactPath(address)}>
            {address}
          </a>
          {suggestion === null ? null : <span class="suggestion"> {t.documents.contacts.didYouMean(suggestion.address)}</span>}
        </div>
        <div class="line sub">
          {[
            standing.state === 'problem' ? whyOf(t, failure?.category ?? null, standing.last?.recipient.state === 'suppressed') : null,
            standing.last?.message.references.document ?? standing.last?.message.headers.subject ?? newest?.message.headers.subject ?? null,
          ]
            .filter((part) => part !== null)
            .join(' · ')}
        </div>
      </td>
      <td class="c-contact">
        {references?.contact == null ? null : link === null ? (
          references.contact
        ) : (
          <ErpLink t={t} href={link}>
            {references.contact}
          </ErpLink>
        )}
      </td>
      <td class="c-accepted">{newest === undefined ? null : <RelativeTime view={view} at={newest.message.acceptedAt} />}</td>
    </tr>
  );
}

function whyOf(t: View['t'], category: keyof View['t']['categories'] | null, suppressed: boolean): string {
  return suppressed ? t.documents.contact.suppressed : t.categories[category ?? 'unknown'];
}

function Nothing({ view: { t }, asked, page }: ListProps) {
  const words = t.documents.contacts;
  if (page.next !== null) {
    return <SearchOn t={t} path={pathOf(asked, { cursor: page.next })} />;
  }
  const searched = asked.q !== '' || asked.cursor !== null;
  return (
    <div class="card empty">
      <h2>{searched || !asked.problem ? words.none : words.noProblem}</h2>
      <p>{searched || !asked.problem ? words.noneLead : words.noProblemLead}</p>
      {searched ? (
        <a class="button" href={pathOf({ q: '', problem: asked.problem, cursor: null })}>
          {t.register.clear}
        </a>
      ) : null}
    </div>
  );
}
