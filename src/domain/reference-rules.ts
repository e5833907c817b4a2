/**
 * Finds what a mail is about by rules: which field of the references is found where. Pure.
 *
 * A rule reads one place (a header field, the names of attached files, XML documents) and takes a value
 * out of it. The rules of the configuration are asked first, then the profiles in their order; of each
 * field the first that finds something decides. What the header section says is asked for as a message
 * is accepted; what is attached, later, by a reader of the feed, and only for what is still missing.
 *
 * Patterns of people run in RE2, whose time grows with the text alone, whatever the pattern; the shipped
 * ones, which are known to end, in JavaScript's own engine. Texts are cut at a length.
 */
import { RE2JS } from 're2js';
import type { ReferenceChange, References } from './message.ts';
import { cleanReference } from './references.ts';
import type { ReferenceField, ReferenceProfile, ReferenceRule, ReferenceSettings } from './settings.ts';
import { SHIPPED_PROFILES } from './shipped-profiles.ts';

/** An XML document: what stands in its elements, by their local names from the root down, joined by "/". */
export type XmlValues = ReadonlyMap<string, string>;

/** What a mail says of itself. */
export interface MailFacts {
  readonly subject: string | null;
  readonly from: string | null;
  /** Without angle brackets. */
  readonly messageId: string | null;
  /** By name in lower case, decoded; those that rules read. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** File names; absent: nobody has looked yet. */
  readonly attachments?: readonly string[];
  /** XML documents that are attached, or in a PDF; absent: nobody has looked yet. */
  readonly documents?: readonly XmlValues[];
}

/** Its expression in a text: what was found, and the groups that have a name. */
interface Match {
  readonly text: string;
  readonly groups: Readonly<Record<string, string>>;
  /** The first group, with a name or without; null: there is none. */
  readonly first: string | null;
}

type Finder = (text: string) => Match | null;

interface CompiledRule {
  readonly rule: ReferenceRule;
  /** Name of the profile that it is of; null: of the configuration. */
  readonly profile: string | null;
  /** From 0, among those of its profile. */
  readonly index: number;
  /** `document`, or `tag:run`. */
  readonly target: string;
  readonly header: string;
  readonly find: Finder | null;
  readonly findUnless: Finder | null;
  readonly paths: readonly RegExp[];
  /** By keys without blanks; null: what is found is the value. */
  readonly map: ReadonlyMap<string, string> | null;
}

export interface CompiledReferences {
  /** Those that the header section answers, in the order in which they are asked. */
  readonly early: readonly CompiledRule[];
  /** Those that need what is attached. */
  readonly late: readonly CompiledRule[];
  /** Names of header fields that are read, in lower case. */
  readonly headers: ReadonlySet<string>;
}

/** What a rule found. */
export interface Finding {
  readonly profile: string | null;
  readonly index: number;
  readonly rule: ReferenceRule;
  /** Null: nothing. */
  readonly value: string | null;
  /** It was the first to find something for its field. */
  readonly decides: boolean;
}

/** Characters of a text that are looked at: RE2 takes up to some microseconds for each. */
const TEXT_LIMIT = 500;
const TEXTS_LIMIT = 50;
/** The profile whose fields are read of every message, before all rules. */
const ALWAYS = 'headers';

/** Throws on a pattern that is none: the configuration has checked those of people. */
export function compileReferences(
  settings: Pick<ReferenceSettings, 'profiles' | 'rules'>,
  shipped: readonly ReferenceProfile[] = SHIPPED_PROFILES,
): CompiledReferences {
  const own = settings.rules.map((rule, index) => compile(rule, null, index, linearFinder));
  const profiles = settings.profiles.flatMap((name) => {
    const profile = name === ALWAYS ? undefined : shipped.find((one) => one.name === name);
    return (profile?.rules ?? []).map((rule, index) => compile(rule, name, index, nativeFinder));
  });
  const rules = [...own, ...profiles];
  const isLate = ({ rule }: CompiledRule): boolean => rule.from === 'attachment' || rule.from === 'xml';
  return {
    early: rules.filter((rule) => !isLate(rule)),
    late: rules.filter(isLate),
    headers: new Set(rules.flatMap(({ rule, header }) => (rule.from === 'header' ? [header] : []))),
  };
}

function compile(rule: ReferenceRule, profile: string | null, index: number, finder: (pattern: string) => Finder): CompiledRule {
  return {
    rule,
    profile,
    index,
    target: rule.field === 'tag' ? `tag:${rule.tag ?? ''}` : rule.field,
    header: rule.header?.toLowerCase() ?? '',
    find: rule.pattern === undefined ? null : finder(rule.pattern),
    findUnless: rule.unless === undefined ? null : finder(rule.unless),
    paths: (rule.path ?? []).map(pathExpression),
    map: rule.map === undefined ? null : new Map(Object.entries(rule.map).map(([key, value]) => [mapKey(key), value])),
  };
}

/** `*` is any one element. */
function pathExpression(path: string): RegExp {
  const steps = path.split('/').map((step) => (step === '*' ? '[^/]+' : step.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${steps.join('/')}$`);
}

const finders = new Map<string, Finder>();

/** Profiles have patterns in common, and a pattern costs more to compile than to be asked. */
function nativeFinder(pattern: string): Finder {
  const known = finders.get(pattern);
  if (known !== undefined) return known;
  const expression = new RegExp(pattern, 'iu');
  const finder: Finder = (text) => {
    const match = expression.exec(text);
    if (match === null) return null;
    const groups = Object.fromEntries(Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined));
    return { text: match[0], groups, first: match[1] ?? null };
  };
  finders.set(pattern, finder);
  return finder;
}

function linearFinder(pattern: string): Finder {
  const expression = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  const names = Object.keys(expression.namedGroups());
  const count = expression.groupCount();
  return (text) => {
    // Most texts have nothing of it, and that is told without looking for the groups.
    if (!expression.test(text)) return null;
    const matcher = expression.matcher(text);
    if (!matcher.find()) return null;
    const groups = Object.fromEntries(names.flatMap((name) => [[name, matcher.group(name)]]).filter(([, value]) => value != null));
    return { text: matcher.group() ?? '', groups, first: count === 0 ? null : (matcher.group(1) ?? null) };
  };
}

// ── Asking ──

/** Values by target, the ones that decide. */
type Decided = Map<string, string>;

export interface Asking {
  readonly facts: MailFacts;
  /** What is said already: no rule is asked for it. */
  readonly known: References;
  /** True once the time is over: what is left is not asked. */
  readonly isLate?: () => boolean;
}

/** What the header section says by the rules. `complete`: false where the time was over before all were asked. */
export function findEarly({ early }: CompiledReferences, asking: Asking): { readonly found: ReferenceChange; readonly complete: boolean } {
  return ask(early, asking);
}

/** What the header section and all that is attached say by the rules. */
export function findAll(compiled: CompiledReferences, asking: Asking): ReferenceChange {
  return ask([...compiled.early, ...compiled.late], asking).found;
}

/** Whether rules that need what is attached could say more than is known. */
export function lacksLate({ late }: CompiledReferences, known: References): boolean {
  return late.some(({ target }) => !isKnown(known, target));
}

/** Every rule with what it finds, in the order in which they are asked, whether it decides or not. */
export function explain(compiled: CompiledReferences, facts: MailFacts, known: References): Finding[] {
  const decided = new Set<string>();
  return [...compiled.early, ...compiled.late].map((compiledRule) => {
    const { rule, profile, index, target } = compiledRule;
    const value = valueFor(compiledRule, facts);
    const decides = value !== null && !isKnown(known, target) && !decided.has(target);
    if (decides) decided.add(target);
    return { rule, profile, index, value, decides };
  });
}

function ask(rules: readonly CompiledRule[], { facts, known, isLate }: Asking): { found: ReferenceChange; complete: boolean } {
  const decided: Decided = new Map();
  for (const rule of rules) {
    if (decided.has(rule.target) || isKnown(known, rule.target)) continue;
    if (isLate?.() === true) return { found: changeOf(decided), complete: false };
    const value = valueFor(rule, facts);
    if (value !== null) decided.set(rule.target, value);
  }
  return { found: decided.size === 0 ? NOTHING : changeOf(decided), complete: true };
}

const NOTHING: ReferenceChange = {};

function isKnown(known: References, target: string): boolean {
  if (target.startsWith('tag:')) return Object.hasOwn(known.tags, target.slice(4));
  return known[target as Exclude<ReferenceField, 'tag'>] !== null;
}

function changeOf(decided: Decided): ReferenceChange {
  const change: Partial<Record<Exclude<ReferenceField, 'tag'>, string>> = {};
  const tags: Record<string, string> = {};
  for (const [target, value] of decided) {
    if (target.startsWith('tag:')) tags[target.slice(4)] = value;
    else change[target as Exclude<ReferenceField, 'tag'>] = value;
  }
  return Object.keys(tags).length === 0 ? change : { ...change, tags };
}

/** The first value in the first text that has one. */
function valueFor(compiled: CompiledRule, facts: MailFacts): string | null {
  const { rule } = compiled;
  switch (rule.from) {
    case 'subject':
    case 'from':
    case 'messageId':
      return valueIn(compiled, facts[rule.from]);
    case 'header':
      return firstIn(compiled, facts.headers.get(compiled.header));
    case 'attachment':
      return firstIn(compiled, facts.attachments);
    case 'xml':
      for (const document of facts.documents ?? []) {
        const value = firstIn(compiled, valuesAt(document, compiled.paths));
        if (value !== null) return value;
      }
      return null;
    default:
      return rule.from satisfies never;
  }
}

function firstIn(compiled: CompiledRule, texts: readonly string[] | undefined): string | null {
  if (texts === undefined) return null;
  for (const text of texts.slice(0, TEXTS_LIMIT)) {
    const value = valueIn(compiled, text);
    if (value !== null) return value;
  }
  return null;
}

/** In the order of the paths, not of the document. */
function valuesAt(document: XmlValues, paths: readonly RegExp[]): string[] {
  const values: string[] = [];
  for (const path of paths) for (const [at, value] of document) if (path.test(at)) values.push(value);
  return values;
}

function valueIn({ rule, find, findUnless, map }: CompiledRule, whole: string | null): string | null {
  if (whole === null || whole === '') return null;
  const text = whole.slice(0, TEXT_LIMIT);
  if (findUnless !== null && findUnless(text) !== null) return null;
  const match = find === null ? { text, groups: {}, first: null } : find(text);
  if (match === null) return null;
  const value = cleanReference(rule.value === undefined ? chosen(rule, match) : composed(rule.value, match));
  return value === null || map === null ? value : (map.get(mapKey(value)) ?? null);
}

/** File names have other signs where subjects have blanks, or none. */
function mapKey(text: string): string {
  return text.toLowerCase().replace(/[\s_-]+/g, '');
}

function chosen(rule: ReferenceRule, { text, groups, first }: Match): string {
  const own = groups[rule.field] ?? groups['value'];
  if (own !== undefined) return own;
  const [named] = Object.values(groups);
  return named ?? first ?? text;
}

function composed(value: string, { groups }: Match): string {
  return value.replace(/\{([^{}]*)\}/g, (_, name: string) => groups[name] ?? '');
}
