/** Setting up the second factor: a secret for the device, and afterwards the recovery codes, shown once. */
import type { Enrolment } from '../../auth/own-access.ts';
import { qrPath, totpUri } from '../../auth/totp.ts';
import { Csrf, type Faults, Field, FormFault } from '../form-parts.tsx';
import type { Strings } from '../strings.ts';

interface SetUpProps {
  readonly t: Strings;
  readonly enrolment: Enrolment;
  readonly user: string;
  /** Which relais, as the device names it. */
  readonly place: string;
  readonly csrf: string;
  readonly faults: Faults;
}

export function SetUpFactor({ t, enrolment, user, place, csrf, faults }: SetUpProps) {
  const words = t.settings.profile;
  const { size, path } = qrPath(totpUri(enrolment.secret, user, place));
  return (
    <>
      <a class="back" href="/settings/profile">
        {words.back}
      </a>
      <section class="card section">
        <h2>{words.setUpTitle}</h2>
        <div class="factor">
          <figure class="qr">
            <svg viewBox={`0 0 ${size} ${size}`} role="img" aria-label={words.qr} shape-rendering="crispEdges">
              <path d={path} />
            </svg>
          </figure>
          <div>
            <p>
              <b>1.</b> {words.scan}
            </p>
            <p class="muted factor-secret">
              {words.byHand}
              <code>{enrolment.secret.match(/.{1,4}/g)?.join(' ')}</code>
            </p>
            <p>
              <b>2.</b> {words.enterCode}
            </p>
            <form method="post" action="/settings/profile/factor" class="stacked">
              <Csrf token={csrf} />
              <input type="hidden" name="sealed" value={enrolment.sealed} />
              <FormFault faults={faults} />
              <Field
                name="code"
                label={words.code}
                faults={faults}
                inputmode="numeric"
                autocomplete="one-time-code"
                maxlength={12}
                required
                mono
              />
              <Field
                name="confirm"
                type="password"
                label={words.confirmPassword}
                faults={faults}
                autocomplete="current-password"
                required
              />
              <button class="button primary" type="submit">
                {words.turnOn}
              </button>
            </form>
          </div>
        </div>
      </section>
    </>
  );
}

export function RecoveryCodes({ t, codes }: { readonly t: Strings; readonly codes: readonly string[] }) {
  const words = t.settings.profile;
  return (
    <section class="card section">
      <h2>{words.codesTitle}</h2>
      <p class="section-lead">{words.codesLead}</p>
      <ol class="codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div class="form-actions">
        <button class="button" type="button" hidden data-copy={codes.join('\n')} data-done={t.message.copied}>
          {t.message.copy}
        </button>
        <a class="button primary" href="/settings/profile">
          {words.codesDone}
        </a>
      </div>
    </section>
  );
}
