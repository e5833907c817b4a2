/** Reports that came in: all, or those that fit no message and wait for a person. */
import { z } from '@hono/zod-openapi';
import type { ReportRecord } from '../../domain/ports.ts';
import { reportJson } from '../../domain/representation.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { notFound } from '../problem.ts';
import type { Shared } from './context.ts';
import { asReportId, cursor, DEFAULT_PAGE, flag, idParam, pageLimit } from './fields.ts';
import { downloadOf } from './messages.ts';
import { type Api, route } from './route.ts';
import { pageOf, Report } from './schemas.ts';

export function reportRoutes(api: Api, shared: Shared): void {
  const { store } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/reports',
      tag: 'Reports',
      summary: 'Reports that came in, newest first; `matched=false` is the review list',
      permission: 'messages:read',
      query: z.strictObject({ matched: flag.optional(), limit: pageLimit, cursor }),
      answers: { 200: { description: 'A page', schema: pageOf(Report) } },
    },
    async ({ c, caller, query }) => {
      const page = await store.reports(query.matched === undefined ? {} : { matched: query.matched }, {
        limit: query.limit ?? DEFAULT_PAGE,
        ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
      });
      const visible: ReportRecord[] = [];
      for (const report of page.items) if (await mayRead(shared, caller, report)) visible.push(report);
      return c.json({ items: visible.map(reportJson), next: page.next });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/reports/{id}',
      tag: 'Reports',
      summary: 'One report',
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

/** A report belongs to the account of its message; one that fits none is for those who see all. */
async function mayRead({ options }: Shared, caller: Caller, report: ReportRecord): Promise<boolean> {
  if (caller.accounts === null) return true;
  const record = report.matched === null ? undefined : await options.store.record(report.matched.message);
  return record !== undefined && maySee(caller, record.message.account);
}

async function visibleReport(shared: Shared, caller: Caller, idText: string): Promise<{ report: ReportRecord; raw: Buffer }> {
  const id = asReportId(idText);
  const found = id === undefined ? undefined : await shared.options.store.report(id);
  if (found === undefined || !(await mayRead(shared, caller, found.report))) throw notFound(`There is no report ${idText.slice(0, 60)}`);
  return found;
}
