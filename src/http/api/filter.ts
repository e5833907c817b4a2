/** The filters of the register, as query parameters and as JSON; and the caller's own restriction. */
import { z } from '@hono/zod-openapi';
import { MESSAGE_STATES } from '../../domain/message.ts';
import type { MessageFilter } from '../../domain/ports.ts';
import { RECIPIENT_STATES } from '../../domain/recipient.ts';
import type { Caller } from '../auth/caller.ts';
import { address, domain, listOf, names, senderAddress, text, time } from './fields.ts';

export const STATES: readonly string[] = [...new Set<string>([...MESSAGE_STATES, ...RECIPIENT_STATES])];

const some = text.min(1, 'must not be empty');

export const FILTER_FIELDS = {
  state: listOf(STATES)
    .optional()
    .openapi({
      type: 'array',
      items: { type: 'string', enum: [...STATES] },
      description: 'Any of these, of the message or of any of its recipients; repeated or joined by commas.',
    }),
  recipient: address.optional().openapi({ description: 'Whole address.' }),
  domain: domain.optional().openapi({ description: 'Domain of a recipient.' }),
  sender: senderAddress.optional().openapi({ description: 'Whole address of the reverse-path; empty for the null one.' }),
  account: names
    .optional()
    .openapi({ type: 'array', items: { type: 'string' }, description: 'Any of these; repeated or joined by commas.' }),
  template: some.optional(),
  document: some.optional(),
  documentType: some.optional().openapi({ description: 'What the document is, such as `invoice`.' }),
  contact: some.optional(),
  administration: some.optional().openapi({ description: 'The books or company of the ERP.' }),
  stream: names
    .optional()
    .openapi({ type: 'array', items: { type: 'string' }, description: 'Any of these fingerprints; repeated or joined by commas.' }),
  tag: some.optional().openapi({ description: '`name` or `name=value`.' }),
  messageId: some
    .transform((value) => value.trim().replace(/^<(.*)>$/, '$1'))
    .optional()
    .openapi({ type: 'string', description: 'The Message-ID header, with or without angle brackets.' }),
  q: text.optional().openapi({ description: 'Words of addresses, subject, document and Message-ID; each may be the beginning of one.' }),
  from: time.optional().openapi({ description: 'Accepted at or after.' }),
  to: time.optional().openapi({ description: 'Accepted before.' }),
};

export const REPEATABLE_FILTERS = ['state', 'account', 'stream'];

export const filterBody = z.strictObject(FILTER_FIELDS).openapi('MessageFilter');

/** What a validated request asked for: fields may be there and undefined. */
export type AskedFilter = { readonly [K in keyof MessageFilter]?: MessageFilter[K] | undefined };

/**
 * The filter for the store, narrowed to the accounts the caller may see. Undefined: nothing can
 * match, since the caller asked for accounts that it may not see.
 */
export function filterFor(caller: Caller, asked: AskedFilter): MessageFilter | undefined {
  const given = Object.entries(asked).filter(
    ([name, value]) => value !== undefined && name in FILTER_FIELDS && !(name === 'q' && value === ''),
  );
  const filter = Object.fromEntries(given) as MessageFilter;
  if (caller.accounts === null) return filter;
  const account = filter.account === undefined ? caller.accounts : filter.account.filter((name) => caller.accounts?.includes(name));
  return account.length === 0 ? undefined : { ...filter, account };
}
