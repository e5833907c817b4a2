/** The pages of the reports, and what their forms do: linking one to a message, and reading the mailboxes now. */
import type { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ReportRecord } from '../../domain/ports.ts';
import { matchesOf } from '../../domain/representation.ts';
import type { Shared } from '../api/context.ts';
import { abortAfter } from '../api/feed-reading.ts';
import { candidatesOf, linkReport } from '../api/report-linking.ts';
import { visibleReport, visibleReports } from '../api/reports.ts';
import { collectUntil } from '../api/sync.ts';
import { audit } from '../audit.ts';
import { assertPermitted, assertUnrestricted } from '../auth/access.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { deskOf } from '../desk.ts';
import type { AppContext, AppEnv } from '../environment.ts';
import { printable } from '../printable.ts';
import { asProblem, type Problem } from '../problem.ts';
import { Page } from './layout.tsx';
import { frameOf, mayReview, pageCaller, submitted } from './page.ts';
import { type LinkFault, ReportPage, type TiedTo } from './report-page.tsx';
import { reportSentence } from './report-words.ts';
import { isReportTab, ReportsPage, type ReportTab } from './reports-page.tsx';
import { sendPage } from './respond.ts';
import type { Strings } from './strings.ts';

const PAGE = 50;
/** Of a report's source, on its page. */
const SOURCE_SHOWN = 32 * 1024;
/** A collection goes on without the page that started it. */
const SYNC_WAIT = 5_000;

export function reportRoutes(app: Hono<AppEnv>, shared: Shared): void {
  app.get('/reports', async (c) => {
    c.set('route', '/reports');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    return listPage(c, shared, caller);
  });
  app.get('/reports/:id', async (c) => {
    c.set('route', '/reports/{id}');
    const caller = await pageCaller(c, shared);
    if (caller instanceof Response) return caller;
    assertPermitted(caller, 'messages:read');
    return reportPage(c, shared, { caller, id: c.req.param('id'), fault: null });
  });
  app.post('/reports/:id/link', async (c) => {
    c.set('route', '/reports/{id}/link');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    const { caller, form } = sent;
    assertPermitted(caller, 'queue:manage');
    const { report } = await visibleReport(shared, caller, c.req.param('id'));
    try {
      await linkReport(shared, { caller, report: report.id, message: form.get('message') ?? '', recipient: recipientOf(form) });
    } catch (error) {
      const problem = asProblem(error);
      if (problem === undefined || problem.code === 'not-found' || !caller.permissions.has('messages:read')) throw error;
      return reportPage(c, shared, { caller, id: report.id, fault: { problem, form } });
    }
    shared.reviewCount.forget();
    return c.redirect(`/reports/${report.id}`, 303);
  });
  app.post('/reports/sync', async (c) => {
    c.set('route', '/reports/sync');
    const sent = await submitted(c, shared);
    if (sent instanceof Response) return sent;
    assertPermitted(sent.caller, 'sync:run');
    assertUnrestricted(sent.caller);
    await synchronise(shared, sent.caller);
    return c.redirect('/reports#mailboxes', 303);
  });
}

/** A position where a candidate was picked, an address where one was typed; undefined: the only one. */
function recipientOf(form: URLSearchParams): string | number | undefined {
  const index = form.get('index');
  if (index !== null && /^\d{1,6}$/.test(index)) return Number(index);
  const typed = (form.get('recipient') ?? '').trim();
  return typed === '' ? undefined : typed;
}

async function synchronise({ options, reviewCount, stopping }: Shared, caller: Caller): Promise<void> {
  await audit({ options }, caller, { action: 'sync.run' });
  const { collector } = deskOf(options);
  options.log.info({ caller: caller.name }, 'mailboxes are read on request');
  const until = abortAfter(SYNC_WAIT, [stopping]);
  try {
    await collectUntil(collector, until.signal);
  } catch (error) {
    options.log.error({ error: printable(error instanceof Error ? error.message : String(error)) }, 'the mailboxes could not be read');
  } finally {
    until.release();
  }
  reviewCount.forget();
}

async function listPage(c: AppContext, shared: Shared, caller: Caller): Promise<Response> {
  const { options } = shared;
  const asked = c.req.query('list');
  const tab: ReportTab = isReportTab(asked) ? asked : mayReview(caller) ? 'review' : 'all';
  const cursor = c.req.query('cursor');
  const kind = tab === 'review' || tab === 'all' ? undefined : tab;
  const page = await visibleReports(shared, caller, { matched: tab === 'review' ? false : undefined, kind }, { limit: PAGE, cursor });
  const subjects = new Map<string, string | null>();
  for (const { matched } of page.items) {
    if (matched === null || subjects.has(matched.message)) continue;
    const record = await options.store.record(matched.message);
    if (record !== undefined) subjects.set(matched.message, record.message.headers.subject);
  }
  const maySync = caller.permissions.has('sync:run') && caller.accounts === null;
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <Page frame={frame} title={frame.t.reports.title} current="reports">
      <ReportsPage
        view={{ t: frame.t, now: options.now() }}
        tab={tab}
        reviews={mayReview(caller)}
        toReview={frame.toReview}
        page={page}
        first={cursor === undefined}
        subjects={subjects}
        sync={maySync ? { status: options.reports()?.collector.status() ?? null, csrf: caller.session?.csrf ?? '' } : null}
      />
    </Page>,
  );
}

interface Faulty {
  readonly problem: Problem;
  readonly form: URLSearchParams;
}

async function reportPage(
  c: AppContext,
  shared: Shared,
  request: { readonly caller: Caller; readonly id: string; readonly fault: Faulty | null },
): Promise<Response> {
  const { caller, fault } = request;
  const { options } = shared;
  const { report, raw } = await visibleReport(shared, caller, request.id);
  const mayLink = report.matched === null && caller.permissions.has('queue:manage') && mayReview(caller);
  const mayRead = caller.permissions.has('messages:content');
  if (mayRead) {
    await audit(shared, caller, { action: 'report.read', subject: { kind: 'report', id: report.id } });
    options.log.info({ caller: caller.name, report: report.id }, 'report read');
  }
  const frame = await frameOf(c, shared, caller);
  return sendPage(
    c,
    <Page frame={frame} title={reportSentence(report, frame.t)} current="reports">
      <ReportPage
        view={{ t: frame.t, now: options.now() }}
        report={report}
        tied={await tiedTo(shared, caller, report)}
        link={
          mayLink
            ? {
                candidates: options.reports() === null ? [] : await candidatesOf(shared, caller, report),
                csrf: caller.session?.csrf ?? '',
                fault: fault === null ? null : linkFault(fault, frame.t),
              }
            : null
        }
        notice={fault !== null && !mayLink ? linkFault(fault, frame.t).words : null}
        source={mayRead ? { text: sourceText(raw), cut: raw.length > SOURCE_SHOWN, size: SOURCE_SHOWN, erased: raw.length === 0 } : null}
      />
    </Page>,
    (fault?.problem.status ?? 200) as ContentfulStatusCode,
  );
}

async function tiedTo({ options }: Shared, caller: Caller, report: ReportRecord): Promise<TiedTo[]> {
  const tied: TiedTo[] = [];
  for (const match of matchesOf(report)) {
    const record = await options.store.record(match.message);
    const visible = record !== undefined && maySee(caller, record.message.account) ? record : undefined;
    tied.push({ match, message: visible?.message ?? null, recipient: visible?.recipients[match.index] ?? null });
  }
  return tied;
}

/** Text as far as it is some: controls are shown as what they are not. */
function sourceText(raw: Buffer): string {
  return raw
    .subarray(0, SOURCE_SHOWN)
    .toString('utf8')
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '�');
}

/** Where the fault stands, and its words. */
function linkFault({ problem, form }: Faulty, t: Strings): LinkFault {
  const { faults } = t.reportPage;
  const typed = { message: form.get('message') ?? '', recipient: form.get('recipient') ?? '' };
  const named = (problem.members['recipients'] ?? []) as readonly { readonly address: string }[];
  const addresses = named.map(({ address }) => address).join(', ');
  switch (problem.code) {
    case 'message-not-found':
      return { field: 'message', words: typed.message.trim() === '' ? faults.noMessage : faults.messageNotFound, typed };
    case 'recipient-not-found':
      return { field: 'recipient', words: faults.recipientNotFound(addresses), typed };
    case 'recipient-ambiguous':
      return { field: 'recipient', words: faults.recipientAmbiguous(addresses), typed };
    case 'already-linked':
      return { field: null, words: faults.alreadyLinked, typed };
    case 'says-nothing':
      return { field: null, words: faults.saysNothing, typed };
    case 'reports-unavailable':
      return { field: null, words: faults.unavailable, typed };
    default:
      return { field: null, words: problem.message, typed };
  }
}
