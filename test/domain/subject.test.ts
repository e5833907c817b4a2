import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Subject, SubjectSearch } from '../../src/domain/subject.ts';

const HASH = 'erased-00112233445566778899aabbccddeeff@erased.invalid';
const ann = new Subject('ann.o@partner.example', HASH);

describe('an address in texts', () => {
  it.each([
    ['<Ann.O@Partner.Example>: user unknown', `<${HASH}>: user unknown`],
    ['To: "Ann" <ann.o@partner.example>, bob@partner.example', `To: "Ann" <${HASH}>, bob@partner.example`],
    ['rfc822;ann.o@partner.example', `rfc822;${HASH}`],
    ['sent to ann.o@partner.example.', `sent to ${HASH}.`],
    ['"ann.o"@partner.example', HASH],
    ['/messages?recipient=ann.o%40partner.example&q=1', `/messages?recipient=${encodeURIComponent(HASH)}&q=1`],
  ])('is replaced: %s', (text, wanted) => {
    expect(ann.outOf(text)).toBe(wanted);
    expect(ann.isIn(text)).toBe(true);
    expect(ann.mayBeIn(Buffer.from(text))).toBe(true);
  });

  it.each([
    'joann.o@partner.example',
    'x.ann.o@partner.example',
    'ann.o@partner.example.net',
    'ann.o@partner.examples',
    'ann_o@partner.example',
  ])('is not a part of another: %s', (text) => {
    expect(ann.outOf(text)).toBe(text);
    expect(ann.isIn(text)).toBe(false);
  });

  it('is found with a domain in letters, and as xtext', () => {
    const jose = new Subject('josé+news@xn--bcher-kva.example', HASH);
    expect(jose.outOf('JOSÉ+news@bücher.example')).toBe(HASH);
    expect(jose.outOf('rfc822;josé+2Bnews@xn--bcher-kva.example')).toBe(`rfc822;${HASH}`);
    expect(jose.mayBeIn(Buffer.from('x josé+news@bücher.example y'))).toBe(true);
  });

  it('goes out of values whole, names of members with it, and what does not name it is the same object', () => {
    const value = { to: ['ann.o@partner.example', 7, null], 'ann.o@partner.example': { deep: [{ text: 'x' }] } };
    expect(ann.outOfValue(value)).toEqual({ to: [HASH, 7, null], [HASH]: { deep: [{ text: 'x' }] } });
    const other = { to: ['bob@partner.example'], deep: { list: [1, 2] } };
    expect(ann.outOfValue(other)).toBe(other);
  });

  it('is nowhere any more, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('ann.o@partner.example', 'Ann.O@PARTNER.example', ' ', '<', '>', ';', 'x', '.', '\n', 'é', '@')),
        (parts) => {
          const rest = ann.outOf(parts.join(''));
          expect(ann.isIn(rest)).toBe(false);
          expect(ann.outOf(rest)).toBe(rest);
        },
      ),
    );
  });
});

describe('an address in mail', () => {
  const found = (mail: string, piece = 1 << 20): boolean => {
    const search = new SubjectSearch(ann);
    const octets = Buffer.from(mail);
    for (let at = 0; at < octets.length; at += piece) search.write(octets.subarray(at, at + piece));
    return search.end();
  };
  const MULTIPART = ['MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', '--b'];
  const encoded = (encoding: string, body: string): string =>
    [...MULTIPART, 'Content-Type: text/plain', `Content-Transfer-Encoding: ${encoding}`, '', body, '--b--', ''].join('\r\n');

  it.each([
    ['a header field', 'To: ann.o@partner.example\r\n\r\nHello\r\n', true],
    ['another address', 'To: joann.o@partner.example\r\n\r\nHello\r\n', false],
    ['base64', encoded('base64', Buffer.from('Dear ann.o@partner.example, hello').toString('base64')), true],
    ['quoted-printable over a line break', encoded('quoted-printable', 'Dear ann.o@part=\r\nner.example, hello'), true],
    ['base64 of something else', encoded('base64', Buffer.from('Dear bob@partner.example').toString('base64')), false],
  ])('is found in %s', (_, mail, wanted) => {
    expect(found(mail)).toBe(wanted);
  });

  it('is found where a piece ends in the middle of it', () => {
    const mail = `Subject: x\r\n\r\n${'y'.repeat(100)} ann.o@partner.example ${'z'.repeat(100)}\r\n`;
    for (const piece of [1, 7, 16, 64]) expect(found(mail, piece)).toBe(true);
  });
});
