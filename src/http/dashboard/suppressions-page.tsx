/** Addresses that mail is not sent to: the list, adding one, and lifting one with the mail that it kept back. */
import type { Hono } from 'hono';
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageSummary } from '../../domain/message.ts';
import type { SuppressionRecord } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import { lift, resendSuppressed, suppress, suppressionPage } from '../api/suppressions.ts';
import { assertPermitted, assertUnrestricted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { Problem } from '../problem.ts';
import { submissionClient } from '../sending/submit.ts';
import { exactTime } from './explain.ts';
import { Page } from './layout.tsx';
import { ListPages } from './list-parts.tsx';
import { frameOf, pageCaller, submitted } from './page.ts';
import { RelativeTime, SearchIcon, type View } from './parts.tsx';
import { sendPage } from './respond.ts';
import { stringsFor } from './strings.ts';

const PAGE = 50;
const NOTE_LIMIT = 500;
const DAY = 86_400_000;

/** What was typed and did not do. */
interface Refused {
  readonly fault: string;
  readonly form: URLSearchParams;
}

export function suppressionRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/suppressions', async (c) => {
    c.set('route', '/suppressions');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertMayManage(caller);
    return listPage(c, shared, caller, null);
  });
  app.post('/suppressions/add', async (c) => {
    c.set('route', '/suppressions/add');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertMayManage(caller);
    const t = stringsFor(c);
    const address = toAddress((form.get('address') ?? '').trim());
    const day = form.get('until') ?? '';
    // The day itself still counts.
    const until = day === '' ? null : Date.parse(day) + DAY;
    const fault =
      address === undefined ? t.suppressions.noAddress : until !== null && !(until > shared.options.now()) ? t.suppressions.pastDay : null;
    if (address === undefined || fault !== null) return listPage(c, shared, caller, { fault: fault ?? '', form });
    const note = (form.get('note') ?? '').trim().slice(0, NOTE_LIMIT);
    await suppress(shared, caller, { address: normalizeAddress(address), reason: 'manual', note: note === '' ? null : note, until });
    return c.redirect('/suppressions', 303);
  });
  app.post('/suppressions/lift', async (c) => {
    c.set('route', '/suppressions/lift');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertMayManage(caller);
    const address = addressOf(c, form);
    const { suppressed, next } = await lift(shared, { caller, client: submissionClient(c, caller), address, resend: false });
    const messages = caller.permissions.has('messages:read') ? suppressed : [];
    const mayResend = caller.permissions.has('messages:resend');
    const frame = await frameOf(c, shared, caller);
    return sendPage(
      c,
      <Page frame={frame} title={frame.t.suppressions.title} current="suppressions">
        <LiftedPage
          view={{ t: frame.t, now: shared.options.now() }}
          address={address}
          messages={messages}
          more={next !== null}
          csrf={mayResend ? csrfOf(caller) : null}
        />
      </Page>,
    );
  });
  app.post('/suppressions/resend', async (c) => {
    c.set('route', '/suppressions/resend');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertMayManage(caller);
    const address = addressOf(c, form);
    const { failures } = await resendSuppressed(shared, { caller, client: submissionClient(c, caller), address });
    const [first] = failures;
    if (first !== undefined) throw new Problem(409, first.code, `${stringsFor(c).suppressions.notAll(failures.length)} ${first.detail}`);
    return c.redirect(`/messages?recipient=${encodeURIComponent(address)}`, 303);
  });
}

function assertMayManage(caller: Caller): void {
  assertPermitted(caller, 'suppressions:manage');
  assertUnrestricted(caller);
}

function addressOf(c: AppContext, form: URLSearchParams): string {
  const address = toAddress(form.get('address') ?? '');
  if (address === undefined) throw new Problem(400, 'invalid-request', stringsFor(c).suppressions.noAddress);
  return normalizeAddress(address);
}

function csrfOf(caller: Caller): string {
  return caller.session?.csrf ?? '';
}

async function listPage(c: AppContext, shared: Shared, caller: Caller, refused: Refused | null): Promise<Response> {
  const { store, now } = shared.options;
  const q = c.req.query('q') ?? '';
  const cursor = c.req.query('cursor');
  const page = await suppressionPage(store, now(), { q, limit: PAGE, cursor });
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <Page frame={frame} title={frame.t.suppressions.title} current="suppressions">
      <ListPage
        view={{ t: frame.t, now: now() }}
        q={q}
        items={page.items}
        next={page.next}
        first={cursor === undefined}
        refused={refused}
        csrf={csrfOf(caller)}
      />
    </Page>,
    refused === null ? 200 : 400,
  );
}

interface ListPageProps {
  readonly view: View;
  readonly q: string;
  readonly items: readonly SuppressionRecord[];
  readonly next: string | null;
  readonly first: boolean;
  readonly refused: Refused | null;
  readonly csrf: string;
}

function ListPage({ view, q, items, next, first, refused, csrf }: ListPageProps) {
  const { t } = view;
  return (
    <>
      <div class="head">
        <h1>{t.suppressions.title}</h1>
      </div>
      <p class="lead muted">{t.suppressions.lead}</p>
      <AddForm t={t} refused={refused} csrf={csrf} />
      <search>
        <form method="get" action="/suppressions" class="search">
          <div class="field">
            <SearchIcon />
            <label class="visually-hidden" for="q">
              {t.suppressions.search}
            </label>
            <input id="q" type="search" name="q" value={q} placeholder={t.suppressions.search} autocomplete="off" />
          </div>
          <button class="button" type="submit">
            {t.register.searchButton}
          </button>
        </form>
      </search>
      {items.length === 0 ? (
        <div class="card empty">
          <h2>{q === '' ? t.suppressions.none : t.register.nothingTitle}</h2>
          <p>{q === '' ? t.suppressions.noneLead : t.suppressions.nothingLead}</p>
        </div>
      ) : (
        <ul class="stack rows">
          {items.map((record) => (
            <SuppressionRow view={view} record={record} csrf={csrf} />
          ))}
        </ul>
      )}
      <ListPages t={t} start={first ? null : pathOf(q, null)} next={next === null ? null : pathOf(q, next)} words={t.suppressions} />
    </>
  );
}

function pathOf(q: string, cursor: string | null): string {
  const query = new URLSearchParams({ ...(q === '' ? {} : { q }), ...(cursor === null ? {} : { cursor }) }).toString();
  return query === '' ? '/suppressions' : `/suppressions?${query}`;
}

function AddForm({ t, refused, csrf }: Pick<View, 't'> & Pick<ListPageProps, 'refused' | 'csrf'>) {
  const typed = (name: string): string => refused?.form.get(name) ?? '';
  return (
    <details class="add" open={refused !== null}>
      <summary class="button">{t.suppressions.add}</summary>
      <form method="post" action="/suppressions/add">
        <input type="hidden" name="csrf" value={csrf} />
        {refused === null ? null : (
          <p class="notice" role="alert">
            {refused.fault}
          </p>
        )}
        <div>
          <label for="address">{t.suppressions.address}</label>
          <input id="address" name="address" value={typed('address')} required autocomplete="off" autocapitalize="none" inputmode="email" />
        </div>
        <div>
          <label for="note">{t.suppressions.note}</label>
          <input id="note" name="note" value={typed('note')} maxlength={NOTE_LIMIT} autocomplete="off" />
        </div>
        <div>
          <label for="until">{t.suppressions.until}</label>
          <input id="until" name="until" type="date" value={typed('until')} />
        </div>
        <button class="button primary" type="submit">
          {t.suppressions.submit}
        </button>
      </form>
    </details>
  );
}

function SuppressionRow({ view, record, csrf }: { readonly view: View; readonly record: SuppressionRecord; readonly csrf: string }) {
  const { t } = view;
  return (
    <li class="card entry">
      <div class="row-main">
        <div class="recipient-head">
          <h2>
            <a href={`/messages?recipient=${encodeURIComponent(record.address)}`}>{record.address}</a>
          </h2>
          <span class={`badge ${record.reason === 'manual' ? 'state-held' : 'state-failed'}`}>{t.suppressions.reasons[record.reason]}</span>
        </div>
        {record.note === null ? null : <p class="plain">{record.note}</p>}
        <p class="facts">
          <span>
            {t.suppressions.since(record.by)} <RelativeTime view={view} at={record.at} />
          </span>
          <span>{record.until === null ? t.suppressions.forGood : t.suppressions.holdsUntil(exactTime(record.until))}</span>
          {record.message === null ? null : (
            <span>
              <a href={`/messages/${record.message}`}>{t.suppressions.because}</a>
            </span>
          )}
        </p>
      </div>
      <div class="row-actions">
        <form method="post" action="/suppressions/lift">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="address" value={record.address} />
          <button class="button" type="submit">
            {t.suppressions.lift}
            <span class="visually-hidden"> {record.address}</span>
          </button>
        </form>
      </div>
    </li>
  );
}

interface LiftedPageProps {
  readonly view: View;
  readonly address: string;
  readonly messages: readonly MessageSummary[];
  readonly more: boolean;
  /** Null when the caller may not send them again. */
  readonly csrf: string | null;
}

function LiftedPage({ view, address, messages, more, csrf }: LiftedPageProps) {
  const { t } = view;
  return (
    <>
      <a class="back" href="/suppressions">
        {t.suppressions.title}
      </a>
      <h1>{t.suppressions.lifted(address)}</h1>
      <p class="subtitle">{messages.length === 0 ? t.suppressions.keptNothing : t.suppressions.kept(messages.length, more)}</p>
      {messages.length === 0 || csrf === null ? null : (
        <form method="post" action="/suppressions/resend" class="after">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="address" value={address} />
          <button class="button primary" type="submit">
            {t.suppressions.resend(messages.length, more)}
          </button>
        </form>
      )}
      <ul class="stack rows">
        {messages.map(({ message }) => (
          <li class="card entry">
            <div class="row-main">
              <h2>
                <a href={`/messages/${message.id}`}>{message.headers.subject ?? t.register.noSubject}</a>
              </h2>
              <p class="facts">
                {message.references.document === null ? null : <span>{message.references.document}</span>}
                <span>
                  <RelativeTime view={view} at={message.acceptedAt} />
                </span>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
