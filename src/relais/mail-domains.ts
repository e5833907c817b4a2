/**
 * Whether a domain takes mail, as the resolvers of the configuration say: by its MX, or its own address
 * where it has none (RFC 5321 §5.1); not where it says so (null MX, RFC 7505 §3), has neither, or does not
 * exist. Null: that can not be told.
 *
 * Nothing is asked where the configuration does not lead to the DNS of the world: behind smarthosts alone
 * the resolvers may know the names of the house and no others, and the sandbox keeps to itself.
 */
import { NODATA, NOTFOUND } from 'node:dns/promises';
import type { DnsSource } from '../domain/dns-check.ts';
import type { Config } from '../domain/settings.ts';

type MailSource = Pick<DnsSource, 'resolveMx' | 'resolve4' | 'resolve6'>;

export function knowsTheWorld({ delivery, routes }: Pick<Config, 'delivery' | 'routes'>): boolean {
  return delivery.resolvers.length > 0 || routes.some(({ via }) => via === 'mx');
}

export async function takesMail(dns: MailSource, domain: string): Promise<boolean | null> {
  const exchanges = await recordsOf(dns.resolveMx(domain));
  if (exchanges === null) return null;
  if (exchanges.length > 0) return exchanges.some(({ exchange }) => exchange !== '' && exchange !== '.');
  const [four, six] = await Promise.all([recordsOf(dns.resolve4(domain)), recordsOf(dns.resolve6(domain))]);
  if ((four?.length ?? 0) + (six?.length ?? 0) > 0) return true;
  return four === null || six === null ? null : false;
}

/** Null: there was no answer. That a name or a type does not exist is one. */
async function recordsOf<T>(asked: Promise<readonly T[]>): Promise<readonly T[] | null> {
  try {
    return await asked;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === NODATA || code === NOTFOUND ? [] : null;
  }
}
