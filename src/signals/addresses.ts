/**
 * Which IP addresses a webhook may be sent to when its rule does not say `allowPrivate`: globally
 * reachable unicast (RFC 6890), and nothing that leads back inside by another name: IPv4-mapped and
 * IPv4-compatible addresses, NAT64 (RFC 6052, RFC 8215), 6to4, Teredo. `0x7f.1` and its like are no
 * case of their own: what is judged is the address that is dialled, not how it was written.
 */
import ipaddr from 'ipaddr.js';

/** Global unicast, RFC 4291 §2.4: all that IANA gives out for it so far. */
const GLOBAL_UNICAST = ipaddr.IPv6.parse('2000::');

export function isPublicAddress(address: string): boolean {
  // A zone index (RFC 4007 §11) names an interface of ours.
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST, 3);
}
