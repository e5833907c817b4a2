/** The parts that forms are made of: a field with what is wrong beside it, a choice, a button that asks first. */
import type { Child } from 'hono/jsx';

/** What is wrong, by the name of the field; under '' what concerns the whole form. */
export type Faults = ReadonlyMap<string, string>;

export const NO_FAULTS: Faults = new Map();

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly faults: Faults;
  readonly value?: string;
  readonly type?: 'text' | 'password' | 'email' | 'date';
  readonly hint?: string;
  readonly autocomplete?: string;
  readonly inputmode?: 'numeric' | 'email';
  readonly required?: boolean;
  readonly minlength?: number;
  readonly maxlength?: number;
  readonly list?: string;
  /** Told apart from fields of the same name on the page. */
  readonly id?: string;
  readonly mono?: boolean;
}

/** A labelled input; its hint and its fault are tied to it for who hears the page. */
export function Field({ name, label, faults, hint, id = name, mono, autocomplete = 'off', ...input }: FieldProps) {
  const fault = faults.get(name);
  const described = [...(fault === undefined ? [] : [`${id}-fault`]), ...(hint === undefined ? [] : [`${id}-hint`])];
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        class={mono === true ? 'mono' : undefined}
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={described.length === 0 ? undefined : described.join(' ')}
        {...input}
      />
      {hint === undefined ? null : (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Fault id={`${id}-fault`} words={fault} />
    </div>
  );
}

export function Fault({ id, words }: { readonly id?: string; readonly words: string | undefined }) {
  if (words === undefined) return null;
  return (
    <p class="fault" id={id} role="alert">
      {words}
    </p>
  );
}

/** What is wrong with the form as a whole. */
export function FormFault({ faults }: { readonly faults: Faults }) {
  const words = faults.get('');
  if (words === undefined) return null;
  return (
    <p class="notice" role="alert">
      {words}
    </p>
  );
}

/** That something was done. */
export function DoneNotice({ words }: { readonly words: string | null }) {
  if (words === null) return null;
  return (
    <p class="done-notice" role="status">
      {words}
    </p>
  );
}

export function Csrf({ token }: { readonly token: string }) {
  return <input type="hidden" name="csrf" value={token} />;
}

interface ChoiceProps {
  readonly type: 'radio' | 'checkbox';
  readonly name: string;
  readonly value: string;
  readonly checked: boolean;
  readonly label: Child;
  readonly hint?: string | undefined;
  readonly disabled?: boolean;
  readonly invalid?: boolean;
}

/** One of several, with a word on what it means. */
export function Choice({ type, name, value, checked, label, hint, disabled, invalid }: ChoiceProps) {
  return (
    <label class="pick">
      <input
        type={type}
        name={name}
        value={value}
        checked={checked}
        disabled={disabled}
        aria-invalid={invalid === true ? 'true' : undefined}
      />
      <span>
        {label}
        {hint === undefined ? null : <small>{hint}</small>}
      </span>
    </label>
  );
}
