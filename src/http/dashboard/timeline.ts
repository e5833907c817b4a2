/**
 * What happened to a recipient, in the order in which it did: gathered from the attempts, the reports
 * and the events of its message. What an attempt or a report tells is not told a second time by the
 * event that it led to. Pure.
 */
import { normalizeAddress } from '../../domain/address.ts';
import type { FeedEvent } from '../../domain/events.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import type { MessageDetail, ReportRecord } from '../../domain/ports.ts';
import type { Attempt, RecipientRecord } from '../../domain/recipient.ts';
import type { Category } from '../../domain/reply.ts';

/** A message that this one was sent again as, or from. */
export interface RelatedMessage {
  readonly message: AcceptedMessage;
  readonly recipients: readonly RecipientRecord[];
}

export type Step = { readonly at: number } & (
  | { readonly kind: 'accepted'; readonly insteadOf: string | null }
  | { readonly kind: 'attempt'; readonly attempt: Attempt; readonly why: Category; readonly nextAttemptAt: number | null }
  /** Attempts between two that are shown, all with their result. */
  | { readonly kind: 'more'; readonly count: number }
  | { readonly kind: 'report'; readonly report: ReportRecord }
  /** By a person, a rule, or the clock. */
  | { readonly kind: 'told'; readonly event: FeedEvent }
  | { readonly kind: 'resent'; readonly related: RelatedMessage; readonly to: RecipientRecord }
);

/** Events that nothing else tells of. */
const TOLD = new Set<FeedEvent['type']>([
  'recipient.held',
  'recipient.released',
  'recipient.cancelled',
  'recipient.suppressed',
  'recipient.expired',
]);
/** Attempts in a row with one result, of which the first and the last are shown. */
const ALIKE = 3;

type Recipient = MessageDetail['recipients'][number];

export function stepsOf(detail: MessageDetail, recipient: Recipient, later: readonly RelatedMessage[]): readonly Step[] {
  const { message } = detail;
  const events = detail.events.filter(({ index }) => index === recipient.index);
  const steps: Step[] = [
    { kind: 'accepted', at: message.acceptedAt, insteadOf: message.envelope.recipients[recipient.index]?.insteadOf ?? null },
    ...recipient.attemptList.map((attempt) => attemptStep(attempt, events)),
    ...recipient.reportList.map((report): Step => ({ kind: 'report', at: report.receivedAt, report })),
    ...events.filter(({ type }) => TOLD.has(type)).map((event): Step => ({ kind: 'told', at: event.at, event })),
    ...later.flatMap((related) => resentStep(related, recipient)),
  ];
  return withoutRepetition(steps.sort((a, b) => a.at - b.at));
}

/** The feed keeps what an attempt's own record does not: why, and when the next one was to be. */
function attemptStep(attempt: Attempt, events: readonly FeedEvent[]): Step {
  const event = events.find((one) => one.attempt === attempt.number && one.report === undefined);
  return {
    kind: 'attempt',
    at: attempt.at,
    attempt,
    why: event?.category ?? 'unknown',
    nextAttemptAt: event?.nextAttemptAt ?? null,
  };
}

function resentStep(related: RelatedMessage, recipient: Recipient): Step[] {
  const name = normalizeAddress(recipient.address);
  const to = related.recipients.find(({ index, address }) => {
    const before = related.message.envelope.recipients[index]?.insteadOf ?? address;
    return normalizeAddress(before) === name;
  });
  return to === undefined ? [] : [{ kind: 'resent', at: related.message.acceptedAt, related, to }];
}

function withoutRepetition(steps: readonly Step[]): readonly Step[] {
  const shown: Step[] = [];
  for (let at = 0; at < steps.length; ) {
    let end = at + 1;
    while (end < steps.length && isAlike(steps[at], steps[end])) end++;
    const run = steps.slice(at, end);
    const [first] = run;
    const last = run.at(-1);
    if (run.length <= ALIKE || first === undefined || last === undefined) shown.push(...run);
    else shown.push(first, { kind: 'more', at: first.at, count: run.length - 2 }, last);
    at = end;
  }
  return shown;
}

function isAlike(one: Step | undefined, other: Step | undefined): boolean {
  if (one?.kind !== 'attempt' || other?.kind !== 'attempt') return false;
  const { outcome } = one.attempt;
  return outcome !== null && outcome !== 'transferred' && outcome === other.attempt.outcome && one.why === other.why;
}

/** Who answers at a next hop: a smarthost is named with its port, a domain's own servers by the domain. */
export function hopKind({ nextHop }: Pick<Attempt, 'nextHop'>): 'provider' | 'recipient-server' | 'other' {
  if (nextHop === 'sandbox' || nextHop === 'hold' || nextHop === 'no-route') return 'other';
  return nextHop.includes(':') ? 'provider' : 'recipient-server';
}
