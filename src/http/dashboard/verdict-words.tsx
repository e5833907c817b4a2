/** Verdicts and states of addresses as they are shown: badges, sentences, links into the ERP. */
import type { Child } from 'hono/jsx';
import type { ContactState } from '../../domain/contact-standing.ts';
import type { DocumentVerdict, VerdictReason } from '../../domain/document-verdict.ts';
import type { Category } from '../../domain/reply.ts';
import { Icon } from './icons.tsx';
import type { Strings } from './strings.ts';

export function VerdictBadge({ t, verdict, large }: { readonly t: Strings; readonly verdict: DocumentVerdict; readonly large?: boolean }) {
  const { verdicts, verdictHints } = t.documents;
  return (
    <span class={`badge verdict-${verdict}${large === true ? ' large' : ''}`} title={verdictHints[verdict]}>
      {verdicts[verdict]}
    </span>
  );
}

export function ContactBadge({ t, state, large }: { readonly t: Strings; readonly state: ContactState; readonly large?: boolean }) {
  const { states, stateHints } = t.documents.contacts;
  return (
    <span class={`badge contact-${state}${large === true ? ' large' : ''}`} title={stateHints[state]}>
      {states[state]}
    </span>
  );
}

/** One sentence on one recipient. */
export function reasonWords(
  t: Strings,
  { reason, address, category }: { readonly reason: VerdictReason; readonly address: string; readonly category: Category | null },
): string {
  return t.documents.reasons[reason](address, t.categories[category ?? 'unknown']);
}

/** A page of the ERP, in a tab of its own: what is open here stays open. */
export function ErpLink({
  t,
  href,
  button,
  children,
}: {
  readonly t: Strings;
  readonly href: string;
  readonly button?: string;
  readonly children: Child;
}) {
  return (
    <a class={`erp${button === undefined ? '' : ` button ${button}`}`} href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <Icon name="out" />
      <span class="visually-hidden"> {t.documents.page.newTab}</span>
    </a>
  );
}

/** The address of a document's page. */
export function documentPath(document: string, administration: string | null, others: readonly (string | null)[] = []): string {
  const path = `/documents/${encodeURIComponent(document)}`;
  if (administration === null && others.length === 0) return path;
  return `${path}?administration=${encodeURIComponent(administration ?? '')}`;
}

export function contactPath(address: string): string {
  return `/contacts/${encodeURIComponent(address)}`;
}
