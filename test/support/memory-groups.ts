/** What documents and addresses are, spelled out over all messages: for the store in memory. */
import { normalizeAddress, toAddress } from '../../src/domain/address.ts';
import { type ContactMail, hasFailed, standingOfContact } from '../../src/domain/contact-standing.ts';
import { judgeDocument } from '../../src/domain/document-verdict.ts';
import type { ContactFilter, ContactRecord, DocumentFilter, DocumentRecord, DocumentRequest, Judging } from '../../src/domain/ports.ts';
import { isPending, type RecipientRecord } from '../../src/domain/recipient.ts';
import { queryWords, wordsOf } from '../../src/domain/words.ts';
import { type Filterable, matchesFilter } from './memory-filter.ts';

export interface Erasable extends Filterable {
  readonly contentErased: boolean;
}

/** A group, and the id of the message by which it stands in its list. */
export interface Grouped<T> {
  readonly value: T;
  readonly id: string;
}

const VERDICT_STATES: Readonly<Record<string, readonly string[]>> = {
  delivered: ['delivered'],
  transferred: ['transferred'],
  unknown: ['queued', 'cancelled'],
  'at-risk': ['queued', 'deferred', 'held', 'suppressed', 'delayed'],
  failed: ['failed', 'expired', 'suppressed'],
};

function newestFirst<T extends Filterable>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => (a.message.id < b.message.id ? 1 : -1));
}

function visible<T extends Filterable>(entries: readonly T[], account: readonly string[] | undefined): T[] {
  return newestFirst(entries).filter(
    ({ message }) => message.origin !== 'notification' && (account === undefined || account.includes(message.account)),
  );
}

export function documentOf(entries: readonly Erasable[], request: DocumentRequest, judging: Judging): DocumentRecord | undefined {
  const { document, account } = request;
  const all = visible(entries, account)
    .filter(({ message }) => message.references.document === document)
    .map(({ message, recipients, contentErased }) => ({ message, recipients: [...recipients], contentErased }));
  const [newest] = all;
  if (newest === undefined) return undefined;
  const { administration = newest.message.references.administration } = request;
  const mails = all.filter(({ message }) => message.references.administration === administration);
  const others = new Set(all.map(({ message }) => message.references.administration).filter((other) => other !== administration));
  const verdict = judgeDocument(mails, judging);
  return verdict === undefined ? undefined : { document, administration, others: [...others], verdict, mails, more: false };
}

export function documentsOf(entries: readonly Erasable[], filter: DocumentFilter, judging: Judging): Grouped<DocumentRecord>[] {
  const { verdict, ...rest } = filter;
  const states = verdict?.flatMap((one) => VERDICT_STATES[one] ?? []);
  const found = new Map<string, Grouped<DocumentRecord>>();
  for (const entry of visible(entries, filter.account)) {
    const { document, administration } = entry.message.references;
    const name = JSON.stringify([document, administration]);
    if (document === null || found.has(name) || !matchesFilter(entry, rest)) continue;
    const all = entry.recipients.flatMap(({ state, delayedAt }) => (delayedAt === undefined ? [state] : [state, 'delayed']));
    if (states !== undefined && !all.some((state) => states.includes(state))) continue;
    const request = { document, administration, ...(filter.account === undefined ? {} : { account: filter.account }) };
    const record = documentOf(entries, request, judging);
    if (record === undefined || (verdict !== undefined && !verdict.includes(record.verdict.verdict))) continue;
    found.set(name, { value: record, id: entry.message.id });
  }
  return [...found.values()];
}

export interface ContactEntry extends Erasable {
  readonly resentAs: ContactMail['resentAs'];
}

export function mailTo(entries: readonly ContactEntry[], address: string, account: readonly string[] | undefined): ContactMail[] {
  return visible(entries, account).flatMap(({ message, recipients, contentErased, resentAs }) => {
    const recipient = recipients.find((one) => normalizeAddress(one.address) === address);
    if (recipient === undefined) return [];
    return [{ message, recipient, contentErased, resentAs: hasFailed(recipient.state) || isPending(recipient.state) ? resentAs : [] }];
  });
}

export function contactsOf(entries: readonly ContactEntry[], filter: ContactFilter): Grouped<ContactRecord>[] {
  const { problem, q, account } = filter;
  const asked = q === undefined ? [] : queryWords(q);
  const found: Grouped<ContactRecord>[] = [];
  const seen = new Set<string>();
  for (const { message, recipients } of visible(entries, account)) {
    for (const name of new Set(recipients.map((one) => normalizeAddress(one.address)))) {
      if (seen.has(name) || !asked.every((prefix) => wordsOf([name]).some((word) => word.startsWith(prefix)))) continue;
      const mails = mailTo(entries, name, account);
      const { state, last } = standingOfContact(mails);
      if (problem && (state !== 'problem' || last?.message.id !== message.id)) continue;
      seen.add(name);
      const ended = mails.findIndex(({ recipient }) => hasEnded(recipient));
      const shown = ended === -1 ? mails : mails.slice(0, ended + 1);
      const address = toAddress(shown[0]?.recipient.address ?? '');
      if (address !== undefined) found.push({ id: `${message.id}.${name}`, value: { address, mails: shown } });
    }
  }
  return found;
}

function hasEnded({ state }: RecipientRecord): boolean {
  return !isPending(state) && state !== 'cancelled';
}
