/**
 * What `relais check` asks the DNS, by the configuration's resolvers: whether each DKIM key is the
 * published one; SPF (RFC 7208 §3) and DMARC (RFC 7489 §6.1) of the domains that mail is sent as; that
 * bounces find their way back; that our name and address belong together, where mail goes out directly.
 *
 *   downstream  DNS. An answer that does not come is a warning: it says nothing of the record.
 */
import { Resolver } from 'node:dns/promises';
import type { Config, DkimKey } from '../domain/settings.ts';
import type { Checked } from './check.ts';
import { compareRecord, recordName, recordOf } from './dkim-record.ts';

/** As node:dns answers: rejects with a `code` of ENOTFOUND, ENODATA, ESERVFAIL, ETIMEOUT, … */
export interface DnsSource {
  resolveTxt(name: string): Promise<readonly (readonly string[])[]>;
  resolveMx(name: string): Promise<readonly { readonly exchange: string }[]>;
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
  reverse(address: string): Promise<readonly string[]>;
}

export function dnsSource({ delivery }: Config): DnsSource {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (delivery.resolvers.length > 0) resolver.setServers(delivery.resolvers);
  return resolver;
}

/** Nothing is asked for the sandbox: nothing of it leaves the machine. */
export async function checkDns(config: Config, dns: DnsSource): Promise<readonly Checked[]> {
  if (config.sandbox) return [];
  const domains = senderDomains(config);
  const checks = await Promise.all([
    ...config.dkim.map((key) => dkim(key, dns)),
    ...domains.map((domain) => spf(domain, dns)),
    ...domains.map((domain) => dmarc(domain, dns)),
    ...(config.reports.domain === null ? [] : [reportMx(config, config.reports.domain, dns)]),
    ...(config.routes.some(({ via }) => via === 'mx') ? [ownName(config.hostname, dns)] : []),
  ]);
  return checks.flat();
}

/** Domains that are signed for, and those that accounts name; patterns of whole zones name none. */
function senderDomains({ dkim: keys, accounts, reports }: Config): readonly string[] {
  const patterns = accounts.flatMap(({ senders }) => senders.map((pattern) => pattern.slice(pattern.lastIndexOf('@') + 1).toLowerCase()));
  const named = patterns.filter((domain) => domain.includes('.') && !domain.includes('*'));
  return [...new Set([...keys.map(({ domain }) => domain), ...named, ...(reports.domain === null ? [] : [reports.domain])])];
}

/** Strings of each record joined; empty where there is none; an error where nobody knows. */
async function texts(name: string, dns: DnsSource): Promise<readonly string[] | Error> {
  return answer(dns.resolveTxt(name), (records) => records.map((strings) => strings.join('')));
}

async function answer<T, R>(asked: Promise<readonly T[]>, read: (records: readonly T[]) => readonly R[]): Promise<readonly R[] | Error> {
  try {
    return read(await asked);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    return error instanceof Error ? error : new Error(String(error));
  }
}

function unknown(what: string, name: string, error: Error): Checked {
  return { what, state: 'warning', said: `${name} could not be looked up (${error.message}): try again, or see delivery.resolvers` };
}

async function dkim(key: DkimKey, dns: DnsSource): Promise<Checked[]> {
  const name = recordName(key);
  const found = await texts(name, dns);
  if (found instanceof Error) return [unknown('DKIM', name, found)];
  const [record, another] = found;
  if (record === undefined) {
    return [{ what: 'DKIM', state: 'failed', said: `${name} has no TXT record, so no signature holds; publish ${recordOf(key).value}` }];
  }
  // RFC 6376 §3.6.2.2: with several the result is undefined.
  if (another !== undefined)
    return [{ what: 'DKIM', state: 'failed', said: `${name} has ${found.length} TXT records; leave the one of this key` }];
  const { state, said } = compareRecord(record, key);
  return [{ what: 'DKIM', state, said: `${name} ${said}` }];
}

async function spf(domain: string, dns: DnsSource): Promise<Checked[]> {
  const found = await texts(domain, dns);
  if (found instanceof Error) return [unknown('SPF', domain, found)];
  const [record, another] = found.filter((text) => /^v=spf1(?: |$)/i.test(text));
  if (record === undefined) {
    const said = `${domain} has no SPF record (TXT, v=spf1 …): publish one that names the servers that send its mail, this relay or your provider`;
    return [{ what: 'SPF', state: 'warning', said }];
  }
  // RFC 7208 §4.5.
  if (another !== undefined)
    return [{ what: 'SPF', state: 'warning', said: `${domain} has more than one SPF record, which counts as an error: join them` }];
  return [{ what: 'SPF', state: 'ok', said: `${domain} ${record}` }];
}

/** RFC 7489 §6.6.3: the domain's own record, or that of one above it. */
async function dmarc(domain: string, dns: DnsSource): Promise<Checked[]> {
  for (let name = domain; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const found = await texts(`_dmarc.${name}`, dns);
    if (found instanceof Error) return [unknown('DMARC', `_dmarc.${name}`, found)];
    const record = found.find((text) => /^v=DMARC1(?:\s*;|$)/.test(text));
    if (record !== undefined) return [{ what: 'DMARC', state: 'ok', said: `_dmarc.${name} ${record}` }];
  }
  return [
    {
      what: 'DMARC',
      state: 'warning',
      said: `${domain} has no DMARC record: publish _dmarc.${domain} TXT "v=DMARC1; p=none" to begin with`,
    },
  ];
}

async function reportMx({ hostname }: Config, domain: string, dns: DnsSource): Promise<Checked[]> {
  const found = await answer(dns.resolveMx(domain), (records) => records.map(({ exchange }) => exchange.replace(/\.$/, '').toLowerCase()));
  if (found instanceof Error) return [unknown('MX', domain, found)];
  if (found.length === 0) {
    return [
      {
        what: 'MX',
        state: 'failed',
        said: `${domain} (reports.domain) has no MX, so bounces do not come back; publish MX 10 ${hostname}.`,
      },
    ];
  }
  if (found.includes(hostname)) return [{ what: 'MX', state: 'ok', said: `${domain} ${found.join(', ')}` }];
  return [
    {
      what: 'MX',
      state: 'warning',
      said: `the MX of ${domain} (reports.domain) is ${found.join(', ')}, not ${hostname}: see that it hands bounces on to this relay`,
    },
  ];
}

async function ownName(hostname: string, dns: DnsSource): Promise<Checked[]> {
  const same = (records: readonly string[]): readonly string[] => records;
  const found = await Promise.all([answer(dns.resolve4(hostname), same), answer(dns.resolve6(hostname), same)]);
  const fault = found.find((one) => one instanceof Error);
  const addresses = found.flatMap((one) => (one instanceof Error ? [] : one));
  if (addresses.length === 0) {
    if (fault instanceof Error) return [unknown('PTR', hostname, fault)];
    return [
      {
        what: 'PTR',
        state: 'warning',
        said: `${hostname} (hostname) has no address: many servers take no mail from a name that does not resolve`,
      },
    ];
  }
  return Promise.all(addresses.map((address) => pointer(hostname, address, dns)));
}

async function pointer(hostname: string, address: string, dns: DnsSource): Promise<Checked> {
  const found = await answer(dns.reverse(address), (names) => names.map((name) => name.replace(/\.$/, '').toLowerCase()));
  if (found instanceof Error) return unknown('PTR', address, found);
  if (found.includes(hostname)) return { what: 'PTR', state: 'ok', said: `${address} ${hostname}` };
  const said = `${address}, an address of ${hostname}, points to ${found.length === 0 ? 'nothing' : found.join(', ')}: have whoever gave you the address set it to ${hostname}`;
  return { what: 'PTR', state: 'warning', said };
}
