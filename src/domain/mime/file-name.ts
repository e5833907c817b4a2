/**
 * What a part says of being a file: Content-Disposition (RFC 2183 §2), its `filename` or the `name` of
 * Content-Type, in the plain form, that of RFC 2231 §3 and §4, or with encoded words (RFC 2047), which
 * §5 forbids and many send. Pure, never throws. The name is as the sender gave it: not safe to be used.
 */
import { decodeFieldText } from '../encoded-words.ts';
import { decodeText } from './charset.ts';
import { fieldBody, type HeaderField } from './header-section.ts';
import { type Parameter, type ParameterField, parameterField } from './mime-fields.ts';

export interface FileFields {
  /** `inline`, or anything else, which is to be treated as an attachment (RFC 2183 §2.8); null: not said. */
  readonly disposition: 'inline' | 'attachment' | null;
  readonly name: string | null;
}

/** Characters of a name. */
const NAME_LIMIT = 1000;

export function fileFieldsOf(fields: readonly HeaderField[]): FileFields {
  const disposition = fieldNamed(fields, 'content-disposition');
  const kind = disposition?.value.toLowerCase() ?? '';
  return {
    disposition: kind === '' ? null : kind === 'inline' ? 'inline' : 'attachment',
    name: textParameter(disposition, 'filename') ?? textParameter(fieldNamed(fields, 'content-type'), 'name'),
  };
}

function fieldNamed(fields: readonly HeaderField[], name: string): ParameterField | null {
  const field = fields.find((one) => one.name === name);
  return field === undefined ? null : parameterField(fieldBody(field));
}

interface Section {
  /** Null: the parameter is not in sections. */
  readonly number: number | null;
  readonly extended: boolean;
  readonly value: string;
}

/** Of several forms the one that can say most, as RFC 6266 §4.3 has it for HTTP. */
function textParameter(field: ParameterField | null, name: string): string | null {
  const forms = (field?.params ?? []).flatMap((param) => sectionOf(param, name));
  const extended = forms.find((form) => form.number === null && form.extended);
  const plain = forms.find((form) => form.number === null && !form.extended);
  const sections = forms
    .filter(({ number }) => number !== null)
    .sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
    .filter(({ number }, at) => number === at);
  const chosen = extended !== undefined ? [extended] : sections.length > 0 ? sections : plain === undefined ? [] : [plain];
  const text = chosen.some((form) => form.extended)
    ? extendedText(chosen)
    : decodeFieldText(chosen.map(({ value }) => value).join(''), NAME_LIMIT);
  return text === '' ? null : text.slice(0, NAME_LIMIT);
}

/** `filename`, `filename*`, `filename*0`, `filename*1*`. */
function sectionOf({ name, value }: Parameter, wanted: string): Section[] {
  const match = /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(name.toLowerCase());
  if (match === null || match[1] !== wanted) return [];
  return [{ number: match[2] === undefined ? null : Number(match[2]), extended: match[3] !== undefined, value }];
}

/** The charset stands in front of the first section (RFC 2231 §4.1), and holds for all that are extended. */
function extendedText(sections: readonly Section[]): string {
  let charset: string | null = null;
  const octets = sections.map(({ extended, value }, at) => {
    if (!extended) return Buffer.from(value, 'latin1');
    const head = at === 0 ? /^([^']*)'[^']*'/.exec(value) : null;
    if (head !== null) charset = head[1] ?? null;
    return percentDecoded(head === null ? value : value.slice(head[0].length));
  });
  return decodeText(Buffer.concat(octets), charset);
}

function percentDecoded(text: string): Buffer {
  return Buffer.from(
    text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}
