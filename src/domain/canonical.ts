/**
 * JSON in one form only (RFC 8785), so that what is hashed or signed is the same octets wherever it is
 * written anew: names in order, no white space, numbers as ECMAScript writes them.
 */

/** RFC 8785 §3.2. Members that are undefined are left out; numbers have to be finite. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as Readonly<Record<string, unknown>>;
  let text = '{';
  // By UTF-16 code units (§3.2.3), which is how strings are compared here.
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member === undefined) continue;
    text += `${text.length === 1 ? '' : ','}${JSON.stringify(name)}:${canonical(member)}`;
  }
  return `${text}}`;
}

const UNSTABLE = /[\x7f\p{Surrogate}]/gu;

/**
 * The value without the characters that programs write in different ways (U+007F, halves of surrogate
 * pairs): in their place stands U+FFFD. The same value where it has none.
 */
export function presentable<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.search(UNSTABLE) === -1 ? value : value.replace(UNSTABLE, '\ufffd');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [cleaned(name), cleaned(member)]));
}
