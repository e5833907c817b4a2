/** Links to the ERP's own pages of what a mail is about. Pure. */
import type { References } from './message.ts';
import type { ReferenceSettings } from './settings.ts';

/** The ERP's page of the document; null where none is configured, or the mail does not say what it takes. */
export function documentLink({ documentUrl }: Pick<ReferenceSettings, 'documentUrl'>, references: References): string | null {
  return documentUrl === null || references.document === null ? null : filled(documentUrl, references, null);
}

/** The ERP's page of the contact, or of the recipient at that address; null where none is configured, or the mail does not say what it takes. */
export function contactLink(
  { contactUrl }: Pick<ReferenceSettings, 'contactUrl'>,
  references: References,
  address: string | null = null,
): string | null {
  return contactUrl === null ? null : filled(contactUrl, references, address);
}

const PLACE = /\{(contact|document|documentType|administration|address|tag:([^{}]*))\}/g;

function filled(template: string, references: References, address: string | null): string | null {
  const { contact, document, documentType, administration, tags } = references;
  const known: Readonly<Record<string, string | null>> = { contact, document, documentType, administration, address };
  let missing = false;
  const link = template.replace(PLACE, (_, name: string, tag: string | undefined) => {
    const value = tag === undefined ? known[name] : Object.hasOwn(tags, tag) ? tags[tag] : null;
    if (value === undefined || value === null || value === '') missing = true;
    // Half a character has no encoding.
    return encodeURIComponent((value ?? '').replace(/\p{Surrogate}/gu, '\ufffd'));
  });
  return missing ? null : link;
}
