/** `relais legal-hold set|list|lift`: what nobody erases until it is lifted. */
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { filterQuery, type ListFilter } from './filter-options.ts';
import { printList } from './listing.ts';
import { type Column, localTime, printable, type Terminal, table } from './terminal.ts';

interface Hold {
  readonly name: string;
  readonly message: string | null;
  readonly filter: Readonly<Record<string, unknown>> | null;
  readonly reason: string;
  readonly by: string | null;
  readonly at: string;
}

export interface SetOptions extends ListFilter {
  readonly name?: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** Of the messages named; else of those of the filter, under a name. */
export async function setHolds(
  api: Api,
  request: { readonly ids: readonly string[]; readonly options: SetOptions; readonly now: number },
  terminal: Terminal,
): Promise<void> {
  const { ids, options, now } = request;
  const { reason } = options;
  const { state: _, q: __, stream: ___, ...filter } = filterQuery(options, now);
  const filtered = Object.keys(filter).length > 0;
  if (ids.length > 0 && filtered) throw usage('Name messages, or give filters: not both.');
  if (ids.length > 0) {
    for (const id of ids) say(await api.post<Hold>(`/messages/${encodeURIComponent(id)}/legal-hold`, { reason }), options, terminal);
    return;
  }
  if (!filtered) throw usage('Name messages, or give filters such as --recipient or --document.');
  if (options.name === undefined) throw usage('A hold with a filter needs a --name.');
  const body = { filter, reason };
  say(await api.put<Hold>(`/legal-holds/${encodeURIComponent(options.name)}`, body), options, terminal);
}

function usage(text: string): CommandError {
  return new CommandError(EXIT.usage, text, 'relais legal-hold set --help shows how.');
}

function say(hold: Hold, { json }: { readonly json?: boolean }, terminal: Terminal): void {
  if (json === true) terminal.print(JSON.stringify(hold));
  else terminal.note(`${printable(what(hold))}: nothing erases it until the hold is lifted.`);
}

function what({ name, message, filter }: Hold): string {
  if (message !== null) return `Message ${message}`;
  const fields = Object.entries(filter ?? {}).map(([field, value]) => `${field} ${String(value)}`);
  return `All mail with ${fields.join(', ')} (${name})`;
}

export async function listHolds(api: Api, options: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const lines = (holds: readonly Hold[]): string[] => table(terminal, holds, COLUMNS);
  await printList(api, { path: '/legal-holds', json: options.json, none: 'There are no legal holds.', lines }, terminal);
}

const COLUMNS: readonly Column<Hold>[] = [
  { title: 'NAME', of: ({ name }) => name },
  { title: 'SINCE', of: ({ at }) => localTime(at) },
  { title: 'BY', of: ({ by }) => by ?? '' },
  { title: 'WHAT', of: what },
  { title: 'REASON', of: ({ reason }) => reason },
];

/** A message's id, or the name of a hold with a filter. */
export async function liftHold(api: Api, name: string, terminal: Terminal): Promise<void> {
  const path = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/i.test(name) ? `/messages/${name}/legal-hold` : `/legal-holds/${encodeURIComponent(name)}`;
  await api.delete(path);
  terminal.note(`The legal hold of ${printable(name)} is lifted.`);
}
