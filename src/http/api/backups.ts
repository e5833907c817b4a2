/** Backups: which there are, the one that is being made, when the next is due, and one now. */
import { isAbsolute } from 'node:path';
import { z } from '@hono/zod-openapi';
import {
  type BackupDesk,
  BackupError,
  type BackupPlace,
  type BackupRecord,
  type BackupRun,
  type BackupStatus,
} from '../../domain/backup.ts';
import { rfc3339, rfc3339OrNull } from '../../domain/representation.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { Problem, validationProblem } from '../problem.ts';
import { within } from '../within.ts';
import type { Shared } from './context.ts';
import { type Api, route } from './route.ts';
import { at } from './schemas.ts';

const count = z.number().int();
const BackupSchema = z
  .strictObject({
    name: z.string().openapi({ description: 'Of its directory below that of the backups.' }),
    madeAt: at.openapi({ description: 'The instant that it holds.' }),
    octets: count,
    copied: count.openapi({ description: 'Octets that were copied for it; the rest is shared with the one before.' }),
    seq: count.openapi({ description: 'Of the last event in it.' }),
    messages: count,
    pending: count.openapi({ description: 'Recipients in the queue at that instant.' }),
  })
  .openapi('Backup');

const BackupRunSchema = z
  .strictObject({
    startedAt: at,
    endedAt: at,
    dir: z.string(),
    by: z.string().nullable().openapi({ description: 'Null: by schedule.' }),
    error: z.string().nullable().openapi({ description: 'Why none was made.' }),
    made: BackupSchema.nullable(),
  })
  .openapi('BackupRun');

const BackupState = z
  .strictObject({
    configured: z.strictObject({ dir: z.string(), schedule: z.string(), keep: count.nullable() }).nullable(),
    nextRunAt: at.nullable(),
    running: z
      .strictObject({
        startedAt: at,
        dir: z.string(),
        by: z.string().nullable(),
        copied: count,
        total: count.nullable().openapi({ description: 'Octets to be copied; null: it is not known yet.' }),
      })
      .nullable(),
    lastRun: BackupRunSchema.nullable().openapi({ description: 'Since relais was started.' }),
    failures: count.openapi({ description: 'Backups that failed since relais was started.' }),
    items: z.array(BackupSchema).openapi({ description: 'Whole backups of the configured directory, newest first.' }),
  })
  .openapi('BackupState');

const BackupResult = z
  .strictObject({
    running: z.boolean().openapi({ description: 'True, with 202: it goes on; `GET /backups` tells when it is done.' }),
    made: BackupSchema.nullable(),
  })
  .openapi('BackupResult');

const COMMON = { tag: 'Administration', path: '/backups', permission: 'backup:run', spansAccounts: true } as const;

export function backupRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      ...COMMON,
      method: 'get',
      summary: 'The backups that there are, the one that is being made, and when the next is due',
      answers: { 200: { description: 'The backups', schema: BackupState } },
    },
    async ({ c }) => {
      const desk = backupDesk(shared);
      const items = await desk.list();
      return c.json(stateJson(desk.status(), items));
    },
  );
  route(
    api,
    {
      ...COMMON,
      method: 'post',
      summary: 'Makes a backup while the relay works',
      description:
        'Into the configured directory; another one, by its absolute path on the machine of the relay, only for the command line on that machine.',
      body: z.strictObject({
        dir: z.string().min(1).max(4096).optional().openapi({ description: 'Absolute; default: the configured one.' }),
        keep: z.number().int().min(1).max(10_000).optional().openapi({ description: 'Of the newest; default: as configured, else all.' }),
      }),
      answers: {
        200: { description: 'It was made', schema: BackupResult },
        202: { description: 'It takes longer', schema: BackupResult },
      },
    },
    async ({ c, caller, body }) => {
      const { log } = shared.options;
      const place = placeOf(shared, caller, body);
      const work = makeBackup(shared, caller, place);
      const run = await within(work, (error) => log.error({ err: error }, 'the backup that was asked for failed'));
      return run === undefined ? c.json({ running: true, made: null }, 202) : c.json({ running: false, made: backupJson(run.made) });
    },
  );
}

function backupDesk({ options }: Pick<Shared, 'options'>): BackupDesk {
  const desk = options.backups();
  if (desk !== null) return desk;
  throw new Problem(503, 'unavailable', 'Backups are just being started', { headers: { 'retry-after': '2' } });
}

/** Where to: a token that was stolen is not to write wherever relais may. */
function placeOf(
  shared: Shared,
  caller: Caller,
  { dir, keep }: { readonly dir?: string | undefined; readonly keep?: number | undefined },
): BackupPlace {
  const { settings } = backupDesk(shared).status();
  const wanted = dir ?? settings?.dir;
  if (wanted === undefined) throw fault('none is configured: name one, or set backup.dir');
  if (!isAbsolute(wanted)) throw fault('is to be an absolute path');
  if (wanted !== settings?.dir && caller.kind !== 'local') {
    throw new Problem(
      403,
      'not-allowed',
      'Backups go into the configured directory; into another one by the command line on the machine of the relay',
    );
  }
  return { dir: wanted, keep: keep ?? (wanted === settings?.dir ? settings.keep : null) };
}

function fault(detail: string): Problem {
  return validationProblem([{ in: 'body', path: 'dir', detail }]);
}

async function makeBackup(shared: Shared, caller: Caller, place: BackupPlace): Promise<BackupRun & { readonly made: BackupRecord }> {
  const { kind, name } = caller;
  try {
    const run = await backupDesk(shared).run(place, { kind, name });
    const { octets, messages } = run.made;
    await audit(shared, caller, { action: 'backup.made', detail: { name: run.made.name, octets, messages } });
    return run;
  } catch (error) {
    throw error instanceof BackupError ? problemOf(error) : error;
  }
}

function problemOf({ code, message }: BackupError): Problem {
  switch (code) {
    case 'busy':
      return new Problem(503, 'busy', message, { headers: { 'retry-after': '10' } });
    case 'full':
      return new Problem(507, 'no-room', message);
    case 'ended':
    case 'slow':
      return new Problem(503, 'try-later', message, { headers: { 'retry-after': '10' } });
    case 'place':
      return new Problem(409, 'not-applicable', message);
    case 'damaged':
      return new Problem(500, 'content-corrupt', message);
    default:
      return code satisfies never;
  }
}

function backupJson({ name, madeAt, octets, copied, seq, messages, pending }: BackupRecord): Record<string, unknown> {
  return { name, madeAt: rfc3339(madeAt), octets, copied, seq, messages, pending };
}

function runJson({ startedAt, endedAt, dir, by, error, made }: BackupRun): Record<string, unknown> {
  return { startedAt: rfc3339(startedAt), endedAt: rfc3339(endedAt), dir, by, error, made: made === null ? null : backupJson(made) };
}

function stateJson(
  { settings, nextRunAt, running, lastRun, failures }: BackupStatus,
  items: readonly BackupRecord[],
): Record<string, unknown> {
  return {
    configured: settings === null ? null : { dir: settings.dir, schedule: settings.schedule, keep: settings.keep },
    nextRunAt: rfc3339OrNull(nextRunAt),
    running: running === null ? null : { ...running, startedAt: rfc3339(running.startedAt) },
    lastRun: lastRun === null ? null : runJson(lastRun),
    failures,
    items: items.map(backupJson),
  };
}
