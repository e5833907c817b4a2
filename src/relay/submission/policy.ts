/**
 * Who may submit what: the accounts, networks and limits of the configuration, compiled once. Pure but
 * for `ipaddr.js`. A reload makes a new one; transactions under way keep theirs.
 */
import ipaddr from 'ipaddr.js';
import { type Address, addressMatches, asciiDomainOf, type ReversePath } from '../../domain/address.ts';
import { type Account, DEFAULT_ACCOUNT, type SubmissionLimits, type SubmissionSettings } from '../../domain/settings.ts';
import { type Refusal, refusal } from './refusal.ts';

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

export interface Policy {
  readonly accounts: ReadonlyMap<string, Account>;
  /** The account of clients in `networks`: `default` where it is configured, otherwise one that may use any sender. */
  readonly fallback: Account;
  readonly networks: readonly Network[];
  readonly limits: SubmissionLimits;
  /** Milliseconds before the greeting. */
  readonly greetingDelay: number;
}

const UNRESTRICTED: Account = { name: DEFAULT_ACCOUNT, password: null, senders: ['*'], tracking: true };

export function compilePolicy(accounts: readonly Account[], settings: SubmissionSettings): Policy {
  const byName = new Map(accounts.map((account) => [account.name, account]));
  return {
    accounts: byName,
    fallback: byName.get(DEFAULT_ACCOUNT) ?? UNRESTRICTED,
    networks: settings.networks.map(parseNetwork),
    limits: settings.limits,
    greetingDelay: settings.greetingDelay,
  };
}

function parseNetwork(text: string): Network {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    throw new Error(`submission.networks: '${text}' is not a network; write it as 192.0.2.0/24 or 2001:db8::/32`, { cause });
  }
}

/** Whether the policy's networks let the client in without AUTH. An IPv4-mapped IPv6 address counts as IPv4. */
export function isTrusted(policy: Policy, address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return policy.networks.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match([network, bits] as never));
}

/** What limits by client count by: an IPv4 address, or the 64 bits of an IPv6 network, which one client owns whole. */
export function clientKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
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
