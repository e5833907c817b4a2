/** Addresses of the ERP's pages. */
import { expect, test } from 'vitest';
import { erpLink } from '../../src/domain/erp-links.ts';

const REFERENCES = {
  document: 'INV/2026/0042',
  documentType: 'invoice',
  contact: 'C 1001',
  administration: null,
  tags: { lang: 'fr', none: '' },
};

test.each([
  ['https://erp.example/contact/{contact}', 'https://erp.example/contact/C%201001'],
  ['https://erp.example/{documentType}/{document}', 'https://erp.example/invoice/INV%2F2026%2F0042'],
  ['https://erp.example/?q={address}&l={tag:lang}', 'https://erp.example/?q=a%2Bb%40example.com&l=fr'],
  ['https://erp.example/{administration}/{contact}', null],
  ['https://erp.example/{tag:none}', null],
  ['https://erp.example/{tag:other}', null],
  ['https://erp.example/{nothing}', null],
  [null, null],
])('%s', (pattern, link) => {
  expect(erpLink(pattern, REFERENCES, 'a+b@example.com')).toBe(link);
});

test('without an address there is no page that needs one, and half a character breaks nothing', () => {
  expect(erpLink('https://erp.example/{address}', REFERENCES, null)).toBeNull();
  expect(erpLink('https://erp.example/{contact}', { ...REFERENCES, contact: '\ud800' }, null)).toBe('https://erp.example/%EF%BF%BD');
});
