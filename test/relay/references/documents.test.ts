import { PDFDocument } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import { compileReferences, findAll } from '../../../src/domain/reference-rules.ts';
import { NO_REFERENCES } from '../../../src/domain/references.ts';
import { readDocuments, xmlValues } from '../../../src/relay/references/documents.ts';
import { CII_INVOICE, UBL_INVOICE } from './mails.ts';

const values = (text: string): Record<string, string> | null => {
  const read = xmlValues(text);
  return read === null ? null : Object.fromEntries(read);
};

describe('the values of XML', () => {
  it('stand under the local names of their elements, the first of what is repeated', () => {
    const text =
      '\ufeff<a:r xmlns:a="u" x="1"><b:i> 1 &lt; 2 &#65;&#x42; </b:i><l><n>1</n></l><l><n>2</n></l><m>t<n/></m><![CDATA[x]]></a:r>';
    expect(values(text)).toEqual({ 'r/i': '1 < 2 AB', 'r/l/n': '1', 'r/m': 't', r: 'x' });
  });

  it('are those of the document in a Peppol envelope', () => {
    const text = `<StandardBusinessDocument><StandardBusinessDocumentHeader><ID>x</ID></StandardBusinessDocumentHeader><Invoice><ID>7</ID></Invoice></StandardBusinessDocument>`;
    expect(values(text)).toEqual({ 'Invoice/ID': '7' });
  });

  it.each([
    ['no XML', 'hello'],
    ['nothing', ''],
    ['a tag alone', '<a'],
    ['an empty document', '<a/>'],
    ['a DTD, whatever is in it', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['names that are meant for something else', '<a><constructor>1</constructor></a>'],
    ['too deep', '<a>'.repeat(1000)],
    ['HTML', '<!doctype html><html></html>'],
  ])('are none of %s', (_name, text) => {
    expect(values(text)).toBeNull();
  });

  it('are not those of entities, which are left as they are', () => {
    expect(values('<a>&undefined; &#0; &#x110000; &amp;lt;</a>')).toEqual({ a: '&undefined; &#0; &#x110000; &lt;' });
  });

  it('are read of a document whose end is missing, and past a file in it', () => {
    const read = values(UBL_INVOICE.slice(0, -100));
    expect(read?.['Invoice/ID']).toBe('2026-0117');
    expect(read?.['Invoice/AccountingCustomerParty/SupplierAssignedAccountID']).toBe('D-10012 & Co');
  });

  it('cost little of what is meant to cost much', () => {
    const bombs = [
      `${'x'.repeat(4000)}<b/>`,
      `<a ${'x'.repeat(4000)}>`,
      '<a>',
      '<',
      '<!--',
      '<a b="',
      '&lt;',
      '<a>x</a>',
      '<![CDATA[',
      '<?x ',
    ].map((piece) => `<r>${piece.repeat(Math.min(40_000, 4_000_000 / piece.length))}`);
    for (const bomb of bombs) {
      const started = performance.now();
      values(bomb);
      expect(performance.now() - started, bomb.slice(0, 10)).toBeLessThan(1500);
    }
  });
});

async function pdfWith(name: string, content: string, mimeType = 'text/xml'): Promise<Buffer> {
  const pdf = await PDFDocument.create();
  pdf.addPage();
  await pdf.attach(Buffer.from(content), name, { mimeType });
  return Buffer.from(await pdf.save());
}

const found = async (profile: string, kind: 'xml' | 'pdf', octets: Buffer): Promise<object> => {
  const documents = await readDocuments([{ kind, octets }]);
  const facts = { subject: null, from: null, messageId: null, headers: new Map(), documents };
  return findAll(compileReferences({ profiles: [profile], rules: [] }), { facts, known: NO_REFERENCES });
};

describe('documents of a mail', () => {
  it('UBL: by its own ids', async () => {
    const expected = { document: '2026-0117', documentType: 'invoice', contact: 'D-10012 & Co', administration: '12345678' };
    expect(await found('ubl', 'xml', Buffer.from(UBL_INVOICE))).toEqual(expected);
    const utf16 = Buffer.from(`\ufeff${UBL_INVOICE}`, 'utf16le');
    expect(await found('ubl', 'xml', utf16)).toEqual(expected);
    expect(await found('ubl', 'xml', Buffer.from(utf16).swap16())).toEqual(expected);
  });

  it('Factur-X: the XML in the PDF', async () => {
    const expected = { document: 'F-26-118', documentType: 'credit-note', contact: 'C-9', administration: 'S-1' };
    expect(await found('factur-x', 'pdf', await pdfWith('factur-x.xml', CII_INVOICE))).toEqual(expected);
    expect(await found('factur-x', 'pdf', await pdfWith('data', CII_INVOICE, 'application/xml'))).toEqual(expected);
    expect(await found('factur-x', 'pdf', await pdfWith('notes.txt', CII_INVOICE, 'text/plain'))).toEqual({});
  });

  it('what is no PDF, or a broken one, says nothing', async () => {
    const whole = await pdfWith('factur-x.xml', CII_INVOICE);
    const half = whole.subarray(0, whole.length / 2);
    expect(await readDocuments([{ kind: 'pdf', octets: Buffer.from('%PDF-1.7 /EmbeddedFile garbage') }])).toEqual([]);
    expect(await readDocuments([{ kind: 'pdf', octets: half }])).toBeInstanceOf(Array);
  });
});
