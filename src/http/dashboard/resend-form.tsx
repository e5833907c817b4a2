/** Sending a message again from its page: one recipient at a corrected address, or several. */
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageDetail } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import type { FieldFault, Problem } from '../problem.ts';
import { StateBadge, type View } from './parts.tsx';

type Recipient = MessageDetail['recipients'][number];

/** What went wrong with the form as it was sent: it is shown again with what was typed. */
export interface ResendFault {
  readonly problem: Problem;
  readonly form: URLSearchParams;
}

/** What the forms need of whoever may send it again. */
export interface ResendAccess {
  readonly csrf: string;
  /** Tells what is sent from here from what is sent after it: a double click sends once. */
  readonly formKey: string;
  readonly fault: ResendFault | null;
}

/** More are for the API. */
const SHOWN = 50;
const REACHED = new Set(['transferred', 'delivered']);

/** Which of the page's forms was sent. */
const ofForm = (access: ResendAccess, name: string): ResendFault | null =>
  (access.fault?.form.get('form') ?? 'several') === name ? access.fault : null;

/** The name of the form for that recipient alone. */
export const formOf = ({ index }: Pick<Recipient, 'index'>): string => `one-${index}`;

/** What is wrong with the address of that recipient. */
function addressFault(fault: ResendFault | null, index: number): string | null {
  const errors = (fault?.problem.members['errors'] ?? []) as readonly FieldFault[];
  return errors.find(({ path }) => path === `address.${index}`)?.detail ?? null;
}

/** What concerns no field of the form. */
function FormFault({ view: { t }, fault }: { readonly view: View; readonly fault: ResendFault | null }) {
  if (fault === null || fault.problem.members['errors'] !== undefined) return null;
  const { code, message } = fault.problem;
  const { pending, erased } = t.messagePage.fix;
  return (
    <p class="notice" role="alert">
      {code === 'pending' ? pending : code === 'content-erased' ? erased : message}
    </p>
  );
}

interface AddressFieldProps {
  readonly form: string;
  readonly index: number;
  readonly value: string;
  readonly label: string;
  readonly fault: ResendFault | null;
  readonly state?: Recipient['state'];
  readonly view: View;
}

function AddressField({ form, index, value, label, fault, state, view: { t } }: AddressFieldProps) {
  const wrong = addressFault(fault, index);
  const id = `${form}-address-${index}`;
  return (
    <div class="field">
      <label for={id}>
        {label} {state === undefined ? null : <StateBadge t={t} state={state} />}
      </label>
      <input
        id={id}
        name={`address.${index}`}
        value={fault?.form.get(`address.${index}`) ?? value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        inputmode="email"
        aria-invalid={wrong === null ? undefined : 'true'}
        aria-describedby={wrong === null ? undefined : `${id}-fault`}
      />
      {wrong === null ? null : (
        <p class="fault" id={`${id}-fault`} role="alert">
          {wrong}
        </p>
      )}
    </div>
  );
}

function RewriteTo({ view: { t }, fault }: { readonly view: View; readonly fault: ResendFault | null }) {
  return (
    <label class="check">
      <input type="checkbox" name="rewriteTo" checked={fault?.form.get('rewriteTo') === 'on'} />
      <span>
        {t.resend.rewriteTo} <span class="muted">{t.resend.rewriteToHint}</span>
      </span>
    </label>
  );
}

export interface CorrectFormProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly recipient: Recipient;
  readonly access: ResendAccess;
  /** Nothing was sent in its place yet. */
  readonly primary: boolean;
}

/** For the one recipient at hand. */
export function CorrectForm({ view, detail, recipient, access, primary }: CorrectFormProps) {
  const { t } = view;
  const { fix } = t.messagePage;
  const { index, address } = recipient;
  const name = formOf(recipient);
  const fault = ofForm(access, name);
  return (
    <details class="resend" id={name} open={fault !== null}>
      <summary class={primary ? 'button primary' : 'button'}>{fix.open}</summary>
      <form method="post" action={`/messages/${detail.message.id}/resend#${name}`}>
        <input type="hidden" name="csrf" value={access.csrf} />
        <input type="hidden" name="key" value={access.formKey} />
        <input type="hidden" name="form" value={name} />
        <input type="hidden" name="index" value={String(index)} />
        <FormFault view={view} fault={fault} />
        <AddressField view={view} form={name} index={index} value={address} label={fix.address} fault={fault} />
        <RewriteTo view={view} fault={fault} />
        <div class="form-end">
          <button class="button primary" type="submit">
            {fix.submit}
          </button>
          <span class="muted">{fix.sameContent}</span>
        </div>
      </form>
    </details>
  );
}

export interface ResendFormProps {
  readonly view: View;
  readonly detail: MessageDetail;
  readonly access: ResendAccess;
}

/** Whether there is anything that the form for several could send. */
export function mayResendSeveral({ recipients }: Pick<MessageDetail, 'recipients'>): boolean {
  const settled = recipients.filter(({ state }) => !isPending(state));
  // One that was not reached has a form of its own.
  return recipients.length > 1 ? settled.length > 0 : settled.some(({ state }) => REACHED.has(state) || state === 'cancelled');
}

/** For any that are not in the queue any more. */
export function ResendForm({ view, detail, access }: ResendFormProps) {
  const { t } = view;
  const choices = detail.recipients.filter(({ state }) => !isPending(state));
  const sorted = [...choices].sort((a, b) => Number(REACHED.has(a.state)) - Number(REACHED.has(b.state)) || a.index - b.index);
  const fault = ofForm(access, 'several');
  const chosen = fault === null ? null : new Set(fault.form.getAll('index'));
  return (
    <form class="resend-several" method="post" action={`/messages/${detail.message.id}/resend`}>
      <input type="hidden" name="csrf" value={access.csrf} />
      <input type="hidden" name="key" value={access.formKey} />
      <input type="hidden" name="form" value="several" />
      <FormFault view={view} fault={fault} />
      <p class="muted">{t.resend.lead}</p>
      {detail.supersededBy.length === 0 ? null : <p class="warn">{t.resend.before}</p>}
      <fieldset>
        <legend class="visually-hidden">{t.resend.to}</legend>
        {sorted.slice(0, SHOWN).map(({ index, address, state }) => (
          <div class="choice">
            <input
              type="checkbox"
              name="index"
              value={String(index)}
              checked={chosen === null ? !REACHED.has(state) : chosen.has(String(index))}
              aria-label={t.resend.sendTo(address)}
            />
            <AddressField
              view={view}
              form="several"
              index={index}
              value={address}
              label={isSame(address, fault?.form.get(`address.${index}`)) ? t.resend.address : t.resend.insteadOf(address)}
              fault={fault}
              state={state}
            />
          </div>
        ))}
      </fieldset>
      {sorted.length > SHOWN ? <p class="muted">{t.message.moreRecipients(sorted.length - SHOWN)}</p> : null}
      <RewriteTo view={view} fault={fault} />
      <div class="form-end">
        <button class="button primary" type="submit">
          {t.resend.submit}
        </button>
      </div>
    </form>
  );
}

/** Whether the form for several was sent and came back. */
export function isSeveralFault(access: ResendAccess | null): boolean {
  return access !== null && ofForm(access, 'several') !== null;
}

function isSame(address: string, typed: string | null | undefined): boolean {
  const parsed = typed === null || typed === undefined ? undefined : toAddress(typed.trim());
  const own = toAddress(address);
  return parsed === undefined || own === undefined || normalizeAddress(parsed) === normalizeAddress(own);
}
