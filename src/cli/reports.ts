/** `relais reports list|show|link`: the bounces, delays and complaints that came in, and tying one to its message by hand. */
import type { Api } from './api.ts';
import { timeOf } from './filter-options.ts';
import { printList } from './listing.ts';
import { type Column, formatSize, localTime, paintState, printable, type Terminal, table } from './terminal.ts';

interface Match {
  readonly message: string;
  readonly index: number;
  readonly rank: number;
  readonly linked: { readonly by: string | null; readonly at: string } | null;
}

interface Report {
  readonly id: string;
  readonly receivedAt: string;
  readonly via: string;
  readonly source: string | null;
  readonly to: string | null;
  readonly kind: string;
  readonly subject: string | null;
  readonly originalMessageId: string | null;
  readonly envelopeId: string | null;
  readonly reportingMta: string | null;
  readonly recipients: readonly {
    readonly address: string | null;
    readonly action: string | null;
    readonly status: string | null;
    readonly replyCode: number | null;
    readonly category: string;
    readonly addressInvalid: boolean;
    readonly diagnostic: string | null;
  }[];
  readonly matched: Match | null;
  readonly matches: readonly Match[];
  readonly trouble: string | null;
  readonly size: number;
}

interface Candidate {
  readonly message: string;
  readonly address: string;
  readonly state: string;
  readonly subject: string | null;
  readonly acceptedAt: string;
  readonly rank: number | null;
}

interface LinkResult {
  readonly report: Report;
  readonly recipients: readonly { readonly message: string; readonly address: string; readonly state: string; readonly changed: boolean }[];
}

export interface ReportListOptions {
  readonly unmatched?: boolean;
  readonly kind?: string;
  readonly via?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export async function listReports(api: Api, options: ReportListOptions, terminal: Terminal, now: number): Promise<void> {
  const { unmatched = false, kind, via, limit, json } = options;
  const query = {
    matched: unmatched ? 'false' : undefined,
    kind,
    via,
    from: timeOf('from', options.from, now),
    to: timeOf('to', options.to, now),
  };
  const none = unmatched ? 'No report waits for review.' : 'No report fits.';
  const lines = (reports: readonly Report[]): string[] => reportTable(terminal, reports);
  const { shown } = await printList(api, { path: '/reports', query, limit, json, none, lines }, terminal);
  if (unmatched && shown > 0 && json !== true) terminal.note('`relais reports show ID` tells why, and which messages it may be about.');
}

/** As states are painted, for what a report says. */
const PAINTED: Readonly<Record<string, string>> = { bounce: 'failed', complaint: 'failed', delayed: 'deferred', delivered: 'delivered' };

function reportTable(terminal: Terminal, reports: readonly Report[]): string[] {
  const { colors } = terminal;
  const columns: Column<Report>[] = [
    { title: 'ID', of: ({ id }) => id },
    { title: 'RECEIVED', of: ({ receivedAt }) => localTime(receivedAt) },
    { title: 'KIND', of: ({ kind }) => kind, paint: (text, { kind }) => paintState(colors, PAINTED[kind] ?? '', text) },
    { title: 'RECIPIENT', of: recipientOf },
    { title: 'REASON', of: ({ kind, recipients }) => (kind === 'bounce' || kind === 'delayed' ? (recipients[0]?.category ?? '') : '') },
    {
      title: 'MESSAGE',
      of: ({ matched }) => matched?.message ?? 'to review',
      paint: (text, { matched }) => (matched === null ? colors.yellow(text) : text),
    },
    { title: 'FROM', of: ({ reportingMta, subject }) => reportingMta ?? subject ?? '' },
  ];
  return table(terminal, reports, columns);
}

function recipientOf({ recipients }: Report): string {
  const first = recipients[0]?.address ?? '';
  return recipients.length > 1 ? `${first} and ${recipients.length - 1} more` : first;
}

export async function showReport(api: Api, id: string, options: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const report = await api.get<Report>(`/reports/${encodeURIComponent(id)}`);
  const candidates =
    report.matched === null ? (await api.get<{ items: Candidate[] }>(`/reports/${encodeURIComponent(id)}/candidates`)).items : [];
  if (options.json === true) {
    terminal.print(JSON.stringify({ ...report, candidates }));
    return;
  }
  for (const line of reportLines(terminal, report)) terminal.print(line);
  if (report.matched !== null) return;
  terminal.print('');
  if (candidates.length === 0) {
    terminal.print('No message is known that would fit.');
    terminal.note(`Where you know which one it is: relais reports link ${report.id} MESSAGE`);
    return;
  }
  terminal.print('It may be about:');
  for (const line of table(terminal, candidates, candidateColumns(terminal))) terminal.print(line);
  terminal.note(`To apply it to one of them: relais reports link ${report.id} MESSAGE. That can not be undone.`);
}

function candidateColumns({ colors }: Terminal): Column<Candidate>[] {
  return [
    { title: 'MESSAGE', of: ({ message }) => message },
    { title: 'ACCEPTED', of: ({ acceptedAt }) => localTime(acceptedAt) },
    { title: 'STATE', of: ({ state }) => state, paint: (text, { state }) => paintState(colors, state, text) },
    { title: 'RECIPIENT', of: ({ address }) => address },
    { title: 'EVIDENCE', of: ({ rank }) => (rank === null ? 'recipient' : (RANKS[rank] ?? '').replace(/^by (?:the )?/, '')) },
    { title: 'SUBJECT', of: ({ subject }) => subject ?? '' },
  ];
}

/** What ties a report to a recipient, strongest first. */
const RANKS: Readonly<Record<number, string>> = {
  1: 'by the signed return address of this recipient',
  2: 'by the envelope id and the recipient',
  3: 'by the Message-ID, recipient and time',
  4: 'by recipient, time and subject',
};

function reportLines({ colors }: Terminal, report: Report): string[] {
  const state = report.matched === null ? colors.yellow('to review') : colors.dim('tied');
  const lines = [`${colors.bold(report.id)}  ${paintState(colors, PAINTED[report.kind] ?? '', report.kind)}  ${state}`];
  const field = (name: string, value: string | null): void => {
    if (value !== null && value !== '') lines.push(`  ${colors.dim(name.padEnd(11))} ${printable(value)}`);
  };
  const from = report.source === null ? '' : ` from ${report.source}`;
  field('received', `${localTime(report.receivedAt)}, by ${report.via}${from}, ${formatSize(report.size)}`);
  field('came to', report.to);
  field('subject', report.subject);
  field('reported by', report.reportingMta);
  field('message-id', report.originalMessageId);
  field('envelope id', report.envelopeId);
  field('note', report.trouble);
  for (const { message, rank, linked } of report.matches) {
    const how = linked === null ? (RANKS[rank] ?? '') : `linked by ${linked.by ?? 'hand'} at ${localTime(linked.at)}`;
    field('message', `${message}  ${how}`);
  }
  for (const recipient of report.recipients) {
    const code = [recipient.replyCode, recipient.status].filter((part) => part !== null).join(' ');
    const dead = recipient.addressInvalid ? `  ${colors.red('the address is dead')}` : '';
    const said = [
      recipient.action,
      recipient.action === 'failed' || recipient.action === 'delayed' ? `(${recipient.category})` : null,
      code,
    ];
    lines.push('', `  ${colors.bold(printable(recipient.address ?? '(not named)'))}  ${said.filter(Boolean).join(' ')}${dead}`);
    if (recipient.diagnostic !== null) lines.push(`    ${printable(recipient.diagnostic)}`);
  }
  return lines;
}

export async function linkReport(
  api: Api,
  request: { readonly id: string; readonly message: string; readonly recipient?: string | undefined },
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const { id, message, recipient } = request;
  const body = { message, ...(recipient === undefined ? {} : { recipient }) };
  const linked = await api.post<LinkResult>(`/reports/${encodeURIComponent(id)}/link`, body);
  if (options.json === true) {
    terminal.print(JSON.stringify(linked));
    return;
  }
  for (const { message: of, address, state, changed } of linked.recipients) {
    const now = changed ? 'is now' : 'stays';
    terminal.print(`${of}  ${printable(address)} ${now} ${paintState(terminal.colors, state)}`);
  }
  if (linked.recipients.length === 0) terminal.print(`The report is tied to ${printable(message)}; it changed nothing.`);
}
