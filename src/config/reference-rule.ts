/** What the schema can not say of a rule for references: which of its keys belong together, and that its pattern is one. */
import { RE2JS } from 're2js';
import type { z } from 'zod';

/** A link of the ERP: an address with at least one name in braces. */
export const LINK_FORM =
  /^https?:\/\/(?=[^\s]*\{)(?:[^\s{}]|\{(?:contact|document|documentType|administration|address|tag:[A-Za-z0-9._-]+)\})+$/;

interface Rule {
  readonly field: string;
  readonly from: string;
  readonly tag?: string | undefined;
  readonly header?: string | undefined;
  readonly path?: readonly string[] | undefined;
  readonly pattern?: string | undefined;
  readonly unless?: string | undefined;
  readonly value?: string | undefined;
}

const SYNTAX = 'a regular expression in the syntax of RE2';
const NEEDED = { tag: 'a name for the tag', header: 'the name of a header field', path: 'elements such as Invoice/ID' };

export function assertReferenceRule(rule: Rule, context: z.RefinementCtx): void {
  const fault = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
  const pair = (key: 'tag' | 'header' | 'path', needed: boolean, with_: string): void => {
    if (needed && rule[key] === undefined) fault(key, `${NEEDED[key]}, with ${with_}`);
    if (!needed && rule[key] !== undefined) fault(key, `nothing, without ${with_}`);
  };
  pair('tag', rule.field === 'tag', 'field: tag');
  pair('header', rule.from === 'header', 'from: header');
  pair('path', rule.from === 'xml', 'from: xml');
  const unless = rule.unless === undefined ? [] : groupsOf(rule.unless);
  if (typeof unless === 'string') fault('unless', `${SYNTAX}; this one: ${unless}`);
  const groups = rule.pattern === undefined ? [] : groupsOf(rule.pattern);
  if (typeof groups === 'string') fault('pattern', `${SYNTAX}; this one: ${groups}`);
  else {
    for (const [, name = ''] of (rule.value ?? '').matchAll(/\{([^{}]*)\}/g)) {
      if (!groups.includes(name)) fault('value', `made of groups that the pattern has; there is no (?<${name}>…)`);
    }
  }
}

/** Names of its groups, or what is wrong with it. */
function groupsOf(pattern: string): string[] | string {
  try {
    return Object.keys(RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).namedGroups());
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
  }
}
