import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Confidence, isPending, RECIPIENT_STATES, type RecipientRecord, transition } from '../../../src/domain/recipient.ts';
import { CATEGORIES } from '../../../src/domain/reply.ts';
import {
  decodeMessage,
  decodeRecipient,
  decodeScheduled,
  decodeStatus,
  encodeDone,
  encodeMessage,
  encodePending,
  encodeStatus,
  initialStatus,
  isContentErased,
  newStored,
  peekPending,
  runningAttempt,
  scheduledOf,
  statusOf,
} from '../../../src/store/level/records.ts';
import { addressOf, Clock, Maker } from '../../contract/messages.ts';

const make = new Maker(new Clock());
const prepared = make.prepare({ recipients: ['a@x.example', 'b@x.example', 'c@x.example'], subject: 'Stra\u00dfe \u{1f4e7}' });
const sha256 = '0123456789abcdef'.repeat(4);
const record = {
  message: { ...prepared, size: 5_000_000_000, sha256 },
  seq: 2 ** 40 + 3,
  dueAt: 1_772_409_600_123,
  expireAt: 1_772_809_600_000,
  location: { segment: 70_000, offset: 2 ** 33, length: 2 ** 34 },
};

const confidences: readonly Confidence[] = [
  'recorded',
  'accepted-by-provider',
  'accepted-by-recipient-server',
  'confirmed',
  'quiet-period-passed',
  'contradicted',
];
const time = fc.integer({ min: 0, max: 2 ** 42 });

const anyRecipient: fc.Arbitrary<RecipientRecord> = fc.record({
  index: fc.nat({ max: 999 }),
  address: fc.constant(addressOf('a@x.example')),
  state: fc.constantFrom(...RECIPIENT_STATES),
  stateSince: time,
  confidence: fc.constantFrom(...confidences),
  attempts: fc.nat({ max: 500 }),
  attempting: fc.option(fc.record({ number: fc.nat(), at: time, nextHop: fc.string(), leaseUntil: time })),
  nextAttemptAt: fc.option(time),
  expireAt: time,
  failure: fc.option(
    fc.record({
      source: fc.constantFrom('attempt' as const, 'report' as const),
      category: fc.constantFrom(...CATEGORIES),
      status: fc.option(fc.constant('5.1.1' as const)),
      reply: fc.option(fc.record({ code: fc.constant(550), status: fc.constant(null), text: fc.string() })),
      addressInvalid: fc.boolean(),
    }),
  ),
  reports: fc.array(fc.constant('01KJNXGE000W4NSR8TB7C5VYTS' as never)),
});

describe('records', () => {
  it('of a message come back as they were, with the octets of the spool header inside', () => {
    const json = Buffer.from(JSON.stringify(prepared));
    const value = encodeMessage(json, { ...record, size: record.message.size, sha256 });
    expect(decodeMessage('m', value)).toEqual(record);
    expect(value.includes(json)).toBe(true);
  });

  it('of any recipient come back as they were', () => {
    fc.assert(
      fc.property(anyRecipient, (recipient) => {
        const read = (value: Buffer): RecipientRecord => decodeRecipient('k', value, recipient.index, recipient.address);
        expect(read(encodeDone(recipient))).toEqual(recipient);
        expect(read(encodePending(recipient, prepared))).toEqual(recipient);
      }),
    );
  });

  it('of a pending recipient tell the schedule all it needs, the message unread', () => {
    fc.assert(
      fc.property(
        anyRecipient.filter(({ state }) => isPending(state)),
        (recipient) => {
          const value = encodePending(recipient, prepared);
          expect(decodeScheduled('q', value, prepared.id, recipient.index)).toEqual(scheduledOf(prepared, recipient));
          expect(peekPending(value)).toEqual({ state: recipient.state, attempting: recipient.attempting !== null });
        },
      ),
    );
  });

  it('of a pending recipient keep that a person released it, and that the message is sent again', () => {
    const recipient = { ...newStored(record).recipients[0], released: true as const } as RecipientRecord;
    const resent = { ...prepared, origin: 'resend' as const };
    const value = encodePending(recipient, resent);
    expect(decodeRecipient('q', value, 0, recipient.address)).toEqual(recipient);
    expect(decodeScheduled('q', value, prepared.id, 0)).toMatchObject({ released: true, resent: true });
    expect(scheduledOf(resent, recipient)).toMatchObject({ released: true, resent: true });
  });

  it('of one that is out of the queue keep that a server further on is still trying', () => {
    const recipient = { ...newStored(record).recipients[0], state: 'transferred', delayedAt: 1_772_409_600_123 } as RecipientRecord;
    expect(decodeRecipient('r', encodeDone(recipient), 0, recipient.address)).toEqual(recipient);
  });

  it('of the status come back with states, categories and event numbers', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecipient, { minLength: 1, maxLength: 20 }),
        fc.array(fc.nat({ max: 2 ** 30 }), { maxLength: 10 }),
        fc.boolean(),
        (recipients, distances, contentErased) => {
          let seq = record.seq;
          const seqs = distances.map((distance) => {
            seq += distance + 1;
            return seq;
          });
          const value = encodeStatus(statusOf({ ...newStored(record), recipients, seqs, contentErased }));
          expect(decodeStatus('s', value, record.seq)).toEqual({
            contentErased,
            seqs,
            recipients: recipients.map(({ state, failure }) => ({ state, category: failure?.category ?? null })),
          });
          expect(isContentErased(value)).toBe(contentErased);
        },
      ),
    );
  });

  it('need no status and no recipient records for what has just been accepted', () => {
    const { recipients } = newStored(record);
    expect(initialStatus(prepared).recipients).toEqual(recipients.map(({ state }) => ({ state, category: null })));
    expect(recipients.map(({ address, nextAttemptAt }) => [address, nextAttemptAt])).toEqual(
      prepared.envelope.recipients.map(({ address }) => [address, record.dueAt]),
    );
  });

  it('show an attempt that runs as the transition wrote it', () => {
    const [recipient] = newStored(record).recipients;
    if (recipient === undefined) throw new Error('no recipient');
    const started = transition(recipient, { kind: 'attempt-started', nextHop: 'hop', leaseUntil: 9, retryAt: 8 }, 7);
    expect(runningAttempt(started.recipient)).toEqual(started.attempt);
    expect(runningAttempt(recipient)).toBeNull();
  });
});
