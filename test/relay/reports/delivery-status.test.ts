import { describe, expect, it } from 'vitest';
import { readDeliveryStatus, statusIn } from '../../../src/relay/reports/delivery-status.ts';

const NOBODY = {
  originalRecipient: null,
  finalRecipient: null,
  action: null,
  status: null,
  remark: null,
  remoteMta: null,
  diagnostic: null,
};

const CASES: { name: string; text: string; envelopeId?: string; mta?: string; recipients: object[] }[] = [
  {
    name: 'per-message fields, then a group a recipient (RFC 3464 §2.1)',
    text: `Original-Envelope-Id: QQ314159
Reporting-MTA: dns; mail.example.org

Original-Recipient: rfc822;louisl@example.org
Final-Recipient: rfc822;louisl@larry.example.org
Action: failed
Status: 4.0.0
Remote-MTA: dns; mx2.example.net
Diagnostic-Code: smtp; 426 connection timed out

Final-Recipient: rfc822;bob@example.org
Action: Delayed (will retry)
Status: 4.4.7 (queue)`,
    envelopeId: 'QQ314159',
    mta: 'mail.example.org',
    recipients: [
      {
        originalRecipient: 'louisl@example.org',
        finalRecipient: 'louisl@larry.example.org',
        action: 'failed',
        status: '4.0.0',
        remark: null,
        remoteMta: 'mx2.example.net',
        diagnostic: '426 connection timed out',
      },
      { ...NOBODY, finalRecipient: 'bob@example.org', action: 'delayed', status: '4.4.7', remark: 'queue' },
    ],
  },
  {
    name: 'no empty line between message and recipient',
    text: 'Reporting-MTA: dns;a.example\nFinal-Recipient: rfc822;<u@b.example>\nAction: failed\nStatus: 5.1.1',
    mta: 'a.example',
    recipients: [{ ...NOBODY, finalRecipient: 'u@b.example', action: 'failed', status: '5.1.1' }],
  },
  {
    name: 'an empty line in the middle of a group',
    text: 'Reporting-MTA: dns;a.example\n\nFinal-Recipient: rfc822;u@b.example\nAction: failed\n\nStatus: 5.2.2\nDiagnostic-Code: smtp;552 full',
    mta: 'a.example',
    recipients: [{ ...NOBODY, finalRecipient: 'u@b.example', action: 'failed', status: '5.2.2', diagnostic: '552 full' }],
  },
  {
    name: 'groups without an empty line between them',
    text: 'Final-Recipient: rfc822;a@b.example\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822;c@b.example\nAction: delivered\nStatus: 2.0.0',
    recipients: [
      { ...NOBODY, finalRecipient: 'a@b.example', action: 'failed', status: '5.1.1' },
      { ...NOBODY, finalRecipient: 'c@b.example', action: 'delivered', status: '2.0.0' },
    ],
  },
  {
    name: 'groups in which the original recipient comes first',
    text: `Final-Recipient: rfc822;a@b.example
Action: failed

Original-Recipient: rfc822;c@example.com
Final-Recipient: rfc822;c@b.example
Action: delivered`,
    recipients: [
      { ...NOBODY, finalRecipient: 'a@b.example', action: 'failed' },
      { ...NOBODY, originalRecipient: 'c@example.com', finalRecipient: 'c@b.example', action: 'delivered' },
    ],
  },
  {
    name: 'folded fields, types left out, CRLF',
    text: 'Final-Recipient: u@b.example\r\nAction: failed\r\nDiagnostic-Code: smtp;\r\n 550 5.1.1\r\n\tuser unknown\r\nStatus: 5.1.1\r\n',
    recipients: [{ ...NOBODY, finalRecipient: 'u@b.example', action: 'failed', status: '5.1.1', diagnostic: '550 5.1.1 user unknown' }],
  },
  {
    name: 'utf-8 addresses, encoded or not (RFC 6533 §3)',
    text: `Final-Recipient: utf-8;j\\x{F6}rg@b.example
Action: failed

Final-Recipient: utf-8; jörg@bücher.example
Action: failed`,
    recipients: [
      { ...NOBODY, finalRecipient: 'jörg@b.example', action: 'failed' },
      { ...NOBODY, finalRecipient: 'jörg@bücher.example', action: 'failed' },
    ],
  },
  { name: 'nothing of the kind', text: 'Hello, this is no report.\n\nBye: now', recipients: [] },
];

describe('readDeliveryStatus', () => {
  it.each(CASES)('reads $name', ({ text, envelopeId = null, mta = null, recipients }) => {
    expect(readDeliveryStatus(text)).toEqual({ envelopeId, reportingMta: mta, originalMessageId: null, recipients });
  });
});

describe('statusIn', () => {
  it.each([
    ['5.1.1', '5.1.1'],
    ['smtp; 550 5.07.001 no', '5.7.1'],
    ['4.4.7 (expired)', '4.4.7'],
    ['from 5.1.1.1 or 15.1.1', null],
    ['host 10.5.1.1 said so', null],
    ['3.1.1', null],
    ['550 no', null],
  ])('%s: %s', (text, status) => expect(statusIn(text)).toBe(status));
});
