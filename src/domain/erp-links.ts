/** Pages of the ERP that a message leads to, from the patterns of the configuration. Pure. */
import type { References } from './message.ts';

const PLACEHOLDER = /\{(?:tag:([^{}]+)|(\w+))\}/g;

export type LinkedReferences = Pick<References, 'document' | 'documentType' | 'contact' | 'administration' | 'tags'>;

/**
 * `https://erp.example.com/contact/{contact}` with what the message says of itself put in, percent-encoded.
 * Null: there is no such page, or something that its address needs is not known of this message.
 */
export function erpLink(pattern: string | null, references: LinkedReferences, address: string | null): string | null {
  if (pattern === null) return null;
  const { document, documentType, contact, administration, tags } = references;
  const known: Readonly<Record<string, string | null>> = { document, documentType, contact, administration, address };
  let complete = true;
  const link = pattern.replace(PLACEHOLDER, (_, tag: string | undefined, name: string) => {
    const value = tag === undefined ? known[name] : tags[tag];
    if (value === undefined || value === null || value === '') complete = false;
    return encodeURIComponent((value ?? '').replace(/\p{Surrogate}/gu, '\ufffd'));
  });
  return complete ? link : null;
}
