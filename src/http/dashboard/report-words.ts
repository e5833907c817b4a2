/** A report in plain words: what it says of whom, and why relais could not tell which message it means. Pure. */
import type { ReportedRecipient, ReportRecord } from '../../domain/ports.ts';
import type { Strings } from './strings.ts';

type Action = NonNullable<ReportedRecipient['action']>;

const BY_KIND: Readonly<Record<ReportRecord['kind'], Action | null>> = {
  bounce: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  complaint: 'complaint',
  'auto-reply': 'auto-reply',
  none: null,
};

/** `mail.partner.example says: not delivered to anna@partner.example, the mailbox does not exist`. */
export function reportSentence(report: ReportRecord, t: Strings): string {
  const told = report.recipients.find(({ action }) => action !== null) ?? report.recipients[0];
  const action = told?.action ?? BY_KIND[report.kind];
  if (action === null) return t.reports.unreadable(report.subject);
  const others = report.recipients.length - 1;
  const whom = `${told?.address ?? t.reports.unnamed}${others > 0 ? ` ${t.register.moreRecipients(others)}` : ''}`;
  if (action === 'auto-reply') return t.reports.autoReply(whom);
  const why = t.categories[told?.category ?? 'unknown'];
  return t.reports.says(report.reportingMta ?? t.reports.someServer, t.reports.what[action](whom, why));
}

/** What the notes of a report say that can be told apart; what is not among them is told from its fields. */
export const NOTED: readonly (readonly [RegExp, keyof Strings['reports']['whys']])[] = [
  [/\b(?:forged|key that is not known)\b/, 'forged'],
  [/\bexpired\b/, 'expired'],
  [/\bnot recorded\b/, 'gone'],
  [/\bspeaks of another\b/, 'contradicts'],
  [/\bmay speak of \$?\S+ messages\b/, 'several'],
  [/\bcould be guessed\b/, 'guessable'],
];

/** Half a sentence: `it names the recipient, but not the message`. */
export function whyUntied(report: ReportRecord, t: Strings): string {
  const { whys } = t.reports;
  const { trouble, originalMessageId, envelopeId } = report;
  for (const [pattern, why] of NOTED) if (trouble !== null && pattern.test(trouble)) return whys[why];
  if (report.kind === 'none') return whys.unreadable;
  if (originalMessageId !== null || envelopeId !== null) return whys.noFit;
  return report.recipients.some(({ address }) => address !== null) ? whys.recipientOnly : whys.nothingNamed;
}
