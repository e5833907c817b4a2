/** What a mail is about: read from the X-Relais-* header fields that any ERP can set. */
import type { ReferencesBefore } from './events.ts';
import type { ReferenceChange, References } from './message.ts';

/** Fields whose name starts so are read, recorded, and taken off before forwarding. */
export const REFERENCE_FIELD_PREFIX = 'x-relais-';

const VALUE_LIMIT = 200;
const TAG_LIMIT = 20;
/** The tag that a run is found by; where the ERP gave one itself, that stays. */
const RUN_TAG = 'run';

function clean(value: string): string {
  return value
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .trim()
    .slice(0, VALUE_LIMIT);
}

/** A value as it is recorded: on one line, bounded; null where nothing is left of it. */
export function cleanReference(value: string): string | null {
  const cleaned = clean(value);
  return cleaned === '' ? null : cleaned;
}

/**
 * References from decoded, unfolded X-Relais-* fields. The first of a repeated field counts; tags
 * repeat as `name=value`. Unknown X-Relais-* fields are taken off all the same, and mean nothing.
 */
export function readReferences(fields: readonly { readonly name: string; readonly value: string }[]): References {
  const first = (name: string): string | null => {
    const field = fields.find((candidate) => candidate.name.toLowerCase() === `${REFERENCE_FIELD_PREFIX}${name}`);
    return field === undefined ? null : cleanReference(field.value);
  };
  const tags = new Map<string, string>();
  for (const field of fields) {
    if (field.name.toLowerCase() !== `${REFERENCE_FIELD_PREFIX}tag` || tags.size >= TAG_LIMIT) continue;
    const [name = '', ...rest] = clean(field.value).split('=');
    if (name.trim() !== '') tags.set(name.trim(), rest.join('=').trim());
  }
  const run = runOf(first('run'));
  return {
    document: first('document'),
    documentType: first('document-type'),
    contact: first('contact'),
    administration: first('administration'),
    template: first('template'),
    class: first('class'),
    stream: null,
    tags: Object.fromEntries(run === undefined || tags.has(RUN_TAG) ? tags : [...tags, [RUN_TAG, run.name]]),
    ...(run === undefined ? {} : { run }),
  };
}

export const NO_REFERENCES: References = {
  document: null,
  documentType: null,
  contact: null,
  administration: null,
  template: null,
  class: null,
  stream: null,
  tags: {},
};

/** `NAME`, or `NAME; expected=1200`: the run that a message belongs to, and how many messages that has. */
function runOf(value: string | null): References['run'] {
  if (value === null) return undefined;
  const [name = '', ...parameters] = value.split(';').map((part) => part.trim());
  if (name === '') return undefined;
  const expected = parameters.flatMap((parameter) => /^expected\s*=\s*(\d{1,9})$/i.exec(parameter)?.[1] ?? [])[0];
  return { name, expected: expected === undefined ? null : Number(expected) };
}

/** Those that an earlier version wrote, which knew fewer fields: what it did not know is null. */
export function wholeReferences(stored: References): References {
  return stored.stream === undefined ? { ...NO_REFERENCES, ...stored } : stored;
}

/**
 * How a change is meant. `set`: it is said so, whatever was there. `missing`: rules found it, and what is
 * there already stays, tag by tag. `found`: rules found it anew, and what rules found before goes, or
 * changes; what was said stays.
 */
export type ChangeMode = 'set' | 'missing' | 'found';

type Targets = Map<string, string | null>;

const FIELDS = ['document', 'documentType', 'contact', 'administration', 'template'] as const;
const TAG = 'tag:';

/** The references with the change in them; the same object where it changes nothing. */
export function changedReferences(before: References, change: ReferenceChange, mode: ChangeMode = 'set'): References {
  if (mode === 'missing' && Object.keys(change).length === 0) return before;
  const found = new Set(before.found);
  const values = targetsOf(before);
  const isKept = (target: string): boolean =>
    mode !== 'set' && (values.get(target) ?? null) !== null && !(mode === 'found' && found.has(target));
  for (const [target, value] of wantedTargets(values, change, mode)) {
    if (isKept(target)) continue;
    values.set(target, value);
    if (mode === 'set' || value === null) found.delete(target);
    else found.add(target);
  }
  const stream = change.stream !== undefined && !(mode === 'missing' && before.stream !== null) ? change.stream : before.stream;
  const after = referencesFrom(before, values, stream, found);
  return isSame(before, after) ? before : after;
}

/** What the change is about: with `found`, all that rules found before, and with `set` all tags where tags are given. */
function wantedTargets(values: Targets, change: ReferenceChange, mode: ChangeMode): Targets {
  const wanted: Targets = new Map();
  for (const target of values.keys()) {
    if (mode === 'found' || (mode === 'set' && target.startsWith(TAG) && change.tags !== undefined)) wanted.set(target, null);
  }
  for (const field of FIELDS) {
    const value = change[field];
    if (value !== undefined) wanted.set(field, value);
  }
  for (const [name, value] of Object.entries(change.tags ?? {})) wanted.set(TAG + name, value);
  return wanted;
}

function targetsOf(references: References): Targets {
  const targets: Targets = new Map(FIELDS.map((field) => [field, references[field]]));
  for (const [name, value] of Object.entries(references.tags)) targets.set(TAG + name, value);
  return targets;
}

function referencesFrom(before: References, values: Targets, stream: string | null, found: ReadonlySet<string>): References {
  const { found: _, ...rest } = before;
  const tags = [...values].flatMap(([target, value]) =>
    target.startsWith(TAG) && value !== null ? [[target.slice(TAG.length), value]] : [],
  );
  const fields = Object.fromEntries(FIELDS.map((field) => [field, values.get(field) ?? null])) as Pick<References, (typeof FIELDS)[number]>;
  return { ...rest, ...fields, stream, tags: Object.fromEntries(tags), ...(found.size === 0 ? {} : { found: [...found] }) };
}

function isSame(a: References, b: References): boolean {
  return a.stream === b.stream && hasSameFields(a, b) && hasSameTags(a, b) && (a.found ?? []).join() === (b.found ?? []).join();
}

function hasSameFields(a: References, b: References): boolean {
  return FIELDS.every((field) => a[field] === b[field]);
}

function hasSameTags({ tags: a }: References, { tags: b }: References): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && a[name] === b[name]);
}

/** Those that were said: what rules found taken out. */
export function saidReferences(references: References): References {
  const { found = [] } = references;
  if (found.length === 0) return references;
  const values = targetsOf(references);
  for (const target of found) values.set(target, null);
  return referencesFrom(references, values, references.stream, new Set());
}

/** What a change made other, as `message.referenced` tells it; undefined: nothing but the stream, which tells nobody anything. */
export function referencesBefore(before: References, after: References): ReferencesBefore | undefined {
  const was: { -readonly [K in keyof ReferencesBefore]: ReferencesBefore[K] } = {};
  for (const field of FIELDS) if (before[field] !== after[field]) was[field] = before[field];
  if (!hasSameTags(before, after)) was.tags = before.tags;
  return Object.keys(was).length === 0 ? undefined : was;
}
