/**
 * The TLSA records of a mail host: looked up only where its addresses were validated, believed only
 * where they were themselves. Kept for a minute.
 *
 * Upstream: sessions.ts. Downstream: the DNS. Standards: RFC 7672 §2.1.2 (what an answer that is
 * missing or bogus means), §2.2.2 (which hosts), §2.2.3 (which names), RFC 6698 §3 (their form).
 */
import { DnsFailure, type MailResolver } from './dns.ts';
import { keepAnswers } from './kept-answers.ts';
import type { MxHost } from './mx.ts';
import type { TlsaAnswer } from './tls-policy.ts';

export type FindTlsa = (host: Pick<MxHost, 'name' | 'secure' | 'alias'>, port: number) => Promise<TlsaAnswer>;

const NONE: TlsaAnswer = { kind: 'none' };

export function createFindTlsa({ resolver, now }: { readonly resolver: MailResolver; readonly now: () => number }): FindTlsa {
  const { resolveTlsa } = resolver;
  if (resolveTlsa === null) return async () => NONE;
  const ask = async (name: string): Promise<TlsaAnswer> => {
    try {
      const { kind, records, secure } = await resolveTlsa(name);
      return kind === 'records' && secure ? { kind: 'records', base: name.replace(/^_\d+\._tcp\./, ''), records } : NONE;
    } catch (error) {
      if (error instanceof DnsFailure) return { kind: 'failed', error: `TLSA of ${name}: ${error.code}` };
      throw error;
    }
  };
  const answers = keepAnswers({ ask, passing: ({ kind }) => kind === 'failed', now });
  return async ({ name, secure, alias }, port) => {
    // §2.2.3: where the addresses are not validated nothing below them is, and asking only breaks.
    if (!secure || name === null) return NONE;
    // §2.2.3: first at the name the alias leads to, then at the name itself.
    for (const base of alias === null ? [name] : [alias, name]) {
      const answer = await answers(`_${port}._tcp.${base.replace(/\.$/, '').toLowerCase()}`);
      if (answer.kind !== 'none') return answer;
    }
    return NONE;
  };
}
