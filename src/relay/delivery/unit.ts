/**
 * A unit of work: one transaction to be made, its attempt already committed. Pure but for the
 * content it carries. Upstream: a claim. Downstream: a line to the next hop, then evidence.
 */
import { type ReversePath, toAddress } from '../../domain/address.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { Claim, EvidenceItem } from '../../domain/ports.ts';
import type { AttemptEnded, AttemptTls, HopKind, RecipientRecord } from '../../domain/recipient.ts';
import { remoteIdOf } from '../../domain/remote-id.ts';
import { signToken, type TokenKey } from '../../domain/tokens.ts';
import type { TransactionEnvelope } from './commands.ts';
import type { PreparedContent, ReadyContent } from './content/forms.ts';
import type { Entry } from './entry.ts';
import type { RecipientOutcome } from './outcome.ts';

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
  source: { kind: 'whole', bytes: Buffer.alloc(0) },
  formFor() {
    throw new Error('a message that can not be sent was about to be');
  },
};

/** What was claimed and can not be sent, to be recorded as a whole. */
export function unsendable(claim: Claim, entries: readonly Entry[], leaseUntil: number): Unit {
  const { message } = claim;
  const recipients = recipientsOf(claim, entries);
  return { message, recipients, reversePath: message.envelope.reversePath, content: NOTHING, leaseUntil, release() {} };
}

export function envelopeOf(unit: Unit, content: ReadyContent): TransactionEnvelope {
  const { envelope } = unit.message;
  return {
    reversePath: unit.reversePath,
    ownPath: unit.reversePath !== envelope.reversePath,
    envelope,
    recipients: unit.recipients.map(
      ({ record }) => envelope.recipients[record.index] ?? { address: record.address, notify: null, orcpt: null },
    ),
    size: content.size,
    eightBit: content.eightBit,
    utf8Headers: content.utf8Headers,
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
  const remoteId = outcome.outcome === 'transferred' && outcome.reply !== null ? remoteIdOf(outcome.reply) : null;
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
      ...(outcome.dsnPassed === undefined ? {} : { dsnPassed: outcome.dsnPassed }),
      ...(remoteId === null ? {} : { remoteId }),
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
