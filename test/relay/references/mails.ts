/** Mails with files in them, as programs write them. */

export interface Part {
  readonly type: string;
  readonly name?: string;
  /** Base64 is made of it. */
  readonly content: string | Buffer;
}

export function lines(...all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n`;
}

export function mail(options: { readonly fields?: readonly string[]; readonly html?: string; readonly parts?: readonly Part[] }): string {
  const { fields = [], html, parts = [] } = options;
  const body = html === undefined ? [] : ['--b', 'Content-Type: text/html; charset=utf-8', '', html];
  const files = parts.flatMap(({ type, name, content }) => [
    '--b',
    `Content-Type: ${type}`,
    `Content-Disposition: attachment${name === undefined ? '' : `; filename="${name}"`}`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n'),
  ]);
  const text = ['--b', 'Content-Type: text/plain', '', 'See the files.'];
  return lines(...fields, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '', ...text, ...body, ...files, '--b--');
}

export const UBL_INVOICE = `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:cbc" xmlns:cac="urn:cac">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ID>2026-0117</cbc:ID>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cac:AdditionalDocumentReference><cbc:ID>annex</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">${'QUJD'.repeat(200_000)}</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>
  <cac:AccountingSupplierParty><cac:Party><cbc:EndpointID schemeID="0106">12345678</cbc:EndpointID></cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty>
    <cbc:SupplierAssignedAccountID>D-10012 &amp; Co</cbc:SupplierAssignedAccountID>
    <cac:Party><cac:PartyIdentification><cbc:ID>other</cbc:ID></cac:PartyIdentification></cac:Party>
  </cac:AccountingCustomerParty>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine><cac:InvoiceLine><cbc:ID>2</cbc:ID></cac:InvoiceLine>
</Invoice>`;

export const CII_INVOICE = `<?xml version='1.0' encoding='UTF-8'?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:rsm" xmlns:ram="urn:ram">
  <rsm:ExchangedDocument><ram:ID>F-26-118</ram:ID><ram:TypeCode>381</ram:TypeCode></rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>
    <ram:SellerTradeParty><ram:ID>S-1</ram:ID></ram:SellerTradeParty><ram:BuyerTradeParty><ram:ID>C-9</ram:ID></ram:BuyerTradeParty>
  </ram:ApplicableHeaderTradeAgreement></rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>`;
