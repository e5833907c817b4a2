import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Address, normalizeAddress, toAddress } from '../../src/domain/address.ts';
import { readdress } from '../../src/http/sending/readdress.ts';

const corrections = new Map([
  ['old@partner.example', 'new@other.example' as Address],
  ['"o,d"@partner.example', 'quoted@other.example' as Address],
  ['jörg@xn--mller-kva.example', 'jörg@müller.example' as Address],
]);

const changed = (header: string): string =>
  readdress(Buffer.from(`${header}\r\n\r\n`), corrections)
    .toString()
    .slice(0, -4);

describe('corrected addresses in To and Cc', () => {
  it.each([
    ['a bare one', 'To: old@partner.example', 'To: new@other.example'],
    ['with a display name', 'To: Ann Old <old@partner.example>', 'To: Ann Old <new@other.example>'],
    ['in another case', 'TO : "Ann" <Old@Partner.Example>', 'TO : "Ann" <new@other.example>'],
    ['among others', 'Cc: a@x.example, old@partner.example,b@x.example', 'Cc: a@x.example, new@other.example,b@x.example'],
    [
      'in a folded field',
      'To: a@x.example,\r\n\told@partner.example\r\nSubject: s',
      'To: a@x.example,\r\n\tnew@other.example\r\nSubject: s',
    ],
    ['beside a comment', 'To: old@partner.example (Ann, old@partner.example)', 'To: new@other.example (Ann, old@partner.example)'],
    ['in a group', 'To: Team: old@partner.example, b@x.example;, c@x.example', 'To: Team: new@other.example, b@x.example;, c@x.example'],
    ['with obsolete blanks', 'To: <old @ partner . example>', 'To: <new@other.example>'],
    ['with a fold at the edge', 'To: <old@partner.example\r\n >', 'To: <new@other.example\r\n >'],
    ['quoted', 'To: "o,d"@partner.example', 'To: quoted@other.example'],
    ['beyond ASCII', 'To: <jörg@müller.example>', 'To: <jörg@müller.example>'],
    ['in several fields', 'To: old@partner.example\r\nCc: old@partner.example', 'To: new@other.example\r\nCc: new@other.example'],
  ])('%s', (_, before, after) => expect(changed(before)).toBe(after));

  it.each([
    ['in a display name', 'To: "old@partner.example" <a@x.example>'],
    ['in an encoded word', 'To: =?utf-8?q?old=40partner.example?= <a@x.example>'],
    ['as part of another', 'To: bold@partner.example, old@partner.example.org'],
    [
      'in other fields',
      'From: old@partner.example\r\nReply-To: old@partner.example\r\nX-To: old@partner.example\r\nSubject: To: old@partner.example',
    ],
    ['in what continues another field', 'Subject: x\r\n To: old@partner.example'],
    ['inside of quotes that never close', 'To: "old@partner.example'],
    ['inside of brackets that never close', 'To: <old@partner.example\r\nSubject: s'],
  ])('leaves it alone %s', (_, header) => expect(changed(header)).toBe(header));

  it('never touches the octets around the addresses, whatever the header holds', () => {
    const piece = fc.constantFrom(
      'To:',
      'Cc:',
      'old@partner.example',
      ' ',
      ',',
      '<',
      '>',
      '"',
      '(',
      ')',
      '\\',
      ':',
      ';',
      '\r\n',
      '\r\n ',
      'ü',
      '[',
      ']',
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const header = pieces.join('');
        const after = readdress(Buffer.from(header), corrections).toString();
        expect(after.replaceAll('new@other.example', 'old@partner.example')).toBe(header);
      }),
    );
  });

  it('the keys of the table are in the form that is compared', () => {
    for (const old of corrections.keys()) {
      const parsed = toAddress(old);
      expect(parsed === undefined ? undefined : normalizeAddress(parsed)).toBe(old);
    }
  });
});
