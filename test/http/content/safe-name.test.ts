/** R52: names of attachments, as someone may have written them who means no good. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { attachmentDisposition, safeName } from '../../../src/http/content/safe-name.ts';

describe('R52 safeName', () => {
  it.each([
    ['invoice.pdf', 'invoice.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\system32\\evil.dll', 'evil.dll'],
    ['C:\\invoice.pdf', 'invoice.pdf'],
    ['/', 'attachment-3.pdf'],
    ['..', 'attachment-3.pdf'],
    ['.htaccess', 'htaccess'],
    ['a\0b.pdf', 'ab.pdf'],
    ['a\r\nSet-Cookie: x.pdf', 'aSet-Cookie_ x.pdf'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    ['a\u200bb\ufeff.pdf', 'ab.pdf'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['lpt1.pdf', '_lpt1.pdf'],
    ['console.txt', 'console.txt'],
    ['name. . .', 'name'],
    ['a"b*c?d|e<f>g%h;.pdf', 'a_b_c_d_e_f_g_h_.pdf'],
    ['Rechnung Nº 5 – ü.pdf', 'Rechnung Nº 5 – ü.pdf'],
    ['e\u0301.pdf', 'é.pdf'],
    ['a\ud800b.pdf', 'ab.pdf'],
    ['', 'attachment-3.pdf'],
    [null, 'attachment-3.pdf'],
    [`${'x'.repeat(500)}.pdf`, `${'x'.repeat(116)}.pdf`],
    ['x'.repeat(500), 'x'.repeat(120)],
  ])('%j is %j', (given, wanted) => {
    expect(safeName(given, 'application/pdf', 3)).toBe(wanted);
  });

  it('names a file without a name by its number, and by its type where it is known', () => {
    expect(safeName(null, 'application/x-unknown', 1)).toBe('attachment-1');
    expect(safeName(null, 'message/rfc822', 2)).toBe('attachment-2.eml');
  });

  test('whatever is given: no path, no control character, nothing hidden, and never empty', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(0xff), fc.nat(0xffff)), { maxLength: 40 }), (units) => {
        const given = String.fromCharCode(...units);
        const name = safeName(given, 'text/plain', 1);
        expect(name).toMatch(/^[^\x00-\x1f\x7f-\x9f/\\:*?"<>|;%\u200b-\u200f\u202a-\u202e]{1,140}$/u);
        expect(name).not.toMatch(/^[. ]|[. ]$/);
        expect(() => new Headers({ 'content-disposition': attachmentDisposition(name) })).not.toThrow();
      }),
    );
  });
});

test.each([
  ['invoice.pdf', 'attachment; filename="invoice.pdf"'],
  ['ü (1).pdf', 'attachment; filename="_ (1).pdf"; filename*=UTF-8\'\'%C3%BC%20%281%29.pdf'],
  ["it's.pdf", 'attachment; filename="it\'s.pdf"'],
])('%s is handed out as %s', (name, wanted) => {
  expect(attachmentDisposition(name)).toBe(wanted);
});
