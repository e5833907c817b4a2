import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OVERDUE_CONSUMER } from '../../../src/relay/notifications/overdue.ts';
import { acceptMessage, address, attempt, transferredAttempt } from '../../support/accepted-message.ts';
import { openRoom, type Room } from './harness.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 24, 8);

let now: number;
let room: Room;
beforeEach(() => {
  now = START;
  room = openRoom(() => now);
});
afterEach(() => room.stop());

/** Looked for everything that is overdue at `time`. */
async function lookedAt(time: number): Promise<void> {
  now = time;
  await vi.waitFor(async () => expect((await room.store.consumers.get(OVERDUE_CONSUMER))?.at).toBe(time - HOUR));
}

function waiting(acceptedAt: number, changes: object = {}) {
  return acceptMessage(room.store, { acceptedAt, ...changes });
}

it('tells once of those that still wait, with the time until which they are tried', async () => {
  await room.start({ delayNoticeAfter: HOUR });
  const late = await waiting(START, { recipients: ['ann@example.net', 'gone@example.net', 'held@example.net'] });
  await attempt(room.store, late.id, 1, transferredAttempt);
  await room.store.apply([{ message: late.id, index: 2, evidence: { kind: 'held', reason: 'x' } }], now);
  now = START + HOUR - 1;
  const [sent] = await room.sent(late.id, 0);
  expect(sent).toBeUndefined();
  await lookedAt(START + HOUR + 60_000);
  const [told] = await room.sent(late.id, 1);
  expect(told?.dsn.recipients.map((fields) => Object.fromEntries(fields))).toEqual([
    {
      'final-recipient': 'rfc822; ann@example.net',
      action: 'delayed',
      status: '4.0.0',
      'final-log-id': late.id,
      'will-retry-until': 'Sun, 29 Nov 2026 08:00:00 +0000',
    },
  ]);
  expect(told?.dsn.subject).toBe('Delayed: Invoice 2024-117');
  expect(told?.dsn.text.replace(/\s+/g, ' ')).toContain('it will be tried until 29 November 2026');
});

it('tells after a stop of what became overdue meanwhile, and of nothing again', async () => {
  const first = await room.start({ delayNoticeAfter: HOUR });
  const before = await room.store.consumers.get(OVERDUE_CONSUMER);
  const early = await waiting(START);
  const later = await waiting(START + 30 * 60_000);
  await lookedAt(START + HOUR + 60_000);
  await room.sent(early.id, 1);
  await first.stop(1000);
  // As after a crash: that the first was told is known by its key alone.
  if (before !== undefined) await room.store.consumers.put(OVERDUE_CONSUMER, before);
  now = START + 3 * HOUR;
  await room.start({ delayNoticeAfter: HOUR });
  await room.sent(later.id, 1);
  expect(await room.count()).toBe(2);
});

it('counts the time of a message that is to be sent later from then', async () => {
  const first = await room.start({ delayNoticeAfter: HOUR });
  const scheduled = await waiting(START, { releaseAt: START + 10 * HOUR });
  const plain = await waiting(START);
  await lookedAt(START + 2 * HOUR);
  await room.sent(plain.id, 1);
  await first.stop(1000);
  await room.start({ delayNoticeAfter: HOUR });
  now = START + 11 * HOUR + 1;
  await room.sent(scheduled.id, 1);
  expect(await room.count()).toBe(2);
});

it('tells one sender of so many an hour, and others none the less', async () => {
  await room.start({ delayNoticeAfter: HOUR });
  for (let n = 0; n < 5; n++) await waiting(START + n);
  const other = await waiting(START, { envelope: { reversePath: { kind: 'address', address: address('other@example.com') } } });
  await lookedAt(START + 2 * HOUR);
  await room.sent(other.id, 1);
  expect(await room.count()).toBe(4);
  expect(room.log.lines).toContain('warn so many delays that the sender is told of no more for an hour');
});
