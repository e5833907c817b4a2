/**
 * A unit of work: one transaction to be made, its attempt already committed. Pure but for the
 * content it carries. Upstream: a claim. Downstream: a line to the next hop, then evidence.
 */
import { type ReversePath, toAddress } from '../../domain/address.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { Claim, EvidenceItem, StoredContent } from '../../domain/ports.ts';
import type { AttemptEnded, AttemptTls, HopKind, RecipientRecord } from '../../domain/recipient.ts';
import { signToken, type TokenKey } from '../../domain/tokens.ts';
import { hasUtf8Headers, type TransactionEnvelope } from './commands.ts';
import { stuffWhole } from './dot-stuffing.ts';
import type { Entry } from './entry.ts';
import type { RecipientOutcome } from './outcome.ts';
import type { OutgoingContent } from './smtp-client.ts';

/** Content made ready once for all transactions of a message. */
export interface PreparedContent {
  readonly outgoing: OutgoingContent;
  readonly size: number;
  readonly utf8Headers: boolean;
}

export interface UnitRecipient {
  readonly record: RecipientRecord;
  readonly entry: Entry;
}

export interface Unit {
  readonly message: AcceptedMessage;
  readonly recipients: readonly UnitRecipient[];
  readonly reversePath: ReversePath;
  readonly content: PreparedContent;
  readonly leaseUntil: number;
  /** Called once, when the content is no longer needed for this unit. */
  release(): void;
}

/** Throws UncleanContent where it can not be sent unchanged. */
export function prepareContent(message: AcceptedMessage, content: StoredContent): PreparedContent {
  const size = Buffer.byteLength(message.received, 'utf8') + content.size;
  if (content.bytes === null) {
    const outgoing: OutgoingContent = { kind: 'stream', received: message.received, open: () => content.stream() };
    return { outgoing, size, utf8Headers: false };
  }
  return {
    outgoing: { kind: 'whole', content: stuffWhole(message.received, content.bytes) },
    size,
    utf8Headers: message.envelope.smtputf8 && hasUtf8Headers(content.bytes),
  };
}

export interface ReturnPaths {
  /** Domain of the token addresses; null: there are none. */
  readonly domain: string | null;
  readonly key: TokenKey | undefined;
}

/**
 * One transaction a recipient with a return path of its own, one for all otherwise. The null
 * reverse-path stays null (RFC 5321 §4.5.5), a message that bears it is never bounced.
 */
export function unitsOf(
  claim: Claim,
  entries: readonly Entry[],
  content: PreparedContent,
  request: { readonly verp: boolean; readonly paths: ReturnPaths; readonly leaseUntil: number },
): readonly Unit[] {
  const { message } = claim;
  const recipients = recipientsOf(claim, entries);
  const own = message.envelope.reversePath;
  const { domain, key } = request.paths;
  const base = { message, content, leaseUntil: request.leaseUntil, release() {} };
  if (!request.verp || own.kind === 'null' || domain === null || key === undefined) return [{ ...base, recipients, reversePath: own }];
  return recipients.map((recipient) => {
    const token = signToken({ message: message.id, index: recipient.record.index }, key);
    const address = toAddress(`${token}@${domain}`);
    if (address === undefined) throw new Error(`reports.domain makes no address: ${token}@${domain}`);
    return { ...base, recipients: [recipient], reversePath: { kind: 'address', address } };
  });
}

function recipientsOf(claim: Claim, entries: readonly Entry[]): readonly UnitRecipient[] {
  return claim.recipients.flatMap((record) => {
    const entry = entries.find(({ index }) => index === record.index);
    return entry === undefined ? [] : [{ record, entry }];
  });
}

const NOTHING: PreparedContent = {
  outgoing: { kind: 'whole', content: { received: '', body: Buffer.alloc(0), end: Buffer.alloc(0), length: 0 } },
  size: 0,
  utf8Headers: false,
};

/** What was claimed and can not be sent, to be recorded as a whole. */
export function unsendable(claim: Claim, entries: readonly Entry[], leaseUntil: number): Unit {
  const { message } = claim;
  const recipients = recipientsOf(claim, entries);
  return { message, recipients, reversePath: message.envelope.reversePath, content: NOTHING, leaseUntil, release() {} };
}

export function envelopeOf(unit: Unit): TransactionEnvelope {
  const { envelope } = unit.message;
  return {
    reversePath: unit.reversePath,
    envelope,
    recipients: unit.recipients.map(
      ({ record }) => envelope.recipients[record.index] ?? { address: record.address, notify: null, orcpt: null },
    ),
    size: unit.content.size,
    utf8Headers: unit.content.utf8Headers,
  };
}

/** How an attempt ended, as the store is told. */
export function attemptEnded(request: {
  readonly record: RecipientRecord;
  readonly outcome: RecipientOutcome;
  readonly nextHop: string;
  readonly hop: HopKind;
  readonly address: string | null;
  readonly tls: AttemptTls | null;
  readonly now: number;
  readonly retryAt: number;
}): AttemptEnded {
  const { record, outcome, now } = request;
  const at = record.attempting?.at ?? now;
  return {
    kind: 'attempt-ended',
    attempt: {
      number: record.attempting?.number ?? record.attempts,
      at,
      durationMs: Math.max(0, now - at),
      nextHop: request.nextHop,
      address: request.address,
      tls: request.tls,
      outcome: outcome.outcome,
      reply: outcome.reply,
      phase: outcome.phase,
      ambiguous: outcome.ambiguous,
      error: outcome.error,
    },
    category: outcome.category,
    addressInvalid: outcome.addressInvalid,
    hop: request.hop,
    retryAt: request.retryAt,
  };
}

/**
 * Content that must not go out: the recipient is held first, so that the attempt's end, our own
 * fault, is recorded without putting it back into the queue.
 */
export function heldItems(ended: AttemptEnded, item: Omit<EvidenceItem, 'evidence'>, reason: string): readonly EvidenceItem[] {
  return [
    { ...item, evidence: { kind: 'held', reason } },
    { ...item, evidence: ended },
  ];
}
