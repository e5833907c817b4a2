/** The accounts as they run: who may submit, as whom, and when each last did. */
import { type Account, type Config, DEFAULT_ACCOUNT } from '../../../domain/settings.ts';
import { RelativeTime, type View } from '../parts.tsx';
import { LANGUAGE_NAMES, type Strings } from '../strings.ts';

export interface AccountRow {
  readonly account: Account;
  /** Unix milliseconds of the last message; null: none is there. */
  readonly lastAt: number | null;
}

/** Those of the configuration, and the one of trusted networks where it has no entry of its own. */
export function accountsOf({ accounts, submission }: Config): readonly Account[] {
  const named = accounts.some(({ name }) => name === DEFAULT_ACCOUNT);
  if (named || submission.networks.length === 0) return accounts;
  return [
    { name: DEFAULT_ACCOUNT, password: null, senders: ['*'], tracking: true, language: 'en', notifications: 'standard' },
    ...accounts,
  ];
}

export function Accounts({ view, config, rows }: { readonly view: View; readonly config: Config; readonly rows: readonly AccountRow[] }) {
  const { t } = view;
  const words = t.relaySettings.accounts;
  return (
    <>
      <p class="lead muted">
        {words.lead} {t.relaySettings.asConfigured}
      </p>
      <div class="card table-card">
        <table class="plain-table">
          <thead>
            <tr>
              <th scope="col">{words.name}</th>
              <th scope="col">{words.signIn}</th>
              <th scope="col">{words.senders}</th>
              <th scope="col">{words.notifications}</th>
              <th scope="col">{words.last}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ account, lastAt }) => (
              <tr>
                <th scope="row">
                  <a href={`/messages?account=${encodeURIComponent(account.name)}`}>{account.name}</a>
                  {account.name === DEFAULT_ACCOUNT ? <small class="muted">{words.defaultName}</small> : null}
                </th>
                <td data-label={words.signIn}>{signInOf(account, config, t)}</td>
                <td data-label={words.senders} class="anywhere">
                  {account.senders.includes('*') ? words.anySender : account.senders.join(', ')}
                </td>
                <td data-label={words.notifications}>
                  {words.kinds[account.notifications]}
                  {account.notifications === 'none' ? null : <small class="muted"> {LANGUAGE_NAMES[account.language]}</small>}
                </td>
                <td data-label={words.last}>
                  {lastAt === null ? <span class="muted">{words.never}</span> : <RelativeTime view={view} at={lastAt} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function signInOf({ name, password }: Account, { submission }: Config, { relaySettings: { accounts: words } }: Strings): string {
  if (name === DEFAULT_ACCOUNT && submission.networks.length > 0) return `${words.byNetwork}: ${submission.networks.join(', ')}`;
  return password === null ? words.notAtAll : words.byPassword;
}
