/** `relais documents`, and a document as `relais status` shows it: one verdict across all mail that carried it. */
import type { Api, Query } from './api.ts';
import { printList } from './listing.ts';
import { formatReply, type Reply } from './messages.ts';
import { type Column, localTime, paintState, paintVerdict, printable, type Terminal, table } from './terminal.ts';

interface Why {
  readonly reason: string;
  readonly address: string;
  readonly category: string | null;
  readonly addressInvalid: boolean;
  readonly reply: Reply | null;
  readonly nextAttemptAt: string | null;
  readonly correctedFrom: string | null;
}

interface Head {
  readonly document: string;
  readonly documentType: string | null;
  readonly administration: string | null;
  readonly otherAdministrations: readonly (string | null)[];
  readonly contact: string | null;
  readonly template: string | null;
  readonly subject: string | null;
  readonly verdict: string;
  readonly since: string;
  readonly why: Why;
  readonly url: string | null;
  readonly contactUrl: string | null;
  readonly more: boolean;
}

interface DocumentSummary extends Head {
  readonly recipients: readonly { readonly address: string }[];
  readonly recipientCount: number;
}

interface Step {
  readonly message: string;
  readonly acceptedAt: string;
  readonly link: string;
  readonly address: string;
  readonly state: string;
  readonly category: string | null;
  readonly reply: Reply | null;
}

export interface Document extends Head {
  readonly recipients: readonly {
    readonly address: string;
    readonly copy: boolean;
    readonly verdict: string;
    readonly steps: readonly Step[];
  }[];
}

export interface DocumentListOptions {
  readonly verdict?: string;
  readonly search?: string;
  readonly documentType?: string;
  readonly administration?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export async function listDocuments(api: Api, options: DocumentListOptions, terminal: Terminal): Promise<void> {
  const { verdict, search: q, documentType, administration, limit, json } = options;
  const query: Query = { verdict, q, documentType, administration };
  const lines = (documents: readonly DocumentSummary[]): string[] => documentTable(terminal, documents);
  await printList(api, { path: '/documents', query, limit, json, none: 'No document fits.', lines }, terminal);
}

function documentTable(terminal: Terminal, documents: readonly DocumentSummary[]): string[] {
  const columns: Column<DocumentSummary>[] = [
    { title: 'DOCUMENT', of: ({ document }) => document },
    { title: 'VERDICT', of: ({ verdict }) => verdict, paint: (text, { verdict }) => paintVerdict(terminal.colors, verdict, text) },
    { title: 'SINCE', of: ({ since }) => localTime(since) },
    { title: 'RECIPIENTS', of: recipientsOf },
    { title: 'WHY', of: ({ why }) => whyOf(why) },
  ];
  // Where one relay serves several of them, the same number may stand twice.
  if (documents.some(({ administration }) => administration !== null)) {
    columns.splice(1, 0, { title: 'BOOKS', of: ({ administration }) => administration ?? '' });
  }
  return table(terminal, documents, columns);
}

function recipientsOf({ recipients, recipientCount }: DocumentSummary): string {
  const [first] = recipients;
  return recipientCount > 1 ? `${first?.address ?? ''} and ${recipientCount - 1} more` : (first?.address ?? '');
}

const REASONS: Readonly<Record<string, string>> = {
  confirmed: 'confirmed by a report',
  'accepted-by-recipient-server': "accepted by the recipient's server",
  'accepted-by-provider': 'accepted by the provider; not known to be delivered',
  queued: 'waits for its first attempt',
  scheduled: 'waits for the time at which it is to be sent',
  cancelled: 'cancelled by a person',
  deferred: 'tried, and will be tried again',
  delayed: 'a server further on is still trying',
  held: 'held until it is released',
  waiting: 'its next hop is paused or left alone',
  suppressed: 'the address is on the suppression list',
  refused: 'refused by the next hop',
  bounced: 'taken at first, then it bounced',
  expired: 'the time for retries ran out',
};

function whyOf({ reason, category, reply }: Why): string {
  const said = reply === null ? '' : `: ${formatReply(reply)}`;
  return `${REASONS[reason] ?? reason}${category === null ? '' : ` (${category})`}${said}`;
}

/** In full: the verdict, what it is about, then what was sent to whom. */
export function documentDetail(terminal: Terminal, document: Document): string[] {
  const { colors } = terminal;
  const { verdict, why } = document;
  const lines = [
    `${colors.bold(printable(document.document))}  ${paintVerdict(colors, verdict)} since ${localTime(document.since)}`,
    `  ${printable(whyOf(why))}`,
  ];
  if (why.addressInvalid) lines.push(`  ${colors.red(`the address ${printable(why.address)} is dead`)}`);
  const field = (name: string, value: string | null): void => {
    if (value !== null && value !== '') lines.push(`  ${colors.dim(name.padEnd(11))} ${printable(value)}`);
  };
  field('next try', why.nextAttemptAt === null ? null : localTime(why.nextAttemptAt));
  field('corrected', why.correctedFrom === null ? null : `${why.correctedFrom} to ${why.address}`);
  field('type', document.documentType);
  field('books', document.administration);
  field('subject', document.subject);
  field('template', document.template);
  field('contact', document.contact);
  field('document', document.url);
  field('correct at', document.contactUrl);
  return [...lines, '', ...stepTable(terminal, document).map((line) => `  ${line}`)];
}

const LINKS: Readonly<Record<string, string>> = { first: 'sent', resent: 'sent again', corrected: 'corrected', again: 'sent anew' };

function stepTable(terminal: Terminal, { recipients }: Document): string[] {
  const { colors } = terminal;
  const steps = recipients.flatMap(({ copy, steps: taken }) => taken.map((step) => ({ ...step, copy })));
  return table({ ...terminal, width: terminal.width - 2 }, steps, [
    { title: 'RECIPIENT', of: ({ address, copy }) => (copy ? `${address} (copy)` : address) },
    { title: 'STATE', of: ({ state }) => state, paint: (text, { state }) => paintState(colors, state, text) },
    { title: 'WHEN', of: ({ acceptedAt }) => localTime(acceptedAt) },
    { title: 'HOW', of: ({ link }) => LINKS[link] ?? link },
    { title: 'MESSAGE', of: ({ message }) => message },
    { title: 'ANSWER', of: ({ reply, category }) => (reply === null ? (category ?? '') : formatReply(reply)) },
  ]);
}
