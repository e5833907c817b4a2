/** What the DNS says, asked when somebody clicks. */
import type { DnsChecked } from '../../../domain/dns-check.ts';
import { dnsSentence } from '../../../domain/dns-words.ts';
import { Csrf } from '../form-parts.tsx';
import type { Strings } from '../strings.ts';

export interface DnsResult {
  readonly checked: readonly DnsChecked[];
  readonly ms: number;
}

interface DnsProps {
  readonly t: Strings;
  readonly csrf: string;
  readonly sandbox: boolean;
  /** Null: not asked yet. */
  readonly result: DnsResult | null;
}

const ORDER = ['DKIM', 'SPF', 'DMARC', 'MX', 'PTR'] as const;
const BADGES: Readonly<Record<DnsChecked['state'], string>> = { ok: 'state-delivered', warning: 'state-deferred', failed: 'state-failed' };

export function Dns({ t, csrf, sandbox, result }: DnsProps) {
  const words = t.relaySettings.dns;
  return (
    <>
      <p class="lead muted">{words.lead}</p>
      {sandbox ? (
        <div class="card empty">
          <p>{words.sandbox}</p>
        </div>
      ) : (
        <form method="post" action="/settings/dns" class="dns-ask">
          <Csrf token={csrf} />
          <button class="button primary" type="submit">
            {result === null ? words.check : words.again}
          </button>
          {result === null ? null : (
            <span class="muted">{words.took((result.ms / 1000).toLocaleString(t.language, { maximumFractionDigits: 1 }))}</span>
          )}
        </form>
      )}
      {result === null ? null : <Results t={t} checked={result.checked} />}
    </>
  );
}

function Results({ t, checked }: { readonly t: Strings; readonly checked: readonly DnsChecked[] }) {
  const words = t.relaySettings.dns;
  if (checked.length === 0) return <p class="muted">{words.nothing}</p>;
  const well = checked.every(({ state }) => state === 'ok');
  return (
    <>
      {well ? (
        <p class="done-notice" role="status">
          {words.allWell}
        </p>
      ) : null}
      {ORDER.map((what) => {
        const some = checked.filter((one) => one.what === what);
        if (some.length === 0) return null;
        return (
          <section class="card section dns-group">
            <h2>
              {what} <span class="muted">{words.what[what]}</span>
            </h2>
            <ul>
              {some.map((one) => (
                <li>
                  <span class={`badge ${BADGES[one.state]}`}>{words.states[one.state]}</span>
                  <span class="anywhere">{dnsSentence(one, words.words)}</span>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}
