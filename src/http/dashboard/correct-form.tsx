/** The form that sends an address' mail to the right one: it says beforehand what will be sent and what is cancelled. */
import type { VisibleContact } from '../api/contacts.ts';
import type { Correction } from '../sending/correct.ts';
import type { Strings } from './strings.ts';

/** What was typed and did not do. */
export interface CorrectionFault {
  readonly form: URLSearchParams;
  /** Beside the address; null: that was right. */
  readonly to: string | null;
  /** What else; null: nothing. */
  readonly notice: string | null;
}

/** What sending would do. */
export type Expected = Pick<Correction, 'failed' | 'moved' | 'held' | 'unsendable' | 'complete'>;

export interface CorrectFormProps {
  readonly t: Strings;
  readonly contact: VisibleContact;
  readonly expected: Expected;
  /** Messages that are sent alone; empty: what failed since mail last came through. */
  readonly named: readonly string[];
  /** Whether the reader may move what waits. */
  readonly mayMove: boolean;
  readonly csrf: string;
  readonly fault: CorrectionFault | null;
}

export function CorrectForm({ t, contact, expected, named, mayMove, csrf, fault }: CorrectFormProps) {
  const words = t.documents.contact.form;
  const { suggestion } = contact;
  const typed = fault?.form.get('to') ?? suggestion?.address ?? contact.address;
  const described = [fault?.to == null ? null : 'to-fault', suggestion === null ? null : 'to-hint'].filter((id) => id !== null);
  return (
    <section class="card correct" id="correct" aria-labelledby="correct-title">
      <h2 id="correct-title">{words.title}</h2>
      <p class="muted">{words.lead}</p>
      <form method="post" action={`/contacts/${encodeURIComponent(contact.address)}/correct`}>
        <input type="hidden" name="csrf" value={csrf} />
        {named.map((message) => (
          <input type="hidden" name="message" value={message} />
        ))}
        {fault?.notice == null ? null : (
          <p class="notice" role="alert">
            {fault.notice}
          </p>
        )}
        <div>
          <label for="to">{words.to}</label>
          <input
            id="to"
            name="to"
            value={typed}
            required
            autofocus={fault !== null}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            inputmode="email"
            aria-invalid={fault?.to == null ? undefined : 'true'}
            aria-describedby={described.length === 0 ? undefined : described.join(' ')}
          />
          {fault?.to == null ? null : (
            <p class="fault" id="to-fault" role="alert">
              {fault.to}
            </p>
          )}
          {suggestion === null ? null : (
            <p class="muted hint-line" id="to-hint">
              {words.suggestions[suggestion.because]}
              {suggestion.takesMail === true ? ` ${words.takesMail}` : null}
            </p>
          )}
        </div>
        <fieldset>
          <legend>{words.what}</legend>
          <ul class="effects">
            {expected.failed > 0 ? <li>{words.failed(expected.failed, !expected.complete)}</li> : null}
            {expected.held > 0 ? <li>{words.held(expected.held)}</li> : null}
            {expected.unsendable > 0 ? <li>{words.unsendable(expected.unsendable)}</li> : null}
          </ul>
          {mayMove && expected.moved > 0 ? (
            <label class="check">
              <input type="checkbox" name="pending" checked={fault === null || fault.form.get('pending') === 'on'} />
              <span>
                {words.pending(expected.moved, !expected.complete)} <span class="muted">{words.pendingHint(expected.moved)}</span>
              </span>
            </label>
          ) : null}
          <label class="check">
            <input type="checkbox" name="rewriteTo" checked={fault?.form.get('rewriteTo') === 'on'} />
            <span>
              {t.resend.rewriteTo} <span class="muted">{t.resend.rewriteToHint}</span>
            </span>
          </label>
        </fieldset>
        <div class="correct-foot">
          <button class="button primary" type="submit">
            {words.submit}
          </button>
          <p class="muted">{words.erpFirst}</p>
        </div>
      </form>
    </section>
  );
}
