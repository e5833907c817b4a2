/** What is plain is read in one pass, and never otherwise than mailparser reads it. */
import { describe, expect, it } from 'vitest';
import { readPlainMime } from '../../../src/relay/reports/plain-mime.ts';
import { flippedVariants, lineEndVariants, plainOnesReadAlike, prepared, truncatedVariants, type Variant } from './damaged.ts';
import { autoReply, complaint, dsn, lines } from './mails.ts';

const EXIM = lines(
  'Return-path: <>',
  'From: Mail Delivery System <Mailer-Daemon@mx.partner.example>',
  'Subject: Mail delivery failed: returning message to sender',
  'X-Failed-Recipients: ann@partner.example',
  '',
  'This message was created automatically by mail delivery software.',
  '',
  '  ann@partner.example',
  '    550 no such user',
);

const PLAIN: readonly Variant[] = [
  { name: 'a DSN', raw: dsn() },
  { name: 'a complaint', raw: complaint() },
  { name: 'an automatic reply', raw: autoReply({ subject: 'Away' }) },
  { name: 'a text alone', raw: EXIM },
  { name: 'folded fields', raw: replaced('Content-Type: multipart/report; ', 'Content-Type: multipart/report;\r\n\t') },
  { name: 'UTF-8 in the text', raw: replaced('This is', 'Das Postfach existiert nicht, né, ') },
  { name: 'a Content-Type in capitals', raw: replaced('multipart/report', 'Multipart/Report') },
  { name: 'a part of no type', raw: replaced('Content-Type: text/plain; charset=us-ascii\r\n', 'X-Odd: 1\r\n') },
  { name: 'spaces behind delimiters', raw: replaced('--b1\r\nContent-Type: message', '--b1 \t\r\nContent-Type: message') },
  { name: 'text behind the end', raw: Buffer.concat([dsn(), lines('', 'and more', '--b1', 'Content-Type: text/plain', '', 'x')]) },
];

/** What mailparser reads. */
const OTHER: readonly Variant[] = [
  { name: 'an encoded subject', raw: autoReply() },
  { name: 'quoted-printable', raw: replaced('charset=us-ascii', 'charset=us-ascii\r\nContent-Transfer-Encoding: quoted-printable') },
  { name: 'HTML', raw: replaced('text/plain', 'text/html') },
  { name: 'a multipart in it', raw: replaced('text/plain; charset=us-ascii', 'multipart/mixed; boundary="b9"') },
  { name: 'no end', raw: replaced('--b1--', '') },
  { name: 'a type that lost its semicolon', raw: replaced('report; report-type', 'report report-type') },
  { name: 'a comment in the type', raw: replaced('multipart/report;', 'multipart/report (of failure);') },
  { name: 'another charset', raw: replaced('charset=us-ascii', 'charset=shift_jis') },
  { name: 'a file', raw: replaced('charset=us-ascii', 'charset=us-ascii\r\nContent-Disposition: attachment') },
  { name: 'flowed text', raw: replaced('charset=us-ascii', 'charset=us-ascii; format=flowed') },
  { name: '8-bit in the header', raw: replaced('Undelivered', 'Unzustellbar für Sie') },
  { name: 'two types', raw: replaced('MIME-Version', 'Content-Type: text/plain\r\nMIME-Version') },
  { name: 'a line that is no field', raw: replaced('MIME-Version', 'odd line\r\nMIME-Version') },
];

function replaced(what: string, by: string): Buffer {
  const sound = dsn().toString();
  expect(sound).toContain(what);
  return Buffer.from(sound.replace(what, by));
}

describe('MIME that is plain', () => {
  it.each(PLAIN)('$name: read in one pass, with each kind of line end, as mailparser reads it', async ({ raw }) => {
    const variants = [{ name: 'as it is', raw }, ...lineEndVariants(raw)];
    expect(await plainOnesReadAlike(variants)).toBe(variants.length);
  });

  it.each(OTHER)('$name is left to mailparser', ({ raw }) => {
    expect(readPlainMime(prepared(raw))).toBeNull();
  });

  it('is read alike however it was damaged', async () => {
    const damaged = PLAIN.flatMap(({ raw }) => [...flippedVariants(raw, 40), ...truncatedVariants(raw, 10)]);
    expect(await plainOnesReadAlike(damaged)).toBeGreaterThan(50);
  });
});
