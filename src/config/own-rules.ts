/**
 * A file of rules of one's own for replies (`reports.rules`), and which of the shipped ones to leave out.
 *
 * Own rules name phrases, not regular expressions: a phrase cannot make reading hang. `*` stands for
 * one word; at most two a phrase.
 */
import { parse } from 'yaml';
import { z } from 'zod';
import { CATEGORIES, PHASES } from '../domain/reply.ts';
import type { OwnRules, ReplyRule } from '../domain/reply-rules.ts';
import { SHIPPED_RULES } from '../domain/shipped-rules.ts';

const SHIPPED_IDS = SHIPPED_RULES.map(({ id }) => id);
const STATUS = 'a status such as 5.1.1, or without its class, such as 1.1 or 7.*';

const phrase = z
  .string()
  .trim()
  .min(2)
  .max(200)
  .refine((text) => (text.match(/\*/g) ?? []).length <= 2, { error: 'at most two * in a phrase' });
const phrases = z.array(phrase).min(1).max(100);

const rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, { error: 'small letters, digits and hyphens' }),
    says: z.string().max(200).default('a rule of your own'),
    phrases: phrases.optional(),
    unless: phrases.optional(),
    status: z
      .array(z.string().regex(/^(?:[245]\.)?\d{1,3}\.(?:\d{1,3}|\*)$/, { error: STATUS }))
      .min(1)
      .optional(),
    code: z.array(z.int().min(400).max(599)).min(1).optional(),
    class: z.enum(['transient', 'permanent']).optional(),
    phase: z.array(z.enum(PHASES)).min(1).optional(),
    category: z.enum(CATEGORIES),
    dead: z.boolean().optional(),
    certain: z.boolean().optional(),
    ownFault: z.boolean().optional(),
  })
  .refine(({ phrases: said, status, code }) => (said ?? status ?? code) !== undefined, {
    error: 'it asks nothing: give phrases, status or code',
  })
  .refine(({ dead, category }) => dead !== true || category === 'mailbox-unknown' || category === 'domain-unknown', {
    path: ['dead'],
    error: 'only with category mailbox-unknown or domain-unknown',
  })
  .refine(({ dead, certain }) => certain !== true || dead === true, { path: ['certain'], error: 'only with dead: true' });

const file = z.strictObject({
  without: z.array(z.enum(SHIPPED_IDS as [string, ...string[]])).default([]),
  rules: z.array(rule).max(500).default([]),
});

/** The rules in `text`, or what is wrong with them, a sentence each that begins with its path. */
export function readOwnRules(text: string): { readonly own: OwnRules } | { readonly mistakes: readonly string[] } {
  let data: unknown;
  try {
    data = parse(text) ?? {};
  } catch (error) {
    return { mistakes: [`no YAML: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const read = file.safeParse(data);
  if (!read.success) return { mistakes: read.error.issues.map(({ path, message }) => `${pathText(path)}: ${message}`) };
  const { without, rules } = read.data;
  const taken = new Set(SHIPPED_IDS.filter((id) => !without.includes(id)));
  const mistakes: string[] = [];
  for (const [index, { id }] of rules.entries()) {
    if (taken.has(id)) mistakes.push(`rules[${index}].id: ${id} is taken; the id of a shipped rule is free once "without" names it`);
    taken.add(id);
  }
  return mistakes.length > 0 ? { mistakes } : { own: { without, rules: rules.map(toRule) } };
}

function pathText(path: readonly PropertyKey[]): string {
  return (
    path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
      .join('')
      .replace(/^\./, '') || 'the file'
  );
}

function toRule({ phrases: said, unless, ...rest }: z.infer<typeof rule>): ReplyRule {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as unknown as ReplyRule;
  return {
    ...given,
    ...(said === undefined ? {} : { wording: said.map(expressionOf) }),
    ...(unless === undefined ? {} : { unless: unless.map(expressionOf) }),
  };
}

function expressionOf(text: string): string {
  const words = text
    .replace(/[\\^$.|?+()[\]{}]/g, '\\$&')
    .replaceAll('*', '\\S{1,60}')
    .split(/\s+/)
    .join(' ');
  return `(?<!\\w)${words}(?!\\w)`;
}
