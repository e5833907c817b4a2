/**
 * Recipients and evidence for tests: one of each kind, and fast-check arbitraries of any. Times are
 * small numbers around NOW; a recipient of `recipientIn` expires at EXPIRE_AT.
 */
import fc from 'fast-check';
import { type Address, toAddress } from '../../src/domain/address.ts';
import { createIdFactory, parseMessageId, type ReportId } from '../../src/domain/ids.ts';
import {
  type AttemptEnded,
  type Evidence,
  type EvidenceRank,
  newRecipient,
  type Outcome,
  type RecipientRecord,
  type RecipientState,
  type ReportEvidence,
  transition,
} from '../../src/domain/recipient.ts';
import type { Reply } from '../../src/domain/reply.ts';

export const ACCEPTED_AT = 1000;
export const NOW = 5000;
export const RETRY_AT = 6000;
export const EXPIRE_AT = 100_000;

export function addressOf(text: string): Address {
  const address = toAddress(text);
  if (address === undefined) throw new Error(`no address: ${text}`);
  return address;
}

/** Report ids, each its own. */
export function reportIds(): () => ReportId {
  let clock = 1;
  const next = createIdFactory({ now: () => clock++, randomBytes: (length) => new Uint8Array(length) });
  return () => {
    const id = parseMessageId(next());
    if (id === undefined) throw new Error('the factory made no id');
    return id as string as ReportId;
  };
}

const REFUSED: Reply = { code: 550, status: '5.1.1', text: 'no such user' };
const DEFERRED: Reply = { code: 451, status: '4.2.0', text: 'later' };
const ACCEPTED: Reply = { code: 250, status: '2.0.0', text: 'ok' };

export function attemptEnded(outcome: Outcome, number = 1, more: { retryAt?: number; ambiguous?: boolean } = {}): AttemptEnded {
  const replies: Record<Outcome, Reply | null> = {
    transferred: ACCEPTED,
    deferred: DEFERRED,
    failed: REFUSED,
    unanswered: null,
    internal: null,
  };
  return {
    kind: 'attempt-ended',
    attempt: {
      number,
      at: NOW - 100,
      durationMs: 100,
      nextHop: 'hop',
      address: '127.0.0.1:25',
      tls: null,
      outcome,
      reply: replies[outcome],
      phase: 'rcpt',
      ambiguous: more.ambiguous ?? outcome === 'unanswered',
      error: outcome === 'internal' ? 'bug' : null,
    },
    category: outcome === 'failed' ? 'mailbox-unknown' : outcome === 'transferred' ? 'unknown' : 'transient',
    addressInvalid: outcome === 'failed',
    hop: 'provider',
    retryAt: more.retryAt ?? RETRY_AT,
  };
}

const nextReport = reportIds();

export function report(action: ReportEvidence['action'], more: Partial<ReportEvidence> = {}): ReportEvidence {
  return {
    kind: 'report',
    report: nextReport(),
    action,
    rank: 1,
    category: action === 'failed' ? 'mailbox-unknown' : 'unknown',
    status: action === 'failed' ? '5.1.1' : null,
    reply: null,
    addressInvalid: action === 'failed',
    ...more,
  };
}

export const started: Evidence = { kind: 'attempt-started', nextHop: 'hop', leaseUntil: 9000, retryAt: RETRY_AT };

function walk(recipient: RecipientRecord, steps: readonly Evidence[]): RecipientRecord {
  return steps.reduce((current, evidence) => transition(current, evidence, NOW).recipient, recipient);
}

export function freshRecipient(expireAt = EXPIRE_AT): RecipientRecord {
  return newRecipient({ index: 0, address: addressOf('ann@example.com'), acceptedAt: ACCEPTED_AT, dueAt: ACCEPTED_AT, expireAt });
}

/** How each state is come by; `attempting` leaves an attempt running, where that can be. */
export function recipientIn(state: RecipientState, attempting = false): RecipientRecord {
  const running: readonly Evidence[] = attempting ? [started] : [];
  const fresh = freshRecipient();
  switch (state) {
    case 'queued':
      return walk(fresh, running);
    case 'deferred':
      return walk(fresh, [started, attemptEnded('deferred'), ...running]);
    case 'held':
      return walk(fresh, [started, attemptEnded('deferred'), ...running, { kind: 'held', reason: 'test' }]);
    case 'transferred':
      return walk(fresh, [started, attemptEnded('transferred')]);
    case 'delivered':
      return walk(fresh, [started, attemptEnded('transferred'), report('delivered')]);
    case 'failed':
      return walk(fresh, [started, attemptEnded('failed')]);
    case 'expired':
      return walk(freshRecipient(NOW), [started, attemptEnded('deferred')]);
    case 'cancelled':
      return walk(fresh, [started, attemptEnded('deferred'), ...running, { kind: 'cancelled' }]);
    case 'suppressed':
      return walk(fresh, [{ kind: 'suppressed', reason: 'test' }]);
    default:
      return state satisfies never;
  }
}

const ranks = fc.constantFrom<EvidenceRank>(1, 2, 3, 4);
const outcomes = fc.constantFrom<Outcome>('transferred', 'deferred', 'failed', 'unanswered', 'internal');
const actions = fc.constantFrom<ReportEvidence['action']>(
  'failed',
  'delayed',
  'delivered',
  'relayed',
  'expanded',
  'complaint',
  'auto-reply',
);
const delays = fc.integer({ min: 0, max: 40_000 });

/** Evidence at a time; reports repeat now and then, attempts end out of order. */
export interface Step {
  readonly now: number;
  readonly evidence: Evidence;
}

const knownReports = Array.from({ length: 6 }, reportIds());

function anyEvidence(now: number): fc.Arbitrary<Evidence> {
  return fc.oneof(
    { weight: 4, arbitrary: delays.map((delay): Evidence => ({ ...started, leaseUntil: now + 500, retryAt: now + delay }) as Evidence) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(outcomes, fc.integer({ min: 1, max: 6 }), delays, fc.boolean())
        .map(([outcome, number, delay, ambiguous]) => attemptEnded(outcome, number, { retryAt: now + delay, ambiguous })),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(actions, ranks, fc.constantFrom(...knownReports))
        .map(([action, rank, id]) => report(action, { rank, report: id })),
    },
    fc.constantFrom<Evidence>(
      { kind: 'attempt-abandoned' },
      { kind: 'expired' },
      { kind: 'held', reason: 'test' },
      { kind: 'released' },
      { kind: 'retry' },
      { kind: 'cancelled' },
      { kind: 'suppressed', reason: 'test' },
    ),
  );
}

/** A life of a recipient: evidence in the order of time. */
export const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 25 }).chain((pauses) => {
  let now = ACCEPTED_AT;
  const times = pauses.map((pause) => {
    now += pause;
    return now;
  });
  return fc.tuple(...times.map((time) => anyEvidence(time).map((evidence): Step => ({ now: time, evidence }))));
});
