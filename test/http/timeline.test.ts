/** A recipient's story: what is told, in which order, and what is not told twice. */
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../src/domain/ids.ts';
import type { MessageDetail } from '../../src/domain/ports.ts';
import { hopKind, stepsOf } from '../../src/http/dashboard/timeline.ts';
import { accept, createRoom, endAttempt, type Room, START } from './harness.ts';

async function detailOf(room: Room, id: MessageId): Promise<MessageDetail> {
  const detail = await room.store.message(id);
  if (detail === undefined) throw new Error('no such message');
  return detail;
}

async function story(room: Room, id: MessageId, index = 0) {
  const detail = await detailOf(room, id);
  const recipient = detail.recipients[index];
  if (recipient === undefined) throw new Error('no such recipient');
  return stepsOf(detail, recipient, []);
}

const kinds = (steps: Awaited<ReturnType<typeof story>>): string[] =>
  steps.map((step) =>
    step.kind === 'attempt' ? `${step.attempt.outcome} ${step.why}` : step.kind === 'told' ? step.event.type : step.kind,
  );

describe('stepsOf', () => {
  it('tells an attempt with why, and when the next one was to be', async () => {
    const room = createRoom();
    const id = await accept(room);
    await endAttempt(room, id, 0, { outcome: 'deferred', category: 'mailbox-full' });
    const steps = await story(room, id);
    expect(kinds(steps)).toEqual(['accepted', 'deferred mailbox-full']);
    expect(steps[1]).toMatchObject({ nextAttemptAt: START + 601_000 });
  });

  it('tells what a person did between attempts, of that recipient alone', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['ann@partner.example', 'bob@partner.example'] });
    await room.store.apply([{ message: id, index: 0, evidence: { kind: 'held', reason: 'by ann' } }], START + 500);
    await room.store.apply([{ message: id, index: 0, evidence: { kind: 'released' } }], START + 600);
    await endAttempt(room, id, 0, { outcome: 'failed', category: 'mailbox-unknown' });
    expect(kinds(await story(room, id))).toEqual(['accepted', 'recipient.held', 'recipient.released', 'failed mailbox-unknown']);
    expect(kinds(await story(room, id, 1))).toEqual(['accepted']);
  });

  it('shows of many attempts with one result the first and the last', async () => {
    const room = createRoom();
    const id = await accept(room);
    for (let n = 0; n < 6; n++) await endAttempt(room, id, 0, { outcome: 'deferred', category: 'mailbox-full' });
    await endAttempt(room, id, 0, { outcome: 'transferred' });
    const steps = await story(room, id);
    expect(kinds(steps)).toEqual(['accepted', 'deferred mailbox-full', 'more', 'deferred mailbox-full', 'transferred unknown']);
    expect(steps[2]).toMatchObject({ count: 4 });
  });

  it('tells as what it was sent again, and to whom in its place', async () => {
    const room = createRoom();
    const id = await accept(room, { to: ['old@partner.example', 'bob@partner.example'] });
    await endAttempt(room, id, 0, { outcome: 'failed', category: 'mailbox-unknown' });
    const detail = await detailOf(room, id);
    const again = await accept(room, { to: ['new@partner.example'], at: START + 60_000 });
    const record = await room.store.record(again);
    if (record === undefined) throw new Error('no record');
    const [first] = record.message.envelope.recipients;
    if (first === undefined) throw new Error('no recipient');
    const envelope = { ...record.message.envelope, recipients: [{ ...first, insteadOf: 'old@partner.example' as never }] };
    const later = [{ message: { ...record.message, envelope }, recipients: record.recipients }];
    const [old, bob] = detail.recipients;
    if (old === undefined || bob === undefined) throw new Error('no recipients');
    expect(stepsOf(detail, old, later).at(-1)).toMatchObject({ kind: 'resent', to: { address: 'new@partner.example' } });
    expect(stepsOf(detail, bob, later).map(({ kind }) => kind)).toEqual(['accepted']);
  });
});

it.each([
  ['smtp.provider.example:587', 'provider'],
  ['partner.example', 'recipient-server'],
  ['sandbox', 'other'],
  ['no-route', 'other'],
])('at %s answers the %s', (nextHop, kind) => {
  expect(hopKind({ nextHop })).toBe(kind);
});
