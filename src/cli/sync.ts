/** `relais sync`: collects reports from the mailboxes now, and tells what was found in each. */
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Column, localTime, type Terminal, table } from './terminal.ts';

interface Mailbox {
  readonly name: string;
  readonly folder: string;
  readonly state: string;
  readonly lastRun: {
    readonly endedAt: string;
    readonly taken: number;
    readonly repeated: number;
    readonly unmatched: number;
    readonly left: number;
    readonly error: string | null;
  } | null;
}

interface SyncStatus {
  readonly running: boolean;
  readonly mailboxes: readonly Mailbox[];
}

/** One call waits that long; a collection that goes on is joined by the next. */
const ONE_WAIT = '30s';

export interface SyncOptions {
  /** Milliseconds; what is not read then goes on by itself. */
  readonly wait: number;
  readonly json?: boolean;
}

export async function sync(api: Api, options: SyncOptions, terminal: Terminal, now: () => number): Promise<void> {
  const until = now() + options.wait;
  let status: SyncStatus;
  do {
    const left = Math.max(0, Math.min(30_000, until - now()));
    status = await api.post<SyncStatus>(`/sync?wait=${left < 30_000 ? `${left}ms` : ONE_WAIT}`);
  } while (status.running && now() < until);
  const { mailboxes } = status;
  if (options.json === true) for (const mailbox of mailboxes) terminal.print(JSON.stringify(mailbox));
  else show(mailboxes, terminal);
  if (status.running) throw new CommandError(EXIT.negative, 'The collection goes on: `relais sync` again joins it.', null);
  const failing = mailboxes.filter(({ lastRun }) => lastRun?.error != null);
  if (failing.length > 0) {
    throw new CommandError(EXIT.unavailable, failing.map(({ name, lastRun }) => `${name}: ${lastRun?.error ?? ''}`).join('\n'), null);
  }
}

function show(mailboxes: readonly Mailbox[], terminal: Terminal): void {
  if (mailboxes.length === 0) {
    terminal.print('No mailboxes are configured (reports.mailboxes): reports come by SMTP alone.');
    return;
  }
  const { colors } = terminal;
  const count = (of: (run: NonNullable<Mailbox['lastRun']>) => number) => (mailbox: Mailbox) =>
    mailbox.lastRun === null ? '' : String(of(mailbox.lastRun));
  const columns: Column<Mailbox>[] = [
    { title: 'MAILBOX', of: ({ name }) => name },
    { title: 'FOLDER', of: ({ folder }) => folder },
    { title: 'STATE', of: ({ state }) => state, paint: (text, { state }) => (state === 'failing' ? colors.red(text) : colors.green(text)) },
    { title: 'TAKEN', of: count(({ taken }) => taken), right: true },
    { title: 'REPEATED', of: count(({ repeated }) => repeated), right: true },
    { title: 'UNMATCHED', of: count(({ unmatched }) => unmatched), right: true },
    { title: 'OTHER MAIL', of: count(({ left }) => left), right: true },
    { title: 'READ AT', of: ({ lastRun }) => (lastRun === null ? '' : localTime(lastRun.endedAt)) },
  ];
  for (const line of table(terminal, mailboxes, columns)) terminal.print(line);
}
