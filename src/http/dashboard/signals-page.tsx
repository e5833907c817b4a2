/** The list of signals: what is open or lately was, a line a cause, with what one can do about it. */
import type { SignalRecord } from '../../domain/signal.ts';
import { ListPages } from './list-parts.tsx';
import { RelativeTime, type View } from './parts.tsx';

export type SignalTab = 'open' | 'closed';

export interface Listed {
  readonly record: SignalRecord;
  readonly title: string;
  /** Its rule has channels: there is somebody to tell. */
  readonly tells: boolean;
}

/** Less apart than this, first and last are the same moment to people. */
const APART = 60_000;

interface HeadProps {
  readonly t: View['t'];
  readonly current: SignalTab | 'rules';
  readonly open: number;
  /** Who sees rules and deliveries. */
  readonly manages: boolean;
}

/** The three views of signals. */
export function SignalHead({ t, current, open, manages }: HeadProps) {
  const words = t.signals;
  const tabs = [
    ['open', '/signals', words.tabs.open],
    ['closed', '/signals?state=closed', words.tabs.closed],
    ...(manages ? [['rules', '/signals/rules', words.tabs.rules] as const] : []),
  ] as const;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <nav class="tabs" aria-label={words.title}>
        {tabs.map(([name, path, label]) => (
          <a href={path} aria-current={name === current ? 'page' : undefined}>
            {label}
            {name === 'open' && open > 0 ? <span class="tab-count"> {open.toLocaleString(t.language)}</span> : null}
          </a>
        ))}
      </nav>
      <p class="lead muted">{current === 'rules' ? words.rules.lead : words.lead}</p>
    </>
  );
}

export interface SignalsPageProps {
  readonly view: View;
  readonly tab: SignalTab;
  readonly items: readonly Listed[];
  readonly open: number;
  /** Of one rule alone. */
  readonly rule: string | null;
  readonly start: string | null;
  readonly next: string | null;
  readonly manages: boolean;
  /** Null for whoever may not act. */
  readonly csrf: string | null;
}

export function SignalsPage({ view, tab, items, open, rule, start, next, manages, csrf }: SignalsPageProps) {
  const { t } = view;
  const words = t.signals;
  return (
    <>
      <SignalHead t={t} current={tab} open={open} manages={manages} />
      {rule === null ? null : (
        <p class="signal-filter">
          {words.ofRule(rule)} · <a href={tab === 'open' ? '/signals' : '/signals?state=closed'}>{words.allRules}</a>
        </p>
      )}
      {items.length === 0 ? (
        <div class="card empty">
          <h2>{tab === 'open' ? words.none : words.noneClosed}</h2>
          <p>{tab === 'open' ? words.noneLead : words.noneClosedLead}</p>
        </div>
      ) : (
        <ul class="card signal-list">
          {items.map((listed) => (
            <Row view={view} listed={listed} csrf={csrf} />
          ))}
        </ul>
      )}
      <ListPages t={t} start={start} next={next} />
    </>
  );
}

function Row({ view, listed, csrf }: { readonly view: View; readonly listed: Listed; readonly csrf: string | null }) {
  const { record, title, tells } = listed;
  const { t } = view;
  const words = t.signals;
  const { id, state, openedAt, lastAt, told, resolved, unresolved } = record;
  return (
    <li class={`signal-row is-${state}`}>
      <div class="signal-what">
        <h2>
          <a href={`/signals/${id}`}>{title}</a>
        </h2>
        <p class="facts">
          <SignalBadge t={t} state={state} />
          <span>
            {words.since} <RelativeTime view={view} at={openedAt} />
          </span>
          {lastAt >= openedAt + APART ? (
            <span>
              {words.last} <RelativeTime view={view} at={lastAt} />
            </span>
          ) : null}
          {resolved > 0 && state !== 'closed' ? <span>{words.progress(resolved, resolved + unresolved)}</span> : null}
          {tells ? <span>{told === 0 ? words.notTold : words.told(told)}</span> : null}
          <span>{record.rule}</span>
        </p>
        <Standing t={t} record={record} />
      </div>
      {csrf === null || state !== 'open' ? null : (
        <form method="post" action={`/signals/${id}/acknowledge`} class="signal-act">
          <input type="hidden" name="csrf" value={csrf} />
          <input type="hidden" name="back" value="list" />
          <button class="button" type="submit">
            {words.acknowledge}
            <span class="visually-hidden">: {title}</span>
          </button>
        </form>
      )}
    </li>
  );
}

export function SignalBadge({ t, state }: { readonly t: View['t']; readonly state: SignalRecord['state'] }) {
  return <span class={`badge signal-${state}`}>{t.signals.states[state]}</span>;
}

/** Who has it in hand, or why it is over. */
export function Standing({ t, record: { acknowledged, closed, escalatedAt } }: { readonly t: View['t']; readonly record: SignalRecord }) {
  const words = t.signals;
  if (closed !== null) {
    const by = closed.by === null ? words.closings[closed.why] : words.closedBy(closed.by);
    return <p class="signal-standing">{by}</p>;
  }
  if (acknowledged !== null) {
    return (
      <p class="signal-standing">
        {words.acknowledgedBy(acknowledged.by)}
        {acknowledged.note === null ? null : <q>{acknowledged.note}</q>}
      </p>
    );
  }
  return escalatedAt === null ? null : <p class="signal-standing warn">{words.escalated}</p>;
}
