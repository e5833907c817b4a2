/** The register: every message, newest first, with its filters in the address. */
import type { Child } from 'hono/jsx';
import type { BulkAction } from './bulk.ts';
import { FindForm } from './find-form.tsx';
import { Icon } from './icons.tsx';
import { NewRows } from './list-parts.tsx';
import type { View } from './parts.tsx';
import { COLUMNS, type ColumnName } from './register-columns.ts';
import { FILTER_NAMES, type FilterName, type RegisterFilter } from './register-filter.ts';
import { type KeptView, type ViewFault, Views } from './views.tsx';

export interface RegisterProps {
  readonly view: View;
  readonly register: RegisterFilter;
  readonly columns: readonly ColumnName[];
  readonly views: readonly KeptView[];
  readonly viewFault: ViewFault | null;
  readonly csrf: string;
  /** What the reader may do to many at once. */
  readonly actions: readonly BulkAction[];
  /** The page's own address, to come back to. */
  readonly path: string;
  /** The list. */
  readonly children: Child;
}

export function Register(props: RegisterProps) {
  const { view, register, children } = props;
  const { t } = view;
  return (
    <>
      <div class="head">
        <h1>{t.register.title}</h1>
        <div class="head-actions">
          <Columns {...props} />
          <Export {...props} />
        </div>
      </div>
      <Views {...props} place={placeOf(register)} query={new URLSearchParams([...register.given]).toString()} />
      <Filters view={view} register={register} />
      {children}
      <Selection {...props} />
      <NewRows t={t} />
      <dialog class="dialog" id="dialog" aria-labelledby="dialog-title">
        <div id="dialog-body" />
      </dialog>
    </>
  );
}

function placeOf({ given }: RegisterFilter): 'all' | 'templates' {
  return given.has('template') ? 'templates' : 'all';
}

function Columns({ view: { t }, columns, path }: RegisterProps) {
  const words = t.registerPage;
  return (
    <details class="menu">
      <summary class="button">
        <Icon name="columns" />
        {words.columns}
      </summary>
      <div class="menu-panel below">
        <form method="get" action="/messages/columns">
          <input type="hidden" name="next" value={path} />
          {COLUMNS.map((column) => (
            <label class="menu-item">
              <input type="checkbox" name="show" value={column} checked={columns.includes(column)} />
              {words.columnNames[column]}
            </label>
          ))}
          <div class="menu-actions">
            <button class="button primary small" type="submit">
              {words.show}
            </button>
            <a class="button quiet small" href={`/messages/columns?standard=1&next=${encodeURIComponent(path)}`}>
              {words.standardColumns}
            </a>
          </div>
        </form>
      </div>
    </details>
  );
}

function Export({ view: { t }, register }: RegisterProps) {
  const words = t.registerPage;
  const link = (form: string): string =>
    `/api/v1/messages/export?${new URLSearchParams([...register.given, ...new URLSearchParams(form)])}`;
  return (
    <details class="menu">
      <summary class="button">
        <Icon name="download" />
        {words.exporting}
      </summary>
      <div class="menu-panel below wide">
        <p class="menu-lead">{words.exportLead}</p>
        <a class="menu-item" href={link('format=xlsx')} data-format="format=xlsx" download>
          {words.xlsx}
        </a>
        <a class="menu-item" href={link('format=csv&bom=true')} data-format="format=csv&bom=true" download>
          {words.csvExcel}
        </a>
        <a class="menu-item" href={link('format=csv')} data-format="format=csv" download>
          {words.csv}
        </a>
        <div class="export-progress" role="status" data-export-progress />
      </div>
    </details>
  );
}

function Filters({ view: { t }, register }: Pick<RegisterProps, 'view' | 'register'>) {
  const { given, faults } = register;
  const narrowed = FILTER_NAMES.filter((name) => given.has(name)).length;
  return (
    <FindForm t={t} path="/messages" value={given.get('q') ?? ''} label={t.register.search} hint={t.register.searchHint}>
      <details class="filters" open={FILTER_NAMES.some((name) => faults.has(name))}>
        <summary class="button">
          <Icon name="filter" />
          {t.register.moreFilters}
          {narrowed > 0 ? <span class="count-chip">{narrowed}</span> : null}
        </summary>
        <div class="filter-grid">
          {FILTER_NAMES.map((name) => (
            <FilterField
              label={t.register.fields[name]}
              name={name}
              value={given.get(name) ?? ''}
              fault={faults.get(name)}
              words={t.faults}
            />
          ))}
          <div class="actions">
            <button class="button primary" type="submit">
              {t.register.apply}
            </button>
          </div>
        </div>
      </details>
    </FindForm>
  );
}

interface FilterFieldProps {
  readonly label: string;
  readonly name: FilterName;
  readonly value: string;
  readonly fault: string | undefined;
  readonly words: View['t']['faults'];
}

function FilterField({ label, name, value, fault, words }: FilterFieldProps) {
  const id = `filter-${name}`;
  const isDate = name === 'from' || name === 'to';
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={isDate ? 'date' : 'text'}
        value={isDate ? value.slice(0, 10) : value}
        autocomplete="off"
        aria-invalid={fault === undefined ? undefined : 'true'}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
      />
      {fault === undefined ? null : (
        <p class="fault" id={`${id}-fault`}>
          {words[fault] ?? fault}
        </p>
      )}
    </div>
  );
}

/** What is done to those that are picked; in sight as soon as one is. */
function Selection({ view: { t }, actions, csrf, register }: RegisterProps) {
  if (actions.length === 0) return null;
  const words = t.registerPage;
  return (
    <form
      class="selection"
      id="selection"
      method="post"
      action="/messages/bulk"
      hx-post="/messages/bulk"
      hx-target="#dialog-body"
      hx-swap="innerHTML"
    >
      <input type="hidden" name="csrf" value={csrf} />
      <p role="status">
        <b data-picked />
        <span data-picked-words={words.selected} data-all-words={words.allMatching} />
      </p>
      <label class="check selection-all" hidden={register.given.size === 0}>
        <input type="checkbox" name="all" value="1" />
        {words.selectMatching}
      </label>
      <div class="selection-actions">
        {actions.map((action) => (
          <button class={action === 'delete' ? 'button danger' : 'button'} type="submit" name="action" value={action}>
            {words.actions[action]}
          </button>
        ))}
        <button class="button quiet icon-only" type="reset" aria-label={words.clearSelection} title={words.clearSelection}>
          <Icon name="close" />
        </button>
      </div>
    </form>
  );
}
