/**
 * Whether the resolver answers at all. One domain whose name servers are silent is that domain's
 * matter; a resolver that answers nobody is one fault, and is to be told once, not once a domain.
 *
 * Upstream: the resolver, around which it lies. Downstream: standings.ts, which tells of it.
 */
import { DnsFailure, type MailResolver } from './dns.ts';

/** Names looked up in vain, one after the other and none answered between, that make it an outage. */
const NAMES_IN_VAIN = 3;
/** What c-ares says for an answer that there is: the server failed or refused, or wrote what can not be read. */
const ANSWERED = new Set([
  'ESERVFAIL',
  'EREFUSED',
  'EFORMERR',
  'ENOTIMP',
  'EBADRESP',
  'EBADQUERY',
  'EBADNAME',
  'SERVFAIL',
  'REFUSED',
  'FORMERR',
  'NOTIMP',
]);

export class DnsOutage {
  /** It does not answer, and why; null: it answers, as far as is known. */
  reason: string | null = null;
  /** Told when `reason` came or went. */
  onChange: ((reason: string | null) => void) | null = null;
  readonly #inVain = new Set<string>();

  answered(): void {
    this.#inVain.clear();
    if (this.reason !== null) this.#change(null);
  }

  unanswered(name: string, code: string): void {
    this.#inVain.add(name);
    if (this.reason === null && this.#inVain.size >= NAMES_IN_VAIN) this.#change(`the DNS does not answer (${code})`);
  }

  #change(reason: string | null): void {
    this.reason = reason;
    this.onChange?.(reason);
  }
}

/** The same resolver; `outage` hears of each answer, and of each that does not come. */
export function watched(resolver: MailResolver, outage: DnsOutage): MailResolver {
  const watch = async <T>(name: string, answer: Promise<T>): Promise<T> => {
    try {
      const given = await answer;
      outage.answered();
      return given;
    } catch (error) {
      if (error instanceof DnsFailure && !ANSWERED.has(error.code)) outage.unanswered(name, error.code);
      else outage.answered();
      throw error;
    }
  };
  const { resolveTlsa } = resolver;
  return {
    resolveMx: (domain) => watch(domain, resolver.resolveMx(domain)),
    resolve4: (host) => watch(host, resolver.resolve4(host)),
    resolve6: (host) => watch(host, resolver.resolve6(host)),
    resolveTxt: (name) => watch(name, resolver.resolveTxt(name)),
    resolveTlsa: resolveTlsa === null ? null : (name) => watch(name, resolveTlsa(name)),
  };
}
