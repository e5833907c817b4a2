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
import { Resolver } from 'node:dns/promises';
import type { Category, Reply } from '../../domain/reply.ts';

export interface MxRecord {
  readonly exchange: string;
  readonly priority: number;
}

/** As `node:dns` answers: rejects with a `code` of ENOTFOUND, ENODATA, ESERVFAIL, ETIMEOUT, … */
export interface MxResolver {
  resolveMx(domain: string): Promise<readonly MxRecord[]>;
  resolve4(host: string): Promise<readonly string[]>;
  resolve6(host: string): Promise<readonly string[]>;
}

export interface MxHost {
  /** Null for an address literal: no name to check a certificate against. */
  readonly name: string | null;
  readonly address: string;
}

export type MxAnswer =
  | { readonly kind: 'hosts'; readonly hosts: readonly MxHost[] }
  | { readonly kind: 'refused'; readonly reply: Reply; readonly category: Category; readonly addressInvalid: boolean }
  | { readonly kind: 'unreachable'; readonly error: string };

export type FindMx = (domain: string) => Promise<MxAnswer>;

/** Addresses tried in one attempt. */
const HOST_LIMIT = 6;
const ANSWER_LIFETIME = 60_000;
const ANSWER_LIMIT = 10_000;

export function systemResolver(servers: readonly string[]): MxResolver {
  const resolver = new Resolver({ timeout: 5_000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  return resolver;
}

export function createFindMx(options: {
  readonly resolver: MxResolver;
  /** Our own name: hosts at and behind it are left out (RFC 5321 §5.1). */
  readonly hostname: string;
  readonly random: () => number;
  readonly now: () => number;
}): FindMx {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<MxAnswer> }>();
  return (domain) => {
    const now = options.now();
    const known = answers.get(domain);
    if (known !== undefined && known.until > now) return known.answer;
    const answer = lookUp(domain, options);
    answers.delete(domain);
    answers.set(domain, { until: now + ANSWER_LIFETIME, answer });
    if (answers.size > ANSWER_LIMIT) answers.delete(answers.keys().next().value ?? domain);
    // What did not come is asked for again by the next attempt.
    void answer.then(({ kind }) => kind === 'unreachable' && answers.delete(domain));
    return answer;
  };
}

async function lookUp(domain: string, options: Parameters<typeof createFindMx>[0]): Promise<MxAnswer> {
  const literal = addressLiteral(domain);
  if (literal !== undefined) return { kind: 'hosts', hosts: [{ name: null, address: literal }] };
  let records: readonly MxRecord[];
  try {
    records = await options.resolver.resolveMx(domain);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOTFOUND') return NO_SUCH_DOMAIN;
    if (code !== 'ENODATA') return { kind: 'unreachable', error: `MX of ${domain}: ${code}` };
    records = [];
  }
  if (records.length === 0) return implicitMx(domain, options.resolver);
  const named = records.filter(({ exchange }) => exchange !== '' && exchange !== '.');
  if (named.length === 0) return NULL_MX; // RFC 7505 §3
  const ordered = orderOf(named, options.random);
  const own = ordered.find(({ exchange }) => sameName(exchange, options.hostname));
  const before = own === undefined ? ordered : ordered.filter(({ priority }) => priority < own.priority);
  if (before.length === 0)
    return { kind: 'unreachable', error: `MX of ${domain} is ${options.hostname}, which is this relay: no route leads on` };
  return addressesOf(domain, before, options.resolver);
}

/** RFC 5321 §5.1: by preference, and by lot where it is equal. */
function orderOf(records: readonly MxRecord[], random: () => number): readonly MxRecord[] {
  return records
    .map((record) => ({ record, lot: random() }))
    .sort((a, b) => a.record.priority - b.record.priority || a.lot - b.lot)
    .map(({ record }) => record);
}

async function addressesOf(domain: string, records: readonly MxRecord[], resolver: MxResolver): Promise<MxAnswer> {
  const hosts: MxHost[] = [];
  const errors: string[] = [];
  for (const { exchange } of records) {
    if (hosts.length >= HOST_LIMIT) break;
    const { addresses, error } = await addressesOfHost(exchange, resolver);
    hosts.push(...addresses.map((address) => ({ name: exchange, address })));
    if (error !== null) errors.push(error);
  }
  if (hosts.length === 0) return { kind: 'unreachable', error: `no mail host of ${domain} has an address: ${errors.join(', ')}` };
  return { kind: 'hosts', hosts: hosts.slice(0, HOST_LIMIT) };
}

/** RFC 5321 §5.1: without MX the domain itself is the host. */
async function implicitMx(domain: string, resolver: MxResolver): Promise<MxAnswer> {
  const { addresses, error } = await addressesOfHost(domain, resolver);
  if (addresses.length > 0) return { kind: 'hosts', hosts: addresses.map((address) => ({ name: domain, address })) };
  return error === null ? NO_MAIL_HOST : { kind: 'unreachable', error };
}

/** Addresses, IPv4 first. `error`: why there are none, where the DNS did not state it. */
async function addressesOfHost(host: string, resolver: MxResolver): Promise<{ addresses: readonly string[]; error: string | null }> {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const code = answers.map((answer) => (answer.status === 'rejected' ? codeOf(answer.reason) : '')).find(isNoAnswer);
  return { addresses, error: addresses.length === 0 && code !== undefined ? `${host}: ${code}` : null };
}

function isNoAnswer(code: string): boolean {
  return code !== '' && code !== 'ENODATA' && code !== 'ENOTFOUND';
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
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
