/** Sign-in: at the identity provider, with a user's password, with a token, or by the one-time link of the terminal. */
import { Brand, Document, Languages } from './layout.tsx';
import type { Strings } from './strings.ts';

export interface SignInProps {
  readonly t: Strings;
  /** Where to go afterwards; a path of ours. */
  readonly next: string;
  readonly fault: string | null;
  readonly user: string;
  /** It was tried with a token: its form stands open. */
  readonly byToken?: boolean;
  /** The identity provider's name for people; null: there is none. */
  readonly provider: string | null;
  /** There is no user yet. */
  readonly nobody: boolean;
}

export function SignIn({ t, next, fault, user, byToken, provider, nobody }: SignInProps) {
  return (
    <Document t={t} title={t.signIn.title}>
      <main class="gate">
        <div class="card gate-card">
          <Brand t={t} />
          <h1>{t.signIn.title}</h1>
          <p class="muted">{t.signIn.lead}</p>
          {fault === null ? null : (
            <p class="notice" role="alert">
              {fault}
            </p>
          )}
          {provider === null ? null : (
            <>
              <a class="button primary provider" href={`/sign-in/oidc?next=${encodeURIComponent(next)}`}>
                {t.access.provider(provider)}
              </a>
              <div class="or">{t.signIn.or}</div>
            </>
          )}
          <form method="post" action="/sign-in">
            <input type="hidden" name="next" value={next} />
            <div>
              <label for="user">{t.signIn.user}</label>
              <input id="user" name="user" value={user} autocomplete="username" autocapitalize="none" required />
            </div>
            <div>
              <label for="password">{t.signIn.password}</label>
              <input id="password" name="password" type="password" autocomplete="current-password" required />
            </div>
            <button class={provider === null ? 'button primary' : 'button'} type="submit">
              {t.signIn.submit}
            </button>
          </form>
          <details class="by-token" open={nobody || byToken === true}>
            <summary>{t.signIn.submitToken}</summary>
            <form method="post" action="/sign-in">
              <input type="hidden" name="next" value={next} />
              <div>
                <label for="token">{t.signIn.token}</label>
                <input id="token" name="token" type="password" autocomplete="off" placeholder="rl_…" required />
              </div>
              <button class="button" type="submit">
                {t.signIn.submitToken}
              </button>
            </form>
          </details>
          {nobody ? (
            <p class="hint">
              {t.access.nobody}
              <code>relais user add you --role admin</code>
              {t.access.nobodyLink}
              <code>relais sign-in</code>
            </p>
          ) : null}
        </div>
      </main>
      <Languages t={t} path={next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`} />
    </Document>
  );
}

interface CodeProps {
  readonly t: Strings;
  readonly next: string;
  readonly challenge: string;
  readonly fault: string | null;
}

/** The second factor. */
export function CodePage({ t, next, challenge, fault }: CodeProps) {
  return (
    <Document t={t} title={t.access.codeTitle}>
      <main class="gate">
        <div class="card gate-card">
          <Brand t={t} />
          <h1>{t.access.codeTitle}</h1>
          <p class="muted">{t.access.codeLead}</p>
          <form method="post" action="/sign-in/code">
            <input type="hidden" name="next" value={next} />
            <input type="hidden" name="challenge" value={challenge} />
            <div>
              <label for="code">{t.access.code}</label>
              <input
                id="code"
                name="code"
                class="code"
                inputmode="numeric"
                autocomplete="one-time-code"
                autofocus
                required
                maxlength={40}
                aria-invalid={fault === null ? undefined : 'true'}
                aria-describedby={fault === null ? 'code-hint' : 'code-fault code-hint'}
              />
              {fault === null ? null : (
                <p class="fault" id="code-fault" role="alert">
                  {fault}
                </p>
              )}
            </div>
            <button class="button primary" type="submit">
              {t.access.codeSubmit}
            </button>
          </form>
          <p class="hint" id="code-hint">
            {t.access.codeHint}
          </p>
          <p class="hint-link">
            <a href={`/sign-in?next=${encodeURIComponent(next)}`}>{t.access.codeBack}</a>
          </p>
        </div>
      </main>
    </Document>
  );
}

/** After a one-time link. The cookie is sent once the way here started from a page of ours: so it goes on by itself. */
export function LinkDone({ t, next }: { readonly t: Strings; readonly next: string }) {
  return (
    <Document t={t} title={t.signIn.linkDone}>
      <main class="gate">
        <div class="card gate-card">
          <Brand t={t} />
          <h1>{t.signIn.linkDone}</h1>
          <p>
            <a href={next}>{t.signIn.linkGo}</a>
          </p>
        </div>
      </main>
    </Document>
  );
}
