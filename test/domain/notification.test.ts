import { describe, expect, it } from 'vitest';
import { NULL_REVERSE_PATH } from '../../src/domain/address.ts';
import type { Notify } from '../../src/domain/envelope.ts';
import {
  decideNotification,
  NOTIFIED_EVENTS,
  type NotificationKind,
  type NotificationSubject,
  type Occurrence,
} from '../../src/domain/notification.ts';
import { address } from '../support/accepted-message.ts';

const OCCURRENCES = {
  'failed by attempt': { type: 'recipient.failed', previous: 'deferred', source: 'attempt' },
  'failed by a report to us': { type: 'recipient.failed', previous: 'transferred', source: 'report', rank: 1 },
  'failed by a report to the sender': { type: 'recipient.failed', previous: 'transferred', source: 'report', rank: 2 },
  'failed after it expired': { type: 'recipient.failed', previous: 'expired', source: 'report', rank: 1 },
  expired: { type: 'recipient.expired', previous: 'deferred' },
  suppressed: { type: 'recipient.suppressed', previous: 'queued' },
  overdue: { type: 'overdue' },
  'delayed by a report to us': { type: 'recipient.delayed', rank: 1 },
  'delayed by a report to the sender': { type: 'recipient.delayed', rank: 3 },
  'transferred to a hop without DSN': { type: 'recipient.transferred', dsnPassed: false },
  'transferred to a hop with DSN': { type: 'recipient.transferred', dsnPassed: true },
  transferred: { type: 'recipient.transferred' },
  'delivered by a report to us': { type: 'recipient.delivered', rank: 1 },
  'delivered by a report to the sender': { type: 'recipient.delivered', rank: 2 },
  'relayed by a report to us': { type: 'recipient.relayed', rank: 1 },
  'expanded by a report to us': { type: 'recipient.expanded', rank: 1 },
  cancelled: { type: 'recipient.cancelled' },
  held: { type: 'recipient.held' },
  deferred: { type: 'recipient.deferred' },
  complained: { type: 'recipient.complained', rank: 1 },
} as const satisfies Record<string, Occurrence>;

function decide(occurrence: Occurrence, changes: Partial<NotificationSubject> = {}): NotificationKind | null {
  return decideNotification({
    occurrence,
    before: [],
    reversePath: { kind: 'address', address: address('boss@example.com') },
    origin: undefined,
    notify: null,
    setting: 'standard',
    ...changes,
  });
}

describe('the notification owed', () => {
  const all: Notify = ['success', 'failure', 'delay'];
  // What happened; without NOTIFY; with all three; with SUCCESS alone; with FAILURE alone; with DELAY alone.
  type Owed = NotificationKind | null;
  const table: readonly [name: keyof typeof OCCURRENCES, none: Owed, all: Owed, success: Owed, failure: Owed, delay: Owed][] = [
    ['failed by attempt', 'failed', 'failed', null, 'failed', null],
    ['failed by a report to us', 'failed', 'failed', null, 'failed', null],
    ['failed by a report to the sender', null, null, null, null, null],
    ['failed after it expired', null, null, null, null, null],
    ['expired', 'failed', 'failed', null, 'failed', null],
    ['suppressed', 'failed', 'failed', null, 'failed', null],
    ['overdue', 'delayed', 'delayed', null, null, 'delayed'],
    ['delayed by a report to us', 'delayed', 'delayed', null, null, 'delayed'],
    ['delayed by a report to the sender', null, null, null, null, null],
    ['transferred to a hop without DSN', null, 'relayed', 'relayed', null, null],
    ['transferred to a hop with DSN', null, null, null, null, null],
    ['transferred', null, null, null, null, null],
    ['delivered by a report to us', null, 'delivered', 'delivered', null, null],
    ['delivered by a report to the sender', null, null, null, null, null],
    ['relayed by a report to us', null, 'relayed', 'relayed', null, null],
    ['expanded by a report to us', null, 'expanded', 'expanded', null, null],
    ['cancelled', null, null, null, null, null],
    ['held', null, null, null, null, null],
    ['deferred', null, null, null, null, null],
    ['complained', null, null, null, null, null],
  ];
  const asked: readonly (Notify | null)[] = [null, all, ['success'], ['failure'], ['delay']];

  it.each(table)('%s', (name, ...expected) => {
    expect(asked.map((notify) => decide(OCCURRENCES[name], { notify }))).toEqual(expected);
    // Only what was asked for, where the account says so.
    expect(asked.map((notify) => decide(OCCURRENCES[name], { notify, setting: 'requested' }))).toEqual([null, ...expected.slice(1)]);
  });

  it.each(Object.keys(OCCURRENCES) as (keyof typeof OCCURRENCES)[])('none is owed of what %s, where none may be sent', (name) => {
    const occurrence = OCCURRENCES[name];
    expect(decide(occurrence, { notify: 'never' })).toBeNull();
    expect(decide(occurrence, { notify: all, setting: 'none' })).toBeNull();
    expect(decide(occurrence, { notify: all, origin: 'notification' })).toBeNull();
    // R48
    expect(decide(occurrence, { notify: all, reversePath: NULL_REVERSE_PATH })).toBeNull();
    expect(decide(occurrence, { notify: all, origin: 'resend' })).toBe(decide(occurrence, { notify: all }));
  });

  it('is never owed for what happened before: that can only take it away, or give it another name', () => {
    const befores: readonly NotificationSubject['before'][] = [
      [{ type: 'recipient.delayed' }],
      [{ type: 'recipient.delivered' }],
      [{ type: 'recipient.transferred', dsnPassed: false }, { type: 'recipient.delayed' }],
    ];
    for (const occurrence of Object.values(OCCURRENCES)) {
      for (const notify of asked) {
        const owed = befores.map((before) => decide(occurrence, { notify, before }));
        if (decide(occurrence, { notify }) === null) expect(owed).toEqual([null, null, null]);
      }
    }
  });

  it('a failure corrects what the sender was told before, and nothing else', () => {
    const failed = OCCURRENCES['failed by a report to us'];
    const relayed = [{ type: 'recipient.transferred', dsnPassed: false }] as const;
    expect(decide(failed, { notify: all, before: relayed })).toBe('correction');
    expect(decide(failed, { notify: all, before: [{ type: 'recipient.delivered' }] })).toBe('correction');
    expect(decide(failed, { notify: all, before: [{ type: 'recipient.transferred', dsnPassed: true }] })).toBe('failed');
    expect(decide(failed, { notify: null, before: relayed })).toBe('failed');
    expect(decide(failed, { notify: ['failure'], before: relayed })).toBe('failed');
  });

  it('a delay is told once', () => {
    const before = [{ type: 'recipient.delayed' }] as const;
    expect(decide(OCCURRENCES['delayed by a report to us'], { before })).toBeNull();
    expect(decide(OCCURRENCES.overdue, { before })).toBeNull();
  });

  it('nothing is owed of events that are not looked at', () => {
    for (const occurrence of Object.values<Occurrence>(OCCURRENCES)) {
      if (occurrence.type === 'overdue' || NOTIFIED_EVENTS.includes(occurrence.type)) continue;
      expect(decide(occurrence, { notify: all })).toBeNull();
    }
  });
});
