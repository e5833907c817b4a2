/**
 * The name under which a file of a mail may be kept (R52): no path, no control characters, nothing that
 * reads otherwise than it is, nothing that a system keeps for itself.
 */

/** Characters; systems take 255 octets. */
const LENGTH = 120;
const ENDING = 12;

/** RFC 2045 types that people know by an ending. */
const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/xml': 'xml',
  'application/zip': 'zip',
  'image/gif': 'gif',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'message/rfc822': 'eml',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/xml': 'xml',
};

/** C0 and C1 controls, marks of direction and joining, the line and paragraph separators, the noncharacters. */
const UNSEEN = /[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/g;
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

/** `name` as the sender gave it; `type` in lower case; `number` for a file without a name. */
export function safeName(name: string | null, type: string, number: number): string {
  const bare = (name ?? '').normalize('NFC').replace(UNSEEN, '').split(/[/\\]/).at(-1) ?? '';
  const plain = [...bare.replace(/["*:<>?|%;]/g, '_').replace(/\s+/g, ' ')].filter((character) => !isLoneSurrogate(character)).join('');
  const trimmed = plain.replace(/^[. ]+/, '').replace(/[. ]+$/, '');
  if (trimmed === '') return `attachment-${number}${ENDINGS[type] === undefined ? '' : `.${ENDINGS[type]}`}`;
  return shortened(RESERVED.test(trimmed) ? `_${trimmed}` : trimmed);
}

function isLoneSurrogate(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xd800 && code <= 0xdfff;
}

/** Its ending stays. */
function shortened(name: string): string {
  const characters = [...name];
  if (characters.length <= LENGTH) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= ENDING ? name.slice(dot) : '';
  return `${characters.slice(0, LENGTH - ending.length).join('')}${ending}`;
}

/** The field's value (RFC 6266 §4), with the name in ASCII for old programs and in full for all others (RFC 8187 §3.2). */
export function attachmentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '_');
  const full = encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return ascii === name ? `attachment; filename="${ascii}"` : `attachment; filename="${ascii}"; filename*=UTF-8''${full}`;
}
