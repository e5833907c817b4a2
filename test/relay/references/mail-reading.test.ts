import { Readable } from 'node:stream';
import { PDFDocument } from '@cantoo/pdf-lib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MailReading, type ReadingRequest, readMail } from '../../../src/relay/references/mail-reading.ts';
import { lines, mail, UBL_INVOICE } from './mails.ts';

function read(text: string | Buffer, request: Partial<ReadingRequest> = {}): Promise<MailReading> {
  const bytes = Buffer.from(text);
  return readMail({ bytes, stream: () => Readable.from([bytes]) }, { headers: new Set(['x-run', 'to']), files: 1_000_000, ...request });
}

describe('what a mail holds of its references', () => {
  it('fields, HTML, names of files, and those that may be XML', async () => {
    const pdf = await PDFDocument.create();
    await pdf.attach(Buffer.from('<a/>'), 'a.xml');
    const parts = [
      { type: 'application/xml', name: 'invoice.xml', content: '<Invoice/>' },
      { type: 'application/octet-stream', name: 'UBL.XML', content: '<b/>' },
      { type: 'application/pdf', name: 'plain.pdf', content: '%PDF-1.7 no files' },
      { type: 'application/octet-stream', name: 'with.pdf', content: Buffer.from(await pdf.save()) },
      { type: 'text/html', name: 'page.html', content: '<p>no body</p>' },
      { type: 'image/png', name: 'logo.png', content: 'x' },
      { type: 'image/png', content: 'x' },
    ];
    const text = mail({
      fields: ['X-Run: =?utf-8?q?=C3=84?=', 'X-Run: 2', 'To: Ann <a@b.example>', 'X-Other: 3'],
      html: '<h1>Ünï</h1>',
      parts,
    });
    const reading = await read(text);
    expect(Object.fromEntries(reading.headers)).toEqual({ 'x-run': ['Ä', '2'], to: ['Ann <a@b.example>'] });
    expect(reading.html).toBe('<h1>Ünï</h1>');
    expect(reading.attachments).toEqual(['invoice.xml', 'UBL.XML', 'plain.pdf', 'with.pdf', 'page.html', 'logo.png']);
    expect(reading.files.map(({ kind }) => kind)).toEqual(['xml', 'xml', 'pdf']);
    expect(reading.files[0]?.octets.toString()).toBe('<Invoice/>');
  });

  it('no files where they are not looked at, or beyond what is kept', async () => {
    const parts = [{ type: 'text/xml', name: 'a.xml', content: UBL_INVOICE }];
    expect(await read(mail({ html: '<p>', parts }), { files: 0 })).toMatchObject({ attachments: [], files: [], html: '<p>' });
    expect(await read(mail({ parts }), { files: 1000 })).toMatchObject({ attachments: ['a.xml'], files: [] });
  });

  it('the same of a content that comes as a stream', async () => {
    const bytes = Buffer.from(mail({ html: '<h1>x</h1>', parts: [{ type: 'text/xml', name: 'a.xml', content: UBL_INVOICE }] }));
    const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, i) => bytes.subarray(i * 1000, (i + 1) * 1000));
    const reading = await readMail({ bytes: null, stream: () => Readable.from(pieces) }, { headers: new Set(), files: 10_000_000 });
    expect(reading.files[0]?.octets.toString()).toBe(UBL_INVOICE);
    expect(reading.html).toBe('<h1>x</h1>');
  });

  it('nothing of attached messages but their names', async () => {
    const attached = lines('Content-Type: message/rfc822; name="old.eml"', '', 'X-Run: 9', 'Content-Type: text/html', '', '<p>old</p>');
    const text = lines('Content-Type: multipart/mixed; boundary=b', '', '--b', attached, '--b--');
    expect(await read(text)).toMatchObject({ html: null, attachments: ['old.eml'], files: [] });
    expect((await read(text)).headers.size).toBe(0);
  });

  it('as far as it can be walked of what is meant to be no end', async () => {
    const nested = Array.from({ length: 200 }, (_, i) => [`Content-Type: multipart/mixed; boundary=b${i}`, '', `--b${i}`]).flat();
    expect(await read(lines('X-Run: 1', ...nested))).toMatchObject({ html: null });
    const many = lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      ...Array.from({ length: 2000 }, () => ['--b', 'Content-Disposition: attachment; filename=f', '', 'x']).flat(),
    );
    expect((await read(many)).attachments.length).toBeLessThanOrEqual(50);
  });

  it('something, of anything', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), async (octets, multipart) => {
        const head = multipart ? 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n' : '';
        const reading = await read(Buffer.concat([Buffer.from(head), octets]));
        expect(reading.files.length).toBeLessThanOrEqual(10);
      }),
      { numRuns: 100 },
    );
  });
});
