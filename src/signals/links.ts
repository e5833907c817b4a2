/** Where people go on from a signal: pages of the dashboard, and of the ERP. Pure. */
import { contactLink, documentLink } from '../domain/erp-links.ts';
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
  const document = message === undefined ? null : documentLink(settings, message.references);
  const contact = message === undefined ? null : contactLink(settings, message.references);
  return {
    ...(base === undefined || signal === undefined ? {} : { signal: `${base}/signals/${signal}` }),
    ...(base === undefined || message === undefined ? {} : { message: `${base}/messages/${message.id}` }),
    ...(document === null ? {} : { document }),
    ...(contact === null ? {} : { contact }),
  };
}
