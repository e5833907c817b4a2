/**
 * Tying a report of the review list to a recipient by a person's word, for the API and the pages:
 * whom it may speak of, and what stands in the way. The desk of the reports does it.
 */
import { normalizeAddress, toAddress } from '../../domain/address.ts';
import type { MessageId, ReportId } from '../../domain/ids.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { LinkAnswer, ReportRecord } from '../../domain/ports.ts';
import type { EvidenceRank, RecipientRecord } from '../../domain/recipient.ts';
import { audit } from '../audit.ts';
import { type Caller, maySee } from '../auth/caller.ts';
import { deskOf } from '../desk.ts';
import { notFound, Problem } from '../problem.ts';
import { type Shared, type VisibleRecord, visibleRecord } from './context.ts';

export interface Candidate {
  /** What ties it; null: it went to the recipient, and nothing else speaks for it. */
  readonly rank: EvidenceRank | null;
  readonly message: AcceptedMessage;
  readonly recipient: RecipientRecord;
}

/** Of one address, so many of the latest messages to it. */
const LATEST = 5;
/** Addresses of a report that are looked up. */
const ADDRESSES = 4;

/**
 * Best first: what evidence speaks for, then the latest that went to whom the report names. Without
 * what was erased since; none for a report that is tied already.
 */
export async function candidatesOf(shared: Shared, caller: Caller, report: ReportRecord): Promise<readonly Candidate[]> {
  if (report.matched !== null) return [];
  const { store } = shared.options;
  const found = new Map<string, Candidate>();
  const add = async (id: MessageId, which: (recipient: RecipientRecord) => boolean, rank: EvidenceRank | null): Promise<void> => {
    const record = await store.record(id);
    const recipient = record?.recipients.find(which);
    if (record === undefined || recipient === undefined || !maySee(caller, record.message.account)) return;
    const key = `${id} ${recipient.index}`;
    if (!found.has(key)) found.set(key, { rank, message: record.message, recipient });
  };
  for (const { message, index, rank } of await deskOf(shared.options).candidates(report.id)) {
    await add(message, (recipient) => recipient.index === index, rank);
  }
  for (const address of namedIn(report)) {
    const { items } = await store.messages({ recipient: address, to: report.receivedAt }, { limit: LATEST });
    // What was never tried can not have come back.
    for (const { message } of items) {
      await add(message.id, ({ address: own, attempts }) => attempts > 0 && normalizeAddress(own) === address, null);
    }
  }
  return [...found.values()];
}

function namedIn({ recipients }: ReportRecord): string[] {
  const named = new Set<string>();
  for (const { address } of recipients) {
    const parsed = address === null ? undefined : toAddress(address);
    if (parsed !== undefined) named.add(normalizeAddress(parsed));
  }
  return [...named].slice(0, ADDRESSES);
}

export interface LinkRequest {
  readonly caller: Caller;
  readonly report: ReportId;
  /** As typed. */
  readonly message: string;
  /** Address or position; undefined: the one the report names, or the only one. */
  readonly recipient: string | number | undefined;
}

type Linked = Extract<LinkAnswer, { kind: 'linked' }> & { readonly message: AcceptedMessage['id'] };

/** Throws a Problem with the reason as its code: 404 for what is not there, 409 for what stands in the way. */
export async function linkReport(shared: Shared, { caller, report, message, recipient }: LinkRequest): Promise<Linked> {
  const desk = deskOf(shared.options);
  const record = await recordNamed(shared, caller, message.trim());
  const index = recipient === undefined ? undefined : indexOf(record, recipient);
  const answer = await desk.link({
    report,
    message: record.message.id,
    ...(index === undefined ? {} : { index }),
    by: caller.name,
  });
  if (answer.kind === 'refused') throw refusal(answer.reason, record);
  await audit(shared, caller, { action: 'report.linked', subject: { kind: 'report', id: report }, detail: { message: record.message.id } });
  shared.options.log.info(
    { caller: caller.name, report, message: record.message.id, changed: answer.transitions.filter(({ changed }) => changed).length },
    'report linked by hand',
  );
  return { ...answer, message: record.message.id };
}

async function recordNamed(shared: Shared, caller: Caller, id: string): Promise<VisibleRecord> {
  try {
    return await visibleRecord(shared, caller, id);
  } catch (error) {
    throw error instanceof Problem && error.status === 404 ? new Problem(404, 'message-not-found', error.message) : error;
  }
}

function indexOf(record: VisibleRecord, recipient: string | number): number {
  const { recipients } = record;
  if (typeof recipient === 'number') {
    if (recipient < recipients.length) return recipient;
    throw refusal('recipient-not-found', record);
  }
  const parsed = toAddress(recipient.trim().replace(/^<(.*)>$/, '$1'));
  const found = parsed === undefined ? undefined : recipients.find(({ address }) => normalizeAddress(address) === normalizeAddress(parsed));
  if (found === undefined) throw refusal('recipient-not-found', record);
  return found.index;
}

/** Addresses that a refusal names; a message can have a thousand. */
const NAMED = 20;

function refusal(reason: Extract<LinkAnswer, { kind: 'refused' }>['reason'], { message, recipients }: VisibleRecord): Problem {
  const members = { recipients: recipients.slice(0, NAMED).map(({ index, address }) => ({ index, address })) };
  switch (reason) {
    case 'report-not-found':
      return notFound('There is no such report (any more)');
    case 'message-not-found':
      return new Problem(404, reason, `There is no message ${message.id} (any more)`);
    case 'recipient-not-found':
      return new Problem(404, reason, `That is no recipient of message ${message.id}`, { members });
    case 'recipient-ambiguous':
      return new Problem(409, reason, `The report does not tell which recipient of message ${message.id} it means: name one`, { members });
    case 'already-linked':
      return new Problem(409, reason, 'The report is tied to a message already, and stays so');
    case 'says-nothing':
      return new Problem(409, reason, 'The report says nothing that could change a recipient: there is nothing to apply');
    default:
      return reason satisfies never;
  }
}
