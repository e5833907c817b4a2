/** What the overview shows below its search: today in figures, what needs somebody, and how it went lately. */
import type { MessageSummary } from '../../domain/message.ts';
import type { NextHopStatus, QueueCounts, StatisticsRow } from '../../domain/ports.ts';
import { DaysChart } from './days-chart.tsx';
import { RelativeTime, StateBadge, type View } from './parts.tsx';
import { type Outcomes, outcomesOf, SHARES, type Share, ShareBar } from './share-bar.tsx';
import { DAY } from './statistics-figures.ts';

/** Shown as the trend, today with them. */
export const TREND_DAYS = 14;

export interface OverviewFigures {
  /** Of the days of the trend, by day. */
  readonly rows: readonly StatisticsRow[];
  /** Unix milliseconds at which today began, UTC. */
  readonly today: number;
  /** Of today, newest first. */
  readonly failed: readonly MessageSummary[];
  readonly toReview: number;
  /** Those that nobody has in hand, by what they say; and how many more. Empty for whoever may not see them. */
  readonly signals: { readonly newest: readonly { readonly id: string; readonly title: string }[]; readonly more: number };
  /** Null for whoever may not see the queue. */
  readonly queue: { readonly counts: QueueCounts; readonly nextHops: readonly NextHopStatus[] } | null;
}

export function Figures({ view, figures }: { readonly view: View; readonly figures: OverviewFigures }) {
  const { rows, today } = figures;
  return (
    <>
      <Today view={view} outcomes={outcomesOf(rows.filter(({ at }) => at >= today))} today={today} />
      <div class="overview">
        <Attention view={view} figures={figures} />
        <Trend view={view} figures={figures} />
      </div>
    </>
  );
}

/** Where the register shows what a share counts. */
const STATES_OF: Readonly<Record<Share, string>> = {
  delivered: 'delivered',
  transferred: 'transferred',
  waiting: 'in-progress',
  failed: 'failed',
  cancelled: 'cancelled',
};

function Today({ view: { t }, outcomes, today }: { readonly view: View; readonly outcomes: Outcomes; readonly today: number }) {
  const from = new Date(today).toISOString().slice(0, 10);
  const tiles = SHARES.filter((share) => share !== 'cancelled' || outcomes.cancelled > 0);
  return (
    <section class="card today" aria-labelledby="today">
      <h2 id="today">{t.overview.today}</h2>
      <ul>
        <li>
          <a href={`/messages?from=${from}`}>
            <span>{t.overview.recipients}</span>
            <strong>{outcomes.all.toLocaleString(t.language)}</strong>
          </a>
        </li>
        {tiles.map((share) => (
          <li class={`of-${share}`}>
            <a href={`/messages?state=${STATES_OF[share]}&from=${from}`}>
              <span>{t.shares[share]}</span>
              <strong>{outcomes[share].toLocaleString(t.language)}</strong>
            </a>
          </li>
        ))}
      </ul>
      {outcomes.all > 0 ? <ShareBar t={t} outcomes={outcomes} /> : null}
    </section>
  );
}

function Attention({ view, figures }: { readonly view: View; readonly figures: OverviewFigures }) {
  const { t } = view;
  const { failed, toReview, queue, today, signals } = figures;
  const blocked = queue?.nextHops.filter(({ state }) => state === 'blocked') ?? [];
  const notes: readonly (readonly [string, string])[] = [
    ...signals.newest.map(({ id, title }) => [title, `/signals/${id}`] as const),
    ...(signals.more > 0 ? [[t.overview.moreSignals(signals.more), '/signals'] as const] : []),
    ...blocked.map((hop) => [t.overview.blocked(hop.nextHop), '/queue'] as const),
    ...(queue !== null && queue.counts.held > 0 ? [[t.overview.held(queue.counts.held), '/messages?state=held'] as const] : []),
    ...(queue !== null && queue.counts.deferred > 0
      ? [[t.overview.deferred(queue.counts.deferred), '/messages?state=deferred'] as const]
      : []),
    ...(toReview > 0 ? [[t.overview.reports(toReview), '/reports?matched=false'] as const] : []),
  ];
  return (
    <section class="card attention" aria-labelledby="attention">
      <h2 id="attention">{t.overview.attention}</h2>
      {notes.length + failed.length === 0 ? <p class="calm">{t.overview.nothing}</p> : null}
      {notes.length === 0 ? null : (
        <ul class="notes">
          {notes.map(([words, path]) => (
            <li>
              <a href={path}>{words}</a>
            </li>
          ))}
        </ul>
      )}
      {failed.length === 0 ? null : (
        <>
          <h3>{t.overview.failedToday}</h3>
          <ul class="failures">
            {failed.map((summary) => (
              <Failure view={view} summary={summary} />
            ))}
          </ul>
          <a class="more" href={`/messages?state=failed&from=${new Date(today).toISOString().slice(0, 10)}`}>
            {t.overview.all}
          </a>
        </>
      )}
    </section>
  );
}

function Failure({ view, summary }: { readonly view: View; readonly summary: MessageSummary }) {
  const { message, recipients } = summary;
  const failed = recipients.find(({ state }) => state === 'failed' || state === 'expired' || state === 'suppressed') ?? recipients[0];
  return (
    <li>
      <a href={`/messages/${message.id}`}>
        <strong>{message.headers.subject ?? view.t.register.noSubject}</strong>
        <span>{failed?.address}</span>
      </a>
      <span class="when">
        {failed === undefined ? null : <StateBadge t={view.t} state={failed.state} />}
        <RelativeTime view={view} at={message.acceptedAt} />
      </span>
    </li>
  );
}

function Trend({ view: { t }, figures: { rows, today } }: { readonly view: View; readonly figures: OverviewFigures }) {
  const days = Array.from({ length: TREND_DAYS }, (_, i) => today - (TREND_DAYS - 1 - i) * DAY).map((day) => ({
    day,
    totals: { ...outcomesOf(rows.filter(({ at }) => at >= day && at < day + DAY)), bounced: 0 },
  }));
  return (
    <section class="card trend" aria-labelledby="trend">
      <div class="card-head">
        <h2 id="trend">{t.overview.trend(TREND_DAYS)}</h2>
        <a class="more" href="/statistics">
          {t.statistics.title}
        </a>
      </div>
      <DaysChart t={t} days={days} />
    </section>
  );
}
