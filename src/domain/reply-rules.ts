/**
 * Rules that say what a reply means, and the search for the first one that fits. Pure.
 *
 * A rule is data: what it asks of the wording, the enhanced status, the code and the phase, and what
 * it makes of it. All that it asks must hold. The ones shipped are in shipped-rules.ts.
 */
import type { Category, EnhancedStatus, Phase } from './reply.ts';

export interface ReplyRule {
  readonly id: string;
  /** What it means, for people. */
  readonly says: string;
  /** Regular expressions, case ignored; one of them must be found in the wording. */
  readonly wording?: readonly string[];
  /** None of these may be found. */
  readonly unless?: readonly string[];
  /** `1.1` of any class, `7.*` of any detail, `5.7.1` of one class. */
  readonly status?: readonly string[];
  readonly code?: readonly number[];
  /** By the code's first digit. */
  readonly class?: 'transient' | 'permanent';
  readonly phase?: readonly Phase[];
  readonly category: Category;
  /** The address itself is dead, wherever the reply is a failure. */
  readonly dead?: boolean;
  /** What it finds can mean nothing else, also where a report tells of a refusal after DATA. */
  readonly certain?: boolean;
  /** It concerns us, whoever the recipient is. */
  readonly ownFault?: boolean;
}

/** Rules of one's own: they are asked before the shipped ones, some of which are left out. */
export interface OwnRules {
  readonly rules: readonly ReplyRule[];
  /** Ids of shipped rules. */
  readonly without: readonly string[];
}

/** Finds its expression in a text: what it found, or null. */
export type Finder = (text: string) => string | null;

interface CompiledRule {
  readonly rule: ReplyRule;
  readonly find: Finder | null;
  readonly findUnless: Finder | null;
  readonly status: RegExp | null;
}

export interface CompiledRules {
  readonly rules: readonly CompiledRule[];
}

export interface Decision {
  readonly rule: ReplyRule;
  /** The words of the reply, its status or its code: what the rule found. */
  readonly matched: string;
}

/** One expression of several alternatives, in JavaScript's own engine: for patterns that are known to end. */
export function nativeFinder(patterns: readonly string[]): Finder {
  const expression = new RegExp(patterns.join('|'), 'i');
  return (text) => expression.exec(text)?.[0] ?? null;
}

/** Throws SyntaxError for a pattern that is none. */
export function compileRules(rules: readonly ReplyRule[], finder: (patterns: readonly string[]) => Finder = nativeFinder): CompiledRules {
  return {
    rules: rules.map((rule) => ({
      rule,
      find: rule.wording === undefined ? null : finder(rule.wording),
      findUnless: rule.unless === undefined ? null : finder(rule.unless),
      status: rule.status === undefined ? null : statusExpression(rule.status),
    })),
  };
}

function statusExpression(statuses: readonly string[]): RegExp {
  const each = statuses.map((status) => {
    const body = status.replaceAll('.', '\\.').replace('*', '\\d+');
    return /^\d+\.[\d*]+$/.test(status) ? `[245]\\.${body}` : body;
  });
  return new RegExp(`^(?:${each.join('|')})$`);
}

/** `wording` without addresses; see reply.ts. */
export function firstRule(
  { rules }: CompiledRules,
  said: { readonly code: number; readonly status: EnhancedStatus | null; readonly wording: string },
  phase: Phase,
): Decision | undefined {
  for (const compiled of rules) {
    const matched = matchOf(compiled, said, phase);
    if (matched !== null) return { rule: compiled.rule, matched };
  }
  return undefined;
}

function matchOf(
  { rule, find, findUnless, status }: CompiledRule,
  said: { readonly code: number; readonly status: EnhancedStatus | null; readonly wording: string },
  phase: Phase,
): string | null {
  if (rule.code !== undefined && !rule.code.includes(said.code)) return null;
  if (rule.class !== undefined && (rule.class === 'permanent') !== said.code >= 500) return null;
  if (rule.phase !== undefined && !rule.phase.includes(phase)) return null;
  if (status !== null && (said.status === null || !status.test(said.status))) return null;
  if (find === null) return said.status !== null && status !== null ? said.status : String(said.code);
  const found = find(said.wording);
  return found === null || (findUnless !== null && findUnless(said.wording) !== null) ? null : found;
}
