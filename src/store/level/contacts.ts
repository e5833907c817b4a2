/**
 * Addresses that mail goes to (domain/contact-standing.ts): those whose last mail failed are found by
 * walking the messages that have a failed recipient (groups.ts); whether mail came through since is
 * asked of the index by recipient. Nothing is written for addresses, and nothing is kept of them.
 */
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import { type ContactMail, FAILED_STATES, hasFailed, standingOfContact } from '../../domain/contact-standing.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { AcceptedMessage, MessageSummary } from '../../domain/message.ts';
import type { ContactFilter, ContactRecord, Page, PageRequest } from '../../domain/ports.ts';
import { isPending } from '../../domain/recipient.ts';
import { queryWords, wordsOf } from '../../domain/words.ts';
import type { StoreContext } from './context.ts';
import { type Candidate, listGroups, newestOf } from './groups.ts';
import { compileFilter } from './indexes.ts';
import { listMessages } from './listing.ts';
import type { SearchMemory } from './planning.ts';
import type { StoredMessage } from './records.ts';

/** Of an address, how many of the newest mails are looked at: first one, and more where nothing of that has ended. */
const ROUNDS = [1, 8, 64] as const;
/** Recipients that are read for a page, of messages with many. */
const RECIPIENTS = 20_000;

export function listContacts(
  context: StoreContext,
  memory: SearchMemory,
  asked: ContactFilter,
  page: PageRequest,
): Promise<Page<ContactRecord>> {
  const { problem, account, q } = asked;
  const rest = { ...(account === undefined ? {} : { account }), ...(q === undefined ? {} : { q }) };
  const filter = { ...rest, ...(problem ? { state: FAILED_STATES } : {}) };
  return listGroups({
    context,
    memory,
    list: { name: 'contacts', asked },
    filter,
    compiled: compileFilter(filter),
    page,
    groupsOf: (summary) => addressesOf(summary, asked),
    resolve: (candidates) => resolveContacts(context, candidates, asked),
  });
}

/** Those of a message that may be shown for it, normalised. */
function addressesOf({ message, recipients }: MessageSummary, { problem, q }: ContactFilter): readonly string[] {
  const asked = q === undefined ? [] : queryWords(q);
  const names = recipients
    .filter(({ state }) => !problem || hasFailed(state))
    .flatMap(({ address }) => toAddress(address) ?? [])
    .map(normalizeAddress);
  const own = message.origin === 'notification' ? [] : [...new Set(names)];
  return asked.length === 0 ? own : own.filter((name) => hasWords(name, asked));
}

function hasWords(name: string, asked: readonly string[]): boolean {
  const words = wordsOf([name]);
  return asked.every((prefix) => words.some((word) => word.startsWith(prefix)));
}

async function resolveContacts(
  context: StoreContext,
  candidates: readonly Candidate[],
  { problem, account }: ContactFilter,
): Promise<readonly (ContactRecord | null)[]> {
  const visible = account === undefined ? undefined : new Set(account);
  const read = new Map<Candidate, readonly Found[]>();
  let open = candidates;
  for (const limit of ROUNDS) {
    if (open.length === 0) break;
    const newest = await newestMail(context, open, limit, visible);
    for (const [i, candidate] of open.entries()) read.set(candidate, newest[i]?.found ?? []);
    open = open.filter((_, i) => newest[i]?.complete === false);
  }
  const resent = await resentAs(context, [...read.values()].flat());
  return candidates.map((candidate) => {
    const mails = (read.get(candidate) ?? []).map((found) => mailOf(found, resent));
    const standing = standingOfContact(mails);
    const first = problem ? standing.last : mails[0];
    if (first?.message.id !== candidate.message || (problem && standing.state !== 'problem')) return null;
    const address = mails[0]?.recipient.address;
    return address === undefined ? null : { address, mails };
  });
}

interface NewestMail {
  /** Newest first, up to and with the first that has ended. */
  readonly found: readonly Found[];
  /** False: none of them has ended, and there may be more. */
  readonly complete: boolean;
}

async function newestMail(
  context: StoreContext,
  candidates: readonly Candidate[],
  limit: number,
  visible: ReadonlySet<string> | undefined,
): Promise<readonly NewestMail[]> {
  const names = candidates.map(({ name }) => name);
  const ids = await newestOf(context, 'recipient', names, limit);
  const messages = await context.loader.loadMany(ids.flat(), false, RECIPIENTS);
  return names.map((name, i) => {
    const mails: Found[] = [];
    for (const id of ids[i] ?? []) {
      const found = foundMail(messages.get(id), name, visible);
      if (found === undefined) continue;
      mails.push(found);
      if (hasEnded(found.recipient)) return { found: mails, complete: true };
    }
    return { found: mails, complete: (ids[i]?.length ?? 0) < limit };
  });
}

interface Found {
  readonly stored: StoredMessage;
  readonly recipient: ContactMail['recipient'];
}

function foundMail(stored: StoredMessage | undefined, name: string, visible: ReadonlySet<string> | undefined): Found | undefined {
  if (stored === undefined || stored.message.origin === 'notification') return undefined;
  if (visible !== undefined && !visible.has(stored.message.account)) return undefined;
  const recipient = recipientOf(stored, name);
  return recipient === undefined ? undefined : { stored, recipient };
}

function hasEnded({ state }: ContactMail['recipient']): boolean {
  return !isPending(state) && state !== 'cancelled';
}

function recipientOf({ recipients }: StoredMessage, name: string): ContactMail['recipient'] | undefined {
  return recipients.find(({ address }) => normalizeAddress(address) === name);
}

function mailOf({ stored, recipient }: Found, resent: ReadonlyMap<MessageId, readonly AcceptedMessage[]>): ContactMail {
  const { message, contentErased } = stored;
  return { message, recipient, contentErased, resentAs: isOpen(recipient) ? (resent.get(message.id) ?? []) : [] };
}

/** It did not reach its recipient, or not yet: whether it was sent again matters. */
function isOpen({ state }: ContactMail['recipient']): boolean {
  return hasFailed(state) || isPending(state);
}

/** The messages that were sent again in place of those that have not reached their recipient, as their events tell. */
async function resentAs(
  { feed, loader }: StoreContext,
  mails: readonly Found[],
): Promise<ReadonlyMap<MessageId, readonly AcceptedMessage[]>> {
  const open = mails.filter(({ recipient }) => isOpen(recipient));
  const events = await feed.pick([...new Set(open.flatMap(({ stored }) => stored.seqs))]);
  const named = new Map<MessageId, MessageId[]>();
  for (const { message, supersededBy } of events) {
    if (message === undefined || supersededBy === undefined) continue;
    named.set(message, [...(named.get(message) ?? []), supersededBy]);
  }
  if (named.size === 0) return new Map();
  const later = await loader.loadMany([...named.values()].flat(), false, RECIPIENTS);
  return new Map([...named].map(([message, ids]) => [message, ids.flatMap((id) => later.get(id)?.message ?? [])]));
}

/** Mail to an address, newest first, as the register finds it. */
export async function listMailTo(
  context: StoreContext,
  memory: SearchMemory,
  asked: { readonly address: string; readonly state?: readonly string[]; readonly account?: readonly string[] },
  page: PageRequest,
): Promise<Page<ContactMail>> {
  const { address, state, account } = asked;
  const filter = { recipient: address, ...(state === undefined ? {} : { state }), ...(account === undefined ? {} : { account }) };
  const { items, next } = await listMessages(context, memory, filter, page);
  const messages = await context.loader.loadMany(
    items.map(({ message }) => message.id),
    false,
    RECIPIENTS,
  );
  const mails = items.flatMap(({ message }) => {
    const found = foundMail(messages.get(message.id), address, undefined);
    // A state of another recipient of the message is none of this address.
    return found === undefined || (state !== undefined && !state.includes(found.recipient.state)) ? [] : [found];
  });
  const resent = await resentAs(context, mails);
  return { items: mails.map((mail) => mailOf(mail, resent)), next };
}
