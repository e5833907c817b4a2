/** Legal holds, as the page of the clean-up lists and sets them. */
import type { LegalHoldRecord } from '../../../domain/legal-hold.ts';
import { RelativeTime, type View } from '../parts.tsx';

/** What was typed and did not do: by field. */
export interface HoldFaults {
  readonly form: URLSearchParams;
  readonly faults: Readonly<Partial<Record<'name' | 'recipient' | 'reason' | 'filter', string>>>;
}

const SHOWN = 20;

interface HoldsProps {
  readonly view: View;
  readonly holds: readonly LegalHoldRecord[];
  readonly refused: HoldFaults | null;
  readonly csrf: string;
}

export function HoldsCard({ view, holds, refused, csrf }: HoldsProps) {
  const words = view.t.cleanUp.holds;
  return (
    <section class="card part" id="holds">
      <h2>{words.title}</h2>
      <p class="muted">{words.lead}</p>
      {holds.length === 0 ? <p class="muted">{words.none}</p> : null}
      <ul class="holds">
        {holds.slice(0, SHOWN).map((hold) => (
          <Hold view={view} hold={hold} csrf={csrf} />
        ))}
      </ul>
      {holds.length > SHOWN ? <p class="muted small">{words.more(holds.length - SHOWN)}</p> : null}
      <AddForm view={view} refused={refused} csrf={csrf} />
    </section>
  );
}

function Hold({ view, hold, csrf }: { readonly view: View; readonly hold: LegalHoldRecord; readonly csrf: string }) {
  const words = view.t.cleanUp.holds;
  const { name, message, filter, reason, by, at } = hold;
  return (
    <li>
      <div>
        <p class="hold-what">
          {message === null ? words.filter(fieldsText(view, filter ?? {})) : <a href={`/messages/${message}`}>{words.message}</a>}
        </p>
        <p>{reason}</p>
        <p class="muted small">
          {message === null ? `${name}, ` : ''}
          {words.since(by)} <RelativeTime view={view} at={at} />
        </p>
      </div>
      <form method="post" action="/settings/clean-up/lift">
        <input type="hidden" name="csrf" value={csrf} />
        <input type="hidden" name={message === null ? 'name' : 'message'} value={name} />
        <button class="button" type="submit">
          {words.lift}
          <span class="visually-hidden"> {name}</span>
        </button>
      </form>
    </li>
  );
}

function fieldsText({ t }: View, filter: NonNullable<LegalHoldRecord['filter']>): string {
  const { holds, kept } = t.cleanUp;
  const names: Readonly<Record<string, string>> = {
    ...lower(kept.matches, t),
    ...lower({ recipient: holds.recipient, document: holds.document }, t),
    ...holds.fields,
  };
  return Object.entries(filter)
    .map(
      ([name, value]) =>
        `${names[name] ?? name} ${name === 'from' || name === 'to' ? new Date(Number(value)).toISOString().slice(0, 10) : String(value)}`,
    )
    .join(', ');
}

/** As within a sentence; German nouns stay as they are. */
function lower(words: Readonly<Record<string, string>>, { language }: View['t']): Record<string, string> {
  if (language === 'de') return { ...words };
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, word.toLowerCase()]));
}

const FIELDS = ['recipient', 'document', 'domain'] as const;

function AddForm({ view, refused, csrf }: Pick<HoldsProps, 'view' | 'refused' | 'csrf'>) {
  const words = view.t.cleanUp.holds;
  const typed = (name: string): string => refused?.form.get(name) ?? '';
  const { faults = {} } = refused ?? {};
  return (
    <details class="add plain-add" open={refused !== null}>
      <summary class="button">{words.add}</summary>
      <form method="post" action="/settings/clean-up/hold">
        <input type="hidden" name="csrf" value={csrf} />
        <Field id="hold-name" name="name" label={words.name} value={typed('name')} fault={faults.name} hint={words.nameHint} required />
        {FIELDS.map((name) => (
          <Field
            id={`hold-${name}`}
            name={name}
            label={words[name]}
            value={typed(name)}
            fault={name === 'recipient' ? (faults.recipient ?? faults.filter) : undefined}
          />
        ))}
        <Field id="hold-reason" name="reason" label={words.reason} value={typed('reason')} fault={faults.reason} required />
        <button class="button primary" type="submit">
          {words.submit}
        </button>
      </form>
    </details>
  );
}

interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly fault?: string | undefined;
  readonly hint?: string;
  readonly required?: boolean;
}

export function Field({ id, name, label, value, fault, hint, required }: FieldProps) {
  const described = [hint === undefined ? [] : `${id}-hint`, fault === undefined ? [] : `${id}-fault`].flat().join(' ');
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        value={value}
        required={required}
        maxlength={500}
        autocomplete="off"
        autocapitalize="none"
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={described === '' ? undefined : described}
      />
      {hint === undefined ? null : (
        <p class="muted small" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault === undefined ? null : (
        <p class="fault" id={`${id}-fault`} role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
