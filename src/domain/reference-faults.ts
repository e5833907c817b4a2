/** What is wrong with a rule for references: which of its keys belong together, and that its patterns are some. Pure. */
import { RE2JS } from 're2js';
import type { ReferenceRule } from './settings.ts';

/** As it comes from a file or a request. */
export type UncheckedRule = { readonly [K in keyof ReferenceRule]?: ReferenceRule[K] | undefined };

export interface RuleFault {
  readonly key: keyof ReferenceRule;
  /** What is allowed in its place. */
  readonly allowed: string;
}

const SYNTAX = 'a regular expression in the syntax of RE2';
const NEEDED = { tag: 'a name for the tag', header: 'the name of a header field', path: 'elements such as Invoice/ID' };
/** Steps of a pattern's program: the time of a text is at most its length times as many. */
const PROGRAM_LIMIT = 5_000;

export function ruleFaults(rule: UncheckedRule): RuleFault[] {
  const faults: RuleFault[] = [];
  const pair = (key: 'tag' | 'header' | 'path', needed: boolean, condition: string): void => {
    if (needed && rule[key] === undefined) faults.push({ key, allowed: `${NEEDED[key]}, with ${condition}` });
    if (!needed && rule[key] !== undefined) faults.push({ key, allowed: `nothing, without ${condition}` });
  };
  pair('tag', rule.field === 'tag', 'field: tag');
  pair('header', rule.from === 'header', 'from: header');
  pair('path', rule.from === 'xml', 'from: xml');
  const unless = groupsOf(rule.unless);
  if (typeof unless === 'string') faults.push({ key: 'unless', allowed: unless });
  const groups = groupsOf(rule.pattern);
  if (typeof groups === 'string') return [...faults, { key: 'pattern', allowed: groups }];
  for (const [, name = ''] of (rule.value ?? '').matchAll(/\{([^{}]*)\}/g)) {
    if (!groups.includes(name)) faults.push({ key: 'value', allowed: `made of groups that the pattern has; there is no (?<${name}>…)` });
  }
  return faults;
}

/** Names of its groups, or what is wrong with it. */
function groupsOf(pattern: string | undefined): string[] | string {
  if (pattern === undefined) return [];
  try {
    const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
    const steps = compiled.programSize();
    return steps > PROGRAM_LIMIT
      ? `${SYNTAX}; this one repeats too much (${steps} steps, at most ${PROGRAM_LIMIT})`
      : Object.keys(compiled.namedGroups());
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '').replace('(?i)', '') : String(error);
    return `${SYNTAX}; this one: ${why}`;
  }
}
