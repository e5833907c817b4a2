/** The search of a list: as one types, or without scripts by its button. */
import type { Child } from 'hono/jsx';
import { SearchIcon } from './parts.tsx';
import type { Strings } from './strings.ts';

export interface FindFormProps {
  readonly t: Strings;
  readonly path: string;
  readonly value: string;
  readonly label: string;
  readonly hint: string;
  /** Fields beyond the text. */
  readonly children?: Child;
}

export function FindForm({ t, path, value, label, hint, children }: FindFormProps) {
  return (
    <search>
      <form
        id="find"
        method="get"
        action={path}
        hx-get={path}
        hx-trigger="input changed delay:70ms from:#q"
        hx-target="#results"
        hx-swap="outerHTML"
        hx-replace-url="true"
        hx-sync="this:queue last"
      >
        <div class="search">
          <div class="field">
            <SearchIcon />
            <label class="visually-hidden" for="q">
              {label}
            </label>
            <input id="q" type="search" name="q" value={value} placeholder={hint} autocomplete="off" aria-controls="results" />
            <kbd class="field-key">/</kbd>
          </div>
          <button class="button primary search-button" type="submit">
            {t.register.searchButton}
          </button>
        </div>
        {children}
      </form>
    </search>
  );
}
