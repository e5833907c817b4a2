/** How documents and addresses look outside. The names are promises. */
import { type ContactMail, type ContactStanding, correctedTo, hasFailed } from './contact-standing.ts';
import type { Addressee, DocumentMail, VerdictOnDocument } from './document-verdict.ts';
import { contactLink, documentLink } from './erp-links.ts';
import { messageState, type References } from './message.ts';
import type { ContactRecord, DocumentRecord, SuppressionRecord } from './ports.ts';
import type { RecipientRecord } from './recipient.ts';
import { replyJson, rfc3339, rfc3339OrNull, summaryJson } from './representation.ts';
import type { ReferenceSettings } from './settings.ts';

type Links = Pick<ReferenceSettings, 'contactUrl' | 'documentUrl'>;

/** Addressees that a document in a list shows; the document itself has all. */
const LISTED = 20;

/** A document in a list. */
export function documentJson(record: DocumentRecord, links: Links): Record<string, unknown> {
  const { verdict, mails, more } = record;
  return {
    ...documentHead(record, links),
    recipients: verdict.addressees.slice(0, LISTED).map(({ address, copy, standing }) => ({ address, verdict: standing.verdict, copy })),
    recipientCount: verdict.addressees.length,
    messageCount: mails.length,
    more,
  };
}

/** A document in full. */
export function documentDetailJson(record: DocumentRecord, links: Links): Record<string, unknown> {
  return {
    ...documentHead(record, links),
    recipients: record.verdict.addressees.map(addresseeJson),
    messages: record.mails.map(mailJson),
    more: record.more,
  };
}

function documentHead({ document, administration, others, verdict, mails }: DocumentRecord, links: Links): Record<string, unknown> {
  const references = referencesOf(mails);
  const [newest] = mails;
  return {
    document,
    documentType: references?.documentType ?? null,
    administration,
    otherAdministrations: others,
    contact: references?.contact ?? null,
    template: references?.template ?? null,
    subject: newest?.message.headers.subject ?? null,
    ...verdictJson(verdict),
    lastMailAt: rfc3339OrNull(newest?.message.acceptedAt ?? null),
    url: references === undefined ? null : documentLink(links, references),
    contactUrl: references === undefined ? null : contactLink(links, references),
  };
}

/** What the newest of its mail says that the mail is about. */
export function referencesOf(mails: readonly Pick<DocumentMail, 'message'>[]): References | undefined {
  return mails[0]?.message.references;
}

function verdictJson({ verdict, since, policy, why, counts }: VerdictOnDocument): Record<string, unknown> {
  const { reply, nextAttemptAt } = why;
  return {
    verdict,
    since: rfc3339(since),
    policy,
    why: { ...why, reply: replyJson(reply), nextAttemptAt: rfc3339OrNull(nextAttemptAt) },
    counts,
  };
}

function addresseeJson({ address, copy, standing, steps }: Addressee): Record<string, unknown> {
  const { verdict, reason, since, decidedBy } = standing;
  return {
    address,
    copy,
    verdict,
    reason,
    since: rfc3339(since),
    message: steps[decidedBy]?.message ?? null,
    steps: steps.map((step) => ({
      message: step.message,
      acceptedAt: rfc3339(step.acceptedAt),
      link: step.link,
      ...recipientSummary(step.recipient),
    })),
  };
}

function mailJson({ message, recipients, contentErased }: DocumentRecord['mails'][number]): Record<string, unknown> {
  return summaryJson({
    message,
    state: messageState(recipients.map(({ state }) => state)),
    contentErased,
    recipients: recipients.map(({ address, state, failure }) => ({ address, state, category: failure?.category ?? null })),
  });
}

/** How a mail stands for one recipient, in short. */
function recipientSummary({ address, state, stateSince, failure, nextAttemptAt }: RecipientRecord): Record<string, unknown> {
  return {
    address,
    state,
    stateSince: rfc3339(stateSince),
    category: failure?.category ?? null,
    addressInvalid: failure?.addressInvalid ?? false,
    reply: replyJson(failure?.reply ?? null),
    nextAttemptAt: rfc3339OrNull(nextAttemptAt),
  };
}

// ── Addresses ──

export interface SuggestedAddress {
  readonly address: string;
  readonly because: 'provider' | 'known';
  readonly takesMail: boolean | null;
}

/** What is said of an address in a list and alone. */
export interface ContactView {
  readonly address: string;
  readonly standing: ContactStanding;
  /** The newest mail to it, newest first. */
  readonly mails: readonly ContactMail[];
  readonly suggestion: SuggestedAddress | null;
}

/** An address in a list. */
export function contactJson({ address, standing, mails, suggestion }: ContactView, links: Links): Record<string, unknown> {
  const references = contactReferences(mails);
  return {
    address,
    state: standing.state,
    contact: references?.contact ?? null,
    contactUrl: references === undefined ? null : contactLink(links, references),
    suggestion: suggestion === null ? null : { address: suggestion.address, because: suggestion.because, takesMail: suggestion.takesMail },
    last: standing.last === null ? null : contactMailJson(standing.last),
    lastMailAt: rfc3339OrNull(mails[0]?.message.acceptedAt ?? null),
  };
}

/** An address in full. `more`: there is more mail than was looked at. */
export function contactDetailJson(
  view: ContactView & {
    readonly pending: { readonly count: number; readonly more: boolean };
    readonly suppression: SuppressionRecord | null;
    readonly more: boolean;
  },
  links: Links,
): Record<string, unknown> {
  const { standing, suppression, mails, more, pending } = view;
  return {
    ...contactJson(view, links),
    failingSince: rfc3339OrNull(standing.failingSince),
    failed: { count: standing.failed.length, more: more && standing.failed.length > 0 && !reachedIn(mails) },
    pending,
    suppression:
      suppression === null
        ? null
        : { reason: suppression.reason, note: suppression.note, at: rfc3339(suppression.at), until: rfc3339OrNull(suppression.until) },
    mails: mails.map(contactMailJson),
    more,
  };
}

function reachedIn(mails: readonly ContactMail[]): boolean {
  return mails.some(({ recipient: { state } }) => state === 'transferred' || state === 'delivered');
}

/** What the newest mail says that names a contact; else the newest. */
export function contactReferences(mails: readonly ContactMail[]): References | undefined {
  return (mails.find(({ message }) => message.references.contact !== null) ?? mails[0])?.message.references;
}

function contactMailJson(mail: ContactMail): Record<string, unknown> {
  const { message, recipient, contentErased } = mail;
  const { subject } = message.headers;
  const { document, documentType, template } = message.references;
  return {
    message: message.id,
    acceptedAt: rfc3339(message.acceptedAt),
    account: message.account,
    subject,
    document,
    documentType,
    template,
    ...recipientSummary(recipient),
    correctedTo: hasFailed(recipient.state) ? correctedTo(mail) : null,
    contentErased,
  };
}

/** A record of a list as it is shown. */
export function contactViewOf(record: ContactRecord, standing: ContactStanding, suggestion: SuggestedAddress | null): ContactView {
  return { address: record.address, standing, mails: record.mails, suggestion };
}
