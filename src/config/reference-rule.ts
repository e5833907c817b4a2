/** What the schema can not say of the references' keys. */
import type { z } from 'zod';
import { ruleFaults, type UncheckedRule } from '../domain/reference-faults.ts';

/** A link of the ERP: an address with at least one name in braces. */
export const LINK_FORM =
  /^https?:\/\/(?=[^\s]*\{)(?:[^\s{}]|\{(?:contact|document|documentType|administration|address|tag:[A-Za-z0-9._-]+)\})+$/;

export function assertReferenceRule(rule: UncheckedRule, context: Pick<z.core.$RefinementCtx, 'addIssue'>): void {
  for (const { key, allowed } of ruleFaults(rule)) context.addIssue({ code: 'custom', path: [key], message: allowed });
}
