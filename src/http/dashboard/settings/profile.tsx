/** One's own profile: who one is, language, password, second factor, and the browsers that are signed in. */
import type { UserRecord } from '../../../domain/ports.ts';
import { LANGUAGES } from '../../../domain/settings.ts';
import type { Caller } from '../../auth/caller.ts';
import type { Session } from '../../auth/sessions.ts';
import { Choice, Csrf, DoneNotice, type Faults, Field, FormFault } from '../form-parts.tsx';
import { RelativeTime, type View } from '../parts.tsx';
import { LANGUAGE_NAMES, type Strings } from '../strings.ts';
import { csrfOf } from './frame.tsx';
import { AccountWords, RoleWords } from './rights.tsx';
import { SessionList } from './session-list.tsx';

export interface ProfileProps {
  readonly view: View;
  readonly caller: Caller;
  /** Null: signed in with a token, or by the link of the terminal. */
  readonly user: UserRecord | null;
  readonly sessions: readonly Session[];
  readonly done: string | null;
  /** Which form they belong to. */
  readonly form: 'password' | 'factor' | null;
  readonly faults: Faults;
}

export function Profile(props: ProfileProps) {
  const { view, caller, user, sessions, done } = props;
  const { t } = view;
  const ownsPassword = user !== null && user.passwordHash !== null;
  return (
    <>
      <DoneNotice words={done} />
      <You {...props} />
      {user === null ? null : <Language t={t} user={user} caller={caller} />}
      {ownsPassword ? <Password {...props} /> : null}
      {ownsPassword ? <SecondFactor {...props} user={user} /> : null}
      <section class="card section">
        <h2>{t.settings.sessions.title}</h2>
        <p class="section-lead">{t.settings.sessions.lead}</p>
        <SessionList
          view={view}
          sessions={sessions}
          here={caller.session?.id ?? null}
          csrf={csrfOf(caller)}
          action="/settings/profile/sessions/end"
        />
        {sessions.length < 2 ? null : (
          <form method="post" action="/settings/profile/sessions/end-others">
            <Csrf token={csrfOf(caller)} />
            <button class="button" type="submit">
              {t.settings.sessions.endOthers}
            </button>
          </form>
        )}
      </section>
    </>
  );
}

function You({ view: { t }, caller, user }: ProfileProps) {
  const words = t.settings.profile;
  const { identity } = user ?? {};
  const said =
    caller.kind === 'local'
      ? words.local
      : caller.kind === 'token'
        ? words.token(caller.name)
        : identity == null
          ? null
          : words.provider(new URL(identity.issuer).host);
  const rights = { role: caller.role, permissions: user?.permissions ?? null, accounts: caller.accounts };
  return (
    <section class="card section">
      <h2>{caller.name}</h2>
      {said === null ? null : <p class="section-lead">{said}</p>}
      <dl class="fields">
        <div>
          <dt>{t.settings.rights.role}</dt>
          <dd>
            <RoleWords t={t} rights={rights} />
          </dd>
        </div>
        <div>
          <dt>{t.settings.rights.accounts}</dt>
          <dd>
            <AccountWords t={t} accounts={caller.accounts} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Language({ t, user, caller }: { readonly t: Strings; readonly user: UserRecord; readonly caller: Caller }) {
  const words = t.settings.profile;
  return (
    <section class="card section">
      <form method="post" action="/settings/profile/language" class="stacked">
        <Csrf token={csrfOf(caller)} />
        <h2 id="language-title">{words.language}</h2>
        <fieldset class="picks inline" aria-labelledby="language-title">
          <Choice type="radio" name="language" value="" checked={user.language == null} label={words.asBrowser} />
          {LANGUAGES.map((language) => (
            <Choice type="radio" name="language" value={language} checked={user.language === language} label={LANGUAGE_NAMES[language]} />
          ))}
        </fieldset>
        <button class="button" type="submit">
          {words.save}
        </button>
      </form>
    </section>
  );
}

function Password({ view: { t }, caller, form, faults: all }: ProfileProps) {
  const words = t.settings.profile;
  const faults = form === 'password' ? all : new Map<string, string>();
  return (
    <section class="card section" id="password">
      <h2>{words.password}</h2>
      <p class="section-lead">{words.passwordLead}</p>
      <form method="post" action="/settings/profile/password" class="stacked narrow-form">
        <Csrf token={csrfOf(caller)} />
        <input type="hidden" name="username" value={caller.name} autocomplete="username" />
        <FormFault faults={faults} />
        <Field name="current" type="password" label={words.current} faults={faults} autocomplete="current-password" required />
        <Field name="fresh" type="password" label={words.fresh} faults={faults} autocomplete="new-password" required />
        <Field name="again" type="password" label={words.again} faults={faults} autocomplete="new-password" required />
        <button class="button" type="submit">
          {words.change}
        </button>
      </form>
    </section>
  );
}

function SecondFactor({ view, caller, user, form, faults: all }: ProfileProps & { readonly user: UserRecord }) {
  const { t } = view;
  const words = t.settings.profile;
  const faults = form === 'factor' ? all : new Map<string, string>();
  return (
    <section class="card section" id="factor">
      <h2>{words.factor}</h2>
      <p class="section-lead">{words.factorLead}</p>
      {user.totp == null ? (
        <p class="state-line">
          <span class="badge">{words.factorOff}</span>
          <a class="button primary" href="/settings/profile/factor">
            {words.setUp}
          </a>
        </p>
      ) : (
        <>
          <p class="state-line">
            <span class="badge state-delivered">
              {words.factorSince} <RelativeTime view={view} at={user.totp.since} />
            </span>
            <span class="muted">{words.codesLeft(user.totp.recovery.length)}</span>
          </p>
          <form method="post" action="/settings/profile/factor/recovery" class="stacked narrow-form">
            <Csrf token={csrfOf(caller)} />
            <FormFault faults={faults} />
            <Field
              name="confirm"
              id="factor-password"
              type="password"
              label={words.confirmPassword}
              faults={faults}
              autocomplete="current-password"
              required
            />
            <div class="form-actions">
              <button class="button" type="submit">
                {words.newCodes}
              </button>
              <button class="button danger" type="submit" formaction="/settings/profile/factor/remove">
                {words.remove}
              </button>
            </div>
          </form>
        </>
      )}
    </section>
  );
}
