/** Counts for charts: recipients by time of acceptance and present state, and what became of them by day. */
import { z } from '@hono/zod-openapi';
import { isOutcomeGroup } from '../../domain/outcome-counts.ts';
import { rfc3339 } from '../../domain/representation.ts';
import { validationProblem } from '../problem.ts';
import type { Shared } from './context.ts';
import { time, wholeNumber } from './fields.ts';
import { type Api, route } from './route.ts';
import { STATISTICS_GROUPS, Statistics } from './schemas.ts';

const DAY = 86_400_000;
const TOP = 100;
/** The longest span: what a chart can show, and a call can cost. */
const SPAN = { hour: 31 * DAY, day: 1100 * DAY } as const;
const DEFAULT_SPAN = { hour: DAY, day: 30 * DAY } as const;

export function statisticsRoutes(api: Api, shared: Shared): void {
  const { now } = shared.options;
  route(
    api,
    {
      method: 'get',
      path: '/statistics',
      tag: 'Statistics',
      summary: 'Recipients by time of acceptance and present state',
      permission: 'messages:read',
      query: z.strictObject({
        from: time.optional().openapi({ description: 'By default a day before `to` by hour, 30 days by day.' }),
        to: time.optional().openapi({ description: 'By default now.' }),
        by: z.enum(['hour', 'day'], 'hour or day').optional().openapi({ default: 'day' }),
        group: z
          .enum(STATISTICS_GROUPS, `${STATISTICS_GROUPS.slice(0, -1).join(', ')} or ${STATISTICS_GROUPS.at(-1)}`)
          .optional()
          .openapi({
            default: 'state',
            description:
              'By `reason` of failures, their `source` (the next hop’s reply or a report), `nextHop` that answered, and `delay` to its 250: as each was told, by whole days alone.',
          }),
        top: wholeNumber(1, 500).optional().openapi({
          type: 'integer',
          minimum: 1,
          maximum: 500,
          default: 100,
          description: 'So many groups, those with the most recipients, by themselves; all others together are `group: null`.',
        }),
      }),
      answers: { 200: { description: 'The counts; buckets without any are left out', schema: Statistics } },
    },
    async ({ c, caller, query }) => {
      const by = query.by ?? 'day';
      const group = query.group ?? 'state';
      const to = query.to ?? now() + 1;
      const from = query.from ?? to - DEFAULT_SPAN[by];
      if (from >= to) throw validationProblem([{ in: 'query', path: 'from', detail: 'must be before `to`' }]);
      if (to - from > SPAN[by]) {
        throw validationProblem([{ in: 'query', path: 'from', detail: `by ${by}, at most ${SPAN[by] / DAY} days before \`to\`` }]);
      }
      if (by === 'hour' && isOutcomeGroup(group)) {
        throw validationProblem([{ in: 'query', path: 'by', detail: `by ${group} whole days are counted: ask with by=day` }]);
      }
      const accounts = caller.accounts === null ? {} : { accounts: caller.accounts };
      const rows = await shared.statistics.rows({ from, to, by, group, top: query.top ?? TOP, ...accounts });
      return c.json({
        from: rfc3339(from),
        to: rfc3339(to),
        by,
        group,
        items: rows.map((row) => ({ at: rfc3339(row.at), group: row.group, states: row.states })),
      });
    },
  );
}
