/** Content-Type, Content-Disposition and Content-Transfer-Encoding of a part (RFC 2045 §5.1, §6.1). Pure, never throws. */
import { fieldBody, type HeaderField } from './header-section.ts';

export interface Parameter {
  /** As it stands there. */
  readonly name: string;
  /** Without quotes and escapes, one character an octet. */
  readonly value: string;
}

export interface ParameterField {
  /** What stands before the first semicolon, trimmed. */
  readonly value: string;
  readonly params: readonly Parameter[];
}

export interface ContentType {
  /** `type/subtype` in lower case. */
  readonly type: string;
  /** By name in lower case; the first of each. */
  readonly params: ReadonlyMap<string, string>;
}

const FIELD = /^[ \t]*([^;]*)/;
const PARAMETER = /;[ \t]*(?:([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^;]*)))?/gy;

export function parameterField(body: string): ParameterField {
  const head = FIELD.exec(body)?.[0] ?? '';
  const params: Parameter[] = [];
  PARAMETER.lastIndex = head.length;
  for (let match = PARAMETER.exec(body); match !== null; match = PARAMETER.exec(body)) {
    const [, name, quoted, token] = match;
    if (name !== undefined) params.push({ name, value: quoted === undefined ? (token ?? '').trim() : quoted.replace(/\\(.)/g, '$1') });
    skipToSemicolon(body);
  }
  return { value: head.trim(), params };
}

/** What follows a parameter, such as a comment, is read over. */
function skipToSemicolon(body: string): void {
  const next = body.indexOf(';', PARAMETER.lastIndex);
  PARAMETER.lastIndex = next === -1 ? body.length : next;
}

export function contentTypeOf(fields: readonly HeaderField[]): ContentType | null {
  const field = fields.find(({ name }) => name === 'content-type');
  if (field === undefined) return null;
  const { value, params } = parameterField(fieldBody(field));
  const type = value
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase();
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return null;
  const byName = new Map<string, string>();
  for (const { name, value: one } of params) if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), one);
  return { type, params: byName };
}

export function transferEncodingOf(fields: readonly HeaderField[]): string {
  const field = fields.find(({ name }) => name === 'content-transfer-encoding');
  if (field === undefined) return '7bit';
  return fieldBody(field)
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase();
}
