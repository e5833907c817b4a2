/**
 * Where programs say what their mail is about: the profiles of references that relais ships. Data
 * alone; reference-rules.ts reads them, config/references/*.yaml is published from here
 * (`node scripts/publish-config.mjs`).
 */
import type { ReferenceProfile, ReferenceRule } from './settings.ts';

const r = String.raw;

/** The fields that are read of every message, whatever profiles there are: references.ts. */
const HEADERS: ReferenceProfile = {
  name: 'headers',
  says: 'any program that can set header fields: X-Relais-*, taken off before forwarding',
  rules: [
    { field: 'document', from: 'header', header: 'X-Relais-Document' },
    { field: 'documentType', from: 'header', header: 'X-Relais-Document-Type' },
    { field: 'contact', from: 'header', header: 'X-Relais-Contact' },
    { field: 'administration', from: 'header', header: 'X-Relais-Administration' },
    { field: 'template', from: 'header', header: 'X-Relais-Template' },
  ],
};

const ODOO_OBJECT = r`^(?:project\.project-\d+, *)*(?<model>[a-z0-9_]+(?:\.[a-z0-9_]+)+)-(?<id>\d{1,18})(?:,|$)`;

/** The record that a mail was sent from stands last: before it stand the projects that a task is of. */
const odooObject = (field: ReferenceRule['field'], value: string): ReferenceRule => ({
  field,
  from: 'header',
  header: 'X-Odoo-Objects',
  pattern: ODOO_OBJECT,
  value,
});

const ODOO: ReferenceProfile = {
  name: 'odoo',
  says: 'Odoo: X-Odoo-Objects, such as account.move-123',
  rules: [odooObject('document', '{model}-{id}'), odooObject('documentType', '{model}'), { ...odooObject('tag', '{id}'), tag: 'odoo-id' }],
};

const DOLIBARR: ReferenceProfile = {
  name: 'dolibarr',
  says: 'Dolibarr: X-Dolibarr-TRACKID, such as inv123',
  rules: [{ field: 'document', from: 'header', header: 'X-Dolibarr-TRACKID', pattern: r`^(?<document>[a-z]{2,20}\d{1,12})(?:@|$)` }],
};

export const SHIPPED_PROFILES: readonly ReferenceProfile[] = [HEADERS, ODOO, DOLIBARR];
/** Those that read what a program says itself, and so can not be wrong: asked unless the configuration names others. */
export const DEFAULT_PROFILES: readonly string[] = ['headers', 'odoo', 'dolibarr'];
