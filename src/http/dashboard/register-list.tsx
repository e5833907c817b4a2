/**
 * The list of the register with what narrows it: the part of the page that a search, a tab or the feed
 * renews. Depends on nothing of the session, so that many readers can be given the same.
 */
import { reversePathText } from '../../domain/address.ts';
import type { AcceptedMessage, MessageState, MessageSummary } from '../../domain/message.ts';
import type { Page } from '../../domain/ports.ts';
import { sizeText } from './explain.ts';
import { ListPages, ListTab, SearchOn } from './list-parts.tsx';
import { RelativeTime, StateBadge, type View } from './parts.tsx';
import type { ColumnName } from './register-columns.ts';
import { type FilterName, type RegisterFilter, registerPath } from './register-filter.ts';

/** States offered as tabs: what people look for. */
const TABS = ['in-progress', 'held', 'transferred', 'delivered', 'partly-failed', 'failed'] as const;

export interface RegisterListProps {
  readonly view: View;
  readonly register: RegisterFilter;
  readonly page: Page<MessageSummary>;
  readonly columns: readonly ColumnName[];
  /** Whether rows can be picked. */
  readonly pick: boolean;
  /** What to type for a first message. */
  readonly sample: string;
}

export function RegisterList(props: RegisterListProps) {
  const { view, register, page } = props;
  return (
    <div
      id="results"
      data-follow="rows"
      data-url={registerPath(register.given, register.cursor === null ? {} : { cursor: register.cursor })}
    >
      <Tabs view={view} register={register} />
      <ActiveFilters view={view} register={register} />
      {props.pick ? (
        <input type="hidden" form="selection" name="query" value={new URLSearchParams([...register.given]).toString()} />
      ) : null}
      {given(register, 'state') === undefined ? null : <input type="hidden" form="find" name="state" value={given(register, 'state')} />}
      {page.items.length === 0 ? <Nothing {...props} /> : <Table {...props} />}
      <ListPages
        t={view.t}
        start={register.cursor === null ? null : registerPath(register.given)}
        next={page.next === null || page.items.length === 0 ? null : registerPath(register.given, { cursor: page.next })}
      />
    </div>
  );
}

function given(register: RegisterFilter, name: FilterName): string | undefined {
  return register.given.get(name);
}

function Tabs({ view: { t }, register }: Pick<RegisterListProps, 'view' | 'register'>) {
  const shown = given(register, 'state');
  const tab = (state: string | null, words: string) => (
    <ListTab path={registerPath(register.given, { state })} current={(shown ?? null) === state}>
      {words}
    </ListTab>
  );
  return (
    <nav class="tabs" aria-label={t.register.statesLabel}>
      {tab(null, t.register.allStates)}
      {TABS.map((state) => tab(state, t.states[state]))}
    </nav>
  );
}

/** What narrows the list, each with a way to take it off. */
function ActiveFilters({ view: { t }, register }: Pick<RegisterListProps, 'view' | 'register'>) {
  const tab = TABS.some((state) => state === given(register, 'state'));
  const shown = [...register.given].filter(([name]) => name !== 'q' && !(name === 'state' && tab));
  if (shown.length === 0) return null;
  return (
    <div class="chosen">
      {shown.map(([name, value]) => (
        <a class="filter" href={registerPath(register.given, { [name]: null })} title={t.register.remove(t.register.fields[name])}>
          <span>{`${t.register.fields[name]}: ${value}`}</span>
        </a>
      ))}
      <a class="button quiet small" href="/messages">
        {t.register.clear}
      </a>
    </div>
  );
}

function headOf({ t }: View, column: ColumnName): string {
  return t.registerPage.columnNames[column];
}

function Table({ view, page, columns, pick, register }: RegisterListProps) {
  const { t } = view;
  return (
    <div class="card register">
      <table>
        <caption class="visually-hidden">{t.register.caption}</caption>
        <thead>
          <tr>
            {pick ? (
              <th class="c-pick" scope="col">
                <label class="pick-target">
                  <input type="checkbox" data-pick-page aria-label={t.registerPage.selectPage} hidden />
                </label>
              </th>
            ) : null}
            <th class="c-state" scope="col">
              {t.register.columns.state}
            </th>
            <th class="c-message" scope="col">
              {t.register.columns.message}
            </th>
            {columns.map((column) => (
              <th class={`c-${column}`} scope="col">
                {headOf(view, column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody data-list={register.cursor === null ? 'newest' : 'older'}>
          {page.items.map((summary) => (
            <Row view={view} summary={summary} columns={columns} pick={pick} />
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

interface RowProps extends Pick<RegisterListProps, 'view' | 'columns' | 'pick'> {
  readonly summary: MessageSummary;
}

function Row({ view, summary, columns, pick }: RowProps) {
  const { t } = view;
  const { message } = summary;
  const subject = message.headers.subject ?? t.register.noSubject;
  return (
    <tr data-key={message.id}>
      {pick ? (
        <td class="c-pick">
          <label class="pick-target">
            <input class="pick" type="checkbox" form="selection" name="id" value={message.id} aria-label={t.registerPage.select(subject)} />
          </label>
        </td>
      ) : null}
      <td class="c-state">
        <StateBadge t={t} state={shownState(summary)} />
      </td>
      <td class="c-message">
        <div class="line">
          <a class="row" href={`/messages/${message.id}`}>
            {subject}
          </a>
        </div>
        <div class="line sub">
          <Recipients view={view} summary={summary} />
        </div>
      </td>
      {columns.map((column) => (
        <Cell view={view} summary={summary} column={column} columns={columns} />
      ))}
    </tr>
  );
}

/** Whom it concerns first: those that failed, and why. */
function Recipients({ view: { t }, summary: { recipients } }: { readonly view: View; readonly summary: MessageSummary }) {
  const failed = recipients.filter(({ state }) => state === 'failed' || state === 'expired' || state === 'suppressed');
  const deferred = recipients.find(({ state }) => state === 'deferred');
  const first = failed[0] ?? deferred ?? recipients[0];
  const others = recipients.length - 1;
  return (
    <>
      {first?.address ?? ''}
      {others > 0 ? ` ${t.register.moreRecipients(others)}` : ''}
      {failed.length > 0 && others > 0 ? <span class="warn"> · {t.register.failedOf(failed.length, others + 1)}</span> : null}
      {first?.category && (others === 0 || first === deferred) && first.category !== 'unknown' ? ` · ${t.categories[first.category]}` : ''}
    </>
  );
}

interface CellProps {
  readonly view: View;
  readonly summary: MessageSummary;
  readonly column: ColumnName;
  readonly columns: readonly ColumnName[];
}

function Cell({ view, summary, column, columns }: CellProps) {
  const { message } = summary;
  const { references } = message;
  const name = `c-${column}`;
  switch (column) {
    case 'reference':
      return (
        <td class={name}>
          {references.document === null ? null : <span class="chip">{references.document}</span>}
          {references.template === null || columns.includes('template') ? null : <div class="line sub">{references.template}</div>}
        </td>
      );
    case 'accepted':
      return (
        <td class={name}>
          <RelativeTime view={view} at={message.acceptedAt} />
        </td>
      );
    case 'account':
      return (
        <td class={name} title={senderOf(view, message)}>
          {message.account}
        </td>
      );
    case 'tags':
      return (
        <td class={name}>
          {Object.entries(references.tags).map(([tag, value]) => (
            <span class="chip">{value === '' ? tag : `${tag}=${value}`}</span>
          ))}
        </td>
      );
    default: {
      const text = textOf(view, summary, column);
      return (
        <td class={name} title={text}>
          {text}
        </td>
      );
    }
  }
}

function textOf(
  view: View,
  { message, recipients }: MessageSummary,
  column: Exclude<ColumnName, 'reference' | 'accepted' | 'account' | 'tags'>,
): string {
  const { references, headers } = message;
  switch (column) {
    case 'recipient':
      return recipients
        .map(({ address }) => address)
        .slice(0, 20)
        .join(', ');
    case 'template':
      return references.template ?? '';
    case 'contact':
      return references.contact ?? '';
    case 'sender':
      return senderOf(view, message);
    case 'size':
      return sizeText(message.size);
    case 'messageId':
      return headers.messageId ?? '';
    default:
      return column satisfies never;
  }
}

function senderOf({ t }: View, message: AcceptedMessage): string {
  const sender = reversePathText(message.envelope.reversePath);
  return sender === '' ? t.register.nullSender : sender;
}

/** An empty list says why it is empty and what to do. */
function Nothing({ view: { t }, register, page, sample }: RegisterListProps) {
  if (page.next !== null) {
    return <SearchOn t={t} path={registerPath(register.given, { cursor: page.next })} />;
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
