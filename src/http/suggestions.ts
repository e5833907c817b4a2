/**
 * What mistyped addresses were meant to be (domain/address-suggestion.ts), with what that takes: the
 * domains that mail lately went to well, read from the register now and then, and whether a domain takes
 * mail at all. No page waits for either: both are made beside it, and the next page has them.
 */
import { LRUCache } from 'lru-cache';
import { type Address, asciiDomainOf } from '../domain/address.ts';
import { type KnownDomains, type Suggestion, suggestAddress } from '../domain/address-suggestion.ts';
import type { Store } from '../domain/ports.ts';
import type { Caller } from './auth/caller.ts';
import type { HttpOptions } from './options.ts';

/** How long what was read of the register is believed, and how much of it is read. */
const FRESH = 10 * 60_000;
const PAGES = 10;
const PAGE = 500;
const DOMAINS = 2000;
/** Domains that are looked up: kept, at a time; and how long an answer is believed, or that there was none. */
const ASKED = 1000;
const AT_A_TIME = 8;
const ASKED_FOR = 60 * 60_000;
const UNANSWERED_FOR = 60_000;

export interface Suggested extends Suggestion {
  /** Whether the domain takes mail; null: not known yet, or it could not be looked up. */
  readonly takesMail: boolean | null;
}

export interface Suggestions {
  /** Null: nothing is near, or what is takes no mail. Callers who may not see all mail learn no domains of it. */
  of(address: Address, caller: Pick<Caller, 'accounts'>): Suggested | null;
  /** Resolves when the domains are read; they are anyway. */
  refresh(): Promise<void>;
}

const NONE: KnownDomains = new Map();

export function createSuggestions({ store, now, takesMail, log }: Pick<HttpOptions, 'store' | 'now' | 'takesMail' | 'log'>): Suggestions {
  const asked = new LRUCache<string, { readonly answer: boolean | null }>({ max: ASKED, ttl: ASKED_FOR });
  let known = NONE;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;
  const refresh = (): Promise<void> => {
    reading ??= readKnownDomains(store)
      .then((found) => {
        known = found;
        readAt = now();
      })
      .catch((error: unknown) => {
        // Tried again with the next page after a while: the providers are known without.
        readAt = now();
        log.debug({ err: error }, 'domains that mail goes to could not be read');
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  };
  let asking = 0;
  const answerOf = (domain: string): boolean | null => {
    const found = asked.get(domain);
    // Past so many at a time the next page asks: a list of hundreds is no flood of questions.
    if (found !== undefined || asking >= AT_A_TIME) return found?.answer ?? null;
    asked.set(domain, { answer: null });
    asking++;
    void takesMail(domain)
      .catch((error: unknown) => {
        log.debug({ err: error, domain }, 'whether a domain takes mail could not be looked up');
        return null;
      })
      .then((answer) => {
        asking--;
        asked.set(domain, { answer }, { ttl: answer === null ? UNANSWERED_FOR : ASKED_FOR });
      });
    return null;
  };
  return {
    of(address, { accounts }) {
      if (now() - readAt > FRESH) void refresh();
      const suggestion = suggestAddress(address, accounts === null ? known : NONE);
      if (suggestion === null) return null;
      const answer = answerOf(asciiDomainOf(suggestion.address));
      return answer === false ? null : { ...suggestion, takesMail: answer };
    },
    refresh,
  };
}

/** Of the newest mail that went well, in steps between which the event loop is free. */
async function readKnownDomains(store: Pick<Store, 'messages'>): Promise<KnownDomains> {
  const counts = new Map<string, number>();
  let cursor: string | undefined;
  for (let i = 0; i < PAGES; i++) {
    const page = await store.messages(
      { state: ['transferred', 'delivered'] },
      { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    );
    for (const { recipients } of page.items) {
      for (const { address, state } of recipients) {
        if (state !== 'transferred' && state !== 'delivered') continue;
        const domain = asciiDomainOf(address as Address);
        counts.set(domain, (counts.get(domain) ?? 0) + 1);
      }
    }
    if (page.next === null) break;
    cursor = page.next;
  }
  const frequent = [...counts].sort(([, a], [, b]) => b - a).slice(0, DOMAINS);
  return new Map(frequent);
}
