/** What a mail is about: read from the X-Relais-* header fields that any ERP can set. */
import type { References } from './message.ts';

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

/**
 * References from decoded, unfolded X-Relais-* fields. The first of a repeated field counts; tags
 * repeat as `name=value`. Unknown X-Relais-* fields are taken off all the same, and mean nothing.
 */
export function readReferences(fields: readonly { readonly name: string; readonly value: string }[]): References {
  const first = (name: string): string | null => {
    const field = fields.find((candidate) => candidate.name.toLowerCase() === `${REFERENCE_FIELD_PREFIX}${name}`);
    const value = field === undefined ? '' : clean(field.value);
    return value === '' ? null : value;
  };
  const tags = new Map<string, string>();
  for (const field of fields) {
    if (field.name.toLowerCase() !== `${REFERENCE_FIELD_PREFIX}tag` || tags.size >= TAG_LIMIT) continue;
    const [name = '', ...rest] = clean(field.value).split('=');
    if (name.trim() !== '') tags.set(name.trim(), rest.join('=').trim());
  }
  return {
    document: first('document'),
    contact: first('contact'),
    template: first('template'),
    class: first('class'),
    tags: Object.fromEntries(tags),
  };
}

export const NO_REFERENCES: References = { document: null, contact: null, template: null, class: null, tags: {} };
