/** `relais contacts`: addresses that fail, why, and what each was perhaps meant to be. */
import type { Api } from './api.ts';
import { printList } from './listing.ts';
import { formatReply, type Reply } from './messages.ts';
import { type Column, localTime, printable, type Terminal, table } from './terminal.ts';

interface ContactMail {
  readonly message: string;
  readonly state: string;
  readonly stateSince: string;
  readonly category: string | null;
  readonly addressInvalid: boolean;
  readonly reply: Reply | null;
  readonly correctedTo: { readonly address: string } | null;
}

export interface Contact {
  readonly address: string;
  readonly state: string;
  readonly contact: string | null;
  readonly contactUrl: string | null;
  readonly suggestion: { readonly address: string; readonly takesMail: boolean | null } | null;
  readonly last: ContactMail | null;
}

export interface ContactDetail extends Contact {
  readonly failingSince: string | null;
  readonly failed: { readonly count: number; readonly more: boolean };
  readonly pending: { readonly count: number; readonly more: boolean };
  readonly suppression: { readonly reason: string; readonly note: string | null } | null;
}

export interface ContactListOptions {
  readonly all?: boolean;
  readonly search?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export async function listContacts(api: Api, options: ContactListOptions, terminal: Terminal): Promise<void> {
  const { all = false, search: q, limit, json } = options;
  const query = { state: all ? undefined : 'problem', q };
  const lines = (contacts: readonly Contact[]): string[] => contactTable(terminal, contacts, all);
  await printList(api, { path: '/contacts', query, limit, json, none: all ? 'No address fits.' : 'No address fails.', lines }, terminal);
}

const PAINTS: Readonly<Record<string, 'red' | 'green' | 'yellow' | 'dim'>> = {
  problem: 'red',
  fine: 'green',
  waiting: 'yellow',
};

function paintStanding({ colors }: Terminal, state: string): string {
  return colors[PAINTS[state] ?? 'dim'](state);
}

function contactTable(terminal: Terminal, contacts: readonly Contact[], all: boolean): string[] {
  const { colors } = terminal;
  const columns: Column<Contact>[] = [{ title: 'ADDRESS', of: ({ address }) => address }];
  if (all) columns.push({ title: 'STATE', of: ({ state }) => state, paint: (_, { state }) => paintStanding(terminal, state) });
  columns.push({ title: 'SINCE', of: ({ last }) => (last === null ? '' : localTime(last.stateSince)) });
  columns.push({ title: 'WHY', of: ({ last }) => last?.category ?? '' });
  // Of a list without any, the column would only take room.
  if (contacts.some(({ suggestion }) => suggestion !== null)) {
    columns.push({ title: 'PERHAPS', of: ({ suggestion }) => suggestion?.address ?? '', paint: (text) => colors.green(text) });
  }
  if (contacts.some(({ contact }) => contact !== null)) columns.push({ title: 'CONTACT', of: ({ contact }) => contact ?? '' });
  columns.push({ title: 'ANSWER', of: ({ last }) => (last?.reply == null ? '' : formatReply(last.reply)) });
  return table(terminal, contacts, columns);
}

/** How an address stands, in a few lines, above its mail. */
export function contactHead(terminal: Terminal, contact: ContactDetail): string[] {
  const { colors } = terminal;
  const { state, failingSince, suggestion, suppression, failed, pending } = contact;
  const since = failingSince === null ? '' : ` since ${localTime(failingSince)}`;
  const lines = [`${colors.bold(printable(contact.address))}  ${paintStanding(terminal, state)}${since}`];
  const field = (name: string, value: string | null): void => {
    if (value !== null) lines.push(`  ${colors.dim(name.padEnd(11))} ${printable(value)}`);
  };
  field('perhaps', suggestion === null ? null : `${suggestion.address}${suggestion.takesMail === true ? ' (its domain takes mail)' : ''}`);
  field('contact', contact.contact);
  field('correct at', contact.contactUrl);
  field('suppressed', suppression === null ? null : [suppression.reason, suppression.note].filter((part) => part !== null).join(': '));
  field('failed', countOf(failed));
  field('waiting', countOf(pending));
  return lines;
}

function countOf({ count, more }: { readonly count: number; readonly more: boolean }): string | null {
  return count === 0 ? null : `${count}${more ? ' or more' : ''}`;
}
