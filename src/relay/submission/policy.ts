/**
 * Who may submit what: the accounts, networks and limits of the configuration, compiled once. A
 * reload makes a new one; transactions under way keep theirs.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { accountNamed } from '../../domain/accounts.ts';
import { type Address, addressMatches, asciiDomainOf, type ReversePath } from '../../domain/address.ts';
import type { Store } from '../../domain/ports.ts';
import { type Account, DEFAULT_ACCOUNT, type SubmissionLimits, type SubmissionSettings } from '../../domain/settings.ts';
import { type Refusal, refusal } from './refusal.ts';

/** An ERP that opens a connection a message is looked up once. */
const KNOWN_ADDRESSES = 1000;

export interface Policy {
  /** By name; `default`, the one of clients in `networks`, is always among them. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** Whether the client may submit without AUTH. */
  trusts(address: string): boolean;
  readonly limits: SubmissionLimits;
  /** Milliseconds before the greeting. */
  readonly greetingDelay: number;
}

export function compilePolicy(accounts: readonly Account[], settings: SubmissionSettings): Policy {
  const fallback = accountNamed(accounts, DEFAULT_ACCOUNT);
  const byName = new Map([...accounts, ...(fallback === undefined ? [] : [fallback])].map((account) => [account.name, account]));
  const networks = compileNetworks(settings.networks, 'submission.networks');
  const known = new LRUCache<string, boolean>({ max: KNOWN_ADDRESSES });
  return {
    accounts: byName,
    trusts(address) {
      let trusted = known.get(address);
      if (trusted === undefined) {
        trusted = inNetworks(networks, address);
        known.set(address, trusted);
      }
      return trusted;
    },
    limits: settings.limits,
    greetingDelay: settings.greetingDelay,
  };
}

export function inNetworks(networks: BlockList, address: string): boolean {
  return isIP(address) !== 0 && networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** The networks, written as CIDR or as one address; `key` is where they stand. */
export function compileNetworks(networks: readonly string[], key: string): BlockList {
  const list = new BlockList();
  for (const text of networks) {
    const [base = '', bits, ...more] = text.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    const length = bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits);
    try {
      if (more.length > 0 || bits === '') throw new RangeError('no prefix length');
      list.addSubnet(base, length, family);
    } catch (cause) {
      throw new Error(`${key}: '${text}' is not a network; write it as 192.0.2.0/24 or 2001:db8::/32`, { cause });
    }
  }
  return list;
}

/** What limits by client count by: an IPv4 address, or the 64 bits of an IPv6 network, which one client owns whole. */
export function clientKey(address: string): string {
  if (isIPv4(address) || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address); // IPv4-mapped: as IPv4
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** The null reverse-path is always allowed: reports must be able to go out (RFC 5321 §4.5.5). */
export function senderRefusal(account: Account, path: ReversePath): Refusal | null {
  if (path.kind === 'null') return null;
  const { address } = path;
  if (account.senders.some((pattern) => pattern === '*' || addressMatches(pattern, address))) return null;
  return refusal(550, '5.7.1', `Account ${account.name} may not send as <${address}>; add it to the account's senders`);
}

/** Mail to our own return paths comes in through the reports' listener, and is never relayed. */
export function recipientRefusal(address: Address, reportDomain: string | null): Refusal | null {
  if (reportDomain === null || asciiDomainOf(address) !== reportDomain) return null;
  return refusal(550, '5.7.1', `Mail for ${reportDomain} is not relayed: it is the domain of this relay's own return paths`);
}

const QUEUE_FULL = refusal(452, '4.3.1', 'The queue is full; try again later');
const DISK_FULL = refusal(452, '4.3.1', 'There is no room on the disk; try again later');
const NOT_WRITABLE = refusal(451, '4.3.0', 'Mail cannot be recorded at the moment; try again later');

/** Whether the store takes another message of `size` octets; `queue`: messages it may hold, where that is asked. */
export function storeRefusal(
  store: Pick<Store, 'health' | 'queue'>,
  bounds: { readonly size: number; readonly diskFloor: number; readonly queue?: number },
): Refusal | null {
  const health = store.health();
  if (health.freeOctets - bounds.size < bounds.diskFloor) return DISK_FULL;
  if (!health.writable) return NOT_WRITABLE;
  return store.queue.messages >= (bounds.queue ?? Number.POSITIVE_INFINITY) ? QUEUE_FULL : null;
}
