/** Messages as the API answers them, and how they stand on a terminal. */
import { type Column, formatSize, localTime, paintState, printable, type Terminal, table } from './terminal.ts';

export interface Reply {
  readonly code: number;
  readonly status: string | null;
  readonly text: string;
}

export interface Attempt {
  readonly number: number;
  readonly at: string;
  readonly durationMs: number | null;
  readonly nextHop: string;
  readonly address: string | null;
  readonly tls: { readonly version: string; readonly cipher: string; readonly verified: boolean } | null;
  readonly outcome: string | null;
  readonly reply: Reply | null;
  readonly phase: string | null;
  readonly ambiguous: boolean;
  readonly error: string | null;
}

export interface Report {
  readonly id: string;
  readonly receivedAt: string;
  readonly kind: string;
  readonly reportingMta: string | null;
  readonly recipients: readonly { readonly address: string | null; readonly status: string | null; readonly diagnostic: string | null }[];
  readonly matches: readonly { readonly linked: { readonly by: string | null } | null }[];
}

export interface Recipient {
  readonly address: string;
  readonly state: string;
  readonly stateSince: string;
  readonly confidence: string;
  readonly category: string | null;
  readonly nextAttemptAt: string | null;
  readonly failure: { readonly source: string; readonly addressInvalid: boolean; readonly reply: Reply | null } | null;
  readonly attempts: readonly Attempt[];
  readonly reports: readonly Report[];
}

export interface Summary {
  readonly id: string;
  readonly acceptedAt: string;
  readonly account: string;
  readonly sender: string;
  readonly subject: string | null;
  readonly messageId: string | null;
  readonly size: number;
  readonly state: string;
  readonly document: string | null;
  readonly documentType: string | null;
  readonly contact: string | null;
  readonly administration: string | null;
  readonly template: string | null;
  readonly supersedes: string | null;
  readonly origin: string;
  readonly concerns: string | null;
  readonly releaseAt: string | null;
  readonly recipients: readonly { readonly address: string; readonly state: string; readonly category: string | null }[];
}

export type Detail = Omit<Summary, 'recipients'> & { readonly recipients: readonly Recipient[]; readonly supersededBy: readonly string[] };

export function formatReply({ code, status, text }: Reply): string {
  return printable([String(code), status, text].filter((part) => part !== null && part !== '').join(' '));
}

const RECIPIENTS_SHOWN = 3;

/** Messages one a line. */
export function messageTable(terminal: Terminal, messages: readonly Summary[]): string[] {
  const columns: Column<Summary>[] = [
    { title: 'ID', of: (message) => message.id },
    { title: 'ACCEPTED', of: (message) => localTime(message.acceptedAt) },
    { title: 'STATE', of: (message) => message.state, paint: (text, { state }) => paintState(terminal.colors, state, text) },
    { title: 'RECIPIENTS', of: recipientsOf },
    { title: 'SUBJECT', of: (message) => message.subject ?? '' },
  ];
  // Seldom, and then it matters: the time stands where it says something.
  if (messages.some(isScheduled)) {
    columns.splice(3, 0, { title: 'SEND AT', of: (message) => (isScheduled(message) ? localTime(message.releaseAt ?? '') : '') });
  }
  return table(terminal, messages, columns);
}

/** It was to be sent later, and has not been yet. */
function isScheduled({ releaseAt, state }: Pick<Summary, 'releaseAt' | 'state'>): boolean {
  return releaseAt !== null && state === 'in-progress';
}

function recipientsOf({ recipients }: Summary): string {
  const shown = recipients.slice(0, RECIPIENTS_SHOWN).map(({ address }) => address);
  const more = recipients.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** A message in full: what it is, then each recipient with its attempts and reports. */
export function messageDetail(terminal: Terminal, message: Detail): string[] {
  const { colors } = terminal;
  const lines = [`${colors.bold(message.id)}  ${paintState(colors, message.state)}`];
  const field = (name: string, value: string | null): void => {
    if (value !== null && value !== '') lines.push(`  ${colors.dim(name.padEnd(11))} ${printable(value)}`);
  };
  field('subject', message.subject);
  field('sender', message.sender === '' ? '<>' : message.sender);
  field('accepted', `${localTime(message.acceptedAt)}, ${formatSize(message.size)}, account ${message.account}`);
  field('message-id', message.messageId);
  field('document', message.documentType === null ? message.document : `${message.document ?? ''} (${message.documentType})`.trim());
  field('contact', message.contact);
  field('books', message.administration);
  field('template', message.template);
  field('send at', message.releaseAt === null ? null : localTime(message.releaseAt));
  field('replaces', message.supersedes);
  field('replaced by', message.supersededBy.join(', '));
  field('concerns', message.concerns);
  for (const recipient of message.recipients) lines.push('', ...recipientLines(terminal, recipient));
  return lines;
}

const CONFIDENCE: Readonly<Record<string, string>> = {
  recorded: 'recorded',
  'accepted-by-provider': 'accepted by the provider; not known to be delivered',
  'accepted-by-recipient-server': "accepted by the recipient's server",
  confirmed: 'confirmed by a report',
  'quiet-period-passed': 'no bounce came in the time they come',
  contradicted: 'reports contradict each other',
};

function recipientLines(terminal: Terminal, recipient: Recipient): string[] {
  const { colors } = terminal;
  const category = recipient.category === null ? '' : ` (${recipient.category})`;
  const lines = [
    `  ${colors.bold(printable(recipient.address))}  ${paintState(colors, recipient.state)}${category} since ${localTime(recipient.stateSince)}`,
  ];
  lines.push(`    ${colors.dim(CONFIDENCE[recipient.confidence] ?? recipient.confidence)}`);
  for (const attempt of recipient.attempts) lines.push(`    ${attemptLine(terminal, attempt)}`);
  for (const report of recipient.reports) lines.push(`    ${reportLine(terminal, report, recipient.address)}`);
  if (recipient.failure?.addressInvalid === true) lines.push(`    ${colors.red('the address is dead')}`);
  if (recipient.nextAttemptAt !== null) lines.push(`    ${colors.dim(`next attempt ${localTime(recipient.nextAttemptAt)}`)}`);
  return lines;
}

function attemptLine({ colors }: Terminal, attempt: Attempt): string {
  const outcome = attempt.outcome ?? 'running';
  const said = attempt.reply === null ? printable(attempt.error ?? '') : formatReply(attempt.reply);
  const tls = attempt.tls === null ? '' : ` ${attempt.tls.version}`;
  const ambiguous = attempt.ambiguous ? colors.yellow(' may arrive twice') : '';
  const where = `${attempt.nextHop}${attempt.address === null || attempt.address === attempt.nextHop ? '' : ` [${attempt.address}]`}${tls}`;
  return `#${attempt.number} ${localTime(attempt.at)} ${paintState(colors, outcome === 'unanswered' ? 'deferred' : outcome, outcome)}  ${colors.dim(printable(where))}  ${said}${ambiguous}`;
}

function byHand({ matches }: Report): string {
  const linked = matches.find((match) => match.linked !== null)?.linked;
  return linked == null ? '' : printable(` (linked by ${linked.by ?? 'hand'})`);
}

function reportLine({ colors }: Terminal, report: Report, address: string): string {
  const about = report.recipients.find((one) => one.address?.toLowerCase() === address.toLowerCase()) ?? report.recipients[0];
  const said = [about?.status, about?.diagnostic].filter((part) => part !== null && part !== undefined).join(' ');
  return `${colors.dim('report')} ${localTime(report.receivedAt)} ${report.kind}  ${colors.dim(printable(report.reportingMta ?? ''))}  ${printable(said)}${byHand(report)}`;
}
