/** `relais suppressions list|add|lift`: addresses that mail is not sent to. */
import { parseDuration } from '../config/index.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { printList } from './listing.ts';
import { messageTable, type Summary } from './messages.ts';
import { type Column, localTime, printable, type Terminal, table } from './terminal.ts';

interface Suppression {
  readonly address: string;
  readonly reason: string;
  readonly note: string | null;
  readonly by: string | null;
  readonly at: string;
  readonly until: string | null;
  readonly message: string | null;
}

interface Lifted {
  readonly suppressed: readonly Summary[];
  readonly next: string | null;
  readonly resent: readonly { readonly message: string; readonly id: string }[];
  readonly failures: readonly { readonly message: string; readonly code: string; readonly detail: string }[];
}

export async function listSuppressions(
  api: Api,
  options: { readonly reason?: string; readonly search?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const query = { reason: options.reason, q: options.search };
  const lines = (all: readonly Suppression[]): string[] => suppressionTable(terminal, all);
  await printList(api, { path: '/suppressions', query, json: options.json, none: 'No address is suppressed.', lines }, terminal);
}

function suppressionTable(terminal: Terminal, all: readonly Suppression[]): string[] {
  const { colors } = terminal;
  const columns: Column<Suppression>[] = [
    { title: 'ADDRESS', of: ({ address }) => address },
    { title: 'REASON', of: ({ reason }) => reason, paint: (text, { reason }) => (reason === 'manual' ? text : colors.red(text)) },
    { title: 'SINCE', of: ({ at }) => localTime(at) },
    { title: 'UNTIL', of: ({ until }) => (until === null ? 'lifted' : localTime(until)) },
    { title: 'BY', of: ({ by }) => by ?? 'relais' },
    { title: 'NOTE', of: ({ note }) => note ?? '' },
  ];
  // The message whose report led to it: seldom, and then it is the first question.
  if (all.some(({ message }) => message !== null)) columns.splice(5, 0, { title: 'MESSAGE', of: ({ message }) => message ?? '' });
  return table(terminal, all, columns);
}

export async function addSuppressions(
  api: Api,
  addresses: readonly string[],
  options: { readonly reason: string; readonly note?: string; readonly until?: string; readonly json?: boolean },
  terminal: Terminal,
  now: number,
): Promise<void> {
  const { reason, note } = options;
  const until = untilOf(options.until, now);
  for (const address of addresses) {
    const body = { reason, ...(note === undefined ? {} : { note }), ...(until === undefined ? {} : { until }) };
    const made = await api.put<Suppression>(`/suppressions/${encodeURIComponent(address)}`, body);
    const end = made.until === null ? '' : ` until ${localTime(made.until)}`;
    terminal.print(options.json === true ? JSON.stringify(made) : `${printable(made.address)} is suppressed${end}: nothing is sent to it.`);
  }
}

export async function liftSuppressions(
  api: Api,
  addresses: readonly string[],
  options: { readonly resend?: boolean; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  for (const address of addresses) {
    const query = options.resend === true ? '?resend=true' : '';
    const lifted = await api.delete<Lifted>(`/suppressions/${encodeURIComponent(address)}${query}`);
    if (options.json === true) {
      terminal.print(JSON.stringify({ address, ...lifted }));
      continue;
    }
    terminal.print(`${printable(address)} is lifted.`);
    tellSuppressed(lifted, options, terminal);
  }
}

function tellSuppressed(lifted: Lifted, options: { readonly resend?: boolean }, terminal: Terminal): void {
  for (const { message, id } of lifted.resent) terminal.print(`${message}  ${terminal.colors.dim('sent again as')} ${id}`);
  for (const { message, code, detail } of lifted.failures) terminal.note(`${message}: ${printable(detail)} (${code})`);
  if (options.resend === true || lifted.suppressed.length === 0) return;
  for (const line of messageTable(terminal, lifted.suppressed)) terminal.print(line);
  const more = lifted.next === null ? '' : ' There are more.';
  terminal.note(`These were not sent because of it.${more} To send them: relais resend ID.`);
}

/** A date, a time, or a span from now. */
function untilOf(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const span = parseDuration(text);
  const at = span === undefined ? Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text) : now + span;
  if (Number.isNaN(at))
    throw new CommandError(EXIT.usage, `--until ${text} is no time: allowed are 2027-01-31, 2027-01-31T10:00:00Z, or a span such as 90d.`);
  return new Date(at).toISOString();
}
