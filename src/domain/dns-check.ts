/**
 * What `relais check` and the settings ask the DNS: whether each DKIM key is the
 * published one; SPF (RFC 7208 §3) and DMARC (RFC 7489 §6.1) of the domains that mail is sent as; that
 * bounces find their way back; that our name and address belong together, where mail goes out directly.
 *
 *   downstream  DNS. An answer that does not come is a warning: it says nothing of the record.
 */
import { compareRecord, recordName, recordOf } from './dkim-record.ts';
import { type DnsFinding, dnsSentence } from './dns-words.ts';
import type { Config, DkimKey } from './settings.ts';

/** What of the configuration the DNS is asked about. */
export type DnsSubject = Pick<Config, 'sandbox' | 'hostname' | 'dkim' | 'accounts' | 'reports' | 'routes'>;

/** As node:dns answers: rejects with a `code` of ENOTFOUND, ENODATA, ESERVFAIL, ETIMEOUT, … */
export interface DnsSource {
  resolveTxt(name: string): Promise<readonly (readonly string[])[]>;
  resolveMx(name: string): Promise<readonly { readonly exchange: string }[]>;
  resolve4(name: string): Promise<readonly string[]>;
  resolve6(name: string): Promise<readonly string[]>;
  reverse(address: string): Promise<readonly string[]>;
}

/** What was found, in one sentence for the command line, and in parts for whoever says it in another language. */
export type DnsChecked = {
  readonly what: 'DKIM' | 'SPF' | 'DMARC' | 'MX' | 'PTR';
  readonly state: 'ok' | 'warning' | 'failed';
  readonly said: string;
} & DnsFinding;

/** Nothing is asked for the sandbox: nothing of it leaves the machine. */
export async function checkDns(config: DnsSubject, dns: DnsSource): Promise<readonly DnsChecked[]> {
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
function senderDomains({ dkim: keys, accounts, reports }: DnsSubject): readonly string[] {
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

function checked(what: DnsChecked['what'], state: DnsChecked['state'], finding: DnsFinding): DnsChecked {
  return { what, state, said: dnsSentence(finding), ...finding };
}

function unknown(what: DnsChecked['what'], name: string, { message }: Error): DnsChecked {
  return checked(what, 'warning', { code: 'unanswered', values: { name, error: message } });
}

async function dkim(key: DkimKey, dns: DnsSource): Promise<DnsChecked> {
  const name = recordName(key);
  const found = await texts(name, dns);
  if (found instanceof Error) return unknown('DKIM', name, found);
  const [record, another] = found;
  if (record === undefined) return checked('DKIM', 'failed', { code: 'dkim-missing', values: { name, publish: recordOf(key).value } });
  // RFC 6376 §3.6.2.2: with several the result is undefined.
  if (another !== undefined) return checked('DKIM', 'failed', { code: 'dkim-several', values: { name, count: found.length } });
  const { state, ...finding } = compareRecord(record, key);
  return checked('DKIM', state, finding);
}

async function spf(name: string, dns: DnsSource): Promise<DnsChecked> {
  const found = await texts(name, dns);
  if (found instanceof Error) return unknown('SPF', name, found);
  const [record, another] = found.filter((text) => /^v=spf1(?: |$)/i.test(text));
  if (record === undefined) return checked('SPF', 'warning', { code: 'spf-missing', values: { name } });
  // RFC 7208 §4.5.
  if (another !== undefined) return checked('SPF', 'warning', { code: 'spf-several', values: { name } });
  return checked('SPF', 'ok', { code: 'spf-ok', values: { name, record } });
}

/** RFC 7489 §6.6.3: the domain's own record, or that of one above it. */
async function dmarc(domain: string, dns: DnsSource): Promise<DnsChecked> {
  for (let at = domain; at.includes('.'); at = at.slice(at.indexOf('.') + 1)) {
    const name = `_dmarc.${at}`;
    const found = await texts(name, dns);
    if (found instanceof Error) return unknown('DMARC', name, found);
    const record = found.find((text) => /^v=DMARC1(?:\s*;|$)/.test(text));
    if (record !== undefined) return checked('DMARC', 'ok', { code: 'dmarc-ok', values: { name, record } });
  }
  return checked('DMARC', 'warning', { code: 'dmarc-missing', values: { name: domain } });
}

async function reportMx({ hostname }: DnsSubject, name: string, dns: DnsSource): Promise<DnsChecked> {
  const found = await answer(dns.resolveMx(name), (records) => records.map(({ exchange }) => exchange.replace(/\.$/, '').toLowerCase()));
  if (found instanceof Error) return unknown('MX', name, found);
  if (found.length === 0) return checked('MX', 'failed', { code: 'mx-missing', values: { name, hostname } });
  const hosts = found.join(', ');
  if (found.includes(hostname)) return checked('MX', 'ok', { code: 'mx-ok', values: { name, hosts } });
  return checked('MX', 'warning', { code: 'mx-other', values: { name, hosts, hostname } });
}

async function ownName(hostname: string, dns: DnsSource): Promise<DnsChecked[]> {
  const same = (records: readonly string[]): readonly string[] => records;
  const found = await Promise.all([answer(dns.resolve4(hostname), same), answer(dns.resolve6(hostname), same)]);
  const fault = found.find((one) => one instanceof Error);
  const addresses = found.flatMap((one) => (one instanceof Error ? [] : one));
  if (addresses.length > 0) return Promise.all(addresses.map((address) => pointer(hostname, address, dns)));
  if (fault instanceof Error) return [unknown('PTR', hostname, fault)];
  return [checked('PTR', 'warning', { code: 'ptr-no-address', values: { name: hostname } })];
}

async function pointer(hostname: string, name: string, dns: DnsSource): Promise<DnsChecked> {
  const found = await answer(dns.reverse(name), (names) => names.map((one) => one.replace(/\.$/, '').toLowerCase()));
  if (found instanceof Error) return unknown('PTR', name, found);
  if (found.includes(hostname)) return checked('PTR', 'ok', { code: 'ptr-ok', values: { name, hostname } });
  return checked('PTR', 'warning', { code: 'ptr-other', values: { name, hostname, names: found.join(', ') } });
}
