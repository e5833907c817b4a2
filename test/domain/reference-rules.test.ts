import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, it } from 'vitest';
import { compileReferences, explain, findAll, findEarly, lacksLate, type MailFacts } from '../../src/domain/reference-rules.ts';
import { NO_REFERENCES } from '../../src/domain/references.ts';
import type { ReferenceRule } from '../../src/domain/settings.ts';
import { SHIPPED_PROFILES } from '../../src/domain/shipped-profiles.ts';

const facts = (given: Partial<MailFacts> & { readonly header?: readonly [string, ...string[]] } = {}): MailFacts => {
  const { header, ...rest } = given;
  const [name = '', ...values] = header ?? [];
  return {
    subject: null,
    from: null,
    messageId: null,
    headers: new Map(header === undefined ? [] : [[name.toLowerCase(), values]]),
    ...rest,
  };
};

const known = NO_REFERENCES;
const byProfile = (profile: string, mail: MailFacts): object =>
  findAll(compileReferences({ profiles: [profile], rules: [] }), { facts: mail, known });
const byRules = (rules: readonly ReferenceRule[], mail: MailFacts): object =>
  findAll(compileReferences({ profiles: [], rules }), { facts: mail, known });

describe('shipped profiles', () => {
  it.each([
    ['account.move-123', { document: 'account.move-123', documentType: 'account.move', tags: { 'odoo-id': '123' } }],
    ['project.project-3,  project.task-12', { document: 'project.task-12', documentType: 'project.task', tags: { 'odoo-id': '12' } }],
    ['project.project-3', { document: 'project.project-3', documentType: 'project.project', tags: { 'odoo-id': '3' } }],
    ['res.partner-7', { contact: '7', tags: { 'odoo-id': '7' } }],
    ['nonsense', {}],
    ['', {}],
  ])('odoo: %j', (value, expected) => {
    expect(byProfile('odoo', facts({ header: ['X-Odoo-Objects', value] }))).toEqual(expected);
  });

  it.each([
    ['inv123', { document: 'inv123', documentType: 'invoice' }],
    ['sord9@erp.example.com', { document: 'sord9', documentType: 'purchase-order' }],
    ['xyz9', { document: 'xyz9' }],
    ['thi55', { contact: 'thi55' }],
    ['use3', {}],
    ['inv', {}],
  ])('dolibarr: %j', (value, expected) => {
    expect(byProfile('dolibarr', facts({ header: ['X-Dolibarr-TRACKID', value] }))).toEqual(expected);
  });

  it.each([
    ['Factuur 2026001234', { document: '2026001234', documentType: 'invoice' }],
    ['Uw verkoopfactuur: 24700123 van Jansen B.V.', { document: '24700123', documentType: 'invoice' }],
    ['Creditfactuur nr. CF-2026-0007', { document: 'CF-2026-0007', documentType: 'credit-note' }],
    ['Herinnering factuur 700123, debiteur 10012', { document: '700123', documentType: 'invoice', contact: '10012' }],
    ['Orderbevestiging VO/26/0117', { document: 'VO/26/0117', documentType: 'order-confirmation' }],
    ['Invoice number 2026-118 for customer', { document: '2026-118', documentType: 'invoice' }],
    ['Betalingsherinnering', {}],
    ['Factuur van 12-03-2026', {}],
    ['Invoice 3 of 5', {}],
    ['Nieuwe voorwaarden 2026', {}],
    ['Manufactuur 123456', {}],
    ['Invoice for March 2026', {}],
  ])('afas: %j', (subject, expected) => {
    expect(byProfile('afas', facts({ subject }))).toEqual(expected);
  });

  it.each([
    ['exact', ['Factuur_24700123_20260312.pdf'], { document: '24700123', documentType: 'invoice' }],
    ['exact', ['logo.png', 'Rechnung-RE2026-0117.pdf'], { document: 'RE2026-0117', documentType: 'invoice' }],
    ['exact', ['bon_de_livraison_BL2026.pdf', 'x'], { document: 'BL2026', documentType: 'delivery-note' }],
    ['business-central', ['Sales Invoice PS-INV103001.pdf'], { document: 'PS-INV103001', documentType: 'invoice' }],
    ['business-central', ['Purchase_Order 106002.pdf'], { document: '106002', documentType: 'purchase-order' }],
    ['sap', ['Auftragsbestätigung 0000123456.PDF'], { document: '0000123456', documentType: 'order-confirmation' }],
    ['sap', ['90001234.pdf'], { document: '90001234' }],
    ['sap', ['123.pdf'], {}],
  ])('%s: the file %j', (profile, attachments, expected) => {
    expect(byProfile(profile, facts({ attachments }))).toEqual(expected);
  });

  it('business-central: the sender in front of the document', () => {
    const mail = facts({ subject: 'CRONUS International Ltd. - Sales Invoice PS-INV103001' });
    expect(byProfile('business-central', mail)).toEqual({ document: 'PS-INV103001', documentType: 'invoice' });
  });

  it('ubl: number, type, customer and supplier', () => {
    const invoice = new Map([
      ['Invoice/ID', '2026-0117'],
      ['Invoice/InvoiceTypeCode', '381'],
      ['Invoice/AccountingSupplierParty/Party/EndpointID', '8601234567'],
      ['Invoice/AccountingCustomerParty/Party/EndpointID', '0106:12345678'],
      ['Invoice/AccountingCustomerParty/Party/PartyIdentification/ID', 'D-10012'],
    ]);
    const expected = { document: '2026-0117', documentType: 'credit-note', contact: 'D-10012', administration: '8601234567' };
    expect(byProfile('ubl', facts({ documents: [invoice] }))).toEqual(expected);
    expect(byProfile('ubl', facts({ documents: [new Map([['DespatchAdvice/ID', 'D1']])] }))).toEqual({
      document: 'D1',
      documentType: 'delivery-note',
    });
  });

  it('factur-x: the same of a Cross Industry Invoice', () => {
    const trade = 'CrossIndustryInvoice/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement';
    const invoice = new Map([
      ['CrossIndustryInvoice/ExchangedDocument/ID', 'F-26-118'],
      ['CrossIndustryInvoice/ExchangedDocument/TypeCode', '380'],
      [`${trade}/BuyerTradeParty/ID`, 'C-9'],
      [`${trade}/SellerTradeParty/SpecifiedLegalOrganization/ID`, '12345'],
    ]);
    const expected = { document: 'F-26-118', documentType: 'invoice', contact: 'C-9', administration: '12345' };
    expect(byProfile('factur-x', facts({ documents: [new Map(), invoice] }))).toEqual(expected);
  });

  it('have patterns that RE2 takes as well, and values made of groups that there are', () => {
    const compiled = new Map<string, string[]>();
    for (const { name, rules } of SHIPPED_PROFILES) {
      for (const { pattern, unless, value } of rules) {
        for (const one of [pattern, unless]) {
          if (one === undefined || compiled.has(one)) continue;
          compiled.set(one, Object.keys(RE2JS.compile(one, RE2JS.CASE_INSENSITIVE).namedGroups()));
        }
        const groups = compiled.get(pattern ?? '') ?? [];
        const asked = [...(value ?? '').matchAll(/\{(\w+)\}/g)].map(([, group]) => group);
        expect(groups, name).toEqual(expect.arrayContaining(asked));
      }
    }
  });

  it('are done with any text at once, though they run in the engine of JavaScript', () => {
    const compiled = compileReferences({ profiles: SHIPPED_PROFILES.map(({ name }) => name), rules: [] });
    const bad = ['factuur ', 'invoice-', 'a-', 'ab/', '1-', 'invoice number no ', 'project.project-1,', '_', 'debiteur ', 'é'];
    for (const piece of bad) {
      const text = piece.repeat(1000);
      const mail = facts({ subject: text, attachments: [text, text], header: ['X-Odoo-Objects', text] });
      const started = performance.now();
      findAll(compiled, { facts: mail, known });
      expect(performance.now() - started).toBeLessThan(100);
    }
  });
});

describe('rules of one’s own', () => {
  it.each<[string, Partial<ReferenceRule>, string, string | undefined]>([
    ['the group named as the field', { pattern: '(?<document>a\\d)(?<value>b)' }, 'a1b', 'a1'],
    ['the group called value', { pattern: '(?<other>a\\d)(?<value>b)' }, 'a1b', 'b'],
    ['any group with a name', { pattern: 'invoice (?<number>\\d{4}-\\d+)' }, 'Your INVOICE 2026-117', '2026-117'],
    ['a group without a name', { pattern: 'no (\\d+)' }, 'no 12', '12'],
    ['all that is found', { pattern: '\\d+' }, 'no 12 of 13', '12'],
    ['all of the text', {}, ' whole ', 'whole'],
    ['composed of groups', { pattern: '(?<y>\\d{4}).(?<n>\\d+)', value: '{y}/{n}' }, '2026-117', '2026/117'],
    ['fixed', { pattern: 'payslip', value: 'P' }, 'Your Payslip', 'P'],
    ['mapped', { pattern: '\\w+', map: { rma: 'return' } }, 'RMA 7', 'return'],
    ['mapped to nothing', { pattern: '\\w+', map: { rma: 'return' } }, 'constructor', undefined],
    ['not where it must not', { pattern: '\\d+', unless: 'test' }, 'Test 12', undefined],
    ['an empty group', { pattern: 'a(?<document>)b' }, 'ab', undefined],
    ['a group that took no part', { pattern: 'a(?<document>x)?|(?<value>b)' }, 'b', 'b'],
  ])('%s', (_name, rule, subject, expected) => {
    const found = byRules([{ field: 'document', from: 'subject', ...rule }], facts({ subject }));
    expect(found).toEqual(expected === undefined ? {} : { document: expected });
  });

  it('are asked before the profiles; of a field the first that finds something decides', () => {
    const rules: ReferenceRule[] = [
      { field: 'document', from: 'messageId', pattern: '^inv\\.(\\d+)' },
      { field: 'document', from: 'from', pattern: 'nobody' },
      { field: 'tag', tag: 'run', from: 'header', header: 'X-Run' },
    ];
    const compiled = compileReferences({ profiles: ['afas'], rules });
    const mail = facts({ subject: 'Factuur 700123', messageId: 'inv.5@x', header: ['x-run', '', '7'] });
    expect(findEarly(compiled, { facts: mail, known })).toEqual({
      found: { document: '5', documentType: 'invoice', tags: { run: '7' } },
      complete: true,
    });
    const findings = explain(compiled, mail, known).filter(({ value }) => value !== null);
    expect(findings.map(({ profile, value, decides }) => [profile, value, decides])).toEqual([
      [null, '5', true],
      [null, '7', true],
      ['afas', '700123', false],
      ['afas', 'invoice', true],
    ]);
  });

  it('are not asked for what is known', () => {
    const compiled = compileReferences({
      profiles: [],
      rules: [
        { field: 'document', from: 'subject' },
        { field: 'tag', tag: 'a', from: 'subject' },
      ],
    });
    const asking = { facts: facts({ subject: 'x' }), known: { ...known, document: 'D', tags: { a: '' } } };
    expect(findEarly(compiled, asking).found).toEqual({});
  });

  it('stop when their time is over, and say so', () => {
    const rules: ReferenceRule[] = [
      { field: 'document', from: 'subject' },
      { field: 'contact', from: 'subject' },
    ];
    let asked = 0;
    const isLate = (): boolean => ++asked > 1;
    const answer = findEarly(compileReferences({ profiles: [], rules }), { facts: facts({ subject: 'x' }), known, isLate });
    expect(answer).toEqual({ found: { document: 'x' }, complete: false });
  });

  it('wait for what is attached only while something is missing', () => {
    const compiled = compileReferences({ profiles: [], rules: [{ field: 'document', from: 'attachment', pattern: '\\d+' }] });
    expect(lacksLate(compiled, known)).toBe(true);
    expect(lacksLate(compiled, { ...known, document: 'D' })).toBe(false);
    expect(findEarly(compiled, { facts: facts({ attachments: ['1'] }), known }).found).toEqual({});
  });

  it('take time that grows with the text alone, whatever the pattern', () => {
    const patterns = ['(x+x+)+y', '(a|aa)+$', '(.*)*b', '([a-z]+)*\\d'];
    for (const pattern of patterns) {
      const compiled = compileReferences({ profiles: [], rules: [{ field: 'document', from: 'subject', pattern }] });
      const started = performance.now();
      findEarly(compiled, { facts: facts({ subject: `${'xa'.repeat(5000)}` }), known });
      expect(performance.now() - started, pattern).toBeLessThan(250);
    }
  });

  it('record values on one line, of bounded length, whatever the text', () => {
    const compiled = compileReferences({ profiles: ['afas', 'odoo'], rules: [{ field: 'contact', from: 'subject', pattern: '(?s).*' }] });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (subject) => {
        const { contact } = findEarly(compiled, { facts: facts({ subject, header: ['X-Odoo-Objects', subject] }), known }).found;
        if (contact == null) return;
        expect(contact.length).toBeLessThanOrEqual(200);
        expect(contact).not.toMatch(/[\x00-\x1f]/);
      }),
      { numRuns: 15 },
    );
  });
});
