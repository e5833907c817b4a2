import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NULL_REVERSE_PATH } from '../../../src/domain/address.ts';
import type { EnvelopeRecipient, Notify } from '../../../src/domain/envelope.ts';
import type { ReportId } from '../../../src/domain/ids.ts';
import type { AcceptedMessage } from '../../../src/domain/message.ts';
import type { AttemptEnded } from '../../../src/domain/recipient.ts';
import { CONSUMER } from '../../../src/relay/notifications/follower.ts';
import { acceptMessage, address, attempt, failedAttempt, transferredAttempt } from '../../support/accepted-message.ts';
import { account, openRoom, type Room } from './harness.ts';

let room: Room;
beforeEach(() => {
  room = openRoom();
});
afterEach(() => room.stop());

function to(text: string, notify: Notify | null = null): EnvelopeRecipient {
  return { address: address(text), notify, orcpt: null };
}

function message(recipients: readonly EnvelopeRecipient[], changes: object = {}): Promise<AcceptedMessage> {
  return acceptMessage(room.store, { envelope: { recipients, ...changes } });
}

/** One attempt, to a hop that knows DSN or not. */
async function transfer({ id }: AcceptedMessage, index: number, dsnPassed: boolean): Promise<void> {
  const now = Date.now();
  const claim = await room.store.claim({ message: id, indexes: [index], nextHop: 'hop', leaseUntil: now + 1000, retryAt: now, now });
  const running = claim.recipients[0]?.attempting;
  if (running == null) throw new Error('not claimed');
  const evidence: AttemptEnded = {
    kind: 'attempt-ended',
    attempt: {
      number: running.number,
      at: running.at,
      durationMs: 1,
      nextHop: 'mx.example.net:25',
      address: '192.0.2.7:25',
      tls: null,
      outcome: 'transferred',
      reply: { code: 250, status: '2.1.5', text: 'Ok' },
      phase: 'final',
      ambiguous: false,
      error: null,
      dsnPassed,
    },
    category: 'unknown',
    addressInvalid: false,
    hop: 'provider',
    retryAt: now,
  };
  await room.store.apply([{ message: id, index, evidence }], now);
}

async function report(of: AcceptedMessage, index: number, action: 'failed' | 'delivered' | 'relayed' | 'delayed', rank: 1 | 2 = 1) {
  const id = `R${room.store.events.length}` as ReportId;
  const recipient = {
    address: of.envelope.recipients[index]?.address ?? null,
    action,
    status: action === 'failed' ? ('5.2.1' as const) : null,
    replyCode: action === 'failed' ? 550 : null,
    category: 'mailbox-disabled' as const,
    addressInvalid: false,
    permanent: true,
    diagnostic: action === 'failed' ? '550 5.2.1 mailbox disabled' : null,
  };
  await room.store.recordReport({
    report: {
      id,
      receivedAt: Date.now(),
      via: 'smtp',
      to: null,
      kind: 'bounce',
      subject: null,
      originalMessageId: null,
      envelopeId: null,
      reportingMta: 'mx.far.example',
      recipients: [recipient],
      matched: { message: of.id, index, rank },
      trouble: null,
    },
    raw: Buffer.from('x'),
    items: [
      {
        message: of.id,
        index,
        evidence: {
          kind: 'report',
          report: id,
          action,
          rank,
          category: recipient.category,
          status: recipient.status,
          reply: action === 'failed' ? { code: 550, status: '5.2.1', text: 'mailbox disabled' } : null,
          addressInvalid: false,
        },
      },
    ],
    now: Date.now(),
  });
}

/** A notification that is owed after all the others has gone out. */
async function allTold(): Promise<void> {
  const other = await message([to('bad@example.net')]);
  await attempt(room.store, other.id, 0, failedAttempt);
  await room.sent(other.id, 1);
}

async function expectNothingAbout(quiet: AcceptedMessage): Promise<void> {
  await allTold();
  expect(await room.sent(quiet.id, 0)).toEqual([]);
}

describe('the sender', () => {
  it('is told of a failure, from the null reverse-path, in a report that concerns the message', async () => {
    await room.start();
    const failed = await message([to('bad@example.net')]);
    await attempt(room.store, failed.id, 0, failedAttempt);
    const [sent] = await room.sent(failed.id, 1);
    const { message: notification } = sent?.detail ?? {};
    expect(notification).toMatchObject({
      origin: 'notification',
      concerns: failed.id,
      account: 'erp',
      // RFC 3461 §6.1
      envelope: {
        reversePath: { kind: 'null' },
        recipients: [{ address: 'billing@example.com', notify: 'never', orcpt: null }],
        ret: null,
        envid: null,
      },
    });
    expect(sent?.dsn.headers.get('auto-submitted')).toBe('auto-replied');
    expect(sent?.dsn.headers.get('in-reply-to')).toBe(`<${failed.headers.messageId}>`);
    expect(sent?.dsn.recipients.map((fields) => [fields.get('final-recipient'), fields.get('action'), fields.get('status')])).toEqual([
      ['rfc822; bad@example.net', 'failed', '5.1.1'],
    ]);
    expect(sent?.dsn.recipients[0]?.get('diagnostic-code')).toBe('smtp; 550 so it is');
    expect(sent?.dsn.recipients[0]?.get('remote-mta')).toBe('dns; [127.0.0.1]');
  });

  it('is told of expired and suppressed recipients as of failed ones, of cancelled and held ones not at all', async () => {
    await room.start();
    const mixed = await acceptMessage(room.store, {
      recipients: ['a@example.net', 'b@example.net', 'c@example.net', 'd@example.net'],
      acceptedAt: Date.now() - 6 * 86_400_000,
    });
    const kinds = [
      { kind: 'expired' },
      { kind: 'suppressed', reason: 'bounce: x' },
      { kind: 'cancelled' },
      { kind: 'held', reason: 'x' },
    ] as const;
    await room.store.apply(
      kinds.map((evidence, index) => ({ message: mixed.id, index, evidence })),
      Date.now(),
    );
    const [sent] = await room.sent(mixed.id, 1);
    expect(sent?.dsn.recipients.map((fields) => [fields.get('action'), fields.get('status')])).toEqual([
      ['failed', '4.4.7'],
      ['failed', '5.7.1'],
    ]);
    expect(await room.count()).toBe(1);
  });

  it('is told that a hop without DSN took it over, where SUCCESS was asked; a later failure corrects that', async () => {
    await room.start();
    const asked = await message([to('ann@example.net', ['success', 'failure']), to('bob@example.net')]);
    await transfer(asked, 0, false);
    await transfer(asked, 1, false);
    const [relayed] = await room.sent(asked.id, 1);
    expect(relayed?.dsn.recipients.map((fields) => [fields.get('final-recipient'), fields.get('action'), fields.get('status')])).toEqual([
      ['rfc822; ann@example.net', 'relayed', '2.1.5'],
    ]);
    await report(asked, 0, 'failed');
    const [, correction] = await room.sent(asked.id, 2);
    expect(correction?.dsn.recipients.map((fields) => [fields.get('action'), fields.get('status'), fields.get('remote-mta')])).toEqual([
      ['failed', '5.2.1', 'dns; mx.far.example'],
    ]);
    expect(correction?.dsn.subject).toBe('Not delivered after all: Invoice 2024-117');
  });

  it('is told what a report to us says, and nothing of a hop that took NOTIFY over', async () => {
    await room.start();
    const asked = await message([to('ann@example.net', ['success', 'failure'])]);
    await transfer(asked, 0, true);
    await expectNothingAbout(asked);
    await report(asked, 0, 'relayed');
    await report(asked, 0, 'delivered');
    const [sent] = await room.sent(asked.id, 1);
    // Of one recipient the last word.
    expect(sent?.dsn.recipients.map((fields) => fields.get('action'))).toEqual(['delivered']);
  });

  it('is not told again what a report told to the sender alone', async () => {
    await room.start();
    const kept = await message([to('ann@example.net')]);
    await transfer(kept, 0, true);
    await report(kept, 0, 'failed', 2);
    await expectNothingAbout(kept);
  });

  it.each<[string, object, Notify | null]>([
    ['R48 the null reverse-path', { reversePath: NULL_REVERSE_PATH }, null],
    ['NOTIFY=NEVER', {}, 'never'],
    ['NOTIFY=SUCCESS alone', {}, ['success']],
  ])('hears nothing of a failure: %s', async (_, envelope, notify) => {
    await room.start();
    const quiet = await message([to('bad@example.net', notify)], envelope);
    await attempt(room.store, quiet.id, 0, failedAttempt);
    await expectNothingAbout(quiet);
  });

  it('hears nothing from an account without notifications, and only what was asked from one that says so', async () => {
    await room.start({
      accounts: [account(), account({ name: 'quiet', notifications: 'none' }), account({ name: 'asked', notifications: 'requested' })],
    });
    const quiet = await acceptMessage(room.store, { account: 'quiet', recipients: ['bad@example.net'] });
    const asked = await acceptMessage(room.store, {
      account: 'asked',
      envelope: { recipients: [to('bad@example.net'), to('worse@example.net', ['failure'])] },
    });
    await attempt(room.store, quiet.id, 0, failedAttempt);
    await attempt(room.store, asked.id, 0, failedAttempt);
    await attempt(room.store, asked.id, 1, failedAttempt);
    const [sent] = await room.sent(asked.id, 1);
    expect(sent?.dsn.recipients.map((fields) => fields.get('final-recipient'))).toEqual(['rfc822; worse@example.net']);
    expect(await room.sent(quiet.id, 0)).toEqual([]);
  });

  it('hears nothing of a notification that fails', async () => {
    await room.start();
    const failed = await message([to('bad@example.net')]);
    await attempt(room.store, failed.id, 0, failedAttempt);
    const [sent] = await room.sent(failed.id, 1);
    await attempt(room.store, sent?.detail.message.id ?? failed.id, 0, failedAttempt);
    await allTold();
    expect(await room.count()).toBe(2);
  });
});

describe('notifications', () => {
  it('of many recipients that fail are one', async () => {
    await room.start({ pacing: { longest: 3_000, window: 60, gather: 1 } });
    const many = await message(Array.from({ length: 300 }, (_, n) => to(`bad${n}@example.net`)));
    for (let index = 0; index < 300; index++) await attempt(room.store, many.id, index, failedAttempt);
    const [sent] = await room.sent(many.id, 1);
    expect(sent?.dsn.recipients.length).toBe(300);
    expect(sent?.dsn.text).toContain('… and 250 more');
    expect(await room.count()).toBe(1);
  });

  it('are not sent twice when the position in the feed was lost, and what happened since is told', async () => {
    const first = await room.start();
    const twice = await message([to('a@example.net'), to('b@example.net')]);
    const once = await message([to('c@example.net')]);
    await attempt(room.store, twice.id, 0, failedAttempt);
    await room.store.apply([{ message: twice.id, index: 1, evidence: { kind: 'held', reason: 'x' } }], Date.now());
    await room.sent(twice.id, 1);
    await first.stop(1000);
    await room.store.consumers.put(CONSUMER, { seq: 0, at: 0 });
    await room.store.apply([{ message: twice.id, index: 1, evidence: { kind: 'released' } }], Date.now());
    await attempt(room.store, twice.id, 1, failedAttempt);
    await attempt(room.store, once.id, 0, failedAttempt);
    await room.start();
    await room.sent(once.id, 1);
    const sent = await room.sent(twice.id, 2);
    expect(sent.map(({ dsn }) => dsn.recipients.map((fields) => fields.get('final-recipient')))).toEqual([
      ['rfc822; a@example.net'],
      ['rfc822; b@example.net'],
    ]);
    expect(await room.count()).toBe(3);
  });

  it('wait until they are taken, and keep their place in the feed meanwhile', async () => {
    room.refusal = { code: 452, text: '4.3.1 no room' };
    const running = await room.start();
    const before = await room.store.consumers.get(CONSUMER);
    const failed = await message([to('bad@example.net')]);
    await attempt(room.store, failed.id, 0, failedAttempt);
    await vi.waitFor(() => expect(room.log.lines.filter((line) => line.includes('not told yet')).length).toBeGreaterThan(1));
    await running.stop(1000);
    expect(await room.store.consumers.get(CONSUMER)).toEqual(before);
    room.refusal = null;
    await room.start();
    await room.sent(failed.id, 1);
    await vi.waitFor(async () => expect((await room.store.consumers.get(CONSUMER))?.seq).toBeGreaterThan(before?.seq ?? 0));
  });

  it('that are refused for good, or can not be made, hold no other back', async () => {
    await room.start();
    // Our own return paths take no mail.
    const ours = await message([to('bad@example.net')], { reversePath: { kind: 'address', address: address('x@bounce.example.com') } });
    await attempt(room.store, ours.id, 0, failedAttempt);
    await expectNothingAbout(ours);
    expect(room.log.lines).toContain('error a notification was refused, and is given up: the sender is not told');
  });

  it('begin at the end of the feed when they are new', async () => {
    const old = await message([to('bad@example.net')]);
    await attempt(room.store, old.id, 0, failedAttempt);
    await room.start();
    await expectNothingAbout(old);
  });

  it('go out before the stop when they were on their way', async () => {
    const running = await room.start({ pacing: { window: 60_000, longest: 60_000, gather: 1 } });
    const changes = vi.spyOn(room.store, 'changes');
    const failed = await message([to('bad@example.net')]);
    await attempt(room.store, failed.id, 0, failedAttempt);
    await vi.waitFor(async () => {
      const pages = await Promise.all(changes.mock.results.map(({ value }) => value as ReturnType<typeof room.store.changes>));
      expect(pages.some(({ items }) => items.length > 0)).toBe(true);
    });
    await running.stop(1000);
    await room.sent(failed.id, 1);
    expect((await room.store.consumers.get(CONSUMER))?.seq).toBeGreaterThan(0);
  });

  it('are left out of the statistics', async () => {
    await room.start();
    const failed = await message([to('bad@example.net')]);
    await attempt(room.store, failed.id, 0, failedAttempt);
    await room.sent(failed.id, 1);
    const rows = await room.store.statistics({ from: 0, to: Date.now() + 1000, by: 'day', group: 'account' });
    expect(rows.map(({ states }) => states)).toEqual([{ failed: 1 }]);
  });
});

it('a transfer that nobody asked to hear of costs no look at its record', async () => {
  await room.start();
  const record = vi.spyOn(room.store, 'record');
  const plain = await message([to('ann@example.net')]);
  await attempt(room.store, plain.id, 0, transferredAttempt);
  await expectNothingAbout(plain);
  expect(record).not.toHaveBeenCalledWith(plain.id);
});
