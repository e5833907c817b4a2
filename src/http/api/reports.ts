/** Reports that came in: all, or those that fit no message and wait for a person; and tying one of these by hand. */
import { z } from '@hono/zod-openapi';
import type { ReportFilter, ReportRecord } from '../../domain/ports.ts';
import { matchesOf, recipientJson, reportJson, rfc3339 } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { notFound } from '../problem.ts';
import type { Shared } from './context.ts';
import { asReportId, cursor, DEFAULT_PAGE, flag, idParam, pageLimit, text, time } from './fields.ts';
import { downloadOf } from './messages.ts';
import { candidatesOf, linkReport } from './report-linking.ts';
import { type Api, route } from './route.ts';
import { LinkResult, pageOf, REPORT_KINDS, REPORT_WAYS, Report, ReportCandidate } from './schemas.ts';

export function reportRoutes(api: Api, shared: Shared): void {
  listRoutes(api, shared);
  candidatesRoute(api, shared);
  linkRoute(api, shared);
}

function listRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/reports',
      tag: 'Reports',
      summary: 'Reports that came in, newest first; `matched=false` is the review list',
      description:
        'A page may have fewer items than asked with `next` set: the search goes on from there. Callers who may see some accounts only see the reports of those, and no unmatched ones.',
      permission: 'messages:read',
      query: z.strictObject({
        matched: flag.optional(),
        kind: z.enum(REPORT_KINDS, `one of ${REPORT_KINDS.join(', ')}`).optional(),
        via: z.enum(REPORT_WAYS, `one of ${REPORT_WAYS.join(', ')}`).optional(),
        from: time.optional().openapi({ description: 'Came in at or after.' }),
        to: time.optional().openapi({ description: 'Came in before.' }),
        limit: pageLimit,
        cursor,
      }),
      answers: { 200: { description: 'A page', schema: pageOf(Report) } },
    },
    async ({ c, caller, query }) => {
      const { limit = DEFAULT_PAGE, cursor: from, ...asked } = query;
      const page = await visibleReports(shared, caller, asked, { limit, cursor: from });
      return c.json({ items: page.items.map(reportJson), next: page.next });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/reports/{id}',
      tag: 'Reports',
      summary: 'One report: what it says of whom, and what it is tied to',
      permission: 'messages:read',
      params: idParam,
      answers: { 200: { description: 'The report', schema: Report } },
    },
    async ({ c, caller, params }) => c.json(reportJson((await visibleReport(shared, caller, params.id)).report)),
  );
  route(
    api,
    {
      method: 'get',
      path: '/reports/{id}/content',
      tag: 'Reports',
      summary: 'The bytes of a report as it came in',
      permission: 'messages:content',
      params: idParam,
      answers: { 200: { description: 'The report', contentType: 'message/rfc822' } },
    },
    async ({ c, caller, params }) => {
      const { report, raw } = await visibleReport(shared, caller, params.id);
      await audit(shared, caller, { action: 'report.read', subject: { kind: 'report', id: report.id } });
      shared.options.log.info({ caller: caller.name, report: report.id }, 'report read');
      return downloadOf(c, shared, {
        name: `report-${report.id}.eml`,
        size: raw.length,
        body: async function* () {
          yield raw;
        },
      });
    },
  );
}

function candidatesRoute(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/reports/{id}/candidates',
      tag: 'Reports',
      summary: 'Recipients that an unmatched report may speak of, best first',
      permission: 'messages:read',
      params: idParam,
      answers: {
        200: { description: 'All of them; none for a report that is tied', schema: pageOf(ReportCandidate) },
        503: { description: 'Reports are not taken in at the moment (`reports-unavailable`)' },
      },
    },
    async ({ c, caller, params }) => {
      const { report } = await visibleReport(shared, caller, params.id);
      const candidates = await candidatesOf(shared, caller, report);
      const items = candidates.map(({ rank, message, recipient }) => ({
        message: message.id,
        index: recipient.index,
        rank,
        address: recipient.address,
        state: recipient.state,
        subject: message.headers.subject,
        messageId: message.headers.messageId,
        acceptedAt: rfc3339(message.acceptedAt),
        account: message.account,
      }));
      return c.json({ items, next: null });
    },
  );
}

function linkRoute(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'post',
      path: '/reports/{id}/link',
      tag: 'Reports',
      summary: 'Ties a report of the review list to a recipient: what it says changes that one',
      description: 'By whom and when is kept with the report. It can not be undone.',
      permission: 'queue:manage',
      params: idParam,
      body: z.strictObject({
        message: text.min(1, 'must not be empty').openapi({ description: 'Id of the message.' }),
        recipient: z
          .union([z.number().int().min(0), text.min(1, 'must not be empty')], 'an address, or the position of a recipient')
          .optional()
          .openapi({ description: 'Address or position. Left out: the one that the report names, or the only one there is.' }),
      }),
      answers: {
        200: { description: 'Linked', schema: LinkResult },
        404: { description: '`not-found`: no such report. `message-not-found`, `recipient-not-found`: what the body names is not there' },
        409: {
          description: '`already-linked`; `recipient-ambiguous`: name one; `says-nothing`: it holds nothing that could change a recipient',
        },
        503: { description: 'Reports are not taken in at the moment (`reports-unavailable`)' },
      },
    },
    async ({ c, caller, params, body }) => {
      const { report } = await visibleReport(shared, caller, params.id);
      const linked = await linkReport(shared, { caller, report: report.id, message: body.message, recipient: body.recipient });
      return c.json({
        report: reportJson(linked.report),
        recipients: linked.transitions.map(({ recipient, changed }) => ({
          message: linked.message,
          ...recipientJson(recipient),
          changed,
        })),
      });
    },
  );
}

export type AskedReports = { readonly [K in keyof ReportFilter]?: ReportFilter[K] | undefined };

/** A page of what the caller may see. */
export async function visibleReports(
  shared: Shared,
  caller: Caller,
  asked: AskedReports,
  page: { readonly limit: number; readonly cursor: string | undefined },
): Promise<{ readonly items: readonly ReportRecord[]; readonly next: string | null }> {
  const filter = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as ReportFilter;
  const found = await shared.options.store.reports(filter, {
    limit: page.limit,
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  });
  const visible: ReportRecord[] = [];
  for (const report of found.items) if (await mayRead(shared, caller, report)) visible.push(report);
  return { items: visible, next: found.next };
}

/** A report belongs to the accounts of its messages; one that fits none is for those who see all. */
async function mayRead({ options }: Shared, caller: Caller, report: ReportRecord): Promise<boolean> {
  if (caller.accounts === null) return true;
  const messages = new Set(matchesOf(report).map(({ message }) => message));
  for (const message of messages) {
    const record = await options.store.record(message);
    if (record === undefined || !maySee(caller, record.message.account)) return false;
  }
  return messages.size > 0;
}

export async function visibleReport(shared: Shared, caller: Caller, idText: string): Promise<{ report: ReportRecord; raw: Buffer }> {
  const id = asReportId(idText);
  const found = id === undefined ? undefined : await shared.options.store.report(id);
  if (found === undefined || !(await mayRead(shared, caller, found.report))) throw notFound(`There is no report ${idText.slice(0, 60)}`);
  return found;
}
