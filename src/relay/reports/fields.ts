/**
 * Header-field blocks (RFC 5322 §2.2), as they stand in returned headers and in the machine-readable
 * parts of reports. Pure, and lenient: what is no field is passed over.
 */

export interface Field {
  /** In lower case. */
  readonly name: string;
  /** Unfolded (§2.2.3), white space at the ends taken off. */
  readonly value: string;
}

const FIELD = /^([!-9;-~]{1,100}?)[ \t]*:[ \t]*(.*)$/s;
/** What hostile input may make us hold. */
const FIELDS_LIMIT = 5000;

/** The fields of one block; ends at the first empty line. */
export function readFields(text: string): Field[] {
  return readBlocks(text, 1)[0] ?? [];
}

/** Blocks of fields, parted by empty lines; blocks without any field are left out. */
export function readBlocks(text: string, limit = 200): Field[][] {
  const blocks: Field[][] = [];
  let block: { name: string; value: string }[] = [];
  let fields = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.trim() === '') {
      if (block.length > 0) blocks.push(block);
      block = [];
      if (blocks.length >= limit) return blocks;
      continue;
    }
    const last = block.at(-1);
    if ((line.startsWith(' ') || line.startsWith('\t')) && last !== undefined) {
      last.value = `${last.value} ${line.trim()}`.trim();
      continue;
    }
    const match = FIELD.exec(line);
    if (match === null) continue;
    if (++fields > FIELDS_LIMIT) break;
    block.push({ name: (match[1] ?? '').toLowerCase(), value: (match[2] ?? '').trim() });
  }
  if (block.length > 0) blocks.push(block);
  return blocks;
}

export function fieldValue(fields: readonly Field[], name: string): string | null {
  const value = fields.find((field) => field.name === name)?.value;
  return value === undefined || value === '' ? null : value;
}

/** The id of a Message-ID, In-Reply-To or References field: the first, without angle brackets. */
export function messageIdOf(value: string | null): string | null {
  if (value === null) return null;
  const bracketed = /<\s*([^<>\s]+)\s*>/.exec(value)?.[1];
  const id = bracketed ?? value.trim().split(/\s+/)[0] ?? '';
  return id === '' ? null : id.slice(0, 998);
}

const BRACKETED = /<([^<>\s]+@[^<>\s]+)>/;
const BARE = /[^\s<>(),;:"[\]]+@[^\s<>(),;:"[\]]+/;

/** The first address in a field such as From or Return-Path, without brackets; null for `<>`. */
export function addressIn(value: string | null): string | null {
  if (value === null) return null;
  return BRACKETED.exec(value)?.[1] ?? BARE.exec(value)?.[0] ?? null;
}
