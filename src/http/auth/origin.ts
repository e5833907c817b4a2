/**
 * What a browser says of where a request comes from. A page that rides on a cookie answers under
 * its own name only (DNS rebinding), and changes nothing on behalf of another site (CSRF).
 */
import type { HttpSettings } from '../../domain/settings.ts';
import type { AppContext } from '../environment.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);
const ANY_ADDRESS = new Set(['0.0.0.0', '::', '']);
const IP_LITERAL = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i;

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/**
 * Whether the Host names this server: the public URL's host, a loopback name, the address listened
 * on, or, where that is any address, an IP literal; a foreign site can bring a name only.
 */
export function hostIsOurs(host: string | undefined, settings: HttpSettings): boolean {
  if (host === undefined) return false;
  const name = hostName(host);
  if (LOOPBACK_NAMES.has(name)) return true;
  if (settings.publicUrl !== null && host.toLowerCase() === new URL(settings.publicUrl).host) return true;
  if (name === settings.address.toLowerCase() || name === `[${settings.address.toLowerCase()}]`) return true;
  return ANY_ADDRESS.has(settings.address) && IP_LITERAL.test(name);
}

/** What the headers say: ours, another's, or nothing (an old browser, or a site without TLS and Origin). */
export function requestOrigin(c: AppContext): 'ours' | 'foreign' | 'unknown' {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' ? 'ours' : 'foreign';
  const origin = c.req.header('origin');
  if (origin === undefined) return 'unknown';
  return URL.canParse(origin) && new URL(origin).host === (c.req.header('host') ?? '').toLowerCase() ? 'ours' : 'foreign';
}
