/** Erasing one person's data by their address, and the records that stay of it. */
import { z } from '@hono/zod-openapi';
import { rfc3339 } from '../../domain/representation.ts';
import type { SubjectErasureAnswer, SubjectErasureCounts, SubjectErasureRecord } from '../../domain/subject-erasure.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import type { ErasureRequest, ErasureWork } from '../erasing.ts';
import { Problem } from '../problem.ts';
import { within } from '../within.ts';
import type { Shared } from './context.ts';
import { address, DEFAULT_PAGE, pageLimit } from './fields.ts';
import { type Api, route } from './route.ts';
import { at } from './schemas.ts';

const count = z.number().int();
const Counts = z
  .strictObject({
    erased: count.openapi({ description: 'Messages to this address alone.' }),
    rewritten: count.openapi({ description: 'Messages that stay, with the address replaced.' }),
    contents: count.openapi({ description: 'Contents of those that named it, and were erased.' }),
    reports: count,
    records: count.openapi({ description: 'Other records in which it was replaced.' }),
    pending: count.openapi({ description: 'Messages with a recipient in the queue.' }),
    held: count.openapi({ description: 'Under a legal hold: left as they are.' }),
    remaining: count.openapi({ description: 'Contents that are still to go to others: erased by the first clean-up after.' }),
    sent: count.openapi({ description: 'Messages sent by this address: left as they are.' }),
  })
  .openapi('ErasureCounts');

const Erasure = z
  .strictObject({
    id: z.string(),
    pseudonym: z.string().openapi({ description: 'What the address was replaced by: a salted hash.' }),
    startedAt: at,
    endedAt: at,
    by: z.string().nullable(),
    force: z.boolean(),
    counts: Counts,
    unfinished: z.array(z.string()).openapi({ description: 'Messages whose content is still to go.' }),
    holds: z.array(z.string()).openapi({ description: 'Legal holds that kept something.' }),
    compacted: z
      .boolean()
      .openapi({ description: 'What was replaced is gone from the register’s files; false: it goes with later compactions.' }),
  })
  .openapi('Erasure');

const Work = z
  .strictObject({
    pseudonym: z.string(),
    dryRun: z.boolean(),
    startedAt: at,
    by: z.string(),
    running: z.boolean(),
    counts: Counts.nullable(),
    error: z.string().nullable(),
  })
  .openapi('ErasureWork');

const Answer = z
  .strictObject({
    dryRun: z.boolean(),
    running: z.boolean().openapi({ description: 'True, with 202: it goes on; `GET /erasures` tells when it is done.' }),
    counts: Counts.nullable(),
    erasure: Erasure.nullable(),
  })
  .openapi('ErasureAnswer');

const COMMON = { tag: 'Administration', path: '/erasures', permission: 'messages:delete', spansAccounts: true } as const;

export function erasureRoutes(api: Api, shared: Shared): void {
  route(
    api,
    {
      ...COMMON,
      method: 'post',
      summary: 'Erases one person’s data',
      description:
        'Messages to this address alone are erased; in all else that is kept the address is replaced by a salted hash of it, and contents and reports that name it lose their bytes. What lies under a legal hold stays. With `dryRun` it only counts. While something is still in the queue for the address it is refused (`pending`), unless `force` is given: then it is cancelled for this address.',
      body: z.strictObject({ address, dryRun: z.boolean().optional(), force: z.boolean().optional() }),
      answers: {
        200: { description: 'What was, or would be, done', schema: Answer },
        202: { description: 'It takes longer, and goes on', schema: Answer },
        409: { description: 'Something is in the queue (`pending`, with the count), or another erasure is under way (`busy`)' },
      },
    },
    async ({ c, caller, body }) => {
      const dryRun = body.dryRun ?? false;
      const request = { address: body.address, dryRun, force: body.force ?? false, by: caller.name };
      const answer = await within(beginErasure(shared, caller, request), (error) =>
        shared.options.log.error({ err: error }, 'the erasure that was asked for failed'),
      );
      if (answer === undefined) return c.json({ dryRun, running: true, counts: null, erasure: null }, 202);
      if (answer.kind === 'pending') throw pendingProblem(answer.counts);
      const erasure = answer.kind === 'erased' ? erasureJson(answer.record) : null;
      return c.json({ dryRun, running: false, counts: countsOf(answer), erasure });
    },
  );
  route(
    api,
    {
      ...COMMON,
      method: 'get',
      summary: 'The records of erasures, newest first, and the one under way',
      query: z.strictObject({
        address: address.optional().openapi({ description: 'Those of this address.' }),
        limit: pageLimit,
      }),
      answers: { 200: { description: 'The records', schema: z.strictObject({ items: z.array(Erasure), work: Work.nullable() }) } },
    },
    async ({ c, query }) => {
      const items = await erasuresOf(shared, query.address, query.limit ?? DEFAULT_PAGE);
      const { work } = shared.erasing;
      return c.json({ items: items.map(erasureJson), work: work === null ? null : workJson(work) });
    },
  );
}

/** Counts, or erases and puts it into the audit log. Throws `busy`. */
export async function beginErasure(shared: Shared, caller: Caller, request: ErasureRequest): Promise<SubjectErasureAnswer> {
  const begun = shared.erasing.begin(request);
  if (begun === undefined) throw new Problem(409, 'busy', 'Another erasure is under way: GET /erasures tells when it is done');
  const answer = await begun;
  if (answer.kind !== 'erased') return answer;
  const { id, pseudonym, counts } = answer.record;
  const detail = { certificate: id, erased: counts.erased, rewritten: counts.rewritten, held: counts.held, force: request.force };
  await audit(shared, caller, { action: 'subject.erased', subject: { kind: 'address', id: pseudonym }, detail });
  shared.options.log.info({ caller: caller.name, certificate: id, ...counts }, "a person's data erased");
  return answer;
}

/** Newest first. */
export async function erasuresOf({ options }: Shared, of: string | undefined, limit: number): Promise<readonly SubjectErasureRecord[]> {
  const { store } = options;
  const pseudonym = of === undefined ? undefined : await store.pseudonymOf(of);
  const all = (await store.erasures.list()).map(({ value }) => value);
  return (pseudonym === undefined ? all : all.filter((record) => record.pseudonym === pseudonym)).slice(-limit).reverse();
}

export function pendingProblem(counts: SubjectErasureCounts): Problem {
  const { pending } = counts;
  return new Problem(
    409,
    'pending',
    `${pending} ${pending === 1 ? 'message is' : 'messages are'} still in the queue for this address, or being tried: wait, cancel them, or give force, which cancels them for this address`,
    { members: { pending } },
  );
}

function countsOf(answer: SubjectErasureAnswer): SubjectErasureCounts {
  return answer.kind === 'erased' ? answer.record.counts : answer.counts;
}

function erasureJson({ startedAt, endedAt, unfinished, ...record }: SubjectErasureRecord): Record<string, unknown> {
  return { ...record, startedAt: rfc3339(startedAt), endedAt: rfc3339(endedAt), unfinished: unfinished.map(({ message }) => message) };
}

function workJson({ startedAt, answer, ...work }: ErasureWork): Record<string, unknown> {
  const running = answer === null && work.error === null;
  return { ...work, startedAt: rfc3339(startedAt), running, counts: answer === null ? null : countsOf(answer) };
}
