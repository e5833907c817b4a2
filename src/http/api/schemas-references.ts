/** What the API takes and answers about the rules for references, and about streams. */
import { z } from '@hono/zod-openapi';
import { ruleFaults } from '../../domain/reference-faults.ts';
import { REFERENCE_FIELDS, REFERENCE_SOURCES } from '../../domain/settings.ts';
import { at } from './schemas.ts';

export { pageOf } from './schemas.ts';

const nullableText = z.string().nullable();
const line = (limit: number): z.ZodString => z.string().min(1, 'must not be empty').max(limit, `at most ${limit} characters`);

export const RuleBody = z
  .strictObject({
    field: z.enum(REFERENCE_FIELDS, `one of ${REFERENCE_FIELDS.join(', ')}`),
    tag: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'letters, digits and . _ -')
      .optional(),
    from: z.enum(REFERENCE_SOURCES, `one of ${REFERENCE_SOURCES.join(', ')}`),
    header: z
      .string()
      .regex(/^[!-9;-~]{1,76}$/, 'the name of a header field')
      .optional(),
    path: z
      .array(z.string().regex(/^[^\s/]+(?:\/[^\s/]+){0,15}$/, 'elements such as Invoice/ID'))
      .min(1, 'at least one')
      .max(20, 'at most 20')
      .optional(),
    pattern: line(2000).optional(),
    unless: line(2000).optional(),
    value: line(200).optional(),
    map: z.record(line(200), line(200)).optional(),
  })
  .superRefine((rule, context) => {
    for (const { key, allowed } of ruleFaults(rule)) context.addIssue({ code: 'custom', path: [key], message: allowed });
  })
  .openapi('ReferenceRule');

const Rule = z.strictObject({
  field: z.enum(REFERENCE_FIELDS),
  tag: z.string().optional(),
  from: z.enum(REFERENCE_SOURCES),
  header: z.string().optional(),
  path: z.array(z.string()).optional(),
  pattern: z.string().optional(),
  unless: z.string().optional(),
  value: z.string().optional(),
  map: z.record(z.string(), z.string()).optional(),
});

export const ReferenceStatus = z
  .strictObject({
    profiles: z.array(z.string()).openapi({ description: 'In the order in which they are asked, after the rules.' }),
    rules: z.array(Rule),
    attachments: z.number().int().openapi({ description: 'Octets of a message up to which its attachments are read; 0: never.' }),
    streams: z.boolean(),
    behind: z.number().int().openapi({ description: 'Events of the feed that are still to be read for attachments and streams.' }),
  })
  .openapi('References');

const fields = {
  document: nullableText,
  documentType: nullableText,
  contact: nullableText,
  administration: nullableText,
  template: nullableText,
  tags: z.record(z.string(), z.string()),
};

export const ReferenceTrial = z
  .strictObject({
    id: z.string(),
    acceptedAt: at,
    account: z.string(),
    subject: nullableText,
    read: z.boolean().openapi({ description: 'False: its content is gone, and what is recorded alone was asked.' }),
    findings: z.array(
      z.strictObject({
        profile: nullableText.openapi({ description: 'Null: one of the rules, those given in front.' }),
        index: z.number().int(),
        field: z.enum(REFERENCE_FIELDS),
        tag: nullableText,
        value: z.string(),
        decides: z.boolean().openapi({ description: 'The first that found something for its field, where the ERP did not say it.' }),
      }),
    ),
    before: z.strictObject(fields),
    after: z.strictObject(fields),
  })
  .openapi('ReferenceTrial');

export const ReferencesApplied = z
  .strictObject({
    dryRun: z.boolean(),
    matched: z.number().int(),
    changed: z.number().int().openapi({ description: 'With dryRun: how many would be.' }),
    fields: z.record(z.string(), z.number().int()).openapi({ description: 'How many changed in which field.' }),
    unread: z.number().int().openapi({ description: 'Without content: what was found in it before stays.' }),
    examples: z.array(z.strictObject({ message: z.string(), before: z.strictObject(fields).partial(), after: z.strictObject(fields) })),
    complete: z.boolean().openapi({ description: 'False: the time of one call was over; call again with `next` as `cursor`.' }),
    next: nullableText,
  })
  .openapi('ReferencesApplied');

export const Stream = z
  .strictObject({
    stream: z.string(),
    name: nullableText,
    named: z.strictObject({ by: nullableText, at }).nullable(),
    account: z.string(),
    pattern: z.string().openapi({ description: 'Its subjects, with what varies taken out.' }),
    example: z.string().openapi({ description: 'Id of one of its messages.' }),
    firstAt: at,
    lastAt: at,
    messages: z.number().int().openapi({ description: 'How many were counted, roughly.' }),
  })
  .openapi('Stream');
