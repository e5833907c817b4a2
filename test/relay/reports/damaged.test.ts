import { describe, expect, it } from 'vitest';
import { expectReadInTime, expectSame, flippedVariants, lineEndVariants, nestedVariants, truncatedVariants } from './damaged.ts';
import { autoReply, complaint, dsn, lines } from './mails.ts';

const NOTICE = lines(
  'From: MAILER-DAEMON@mx.partner.example',
  'Subject: failure notice',
  '',
  'Hi. This is the qmail-send program at mx.partner.example.',
  '',
  '<ann@partner.example>:',
  'Sorry, no mailbox here by that name. (#5.1.1)',
  '',
  '--- Below this line is a copy of the message.',
  '',
  'Return-Path: <billing@example.com>',
  'From: billing@example.com',
  'Message-ID: <original-1@erp.example>',
  'Subject: Invoice 2024-117',
  '',
  'hello',
);

const FIXTURES: readonly (readonly [name: string, raw: Buffer, kind: string])[] = [
  ['delivery status', dsn(), 'bounce'],
  ['delivery status of two', dsn({ groups: ['Final-Recipient: rfc822; bob@partner.example\nAction: failed\nStatus: 5.2.2'] }), 'bounce'],
  ['complaint', complaint({ recipient: 'ann@partner.example' }), 'complaint'],
  ['automatic reply', autoReply(), 'auto-reply'],
  ['notice for people', NOTICE, 'bounce'],
];

describe.each(FIXTURES)('R35 R45 R49 a damaged report: %s', (name, raw, kind) => {
  it('says the same whatever its line ends', async () => {
    expect((await expectSame(raw, lineEndVariants(raw), name)).kind).toBe(kind);
  });

  it('is read in time with octets flipped, cut off anywhere, nested deep', async () => {
    await expectReadInTime([...flippedVariants(raw, 40), ...truncatedVariants(raw, 40), ...nestedVariants(raw, 50)]);
  });
});
