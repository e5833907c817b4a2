/** What the lists with a search share: tabs that renew the list alone, pages on and back, rows that came in. */
import type { Child } from 'hono/jsx';
import type { Strings } from './strings.ts';

interface TabProps {
  readonly path: string;
  readonly current: boolean;
  readonly children: Child;
}

/** A link that renews the list alone, where there is JavaScript. */
export function ListTab({ path, current, children }: TabProps) {
  return (
    <a href={path} hx-get={path} hx-target="#results" hx-swap="outerHTML" hx-push-url="true" aria-current={current ? 'true' : undefined}>
      {children}
    </a>
  );
}

export interface ListPagesProps {
  readonly t: Strings;
  /** Of the list's beginning; null: this is it. */
  readonly start: string | null;
  /** Of the page after this one; null: there is none. */
  readonly next: string | null;
  /** What the two links say, where it is not `newest` and `older`. */
  readonly words?: { readonly start: string; readonly more: string };
}

export function ListPages({ t, start, next, words = { start: t.register.newest, more: t.register.older } }: ListPagesProps) {
  if (start === null && next === null) return null;
  return (
    <nav class="pages" data-piece="pages" aria-label={t.register.pages}>
      {start === null ? (
        <span />
      ) : (
        <a class="button" href={start}>
          {words.start}
        </a>
      )}
      {next === null ? null : (
        <a class="button" rel="next" href={next}>
          {words.more} →
        </a>
      )}
    </nav>
  );
}

/** In place of rows, where a search looked at as many as it may at a time and found none yet. */
export function SearchOn({ t, path }: { readonly t: Strings; readonly path: string }) {
  return (
    <div class="card empty">
      <h2>{t.register.searchingTitle}</h2>
      <p>{t.register.searchingLead}</p>
      <a class="button primary" href={path}>
        {t.register.searchOn}
      </a>
    </div>
  );
}

/** Said when rows came in while the reader is further down. */
export function NewRows({ t }: { readonly t: Strings }) {
  return (
    <div role="status">
      <button class="pill" type="button" hidden data-new-rows>
        {t.registerPage.newRows}
      </button>
    </div>
  );
}
