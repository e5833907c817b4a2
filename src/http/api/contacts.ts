/** Addresses that mail goes to: how each stands, which of them fail, and correcting one for all its mail. */
import { z } from '@hono/zod-openapi';
import type { Address } from '../../domain/address.ts';
import { standingOfContact } from '../../domain/contact-standing.ts';
import {
  type ContactView,
  contactDetailJson,
  contactJson,
  contactViewOf,
  type SuggestedAddress,
} from '../../domain/group-representation.ts';
import type { ContactFilter, Page, SuppressionRecord } from '../../domain/ports.ts';
import { assertPermitted } from '../auth/access.ts';
import type { Caller } from '../auth/caller.ts';
import { notFound } from '../problem.ts';
import { accountsOf, correct, typedAddress } from '../sending/correct.ts';
import { repeatableOf } from '../sending/idempotency.ts';
import { submissionClient } from '../sending/submit.ts';
import type { Shared } from './context.ts';
import { address, cursor, DEFAULT_PAGE, pageLimit, text } from './fields.ts';
import { type Api, route } from './route.ts';
import { pageOf } from './schemas.ts';
import { Contact, ContactSummary, CorrectionResult } from './schemas-groups.ts';
import { idempotencyHeaders } from './schemas-sending.ts';
import { holds } from './suppressions.ts';

/** Mail to an address that is looked at. */
const MAILS = 100;
const SHOWN = 50;
const NAMED = 1000;

const byAddress = z.object({ address });

const corrected = text
  .transform((value, context): Address => {
    const parsed = typedAddress(value);
    if (parsed === undefined) context.addIssue({ code: 'custom', message: 'not a mail address' });
    return parsed ?? ('' as Address);
  })
  .openapi({ type: 'string', example: 'ann@example.com' });

export function contactRoutes(api: Api, shared: Shared): void {
  const { references, now } = shared.options;
  const tag = 'Documents and contacts';
  route(
    api,
    {
      method: 'get',
      path: '/contacts',
      tag,
      summary: 'Addresses that mail goes to, those with the newest mail first',
      description:
        'With `state=problem` those whose last mail that ended failed, and was not sent to a corrected address since: the newest failure first. A search that hits rarely may answer fewer items than asked with `next` set: it goes on from there.',
      permission: 'messages:read',
      query: z.strictObject({
        state: z.enum(['problem'], 'problem').optional(),
        q: text.optional().openapi({ description: 'Words of the address; each may be the beginning of one.' }),
        limit: pageLimit,
        cursor,
      }),
      answers: { 200: { description: 'A page', schema: pageOf(ContactSummary) } },
    },
    async ({ c, caller, query }) => {
      const { state, q, limit = DEFAULT_PAGE, cursor: from } = query;
      const page = await contactPage(shared, caller, { problem: state === 'problem', q }, { limit, cursor: from });
      return c.json({ items: page.items.map((view) => contactJson(view, references())), next: page.next });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/contacts/{address}',
      tag,
      summary: 'One address: what came of the last mail to it, what waits, since when it fails and why',
      permission: 'messages:read',
      params: byAddress,
      answers: { 200: { description: 'The address', schema: Contact } },
    },
    async ({ c, caller, params }) => {
      const contact = await visibleContact(shared, caller, params.address);
      return c.json(contactDetailJson(contact, references()));
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/contacts/{address}/correct',
      tag,
      summary: 'Sends the mail of a wrong address to the right one',
      description:
        'What failed since mail last came through, or what is named in `messages`; with `pending` (needs `queue:manage`) also what waits: that is sent to the right address and cancelled for the wrong one. Each as a message of its own that supersedes the old one, once, however often it is asked for. The address in the ERP stays wrong until somebody corrects it there.',
      permission: 'messages:resend',
      params: byAddress,
      headers: idempotencyHeaders,
      body: z.strictObject({
        to: corrected,
        messages: z.array(z.string().max(64)).min(1, 'name at least one, or leave it out').max(NAMED, `at most ${NAMED}`).optional(),
        pending: z.boolean().optional().openapi({ description: 'Also what waits.' }),
        rewriteTo: z.boolean().optional().openapi({ description: 'Corrects the To and Cc fields as well, as with /resend.' }),
        dryRun: z.boolean().optional().openapi({ description: 'Only counts.' }),
      }),
      answers: {
        200: { description: 'What was, or would be, sent', schema: CorrectionResult },
        409: { description: 'The right address is on the suppression list (`suppressed`)' },
      },
    },
    async ({ c, caller, params, body, bytes }) => {
      if (body.pending === true) assertPermitted(caller, 'queue:manage');
      const tally = await correct(shared, {
        caller,
        client: submissionClient(c, caller),
        address: params.address,
        to: body.to,
        messages: body.messages,
        pending: body.pending ?? false,
        rewriteTo: body.rewriteTo ?? false,
        dryRun: body.dryRun ?? false,
        repeatable: repeatableOf(c, caller, bytes, now()),
      });
      return c.json(tally);
    },
  );
}

/** A page of the addresses that the caller may see, by their mail that the caller may see. */
export async function contactPage(
  shared: Shared,
  caller: Caller,
  asked: { readonly problem: boolean; readonly q?: string | undefined },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<ContactView>> {
  const { problem, q = '' } = asked;
  const filter: ContactFilter = { problem, ...(q.trim() === '' ? {} : { q }), ...accountsOf(caller) };
  const { limit, cursor: from } = page;
  const { items, next } = await shared.options.store.contacts(filter, { limit, ...(from === undefined ? {} : { cursor: from }) });
  const views = items.map((record) => {
    const standing = standingOfContact(record.mails);
    return contactViewOf(record, standing, standing.state === 'problem' ? suggestionFor(shared, caller, record.address) : null);
  });
  return { items: views, next };
}

function suggestionFor({ suggestions }: Shared, caller: Caller, wrong: Address): SuggestedAddress | null {
  return suggestions.of(wrong, caller);
}

export interface VisibleContact extends ContactView {
  readonly pending: { readonly count: number; readonly more: boolean };
  readonly suppression: SuppressionRecord | null;
  readonly more: boolean;
}

/** The address by the mail that the caller may see; 404 otherwise, as if it were not there. */
export async function visibleContact(shared: Shared, caller: Caller, name: string): Promise<VisibleContact> {
  const { store, now } = shared.options;
  const own = { address: name, ...accountsOf(caller) };
  const [mail, waiting, listed] = await Promise.all([
    store.mailTo(own, { limit: MAILS }),
    store.mailTo({ ...own, state: ['queued', 'deferred', 'held'] }, { limit: MAILS }),
    store.suppressions.get(name),
  ]);
  const [newest] = mail.items;
  if (newest === undefined) throw notFound(`No mail to ${name.slice(0, 100)} is recorded`);
  const standing = standingOfContact(mail.items);
  return {
    address: newest.recipient.address,
    standing,
    mails: mail.items.slice(0, SHOWN),
    suggestion: standing.state === 'problem' ? suggestionFor(shared, caller, newest.recipient.address) : null,
    pending: { count: waiting.items.length, more: waiting.next !== null },
    suppression: listed !== undefined && holds(listed, now()) ? listed : null,
    more: mail.next !== null || mail.items.length > SHOWN,
  };
}
