import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFieldText } from '../../../src/domain/encoded-words.ts';
import { readHeaderBlock, wantedFields } from '../../../src/relay/submission/header-block.ts';

const read = (text: string, encoding: BufferEncoding = 'utf8') => readHeaderBlock(Buffer.from(text, encoding));

describe('header block', () => {
  it('gives the fields that are shown, in any case, folded or not', () => {
    const { headers } = read(
      'SUBJECT: =?UTF-8?B?w4Q=?=\r\n =?utf-8?q?_b?= c\r\nmessage-ID:\r\n <1@x>\r\nFrom : "A, B" <a@b>\r\nDate:\tnow\r\nDate: later\r\n\r\nSubject: body\r\n',
    );
    expect(headers).toEqual({ subject: 'Ä b c', messageId: '1@x', from: '"A, B" <a@b>', date: 'now' });
  });

  it.each([
    ['no fields', '\r\n', null],
    ['no colon', 'Subject\r\n\r\n', null],
    ['another name', 'Subjects: x\r\nX-Subject: y\r\n\r\n', null],
    ['nothing in it', 'Subject: \r\n\r\n', null],
    ['the first of two', 'Subject: one\r\nSubject: two\r\n\r\n', 'one'],
    ['no end', 'Subject: one', 'one'],
    ['a fold at the very end', 'Subject: one\r\n ', 'one'],
    ['a line that is no field before it', 'From x y\r\nrubbish\r\nSubject: one\r\n\r\n', 'one'],
  ])('subject: %s', (_name, text, subject) => {
    expect(read(text).headers.subject).toBe(subject);
  });

  it.each([
    ['<a@b>', 'a@b'],
    [' < a@b > ', 'a@b'],
    ['(comment) <a@b> x', 'a@b'],
    ['a@b', 'a@b'],
    ['<>', null],
  ])('Message-ID %j', (value, expected) => {
    expect(read(`Message-ID:${value}\r\n\r\n`).headers.messageId).toBe(expected);
  });

  it('gives the fields that are asked for, decoded, as often as they are there, and leaves them where they are', () => {
    const text =
      'X-Run: 1\r\nlist-ID :\r\n =?utf-8?q?=C3=84?=\r\nX-Relais-Document: D\r\nx-run:2\r\nX-Runs: 3\r\nSubject: s\r\n\r\nX-Run: body';
    const wanted = wantedFields(new Set(['x-run', 'list-id', 'subject', 'x-relais-document', 'x-missing']));
    const { fields, headers, references, content } = readHeaderBlock(Buffer.from(text), wanted);
    expect(Object.fromEntries(fields)).toEqual({ 'x-run': ['1', '2'], 'list-id': ['Ä'], subject: ['s'], 'x-relais-document': ['D'] });
    expect([headers.subject, references.document]).toEqual(['s', 'D']);
    expect(content.toString()).toContain('X-Run: 1\r\nlist-ID :');
    const many = readHeaderBlock(Buffer.from(`${'X-Run: 1\r\n'.repeat(500)}\r\n`), wanted);
    expect(many.fields.get('x-run')).toHaveLength(20);
  });

  it('counts trace fields, and only those', () => {
    expect(read('Received: a\r\n\tb\r\nreceived : c\r\nReceived-SPF: d\r\nX: Received: e\r\n\r\nReceived: f\r\n').received).toBe(2);
  });

  const line = fc.constantFrom(
    'X-Relais-Document: 1\r\n',
    'x-RELAIS-anything: \r\n\tfolded\r\n more\r\n',
    'Subject: x\r\n',
    'To: a\r\n b\r\n',
    'X-Relais: not ours\r\n',
    'X-Relais-no-colon\r\n',
    'Received: r\r\n',
    'rubbish\r\n',
  );
  it('takes off X-Relais-* fields with their folds, and not one octet more', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom('\r\n', ''), (lines, end) => {
        const kept = lines.filter((each) => !/^x-relais-[^\r\n]*:/i.test(each)).join('') + end;
        expect(read(lines.join('') + end).content.toString()).toBe(kept);
      }),
    );
  });

  it('never throws, and never makes octets up', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const block = Buffer.from(octets);
        expect(block.includes(readHeaderBlock(block).content) || /x-relais-/i.test(block.toString('latin1'))).toBe(true);
      }),
    );
  });

  it('reads references, the first of a repeated one', () => {
    const { references } = read('X-Relais-Tag: a=1\r\nX-Relais-Tag: __proto__=2\r\nX-Relais-Class: c\r\nX-Relais-Class: d\r\n\r\n');
    expect(references.class).toBe('c');
    expect(Object.entries(references.tags)).toEqual([
      ['a', '1'],
      ['__proto__', '2'],
    ]);
  });
});

describe('field text', () => {
  it.each<[string, string]>([
    ['plain', 'plain'],
    ['=?iso-8859-1?Q?Andr=E9?= x', 'André x'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?=  \t =?UTF-8?Q?b?=', 'ab'],
    ['=?utf-8?B?4oI=?= =?utf-8?B?rA==?=', '€'],
    ['=?utf-8*de?Q?=C3=BC?=', 'ü'],
    ['=?shift_jis?B?k/qWe4zq?=', '日本語'],
    ['=?x-unknown?Q?=41?=', '=?x-unknown?Q?=41?='],
    ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
    ['=?utf-8?Q?=FF?=', '\ufffd'],
    ['=?utf-8?q?a=0D=0ABcc:_x?=', 'a Bcc: x'],
    ['=?', '=?'],
    ['\xc3\xbc', 'ü'],
    ['\xfc', 'ü'],
    ['  a\x07b  ', 'a b'],
  ])('%j is %j', (raw, expected) => {
    expect(decodeFieldText(raw, 1000)).toBe(expected);
  });

  it('is cut without splitting a character', () => {
    expect(decodeFieldText(Buffer.from('ab😀').toString('latin1'), 3)).toBe('ab');
  });
});
