/** How the store in memory picks and pages: the meaning of MessageFilter, spelled out without an index. */
import { asciiDomainOf, normalizeAddress } from '../../src/domain/address.ts';
import { StoreError } from '../../src/domain/errors.ts';
import type { AcceptedMessage } from '../../src/domain/message.ts';
import { messageState } from '../../src/domain/message.ts';
import type { MessageFilter, Page, PageRequest } from '../../src/domain/ports.ts';
import type { RecipientRecord } from '../../src/domain/recipient.ts';
import { queryWords, wordsOf } from '../../src/domain/words.ts';

export interface Filterable {
  readonly message: AcceptedMessage;
  readonly recipients: readonly RecipientRecord[];
}

/** Whether every filter given holds. */
export function matchesFilter(entry: Filterable, filter: MessageFilter, templateStreams: readonly string[] = []): boolean {
  const { message, recipients } = entry;
  const { references } = message;
  const checks: boolean[] = [
    filter.state === undefined || hasState(entry, filter.state),
    filter.recipient === undefined || recipients.some((recipient) => normalizeAddress(recipient.address) === filter.recipient),
    filter.domain === undefined || recipients.some((recipient) => asciiDomainOf(recipient.address) === filter.domain),
    filter.sender === undefined || senderOf(message) === filter.sender,
    filter.account === undefined || filter.account.includes(message.account),
    filter.template === undefined ||
      references.template === filter.template ||
      (references.template === null && references.stream !== null && templateStreams.includes(references.stream)),
    filter.document === undefined || references.document === filter.document,
    filter.documentType === undefined || references.documentType === filter.documentType,
    filter.contact === undefined || references.contact === filter.contact,
    filter.administration === undefined || references.administration === filter.administration,
    filter.stream === undefined || (references.stream !== null && filter.stream.includes(references.stream)),
    filter.tag === undefined || hasTag(references.tags, filter.tag),
    filter.messageId === undefined || message.headers.messageId === filter.messageId,
    filter.q === undefined || hasWords(entry, filter.q),
    filter.from === undefined || message.acceptedAt >= filter.from,
    filter.to === undefined || message.acceptedAt < filter.to,
  ];
  return checks.every(Boolean);
}

function hasState({ recipients }: Filterable, wanted: readonly string[]): boolean {
  const states = recipients.map((recipient) => recipient.state);
  return wanted.includes(messageState(states)) || states.some((state) => wanted.includes(state));
}

function senderOf(message: AcceptedMessage): string {
  const path = message.envelope.reversePath;
  return path.kind === 'null' ? '' : normalizeAddress(path.address);
}

function hasTag(tags: Readonly<Record<string, string>>, wanted: string): boolean {
  const [name = '', ...value] = wanted.split('=');
  if (!Object.hasOwn(tags, name)) return false;
  return value.length === 0 || tags[name] === value.join('=');
}

function hasWords({ message, recipients }: Filterable, query: string): boolean {
  const words = wordsOf([
    message.headers.subject,
    message.references.document,
    message.headers.messageId,
    senderOf(message),
    ...recipients.map((recipient) => normalizeAddress(recipient.address)),
  ]);
  return queryWords(query).every((asked) => words.some((word) => word.startsWith(asked)));
}

/** One page of `items`, which are newest first; the cursor is the key of the last one given. */
export function pageOf<T>(items: readonly T[], keyOf: (item: T) => string, page: PageRequest): Page<T> {
  let start = 0;
  if (page.cursor !== undefined) {
    const key = Buffer.from(page.cursor, 'base64url').toString();
    if (!key.startsWith('m:')) throw new StoreError('bad-cursor', 'the cursor was not given by this store: start without one');
    start = items.findIndex((item) => keyOf(item) < key.slice(2));
    if (start === -1) start = items.length;
  }
  const slice = items.slice(start, start + page.limit);
  const last = slice.at(-1);
  const more = last !== undefined && start + slice.length < items.length;
  return { items: slice, next: more ? Buffer.from(`m:${keyOf(last)}`).toString('base64url') : null };
}
