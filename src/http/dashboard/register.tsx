/** The register: every message, newest first, with its filters in the address. */
import { reversePathText } from '../../domain/address.ts';
import type { MessageState, MessageSummary } from '../../domain/message.ts';
import type { Page } from '../../domain/ports.ts';
import { LivePill, RelativeTime, SearchIcon, StateBadge, type View } from './parts.tsx';
import { QueueStrip, type QueueView } from './queue-strip.tsx';
import { FILTER_NAMES, type FilterName, type RegisterFilter, registerPath } from './register-filter.ts';

/** States offered as tabs: what people look for. */
const TABS = ['in-progress', 'held', 'transferred', 'delivered', 'partly-failed', 'failed'] as const;

export interface RegisterProps {
  readonly view: View;
  readonly register: RegisterFilter;
  readonly page: Page<MessageSummary>;
  /** Null when the caller may not see the queue. */
  readonly queue: QueueView | null;
  /** What to type for a first message. */
  readonly sample: string;
  readonly live: boolean;
}

export function Register({ view, register, page, queue, sample, live }: RegisterProps) {
  const { t } = view;
  return (
    <>
      <div class="head">
        <h1>{t.register.title}</h1>
        {queue === null ? null : <QueueStrip view={view} queue={queue} />}
      </div>
      <Filters view={view} register={register} />
      {page.items.length === 0 ? (
        <Nothing view={view} register={register} page={page} sample={sample} />
      ) : (
        <Table view={view} page={page} />
      )}
      <Pages view={view} register={register} page={page} />
      {live && register.cursor === null ? (
        <LivePill href={registerPath(register.given)} stream="/api/v1/changes/stream?types=message.accepted" label={t.register.live} />
      ) : null}
    </>
  );
}

function Filters({ view: { t }, register }: { readonly view: View; readonly register: RegisterFilter }) {
  const { given, faults } = register;
  const open = FILTER_NAMES.some((name) => faults.has(name));
  return (
    <search>
      <form method="get" action="/messages">
        <div class="search">
          <div class="field">
            <SearchIcon />
            <label class="visually-hidden" for="q">
              {t.register.search}
            </label>
            <input id="q" type="search" name="q" value={given.get('q') ?? ''} placeholder={t.register.searchHint} autocomplete="off" />
          </div>
          <button class="button primary" type="submit">
            {t.register.searchButton}
          </button>
        </div>
        {given.has('state') ? <input type="hidden" name="state" value={given.get('state')} /> : null}
        <div class="narrow">
          <nav class="tabs" aria-label={t.register.statesLabel}>
            <a href={registerPath(given, { state: null })} aria-current={given.has('state') ? undefined : 'true'}>
              {t.register.allStates}
            </a>
            {TABS.map((state) => (
              <a href={registerPath(given, { state })} aria-current={given.get('state') === state ? 'true' : undefined}>
                {t.states[state]}
              </a>
            ))}
          </nav>
          <details class="filters" open={open}>
            <summary>{t.register.moreFilters}</summary>
            <div class="filter-grid">
              {FILTER_NAMES.map((name) => (
                <FilterField
                  label={t.register.fields[name]}
                  name={name}
                  value={given.get(name) ?? ''}
                  fault={faults.get(name)}
                  words={t.faults}
                />
              ))}
              <div class="actions">
                <button class="button" type="submit">
                  {t.register.apply}
                </button>
              </div>
            </div>
          </details>
        </div>
      </form>
      <ActiveFilters view={{ t }} register={register} />
    </search>
  );
}

interface FilterFieldProps {
  readonly label: string;
  readonly name: FilterName;
  readonly value: string;
  readonly fault: string | undefined;
  readonly words: View['t']['faults'];
}

function FilterField({ label, name, value, fault, words }: FilterFieldProps) {
  const id = `filter-${name}`;
  const isDate = name === 'from' || name === 'to';
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={isDate ? 'date' : 'text'}
        value={isDate ? value.slice(0, 10) : value}
        autocomplete="off"
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
      />
      {fault === undefined ? null : (
        <p class="fault" id={`${id}-fault`}>
          {words[fault] ?? fault}
        </p>
      )}
    </div>
  );
}

/** What narrows the list, each with a way to take it off. */
function ActiveFilters({ view: { t }, register }: { readonly view: Pick<View, 't'>; readonly register: RegisterFilter }) {
  const tab = TABS.some((state) => state === register.given.get('state'));
  const shown = [...register.given].filter(([name]) => name !== 'q' && !(name === 'state' && tab));
  if (shown.length === 0 && !register.given.has('q')) return null;
  return (
    <div class="chosen">
      {shown.map(([name, value]) => (
        <a class="filter" href={registerPath(register.given, { [name]: null })} title={t.register.remove(t.register.fields[name])}>
          <span>{`${t.register.fields[name]}: ${value}`}</span>
        </a>
      ))}
      <a class="button quiet" href="/messages">
        {t.register.clear}
      </a>
    </div>
  );
}

function Table({ view, page }: { readonly view: View; readonly page: Page<MessageSummary> }) {
  const { columns, caption } = view.t.register;
  return (
    <div class="card register">
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th class="c-state" scope="col">
              {columns.state}
            </th>
            <th class="c-message" scope="col">
              {columns.message}
            </th>
            <th class="c-ref" scope="col">
              {columns.reference}
            </th>
            <th class="c-account" scope="col">
              {columns.account}
            </th>
            <th class="c-time" scope="col">
              {columns.accepted}
            </th>
          </tr>
        </thead>
        <tbody>
          {page.items.map((summary) => (
            <Row view={view} summary={summary} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The one that a person would ask about: of several states, the message's own says which. */
function shownState(summary: MessageSummary): MessageState | 'deferred' | 'held' | 'queued' {
  if (summary.state !== 'in-progress') return summary.state;
  const states = new Set(summary.recipients.map(({ state }) => state));
  if (states.has('held')) return 'held';
  return states.has('deferred') ? 'deferred' : states.size === 1 && states.has('queued') ? 'queued' : 'in-progress';
}

function Row({ view, summary }: { readonly view: View; readonly summary: MessageSummary }) {
  const { t } = view;
  const { message } = summary;
  const { document, template } = message.references;
  const failed = summary.recipients.filter(({ state }) => state === 'failed' || state === 'expired' || state === 'suppressed');
  const first = failed[0] ?? summary.recipients[0];
  const others = summary.recipients.length - 1;
  const sender = reversePathText(message.envelope.reversePath);
  return (
    <tr>
      <td class="c-state">
        <StateBadge t={t} state={shownState(summary)} />
      </td>
      <td class="c-message">
        <div class="line">
          <a class="row" href={`/messages/${message.id}`}>
            {message.headers.subject ?? t.register.noSubject}
          </a>
        </div>
        <div class="line sub">
          {first?.address ?? ''}
          {others > 0 ? ` ${t.register.moreRecipients(others)}` : ''}
          {failed.length > 0 && others > 0 ? <span class="warn"> · {t.register.failedOf(failed.length, others + 1)}</span> : null}
          {failed.length > 0 && others === 0 && first?.category ? ` · ${t.categories[first.category]}` : ''}
        </div>
      </td>
      <td class="c-ref">{document === null && template === null ? null : <References document={document} template={template} />}</td>
      <td class="c-account" title={sender === '' ? t.register.nullSender : sender}>
        {message.account}
      </td>
      <td class="c-time">
        <RelativeTime view={view} at={message.acceptedAt} />
      </td>
    </tr>
  );
}

function References({ document, template }: { readonly document: string | null; readonly template: string | null }) {
  return (
    <>
      {document === null ? null : <span class="chip">{document}</span>}
      {template === null ? null : <div class="line sub">{template}</div>}
    </>
  );
}

interface NothingProps {
  readonly view: View;
  readonly register: RegisterFilter;
  readonly page: Page<MessageSummary>;
  readonly sample: string;
}

/** An empty list says why it is empty and what to do. */
function Nothing({ view: { t }, register, page, sample }: NothingProps) {
  if (page.next !== null) {
    return (
      <div class="card empty">
        <h2>{t.register.searchingTitle}</h2>
        <p>{t.register.searchingLead}</p>
        <a class="button primary" href={registerPath(register.given, { cursor: page.next })}>
          {t.register.searchOn}
        </a>
      </div>
    );
  }
  if (register.given.size > 0 || register.cursor !== null) {
    return (
      <div class="card empty">
        <h2>{t.register.nothingTitle}</h2>
        <p>{t.register.nothingLead}</p>
        <a class="button" href="/messages">
          {t.register.clear}
        </a>
      </div>
    );
  }
  return (
    <div class="card empty">
      <h2>{t.register.emptyTitle}</h2>
      <p>{t.register.emptyLead}</p>
      <pre>{sample}</pre>
      <p>{t.register.emptyThen}</p>
    </div>
  );
}

function Pages({ view: { t }, register, page }: Pick<NothingProps, 'view' | 'register' | 'page'>) {
  if (register.cursor === null && (page.next === null || page.items.length === 0)) return null;
  return (
    <nav class="pages" aria-label={t.register.pages}>
      {register.cursor === null ? (
        <span />
      ) : (
        <a class="button" href={registerPath(register.given)}>
          {t.register.newest}
        </a>
      )}
      {page.next === null || page.items.length === 0 ? null : (
        <a class="button" rel="next" href={registerPath(register.given, { cursor: page.next })}>
          {t.register.older} →
        </a>
      )}
    </nav>
  );
}
