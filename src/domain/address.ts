/**
 * Mail addresses as SMTP knows them: the mailbox of RFC 5321 §4.1.2, with the extension of
 * RFC 6531 §3.3 for SMTPUTF8. Parsed once at the edge; past it only branded values travel.
 * Route addresses (`@a,@b:c@d`) are refused although §4.1.2 still knows them: nothing sends them
 * but attempts to abuse a relay (RFC 5321 appendix C).
 */
import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

declare const addressBrand: unique symbol;
/** A mailbox `local@domain`; the local part as given, the domain in lower case. */
export type Address = string & { readonly [addressBrand]: true };

/** RFC 5321 §4.5.5: the null reverse-path is a path of its own, not an empty address. */
export type ReversePath = { readonly kind: 'null' } | { readonly kind: 'address'; readonly address: Address };

export const NULL_REVERSE_PATH: ReversePath = { kind: 'null' };

export type AddressError = 'empty' | 'syntax' | 'too-long' | 'utf8' | 'source-route';

export type ParsedAddress = { readonly ok: true; readonly address: Address } | { readonly ok: false; readonly error: AddressError };

const ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\-\\u0080-\\u{10ffff}]";
const DOT_STRING = new RegExp(`^${ATEXT}+(?:\\.${ATEXT}+)*$`, 'u');
const QUOTED_STRING = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u0080-\u{10ffff}]|\\[\x20-\x7e])*"$/u;
const LABEL = /^[A-Za-z0-9\u0080-\u{10ffff}](?:[A-Za-z0-9_\-\u0080-\u{10ffff}]*[A-Za-z0-9\u0080-\u{10ffff}])?$/u;
const ADDRESS_LITERAL = /^\[(?:(?<v4>[\d.]+)|IPv6:(?<v6>[0-9A-Fa-f:.]+))\]$/i;
/** A name that ends in a number is an IP address to resolvers (`127.1`, `0x7f.1`), never a domain. */
const NUMERIC_LABEL = /^(?:\d+|0x[0-9a-f]*)$/i;
/** Controls of both ranges, line separators, lone surrogates and U+FFFD: no octets of any mailbox. */
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd]|\p{Surrogate}/u;
const NON_ASCII = /[^\x00-\x7f]/;

/** Limits in octets: RFC 5321 §4.5.3.1.1 (local part), .2 (domain), .3 (path, less its brackets). */
const LOCAL_PART_LIMIT = 64;
const DOMAIN_LIMIT = 255;
const PATH_LIMIT = 254;

/**
 * Parses a mailbox without angle brackets. `smtputf8` says whether the transaction declared
 * SMTPUTF8 (RFC 6531 §3.4); without it any non-ASCII octet is an error.
 */
export function parseAddress(text: string, options: { readonly smtputf8: boolean }): ParsedAddress {
  if (text === '') return { ok: false, error: 'empty' };
  if (FORBIDDEN.test(text)) return { ok: false, error: 'syntax' };
  if (text.startsWith('@')) return { ok: false, error: 'source-route' };
  const at = text.lastIndexOf('@');
  if (at <= 0 || at === text.length - 1) return { ok: false, error: 'syntax' };
  const local = text.slice(0, at);
  const domain = text.slice(at + 1);
  const utf8 = NON_ASCII.test(text);
  if (utf8 && !options.smtputf8) return { ok: false, error: 'utf8' };
  if (Buffer.byteLength(local) > LOCAL_PART_LIMIT || Buffer.byteLength(domain) > DOMAIN_LIMIT) {
    return { ok: false, error: 'too-long' };
  }
  if (Buffer.byteLength(text) > PATH_LIMIT) return { ok: false, error: 'too-long' };
  if (!DOT_STRING.test(local) && !QUOTED_STRING.test(local)) return { ok: false, error: 'syntax' };
  if (!isDomain(domain)) return { ok: false, error: 'syntax' };
  return { ok: true, address: `${local}@${domain.toLowerCase()}` as Address };
}

function isDomain(domain: string): boolean {
  if (domain.startsWith('[')) return isAddressLiteral(domain);
  if (!domain.split('.').every((label) => LABEL.test(label))) return false;
  // RFC 5890 §2.3.2.1: a U-label that has no A-label is none; the limits hold for the A-label.
  const ascii = NON_ASCII.test(domain) ? domainToASCII(domain) : domain;
  if (ascii === '' || ascii.length > DOMAIN_LIMIT) return false;
  const labels = ascii.split('.');
  return labels.every((label) => label !== '' && label.length <= 63) && !NUMERIC_LABEL.test(labels.at(-1) ?? '');
}

/** RFC 5321 §4.1.3: IPv4 and IPv6 only; no other kind was ever registered. */
function isAddressLiteral(text: string): boolean {
  const { v4, v6 } = ADDRESS_LITERAL.exec(text)?.groups ?? {};
  return v4 === undefined ? v6 !== undefined && isIPv6(v6) : isIPv4(v4);
}

/** The address when the text is one, with SMTPUTF8 allowed; undefined otherwise. */
export function toAddress(text: string): Address | undefined {
  const parsed = parseAddress(text, { smtputf8: true });
  return parsed.ok ? parsed.address : undefined;
}

export function localPartOf(address: Address): string {
  return address.slice(0, address.lastIndexOf('@'));
}

/** The domain in lower case, as given: U-label or A-label. */
export function domainOf(address: Address): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** The domain in A-label form (RFC 5891 §4.4), as DNS and hops without SMTPUTF8 need it. */
export function asciiDomainOf(address: Address): string {
  const domain = domainOf(address);
  return NON_ASCII.test(domain) ? domainToASCII(domain) : domain;
}

/** The address with its domain in A-label form; undefined when the local part is not ASCII (RFC 6531 §3.3). */
export function asciiAddress(address: Address): Address | undefined {
  if (!NON_ASCII.test(address)) return address;
  const local = localPartOf(address);
  return NON_ASCII.test(local) ? undefined : (`${local}@${asciiDomainOf(address)}` as Address);
}

/**
 * The form in which addresses are compared and indexed: composed (NFC, RFC 6532 §3.1) and lower
 * case throughout, A-label domain, no needless quotes (RFC 5321 §4.1.2: `"ann"@x` is `ann@x`).
 */
export function normalizeAddress(address: Address): string {
  const local = localPartOf(address);
  const bare = local.startsWith('"') ? local.slice(1, -1).replace(/\\(.)/gu, '$1') : local;
  return `${(DOT_STRING.test(bare) ? bare : local).normalize('NFC').toLowerCase()}@${asciiDomainOf(address)}`;
}

/** The text of a reverse-path as it stands in MAIL FROM, without brackets; '' for the null one. */
export function reversePathText(path: ReversePath): string {
  return path.kind === 'null' ? '' : path.address;
}

/** Whether `pattern` covers the address: `*` any, `*@domain`, `*@*.domain`, or one whole address. */
export function addressMatches(pattern: string, address: Address): boolean {
  const at = pattern.lastIndexOf('@');
  const ascii = at === -1 ? pattern : `${pattern.slice(0, at).normalize('NFC')}@${asciiPattern(pattern.slice(at + 1))}`;
  return globMatches(ascii, normalizeAddress(address));
}

/** Whether `pattern` covers the domain, an A-label: `*` stands for any run of characters. */
export function domainMatches(pattern: string, domain: string): boolean {
  return globMatches(asciiPattern(pattern), domain);
}

/** People write patterns with U-labels too; what they are compared with are A-labels. */
function asciiPattern(pattern: string): string {
  if (!NON_ASCII.test(pattern)) return pattern;
  const ascii = domainToASCII(pattern);
  return ascii === '' ? pattern : ascii;
}

const globs = new Map<string, RegExp>();

/** Case-insensitive match of a pattern in which `*` stands for any run of characters. */
export function globMatches(pattern: string, text: string): boolean {
  let expression = globs.get(pattern);
  if (expression === undefined) {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*');
    // Without the u flag: with it, folding makes a long s or a Kelvin sign match an ASCII letter.
    expression = new RegExp(`^${escaped}$`, 'is');
    globs.set(pattern, expression);
  }
  return expression.test(text);
}
