/**
 * Where the mail of a domain goes: MX by preference, the domain's own address where there is no MX,
 * nothing where the domain says so. Answers are kept for a minute, so that a burst asks once.
 *
 * Standards: RFC 5321 §5.1 (order, the implicit MX, our own name among the hosts), RFC 7505 (null
 * MX), RFC 5321 §4.1.3 (address literals).
 *
 * Failure: only what the DNS states (no such domain, null MX) fails a recipient. No answer, or one
 * that says the server failed, is `unreachable` and waits.
 */
import type { Category, Reply } from '../../domain/reply.ts';
import { type DnsAnswer, DnsFailure, type MailResolver, type MxRecord } from './dns.ts';
import { keepAnswers } from './kept-answers.ts';

export interface MxHost {
  /** Null for an address literal: no name to check a certificate against. */
  readonly name: string | null;
  readonly address: string;
  /** Its addresses were validated: TLSA records at its name can be believed (RFC 7672 §2.2.2). */
  readonly secure: boolean;
  /** The name that it is an alias of; null: of none. */
  readonly alias: string | null;
}

export type MxAnswer =
  /** `secure`: that these are the hosts was validated (RFC 7672 §2.2.1). */
  | { readonly kind: 'hosts'; readonly hosts: readonly MxHost[]; readonly secure: boolean }
  | { readonly kind: 'refused'; readonly reply: Reply; readonly category: Category; readonly addressInvalid: boolean }
  | { readonly kind: 'unreachable'; readonly error: string };

export type FindMx = (domain: string) => Promise<MxAnswer>;

/** Addresses tried in one attempt. */
const HOST_LIMIT = 6;

export function createFindMx(options: {
  readonly resolver: MailResolver;
  /** Our own name: hosts at and behind it are left out (RFC 5321 §5.1). */
  readonly hostname: string;
  readonly random: () => number;
  readonly now: () => number;
}): FindMx {
  return keepAnswers({ ask: (domain) => lookUp(domain, options), passing: ({ kind }) => kind === 'unreachable', now: options.now });
}

async function lookUp(domain: string, options: Parameters<typeof createFindMx>[0]): Promise<MxAnswer> {
  const literal = addressLiteral(domain);
  if (literal !== undefined) {
    return { kind: 'hosts', hosts: [{ name: null, address: literal, secure: false, alias: null }], secure: false };
  }
  try {
    return await hostsOf(domain, await options.resolver.resolveMx(domain), options);
  } catch (error) {
    if (error instanceof DnsFailure) return { kind: 'unreachable', error: `MX of ${domain}: ${error.code}` };
    throw error;
  }
}

async function hostsOf(domain: string, answer: DnsAnswer<MxRecord>, options: Parameters<typeof createFindMx>[0]): Promise<MxAnswer> {
  const { records, secure } = answer;
  if (answer.kind === 'no-domain') return NO_SUCH_DOMAIN;
  if (records.length === 0) return implicitMx(domain, options.resolver, secure);
  const named = records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
  if (named.length === 0) return NULL_MX; // RFC 7505 §3
  const ordered = orderOf(named, options.random);
  const own = ordered.find(({ exchange }) => sameName(exchange, options.hostname));
  const before = own === undefined ? ordered : ordered.filter(({ priority }) => priority < own.priority);
  if (before.length === 0)
    return { kind: 'unreachable', error: `MX of ${domain} is ${options.hostname}, which is this relay: no route leads on` };
  return addressesOf(domain, before, options.resolver, secure);
}

/** RFC 5321 §5.1: by preference, and by lot where it is equal. */
function orderOf(records: readonly MxRecord[], random: () => number): readonly MxRecord[] {
  return records
    .map((record) => ({ record, lot: random() }))
    .sort((a, b) => a.record.priority - b.record.priority || a.lot - b.lot)
    .map(({ record }) => record);
}

async function addressesOf(domain: string, records: readonly MxRecord[], resolver: MailResolver, secure: boolean): Promise<MxAnswer> {
  const hosts: MxHost[] = [];
  const errors: string[] = [];
  for (const { exchange } of records) {
    if (hosts.length >= HOST_LIMIT) break;
    const found = await addressesOfHost(exchange, resolver);
    hosts.push(...found.hosts);
    if (found.error !== null) errors.push(found.error);
  }
  if (hosts.length === 0) return { kind: 'unreachable', error: `no mail host of ${domain} has an address: ${errors.join(', ')}` };
  return { kind: 'hosts', hosts: hosts.slice(0, HOST_LIMIT), secure };
}

/** RFC 5321 §5.1: without MX the domain itself is the host. */
async function implicitMx(domain: string, resolver: MailResolver, secure: boolean): Promise<MxAnswer> {
  const { hosts, error } = await addressesOfHost(domain, resolver);
  if (hosts.length > 0) return { kind: 'hosts', hosts, secure };
  return error === null ? NO_MAIL_HOST : { kind: 'unreachable', error };
}

/** Addresses, IPv4 first. `error`: why there are none, where the DNS did not state it. */
async function addressesOfHost(host: string, resolver: MailResolver): Promise<{ hosts: readonly MxHost[]; error: string | null }> {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value.kind === 'records' ? [answer.value] : []));
  // RFC 7672 §2.2.2: one family that was not validated spoils the other, for it could lead elsewhere.
  const secure = found.every((answer) => answer.secure);
  const hosts = found.flatMap(({ records, alias }) => records.map((address) => ({ name: host, address, secure, alias })));
  const failed = answers.find((answer) => answer.status === 'rejected');
  return { hosts, error: hosts.length === 0 && failed !== undefined ? `${host}: ${String(failed.reason.message)}` : null };
}

function sameName(a: string, b: string): boolean {
  return a.replace(/\.$/, '').toLowerCase() === b.replace(/\.$/, '').toLowerCase();
}

/** The address of `[192.0.2.1]` or `[IPv6:2001:db8::1]`. */
function addressLiteral(domain: string): string | undefined {
  const match = /^\[(?:ipv6:)?([0-9a-f:.]+)\]$/i.exec(domain);
  return match?.[1];
}

const NULL_MX: MxAnswer = {
  kind: 'refused',
  // RFC 7505 §4.2
  reply: { code: 556, status: '5.1.10', text: 'the domain accepts no mail (null MX)' },
  category: 'domain-unknown',
  addressInvalid: true,
};

const NO_SUCH_DOMAIN: MxAnswer = {
  kind: 'refused',
  reply: { code: 550, status: '5.1.2', text: 'the domain does not exist' },
  category: 'domain-unknown',
  addressInvalid: true,
};

const NO_MAIL_HOST: MxAnswer = {
  kind: 'refused',
  reply: { code: 550, status: '5.4.4', text: 'the domain has neither MX nor address' },
  category: 'domain-unknown',
  // The domain is there; its DNS may be mended.
  addressInvalid: false,
};
