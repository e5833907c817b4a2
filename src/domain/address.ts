/**
 * Mail addresses as SMTP knows them: the mailbox of RFC 5321 §4.1.2, with the extension of
 * RFC 6531 §3.3 for SMTPUTF8. Parsed once at the edge; past it only branded values travel.
 * Route addresses (`@a,@b:c@d`) are refused although §4.1.2 still knows them: nothing sends them
 * but attempts to abuse a relay (RFC 5321 appendix C).
 */
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
const ADDRESS_LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]+)\]$/;
const FORBIDDEN = /[\x00-\x1f\x7f\ufffd]/;
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
  if (domain.startsWith('[')) return ADDRESS_LITERAL.test(domain);
  return domain.split('.').every((label) => label.length <= 63 && LABEL.test(label));
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

/** The domain in A-label form (RFC 5891), as DNS and hops without SMTPUTF8 need it; '' if it has none. */
export function asciiDomainOf(address: Address): string {
  const domain = domainOf(address);
  return NON_ASCII.test(domain) ? domainToASCII(domain) : domain;
}

/** The address with its domain in A-label form; undefined when the local part is not ASCII (RFC 6531 §3.3). */
export function asciiAddress(address: Address): Address | undefined {
  if (!NON_ASCII.test(address)) return address;
  const local = localPartOf(address);
  const domain = asciiDomainOf(address);
  return NON_ASCII.test(local) || domain === '' ? undefined : (`${local}@${domain}` as Address);
}

/** The form in which addresses are compared and indexed: lower case throughout, A-label domain. */
export function normalizeAddress(address: Address): string {
  const domain = asciiDomainOf(address);
  return `${localPartOf(address).toLowerCase()}@${domain === '' ? domainOf(address) : domain}`;
}

/** The text of a reverse-path as it stands in MAIL FROM, without brackets; '' for the null one. */
export function reversePathText(path: ReversePath): string {
  return path.kind === 'null' ? '' : path.address;
}

/** Whether `pattern` covers the address: `*` any, `*@domain`, `*@*.domain`, or one whole address. */
export function addressMatches(pattern: string, address: Address): boolean {
  return globMatches(pattern, normalizeAddress(address));
}

/** Whether `pattern` covers the domain: `*` stands for any run of characters. */
export function domainMatches(pattern: string, domain: string): boolean {
  return globMatches(pattern, domain);
}

const globs = new Map<string, RegExp>();

/** Case-insensitive match of a pattern in which `*` stands for any run of characters. */
export function globMatches(pattern: string, text: string): boolean {
  let expression = globs.get(pattern);
  if (expression === undefined) {
    const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*');
    expression = new RegExp(`^${escaped}$`, 'iu');
    globs.set(pattern, expression);
  }
  return expression.test(text);
}
