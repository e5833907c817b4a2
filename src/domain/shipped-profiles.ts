/**
 * Where programs say what their mail is about: the profiles of references that relais ships. Data
 * alone; reference-rules.ts reads them, config/references/*.yaml is published from here
 * (`node scripts/publish-config.mjs`). Their patterns mean the same to RE2 and to JavaScript.
 */
import type { ReferenceField, ReferenceProfile, ReferenceRule } from './settings.ts';

const r = String.raw;

/** The fields that are read of every message, whatever profiles there are: references.ts. */
const HEADERS: ReferenceProfile = {
  name: 'headers',
  says: 'Any program that can set header fields: X-Relais-*, which are taken off before forwarding. Read of all mail.',
  rules: [
    { field: 'document', from: 'header', header: 'X-Relais-Document' },
    { field: 'documentType', from: 'header', header: 'X-Relais-Document-Type' },
    { field: 'contact', from: 'header', header: 'X-Relais-Contact' },
    { field: 'administration', from: 'header', header: 'X-Relais-Administration' },
    { field: 'template', from: 'header', header: 'X-Relais-Template' },
  ],
};

/** The record that a mail was sent from; before a task or issue its project stands in the list. */
const ODOO_OBJECT = r`^(?:\s*project\.project-\d+\s*,)*[\s,]*(?<model>[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)+)-(?<id>\d{1,18})\s*(?:,|$)`;

function odoo(field: ReferenceField, rule: Partial<ReferenceRule>): ReferenceRule {
  return { field, from: 'header', header: 'X-Odoo-Objects', pattern: ODOO_OBJECT, ...rule };
}

const ODOO: ReferenceProfile = {
  name: 'odoo',
  says: 'Odoo: X-Odoo-Objects, such as account.move-123: the model is the type, model and id the document; mail to a partner has no document.',
  rules: [
    odoo('contact', { pattern: r`^\s*res\.partner-(?<contact>\d{1,18})\s*(?:,|$)` }),
    odoo('document', { unless: r`^\s*res\.partner-`, value: '{model}-{id}' }),
    odoo('documentType', { unless: r`^\s*res\.partner-`, value: '{model}' }),
    odoo('tag', { tag: 'odoo-id', value: '{id}' }),
  ],
};

const DOLIBARR_TYPES = {
  inv: 'invoice',
  sinv: 'supplier-invoice',
  ord: 'order',
  sord: 'purchase-order',
  pro: 'quote',
  spro: 'supplier-quote',
  shi: 'delivery-note',
  con: 'contract',
  int: 'intervention',
  tic: 'ticket',
  proj: 'project',
  tas: 'task',
  mem: 'membership',
};

/** What stands before the number; behind it the sender's host may follow. */
const DOLIBARR_DOCUMENT = r`^\s*(?<document>(?<type>[a-z]{2,20})\d{1,12})\s*(?:@|$)`;
const DOLIBARR_PEOPLE = r`^\s*(?:thi|ctc|use|usegroup)\d`;

function dolibarr(field: ReferenceField, rule: Partial<ReferenceRule>): ReferenceRule {
  return { field, from: 'header', header: 'X-Dolibarr-TRACKID', pattern: DOLIBARR_DOCUMENT, unless: DOLIBARR_PEOPLE, ...rule };
}

const DOLIBARR: ReferenceProfile = {
  name: 'dolibarr',
  says: 'Dolibarr: X-Dolibarr-TRACKID, such as inv123: the document, and by its letters the type; thi and ctc are third party and contact.',
  rules: [
    dolibarr('document', { value: '{document}' }),
    dolibarr('documentType', { value: '{type}', map: DOLIBARR_TYPES }),
    {
      field: 'contact',
      from: 'header',
      header: 'X-Dolibarr-TRACKID',
      pattern: r`^\s*(?<contact>(?:thi|ctc)\d{1,12})\s*(?:@|$)`,
      value: '{contact}',
    },
  ],
};

type Language = 'en' | 'nl' | 'de' | 'fr';

/** What documents are called in subjects and file names; longer names before those that they begin with. */
const NOUNS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: {
    'sales invoice': 'invoice',
    'purchase invoice': 'supplier-invoice',
    invoice: 'invoice',
    'billing document': 'invoice',
    'sales credit memo': 'credit-note',
    'credit memo': 'credit-note',
    'credit note': 'credit-note',
    'sales quote': 'quote',
    quotation: 'quote',
    quote: 'quote',
    offer: 'quote',
    'order confirmation': 'order-confirmation',
    'purchase order': 'purchase-order',
    'sales order': 'order',
    order: 'order',
    'packing slip': 'delivery-note',
    'delivery note': 'delivery-note',
    shipment: 'delivery-note',
    'payment reminder': 'reminder',
    reminder: 'reminder',
    'statement of account': 'statement',
    statement: 'statement',
    payslip: 'payslip',
    contract: 'contract',
  },
  nl: {
    verkoopfactuur: 'invoice',
    inkoopfactuur: 'supplier-invoice',
    creditfactuur: 'credit-note',
    creditnota: 'credit-note',
    factuur: 'invoice',
    nota: 'invoice',
    offerte: 'quote',
    orderbevestiging: 'order-confirmation',
    opdrachtbevestiging: 'order-confirmation',
    inkooporder: 'purchase-order',
    verkooporder: 'order',
    bestelling: 'order',
    pakbon: 'delivery-note',
    leverbon: 'delivery-note',
    betalingsherinnering: 'reminder',
    herinnering: 'reminder',
    aanmaning: 'reminder',
    rekeningoverzicht: 'statement',
    loonstrook: 'payslip',
    salarisspecificatie: 'payslip',
    abonnement: 'contract',
  },
  de: {
    verkaufsrechnung: 'invoice',
    rechnung: 'invoice',
    gutschrift: 'credit-note',
    angebot: 'quote',
    auftragsbestätigung: 'order-confirmation',
    auftrag: 'order',
    bestellung: 'purchase-order',
    lieferschein: 'delivery-note',
    zahlungserinnerung: 'reminder',
    mahnung: 'reminder',
    kontoauszug: 'statement',
    lohnabrechnung: 'payslip',
    vertrag: 'contract',
  },
  fr: {
    'facture de vente': 'invoice',
    facture: 'invoice',
    'note de crédit': 'credit-note',
    avoir: 'credit-note',
    devis: 'quote',
    'confirmation de commande': 'order-confirmation',
    'bon de commande': 'purchase-order',
    commande: 'order',
    'bon de livraison': 'delivery-note',
    'rappel de paiement': 'reminder',
    relance: 'reminder',
    'relevé de compte': 'statement',
    'bulletin de paie': 'payslip',
    contrat: 'contract',
  },
};

/**
 * Three digits at least, or letters before fewer: `700123`, `2026-0117`, `PS-INV103001`, `F-26/118`;
 * neither `3 of 5` nor `12-03-2026`.
 */
const NUMBER = r`(?:(?:\p{L}{1,6}[-/.]?){0,2}\d{3,15}\p{L}{0,3}(?:[-/.]\d{1,15})*|(?:\p{L}{1,6}[-/.]?){1,2}\d{1,2}(?:[-/.]\d{2,15})+)`;
const NUMBER_SIGN = r`(?:[\s_]*(?:nummer|number|num(?:é|e)ro|nr\b|no\b|n°|#))?[\s_:.#-]*`;

/** In file names blanks are often written otherwise. */
function documentPattern(nouns: readonly string[]): string {
  const names = nouns.map((noun) => noun.replaceAll(' ', r`[\s_-]?`)).join('|');
  return r`(?:^|[^\p{L}\p{N}])(?<type>${names})${NUMBER_SIGN}(?<document>${NUMBER})(?:[^\p{L}\p{N}]|$)`;
}

/** By what documents are called, in subject and file names. */
function byName(languages: readonly Language[]): ReferenceRule[] {
  const nouns: Record<string, string> = Object.assign({}, ...languages.map((language) => NOUNS[language]));
  const pattern = documentPattern(Object.keys(nouns).sort((a, b) => b.length - a.length));
  const places = ['subject', 'attachment'] as const;
  return places.flatMap((from): ReferenceRule[] => [
    { field: 'document', from, pattern, value: '{document}' },
    { field: 'documentType', from, pattern, value: '{type}', map: nouns },
  ]);
}

const DUTCH_DEBTOR = r`(?:^|[^\p{L}])(?:debiteur|klant|relatie)(?:[\s_-]?(?:nummer|nr))?[\s_:.#-]{1,4}(?<contact>\d{3,12})(?:[^\p{L}\p{N}]|$)`;

const AFAS: ReferenceProfile = {
  name: 'afas',
  says: 'AFAS Profit: the name of the document and its number in subject or file name, in Dutch or English; a debtor by its number.',
  rules: [
    ...byName(['nl', 'en']),
    { field: 'contact', from: 'subject', pattern: DUTCH_DEBTOR },
    { field: 'contact', from: 'attachment', pattern: DUTCH_DEBTOR },
  ],
};

const EXACT: ReferenceProfile = {
  name: 'exact',
  says: 'Exact Online and Globe: the name of the document and its number in subject or file name, in Dutch, English, French or German.',
  rules: [...byName(['nl', 'en', 'fr', 'de']), { field: 'contact', from: 'subject', pattern: DUTCH_DEBTOR }],
};

const BUSINESS_CENTRAL: ReferenceProfile = {
  name: 'business-central',
  says: 'Dynamics 365 Business Central and NAV: the name of the document and its number in subject or file name.',
  rules: byName(['en', 'nl', 'de', 'fr']),
};

const SAP: ReferenceProfile = {
  name: 'sap',
  says: 'SAP S/4HANA, ECC and Business One: the name of the document and its number in subject or file name, or a file named by the number.',
  rules: [...byName(['en', 'de', 'nl', 'fr']), { field: 'document', from: 'attachment', pattern: r`^(?<document>\d{8,10})\.(?:pdf|xml)$` }],
};

const INVOICE_CODES = { 380: 'invoice', 381: 'credit-note', 384: 'invoice', 386: 'invoice', 389: 'self-billed-invoice', 326: 'invoice' };
const UBL_TYPES = {
  Invoice: 'invoice',
  CreditNote: 'credit-note',
  Order: 'purchase-order',
  OrderResponse: 'order-confirmation',
  DespatchAdvice: 'delivery-note',
  Reminder: 'reminder',
  Statement: 'statement',
  Quotation: 'quote',
};

const UBL: ReferenceProfile = {
  name: 'ubl',
  says: 'Electronic documents in UBL, Peppol BIS among them: number, type, customer and supplier as the XML says.',
  rules: [
    { field: 'document', from: 'xml', path: Object.keys(UBL_TYPES).map((root) => `${root}/ID`) },
    { field: 'documentType', from: 'xml', path: ['Invoice/InvoiceTypeCode'], map: INVOICE_CODES },
    ...Object.entries(UBL_TYPES).map(
      ([root, value]): ReferenceRule => ({ field: 'documentType', from: 'xml', path: [`${root}/ID`], value }),
    ),
    {
      field: 'contact',
      from: 'xml',
      path: [
        '*/AccountingCustomerParty/SupplierAssignedAccountID',
        '*/AccountingCustomerParty/Party/PartyIdentification/ID',
        '*/AccountingCustomerParty/Party/EndpointID',
        '*/BuyerCustomerParty/Party/PartyIdentification/ID',
        '*/BuyerCustomerParty/Party/EndpointID',
      ],
    },
    {
      field: 'administration',
      from: 'xml',
      path: [
        '*/AccountingSupplierParty/Party/PartyLegalEntity/CompanyID',
        '*/AccountingSupplierParty/Party/EndpointID',
        '*/SellerSupplierParty/Party/PartyLegalEntity/CompanyID',
        '*/SellerSupplierParty/Party/EndpointID',
      ],
    },
  ],
};

/** The Cross Industry Invoice of UN/CEFACT, of ZUGFeRD 1 and of Order-X. */
const CII_ROOTS = [
  'CrossIndustryInvoice/ExchangedDocument',
  'CrossIndustryDocument/HeaderExchangedDocument',
  'SCRDMCCBDACIOMessageStructure/ExchangedDocument',
];
const CII_AGREEMENTS = [
  '*/SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement',
  '*/SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeAgreement',
];

const FACTUR_X: ReferenceProfile = {
  name: 'factur-x',
  says: 'Factur-X, ZUGFeRD and Order-X: the XML in a PDF, or attached by itself, says number, type, customer and supplier.',
  rules: [
    { field: 'document', from: 'xml', path: CII_ROOTS.map((root) => `${root}/ID`) },
    {
      field: 'documentType',
      from: 'xml',
      path: CII_ROOTS.map((root) => `${root}/TypeCode`),
      map: { ...INVOICE_CODES, 220: 'purchase-order', 231: 'order-confirmation' },
    },
    { field: 'contact', from: 'xml', path: CII_AGREEMENTS.map((agreement) => `${agreement}/BuyerTradeParty/ID`) },
    {
      field: 'administration',
      from: 'xml',
      path: CII_AGREEMENTS.flatMap((agreement) => [
        `${agreement}/SellerTradeParty/SpecifiedLegalOrganization/ID`,
        `${agreement}/SellerTradeParty/ID`,
      ]),
    },
  ],
};

export const SHIPPED_PROFILES: readonly ReferenceProfile[] = [HEADERS, ODOO, DOLIBARR, UBL, FACTUR_X, AFAS, EXACT, BUSINESS_CENTRAL, SAP];

/** Those that read what a program says itself, and so guess nothing: asked unless the configuration names others. */
export const DEFAULT_PROFILES: readonly string[] = ['headers', 'odoo', 'dolibarr', 'ubl', 'factur-x'];
