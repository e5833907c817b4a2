/** The DNS as the configuration's resolvers answer it: two tries of three seconds each. */
import { Resolver } from 'node:dns/promises';
import type { DnsSource } from '../domain/dns-check.ts';
import type { Config } from '../domain/settings.ts';

export function dnsSource({ delivery }: Pick<Config, 'delivery'>): DnsSource {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (delivery.resolvers.length > 0) resolver.setServers(delivery.resolvers);
  return resolver;
}

/** The same with an end: what is not answered `ms` from now on, all questions together, fails. */
export function withinTime(dns: DnsSource, ms: number): DnsSource {
  const until = performance.now() + ms;
  const bounded = <T>(asked: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer in time')), Math.max(0, until - performance.now()));
      asked.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  return {
    resolveTxt: (name) => bounded(dns.resolveTxt(name)),
    resolveMx: (name) => bounded(dns.resolveMx(name)),
    resolve4: (name) => bounded(dns.resolve4(name)),
    resolve6: (name) => bounded(dns.resolve6(name)),
    reverse: (address) => bounded(dns.reverse(address)),
  };
}
