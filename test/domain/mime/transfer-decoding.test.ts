/** Base64 and quoted-printable, whatever the pieces they come in. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { decoderFor } from '../../../src/domain/mime/transfer-decoding.ts';
import { Base64, QuotedPrintable } from '../../../src/relay/delivery/content/transfer-encodings.ts';

function decode(encoding: string, ...pieces: (string | Buffer)[]): string {
  const decoder = decoderFor(encoding);
  const out = pieces.map((piece) => Buffer.from(decoder.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
  return Buffer.concat([...out, decoder.end()]).toString('latin1');
}

/** Cut at any places. */
function pieces(octets: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...[...cuts].map((cut) => Math.min(cut, octets.length)).sort((a, b) => a - b), octets.length];
  return at.slice(1).map((end, index) => octets.subarray(at[index], end));
}

const CUTS = fc.array(fc.nat(400), { maxLength: 12 });

describe('decoderFor', () => {
  it.each([
    ['base64', 'SGVsbG8=', 'Hello'],
    ['base64', 'SGVs\r\nbG8=\r\n', 'Hello'],
    ['base64', 'SGVs bG!8', 'Hello'],
    ['base64', 'SGk=SGk=', 'HiHi'],
    ['base64', '', ''],
    ['quoted-printable', 'caf=E9 =3D 1', 'caf\xe9 = 1'],
    ['quoted-printable', 'long=\r\nline', 'longline'],
    ['quoted-printable', 'long= \t\r\nline', 'longline'],
    ['quoted-printable', 'blanks  \t\r\nat the end  ', 'blanks\r\nat the end'],
    ['quoted-printable', 'a  b', 'a  b'],
    ['quoted-printable', 'no =XY escape =', 'no =XY escape '],
    ['quoted-printable', 'lower =c3=a9', 'lower \xc3\xa9'],
    ['8bit', 'as it = is', 'as it = is'],
    ['x-unknown', 'SGVsbG8=', 'SGVsbG8='],
  ])('%s of %j is %j', (encoding, given, wanted) => {
    expect(decode(encoding, given)).toBe(wanted);
    expect(decode(encoding, ...[...given])).toBe(wanted);
  });

  test('what was encoded comes back, in any pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), CUTS, (array, cuts) => {
        const octets = Buffer.from(array);
        const encoder = new Base64();
        const encoded = Buffer.concat([Buffer.from(encoder.write(octets)), encoder.end()]);
        expect(decode('base64', ...pieces(encoded, cuts))).toBe(octets.toString('latin1'));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '=', ' ', '\t', '\r\n', 'é', 'line of text'), { maxLength: 80 }), CUTS, (words, cuts) => {
        const octets = Buffer.from(words.join(''));
        const encoder = new QuotedPrintable();
        const encoded = Buffer.concat([Buffer.from(encoder.write(octets)), Buffer.from(encoder.end())]);
        expect(decode('quoted-printable', ...pieces(encoded, cuts))).toBe(octets.toString('latin1'));
      }),
    );
  });

  test('a megabyte of blanks or of equals signs takes no longer than any other', () => {
    const started = performance.now();
    for (const text of [' ', '\t', '=', '= ', '\r'])
      decode('quoted-printable', ...pieces(Buffer.from(text.repeat(500_000)), [65_536, 131_072, 300_000]));
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});
