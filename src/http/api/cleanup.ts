/** The clean-up: what retention says, what the last runs took, what the next one would take, and a run now. */
import { z } from '@hono/zod-openapi';
import type { CleanupClassCounts, CleanupCounts, CleanupDesk, CleanupRunRecord, CleanupStatus } from '../../domain/cleanup.ts';
import { rfc3339, rfc3339OrNull } from '../../domain/representation.ts';
import { RETENTION_MATCHES } from '../../domain/retention.ts';
import type { RetentionSettings } from '../../domain/settings.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../problem.ts';
import { within } from '../within.ts';
import type { Shared } from './context.ts';
import { type Api, route } from './route.ts';
import { at } from './schemas.ts';

const RUNS_SHOWN = 20;

const count = z.number().int();
const CLASS_COUNTS = {
  contents: count.openapi({ description: 'Messages whose content goes.' }),
  records: count.openapi({ description: 'Messages whose record goes.' }),
  octets: count,
  keptPending: count.openapi({ description: 'Old enough, and still in the queue.' }),
  keptHeld: count.openapi({ description: 'Old enough, and under a legal hold.' }),
  keptUnread: count.openapi({ description: 'Old enough, and still to be read by a reader of the feed or told by a signal.' }),
};
export const CleanupCountsSchema = z
  .strictObject({
    ...CLASS_COUNTS,
    reports: count,
    events: count,
    audits: count,
    deliveries: count,
    classes: z.array(
      z.strictObject({ name: z.string().nullable().openapi({ description: 'Null: all that is of no class.' }), ...CLASS_COUNTS }),
    ),
  })
  .openapi('CleanupCounts');

const CleanupResult = z
  .strictObject({
    dryRun: z.boolean(),
    running: z.boolean().openapi({ description: 'True, with 202: it goes on; `GET /cleanup` tells when it is done.' }),
    ...CleanupCountsSchema.shape,
  })
  .openapi('CleanupResult');

const CleanupRun = z
  .strictObject({
    startedAt: at,
    endedAt: at,
    by: z.string().nullable().openapi({ description: 'Null: by schedule.' }),
    error: z.string().nullable().openapi({ description: 'Why it ended early.' }),
    counts: CleanupCountsSchema,
  })
  .openapi('CleanupRun');

const seconds = z.number().int().openapi({ description: 'Seconds.' });
const Retention = z
  .strictObject({
    schedule: z.string(),
    content: seconds,
    records: seconds,
    events: seconds,
    reports: seconds,
    audit: seconds.nullable().openapi({ description: 'Null: for ever.' }),
    patience: seconds.nullable(),
    classes: z.array(
      z.strictObject({
        name: z.string(),
        match: z.partialRecord(z.enum(RETENTION_MATCHES), z.array(z.string())),
        content: seconds,
        records: seconds,
      }),
    ),
  })
  .openapi('Retention');

const CleanupState = z
  .strictObject({
    retention: Retention,
    nextRunAt: at.nullable(),
    running: z.strictObject({ startedAt: at, by: z.string().nullable(), counts: CleanupCountsSchema }).nullable(),
    planned: z
      .strictObject({ at, counts: CleanupCountsSchema.nullable().openapi({ description: 'Null: it is being counted.' }) })
      .nullable()
      .openapi({ description: 'The last dry run.' }),
    lastRun: CleanupRun.nullable(),
    runs: z.array(CleanupRun).openapi({ description: 'Newest first.' }),
  })
  .openapi('CleanupState');

const COMMON = { tag: 'Administration', path: '/cleanup', permission: 'messages:delete', spansAccounts: true } as const;

export function cleanupRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      ...COMMON,
      method: 'get',
      summary: 'What is kept for how long, the last runs of the clean-up, and the next',
      answers: { 200: { description: 'The clean-up', schema: CleanupState } },
    },
    async ({ c }) => c.json(stateJson(cleanupDesk(shared).status(), await cleanupRuns(shared))),
  );
  route(
    api,
    {
      ...COMMON,
      method: 'post',
      summary: 'Takes what retention says is over; with `dryRun` it only counts',
      description: 'A call that comes while a run is under way joins it.',
      body: z.strictObject({ dryRun: z.boolean().optional() }),
      answers: {
        200: { description: 'What was, or would be, taken', schema: CleanupResult },
        202: { description: 'It takes longer: what was taken so far', schema: CleanupResult },
      },
    },
    async ({ c, caller, body }) => {
      const { log } = shared.options;
      const dryRun = body.dryRun ?? false;
      const work = dryRun ? cleanupDesk(shared).plan() : runCleanup(shared, caller).then(({ counts }) => counts);
      const counts = await within(work, (error) => log.error({ err: error }, 'the clean-up that was asked for failed'));
      if (counts !== undefined) return c.json({ dryRun, running: false, ...countsJson(counts) });
      const { running } = cleanupDesk(shared).status();
      return c.json({ dryRun, running: true, ...countsJson(running?.counts ?? null) }, 202);
    },
  );
}

export function cleanupDesk({ options }: Pick<Shared, 'options'>): CleanupDesk {
  const desk = options.cleanup();
  if (desk !== null) return desk;
  throw new Problem(503, 'unavailable', 'The clean-up is just being started', { headers: { 'retry-after': '2' } });
}

/** Runs, or joins the run under way, and puts it into the audit log. */
export async function runCleanup(shared: Shared, caller: Caller): Promise<CleanupRunRecord> {
  const { kind, name } = caller;
  const run = await cleanupDesk(shared).run({ kind, name });
  const { contents, records, octets, reports } = run.counts;
  await audit(shared, caller, { action: 'cleanup.run', detail: { contents, records, octets, reports } });
  shared.options.log.info({ caller: name, contents, records, octets }, 'clean-up');
  return run;
}

/** Newest first. */
export async function cleanupRuns({ options }: Pick<Shared, 'options'>): Promise<readonly CleanupRunRecord[]> {
  const kept = await options.store.cleanupRuns.list();
  return kept
    .slice(-RUNS_SHOWN)
    .map(({ value }) => value)
    .reverse();
}

const NO_COUNTS = { contents: 0, records: 0, octets: 0, keptPending: 0, keptHeld: 0, keptUnread: 0 };

function classJson({ contents, records, octets, keptPending, keptHeld, keptUnread }: Omit<CleanupClassCounts, 'name'>) {
  return { contents, records, octets, keptPending, keptHeld, keptUnread };
}

export function countsJson(counts: CleanupCounts | null): Record<string, unknown> {
  if (counts === null) return { ...NO_COUNTS, reports: 0, events: 0, audits: 0, deliveries: 0, classes: [] };
  const { reports, events, audits, deliveries, classes } = counts;
  const byClass = classes.map(({ name, ...one }) => ({ name, ...classJson(one) }));
  return { ...classJson(counts), reports, events, audits, deliveries, classes: byClass };
}

function runJson({ startedAt, endedAt, by, error, counts }: CleanupRunRecord): Record<string, unknown> {
  return { startedAt: rfc3339(startedAt), endedAt: rfc3339(endedAt), by, error, counts: countsJson(counts) };
}

function retentionJson(retention: RetentionSettings): Record<string, unknown> {
  const { schedule, content, records, events = records, reports = records, audit: log = null, patience, classes = [] } = retention;
  return {
    schedule,
    content: content / 1000,
    records: records / 1000,
    events: events / 1000,
    reports: reports / 1000,
    audit: log === null ? null : log / 1000,
    patience: patience === undefined ? null : patience / 1000,
    classes: classes.map((one) => ({ name: one.name, match: one.match, content: one.content / 1000, records: one.records / 1000 })),
  };
}

function stateJson({ retention, running, planned, nextRunAt }: CleanupStatus, runs: readonly CleanupRunRecord[]): Record<string, unknown> {
  const [last] = runs;
  return {
    retention: retentionJson(retention),
    nextRunAt: rfc3339OrNull(nextRunAt),
    running: running === null ? null : { startedAt: rfc3339(running.startedAt), by: running.by, counts: countsJson(running.counts) },
    planned: planned === null ? null : { at: rfc3339(planned.at), counts: planned.counts === null ? null : countsJson(planned.counts) },
    lastRun: last === undefined ? null : runJson(last),
    runs: runs.map(runJson),
  };
}
