/** `relais list`: the register, newest first, by the filters of the API. */
import type { Api } from './api.ts';
import { filterQuery, type ListFilter } from './filter-options.ts';
import { printList } from './listing.ts';
import { messageTable, type Summary } from './messages.ts';
import type { Terminal } from './terminal.ts';

export interface ListOptions extends ListFilter {
  readonly limit: number;
  readonly json?: boolean;
}

export async function list(api: Api, options: ListOptions, terminal: Terminal, now: number): Promise<void> {
  const { limit, json } = options;
  const lines = (messages: readonly Summary[]): string[] => messageTable(terminal, messages);
  await printList(api, { path: '/messages', query: filterQuery(options, now), limit, json, none: 'No message fits.', lines }, terminal);
}
