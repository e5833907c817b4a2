/** What is known of messages, as a statement that can be signed. Pure but for the words, which are given. */
import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { normalizeAddress, reversePathText, toAddress } from '../domain/address.ts';
import type { FeedEvent } from '../domain/events.ts';
import type {
  EvidenceAttempt,
  EvidenceEvent,
  EvidenceFailure,
  EvidenceMessage,
  EvidenceRecipient,
  EvidenceReply,
  EvidenceReport,
} from '../domain/evidence.ts';
import { eventSalt, leafOf, partsOfEvent, personalHash } from '../domain/ledger.ts';
import type { MessageDetail, ReportedRecipient, ReportRecord } from '../domain/ports.ts';
import type { Attempt, Failure } from '../domain/recipient.ts';
import type { Reply } from '../domain/reply.ts';
import { matchesOf, rfc3339 } from '../domain/representation.ts';
import { type Known, meaningOf } from './meaning.ts';
import type { EvidenceWords } from './words.ts';

type RecipientDetail = MessageDetail['recipients'][number];

/** A message in evidence; `events` as they were made by `eventEvidence`. */
export function messageEvidence(detail: MessageDetail, events: readonly EvidenceEvent[], words: EvidenceWords): EvidenceMessage {
  const { message } = detail;
  const { headers, references, envelope } = message;
  return {
    id: message.id,
    acceptedAt: rfc3339(message.acceptedAt),
    account: message.account,
    origin: message.origin ?? 'smtp',
    client: message.client,
    sender: reversePathText(envelope.reversePath),
    subject: headers.subject,
    from: headers.from,
    date: headers.date,
    messageId: headers.messageId,
    envelopeId: envelope.envid,
    document: references.document,
    documentType: references.documentType,
    contact: references.contact,
    administration: references.administration,
    supersedes: message.supersedes,
    supersededBy: detail.supersededBy,
    size: message.size,
    sha256: message.sha256,
    contentKept: !detail.contentErased,
    state: detail.state,
    recipients: detail.recipients.map((recipient) => recipientEvidence(detail, recipient, words)),
    events,
  };
}

function recipientEvidence({ message }: MessageDetail, recipient: RecipientDetail, words: EvidenceWords): EvidenceRecipient {
  const { index, address, state, stateSince, confidence, failure, attemptList, reportList } = recipient;
  const known: Known = { state, confidence, failure, ambiguous: attemptList.some(({ ambiguous }) => ambiguous) };
  return {
    index,
    address,
    state,
    stateSince: rfc3339(stateSince),
    confidence,
    ...meaningOf(known, words),
    failure: failure === null ? null : failureEvidence(failure),
    attempts: attemptList.map(attemptEvidence),
    reports: reportList.map((report) => reportEvidence(report, { id: message.id, index, address }, words)),
  };
}

function failureEvidence({ source, category, status, reply, addressInvalid }: Failure): EvidenceFailure {
  return { source, category, status, reply: replyEvidence(reply), addressInvalid };
}

function replyEvidence(reply: Reply | null): EvidenceReply | null {
  return reply === null ? null : { code: reply.code, status: reply.status, text: reply.text };
}

function attemptEvidence({ tls, ...attempt }: Attempt): EvidenceAttempt {
  const { number, at, durationMs, nextHop, address, outcome, reply, phase, ambiguous, error } = attempt;
  const {
    version,
    cipher,
    verified,
    verifiedBy = null,
    peerName = null,
    problem = null,
  } = tls ?? { version: '', cipher: '', verified: false };
  return {
    number,
    at: rfc3339(at),
    durationMs,
    nextHop,
    address,
    tls: tls === null ? null : { version, cipher, verified, verifiedBy, peerName, problem },
    outcome,
    reply: replyEvidence(reply),
    phase,
    ambiguous,
    error,
  };
}

function reportEvidence(
  report: ReportRecord,
  to: { readonly id: string; readonly index: number; readonly address: string },
  words: EvidenceWords,
): EvidenceReport {
  const match = matchesOf(report).find(({ message, index }) => message === to.id && index === to.index);
  const said = saidOf(report, to.address);
  const rank = match?.rank ?? 4;
  return {
    id: report.id,
    receivedAt: rfc3339(report.receivedAt),
    via: report.via,
    kind: report.kind,
    reportingMta: report.reportingMta,
    action: said?.action ?? null,
    status: said?.status ?? null,
    diagnostic: said?.diagnostic ?? null,
    size: report.size,
    sha256: report.sha256,
    rank,
    rankMeans: match?.linked === undefined ? words.ranks[rank] : words.linked,
    linked: match?.linked === undefined ? null : { by: match.linked.by, at: rfc3339(match.linked.at) },
  };
}

/** What a report says of one recipient: by the address, or where it speaks of one alone. */
function saidOf({ recipients }: ReportRecord, address: string): ReportedRecipient | undefined {
  const [only] = recipients;
  if (recipients.length === 1) return only;
  return recipients.find((one) => one.address !== null && normalized(one.address) === normalized(address));
}

function normalized(text: string): string {
  const address = toAddress(text);
  return address === undefined ? text.toLowerCase() : normalizeAddress(address);
}

// ── Events ──

const AT_ONCE = 100;

/** Where an event's seal is, and the way to it. */
export type SealedAt = Pick<EvidenceEvent, 'state' | 'seal' | 'path'>;

export function chainStart(message: string): Buffer {
  return createHash('sha256').update(`relais-evidence/1 ${message}`).digest();
}

export function chainNext(chain: Buffer, leaf: Buffer): Buffer {
  return createHash('sha256').update(chain).update(leaf).digest();
}

/** The events of a message, in their order; `sealedAt` finds the way of a leaf to its seal. */
export async function eventEvidence(
  detail: MessageDetail,
  secret: string,
  sealedAt: (seq: number, leaf: Buffer) => Promise<SealedAt>,
): Promise<EvidenceEvent[]> {
  const made: EvidenceEvent[] = [];
  let chain = chainStart(detail.message.id);
  for (const event of detail.events.toSorted((a, b) => a.seq - b.seq)) {
    const { leaf, ...parts } = hashed(event, secret);
    chain = chainNext(chain, leaf);
    // A message to a thousand has thousands: others have their turn in between.
    if (made.length % AT_ONCE === AT_ONCE - 1) await setImmediate();
    made.push({ ...parts, leaf: leaf.toString('hex'), chain: chain.toString('hex'), ...(await sealedAt(event.seq, leaf)) });
  }
  return made;
}

function hashed(
  event: FeedEvent,
  secret: string,
): Pick<EvidenceEvent, 'plain' | 'personal' | 'salt' | 'personalHash'> & { readonly leaf: Buffer } {
  const { plain, personal } = partsOfEvent(event);
  const salt = event.withheld === undefined ? eventSalt(secret, event.seq) : null;
  const hash = salt === null ? Buffer.from(event.withheld ?? '', 'hex') : personalHash(personal, salt);
  return { plain, personal, salt, personalHash: hash.toString('hex'), leaf: leafOf(plain, hash) };
}
