/** The reports: those that wait for a person, and all, each in plain words; beside them the mailboxes they are collected from. */
import type { CollectorStatus, ReportRecord } from '../../domain/ports.ts';
import { ListPages, SearchOn } from './list-parts.tsx';
import { Mailboxes } from './mailboxes.tsx';
import { RelativeTime, type View } from './parts.tsx';
import { reportSentence, whyUntied } from './report-words.ts';

const TABS = ['review', 'all', 'bounce', 'delayed', 'delivered', 'complaint', 'auto-reply'] as const;
export type ReportTab = (typeof TABS)[number];

export function isReportTab(text: string | undefined): text is ReportTab {
  return TABS.some((tab) => tab === text);
}

export interface ReportsPageProps {
  readonly view: View;
  readonly tab: ReportTab;
  /** Whether the caller sees what fits no message. */
  readonly reviews: boolean;
  readonly toReview: number;
  readonly page: { readonly items: readonly ReportRecord[]; readonly next: string | null };
  readonly first: boolean;
  /** Of the messages that are recorded, by id. */
  readonly subjects: ReadonlyMap<string, string | null>;
  /** Null where the caller may not collect. */
  readonly sync: { readonly status: CollectorStatus | null; readonly csrf: string } | null;
}

export function ReportsPage(props: ReportsPageProps) {
  const { view, tab, reviews, page, sync } = props;
  const { t } = view;
  const mailboxes = sync?.status?.mailboxes ?? [];
  return (
    <>
      <div class="head">
        <h1>{t.reports.title}</h1>
      </div>
      <nav class="tabs" aria-label={t.reports.tabsLabel}>
        {TABS.map((one) =>
          one === 'review' && !reviews ? null : (
            <a href={pathOf(one, null)} aria-current={one === tab ? 'true' : undefined}>
              {t.reports.tabs[one]}
            </a>
          ),
        )}
      </nav>
      <div class={mailboxes.length > 0 ? 'columns' : 'after'}>
        <div class="stack">
          {page.items.length === 0 ? null : <p class="muted">{tab === 'review' ? t.reports.reviewLead : t.reports.lead}</p>}
          <List {...props} />
        </div>
        {sync === null || mailboxes.length === 0 ? null : (
          <aside class="stack">
            <Mailboxes view={view} status={sync.status ?? { running: false, mailboxes }} csrf={sync.csrf} />
          </aside>
        )}
      </div>
      {sync !== null && mailboxes.length === 0 ? <p class="muted footnote">{t.mailboxes.none}</p> : null}
    </>
  );
}

function pathOf(tab: ReportTab, cursor: string | null): string {
  return `/reports?${new URLSearchParams({ list: tab, ...(cursor === null ? {} : { cursor }) })}`;
}

function List({ view, tab, page, first, subjects }: ReportsPageProps) {
  const { t } = view;
  return (
    <>
      {page.items.length === 0 ? (
        <Nothing view={view} tab={tab} next={page.next} />
      ) : (
        <ul class="stack">
          {page.items.map((report) => (
            <ReportRow view={view} report={report} subjects={subjects} />
          ))}
        </ul>
      )}
      {page.items.length === 0 ? null : (
        <ListPages t={t} start={first ? null : pathOf(tab, null)} next={page.next === null ? null : pathOf(tab, page.next)} />
      )}
    </>
  );
}

function Nothing({ view: { t }, tab, next }: Pick<ReportsPageProps, 'view' | 'tab'> & { readonly next: string | null }) {
  if (next !== null) {
    return <SearchOn t={t} path={pathOf(tab, next)} />;
  }
  return (
    <div class="card empty">
      <h2>{tab === 'review' ? t.reports.nothingToReview : t.reports.none}</h2>
      <p>{tab === 'review' ? t.reports.nothingToReviewLead : t.reports.noneLead}</p>
    </div>
  );
}

const BADGES: Readonly<Record<ReportRecord['kind'], string>> = {
  bounce: 'state-failed',
  complaint: 'state-failed',
  delayed: 'state-deferred',
  delivered: 'state-delivered',
  'auto-reply': '',
  none: '',
};

export function KindBadge({ t, kind, large }: Pick<View, 't'> & { readonly kind: ReportRecord['kind']; readonly large?: boolean }) {
  return <span class={`badge ${BADGES[kind]}${large === true ? ' large' : ''}`}>{t.message.report[kind]}</span>;
}

function ReportRow({ view, report, subjects }: Pick<ReportsPageProps, 'view' | 'subjects'> & { readonly report: ReportRecord }) {
  const { t } = view;
  const { matched } = report;
  const subject = matched === null ? undefined : subjects.get(matched.message);
  return (
    <li class="card entry">
      <div class="row-main">
        <div class="row-top">
          <KindBadge t={t} kind={report.kind} />
          <span class="muted">
            <RelativeTime view={view} at={report.receivedAt} />
          </span>
        </div>
        <h2>
          <a href={`/reports/${report.id}`}>{reportSentence(report, t)}</a>
        </h2>
        {matched === null ? (
          <p class="plain muted">{t.reports.untied(whyUntied(report, t))}</p>
        ) : (
          <p class="plain">
            {subject === undefined ? (
              <span class="muted">{t.reportPage.erased}</span>
            ) : (
              <>
                <span class="muted">{t.reports.about}</span> <a href={`/messages/${matched.message}`}>{subject ?? t.register.noSubject}</a>
              </>
            )}
          </p>
        )}
      </div>
    </li>
  );
}
