/** What rules make of events and of time, without store, channels or clock. */
import { describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../src/domain/events.ts';
import { createIdFactory } from '../../src/domain/ids.ts';
import type { RecipientState } from '../../src/domain/recipient.ts';
import type { SignalId } from '../../src/domain/signal.ts';
import type { MessageRecord } from '../../src/domain/signal-match.ts';
import { BY_CAUSE, type SignalRule, signalRule } from '../../src/domain/signal-rule.ts';
import { SignalBook } from '../../src/signals/book.ts';
import { Decider } from '../../src/signals/decider.ts';
import { eventOf, failedEvent, recordOf } from './occurrences.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Tuesday, noon in Brussels. */
const START = Date.parse('2026-11-24T11:00:00Z');

interface Told {
  readonly at: number;
  readonly what: string;
  readonly count: number;
}

/** A decider with one rule, a clock and what it told: at which minute, why, of how many. */
function scene(given: Partial<SignalRule>, more: readonly SignalRule[] = []) {
  const rule = signalRule({ name: 'rule', on: ['recipient.failed', 'recipient.expired'], group: BY_CAUSE, ...given });
  const book = new SignalBook();
  let now = START;
  let seq = 0;
  const newId = createIdFactory({ now: () => now, randomBytes: (length) => new Uint8Array(length) }) as () => SignalId;
  const decider = new Decider({ rules: [rule, ...more], owners: [], languageOf: () => 'en', book, newId });
  decider.begin(0);
  const told: Told[] = [];
  const take = (): void => {
    for (const telling of decider.takeTellings()) {
      const at = (now - START) / MINUTE;
      if (telling.kind === 'event') told.push({ at, what: 'event', count: 1 });
      else if (telling.kind === 'digest') told.push({ at, what: 'digest', count: telling.records.length });
      else told.push({ at, what: telling.reason, count: telling.record.count });
    }
  };
  const tick = (): void => {
    for (const { rule: expecting, window } of decider.expectations(now)) decider.expected(expecting, window, 0, now);
    decider.tick(now);
    take();
  };
  return {
    book,
    decider,
    told,
    tellings: () => told.map(({ what, count }) => [what, count]),
    get now() {
      return now;
    },
    records: () => [...book.all()],
    hear(event: FeedEvent | Omit<FeedEvent, 'seq' | 'at'>, record: MessageRecord | null, lineage: readonly MessageRecord[] = []): void {
      seq++;
      decider.hear({ event: { ...event, seq, at: now }, record, lineage });
      tick();
    },
    fail(recipient = 'ann@partner.example', event: Partial<FeedEvent> = {}): MessageRecord {
      const record = recordOf({ recipients: [{ address: recipient, state: 'failed' }], acceptedAt: now });
      this.hear(failedEvent(record, { seq: 0, ...event }), record);
      return record;
    },
    pass(state: RecipientState, more: Parameters<typeof recordOf>[0] = {}): MessageRecord {
      const record = recordOf({ recipients: [{ address: 'ann@partner.example', state }], acceptedAt: now, ...more });
      this.hear(eventOf(record, { type: `recipient.${state}` as FeedEvent['type'], seq: 0 }), record);
      return record;
    },
    /** Lets time pass, and the decider look whenever it wants to. */
    advance(ms: number): void {
      const end = now + ms;
      for (let i = 0; i < 10_000; i++) {
        const next = decider.nextAt;
        if (next === null || next > end) break;
        now = Math.max(now, next);
        tick();
      }
      now = end;
      tick();
    },
    tick,
  };
}

describe('grouping', () => {
  it('makes one signal of one cause, however many events have it', () => {
    const on = scene({});
    for (let i = 0; i < 312; i++) on.fail(`r${i}@partner.example`, { category: 'blocked' });
    on.fail('ann@other.example', { category: 'blocked' });
    on.fail('ann@partner.example', { category: 'mailbox-unknown' });
    expect(on.tellings()).toEqual([
      ['raised', 1],
      ['raised', 1],
      ['raised', 1],
    ]);
    expect(on.records().map(({ cause, count, unresolved }) => [cause, count, unresolved])).toEqual([
      [{ domain: 'partner.example', category: 'blocked' }, 312, 312],
      [{ domain: 'other.example', category: 'blocked' }, 1, 1],
      [{ domain: 'partner.example', category: 'mailbox-unknown' }, 1, 1],
    ]);
    expect(on.records()[0]?.examples).toHaveLength(5);
  });

  it('gathers for a while where it is told to wait', () => {
    const on = scene({ group: { ...BY_CAUSE, wait: MINUTE } });
    for (let i = 0; i < 5; i++) on.fail(`r${i}@partner.example`);
    expect(on.told).toEqual([]);
    on.advance(MINUTE);
    expect(on.told).toEqual([{ at: 1, what: 'raised', count: 5 }]);
  });

  it('tells of what joined once it has grown tenfold, else after `within`', () => {
    const on = scene({});
    on.fail('a@partner.example');
    for (let i = 0; i < 20; i++) on.fail(`r${i}@partner.example`);
    on.advance(HOUR);
    expect(on.told).toEqual([
      { at: 0, what: 'raised', count: 1 },
      { at: 5, what: 'grown', count: 21 },
    ]);
    on.fail('b@partner.example');
    on.advance(DAY);
    expect(on.told.at(-1)).toEqual({ at: 5 + 24 * 60, what: 'grown', count: 22 });
    on.advance(3 * DAY);
    expect(on.told).toHaveLength(3);
  });

  it('counts a recipient once, however often it is deferred', () => {
    const on = scene({ on: ['recipient.deferred'] });
    const record = recordOf({ recipients: [{ address: 'ann@partner.example', state: 'deferred' }] });
    for (let i = 0; i < 5; i++) on.hear(eventOf(record, { type: 'recipient.deferred', seq: 0, category: 'rate' }), record);
    expect(on.records()).toMatchObject([{ count: 1, unresolved: 1 }]);
  });

  it('tells each event where there is no group, and keeps nothing open', () => {
    const on = scene({ group: null, notify: [{ kind: 'command', program: '/bin/true', arguments: [], environment: {}, timeout: 1 }] });
    on.fail();
    on.fail();
    expect(on.tellings()).toEqual([
      ['event', 1],
      ['event', 1],
    ]);
    expect(on.records()).toEqual([]);
  });

  it('puts what is past a thousand causes into one signal', () => {
    const on = scene({});
    for (let i = 0; i < 1003; i++) on.fail(`ann@d${i}.example`);
    expect(on.records()).toHaveLength(1001);
    expect(on.records().at(-1)).toMatchObject({ cause: { event: 'others' }, count: 3 });
  });

  it('never makes a signal of mail that tells of signals, or of any other notification', () => {
    const on = scene({});
    on.fail('ann@partner.example', { origin: 'notification' });
    expect(on.records()).toEqual([]);
    expect(on.decider.needsRecord(failedEvent(recordOf({ origin: 'notification' }), { seq: 1 }))).toBe(false);
  });
});

describe('telling', () => {
  it('repeats until somebody acknowledges it', () => {
    const on = scene({ repeat: 4 * HOUR });
    on.fail();
    on.advance(9 * HOUR);
    expect(on.told.map(({ at, what }) => [at / 60, what])).toEqual([
      [0, 'raised'],
      [4, 'repeated'],
      [8, 'repeated'],
    ]);
    const [record] = on.records();
    if (record === undefined) throw new Error('no signal');
    on.decider.acknowledge(record, { at: on.now, by: 'eva', note: null });
    on.advance(DAY);
    expect(on.told).toHaveLength(3);
  });

  it('opens again what was acknowledged when more of it comes after `within`', () => {
    const on = scene({});
    on.fail();
    const [record] = on.records();
    if (record === undefined) throw new Error('no signal');
    on.decider.acknowledge(record, { at: on.now, by: 'eva', note: null });
    on.advance(HOUR);
    on.fail('b@partner.example');
    on.advance(HOUR);
    expect(on.tellings()).toEqual([['raised', 1]]);
    on.advance(DAY);
    on.fail('c@partner.example');
    expect(on.tellings()).toEqual([
      ['raised', 1],
      ['grown', 3],
    ]);
    expect(on.records()).toMatchObject([{ state: 'open', acknowledged: null }]);
  });

  it('escalates once what nobody acknowledged, and goes on repeating', () => {
    const on = scene({ repeat: 2 * HOUR, escalate: { after: 3 * HOUR, notify: [] } });
    on.fail();
    on.advance(6 * HOUR);
    expect(on.told.map(({ at, what }) => [at / 60, what])).toEqual([
      [0, 'raised'],
      [2, 'repeated'],
      [3, 'escalated'],
      [5, 'repeated'],
    ]);
  });

  it('keeps quiet in quiet hours, and tells afterwards what is still open, as one', () => {
    const on = scene({ quiet: { hours: { from: 11 * 60, to: 14 * 60 }, days: [], timeZone: 'Europe/Brussels' } });
    on.fail('a@partner.example');
    on.fail('b@partner.example');
    on.fail('ann@other.example');
    on.advance(HOUR);
    expect(on.told).toEqual([]);
    const passed = recordOf({ recipients: [{ address: 'ann@other.example', state: 'transferred' }] });
    const [, other] = on.records();
    on.hear(eventOf(passed, { type: 'recipient.transferred', seq: 0, message: other?.examples[0]?.message ?? passed.message.id }), null);
    on.advance(HOUR);
    expect(on.told).toEqual([{ at: 120, what: 'raised', count: 2 }]);
  });

  it('sends one digest a day of all that is new, and none where nothing is', () => {
    const on = scene({ digest: { every: 'day', at: 8 * 60, day: 1, timeZone: 'UTC' } });
    on.advance(MINUTE);
    on.fail('ann@partner.example');
    on.fail('ann@other.example');
    on.advance(DAY);
    on.advance(DAY);
    on.fail('bob@other.example');
    on.advance(DAY);
    expect(on.told.map(({ at, what, count }) => [at / 60, what, count])).toEqual([
      [21, 'digest', 2],
      [69, 'digest', 1],
    ]);
  });

  it('closes what was quiet for two weeks, and says nothing of it', () => {
    const on = scene({});
    on.fail();
    on.advance(15 * DAY);
    expect(on.records()).toMatchObject([{ state: 'closed', closed: { why: 'quiet' } }]);
    expect(on.told).toHaveLength(1);
    on.fail();
    expect(on.told.at(-1)).toMatchObject({ what: 'raised', count: 1 });
  });
});

describe('closing by itself', () => {
  const resent = (from: MessageRecord, address: string, state: RecipientState) =>
    recordOf({ recipients: [{ address, state }], supersedes: from.message.id, origin: 'resend' });

  it('happens when all of it was sent again and went through, and is told', () => {
    const on = scene({});
    const first = on.fail('a@partner.example');
    const second = on.fail('b@partner.example');
    const again = resent(first, 'a@partner.example', 'transferred');
    on.hear(eventOf(again, { type: 'recipient.transferred', seq: 0 }), again, [first]);
    expect(on.records()).toMatchObject([{ state: 'open', unresolved: 1, resolved: 1 }]);
    const corrected = resent(second, 'bob@partner.example', 'transferred');
    on.hear(eventOf(corrected, { type: 'recipient.transferred', seq: 0 }), corrected, [second]);
    expect(on.records()).toMatchObject([{ state: 'closed', closed: { why: 'resolved' }, unresolved: 0, resolved: 2 }]);
    expect(on.tellings()).toEqual([
      ['raised', 1],
      ['closed', 2],
    ]);
    expect(on.book.memberCount).toBe(0);
  });

  it('waits where a resend failed as well, and closes when the next one goes through', () => {
    const on = scene({});
    const first = on.fail('a@partner.example');
    const again = resent(first, 'a@partner.example', 'failed');
    on.hear(failedEvent(again, { seq: 0 }), again);
    expect(on.records()).toMatchObject([{ state: 'open', unresolved: 2 }]);
    const third = resent(again, 'a@partner.example', 'transferred');
    on.hear(eventOf(third, { type: 'recipient.transferred', seq: 0 }), third, [again, first]);
    expect(on.records()).toMatchObject([{ state: 'closed', resolved: 2 }]);
  });

  it('does not take a resend to one corrected address for two', () => {
    const on = scene({});
    const first = recordOf({
      recipients: [
        { address: 'a@partner.example', state: 'failed' },
        { address: 'b@partner.example', state: 'failed' },
      ],
    });
    for (const index of [0, 1]) on.hear(failedEvent(first, { seq: 0, index }), first);
    const corrected = resent(first, 'c@partner.example', 'transferred');
    on.hear(eventOf(corrected, { type: 'recipient.transferred', seq: 0 }), corrected, [first]);
    expect(on.records()).toMatchObject([{ state: 'open', unresolved: 2 }]);
  });

  it('happens when what was deferred goes through, or is taken out, or erased', () => {
    for (const type of ['recipient.transferred', 'recipient.cancelled', 'message.deleted'] as const) {
      const on = scene({ on: ['recipient.deferred'] });
      const record = recordOf({ recipients: [{ address: 'ann@partner.example', state: 'deferred' }] });
      on.hear(eventOf(record, { type: 'recipient.deferred', seq: 0, category: 'rate' }), record);
      on.hear(eventOf(record, { type, seq: 0 }), null);
      expect(on.records(), type).toMatchObject([{ state: 'closed', closed: { why: 'resolved' } }]);
    }
  });

  it('happens when the next hop takes mail again', () => {
    const on = scene({ on: ['queue.blocked'] });
    on.hear({ type: 'queue.blocked', nextHop: 'mx.example' }, null);
    on.hear({ type: 'queue.blocked', nextHop: 'mx.other.example' }, null);
    on.hear({ type: 'queue.recovered', nextHop: 'mx.example' }, null);
    expect(on.records().map(({ cause, state }) => [cause.nextHop, state])).toEqual([
      ['mx.example', 'closed'],
      ['mx.other.example', 'open'],
    ]);
    expect(on.tellings()).toEqual([
      ['raised', 1],
      ['raised', 1],
      ['closed', 1],
    ]);
  });

  it('is told after quiet hours, and not at all where nobody was told that it is open', () => {
    const on = scene({ quiet: { hours: { from: 13 * 60, to: 14 * 60 }, days: [], timeZone: 'Europe/Brussels' }, on: ['queue.blocked'] });
    on.hear({ type: 'queue.blocked', nextHop: 'mx.example' }, null);
    on.advance(65 * MINUTE);
    on.hear({ type: 'queue.blocked', nextHop: 'mx.other.example' }, null);
    on.hear({ type: 'queue.recovered', nextHop: 'mx.other.example' }, null);
    on.hear({ type: 'queue.recovered', nextHop: 'mx.example' }, null);
    on.advance(DAY);
    expect(on.told).toEqual([
      { at: 0, what: 'raised', count: 1 },
      { at: 120, what: 'closed', count: 1 },
    ]);
  });
});

describe('thresholds', () => {
  it('of a count tell from so many on, and are over when it is calm', () => {
    const on = scene({ threshold: { kind: 'count', count: 3, within: HOUR }, group: { ...BY_CAUSE, by: [] } });
    on.fail('a@partner.example');
    on.advance(50 * MINUTE);
    on.fail('b@partner.example');
    on.advance(50 * MINUTE);
    on.fail('c@partner.example');
    expect(on.told).toEqual([]);
    on.fail('d@partner.example');
    expect(on.tellings()).toEqual([['raised', 3]]);
    on.advance(HOUR);
    expect(on.records()).toMatchObject([{ state: 'closed', closed: { why: 'recovered' } }]);
    expect(on.told.at(-1)).toMatchObject({ what: 'closed' });
  });

  it('of a share tell when more than so much fails, of enough', () => {
    const on = scene({ threshold: { kind: 'share', share: 0.05, within: HOUR, least: 20 }, group: { ...BY_CAUSE, by: ['account'] } });
    for (let i = 0; i < 10; i++) on.fail(`a${i}@partner.example`);
    expect(on.told).toEqual([]);
    on.advance(2 * HOUR);
    for (let i = 0; i < 95; i++) on.pass('transferred');
    for (let i = 0; i < 5; i++) on.fail(`b${i}@partner.example`);
    expect(on.told).toEqual([]);
    on.fail('c@partner.example');
    expect(on.tellings()).toEqual([['raised', 6]]);
    expect(on.records()).toMatchObject([{ cause: { account: 'erp', share: '5.9' } }]);
  });

  it('of a share within a run count that run alone', () => {
    const on = scene({ threshold: { kind: 'share', share: 0.1, within: 'run', least: 20 }, group: { ...BY_CAUSE, by: ['run'] } });
    const send = (name: string, state: RecipientState): void => {
      const record = recordOf({
        acceptedAt: on.now,
        recipients: [{ address: 'ann@partner.example', state }],
        references: { run: { name, expected: null } },
      });
      on.hear(eventOf(record, { type: 'message.accepted', seq: 0 }), record);
      on.hear(eventOf(record, { type: `recipient.${state}` as FeedEvent['type'], seq: 0 }), record);
    };
    for (let i = 0; i < 40; i++) send('may', i % 20 === 0 ? 'failed' : 'transferred');
    expect(on.told).toEqual([]);
    for (let i = 0; i < 21; i++) send('june', i < 18 ? 'transferred' : 'failed');
    expect(on.records()).toMatchObject([{ cause: { run: 'erp: june' } }]);
    expect(on.tellings()).toEqual([['raised', 3]]);
  });

  it('know a burst of one template for a run', () => {
    const on = scene({ threshold: { kind: 'share', share: 0.1, within: 'run', least: 20 }, group: { ...BY_CAUSE, by: ['run'] } });
    const records = Array.from({ length: 30 }, (_, i) => {
      const record = recordOf({
        acceptedAt: on.now,
        recipients: [{ address: `r${i}@partner.example`, state: i < 25 ? 'transferred' : 'failed' }],
        references: { template: 'payslip' },
      });
      on.hear(eventOf(record, { type: 'message.accepted', seq: 0 }), record);
      on.advance(SECOND);
      return record;
    });
    on.advance(HOUR);
    for (const record of records) {
      const state = record.recipients[0]?.state ?? 'failed';
      on.hear(eventOf(record, { type: `recipient.${state}` as FeedEvent['type'], seq: 0 }), record);
    }
    expect(on.records()).toMatchObject([{ cause: { run: expect.stringContaining('erp: payslip') } }]);
  });
});

describe('what does not happen', () => {
  const expectMail = {
    on: [],
    expect: {
      kind: 'mail',
      least: 2,
      since: 0,
      by: 7 * 60,
      days: [1, 2, 3, 4, 5],
      holidays: [],
      timeZone: 'Europe/Brussels',
    },
  } as const satisfies Partial<SignalRule>;

  it('is told at its time, once a day, and is over when the mail comes', () => {
    const on = scene(expectMail);
    on.tick();
    expect(on.told).toEqual([]);
    on.advance(20 * HOUR);
    expect(on.told.map(({ at, what }) => [at / 60, what])).toEqual([[19, 'raised']]);
    expect(on.records()).toMatchObject([{ cause: { day: '2026-11-25', expected: '2' }, count: 0 }]);
    const record = recordOf();
    on.hear(eventOf(record, { type: 'message.accepted', seq: 0 }), record);
    expect(on.records()).toMatchObject([{ state: 'open' }]);
    on.hear(eventOf(record, { type: 'message.accepted', seq: 0 }), record);
    expect(on.records()).toMatchObject([{ state: 'closed', closed: { why: 'recovered' } }]);
    on.advance(DAY);
    expect(on.records().map(({ cause }) => cause.day)).toEqual(['2026-11-25', '2026-11-26']);
  });

  it('is a run with fewer messages than it said, until the rest comes', () => {
    const on = scene({ on: [], expect: { kind: 'run', within: 30 * MINUTE } });
    const arrive = (): void => {
      const record = recordOf({ acceptedAt: on.now, references: { run: { name: 'may', expected: 3 } } });
      on.hear(eventOf(record, { type: 'message.accepted', seq: 0 }), record);
    };
    arrive();
    on.advance(20 * MINUTE);
    arrive();
    on.advance(20 * MINUTE);
    expect(on.told).toEqual([]);
    on.advance(20 * MINUTE);
    expect(on.told).toEqual([{ at: 50, what: 'raised', count: 2 }]);
    expect(on.records()).toMatchObject([{ cause: { run: 'erp: may', expected: '3' } }]);
    on.advance(DAY);
    expect(on.told).toHaveLength(1);
    arrive();
    expect(on.records()).toMatchObject([{ state: 'closed' }]);
  });
});

describe('rules', () => {
  it('that are added hear of what comes from then on', () => {
    const first = signalRule({ name: 'first', on: ['recipient.failed'], group: BY_CAUSE });
    const second = signalRule({ name: 'second', on: ['recipient.failed'], group: BY_CAUSE });
    const book = new SignalBook();
    const newId = createIdFactory({ now: () => START, randomBytes: (length) => new Uint8Array(length) }) as () => SignalId;
    const options = { owners: [], languageOf: () => 'en' as const, book, newId };
    new Decider({ ...options, rules: [first] }).begin(0);
    const both = new Decider({ ...options, rules: [first, second] });
    both.begin(5);
    const record = recordOf();
    both.hear({ event: failedEvent(record, { seq: 5 }), record, lineage: [] });
    expect([...book.all()].map(({ rule }) => rule)).toEqual(['first']);
    both.hear({ event: failedEvent(record, { seq: 6 }), record, lineage: [] });
    expect([...book.all()].map(({ rule }) => rule)).toEqual(['first', 'second']);
  });

  it('that are gone close what they found', () => {
    const on = scene({});
    on.fail();
    const without = new Decider({ rules: [], owners: [], languageOf: () => 'en', book: on.book, newId: () => 'x' as SignalId });
    without.tick(on.now);
    expect(on.records()).toMatchObject([{ state: 'closed' }]);
    without.tick(on.now + 91 * DAY);
    expect(on.records()).toEqual([]);
  });
});
