/** Links to the ERP's own pages of what a mail is about. Pure. */
import type { References } from './message.ts';
import type { ReferenceSettings } from './settings.ts';

/** The ERP's page of the document; null where none is configured, or the mail does not say what it takes. */
export function documentLink({ documentUrl }: Pick<ReferenceSettings, 'documentUrl'>, references: References): string | null {
  return documentUrl === null || references.document === null ? null : filled(documentUrl, references);
}

/** The ERP's page of the contact; null where none is configured, or the mail does not say what it takes. */
export function contactLink({ contactUrl }: Pick<ReferenceSettings, 'contactUrl'>, references: References): string | null {
  return contactUrl === null ? null : filled(contactUrl, references);
}

const PLACE = /\{(contact|document|documentType|administration|tag:([^{}]*))\}/g;

function filled(template: string, references: References): string | null {
  let missing = false;
  const link = template.replace(PLACE, (_, name: string, tag: string | undefined) => {
    const value =
      tag === undefined ? references[name as 'contact'] : Object.hasOwn(references.tags, tag) ? (references.tags[tag] ?? null) : null;
    if (value === null || value === '') missing = true;
    return encodeURIComponent(value ?? '');
  });
  return missing ? null : link;
}
