/** Reports as servers write them, made to measure for the tests. */

export interface DsnRequest {
  readonly to?: string;
  readonly recipient?: string;
  readonly originalRecipient?: string;
  readonly action?: string;
  readonly status?: string;
  readonly diagnostic?: string;
  readonly messageId?: string;
  readonly envelopeId?: string;
  /** Beside the one above. */
  readonly groups?: readonly string[];
  readonly id?: string;
}

export function lines(...text: readonly string[]): Buffer {
  return Buffer.from(`${text.join('\r\n')}\r\n`);
}

/** RFC 3464, as Postfix writes it. */
export function dsn(request: DsnRequest = {}): Buffer {
  const { recipient = 'ann@partner.example', action = 'failed', status = '5.1.1' } = request;
  const diagnostic = request.diagnostic ?? 'smtp; 550 5.1.1 <ann@partner.example>: user unknown';
  return lines(
    'Return-Path: <>',
    'From: MAILER-DAEMON@mx.partner.example (Mail Delivery System)',
    `To: ${request.to ?? 'bounces@bounce.example.com'}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${request.id ?? 'dsn-1@mx.partner.example'}>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This is the mail system at host mx.partner.example.',
    '',
    '--b1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.partner.example',
    ...(request.envelopeId === undefined ? [] : [`Original-Envelope-Id: ${request.envelopeId}`]),
    'Arrival-Date: Fri, 01 May 2026 03:15:00 +0000 (UTC)',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    ...(request.originalRecipient === undefined ? [] : [`Original-Recipient: rfc822;${request.originalRecipient}`]),
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: ${diagnostic}`,
    ...(request.groups ?? []).flatMap((group) => ['', ...group.split('\n')]),
    '',
    '--b1',
    'Content-Type: text/rfc822-headers',
    '',
    'From: billing@example.com',
    `Message-ID: <${request.messageId ?? 'original-1@erp.example'}>`,
    'Subject: Invoice 2024-117',
    '',
    '--b1--',
  );
}

/** RFC 5965. */
export function complaint(request: { readonly returnPath?: string; readonly recipient?: string; readonly type?: string } = {}): Buffer {
  return lines(
    'From: <abuse@provider.example>',
    'To: <bounces@bounce.example.com>',
    'Subject: FW: Invoice 2024-117',
    'Message-ID: <arf-1@provider.example>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b2"',
    '',
    '--b2',
    'Content-Type: text/plain',
    '',
    'This is an email abuse report.',
    '--b2',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${request.type ?? 'abuse'}`,
    'User-Agent: SomeGenerator/1.0',
    'Version: 1',
    ...(request.returnPath === undefined ? [] : [`Original-Mail-From: <${request.returnPath}>`]),
    ...(request.recipient === undefined ? [] : [`Original-Rcpt-To: <${request.recipient}>`]),
    'Reporting-MTA: dns; mx.provider.example',
    '',
    '--b2',
    'Content-Type: message/rfc822',
    '',
    'From: billing@example.com',
    'Message-ID: <original-1@erp.example>',
    'Subject: Invoice 2024-117',
    '',
    'hello',
    '--b2--',
  );
}

export function autoReply(request: { readonly from?: string; readonly field?: string; readonly subject?: string } = {}): Buffer {
  return lines(
    `From: Ann <${request.from ?? 'ann@partner.example'}>`,
    'To: billing@example.com',
    `Subject: ${request.subject ?? '=?utf-8?q?Abwesenheit=3A_Invoice?='}`,
    'Message-ID: <reply-1@partner.example>',
    'In-Reply-To: <original-1@erp.example>',
    request.field ?? 'Auto-Submitted: auto-replied (vacation)',
    '',
    'I am away until Monday.',
  );
}
