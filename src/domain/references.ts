/** What a mail is about: read from the X-Relais-* header fields that any ERP can set. */
import type { ReferencesBefore } from './events.ts';
import type { ReferenceChange, References } from './message.ts';

/** Fields whose name starts so are read, recorded, and taken off before forwarding. */
export const REFERENCE_FIELD_PREFIX = 'x-relais-';

const VALUE_LIMIT = 200;
const TAG_LIMIT = 20;

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
  return {
    document: first('document'),
    documentType: first('document-type'),
    contact: first('contact'),
    administration: first('administration'),
    template: first('template'),
    class: first('class'),
    stream: null,
    tags: Object.fromEntries(tags),
    ...runOf(first('run')),
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
function runOf(value: string | null): Pick<References, 'run'> {
  if (value === null) return {};
  const [name = '', ...parameters] = value.split(';').map((part) => part.trim());
  if (name === '') return {};
  const expected = parameters.flatMap((parameter) => /^expected\s*=\s*(\d{1,9})$/i.exec(parameter)?.[1] ?? [])[0];
  return { run: { name, expected: expected === undefined ? null : Number(expected) } };
}

/** Those that an earlier version wrote, which knew fewer fields: what it did not know is null. */
export function wholeReferences(stored: References): References {
  return stored.stream === undefined ? { ...NO_REFERENCES, ...stored } : stored;
}

/**
 * The references with the change in them; the same object where it changes nothing. `onlyMissing`:
 * what is there already stays as it is, tag by tag.
 */
export function changedReferences(before: References, change: ReferenceChange, onlyMissing = false): References {
  const after: { -readonly [K in keyof References]: References[K] } = { ...before };
  for (const field of CHANGEABLE) {
    const value = change[field];
    if (value !== undefined && !(onlyMissing && before[field] !== null)) after[field] = value;
  }
  if (change.tags !== undefined) after.tags = onlyMissing ? { ...change.tags, ...before.tags } : change.tags;
  return isSame(before, after) ? before : after;
}

const CHANGEABLE = ['document', 'documentType', 'contact', 'administration', 'template', 'stream'] as const;

function isSame(a: References, b: References): boolean {
  if (CHANGEABLE.some((field) => a[field] !== b[field])) return false;
  const names = Object.keys(a.tags);
  return names.length === Object.keys(b.tags).length && names.every((name) => Object.hasOwn(b.tags, name) && a.tags[name] === b.tags[name]);
}

/** What a change made other, as `message.referenced` tells it; undefined: nothing but the stream, which tells nobody anything. */
export function referencesBefore(before: References, after: References): ReferencesBefore | undefined {
  const was: { -readonly [K in keyof ReferencesBefore]: ReferencesBefore[K] } = {};
  for (const field of TOLD) if (before[field] !== after[field]) was[field] = before[field];
  const { tags } = before;
  if (!isSame({ ...NO_REFERENCES, tags }, { ...NO_REFERENCES, tags: after.tags })) was.tags = tags;
  return Object.keys(was).length === 0 ? undefined : was;
}

const TOLD = ['document', 'documentType', 'contact', 'administration', 'template'] as const;
