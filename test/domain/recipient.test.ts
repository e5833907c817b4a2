/** What the transition function does beside its tables, which docs/QUEUE.md has and queue-doc.test.ts asserts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Evidence,
  isPending,
  type RecipientRecord,
  type RecipientState,
  type Transition,
  transition,
} from '../../src/domain/recipient.ts';
import {
  ACCEPTED_AT,
  anySteps,
  attemptEnded,
  EXPIRE_AT,
  freshRecipient,
  NOW,
  RETRY_AT,
  recipientIn,
  report,
  started,
} from '../support/recipients.ts';

describe('the end of the attempt that runs', () => {
  const states = ['queued', 'deferred', 'held', 'cancelled'] as const;
  const outcomes = ['transferred', 'deferred', 'failed', 'unanswered', 'internal'] as const;
  it.each(states.flatMap((state) => outcomes.map((outcome) => [state, outcome] as const)))(
    'of %s, %s, ends it and is recorded',
    (state, outcome) => {
      const before = recipientIn(state, true);
      const number = before.attempting?.number ?? 0;
      expect(number).toBeGreaterThan(0);
      const result = transition(before, attemptEnded(outcome, number), NOW);
      expect(result.recipient.attempting).toBeNull();
      expect(result.attempt).toMatchObject({ number, outcome });
    },
  );

  it('makes the next one due when it was deferred, and says so', () => {
    const { recipient, events } = transition(recipientIn('queued', true), attemptEnded('deferred'), NOW);
    expect(recipient.nextAttemptAt).toBe(RETRY_AT);
    expect(events[0]).toMatchObject({ previous: 'queued', state: 'deferred', nextAttemptAt: RETRY_AT, attempt: 1, reply: { code: 451 } });
  });

  it('has the last attempt fall on the end of the retry time', () => {
    const late = attemptEnded('deferred', 1, { retryAt: EXPIRE_AT + 1 });
    expect(transition(recipientIn('queued', true), late, NOW).recipient).toMatchObject({ state: 'deferred', nextAttemptAt: EXPIRE_AT });
  });

  it.each(['deferred', 'unanswered'] as const)('R20 expires once, when %s at the end of the retry time', (outcome) => {
    const { recipient, events } = transition(recipientIn('queued', true), attemptEnded(outcome), EXPIRE_AT);
    expect(recipient).toMatchObject({ state: 'expired', nextAttemptAt: null, failure: { source: 'attempt' } });
    expect(events.map(({ type }) => type)).toEqual(['recipient.expired']);
    expect(transition(recipient, { kind: 'expired' }, EXPIRE_AT + 1).events).toEqual([]);
  });

  it('never expires or fails by a fault of our own, however late', () => {
    const internal = attemptEnded('internal', 1, { retryAt: EXPIRE_AT + 5000 });
    const { recipient } = transition(recipientIn('queued', true), internal, EXPIRE_AT + 1000);
    expect(recipient).toMatchObject({ state: 'deferred', nextAttemptAt: EXPIRE_AT + 5000 });
  });

  it('R12 believes a 250 that comes after the attempt was given up', () => {
    const abandoned = transition(recipientIn('queued', true), { kind: 'attempt-abandoned' }, NOW).recipient;
    const { recipient, events } = transition(abandoned, attemptEnded('transferred', 1), NOW + 1);
    expect(recipient).toMatchObject({ state: 'transferred', nextAttemptAt: null });
    expect(events).toHaveLength(1);
  });

  it('leaves a later attempt running when an earlier one ends late', () => {
    const abandoned = transition(recipientIn('queued', true), { kind: 'attempt-abandoned' }, NOW).recipient;
    const second = transition(abandoned, started, NOW).recipient;
    expect(transition(second, attemptEnded('failed', 1), NOW).recipient).toEqual(second);
  });

  it('does not undo the bounce that overtook the commit of its 250', () => {
    const bounced = transition(recipientIn('queued', true), report('failed'), NOW).recipient;
    const { recipient, events, attempt } = transition(bounced, attemptEnded('transferred'), NOW);
    expect(recipient).toMatchObject({ state: 'failed', failure: { source: 'report' }, attempting: null });
    expect(events).toEqual([]);
    expect(attempt).toMatchObject({ outcome: 'transferred' });
  });

  it('says by whom the mail was taken', () => {
    const before = recipientIn('queued', true);
    const byMx = { ...attemptEnded('transferred'), hop: 'recipient-server' } as const;
    expect(transition(before, attemptEnded('transferred'), NOW).recipient.confidence).toBe('accepted-by-provider');
    expect(transition(before, byMx, NOW).recipient.confidence).toBe('accepted-by-recipient-server');
  });
});

describe('an attempt abandoned by a crash', () => {
  it('R10 is unanswered, ambiguous, and tried again at once', () => {
    const { recipient, attempt, events } = transition(recipientIn('queued', true), { kind: 'attempt-abandoned' }, NOW);
    expect(attempt).toMatchObject({ number: 1, outcome: 'unanswered', ambiguous: true, durationMs: 0 });
    expect(recipient).toMatchObject({ state: 'deferred', nextAttemptAt: NOW, attempting: null });
    expect(events[0]).toMatchObject({ type: 'recipient.deferred', ambiguous: true });
  });

  it('is tried again even when the retry time ran out while we were down', () => {
    const later = EXPIRE_AT + 86_400_000;
    const { recipient } = transition(recipientIn('queued', true), { kind: 'attempt-abandoned' }, later);
    expect(recipient).toMatchObject({ state: 'deferred', nextAttemptAt: later });
    const again = transition(recipient, started, later + 10).recipient;
    expect(transition(again, attemptEnded('deferred', 2), later + 20).recipient.state).toBe('expired');
  });

  it('leaves a hold or a cancellation as it is', () => {
    for (const state of ['held', 'cancelled'] as const) {
      const result = transition(recipientIn(state, true), { kind: 'attempt-abandoned' }, NOW);
      expect(result.recipient).toMatchObject({ state, attempting: null, nextAttemptAt: null });
      expect(result.events).toEqual([]);
    }
  });
});

describe('waiting', () => {
  it('expires when its time is over, and not before, and not while an attempt runs', () => {
    const expired: Evidence = { kind: 'expired' };
    expect(transition(recipientIn('deferred'), expired, EXPIRE_AT - 1).changed).toBe(false);
    expect(transition(recipientIn('deferred'), expired, EXPIRE_AT).recipient.state).toBe('expired');
    expect(transition(recipientIn('deferred', true), expired, EXPIRE_AT).changed).toBe(false);
    expect(transition(recipientIn('held'), expired, EXPIRE_AT).changed).toBe(false);
  });

  it('is due at once on a retry by hand, and never later than it was', () => {
    const { recipient, events } = transition(recipientIn('deferred'), { kind: 'retry' }, NOW);
    expect(recipient.nextAttemptAt).toBe(NOW);
    expect(events).toEqual([]);
    expect(transition(recipient, { kind: 'retry' }, NOW + 1).changed).toBe(false);
    expect(transition(recipientIn('deferred', true), { kind: 'retry' }, NOW).changed).toBe(false);
  });

  it('goes back to queued when released before its first attempt', () => {
    const held = transition(freshRecipient(), { kind: 'held', reason: 'rule' }, NOW);
    expect(held.events[0]).toMatchObject({ type: 'recipient.held', reason: 'rule', previous: 'queued' });
    const { recipient } = transition(held.recipient, { kind: 'released' }, NOW + 1);
    expect(recipient).toMatchObject({ state: 'queued', nextAttemptAt: NOW + 1, stateSince: NOW + 1 });
  });

  it('is not claimed twice', () => {
    const first = transition(freshRecipient(), started, NOW);
    expect(first.recipient.attempting).toEqual({ number: 1, at: NOW, nextHop: 'hop', leaseUntil: 9000 });
    expect(first.recipient.nextAttemptAt).toBe(RETRY_AT);
    expect(first.attempt).toMatchObject({ number: 1, outcome: null, durationMs: null });
    expect(transition(first.recipient, started, NOW).changed).toBe(false);
  });
});

describe('a report', () => {
  it('fails what was transferred, as an event of its own', () => {
    const { recipient, events } = transition(recipientIn('transferred'), report('failed', { rank: 2 }), NOW);
    expect(recipient).toMatchObject({ state: 'failed', confidence: 'confirmed', failure: { source: 'report', addressInvalid: true } });
    expect(events[0]).toMatchObject({ previous: 'transferred', source: 'report', rank: 2, category: 'mailbox-unknown' });
  });

  it('changes nothing the second time', () => {
    const bounce = report('failed');
    const { recipient } = transition(recipientIn('transferred'), bounce, NOW);
    expect(transition(recipient, bounce, NOW + 1)).toEqual({ changed: false, recipient, attempt: null, events: [] });
  });

  it('of failure leads over one of delivery, in either order, and the contradiction shows', () => {
    const failedLast = transition(recipientIn('delivered'), report('failed'), NOW).recipient;
    const failedFirst = transition(
      transition(recipientIn('transferred'), report('failed'), NOW).recipient,
      report('delivered'),
      NOW,
    ).recipient;
    for (const recipient of [failedLast, failedFirst]) expect(recipient).toMatchObject({ state: 'failed', confidence: 'contradicted' });
  });

  it('stops the retries of what it says has failed', () => {
    expect(transition(recipientIn('deferred'), report('failed'), NOW).recipient).toMatchObject({ state: 'failed', nextAttemptAt: null });
  });

  it('is kept, and believed of nothing, where no attempt was made', () => {
    const bounce = report('failed');
    const result = transition(freshRecipient(), bounce, NOW);
    expect(result.recipient).toEqual({ ...freshRecipient(), reports: [bounce.report] });
    expect(result.events).toEqual([]);
  });
});

/** Ways out of a final state, each a fact that came late. All else stays as it is. */
const LATE: Readonly<Record<string, readonly RecipientState[]>> = {
  'transferred report': ['delivered', 'failed'],
  'delivered report': ['failed'],
  'failed attempt-ended': ['transferred'],
  'expired attempt-ended': ['transferred'],
  'expired report': ['delivered', 'failed'],
  'cancelled attempt-ended': ['transferred'],
  'cancelled report': ['delivered', 'failed'],
  'suppressed attempt-ended': ['transferred'],
};

describe('transition, in any life of a recipient', () => {
  const everyStep = (check: (before: RecipientRecord, evidence: Evidence, result: Transition, now: number) => void): void => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        let recipient = freshRecipient();
        for (const { now, evidence } of steps) {
          const result = transition(recipient, evidence, now);
          check(recipient, evidence, result, now);
          recipient = result.recipient;
        }
      }),
      { numRuns: 400 },
    );
  };

  it('leaves the record untouched and silent when nothing changed', () => {
    everyStep((before, _evidence, result) => {
      if (!result.changed) expect(result).toEqual({ changed: false, recipient: before, attempt: null, events: [] });
    });
  });

  it('tells each change of state by one event that names the state before and after', () => {
    everyStep((before, _evidence, { recipient, events }, now) => {
      expect(events.length).toBeLessThanOrEqual(1);
      for (const event of events) {
        expect(event.previous).toBe(before.state);
        expect(event.state).toBe(recipient.state);
        expect(event).toMatchObject({ index: 0, recipient: 'ann@example.com' });
      }
      if (recipient.state === before.state) return;
      expect(events).toHaveLength(1);
      expect(recipient.stateSince).toBe(now);
    });
  });

  it('leaves a final state only by a fact that came late', () => {
    everyStep((before, evidence, { recipient }) => {
      if (isPending(before.state) || recipient.state === before.state) return;
      expect(LATE[`${before.state} ${evidence.kind}`] ?? []).toContain(recipient.state);
    });
  });

  it('calls delivered only what a report called so', () => {
    everyStep((before, evidence, { recipient }) => {
      if (recipient.state !== 'delivered' || before.state === 'delivered') return;
      expect(evidence).toMatchObject({ kind: 'report', action: 'delivered' });
    });
  });

  it('fails or expires nothing by a fault of our own', () => {
    everyStep((before, evidence, { recipient }) => {
      const own = evidence.kind === 'attempt-abandoned' || (evidence.kind === 'attempt-ended' && evidence.attempt.outcome === 'internal');
      if (own && before.state !== recipient.state) expect(['deferred']).toContain(recipient.state);
    });
  });

  it('has a next attempt exactly while it waits', () => {
    everyStep((_before, _evidence, { recipient }) => {
      expect(recipient.nextAttemptAt !== null).toBe(recipient.state === 'queued' || recipient.state === 'deferred');
    });
  });

  it('counts attempts up by one, and only when one begins', () => {
    everyStep((before, evidence, { recipient, attempt, changed }) => {
      const begun = evidence.kind === 'attempt-started' && changed;
      expect(recipient.attempts).toBe(before.attempts + (begun ? 1 : 0));
      if (begun) expect(attempt?.number).toBe(recipient.attempts);
      expect(recipient.attempting === null || recipient.attempting.number === recipient.attempts).toBe(true);
    });
  });

  it('takes each report once', () => {
    everyStep((_before, evidence, { recipient }, now) => {
      expect(new Set(recipient.reports).size).toBe(recipient.reports.length);
      if (evidence.kind === 'report') expect(transition(recipient, evidence, now).changed).toBe(false);
    });
  });

  it('says nothing more when the end of an attempt is told twice', () => {
    everyStep((_before, evidence, { recipient }, now) => {
      if (evidence.kind !== 'attempt-ended') return;
      const again = transition(recipient, evidence, now);
      expect(again.events).toEqual([]);
      expect(again.recipient).toEqual(recipient);
    });
  });

  it('never goes back to before its acceptance, and keeps who it is', () => {
    everyStep((before, _evidence, { recipient }) => {
      expect(recipient.stateSince).toBeGreaterThanOrEqual(ACCEPTED_AT);
      expect([recipient.index, recipient.address]).toEqual([before.index, before.address]);
      expect(recipient.expireAt).toBeGreaterThanOrEqual(before.expireAt);
    });
  });
});
