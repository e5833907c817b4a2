/**
 * The state of a recipient and the one function that changes it. Pure: evidence goes in, the new
 * record and the events come out. Reads no clock and knows no store.
 */
import type { Address } from './address.ts';
import type { EventDraft } from './events.ts';
import type { ReportId } from './ids.ts';
import type { Category, EnhancedStatus, Phase, Reply } from './reply.ts';
import type { VerifiedBy } from './tls.ts';

/**
 * - `queued`      accepted from the ERP, no attempt ended yet
 * - `deferred`    tried, will be tried again
 * - `held`        waits for a person or a rule
 * - `transferred` the next hop answered 250; a report may still say otherwise
 * - `delivered`   a report confirmed final delivery; never said of a 250
 * - `failed`      refused for good, by the next hop or by a later report
 * - `expired`     the retry time ran out
 * - `cancelled`   by a person
 * - `suppressed`  not tried, the address is on the suppression list
 */
export const RECIPIENT_STATES = [
  'queued',
  'deferred',
  'held',
  'transferred',
  'delivered',
  'failed',
  'expired',
  'cancelled',
  'suppressed',
] as const;
export type RecipientState = (typeof RECIPIENT_STATES)[number];

/** Whether the recipient is still in the queue: something of ours is left to do for it. */
export function isPending(state: RecipientState): state is 'queued' | 'deferred' | 'held' {
  return state === 'queued' || state === 'deferred' || state === 'held';
}

/** How sure we are of what the state says, DESIGN's ladder. */
export const CONFIDENCES = [
  'recorded',
  'accepted-by-provider',
  'accepted-by-recipient-server',
  'confirmed',
  'quiet-period-passed',
  'contradicted',
] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** `internal` is our own fault (bug, disk) and never bounces mail; `unanswered`: no reply came. */
export type Outcome = 'transferred' | 'deferred' | 'failed' | 'unanswered' | 'internal';

/** Who answered: the provider of a smarthost route, or the recipient's own server (MX). */
export type HopKind = 'provider' | 'recipient-server';

export interface AttemptTls {
  readonly version: string;
  readonly cipher: string;
  /** Whether the certificate was checked and held: against name and trust store, or against TLSA records. */
  readonly verified: boolean;
  /** Name that the certificate had to bear; null: an address was dialled. This and the next are absent in records of earlier versions. */
  readonly peerName?: string | null;
  readonly verifiedBy?: VerifiedBy | null;
  /** Why it was not verified; null where it was. */
  readonly problem?: string | null;
}

/** One try of one recipient. While it runs, `outcome` and `durationMs` are null. */
export interface Attempt {
  readonly number: number;
  /** Unix milliseconds at its start. */
  readonly at: number;
  readonly durationMs: number | null;
  readonly nextHop: string;
  /** `ip:port` that was dialled; null when none was. */
  readonly address: string | null;
  readonly tls: AttemptTls | null;
  readonly outcome: Outcome | null;
  readonly reply: Reply | null;
  readonly phase: Phase | null;
  /** The final dot was sent and no reply came: the message may have been taken, and may arrive twice. */
  readonly ambiguous: boolean;
  /** Where no reply came: what happened instead. */
  readonly error: string | null;
  /** Of a transfer whose sender gave NOTIFY: whether the next hop took it over, and reports from now on (RFC 3461 §5.2). */
  readonly dsnPassed?: boolean;
  /** The name the next hop gave the message in its 250, by which a later report may know it. */
  readonly remoteId?: string;
}

export interface Failure {
  readonly source: 'attempt' | 'report';
  readonly category: Category;
  readonly status: EnhancedStatus | null;
  readonly reply: Reply | null;
  readonly addressInvalid: boolean;
}

export interface RecipientRecord {
  /** Position in the envelope, from 0. */
  readonly index: number;
  readonly address: Address;
  readonly state: RecipientState;
  /** Unix milliseconds. */
  readonly stateSince: number;
  readonly confidence: Confidence;
  /** How many attempts were begun. */
  readonly attempts: number;
  /** The attempt that runs; its lease ends by itself if the process dies. */
  readonly attempting: { readonly number: number; readonly at: number; readonly nextHop: string; readonly leaseUntil: number } | null;
  readonly nextAttemptAt: number | null;
  /** Unix milliseconds after which no further attempt is made. */
  readonly expireAt: number;
  /** Why it failed, or was last deferred. */
  readonly failure: Failure | null;
  readonly reports: readonly ReportId[];
  /** A person let it go: no route of the configuration holds it again. Absent: nobody did. */
  readonly released?: true;
  /** Transferred, and a report says that a server after ours is still trying: Unix milliseconds of the last such. */
  readonly delayedAt?: number;
}

/** The result of an attempt as the delivery saw it. */
export interface AttemptEnded {
  readonly kind: 'attempt-ended';
  readonly attempt: Attempt & { readonly outcome: Outcome; readonly durationMs: number };
  readonly category: Category;
  readonly addressInvalid: boolean;
  readonly hop: HopKind;
  /** When to try next if the outcome asks for it; jitter already in. */
  readonly retryAt: number;
}

/** How a report was tied to the recipient, strongest first (DESIGN, Reports in). */
export type EvidenceRank = 1 | 2 | 3 | 4;

export interface ReportEvidence {
  readonly kind: 'report';
  readonly report: ReportId;
  /** RFC 3464 §2.3.3, or a complaint (RFC 5965), or an automatic reply (RFC 3834). */
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'complaint' | 'auto-reply';
  readonly rank: EvidenceRank;
  readonly category: Category;
  readonly status: EnhancedStatus | null;
  readonly reply: Reply | null;
  readonly addressInvalid: boolean;
}

/** All that can change a recipient. */
export type Evidence =
  /** Committed before dialling. `retryAt`: when the next attempt is due should this one never end. */
  | { readonly kind: 'attempt-started'; readonly nextHop: string; readonly leaseUntil: number; readonly retryAt: number }
  | AttemptEnded
  /** The process that ran the attempt is gone; what the next hop did is not known. */
  | { readonly kind: 'attempt-abandoned' }
  /** The retry time ran out while nothing was tried (a paused hop, a long outage of ours). */
  | {
      readonly kind: 'expired';
      /** Why nothing was tried at the end. */
      readonly reason?: string;
      /** What stood in the way, for a recipient that has no failure of its own. */
      readonly failure?: Failure;
    }
  | { readonly kind: 'held'; readonly reason: string }
  /** `notBefore`, Unix milliseconds: a scheduled message keeps its time (`releaseAt`); the store fills it in. */
  | { readonly kind: 'released'; readonly notBefore?: number }
  | { readonly kind: 'retry' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'suppressed'; readonly reason: string }
  | ReportEvidence;

export interface Transition {
  /** False when the evidence says nothing new: nothing is to be written for the recipient. */
  readonly changed: boolean;
  readonly recipient: RecipientRecord;
  /** The attempt to be written, begun or ended. */
  readonly attempt: Attempt | null;
  readonly events: readonly EventDraft[];
}

/** A recipient as it stands right after acceptance. */
export function newRecipient(request: {
  readonly index: number;
  readonly address: Address;
  readonly acceptedAt: number;
  /** When the first attempt is due. */
  readonly dueAt: number;
  readonly expireAt: number;
}): RecipientRecord {
  return {
    index: request.index,
    address: request.address,
    state: 'queued',
    stateSince: request.acceptedAt,
    confidence: 'recorded',
    attempts: 0,
    attempting: null,
    nextAttemptAt: request.dueAt,
    expireAt: request.expireAt,
    failure: null,
    reports: [],
  };
}

/**
 * What `evidence` makes of `recipient` at `now` (Unix milliseconds). The table of legal
 * transitions is docs/QUEUE.md; a test holds the two together.
 */
export function transition(recipient: RecipientRecord, evidence: Evidence, now: number): Transition {
  switch (evidence.kind) {
    case 'attempt-started':
      return startAttempt(recipient, evidence, now);
    case 'attempt-ended':
      return endAttempt(recipient, evidence, now);
    case 'attempt-abandoned':
      return abandonAttempt(recipient, now);
    case 'expired':
      // Not while an attempt runs: its own end decides.
      return isWaiting(recipient) && recipient.attempting === null && now >= recipient.expireAt
        ? expire(recipient, evidence, now)
        : unchanged(recipient);
    case 'held':
      return isWaiting(recipient) ? enter(recipient, 'held', now, { reason: evidence.reason }) : unchanged(recipient);
    case 'released':
      return recipient.state === 'held' ? release(recipient, Math.max(now, evidence.notBefore ?? now), now) : unchanged(recipient);
    case 'retry':
      return isWaiting(recipient) && recipient.attempting === null && now < (recipient.nextAttemptAt ?? now)
        ? { changed: true, recipient: { ...recipient, nextAttemptAt: now }, attempt: null, events: [] }
        : unchanged(recipient);
    case 'cancelled':
      return isPending(recipient.state) ? enter(recipient, 'cancelled', now, {}) : unchanged(recipient);
    case 'suppressed':
      return recipient.state === 'queued' && recipient.attempts === 0
        ? enter(recipient, 'suppressed', now, { reason: evidence.reason })
        : unchanged(recipient);
    case 'report':
      return applyReport(recipient, evidence, now);
    default:
      return evidence satisfies never;
  }
}

/** The evidence as it holds for a message that is not to be tried before `releaseAt`. */
export function notBefore(evidence: Evidence, { releaseAt }: { readonly releaseAt?: number }): Evidence {
  return evidence.kind === 'released' && releaseAt !== undefined ? { ...evidence, notBefore: releaseAt } : evidence;
}

function isWaiting(recipient: RecipientRecord): boolean {
  return recipient.state === 'queued' || recipient.state === 'deferred';
}

function unchanged(recipient: RecipientRecord): Transition {
  return { changed: false, recipient, attempt: null, events: [] };
}

/** Enters a state; what is no longer pending has no next attempt. */
function enter(
  recipient: RecipientRecord,
  state: Exclude<RecipientState, 'queued'>,
  now: number,
  detail: Partial<EventDraft>,
  patch: Partial<RecipientRecord> = {},
): Transition {
  const next: RecipientRecord = {
    ...(recipient.delayedAt === undefined ? recipient : withoutDelay(recipient)),
    state,
    stateSince: now,
    nextAttemptAt: null,
    ...patch,
  };
  const failure = next.failure;
  const event: EventDraft = {
    type: `recipient.${state}`,
    index: next.index,
    recipient: next.address,
    state,
    previous: recipient.state,
    ...(failure === null || state === 'transferred' || state === 'delivered'
      ? {}
      : {
          category: failure.category,
          status: failure.status,
          reply: failure.reply,
          addressInvalid: failure.addressInvalid,
          source: failure.source,
        }),
    ...(next.nextAttemptAt === null ? {} : { nextAttemptAt: next.nextAttemptAt }),
    ...detail,
  };
  return { changed: true, recipient: next, attempt: null, events: [event] };
}

/** What a report said while it was transferred is over with that state. */
function withoutDelay({ delayedAt: _, ...rest }: RecipientRecord): RecipientRecord {
  return rest;
}

function expire(recipient: RecipientRecord, { reason, failure }: Extract<Evidence, { kind: 'expired' }>, now: number): Transition {
  const detail = reason === undefined ? {} : { reason };
  return enter(recipient, 'expired', now, detail, { failure: recipient.failure ?? failure ?? null });
}

function startAttempt(recipient: RecipientRecord, evidence: Extract<Evidence, { kind: 'attempt-started' }>, now: number): Transition {
  if (!isWaiting(recipient) || recipient.attempting !== null) return unchanged(recipient);
  const number = recipient.attempts + 1;
  const { nextHop, leaseUntil, retryAt } = evidence;
  return {
    changed: true,
    recipient: { ...recipient, attempts: number, attempting: { number, at: now, nextHop, leaseUntil }, nextAttemptAt: retryAt },
    attempt: {
      number,
      at: now,
      durationMs: null,
      nextHop,
      address: null,
      tls: null,
      outcome: null,
      reply: null,
      phase: null,
      ambiguous: false,
      error: null,
    },
    events: [],
  };
}

function endAttempt(recipient: RecipientRecord, evidence: AttemptEnded, now: number): Transition {
  const { attempt } = evidence;
  const current = recipient.attempting?.number === attempt.number;
  const base: RecipientRecord = current ? { ...recipient, attempting: null } : recipient;
  const detail: Partial<EventDraft> = {
    nextHop: attempt.nextHop,
    attempt: attempt.number,
    reply: attempt.reply,
    ambiguous: attempt.ambiguous,
    ...(attempt.dsnPassed === undefined ? {} : { dsnPassed: attempt.dsnPassed }),
  };
  const recorded = { changed: true, recipient: base, attempt, events: [] } satisfies Transition;
  const failure: Failure = {
    source: 'attempt',
    category: evidence.category,
    status: attempt.reply?.status ?? null,
    reply: attempt.reply,
    addressInvalid: evidence.addressInvalid,
  };
  switch (attempt.outcome) {
    case 'transferred':
      return { ...acceptByHop(base, evidence, now, detail), attempt };
    case 'failed':
      if (!current || !isPending(recipient.state)) return recorded;
      return { ...enter(base, 'failed', now, detail, { failure }), attempt };
    case 'deferred':
    case 'unanswered':
      if (!current || !isWaiting(recipient)) return recorded;
      if (now >= recipient.expireAt) return { ...enter(base, 'expired', now, detail, { failure }), attempt };
      return { ...defer(base, failure, evidence.retryAt, now, detail), attempt };
    case 'internal':
      // Our own fault never bounces mail: no expiry either, however late it is.
      if (!current || !isWaiting(recipient)) return recorded;
      return {
        ...defer({ ...base, expireAt: Math.max(base.expireAt, evidence.retryAt) }, failure, evidence.retryAt, now, detail),
        attempt,
      };
    default:
      return attempt.outcome satisfies never;
  }
}

/** True whatever was decided meanwhile: a cancellation that came too late does not undo a 250. */
function acceptByHop(recipient: RecipientRecord, evidence: AttemptEnded, now: number, detail: Partial<EventDraft>): Transition {
  // A bounce that overtook the commit of this 250 is the later word, and the one that asks for action.
  const bounced = recipient.state === 'failed' && recipient.failure?.source === 'report';
  if (bounced || recipient.state === 'delivered' || recipient.state === 'transferred') {
    return { changed: true, recipient, attempt: null, events: [] };
  }
  const confidence = evidence.hop === 'provider' ? 'accepted-by-provider' : 'accepted-by-recipient-server';
  return enter(recipient, 'transferred', now, detail, { confidence, failure: null });
}

/** The last attempt falls on the end of the retry time, not after it. */
function defer(recipient: RecipientRecord, failure: Failure, retryAt: number, now: number, detail: Partial<EventDraft>): Transition {
  const nextAttemptAt = Math.min(retryAt, recipient.expireAt);
  return enter(recipient, 'deferred', now, detail, { failure, nextAttemptAt });
}

function abandonAttempt(recipient: RecipientRecord, now: number): Transition {
  const running = recipient.attempting;
  if (running === null) return unchanged(recipient);
  const attempt: Attempt & { outcome: Outcome; durationMs: number } = {
    number: running.number,
    at: running.at,
    durationMs: Math.max(0, now - running.at),
    nextHop: running.nextHop,
    address: null,
    tls: null,
    outcome: 'unanswered',
    reply: null,
    phase: null,
    // Nobody knows whether the final dot went out.
    ambiguous: true,
    error: 'relais stopped while the attempt ran',
  };
  // That it broke off is our own fault: tried once more, however late it is.
  return endAttempt(
    { ...recipient, expireAt: Math.max(recipient.expireAt, now + 1) },
    { kind: 'attempt-ended', attempt, category: 'transient', addressInvalid: false, hop: 'provider', retryAt: now },
    now,
  );
}

function release(recipient: RecipientRecord, dueAt: number, now: number): Transition {
  const state = recipient.attempts === 0 ? 'queued' : 'deferred';
  const next: RecipientRecord = { ...recipient, state, stateSince: now, nextAttemptAt: dueAt, released: true };
  const event: EventDraft = {
    type: 'recipient.released',
    index: next.index,
    recipient: next.address,
    state,
    previous: 'held',
    nextAttemptAt: dueAt,
  };
  return { changed: true, recipient: next, attempt: null, events: [event] };
}

function applyReport(recipient: RecipientRecord, evidence: ReportEvidence, now: number): Transition {
  if (recipient.reports.includes(evidence.report)) return unchanged(recipient);
  const noted: RecipientRecord = { ...recipient, reports: [...recipient.reports, evidence.report] };
  const recorded: Transition = { changed: true, recipient: noted, attempt: null, events: [] };
  // What was never tried cannot have bounced: kept with the message, believed of nothing.
  if (recipient.attempts === 0) return recorded;
  const failure: Failure = {
    source: 'report',
    category: evidence.category,
    status: evidence.status,
    reply: evidence.reply,
    addressInvalid: evidence.addressInvalid,
  };
  const said: EventDraft = {
    type: 'recipient.delayed',
    index: recipient.index,
    recipient: recipient.address,
    state: recipient.state,
    previous: recipient.state,
    report: evidence.report,
    rank: evidence.rank,
  };
  const detail: Partial<EventDraft> = { report: evidence.report, rank: evidence.rank };
  switch (evidence.action) {
    case 'failed':
      return reportFailed(noted, recorded, failure, detail, now);
    case 'delivered':
      return reportDelivered(noted, recorded, detail, now);
    case 'delayed':
      if (recipient.state === 'failed' || recipient.state === 'delivered') return recorded;
      return {
        ...recorded,
        ...(recipient.state === 'transferred' ? { recipient: { ...noted, delayedAt: now } } : {}),
        events: [{ ...said, category: evidence.category, status: evidence.status, reply: evidence.reply }],
      };
    case 'relayed':
    case 'expanded':
      if (recipient.state === 'failed' || recipient.state === 'delivered') return recorded;
      return { ...recorded, events: [{ ...said, type: `recipient.${evidence.action}`, status: evidence.status }] };
    case 'complaint':
      return { ...recorded, events: [{ ...said, type: 'recipient.complained' }] };
    case 'auto-reply':
      return { ...recorded, events: [{ ...said, type: 'recipient.auto-replied' }] };
    default:
      return evidence.action satisfies never;
  }
}

function reportFailed(
  recipient: RecipientRecord,
  recorded: Transition,
  failure: Failure,
  detail: Partial<EventDraft>,
  now: number,
): Transition {
  switch (recipient.state) {
    case 'queued':
    case 'deferred':
    case 'held':
    case 'transferred':
    case 'expired':
    case 'cancelled':
      return enter(recipient, 'failed', now, detail, { failure, confidence: 'confirmed' });
    case 'delivered':
      // One report against the other: shown, and the one that asks for action leads.
      return enter(recipient, 'failed', now, detail, { failure, confidence: 'contradicted' });
    case 'failed':
    case 'suppressed':
      return recorded;
    default:
      return recipient.state satisfies never;
  }
}

function reportDelivered(recipient: RecipientRecord, recorded: Transition, detail: Partial<EventDraft>, now: number): Transition {
  switch (recipient.state) {
    case 'queued':
    case 'deferred':
    case 'held':
    case 'transferred':
    case 'expired':
    case 'cancelled':
      return enter(recipient, 'delivered', now, detail, { failure: null, confidence: 'confirmed' });
    case 'failed':
      return { ...recorded, recipient: { ...recipient, confidence: 'contradicted' } };
    case 'delivered':
    case 'suppressed':
      return recorded;
    default:
      return recipient.state satisfies never;
  }
}
