/** Users: the list, adding one, and all that an administrator does to one. */
import type { UseRecord, UserRecord } from '../../../domain/ports.ts';
import type { Caller } from '../../auth/caller.ts';
import type { Session } from '../../auth/sessions.ts';
import { Choice, Csrf, DoneNotice, type Faults, Field, FormFault } from '../form-parts.tsx';
import { RelativeTime, type View } from '../parts.tsx';
import type { Strings } from '../strings.ts';
import { csrfOf } from './frame.tsx';
import { AccountWords, draftOf, type RightsDraft, RightsFields, RoleWords } from './rights.tsx';
import { SessionList } from './session-list.tsx';

export interface UserRow {
  readonly user: UserRecord;
  readonly use: UseRecord | null;
}

export interface UsersProps {
  readonly view: View;
  readonly caller: Caller;
  readonly rows: readonly UserRow[];
  readonly accounts: readonly string[];
  readonly done: string | null;
  readonly draft: { readonly name: string; readonly rights: RightsDraft };
  readonly faults: Faults;
}

export function Users({ view, caller, rows, accounts, done, draft, faults }: UsersProps) {
  const { t } = view;
  const words = t.settings.users;
  return (
    <>
      <DoneNotice words={done} />
      <p class="lead muted">{words.lead}</p>
      <details class="add" open={faults.size > 0}>
        <summary class="button primary">{words.add}</summary>
        <form method="post" action="/settings/users" class="rights-form">
          <Csrf token={csrfOf(caller)} />
          <FormFault faults={faults} />
          <div class="two">
            <Field name="name" label={words.name} hint={words.nameHint} faults={faults} value={draft.name} maxlength={64} required />
            <Field
              name="password"
              type="password"
              label={words.password}
              hint={words.passwordHint}
              faults={faults}
              autocomplete="new-password"
              required
            />
          </div>
          <RightsFields t={t} draft={draft.rights} faults={faults} caller={caller} accounts={accounts} id="new" />
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
        <UserTable view={view} rows={rows} caller={caller} />
      )}
    </>
  );
}

function UserTable({ view, rows, caller }: Pick<UsersProps, 'view' | 'rows' | 'caller'>) {
  const { t } = view;
  const words = t.settings.users;
  return (
    <div class="card table-card">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{t.settings.rights.role}</th>
            <th scope="col">{t.settings.rights.accounts}</th>
            <th scope="col">{words.signIn}</th>
            <th scope="col">{words.lastSignIn}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ user, use }) => (
            <tr>
              <th scope="row">
                <a href={`/settings/users/${encodeURIComponent(user.name)}`}>{user.name}</a>
                {user.disabled === true ? <span class="badge state-failed">{words.disabled}</span> : null}
                {caller.kind === 'user' && caller.name === user.name ? <span class="badge">{words.you}</span> : null}
              </th>
              <td data-label={t.settings.rights.role}>
                <RoleWords t={t} rights={user} />
              </td>
              <td data-label={t.settings.rights.accounts}>
                <AccountWords t={t} accounts={user.accounts} />
              </td>
              <td data-label={words.signIn}>{signInOf(user, t)}</td>
              <td data-label={words.lastSignIn}>{use === null ? words.never : <RelativeTime view={view} at={use.at} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function signInOf({ passwordHash, totp }: UserRecord, { settings: { users: words } }: Strings): string {
  if (passwordHash === null) return words.byProvider;
  return totp == null ? words.byPassword : words.byCode;
}

export interface UserPageProps {
  readonly view: View;
  readonly caller: Caller;
  readonly user: UserRecord;
  readonly use: UseRecord | null;
  readonly sessions: readonly Session[];
  readonly accounts: readonly string[];
  readonly done: string | null;
  /** As it was sent, where something was wrong with it. */
  readonly draft: RightsDraft | null;
  readonly form: 'rights' | 'password' | 'delete' | null;
  readonly faults: Faults;
}

export function UserPage(props: UserPageProps) {
  const { view, caller, user, sessions, done } = props;
  const { t } = view;
  const path = `/settings/users/${encodeURIComponent(user.name)}`;
  return (
    <>
      <a class="back" href="/settings/users">
        {t.settings.tabs.users}
      </a>
      <DoneNotice words={done} />
      <Rights {...props} path={path} />
      {user.passwordHash === null ? null : <PasswordAndFactor {...props} path={path} />}
      <section class="card section">
        <h2>{t.settings.sessions.title}</h2>
        <SessionList
          view={view}
          sessions={sessions}
          here={caller.session?.id ?? null}
          csrf={csrfOf(caller)}
          action={`${path}/sessions/end`}
        />
      </section>
      {caller.kind === 'user' && caller.name === user.name ? null : <ShutOut {...props} path={path} />}
    </>
  );
}

type Part = UserPageProps & { readonly path: string };

function Rights({ view, caller, user, use, accounts, draft, form, faults: all, path }: Part) {
  const { t } = view;
  const words = t.settings.users;
  const faults = form === 'rights' ? all : new Map<string, string>();
  return (
    <section class="card section">
      <div class="section-head">
        <h2 class="anywhere">{user.name}</h2>
        {user.disabled === true ? <span class="badge state-failed">{words.disabled}</span> : null}
      </div>
      <p class="section-lead">
        {words.signIn}: {signInOf(user, t)}. {words.lastSignIn}:{' '}
        {use === null ? (
          words.never
        ) : (
          <>
            <RelativeTime view={view} at={use.at} />
            {use.address === null ? null : <span class="mono"> {use.address}</span>}
          </>
        )}
      </p>
      {user.identity == null ? (
        <form method="post" action={path} class="rights-form">
          <Csrf token={csrfOf(caller)} />
          <FormFault faults={faults} />
          <RightsFields t={t} draft={draft ?? draftOf(user)} faults={faults} caller={caller} accounts={accounts} id="rights" />
          <button class="button primary" type="submit">
            {words.save}
          </button>
        </form>
      ) : (
        <>
          <p class="section-lead">{words.managed(new URL(user.identity.issuer).host)}</p>
          <dl class="fields">
            <div>
              <dt>{t.settings.rights.role}</dt>
              <dd>
                <RoleWords t={t} rights={user} />
              </dd>
            </div>
            <div>
              <dt>{t.settings.rights.accounts}</dt>
              <dd>
                <AccountWords t={t} accounts={user.accounts} />
              </dd>
            </div>
          </dl>
        </>
      )}
    </section>
  );
}

function PasswordAndFactor({ view: { t }, caller, user, form, faults: all, path }: Part) {
  const words = t.settings.users;
  const faults = form === 'password' ? all : new Map<string, string>();
  return (
    <section class="card section" id="password">
      <h2>{words.setPassword}</h2>
      <p class="section-lead">{words.setPasswordLead}</p>
      <form method="post" action={`${path}/password`} class="stacked narrow-form">
        <Csrf token={csrfOf(caller)} />
        <FormFault faults={faults} />
        <Field name="fresh" type="password" label={words.password} faults={faults} autocomplete="new-password" required />
        <button class="button" type="submit">
          {words.setPassword}
        </button>
      </form>
      {user.totp == null ? null : (
        <form method="post" action={`${path}/factor`} class="stacked divided">
          <Csrf token={csrfOf(caller)} />
          <p class="section-lead">{words.removeFactorLead}</p>
          <button class="button" type="submit">
            {words.removeFactor}
          </button>
        </form>
      )}
    </section>
  );
}

function ShutOut({ view: { t }, caller, user, form, faults: all, path }: Part) {
  const words = t.settings.users;
  const faults = form === 'delete' ? all : new Map<string, string>();
  const disabled = user.disabled === true;
  return (
    <section class="card section" id="delete">
      <h2>{words.danger}</h2>
      <FormFault faults={faults} />
      <form method="post" action={`${path}/disabled`} class="stacked">
        <Csrf token={csrfOf(caller)} />
        <input type="hidden" name="disabled" value={disabled ? 'no' : 'yes'} />
        <p class="section-lead">{disabled ? words.enableLead : words.disableLead}</p>
        <button class="button" type="submit">
          {disabled ? words.enable : words.disable}
        </button>
      </form>
      <form method="post" action={`${path}/delete`} class="stacked divided">
        <Csrf token={csrfOf(caller)} />
        <p class="section-lead">{words.deleteLead}</p>
        <div class="form-actions">
          <Choice
            type="checkbox"
            name="sure"
            value="on"
            checked={false}
            label={words.deleteConfirm(user.name)}
            invalid={faults.has('sure')}
          />
          <button class="button danger" type="submit">
            {words.delete}
          </button>
        </div>
        {faults.has('sure') ? (
          <p class="fault" role="alert">
            {faults.get('sure')}
          </p>
        ) : null}
      </form>
    </section>
  );
}
