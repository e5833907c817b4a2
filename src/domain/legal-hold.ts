/**
 * Legal holds: what lies under one is erased by nobody, whatever its age and whoever asks, until it
 * is lifted. A hold is of one message, or of all that fit a filter, also those that are still to come. Pure.
 */
import { asciiDomainOf, normalizeAddress } from './address.ts';
import type { MessageId } from './ids.ts';
import type { PreparedMessage } from './message.ts';
import type { MessageFilter } from './ports.ts';

/** Filters of the register that a hold can have: those that what happens to a message does not change. */
export const LEGAL_HOLD_FILTERS = [
  'recipient',
  'domain',
  'sender',
  'account',
  'template',
  'document',
  'documentType',
  'contact',
  'administration',
  'tag',
  'messageId',
  'from',
  'to',
] as const;
export type LegalHoldFilter = Pick<MessageFilter, (typeof LEGAL_HOLD_FILTERS)[number]>;

export interface LegalHoldRecord {
  /** Given by whoever set it; of one of a message its id. */
  readonly name: string;
  /** The one message; null: those of the filter. */
  readonly message: MessageId | null;
  /** At least one field; null: the one message. */
  readonly filter: LegalHoldFilter | null;
  /** In words of whoever set it: a case, a request. */
  readonly reason: string;
  /** Name of the token or user; null: relais itself. */
  readonly by: string | null;
  /** Unix milliseconds. */
  readonly at: number;
}

/** Under which it is kept in `Store.legalHolds`: a hold of a message is told from one that has its id for a name. */
export function legalHoldKey({ name, message }: Pick<LegalHoldRecord, 'name' | 'message'>): string {
  return message === null ? `filter ${name}` : `message ${message}`;
}

/** Whether the message lies under the hold. */
export function holdCovers({ message: only, filter }: LegalHoldRecord, message: PreparedMessage): boolean {
  if (filter === null) return only === message.id;
  const { envelope, references, headers } = message;
  const { recipients, reversePath } = envelope;
  const sender = reversePath.kind === 'null' ? '' : normalizeAddress(reversePath.address);
  const same = (asked: string | undefined, there: string | null): boolean => asked === undefined || asked === there;
  return (
    same(filter.sender, sender) &&
    same(filter.template, references.template) &&
    same(filter.document, references.document) &&
    same(filter.documentType, references.documentType) &&
    same(filter.contact, references.contact) &&
    same(filter.administration, references.administration) &&
    same(filter.messageId, headers.messageId) &&
    (filter.account === undefined || filter.account.includes(message.account)) &&
    (filter.tag === undefined || hasTag(references.tags, filter.tag)) &&
    (filter.from === undefined || message.acceptedAt >= filter.from) &&
    (filter.to === undefined || message.acceptedAt < filter.to) &&
    (filter.domain === undefined || recipients.some(({ address }) => asciiDomainOf(address) === filter.domain)) &&
    (filter.recipient === undefined || recipients.some(({ address }) => normalizeAddress(address) === filter.recipient))
  );
}

function hasTag(tags: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const name = at === -1 ? wanted : wanted.slice(0, at);
  return Object.hasOwn(tags, name) && (at === -1 || tags[name] === wanted.slice(at + 1));
}
