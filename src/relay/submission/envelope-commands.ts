/**
 * MAIL and RCPT as they come from the client (RFC 5321 §4.1.1.2, §4.1.1.3), with the parameters of
 * SIZE (RFC 1870), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531), DSN (RFC 3461), AUTH (RFC 4954 §5),
 * FUTURERELEASE (RFC 4865) and REQUIRETLS (RFC 8689).
 * Pure: a line goes in, the parsed command or a refusal comes out. Stricter than smtp-server, whose
 * own parser turns invalid UTF-8 into U+FFFD, A-labels into U-labels, and unknown parameters into 250.
 */
import { isUtf8 } from 'node:buffer';
import { type Address, type AddressError, NULL_REVERSE_PATH, parseAddress, type ReversePath } from '../../domain/address.ts';
import type { EnvelopeRecipient, Notify, OriginalRecipient } from '../../domain/envelope.ts';
import type { Hold } from './future-release.ts';
import { type Refusal, refusal } from './refusal.ts';
import { parseInternetTime } from './send-at.ts';

export interface MailCommand {
  readonly reversePath: ReversePath;
  /** SIZE, as declared. */
  readonly size: number | null;
  readonly ret: 'full' | 'hdrs' | null;
  readonly envid: string | null;
  readonly smtputf8: boolean;
  readonly eightBitMime: boolean;
  readonly requireTls: boolean;
  readonly hold: Hold | null;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

/** Keyword in upper case, value as it came; null when there is none. */
type EsmtpParameters = ReadonlyMap<string, string | null>;

function refuse(...reply: Parameters<typeof refusal>): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: refusal(...reply) };
}

function accept<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

const COMMAND = { mail: /^MAIL +FROM: */i, rcpt: /^RCPT +TO: */i };
/** A path: no `>` outside quotes. */
const PATH = /^<((?:"(?:[^"\\]|\\.)*"|[^<>"])*)>(?: +(.*))?$/s;
const KEYWORD = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
const CONTROLS = /[\x00-\x1f\x7f]/;

interface PathAndParameters {
  readonly path: string;
  readonly parameters: EsmtpParameters;
}

function parseLine(line: Buffer, kind: 'mail' | 'rcpt'): Parsed<PathAndParameters> {
  const status = kind === 'mail' ? '5.1.7' : '5.1.3';
  const syntax = kind === 'mail' ? 'MAIL FROM:<local@domain>' : 'RCPT TO:<local@domain>';
  if (!isUtf8(line)) return refuse(501, status, 'The address is not valid UTF-8');
  const text = line.toString('utf8').replace(/[ \t]+$/, '');
  if (CONTROLS.test(text)) return refuse(501, status, 'Control characters are not allowed in an address');
  const command = COMMAND[kind].exec(text);
  if (command === null) return refuse(501, '5.5.4', `Syntax: ${syntax}`);
  const match = PATH.exec(text.slice(command[0].length));
  if (match === null) return refuse(501, status, `Malformed address; syntax: ${syntax}`);
  const parameters = parseParameters(match[2] ?? '');
  return parameters.ok ? accept({ path: match[1] ?? '', parameters: parameters.value }) : parameters;
}

const NO_PARAMETERS: EsmtpParameters = new Map();

/** RFC 5321 §4.1.2: esmtp-param. A keyword given twice is an error (RFC 3461 §4 says so for its own). */
function parseParameters(text: string): Parsed<EsmtpParameters> {
  if (text === '') return accept(NO_PARAMETERS);
  const parameters = new Map<string, string | null>();
  for (const part of text.split(/ +/)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const keyword = (equals === -1 ? part : part.slice(0, equals)).toUpperCase();
    if (!KEYWORD.test(keyword)) return refuse(501, '5.5.4', 'Malformed parameter; syntax: KEYWORD=value');
    if (parameters.has(keyword)) return refuse(501, '5.5.4', `Parameter ${keyword} is given twice`);
    parameters.set(keyword, equals === -1 ? null : part.slice(equals + 1));
  }
  return accept(parameters);
}

const ADDRESS_FAULTS: Record<Exclude<AddressError, 'utf8'>, string> = {
  empty: 'is empty',
  syntax: 'is not local@domain',
  'too-long': 'is too long',
  'source-route': 'is a source route, which this relay does not take',
};

function parsePath(path: string, smtputf8: boolean, kind: 'mail' | 'rcpt'): Parsed<Address> {
  const parsed = parseAddress(path, { smtputf8 });
  if (parsed.ok) return accept(parsed.address);
  // RFC 6531 §3.5: an address beyond ASCII without SMTPUTF8.
  if (parsed.error === 'utf8') return refuse(553, '5.6.7', 'The address is not ASCII; declare SMTPUTF8 with MAIL');
  const what = kind === 'mail' ? 'The sender address' : 'The recipient address';
  return refuse(501, kind === 'mail' ? '5.1.7' : '5.1.3', `${what} ${ADDRESS_FAULTS[parsed.error]}`);
}

/** RFC 5321 §4.1.1.11. */
function unknownParameter(keyword: string): Parsed<never> {
  return refuse(555, '5.5.4', `Parameter ${keyword} is not known`);
}

/** The parameters of MAIL: what each takes. */
const MAIL_PARAMETERS: ReadonlyMap<string, { readonly takes: RegExp | null; readonly wants: string }> = new Map([
  ['SIZE', { takes: /^\d{1,20}$/, wants: 'a number of octets' }],
  ['BODY', { takes: /^(?:7BIT|8BITMIME)$/i, wants: '7BIT or 8BITMIME' }],
  ['SMTPUTF8', { takes: null, wants: 'no value' }],
  ['RET', { takes: /^(?:FULL|HDRS)$/i, wants: 'FULL or HDRS' }],
  // RFC 3461 §4.4: up to 100 characters.
  ['ENVID', { takes: /^.{1,100}$/su, wants: '1 to 100 characters of xtext' }],
  // RFC 4954 §5: who first submitted is not believed, and need not be.
  ['AUTH', { takes: /./su, wants: 'an address or <>' }],
  // RFC 8689 §2.
  ['REQUIRETLS', { takes: null, wants: 'no value' }],
]);
/** RFC 4865 §3: seconds, 1 to 9 digits; or a time of RFC 3339. */
const HOLD_PARAMETERS: typeof MAIL_PARAMETERS = new Map([
  ['HOLDFOR', { takes: /^[1-9]\d{0,8}$/, wants: 'a number of seconds' }],
  ['HOLDUNTIL', { takes: /^.{20,40}$/s, wants: 'a time such as 2025-01-31T08:00:00Z' }],
]);
const RCPT_PARAMETERS: ReadonlySet<string> = new Set(['NOTIFY', 'ORCPT']);

export function parseMailCommand(line: Buffer, offered: { readonly futureRelease: boolean }): Parsed<MailCommand> {
  const parsed = parseLine(line, 'mail');
  if (!parsed.ok) return parsed;
  const { path, parameters } = parsed.value;
  const fault = mailParameterFault(parameters, offered.futureRelease);
  if (fault !== undefined) return fault;
  const hold = parseHold(parameters);
  if (hold === undefined) return refuse(501, '5.5.4', 'HOLDFOR and HOLDUNTIL exclude each other, and HOLDUNTIL wants a time that exists');
  const smtputf8 = parameters.has('SMTPUTF8');
  const address = path === '' ? null : parsePath(path, smtputf8, 'mail');
  if (address !== null && !address.ok) return address;
  const envid = parameters.get('ENVID');
  const decoded = envid == null ? null : decodeXtext(envid);
  if (decoded === undefined || decoded === '') return refuse(501, '5.5.4', 'ENVID is not xtext (RFC 3461 section 4)');
  const size = parameters.get('SIZE');
  return accept({
    reversePath: address === null ? NULL_REVERSE_PATH : { kind: 'address', address: address.value },
    size: size == null ? null : Number(size),
    ret: retOf(parameters.get('RET')),
    envid: decoded,
    smtputf8,
    eightBitMime: parameters.get('BODY')?.toUpperCase() === '8BITMIME',
    requireTls: parameters.has('REQUIRETLS'),
    hold,
  });
}

function retOf(value: string | null | undefined): 'full' | 'hdrs' | null {
  if (value == null) return null;
  return value.toUpperCase() === 'FULL' ? 'full' : 'hdrs';
}

/** RFC 4865 §3: one of the two at most. Undefined when malformed. */
function parseHold(parameters: EsmtpParameters): Hold | null | undefined {
  const seconds = parameters.get('HOLDFOR');
  const time = parameters.get('HOLDUNTIL');
  if (seconds != null && time != null) return undefined;
  if (seconds != null) return { kind: 'for', ms: Number(seconds) * 1000 };
  if (time == null) return null;
  const at = parseInternetTime(time);
  return at === undefined ? undefined : { kind: 'until', at };
}

function mailParameterFault(parameters: EsmtpParameters, futureRelease: boolean): Parsed<never> | undefined {
  for (const [keyword, value] of parameters) {
    const known = MAIL_PARAMETERS.get(keyword) ?? (futureRelease ? HOLD_PARAMETERS.get(keyword) : undefined);
    if (known === undefined) return unknownParameter(keyword);
    const valid = known.takes === null ? value === null : value !== null && known.takes.test(value);
    if (!valid) return refuse(501, '5.5.4', `Parameter ${keyword} wants ${known.wants}`);
  }
  return undefined;
}

/** `postmaster` without a domain is the one of `hostname` (RFC 5321 §4.1.1.3). */
export function parseRcptCommand(
  line: Buffer,
  options: { readonly smtputf8: boolean; readonly hostname: string },
): Parsed<EnvelopeRecipient> {
  const parsed = parseLine(line, 'rcpt');
  if (!parsed.ok) return parsed;
  const { path, parameters } = parsed.value;
  const address = parsePath(/^postmaster$/i.test(path) ? `${path}@${options.hostname}` : path, options.smtputf8, 'rcpt');
  if (!address.ok) return address;
  if (parameters.size === 0) return accept({ address: address.value, notify: null, orcpt: null });
  for (const keyword of parameters.keys()) if (!RCPT_PARAMETERS.has(keyword)) return unknownParameter(keyword);
  const notify = parameters.has('NOTIFY') ? parseNotify(parameters.get('NOTIFY') ?? '') : null;
  if (notify === undefined) return refuse(501, '5.5.4', 'NOTIFY wants NEVER, or any of SUCCESS,FAILURE,DELAY');
  const orcpt = parameters.has('ORCPT') ? parseOrcpt(parameters.get('ORCPT') ?? '') : null;
  if (orcpt === undefined) return refuse(501, '5.5.4', 'ORCPT wants type;xtext (RFC 3461 section 4.2)');
  return accept({ address: address.value, notify, orcpt });
}

const NOTIFY = new Map([
  ['SUCCESS', 'success'],
  ['FAILURE', 'failure'],
  ['DELAY', 'delay'],
] as const);

/** RFC 3461 §4.1. */
function parseNotify(value: string): Notify | undefined {
  const upper = value.toUpperCase();
  if (upper === 'NEVER') return 'never';
  const asked = new Set<'success' | 'failure' | 'delay'>();
  for (const part of upper.split(',')) {
    const condition = NOTIFY.get(part as 'SUCCESS' | 'FAILURE' | 'DELAY');
    if (condition === undefined) return undefined;
    asked.add(condition);
  }
  return [...asked];
}

/** RFC 3461 §4.2: at most 500 characters; RFC 6533 §3 for the type utf-8. */
function parseOrcpt(value: string): OriginalRecipient | undefined {
  const semicolon = value.indexOf(';');
  const type = value.slice(0, semicolon);
  if (value.length > 500 || semicolon === -1 || !/^[A-Za-z0-9-]{1,40}$/.test(type)) return undefined;
  const address = decodeXtext(value.slice(semicolon + 1));
  return address === undefined || address === '' ? undefined : { type, address };
}

/**
 * RFC 3461 §4: `+` and two upper-case hexadecimal digits stand for an octet. `=` is let through,
 * since it is often sent bare. Undefined when malformed, or when control characters come out.
 */
function decodeXtext(text: string): string | undefined {
  if (!text.includes('+')) return text;
  if (/\+(?![0-9A-F]{2})/.test(text)) return undefined;
  const latin1 = Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/\+([0-9A-F]{2})/g, (_escape: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const octets = Buffer.from(latin1, 'latin1');
  if (!isUtf8(octets)) return undefined;
  const decoded = octets.toString('utf8');
  return /[\x00-\x1f\x7f-\x9f]/.test(decoded) ? undefined : decoded;
}
