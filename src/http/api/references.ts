/** The rules for references as they run, tried on stored mail, and applied to the past. */
import { z } from '@hono/zod-openapi';
import type { MessageId } from '../../domain/ids.ts';
import type { References } from '../../domain/message.ts';
import type { MessageFilter, RulesApplied, RuleTrial } from '../../domain/ports.ts';
import { rfc3339 } from '../../domain/representation.ts';
import type { ReferenceRule } from '../../domain/settings.ts';
import { SHIPPED_PROFILES } from '../../domain/shipped-profiles.ts';
import { audit } from '../audit.ts';
import type { Caller } from '../auth/caller.ts';
import { validationProblem } from '../problem.ts';
import { referenceDeskOf } from '../reference-desk.ts';
import type { Shared } from './context.ts';
import { cursor } from './fields.ts';
import { type AskedFilter, filterBody, filterFor } from './filter.ts';
import { type Api, route } from './route.ts';
import { pageOf, ReferenceStatus, ReferencesApplied, ReferenceTrial, RuleBody } from './schemas-references.ts';

/** Milliseconds that one call works. */
const BUDGET = 20_000;
const TRIED = 20;
const RULES_LIMIT = 50;
const PROFILES = SHIPPED_PROFILES.map(({ name }) => name) as [string, ...string[]];

export function referenceRoutes(api: Api, shared: Shared): void {
  const { options } = shared;
  const common = { tag: 'References' } as const;
  route(
    api,
    {
      ...common,
      method: 'get',
      path: '/references',
      summary: 'The rules that find what mail is about, as they run, and how far the reader of attachments is',
      permission: 'messages:read',
      spansAccounts: true,
      answers: { 200: { description: 'The rules', schema: ReferenceStatus } },
    },
    ({ c }) => {
      const { profiles, rules, attachments, streams } = options.references();
      return c.json({ profiles, rules, attachments, streams, behind: referenceDeskOf(options).behind });
    },
  );
  route(
    api,
    {
      ...common,
      method: 'post',
      path: '/references/test',
      summary: 'What rules find in the newest messages, and what would come of it; changes nothing',
      description: 'Rules given are asked before those of the configuration. They read the content: `messages:content` is needed.',
      permission: 'messages:content',
      body: z.strictObject({
        rules: z.array(RuleBody).max(RULES_LIMIT, `at most ${RULES_LIMIT}`).optional(),
        profiles: z
          .array(z.enum(PROFILES, `one of ${PROFILES.join(', ')}`))
          .optional()
          .openapi({ description: 'In place of those of the configuration.' }),
        filter: filterBody.optional(),
        limit: z
          .number()
          .int()
          .min(1)
          .max(200)
          .optional()
          .openapi({ description: `How many of the newest messages; ${TRIED} unless given.` }),
      }),
      answers: { 200: { description: 'Newest first', schema: pageOf(ReferenceTrial) } },
    },
    async ({ c, caller, body }) => {
      const rules = (body.rules ?? []).map(definedRule);
      const trials = await tryRules(shared, caller, { ...body, rules, filter: body.filter ?? {}, limit: body.limit ?? TRIED });
      return c.json({ items: trials.map(trialJson), next: null });
    },
  );
  route(
    api,
    {
      ...common,
      method: 'post',
      path: '/references/apply',
      summary: 'Finds anew, by the rules of the configuration, what messages are about',
      description:
        'Of a filter, which must name at least one field, or `"all": true`. What rules found before changes, or goes; what the ERP said stays. `complete: false` asks for another call with `cursor`.',
      permission: 'queue:manage',
      body: z.strictObject({
        filter: filterBody.optional(),
        all: z.literal(true).optional(),
        dryRun: z.boolean().optional().openapi({ description: 'Only counts.' }),
        cursor: cursor.openapi({ description: '`next` of the call before, with the same filter.' }),
      }),
      answers: { 200: { description: 'What was, or would be, changed', schema: ReferencesApplied } },
    },
    async ({ c, caller, body }) => {
      const dryRun = body.dryRun ?? false;
      const applied = await applyRules(shared, caller, { ...body, dryRun });
      return c.json(appliedJson(applied, dryRun));
    },
  );
}

type Given = z.output<typeof RuleBody>;

/** Keys that were left out are not there. */
export function definedRule(rule: Given): ReferenceRule {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined)) as unknown as ReferenceRule;
}

/** What rules find in the newest messages that the caller may see. Shown is content: it is recorded first. */
export async function tryRules(
  shared: Shared,
  caller: Caller,
  request: {
    readonly filter: AskedFilter;
    readonly limit: number;
    readonly rules: readonly ReferenceRule[];
    readonly profiles?: readonly string[] | undefined;
  },
): Promise<readonly RuleTrial[]> {
  const { rules, profiles, limit } = request;
  const filter = filterFor(caller, request.filter);
  if (filter === undefined) return [];
  const desk = referenceDeskOf(shared.options);
  const trials = await desk.try({ filter, limit, rules, ...(profiles === undefined ? {} : { profiles }) });
  await audit(
    shared,
    caller,
    ...trials.map(({ message }) => ({
      action: 'content.read' as const,
      subject: { kind: 'message' as const, id: message.id },
      detail: { what: 'references' },
    })),
  );
  return trials;
}

export interface ApplyRequest {
  readonly filter?: AskedFilter | undefined;
  readonly all?: true | undefined;
  readonly dryRun: boolean;
  readonly cursor?: string | undefined;
  /** Milliseconds; 20 s unless given. */
  readonly budget?: number;
}

const NOTHING: RulesApplied = { matched: 0, changed: 0, fields: {}, unread: 0, examples: [], next: null };

/** Applies the rules of the configuration to the messages of the filter that the caller may see. */
export async function applyRules(shared: Shared, caller: Caller, request: ApplyRequest): Promise<RulesApplied> {
  const { options, stopping } = shared;
  const { dryRun, cursor: from, budget = BUDGET } = request;
  const filter = selectedBy(caller, request);
  if (filter === undefined) return NOTHING;
  const applied = await referenceDeskOf(options).apply({
    filter,
    dryRun,
    deadline: options.now() + budget,
    signal: stopping,
    ...(from === undefined ? {} : { cursor: from }),
  });
  const { examples: _, next: __, fields, ...counts } = applied;
  if (!dryRun && applied.changed > 0) await audit(shared, caller, { action: 'references.applied', detail: counts });
  options.log.info({ caller: caller.name, dryRun, ...counts, fields }, 'rules for references applied');
  return applied;
}

function selectedBy(caller: Caller, { filter, all }: ApplyRequest): MessageFilter | undefined {
  const empty = Object.values(filter ?? {}).every((value) => value === undefined);
  if (empty && all !== true) {
    throw validationProblem([{ in: 'body', path: 'filter', detail: 'names no field: give at least one, or "all": true' }]);
  }
  return filterFor(caller, filter ?? {});
}

function trialJson({ message, read, findings, after }: RuleTrial): Record<string, unknown> {
  return {
    id: message.id,
    acceptedAt: rfc3339(message.acceptedAt),
    account: message.account,
    subject: message.headers.subject,
    read,
    findings: findings.map(({ profile, index, rule, value, decides }) => ({
      profile,
      index,
      field: rule.field,
      tag: rule.tag ?? null,
      value,
      decides,
    })),
    before: referencesJson(message.references),
    after: referencesJson(after),
  };
}

function appliedJson({ matched, changed, fields, unread, examples, next }: RulesApplied, dryRun: boolean): Record<string, unknown> {
  const shown = examples.map(({ message, was, after }): { message: MessageId; before: object; after: object } => ({
    message,
    before: was,
    after: referencesJson(after),
  }));
  return { dryRun, matched, changed, fields, unread, examples: shown, complete: next === null, next };
}

function referencesJson({ document, documentType, contact, administration, template, tags }: References): Record<string, unknown> {
  return { document, documentType, contact, administration, template, tags };
}
