/** Sending a message again from its page: to whom, and to which address. */
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import type { Problem } from '../problem.ts';
import { StateBadge, type View } from './parts.tsx';

/** What went wrong with the form as it was sent: it is shown again with what was typed. */
export interface ResendFault {
  readonly problem: Problem;
  readonly form: URLSearchParams;
}

export interface ResendFormProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly csrf: string;
  /** Tells this form from the next. */
  readonly formKey: string;
  readonly fault: ResendFault | null;
}

/** More are for the API. */
const SHOWN = 50;
const REACHED = new Set(['transferred', 'delivered']);

export function ResendForm({ view: { t }, detail, csrf, formKey, fault }: ResendFormProps) {
  const choices = detail.recipients.filter(({ state }) => !isPending(state));
  if (choices.length === 0) return null;
  const sorted = [...choices].sort((a, b) => Number(REACHED.has(a.state)) - Number(REACHED.has(b.state)) || a.index - b.index);
  const unreached = sorted.some(({ state }) => !REACHED.has(state));
  const chosen = fault === null ? null : new Set(fault.form.getAll('index'));
  return (
    <details class="card resend" id="resend" open={fault !== null}>
      <summary class={unreached ? 'button primary' : 'button'}>{t.resend.open}</summary>
      <form method="post" action={`/messages/${detail.message.id}/resend`}>
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name="key" value={fault?.form.get('key') ?? formKey} />
        {fault === null ? null : (
          <p class="notice" role="alert">
            {fault.problem.message}
          </p>
        )}
        <p class="muted">{t.resend.lead}</p>
        {detail.supersededBy.length === 0 ? null : <p class="ambiguous">{t.resend.before}</p>}
        <fieldset>
          <legend class="visually-hidden">{t.resend.to}</legend>
          {sorted.slice(0, SHOWN).map(({ index, address, state }) => (
            <div class="choice">
              <input
                type="checkbox"
                id={`index-${index}`}
                name="index"
                value={String(index)}
                checked={chosen === null ? !REACHED.has(state) : chosen.has(String(index))}
                aria-label={t.resend.sendTo(address)}
              />
              <div>
                <label for={`address-${index}`}>
                  {isSame(address, fault?.form.get(`address.${index}`)) ? t.resend.address : t.resend.insteadOf(address)}{' '}
                  <StateBadge t={t} state={state} />
                </label>
                <input
                  id={`address-${index}`}
                  name={`address.${index}`}
                  value={fault?.form.get(`address.${index}`) ?? address}
                  autocomplete="off"
                  autocapitalize="none"
                  spellcheck={false}
                  inputmode="email"
                />
              </div>
            </div>
          ))}
        </fieldset>
        {sorted.length > SHOWN ? <p class="muted">{t.message.moreRecipients(sorted.length - SHOWN)}</p> : null}
        <label class="check">
          <input type="checkbox" name="rewriteTo" checked={fault?.form.get('rewriteTo') === 'on'} />
          <span>
            {t.resend.rewriteTo} <span class="muted">{t.resend.rewriteToHint}</span>
          </span>
        </label>
        <button class="button primary" type="submit">
          {t.resend.submit}
        </button>
      </form>
    </details>
  );
}

function isSame(address: string, typed: string | null | undefined): boolean {
  const parsed = typed === null || typed === undefined ? undefined : toAddress(typed.trim());
  const own = toAddress(address);
  return parsed === undefined || own === undefined || normalizeAddress(parsed) === normalizeAddress(own);
}
