/** File names as mail programs write them. */
import { expect, test } from 'vitest';
import { decodeText } from '../../../src/domain/mime/charset.ts';
import { fileFieldsOf } from '../../../src/domain/mime/file-name.ts';
import { fieldsOf } from '../../../src/domain/mime/header-section.ts';

const read = (section: string) => fileFieldsOf([...fieldsOf(Buffer.from(`${section}\r\n`, 'utf8').toString('latin1'))]);

test.each([
  ['Content-Disposition: attachment; filename="invoice.pdf"', 'attachment', 'invoice.pdf'],
  ['Content-Disposition: INLINE; filename=a.png', 'inline', 'a.png'],
  ['Content-Disposition: form-data; name="x"', 'attachment', null],
  ['Content-Type: application/pdf; name="invoice.pdf"', null, 'invoice.pdf'],
  ['Content-Type: application/pdf; name="b.pdf"\r\nContent-Disposition: attachment; filename="a.pdf"', 'attachment', 'a.pdf'],
  ["Content-Disposition: attachment; filename*=UTF-8''facture%20n%C2%B0%203.pdf", 'attachment', 'facture n° 3.pdf'],
  ["Content-Disposition: attachment; filename*=iso-8859-1'de'Sch%F6n.pdf", 'attachment', 'Schön.pdf'],
  ['Content-Disposition: attachment;\r\n filename*0="a long ";\r\n filename*1="name.pdf"', 'attachment', 'a long name.pdf'],
  ["Content-Disposition: attachment;\r\n filename*1*=%BC.pdf;\r\n filename*0*=utf-8''Stra%C3", 'attachment', 'Stra\u00fc.pdf'],
  ['Content-Disposition: attachment; filename="plain.pdf"; filename*=utf-8\'\'b%C3%A9.pdf', 'attachment', 'bé.pdf'],
  ['Content-Disposition: attachment; filename="=?utf-8?Q?Re=C3=A7u.pdf?="', 'attachment', 'Reçu.pdf'],
  ['Content-Disposition: attachment; filename="Reçu.pdf"', 'attachment', 'Reçu.pdf'],
  ['Content-Disposition: attachment; filename=""', 'attachment', null],
  ['Content-Disposition: attachment; filename*1="second.pdf"', 'attachment', null],
  ['Subject: none', null, null],
])('%s', (section, disposition, name) => {
  expect(read(section)).toEqual({ disposition, name });
});

test('text is read by its charset, and where that is none, by what it can be', () => {
  expect(decodeText(Buffer.from('é'), 'utf-8')).toBe('é');
  expect(decodeText(Buffer.from([0xe9]), 'ISO-8859-1')).toBe('é');
  expect(decodeText(Buffer.from([0xe9]), null)).toBe('é');
  expect(decodeText(Buffer.from('é'), 'us-ascii')).toBe('é');
  expect(decodeText(Buffer.from('é'), 'no-such-charset')).toBe('é');
  expect(decodeText(Buffer.from('+ADw-script+AD4-'), 'utf-7')).toBe('+ADw-script+AD4-');
});
