/** The views of the register: all mail, mail by template, and what a person keeps under names of their own. */

import type { ViewRecord } from '../../domain/ports.ts';
import type { Shared } from '../api/context.ts';
import type { Caller } from '../auth/caller.ts';
import { Icon } from './icons.tsx';
import type { View } from './parts.tsx';

/** Of one person. */
export const MOST_VIEWS = 50;
const NAME_LIMIT = 60;

export interface KeptView extends ViewRecord {
  readonly id: string;
}

export type ViewFault = keyof View['t']['registerPage']['viewFaults'];

/** Names of users and tokens hold no slash, so that nobody's views are another's. */
function prefixOf({ kind, name }: Caller): string {
  return `${kind}/${name}/`;
}

export async function viewsOf({ options }: Shared, caller: Caller): Promise<readonly KeptView[]> {
  const prefix = prefixOf(caller);
  const listed = await options.store.views.list({ after: prefix, limit: MOST_VIEWS });
  return listed.filter(({ name }) => name.startsWith(prefix)).map(({ name, value }) => ({ ...value, id: name.slice(prefix.length) }));
}

/** Keeps the filters under the name, in the place of a view that has it already. */
export async function keepView(
  shared: Shared,
  caller: Caller,
  given: { readonly name: string; readonly query: string },
): Promise<ViewFault | null> {
  const name = given.name.trim().slice(0, NAME_LIMIT);
  if (name === '') return 'noName';
  if (given.query === '') return 'noFilter';
  const { store, now, newMessageId } = shared.options;
  const kept = await viewsOf(shared, caller);
  const same = kept.find((view) => view.name === name);
  if (same === undefined && kept.length >= MOST_VIEWS) return 'tooMany';
  const createdAt = now();
  // In the order in which they were made.
  await store.views.put(prefixOf(caller) + (same?.id ?? newMessageId()), { name, query: given.query, createdAt });
  return null;
}

export function dropView({ options }: Shared, caller: Caller, id: string): Promise<boolean> {
  return options.store.views.delete(prefixOf(caller) + id);
}

interface ViewsProps {
  readonly view: View;
  /** Where one is, beside a view of one's own. */
  readonly place: 'all' | 'templates';
  /** The filters in force, as in the address. */
  readonly query: string;
  readonly views: readonly KeptView[];
  readonly viewFault: ViewFault | null;
  readonly csrf: string;
}

export function Views({ view: { t }, place, query, views, viewFault, csrf }: ViewsProps) {
  const words = t.registerPage;
  const current = views.find((kept) => kept.query === query);
  return (
    <div class="views">
      <nav aria-label={words.views}>
        <a href="/messages" aria-current={place === 'all' && current === undefined ? 'page' : undefined}>
          {words.allMail}
        </a>
        <a href="/messages/templates" aria-current={place === 'templates' && current === undefined ? 'page' : undefined}>
          {words.byTemplate}
        </a>
        {views.map((kept) => (
          <a href={`/messages?${kept.query}`} aria-current={kept === current ? 'page' : undefined}>
            {kept.name}
          </a>
        ))}
      </nav>
      {csrf === '' ? null : current === undefined || viewFault !== null ? (
        <details class="menu" open={viewFault !== null} hidden={query === '' && viewFault === null}>
          <summary class="button quiet small">
            <Icon name="bookmark" />
            {words.saveView}
          </summary>
          <div class="menu-panel below">
            <form class="menu-form" method="post" action="/messages/views">
              <input type="hidden" name="csrf" value={csrf} />
              <input type="hidden" name="query" value={query} />
              <label for="view-name">{words.viewName}</label>
              <input
                id="view-name"
                name="name"
                maxlength={NAME_LIMIT}
                required
                autocomplete="off"
                aria-invalid={viewFault === null ? undefined : 'true'}
                aria-describedby={viewFault === null ? undefined : 'view-fault'}
              />
              {viewFault === null ? null : (
                <p class="fault" id="view-fault">
                  {words.viewFaults[viewFault]}
                </p>
              )}
              <button class="button primary" type="submit">
                {words.save}
              </button>
            </form>
          </div>
        </details>
      ) : (
        <form method="post" action={`/messages/views/${current.id}/delete`}>
          <input type="hidden" name="csrf" value={csrf} />
          <button class="button quiet small" type="submit">
            <Icon name="close" />
            {words.deleteView(current.name)}
          </button>
        </form>
      )}
    </div>
  );
}
