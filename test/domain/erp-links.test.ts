import { describe, expect, it } from 'vitest';
import { contactLink, documentLink } from '../../src/domain/erp-links.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';

const references = {
  ...NO_REFERENCES,
  document: 'INV/2026&1',
  documentType: 'invoice',
  contact: 'C 7',
  administration: 'north',
  tags: { 'odoo-id': '117', empty: '' },
};

describe('links to the ERP', () => {
  it.each([
    ['https://erp.example/{document}', 'https://erp.example/INV%2F2026%261'],
    ['https://erp.example/{administration}/{documentType}?id={tag:odoo-id}', 'https://erp.example/north/invoice?id=117'],
    ['https://erp.example/fixed', 'https://erp.example/fixed'],
    ['https://erp.example/{unknown}', 'https://erp.example/{unknown}'],
    ['https://erp.example/{tag:missing}', null],
    ['https://erp.example/{tag:empty}', null],
    ['https://erp.example/{tag:toString}', null],
  ])('%s', (documentUrl, link) => {
    expect(documentLink({ documentUrl }, references)).toBe(link);
  });

  it('are none where nothing is configured, or the mail does not say what it takes', () => {
    expect(documentLink({ documentUrl: null }, references)).toBeNull();
    expect(documentLink({ documentUrl: 'https://erp.example/fixed' }, NO_REFERENCES)).toBeNull();
    expect(contactLink({ contactUrl: null }, references)).toBeNull();
    expect(contactLink({ contactUrl: 'https://erp.example/c/{contact}' }, references)).toBe('https://erp.example/c/C%207');
    expect(contactLink({ contactUrl: 'https://erp.example/c/{contact}' }, NO_REFERENCES)).toBeNull();
  });

  it('lead to the recipient at an address', () => {
    const settings = { contactUrl: 'https://erp.example/c?q={address}' };
    expect(contactLink(settings, NO_REFERENCES, 'a+b@example.com')).toBe('https://erp.example/c?q=a%2Bb%40example.com');
    expect(contactLink(settings, NO_REFERENCES)).toBeNull();
  });

  it('are written whatever a mail says', () => {
    expect(documentLink({ documentUrl: 'https://erp.example/{document}' }, { ...NO_REFERENCES, document: 'a\ud800' })).toBe(
      'https://erp.example/a%EF%BF%BD',
    );
  });
});
