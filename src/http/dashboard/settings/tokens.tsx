/** Tokens of programs: the list, making one, which is shown once, changing and revoking. */
import type { TokenRecord, UseRecord } from '../../../domain/ports.ts';
import type { Caller } from '../../auth/caller.ts';
import { exactTime } from '../explain.ts';
import { Choice, Csrf, DoneNotice, type Faults, Field, FormFault } from '../form-parts.tsx';
import { RelativeTime, type View } from '../parts.tsx';
import type { Strings } from '../strings.ts';
import { csrfOf } from './frame.tsx';
import { AccountWords, draftOf, type RightsDraft, RightsFields, RoleWords } from './rights.tsx';

const DAY = 86_400_000;
/** Milliseconds; null: never. */
export const LIFETIMES = { '30d': 30 * DAY, '90d': 90 * DAY, '365d': 365 * DAY, never: null } as const;
export type Lifetime = keyof typeof LIFETIMES;

export function asLifetime(text: string | null): Lifetime | undefined {
  return (Object.keys(LIFETIMES) as Lifetime[]).find((one) => one === text);
}

export interface TokenRow {
  readonly token: TokenRecord;
  readonly use: UseRecord | null;
}

export interface TokensProps {
  readonly view: View;
  readonly caller: Caller;
  readonly rows: readonly TokenRow[];
  readonly accounts: readonly string[];
  readonly done: string | null;
  readonly draft: { readonly name: string; readonly lifetime: Lifetime; readonly rights: RightsDraft };
  readonly faults: Faults;
}

export function Tokens({ view, caller, rows, accounts, done, draft, faults }: TokensProps) {
  const { t } = view;
  const words = t.settings.tokens;
  return (
    <>
      <DoneNotice words={done} />
      <p class="lead muted">{words.lead}</p>
      <details class="add" open={faults.size > 0}>
        <summary class="button primary">{words.add}</summary>
        <form method="post" action="/settings/tokens" class="rights-form">
          <Csrf token={csrfOf(caller)} />
          <FormFault faults={faults} />
          <Field
            name="name"
            label={words.name}
            hint={t.settings.users.nameHint}
            faults={faults}
            value={draft.name}
            maxlength={64}
            required
          />
          <RightsFields t={t} draft={draft.rights} faults={faults} caller={caller} accounts={accounts} id="new" />
          <LifetimeFields t={t} legend={words.expires} chosen={draft.lifetime} />
          <button class="button primary" type="submit">
            {words.submit}
          </button>
        </form>
      </details>
      {rows.length === 0 ? (
        <div class="card empty">
          <h2>{words.none}</h2>
        </div>
      ) : (
        <TokenTable view={view} rows={rows} />
      )}
    </>
  );
}

function LifetimeFields({
  t,
  legend,
  chosen,
  keep,
}: {
  readonly t: Strings;
  readonly legend: string;
  readonly chosen: Lifetime | null;
  readonly keep?: string;
}) {
  return (
    <fieldset class="picks inline">
      <legend>{legend}</legend>
      {keep === undefined ? null : <Choice type="radio" name="expires" value="" checked={chosen === null} label={keep} />}
      {(Object.keys(LIFETIMES) as Lifetime[]).map((lifetime) => (
        <Choice type="radio" name="expires" value={lifetime} checked={chosen === lifetime} label={t.settings.tokens.lifetimes[lifetime]} />
      ))}
    </fieldset>
  );
}

function TokenTable({ view, rows }: Pick<TokensProps, 'view' | 'rows'>) {
  const { t } = view;
  const words = t.settings.tokens;
  return (
    <div class="card table-card">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{t.settings.rights.role}</th>
            <th scope="col">{t.settings.rights.accounts}</th>
            <th scope="col">{words.expires}</th>
            <th scope="col">{words.lastUsed}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ token, use }) => (
            <tr>
              <th scope="row">
                <a href={`/settings/tokens/${encodeURIComponent(token.name)}`}>{token.name}</a>
                {isOver(token, view.now) ? <span class="badge state-failed">{words.expired}</span> : null}
              </th>
              <td data-label={t.settings.rights.role}>
                <RoleWords t={t} rights={token} />
              </td>
              <td data-label={t.settings.rights.accounts}>
                <AccountWords t={t} accounts={token.accounts} />
              </td>
              <td data-label={words.expires}>
                {token.expiresAt === null ? words.neverExpires : <RelativeTime view={view} at={token.expiresAt} />}
              </td>
              <td data-label={words.lastUsed}>
                <LastUse view={view} use={use} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function LastUse({ view, use }: { readonly view: View; readonly use: UseRecord | null }) {
  if (use === null) return <span class="muted">{view.t.settings.tokens.never}</span>;
  return (
    <>
      <RelativeTime view={view} at={use.at} />
      {use.address === null ? null : <small class="mono muted"> {use.address}</small>}
    </>
  );
}

function isOver({ expiresAt }: TokenRecord, now: number): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** The token, this once. */
export function NewTokenPage({
  t,
  name,
  token,
  url,
}: {
  readonly t: Strings;
  readonly name: string;
  readonly token: string;
  readonly url: string;
}) {
  const words = t.settings.tokens;
  const command = `curl -H "Authorization: Bearer ${token}" ${url}/api/v1/me`;
  return (
    <section class="card section">
      <h2>{words.onceTitle(name)}</h2>
      <p class="section-lead">{words.onceLead}</p>
      <div class="once">
        <label for="token">{words.token}</label>
        <div class="once-row">
          <input id="token" class="mono" value={token} readonly autocomplete="off" />
          <button class="button primary" type="button" hidden data-copy={token} data-done={t.message.copied}>
            {t.message.copy}
          </button>
        </div>
      </div>
      <h3>{words.example}</h3>
      <pre class="command">{command}</pre>
      <a class="button" href="/settings/tokens">
        {words.back}
      </a>
    </section>
  );
}

export interface TokenPageProps {
  readonly view: View;
  readonly caller: Caller;
  readonly token: TokenRecord;
  readonly use: UseRecord | null;
  readonly accounts: readonly string[];
  readonly done: string | null;
  readonly draft: RightsDraft | null;
  readonly form: 'rights' | 'revoke' | null;
  readonly faults: Faults;
}

export function TokenPage({ view, caller, token, use, accounts, done, draft, form, faults: all }: TokenPageProps) {
  const { t } = view;
  const words = t.settings.tokens;
  const path = `/settings/tokens/${encodeURIComponent(token.name)}`;
  const ofForm = (name: TokenPageProps['form']): Faults => (form === name ? all : new Map<string, string>());
  const revoking = ofForm('revoke');
  return (
    <>
      <a class="back" href="/settings/tokens">
        {words.back}
      </a>
      <DoneNotice words={done} />
      <section class="card section">
        <div class="section-head">
          <h2 class="anywhere">{token.name}</h2>
          {isOver(token, view.now) ? <span class="badge state-failed">{words.expired}</span> : null}
        </div>
        <dl class="fields">
          <div>
            <dt>{words.created}</dt>
            <dd>{exactTime(token.createdAt)}</dd>
          </div>
          <div>
            <dt>{words.expires}</dt>
            <dd>{token.expiresAt === null ? words.neverExpires : exactTime(token.expiresAt)}</dd>
          </div>
          <div>
            <dt>{words.lastUsed}</dt>
            <dd>
              <LastUse view={view} use={use} />
            </dd>
          </div>
        </dl>
        <form method="post" action={path} class="rights-form divided">
          <Csrf token={csrfOf(caller)} />
          <FormFault faults={ofForm('rights')} />
          <RightsFields t={t} draft={draft ?? draftOf(token)} faults={ofForm('rights')} caller={caller} accounts={accounts} id="rights" />
          <LifetimeFields t={t} legend={words.renew} chosen={null} keep={words.keep} />
          <button class="button primary" type="submit">
            {words.save}
          </button>
        </form>
      </section>
      <section class="card section" id="revoke">
        <h2>{words.revoke}</h2>
        <p class="section-lead">{words.revokeLead}</p>
        <FormFault faults={revoking} />
        <form method="post" action={`${path}/revoke`} class="form-actions">
          <Csrf token={csrfOf(caller)} />
          <Choice
            type="checkbox"
            name="sure"
            value="on"
            checked={false}
            label={words.revokeConfirm(token.name)}
            invalid={revoking.has('sure')}
          />
          <button class="button danger" type="submit">
            {words.revoke}
          </button>
        </form>
        {revoking.has('sure') ? (
          <p class="fault" role="alert">
            {revoking.get('sure')}
          </p>
        ) : null}
      </section>
    </>
  );
}
