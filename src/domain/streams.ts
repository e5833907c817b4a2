/**
 * Tells mail of one kind where no template is named: a stream is the fingerprint of what its subjects
 * and its HTML have in common. Pure; time grows with the text alone.
 *
 * Of a subject what varies from one mail to the next is taken out: numbers and what they stand in, dates
 * with their months, addresses, what is quoted, the recipients' names, and names behind a preposition. Of the
 * HTML the elements that make a layout and the classes of all elements count, each once: how many rows
 * or paragraphs there are, and what is bold in them, is different in each mail.
 */
import { createHash } from 'node:crypto';

/** What the mail says of its recipients, so that it can be told from the rest: display names and addresses. */
export interface SubjectContext {
  readonly recipients: readonly string[];
}

const SUBJECT_LIMIT = 300;
const PATTERN_LIMIT = 120;
const NUMBER = '#';
const NAME = '…';

/** Of replies and forwards, in the languages of mail programs. */
const PREFIX = /^(?:\s*(?:re|aw|antw|fwd?|wg|tr|doorst|rif|sv|vs)\s*(?:\[\d+\])?:)+/i;
const ADDRESS = /[^\s<>"(),;:]+@[^\s<>"(),;:]+/g;
const LINK = /\bhttps?:\/\/\S+/gi;
/** A pair of marks on one line; an apostrophe is none. */
const QUOTED = /"[^"]{1,100}"|“[^”]{1,100}”|„[^“”]{1,100}[“”]|«[^»]{1,100}»/g;
const WITH_DIGIT = /[^\s]*\p{N}[^\s]*/gu;

const MONTHS = [
  'jan(?:uary|uari|vier|uar)?|jänner|feb(?:ruary|ruari|ruar)?|févr?(?:ier)?|mar(?:ch)?|maart|mrt|mars|märz|apr(?:il)?|avr(?:il)?',
  'may|mei|mai|june?|juni|juin|july?|juli|juillet|aug(?:ust|ustus)?|août|sep(?:t|tember|tembre)?',
  'o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember|embre)?|déc(?:embre)?',
].join('|');
const MONTH = new RegExp(`(?<!\\p{L})(?:${MONTHS})\\.?(?!\\p{L})`, 'giu');
const DAY =
  /(?<!\p{L})(?:mon|tues|wednes|thurs|fri|satur|sun)day(?!\p{L})|(?<!\p{L})(?:maan|dins|woens|donder|vrij|zater|zon)dag(?!\p{L})|(?<!\p{L})(?:mon|diens|donners|frei|sams|sonn)tag(?!\p{L})|(?<!\p{L})mittwoch(?!\p{L})|(?<!\p{L})(?:lun|mar|mercre|jeu|vendre|same)di(?!\p{L})|(?<!\p{L})dimanche(?!\p{L})/giu;
/** Dates between numbers: `12 # 2026` is one number. */
const NUMBERS = /#(?:[\s,./:–-]+#)+/g;

/** Behind these a capital begins a name, unless it is one of those that speak to the reader. */
const PREPOSITIONS = new Set(
  'for from to by with at of voor van aan door bij met für von an bei mit vom zum zur pour de du des à chez par'.split(' '),
);
const POSSESSIVES = /^(?:your|our|uw|jouw|je|ons|onze|ihre?[mnrs]?|unsere?[mnrs]?|dein\p{L}*|vo(?:tre|s)|no(?:tre|s))$/iu;
/** Words within names that are not capitals: `Jansen & Zn.`, `van der Berg`, `S. de Vries`. */
const LINKS = new Set(['&', '+', 'van', 'der', 'den', 'de', 'von', 'zu', 'du', 'la', 'le', 'und', 'en', 'et', 'and']);

/** The subject with what varies taken out, for people to read: `invoice # for …`. Empty where there is none. */
export function subjectPattern(subject: string | null, { recipients }: SubjectContext): string {
  const text = (subject ?? '')
    .slice(0, SUBJECT_LIMIT)
    .normalize('NFC')
    .replace(PREFIX, '')
    .replace(LINK, NAME)
    .replace(ADDRESS, NAME)
    .replace(QUOTED, NAME)
    .replace(WITH_DIGIT, NUMBER);
  // Names first: Jan is one, too.
  return withoutNames(text, recipients)
    .replace(MONTH, NUMBER)
    .replace(DAY, NUMBER)
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/…(?:[\s,]+…)+/g, NAME)
    .replace(NUMBERS, NUMBER)
    .trim()
    .slice(0, PATTERN_LIMIT);
}

function withoutNames(text: string, recipients: readonly string[]): string {
  const known = new Set(recipients.slice(0, 20).flatMap(nameWords));
  const words = text.split(/(\s+)/);
  const reduced: string[] = [];
  let inName: boolean = false;
  let before = '';
  for (const word of words) {
    if (word.trim() === '') {
      reduced.push(word);
      continue;
    }
    const bare = word.replace(/^[^\p{L}\p{N}&+]+|[^\p{L}\p{N}&+]+$/gu, '');
    const capital = /^\p{Lu}/u.test(bare);
    const begins = capital && PREPOSITIONS.has(before) && !POSSESSIVES.test(bare);
    const goesOn: boolean = inName && (capital || LINKS.has(bare.toLowerCase()));
    const isName: boolean = begins || goesOn || known.has(bare.toLowerCase());
    reduced.push(isName ? NAME : word);
    // What ends with a stop that is no abbreviation, or with a bracket, ends the name too.
    inName = isName && !/[,;:!?)\]|]$/.test(word);
    before = bare.toLowerCase();
  }
  return reduced.join('');
}

/** Words of a name or an address by which a subject may call the recipient. */
function nameWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 2 && !COMMON.has(word));
}

/** In addresses of anybody: they say nothing of whom the mail is to. */
const COMMON = new Set(
  'info mail office com net org www invoice invoices factuur facturen rechnung rechnungen facture factures order orders sales service finance admin accounts payable boekhouding buchhaltung'.split(
    ' ',
  ),
);

const HTML_LIMIT = 128 * 1024;
const TAGS_LIMIT = 5000;
const CLASSES_LIMIT = 100;
/** Elements that make a layout. */
const LAYOUT = new Set(
  'table img ul ol h1 h2 h3 h4 h5 h6 hr button form style svg header footer section article nav center pre blockquote'.split(' '),
);
/** Its name, then all up to the next `>`, quoted ones passed over; each alternative begins with another sign. */
const TAG = /<([a-z][a-z0-9]{0,20})((?:[^<>"']|"[^"<>]*"|'[^'<>]*')*)>/gi;
const CLASS = /\sclass\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i;

/** What the HTML is built of, in one line; `text` where there is none. */
export function htmlStructure(html: string | null): string {
  if (html === null) return 'text';
  const parts = new Set<string>();
  let tags = 0;
  for (const [, name = '', attributes = ''] of html.slice(0, HTML_LIMIT).matchAll(TAG)) {
    if (++tags > TAGS_LIMIT) break;
    const tag = name.toLowerCase();
    if (LAYOUT.has(tag)) parts.add(tag);
    const classes = CLASS.exec(attributes);
    if (classes === null || parts.size > CLASSES_LIMIT) continue;
    for (const one of (classes[1] ?? classes[2] ?? classes[3] ?? '').split(/\s+/)) {
      // What bears a number was made for this mail alone.
      if (one !== '' && one.length <= 40 && !/\d{2}/.test(one)) parts.add(`.${one.toLowerCase()}`);
    }
  }
  return ['html', ...[...parts].sort()].join(' ');
}

/** 16 letters and digits. Mail of two accounts is never of one stream. */
export function streamOf(kind: { readonly account: string; readonly pattern: string; readonly structure: string }): string {
  return createHash('sha256')
    .update(JSON.stringify([kind.account, kind.pattern, kind.structure]))
    .digest('hex')
    .slice(0, 16);
}
