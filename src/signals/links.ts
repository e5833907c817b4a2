/** Where people go on from a signal: pages of the dashboard, and of the ERP. Pure. */
import type { AcceptedMessage } from '../domain/message.ts';
import type { SignalId } from '../domain/signal.ts';

export interface LinkSettings {
  /** Where people reach the dashboard; null: nowhere. */
  readonly publicUrl: string | null;
  /** Addresses of the ERP with {document}, {contact} and others in them; null: none. */
  readonly documentUrl: string | null;
  readonly contactUrl: string | null;
}

export interface Links {
  readonly signal?: string;
  readonly message?: string;
  readonly document?: string;
  readonly contact?: string;
}

export function linksOf(settings: LinkSettings, subject: { readonly signal?: SignalId; readonly message?: AcceptedMessage }): Links {
  const { signal, message } = subject;
  const base = settings.publicUrl?.replace(/\/+$/, '');
  const document = message === undefined ? null : erpLink(settings.documentUrl, message, 'document');
  const contact = message === undefined ? null : erpLink(settings.contactUrl, message, 'contact');
  return {
    ...(base === undefined || signal === undefined ? {} : { signal: `${base}/signals#${signal}` }),
    ...(base === undefined || message === undefined ? {} : { message: `${base}/messages/${message.id}` }),
    ...(document === null ? {} : { document }),
    ...(contact === null ? {} : { contact }),
  };
}

/** Null where the mail does not say what the address asks for. */
function erpLink(template: string | null, { references }: AcceptedMessage, needed: 'document' | 'contact'): string | null {
  if (template === null || references[needed] === null) return null;
  let missing = false;
  const url = template.replace(/\{(document|documentType|contact|administration|tag:([^}]+))\}/g, (_, name: string, tag?: string) => {
    const value = tag === undefined ? references[name as 'document'] : references.tags[tag];
    if (value == null) missing = true;
    return encodeURIComponent(value ?? '');
  });
  return missing ? null : url;
}
