/** Runs: mail that belongs together, how much of it came and how it goes; held and released as a whole. */
import { z } from '@hono/zod-openapi';
import { rfc3339 } from '../../domain/representation.ts';
import { isHeld, type RunRecord, runFigures } from '../../domain/run.ts';
import { audit } from '../audit.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { badCursor, notFound } from '../problem.ts';
import { signalDeskOf } from '../signal-desk.ts';
import type { Shared } from './context.ts';
import { cursor, DEFAULT_PAGE, flag, idParam, pageLimit, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf, Run } from './schemas-signals.ts';

export interface RunQuery {
  readonly account?: string | undefined;
  readonly template?: string | undefined;
  readonly held?: boolean | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export function runRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      method: 'get',
      path: '/runs',
      tag: 'Signals',
      summary: 'Runs, those with the latest mail first',
      description: 'Mail that says that it belongs together, by X-Relais-Run, and bursts of one template of one account.',
      permission: 'messages:read',
      query: z.strictObject({ account: text.optional(), template: text.optional(), held: flag.optional(), limit: pageLimit, cursor }),
      answers: { 200: { description: 'A page', schema: pageOf(Run) } },
    },
    ({ c, caller, query }) => {
      const { items, next } = runPage(shared, caller, { ...query, limit: query.limit ?? DEFAULT_PAGE });
      return c.json({ items: items.map(runJson), next });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/runs/{id}',
      tag: 'Signals',
      summary: 'One run',
      permission: 'messages:read',
      params: idParam,
      answers: { 200: { description: 'The run', schema: Run } },
    },
    ({ c, caller, params }) => c.json(runJson(visibleRun(shared, caller, params.id))),
  );
  for (const action of ['hold', 'release'] as const) {
    route(
      api,
      {
        method: 'post',
        path: `/runs/{id}/${action}`,
        tag: 'Signals',
        summary:
          action === 'hold'
            ? 'Holds what waits of a run, and what still comes of it'
            : 'Lets all that is held of a run go on, and what still comes',
        permission: 'queue:manage',
        params: idParam,
        body: z.strictObject({}),
        answers: { 200: { description: 'As it is now; the counts follow the feed', schema: Run } },
      },
      async ({ c, caller, params }) => c.json(runJson(await actOnRun(shared, caller, params.id, action))),
    );
  }
}

/** Some thousand at most are kept: all are looked at. */
export function runPage(
  shared: Pick<Shared, 'options'>,
  caller: Caller,
  { account, template, held, limit, cursor: from }: RunQuery,
): { readonly items: readonly RunRecord[]; readonly next: string | null } {
  const all = signalDeskOf(shared.options)
    .runs()
    .filter((run) => maySee(caller, run.account))
    .filter((run) => (account ?? run.account) === run.account && (template === undefined || template === run.template))
    .filter((run) => held === undefined || isHeld(run) === held);
  const start = startOf(from, all.length);
  return { items: all.slice(start, start + limit), next: start + limit < all.length ? String(start + limit) : null };
}

function startOf(from: string | undefined, length: number): number {
  if (from === undefined) return 0;
  if (/^\d{1,6}$/.test(from) && Number(from) <= length) return Number(from);
  throw badCursor();
}

export function visibleRun({ options }: Pick<Shared, 'options'>, caller: Caller, id: string): RunRecord {
  const run = signalDeskOf(options).run(id);
  if (run === undefined || !maySee(caller, run.account)) throw notFound(`There is no run ${id.slice(0, 80)}`);
  return run;
}

export async function actOnRun(shared: Shared, caller: Caller, id: string, action: 'hold' | 'release'): Promise<RunRecord> {
  const desk = signalDeskOf(shared.options);
  const { key } = visibleRun(shared, caller, id);
  const run = await (action === 'hold' ? desk.holdRun(id, caller.name) : desk.releaseRun(id, caller.name));
  if (run === undefined) throw notFound(`There is no run ${id.slice(0, 80)}`);
  await audit(shared, caller, { action: action === 'hold' ? 'run.held' : 'run.released', subject: { kind: 'run', id: key } });
  return run;
}

function runJson(run: RunRecord): Record<string, unknown> {
  const { id, key, account, name, template, startedAt, lastAt, recipients, states, released } = run;
  const { duplicates, identical, duplicateExamples, failures, held } = run;
  return {
    id,
    key,
    account,
    name,
    template,
    startedAt: rfc3339(startedAt),
    lastAt: rfc3339(lastAt),
    recipients,
    ...runFigures(run),
    states,
    duplicates,
    identical,
    duplicateExamples,
    failures,
    hold: held === null || released !== null ? null : { ...held, at: rfc3339(held.at) },
    released: released === null ? null : { ...released, at: rfc3339(released.at) },
  };
}
