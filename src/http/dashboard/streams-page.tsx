/** Streams: kinds of mail without a template, and the names that people give them. */
import type { Hono } from 'hono';
import type { Shared } from '../api/context.ts';
import { type NamedStream, nameStream, streamPage } from '../api/streams.ts';
import { assertPermitted } from '../auth/access.ts';
import type { AppEnv } from '../environment.ts';
import { Page } from './layout.tsx';
import { frameOf, ownPath, pageCaller, submitted } from './page.ts';
import { RelativeTime, SearchIcon, type View } from './parts.tsx';
import { ReferenceHead } from './references-page.tsx';
import { sendPage } from './respond.ts';

const PAGE = 50;
const NAME_LIMIT = 100;

export function streamRoutes(app: Hono<AppEnv>, shared: Shared): void {
  const { store, now } = shared.options;
  app.get('/references/streams', async (c) => {
    c.set('route', '/references/streams');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    const q = c.req.query('q') ?? '';
    const page = await streamPage(store, caller, { q, limit: PAGE, cursor: c.req.query('cursor') });
    const frame = await frameOf(c, shared, caller);
    const csrf = caller.permissions.has('queue:manage') ? (caller.session?.csrf ?? '') : null;
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.references.tabs.streams} current="references">
        <Streams view={{ t: frame.t, now: now() }} q={q} items={page.items} next={page.next} csrf={csrf} back={frame.path} />
      </Page>,
    );
  });
  app.post('/references/streams', async (c) => {
    c.set('route', '/references/streams');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'queue:manage');
    const name = (form.get('name') ?? '').trim().slice(0, NAME_LIMIT);
    const stream = form.get('stream') ?? '';
    await nameStream(shared, caller, stream, name === '' ? null : name);
    const back = ownPath(form.get('back'));
    return c.redirect(`${back === '/' ? '/references/streams' : back}#s${stream}`, 303);
  });
}

interface StreamsProps {
  readonly view: View;
  readonly q: string;
  readonly items: readonly NamedStream[];
  readonly next: string | null;
  /** Null: the reader may not name them. */
  readonly csrf: string | null;
  readonly back: string;
}

function Streams({ view, q, items, next, csrf, back }: StreamsProps) {
  const { t } = view;
  const words = t.references.streams;
  return (
    <>
      <ReferenceHead t={t} current="streams" />
      <search>
        <form method="get" action="/references/streams" class="search">
          <div class="field">
            <SearchIcon />
            <label class="visually-hidden" for="q">
              {words.search}
            </label>
            <input id="q" type="search" name="q" value={q} placeholder={words.search} autocomplete="off" />
          </div>
          <button class="button" type="submit">
            {t.register.searchButton}
          </button>
        </form>
      </search>
      {items.length === 0 ? (
        <div class="card empty">
          <h2>{q === '' ? words.none : t.register.nothingTitle}</h2>
          <p>{q === '' ? words.noneLead : ''}</p>
        </div>
      ) : (
        <ul class="stack rows">
          {items.map((item) => (
            <StreamRow view={view} item={item} csrf={csrf} back={back} />
          ))}
        </ul>
      )}
      {next === null ? null : (
        <nav class="pages" aria-label={t.register.pages}>
          <a
            class="button"
            rel="next"
            href={`/references/streams?${new URLSearchParams({ ...(q === '' ? {} : { q }), cursor: next }).toString()}`}
          >
            {words.more} →
          </a>
        </nav>
      )}
    </>
  );
}

function StreamRow({
  view,
  item: { stream, record },
  csrf,
  back,
}: { readonly item: NamedStream } & Pick<StreamsProps, 'view' | 'csrf' | 'back'>) {
  const { t } = view;
  const words = t.references.streams;
  const pattern = record.pattern === '' ? words.noSubject : record.pattern;
  return (
    <li class="card entry" id={`s${stream}`}>
      <div class="row-main">
        <h2>
          <a href={`/messages?stream=${stream}`}>{record.name ?? pattern}</a>
        </h2>
        {record.name === null ? null : <p class="plain">{pattern}</p>}
        <p class="facts">
          <span>{words.messages(record.messages)}</span>
          <span>{record.account}</span>
          <span>
            {words.last} <RelativeTime view={view} at={record.lastAt} />
          </span>
          <span>
            <a href={`/messages/${record.example}`}>{words.example}</a>
          </span>
        </p>
      </div>
      {csrf === null ? null : (
        <form class="row-actions reference-name" method="post" action="/references/streams">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="stream" value={stream} />
          <input type="hidden" name="back" value={back} />
          <label class="visually-hidden" for={`name-${stream}`}>
            {words.name}: {pattern}
          </label>
          <input
            id={`name-${stream}`}
            name="name"
            value={record.name ?? ''}
            placeholder={words.name}
            maxlength={NAME_LIMIT}
            autocomplete="off"
          />
          <button class="button" type="submit">
            {words.save}
          </button>
        </form>
      )}
    </li>
  );
}
