/** What a message holds, read in one pass with bounded memory. */
import { Readable } from 'node:stream';
import { describe, expect, it, test } from 'vitest';
import { openFile } from '../../../src/http/content/attachment.ts';
import { readOutline } from '../../../src/http/content/outline.ts';
import { sourceHead } from '../../../src/http/content/slices.ts';
import { base64, file, inPieces, leaf, mail, multipart, PIXEL } from './mails.ts';

const INVOICE = mail(
  multipart(
    'mixed',
    multipart(
      'alternative',
      leaf('text/plain; charset=utf-8', 'Bonjour =C3=A9', 'Content-Transfer-Encoding: quoted-printable'),
      multipart(
        'related',
        leaf(
          'text/html; charset=iso-8859-1',
          base64(Buffer.from('<p>caf\xe9 <img src="cid:logo@erp">', 'latin1')),
          'Content-Transfer-Encoding: base64',
        ),
        leaf('image/png', base64(PIXEL), 'Content-Transfer-Encoding: base64', 'Content-ID: <logo@erp>', 'Content-Disposition: inline'),
      ),
    ),
    file('invoice.pdf', 'application/pdf', '%PDF-1.7 and so on'),
    leaf('message/rfc822', 'Subject: inner\r\n\r\nHello'),
  ),
);

async function fileNumber(text: string, number: number): Promise<string | undefined> {
  const found = await openFile(inPieces(text), number);
  if (found === undefined) return undefined;
  const octets: Buffer[] = [];
  for await (const piece of found.octets) octets.push(piece);
  return Buffer.concat(octets).toString('latin1');
}

describe('readOutline', () => {
  it('tells text, HTML, the pictures in it, and files', async () => {
    const outline = await readOutline(inPieces(INVOICE));
    expect(outline.texts.map(({ text }) => text)).toEqual(['Bonjour é']);
    expect(outline.shown.map(({ kind, text }) => [kind, text])).toEqual([['html', '<p>café <img src="cid:logo@erp">']]);
    expect([...outline.images]).toEqual([['logo@erp', { type: 'image/png', octets: PIXEL }]]);
    expect(outline.files).toEqual([
      { number: 1, name: null, type: 'image/png', size: PIXEL.length, inline: true },
      { number: 2, name: 'invoice.pdf', type: 'application/pdf', size: 18, inline: false },
      { number: 3, name: null, type: 'message/rfc822', size: 23, inline: false },
    ]);
    expect(outline.incomplete).toBeNull();
  });

  it('shows text beside HTML where it is no alternative to it, in order', async () => {
    const text = mail(multipart('mixed', leaf('text/plain', 'before'), leaf('text/html', '<p>middle'), leaf('text/plain', 'after')));
    const { shown } = await readOutline(inPieces(text));
    expect(shown.map(({ text: one }) => one)).toEqual(['before', '<p>middle', 'after']);
  });

  it('takes text with a file name, or marked as an attachment, for a file', async () => {
    const text = mail(
      multipart('mixed', leaf('text/plain', 'body'), leaf('text/plain; name=notes.txt', 'notes'), file('page.html', 'text/html', '<p>')),
    );
    const { shown, files } = await readOutline(inPieces(text));
    expect(shown.map(({ text: one }) => one)).toEqual(['body']);
    expect(files.map(({ name, size }) => [name, size])).toEqual([
      ['notes.txt', 5],
      ['page.html', 3],
    ]);
  });

  it('reads a message without any MIME field as text', async () => {
    const { shown, files } = await readOutline(inPieces('Subject: x\r\n\r\nplain\r\n'));
    expect(shown).toMatchObject([{ kind: 'text', text: 'plain\n', cut: false }]);
    expect(files).toEqual([]);
  });

  it('holds no more than a megabyte of text, and no picture of more than one', async () => {
    const big = 'x'.repeat(3 * 1024 * 1024);
    const text = mail(multipart('mixed', leaf('text/plain', big), leaf('text/plain', 'more'), leaf('image/png', big, 'Content-ID: <big>')));
    const { shown, images, files } = await readOutline(inPieces(text, 65_536));
    expect(shown.map(({ text: one, cut }) => [one.length, cut])).toEqual([
      [1024 * 1024, true],
      [0, true],
    ]);
    expect(images.size).toBe(0);
    expect(files[0]).toMatchObject({ size: big.length });
  });

  it('never keeps a picture that can hold code', async () => {
    const { images, files } = await readOutline(inPieces(mail(leaf('image/svg+xml', '<svg onload=alert(1)>', 'Content-ID: <s>'))));
    expect(images.size).toBe(0);
    expect(files).toMatchObject([{ type: 'image/svg+xml' }]);
  });

  it.each([
    ['parts nested without end', multipartWithin(100)],
    ['parts without end', mail(multipart('mixed', ...Array.from({ length: 1_100 }, () => leaf('text/plain; name=a', ''))))],
    ['a header section without end', `Subject: x\r\n${'X-Y: z\r\n'.repeat(40_000)}\r\n`],
  ])('gives up on %s, and gives what it read', async (_, text) => {
    expect(await readOutline(inPieces(text, 65_536))).toMatchObject({ incomplete: 'limits' });
    expect(await fileNumber(text, 5_000)).toBeUndefined();
  });

  it('gives up when it takes too long', async () => {
    let clock = 0;
    const outline = await readOutline(inPieces(INVOICE), () => {
      clock += 1_000;
      return clock;
    });
    expect(outline.incomplete).toBe('time');
  });
});

function multipartWithin(depth: number): string {
  let part = leaf('text/plain', 'deep');
  for (let at = 0; at < depth; at++) part = multipart('mixed', part);
  return mail(part);
}

describe('openFile', () => {
  it('hands out the file of each number, decoded', async () => {
    expect(await fileNumber(INVOICE, 1)).toBe(PIXEL.toString('latin1'));
    expect(await fileNumber(INVOICE, 2)).toBe('%PDF-1.7 and so on');
    expect(await fileNumber(INVOICE, 3)).toBe('Subject: inner\r\n\r\nHello');
    expect(await fileNumber(INVOICE, 4)).toBeUndefined();
  });

  it('reads no further than the file that is asked for', async () => {
    let read = 0;
    async function* counted(): AsyncGenerator<Buffer> {
      for await (const piece of inPieces(INVOICE + 'x'.repeat(1_000_000), 100)) {
        read += piece.length;
        yield piece;
      }
    }
    const found = await openFile(counted(), 1);
    for await (const _ of found?.octets ?? []);
    expect(read).toBeLessThan(INVOICE.length);
  });
});

test('the head of the source is text, whatever its octets', async () => {
  const stored = (octets: Buffer) => ({ size: octets.length, sha256: '', bytes: octets, stream: () => Readable.from([octets]) });
  expect(await sourceHead({ received: 'Received: x\r\n' }, stored(Buffer.from('Subject: é\r\n\r\n')), 1_000)).toEqual({
    text: 'Received: x\nSubject: é\n\n',
    size: 28,
    cut: false,
  });
  expect(await sourceHead({ received: '' }, stored(Buffer.from('éééé')), 3)).toEqual({ text: 'é', size: 8, cut: true });
  expect(await sourceHead({ received: '' }, stored(Buffer.from([0xe9, 0x61])), 10)).toMatchObject({ text: 'éa' });
});
