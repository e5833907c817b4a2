/** `relais streams list` and `relais streams name`. */
import type { Api } from './api.ts';
import { printList } from './listing.ts';
import { type Column, localTime, printable, type Terminal, table } from './terminal.ts';

interface Stream {
  readonly stream: string;
  readonly name: string | null;
  readonly account: string;
  readonly pattern: string;
  readonly lastAt: string;
  readonly messages: number;
}

export interface StreamListOptions {
  readonly named?: 'yes' | 'no';
  readonly search?: string;
  readonly json?: boolean;
}

export async function listStreams(api: Api, { named, search, json }: StreamListOptions, terminal: Terminal): Promise<void> {
  const query = { named: named === undefined ? undefined : String(named === 'yes'), q: search };
  const lines = (streams: readonly Stream[]): string[] => table(terminal, streams, COLUMNS);
  await printList(api, { path: '/streams', query, json, none: 'No streams.', lines }, terminal);
}

const COLUMNS: readonly Column<Stream>[] = [
  { title: 'STREAM', of: ({ stream }) => stream },
  { title: 'NAME', of: ({ name }) => printable(name ?? '') },
  { title: 'SUBJECTS LIKE', of: ({ pattern }) => printable(pattern === '' ? '(no subject)' : pattern) },
  { title: 'ACCOUNT', of: ({ account }) => printable(account) },
  { title: 'MAIL', of: ({ messages }) => String(messages) },
  { title: 'LAST', of: ({ lastAt }) => localTime(lastAt) },
];

export async function nameStream(
  api: Api,
  { stream, name, json }: { readonly stream: string; readonly name: string | null; readonly json: boolean },
  terminal: Terminal,
): Promise<void> {
  const named = await api.put<Stream>(`/streams/${encodeURIComponent(stream)}`, { name });
  if (json) return terminal.print(JSON.stringify(named));
  terminal.print(
    named.name === null ? `${named.stream} has no name any more.` : `${named.stream} is "${printable(named.name)}" from now on.`,
  );
}
