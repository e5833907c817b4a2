/** The machine-readable part of a complaint: message/feedback-report (RFC 5965 §3). Pure. */
import { addressIn, fieldValue, readFields } from './fields.ts';

export interface FeedbackReport {
  /** §3.1 Feedback-Type: `abuse`, `fraud`, `not-spam`, … */
  readonly type: string;
  /** §3.2 Original-Envelope-Id. */
  readonly envelopeId: string | null;
  /** §3.2 Original-Mail-From: our return path, if the provider left it in. */
  readonly originalMailFrom: string | null;
  /** §3.2 Reporting-MTA, without its type. */
  readonly reportingMta: string | null;
  /** §3.3 Original-Rcpt-To: often taken out by the provider. */
  readonly originalRecipients: readonly string[];
}

export function readFeedbackReport(text: string): FeedbackReport {
  const fields = readFields(text.trimStart());
  return {
    type: (fieldValue(fields, 'feedback-type') ?? 'other').toLowerCase(),
    envelopeId: fieldValue(fields, 'original-envelope-id'),
    originalMailFrom: addressIn(fieldValue(fields, 'original-mail-from')),
    reportingMta: fieldValue(fields, 'reporting-mta')?.replace(/^[\w-]+\s*;\s*/, '') ?? null,
    originalRecipients: fields
      .filter(({ name }) => name === 'original-rcpt-to')
      .map(({ value }) => addressIn(value))
      .filter((address) => address !== null),
  };
}
