/**
 * Reports as the sandbox's next hop sends them: delivery status notifications (RFC 3464, inside
 * RFC 6522's multipart/report) and complaints (RFC 5965). Pure.
 */
import type { Report } from './behaviour.ts';

export interface ReportSubject {
  readonly report: Report;
  readonly hostname: string;
  /** Where the report goes: the reverse-path of the message, or another address of its domain. */
  readonly returnPath: string;
  readonly recipient: string;
  /** As they came, xtext decoded; null where not given. */
  readonly orcpt: string | null;
  readonly envid: string | null;
  /** The header section of the message. */
  readonly headers: string;
  readonly arrivedAt: Date;
  readonly sentAt: Date;
  /** Distinguishes this report from others. */
  readonly id: string;
}

export function composeReport(subject: ReportSubject): string {
  return subject.report === 'complaint' ? composeComplaint(subject) : composeDeliveryStatus(subject);
}

const WORDS: Readonly<Record<'bounce' | 'delivered', { subject: string; text: string; fields: readonly string[] }>> = {
  bounce: {
    subject: 'Undelivered Mail Returned to Sender',
    text: 'Your message could not be delivered: the mailbox does not exist.',
    fields: ['Action: failed', 'Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 No such mailbox'],
  },
  delivered: {
    subject: 'Successful Mail Delivery Report',
    text: 'Your message was delivered to the mailbox.',
    fields: ['Action: delivered', 'Status: 2.0.0', 'Diagnostic-Code: smtp; 250 2.0.0 Delivered'],
  },
};

function composeDeliveryStatus(subject: ReportSubject): string {
  const words = WORDS[subject.report === 'delivered' ? 'delivered' : 'bounce'];
  // What would tell the message is left out.
  const stray = subject.report === 'stray';
  const status = [
    `Reporting-MTA: dns; ${subject.hostname}`,
    ...(subject.envid === null || stray ? [] : [`Original-Envelope-Id: ${oneLine(subject.envid)}`]),
    `Arrival-Date: ${rfc5322Date(subject.arrivedAt)}`,
    '',
    ...(subject.orcpt === null ? [] : [`Original-Recipient: ${oneLine(subject.orcpt)}`]),
    `Final-Recipient: rfc822; ${oneLine(subject.recipient)}`,
    ...words.fields,
    'Remote-MTA: dns; mailbox.sandbox.invalid',
    `Last-Attempt-Date: ${rfc5322Date(subject.sentAt)}`,
  ];
  return multipart(subject, words.subject, 'delivery-status', [
    part('text/plain; charset=utf-8', [words.text, '', `    <${oneLine(subject.recipient)}>`]),
    part('message/delivery-status', status),
    ...(stray ? [] : [part('text/rfc822-headers', [subject.headers.trimEnd()])]),
  ]);
}

function composeComplaint(subject: ReportSubject): string {
  const feedback = [
    'Feedback-Type: abuse', // RFC 5965 §3.1
    'User-Agent: relais-sandbox/1.0',
    'Version: 1',
    `Original-Mail-From: <${oneLine(subject.returnPath)}>`,
    `Original-Rcpt-To: <${oneLine(subject.recipient)}>`,
    `Arrival-Date: ${rfc5322Date(subject.arrivedAt)}`,
    `Reporting-MTA: dns; ${subject.hostname}`,
  ];
  return multipart(subject, 'Complaint about a message', 'feedback-report', [
    part('text/plain; charset=utf-8', ['The recipient marked this message as unwanted.']),
    part('message/feedback-report', feedback),
    part('text/rfc822-headers', [subject.headers.trimEnd()]),
  ]);
}

function part(type: string, lines: readonly string[]): string {
  return [`Content-Type: ${type}`, '', ...lines, ''].join('\r\n');
}

function multipart(subject: ReportSubject, title: string, type: string, parts: readonly string[]): string {
  const boundary = `=_${subject.id}`;
  const head = [
    `From: Mail Delivery System <mailer-daemon@${subject.hostname}>`,
    `To: <${oneLine(subject.returnPath)}>`,
    `Subject: ${title}`,
    `Date: ${rfc5322Date(subject.sentAt)}`,
    `Message-ID: <${subject.id}@${subject.hostname}>`,
    'Auto-Submitted: auto-replied', // RFC 3834 §5
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${type}; boundary="${boundary}"`,
    '',
  ].join('\r\n');
  return `${head}\r\n${parts.map((text) => `--${boundary}\r\n${text}`).join('\r\n')}\r\n--${boundary}--\r\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}

function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}
