/**
 * What a mistyped address was meant to be: the domain that is nearest to it among those that mail goes
 * to and the large providers, by Damerau's distance (a letter left out, put in, changed, or two
 * exchanged). The local part is kept: nobody but its owner knows it. Pure.
 */
import { type Address, asciiDomainOf, localPartOf, toAddress } from './address.ts';

/** Where private people have their mailboxes, in the countries that relais speaks the languages of, and everywhere. */
export const PROVIDERS: readonly string[] = [
  ...['gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'icloud.com', 'me.com', 'aol.com'],
  ...['proton.me', 'protonmail.com', 'fastmail.com', 'zoho.com', 'mail.com', 'gmx.com', 'gmx.net', 'comcast.net', 'verizon.net', 'att.net'],
  ...[
    'gmx.de',
    'gmx.at',
    'gmx.ch',
    'web.de',
    't-online.de',
    'freenet.de',
    'arcor.de',
    'vodafone.de',
    'online.de',
    'mailbox.org',
    'posteo.de',
  ],
  ...['outlook.de', 'hotmail.de', 'yahoo.de', 'live.de', 'bluewin.ch', 'hispeed.ch', 'sunrise.ch', 'aon.at', 'chello.at'],
  ...[
    'orange.fr',
    'wanadoo.fr',
    'free.fr',
    'laposte.net',
    'sfr.fr',
    'neuf.fr',
    'bbox.fr',
    'hotmail.fr',
    'yahoo.fr',
    'live.fr',
    'outlook.fr',
  ],
  ...['ziggo.nl', 'kpnmail.nl', 'kpnplanet.nl', 'planet.nl', 'xs4all.nl', 'hetnet.nl', 'home.nl', 'upcmail.nl', 'hotmail.nl', 'live.nl'],
  ...['telenet.be', 'skynet.be', 'proximus.be', 'hotmail.be', 'libero.it', 'hotmail.it', 'yahoo.it', 'hotmail.es', 'yahoo.es'],
  ...['hotmail.co.uk', 'yahoo.co.uk', 'live.co.uk', 'btinternet.com', 'sky.com', 'virginmedia.com'],
];

/** How often mail went well to a domain before it counts as one that is spelt right. */
export const WELL_KNOWN = 3;

/** Domains, A-labels, with how often mail went well to them lately. */
export type KnownDomains = ReadonlyMap<string, number>;

export interface Suggestion {
  readonly address: Address;
  readonly domain: string;
  /** `provider`: one of the large ones; `known`: mail goes to it. */
  readonly because: 'provider' | 'known';
  readonly distance: 1 | 2;
}

/** Null: nothing is near, or the domain is spelt as one that mail goes to. */
export function suggestAddress(address: Address, known: KnownDomains): Suggestion | null {
  const domain = asciiDomainOf(address);
  const found = suggestDomain(domain, known);
  const suggested = found === null ? undefined : toAddress(`${localPartOf(address)}@${found.domain}`);
  return found === null || suggested === undefined ? null : { ...found, address: suggested };
}

type Nearest = Omit<Suggestion, 'address'> & { readonly weight: number };

function suggestDomain(domain: string, known: KnownDomains): Omit<Suggestion, 'address'> | null {
  if (domain.startsWith('[') || PROVIDERS.includes(domain) || (known.get(domain) ?? 0) >= WELL_KNOWN) return null;
  const most = mostDistance(domain);
  const letters = lettersOf(domain);
  let nearest: Nearest | null = null;
  const consider = (candidate: string, because: Suggestion['because'], weight: number): void => {
    if (Math.abs(candidate.length - domain.length) > most || differing(letters, lettersOf(candidate)) > 2 * most) return;
    const distance = damerau(domain, candidate, most);
    if (distance !== 1 && distance !== 2) return;
    if (nearest === null || distance < nearest.distance || (distance === nearest.distance && weight > nearest.weight)) {
      nearest = { domain: candidate, because, distance, weight };
    }
  };
  for (const provider of PROVIDERS) consider(provider, 'provider', Math.max(WELL_KNOWN, known.get(provider) ?? 0));
  for (const [candidate, count] of known) if (count >= WELL_KNOWN) consider(candidate, 'known', count);
  // The compiler does not see that the closure assigns it.
  const found = nearest as Nearest | null;
  return found === null ? null : { domain: found.domain, because: found.because, distance: found.distance };
}

/** Of a short name every other one is near. */
function mostDistance(domain: string): 1 | 2 {
  return domain.length < 9 ? 1 : 2;
}

/** A bit for each letter and digit that occurs. */
function lettersOf(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits |= 1 << (text.charCodeAt(i) & 31);
  return bits;
}

function differing(a: number, b: number): number {
  let count = 0;
  for (let bits = a ^ b; bits !== 0; bits &= bits - 1) count++;
  return count;
}

/** The distance with exchanges of neighbours (optimal string alignment); a number above `most` when it is more than that. */
export function damerau(a: string, b: string, most: number): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const least = Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
      next.push(swapped ? Math.min(least, (before[j - 2] ?? 0) + 1) : least);
    }
    if (Math.min(...next) > most && Math.min(...row) > most) return most + 1;
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
