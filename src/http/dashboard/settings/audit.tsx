/** The audit log as a page: filters in the address, newest first. */
import { AUDIT_ACTIONS, type AuditAction, type AuditFilter, type AuditRecord, type AuditSubjectKind } from '../../../domain/audit.ts';
import type { Page } from '../../../domain/ports.ts';
import { exactTime } from '../explain.ts';
import { type Faults, Field } from '../form-parts.tsx';
import { ListPages } from '../list-parts.tsx';
import { ExactTime, type View } from '../parts.tsx';
import type { Strings } from '../strings.ts';

/** As typed. */
export interface AuditQuery {
  readonly by: string;
  readonly action: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string;
}

export const NO_QUERY: AuditQuery = { by: '', action: '', subject: '', from: '', to: '' };

const DAY = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Actions under headings of their own, in the order of the log's list. */
const GROUPS: Readonly<Record<keyof Strings['audit']['groups'], RegExp>> = {
  content: /^(?:content|report\.read|evidence|register)/,
  mail: /^(?:message|report\.(?:linked|submitted)|references|stream|subject|legal-hold)/,
  delivery: /^(?:queue|suppression|sync)/,
  relay: /^(?:cleanup|signal|backup)/,
  access: /^(?:user|password|totp|recovery|token|session)/,
};

export function isAction(text: string): text is AuditAction {
  return (AUDIT_ACTIONS as readonly string[]).includes(text);
}

/** The filter that the query asks for; what is wrong with it goes into `faults`. */
export function auditFilter(query: AuditQuery, t: Strings, faults: Map<string, string>): AuditFilter {
  const day = (name: 'from' | 'to'): number | undefined => {
    const text = query[name];
    if (text === '') return undefined;
    const at = DATE.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(at)) faults.set(name, t.audit.badDay);
    return at;
  };
  const [from, to] = [day('from'), day('to')];
  return {
    ...(query.by === '' ? {} : { by: query.by }),
    ...(isAction(query.action) ? { action: query.action } : {}),
    ...(query.subject === '' ? {} : { subject: query.subject }),
    ...(from === undefined ? {} : { from }),
    // The day itself still counts.
    ...(to === undefined ? {} : { to: to + DAY }),
  };
}

export function auditPath(query: AuditQuery, cursor: string | null): string {
  const given = Object.entries({ ...query, cursor: cursor ?? '' }).filter(([, value]) => value !== '');
  const text = new URLSearchParams(given).toString();
  return text === '' ? '/settings/audit' : `/settings/audit?${text}`;
}

interface AuditProps {
  readonly view: View;
  readonly query: AuditQuery;
  readonly page: Page<AuditRecord>;
  readonly first: boolean;
  readonly faults: Faults;
}

export function AuditLog({ view: { t }, query, page, first, faults }: AuditProps) {
  const words = t.audit;
  const filtered = Object.values(query).some((value) => value !== '');
  return (
    <>
      <p class="lead muted">{words.lead}</p>
      <Filters t={t} query={query} filtered={filtered} faults={faults} />
      {page.items.length === 0 ? (
        <div class="card empty">
          <h2>{filtered ? t.register.nothingTitle : words.none}</h2>
          <p>{page.next === null ? words.noneLead : words.paused}</p>
        </div>
      ) : (
        <Entries t={t} items={page.items} />
      )}
      <ListPages
        t={t}
        start={first ? null : auditPath(query, null)}
        next={page.next === null ? null : auditPath(query, page.next)}
        words={{ start: words.newest, more: words.older }}
      />
    </>
  );
}

interface FiltersProps {
  readonly t: Strings;
  readonly query: AuditQuery;
  readonly filtered: boolean;
  readonly faults: Faults;
}

function Filters({ t, query, filtered, faults }: FiltersProps) {
  const words = t.audit;
  return (
    <form method="get" action="/settings/audit" class="card audit-filters">
      <Field name="by" label={words.who} faults={faults} value={query.by} />
      <div class="form-field">
        <label for="action">{words.what}</label>
        <select id="action" name="action">
          <option value="">{words.anything}</option>
          {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
            <optgroup label={words.groups[group]}>
              {AUDIT_ACTIONS.filter((action) => GROUPS[group].test(action)).map((action) => (
                <option value={action} selected={action === query.action}>
                  {words.actions[action]}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <Field name="subject" label={words.subject} faults={faults} value={query.subject} />
      <Field name="from" type="date" label={words.from} faults={faults} value={query.from} />
      <Field name="to" type="date" label={words.to} faults={faults} value={query.to} />
      <div class="form-actions">
        <button class="button primary" type="submit">
          {words.show}
        </button>
        {filtered ? (
          <a class="button quiet" href="/settings/audit">
            {words.clear}
          </a>
        ) : null}
      </div>
    </form>
  );
}

function Entries({ t, items }: { readonly t: Strings; readonly items: readonly AuditRecord[] }) {
  const words = t.audit;
  return (
    <div class="card table-card">
      <table class="plain-table audit-table">
        <thead>
          <tr>
            <th scope="col">{words.when}</th>
            <th scope="col">{words.who}</th>
            <th scope="col">{words.what}</th>
            <th scope="col">{words.subject}</th>
            <th scope="col">{words.where}</th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ at, by, action, subject, detail, address }) => (
            <tr>
              <td data-label={words.when}>
                <ExactTime at={at} />
              </td>
              <td data-label={words.who} class="anywhere">
                <a href={auditPath({ ...NO_QUERY, by: by.name }, null)}>{by.name}</a> <small class="muted">{words.actors[by.kind]}</small>
              </td>
              <td data-label={words.what}>
                {words.actions[action]}
                <Detail t={t} detail={detail} />
              </td>
              <td data-label={words.subject} class="anywhere">
                <Subject t={t} subject={subject} />
              </td>
              <td data-label={words.where} class="mono">
                {address ?? <span class="muted">{words.inside}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Detail({ t, detail }: { readonly t: Strings; readonly detail: AuditRecord['detail'] }) {
  const parts = Object.entries(detail).filter(([, value]) => value !== null && value !== false && value !== 0);
  if (parts.length === 0) return null;
  const said = parts.map(([name, value]) => {
    const word = t.audit.details[name] ?? name;
    return value === true ? word : `${word} ${valueText(t, name, value)}`.trim();
  });
  return <small class="muted anywhere">{said.join(', ')}</small>;
}

/** A value as a word of the reader's where it is one of ours. */
function valueText(t: Strings, name: string, value: AuditRecord['detail'][string]): string {
  if (typeof value === 'number') return name.endsWith('At') ? exactTime(value) : value.toLocaleString(t.language);
  const text = String(value);
  switch (name) {
    case 'role':
      return wordOf(t.settings.roles, text);
    case 'via':
      return wordOf(t.settings.sessions.via, text);
    case 'what':
      return wordOf(t.audit.details, text);
    default:
      return text;
  }
}

function wordOf(words: Readonly<Record<string, string>>, text: string): string {
  return Object.hasOwn(words, text) ? (words[text] ?? text) : text;
}

const PATHS: Partial<Record<AuditSubjectKind, (id: string) => string>> = {
  message: (id) => `/messages/${id}`,
  report: (id) => `/reports/${id}`,
  user: (id) => `/settings/users/${id}`,
  token: (id) => `/settings/tokens/${id}`,
  address: (id) => `/messages?recipient=${id}`,
};

/** Where it stands, and what else was done to it. */
function Subject({ t, subject: { kind, id } }: { readonly t: Strings; readonly subject: AuditRecord['subject'] }) {
  const name = t.audit.subjects[kind];
  if (id === '') return <span class="muted">{name}</span>;
  const path = PATHS[kind]?.(encodeURIComponent(id));
  const shown = kind === 'session' ? `${id.slice(0, 8)}…` : id;
  return (
    <>
      <small class="muted">{name} </small>
      {path === undefined ? <a href={auditPath({ ...NO_QUERY, subject: id }, null)}>{shown}</a> : <a href={path}>{shown}</a>}
    </>
  );
}
