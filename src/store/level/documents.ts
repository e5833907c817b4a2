/**
 * Documents with their verdicts (domain/document-verdict.ts), found by walking the messages that can
 * give a verdict (groups.ts): those with a failed recipient for `failed`, and so on; the verdict itself
 * is made of all mail of the document. Nothing is written for documents, and nothing is kept of them.
 */

import { type DocumentVerdict, judgeDocument } from '../../domain/document-verdict.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { References } from '../../domain/message.ts';
import type { DocumentFilter, DocumentRecord, DocumentRequest, Judging, MessageFilter, Page, PageRequest } from '../../domain/ports.ts';
import type { StoreContext } from './context.ts';
import { type Candidate, listGroups, newestOf } from './groups.ts';
import { type CompiledFilter, compileFilter, DELAYED, indexedStates } from './indexes.ts';
import type { SearchMemory } from './planning.ts';
import type { StoredMessage } from './records.ts';

/** Mail of a document that is looked at, in a list and alone, and recipients of it altogether. */
const LISTED_MAILS = 20;
const MAILS = 100;
const LISTED_RECIPIENTS = 500;
const RECIPIENTS = 20_000;

/** States of messages, one of which every document with that verdict has, whatever the policy. */
const STATES: Readonly<Record<DocumentVerdict, readonly string[]>> = {
  delivered: ['delivered'],
  transferred: ['transferred'],
  unknown: ['queued', 'cancelled'],
  'at-risk': ['queued', 'deferred', 'held', 'suppressed', DELAYED],
  failed: ['failed', 'expired', 'suppressed'],
};

export function listDocuments(
  context: StoreContext,
  memory: SearchMemory,
  asked: DocumentFilter,
  judging: Judging,
  page: PageRequest,
): Promise<Page<DocumentRecord>> {
  const { verdict, ...rest } = asked;
  const states = verdict === undefined ? undefined : [...new Set(verdict.flatMap((one) => STATES[one]))];
  const compiled = compileDocumentFilter(rest);
  return listGroups({
    context,
    memory,
    list: { name: 'documents', asked: { ...asked, policy: judging.policy } },
    filter: { ...rest, ...(states === undefined ? {} : { state: states }) },
    compiled,
    page,
    groupsOf: ({ message: { references } }) =>
      references.document === null ? [] : [nameOf({ document: references.document, administration: references.administration })],
    resolve: async (candidates) => {
      const wanted = candidates.map(({ name }) => ({
        ...partsOf(name),
        ...(asked.account === undefined ? {} : { account: asked.account }),
      }));
      const read = await readDocuments(context, wanted, { mails: LISTED_MAILS, recipients: LISTED_RECIPIENTS });
      return read.map((mails, i) => listed(mails, candidates[i], { compiled, states, verdict, judging }));
    },
  });
}

export async function readDocument(context: StoreContext, request: DocumentRequest, judging: Judging): Promise<DocumentRecord | undefined> {
  const [read] = await readDocuments(context, [request], { mails: MAILS, recipients: RECIPIENTS });
  return read === undefined ? undefined : (judged(read, judging) ?? undefined);
}

type DocumentName = Pick<References, 'administration'> & { readonly document: string };

/** By what documents are told from each other while messages are walked. */
function nameOf({ document, administration }: DocumentName): string {
  return JSON.stringify([document, administration]);
}

function partsOf(name: string): DocumentName {
  const [document, administration] = JSON.parse(name) as [string, string | null];
  return { document, administration };
}

/** The states are not looked at: those that are walked are none of the register's, and the verdict decides. */
function compileDocumentFilter(filter: MessageFilter): CompiledFilter {
  const compiled = compileFilter(filter);
  return {
    ...compiled,
    message: (message) => message.references.document !== null && message.origin !== 'notification' && compiled.message(message),
    status: () => true,
  };
}

interface ReadMails extends Pick<DocumentRecord, 'document' | 'administration' | 'others' | 'more'> {
  /** Newest first. */
  readonly mails: readonly StoredMessage[];
}

async function readDocuments(
  context: StoreContext,
  wanted: readonly DocumentRequest[],
  limits: { readonly mails: number; readonly recipients: number },
): Promise<readonly ReadMails[]> {
  const names = wanted.map(({ document }) => document);
  const ids = await newestOf(context, 'document', names, limits.mails + 1);
  const messages = await context.loader.loadMany(firstOfEach(ids), false, limits.recipients * names.length);
  return wanted.map((request, i) => {
    const some = ids[i] ?? [];
    const read = some.slice(0, limits.mails).flatMap((id) => messages.get(id) ?? []);
    return { ...ownMails(read, request), more: some.length > limits.mails || read.length < Math.min(some.length, limits.mails) };
  });
}

/** The mail of one administration, of what the index has by the document's name. */
function ownMails(read: readonly StoredMessage[], { document, administration, account }: DocumentRequest): Omit<ReadMails, 'more'> {
  const mails = read.filter(
    ({ message }) =>
      message.references.document === document &&
      message.origin !== 'notification' &&
      (account === undefined || account.includes(message.account)),
  );
  const own = administration === undefined ? (mails[0]?.message.references.administration ?? null) : administration;
  const others = new Set(mails.map(({ message }) => message.references.administration));
  others.delete(own);
  return {
    document,
    administration: own,
    others: [...others],
    mails: mails.filter(({ message }) => message.references.administration === own),
  };
}

/** The newest mail of each first, then the second of each: where not all can be read, each has its newest. */
function firstOfEach(ids: readonly (readonly MessageId[])[]): MessageId[] {
  const longest = Math.max(0, ...ids.map((some) => some.length));
  return Array.from({ length: longest }, (_, i) => ids.flatMap((some) => some[i] ?? [])).flat();
}

function judged({ mails, ...read }: ReadMails, judging: Judging): DocumentRecord | null {
  const own = mails.map(({ message, recipients, contentErased }) => ({ message, recipients, contentErased }));
  const verdict = judgeDocument(own, judging);
  return verdict === undefined ? null : { ...read, verdict, mails: own };
}

/** Null where another of its messages is the first that the walk comes to, or it has another verdict. */
function listed(
  read: ReadMails,
  candidate: Candidate | undefined,
  asked: {
    readonly compiled: CompiledFilter;
    readonly states: readonly string[] | undefined;
    readonly verdict: readonly DocumentVerdict[] | undefined;
    readonly judging: Judging;
  },
): DocumentRecord | null {
  if (candidate === undefined) return null;
  const { compiled, states, verdict, judging } = asked;
  const first = read.mails.find((stored) => compiled.message(stored.message) && (states === undefined || isFoundBy(stored, states)));
  if (first?.message.id !== candidate.message) return null;
  const record = judged(read, judging);
  return record === null || (verdict !== undefined && !verdict.includes(record.verdict.verdict)) ? null : record;
}

function isFoundBy({ recipients }: StoredMessage, states: readonly string[]): boolean {
  const own = indexedStates(recipients);
  return states.some((state) => own.has(state)) || recipients.some(({ state }) => states.includes(state));
}
