import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MessageId } from '../../../src/domain/ids.ts';
import type { ScheduledRecipient } from '../../../src/domain/ports.ts';
import { NORMAL } from '../../../src/domain/priority.ts';
import { Heap, type HeapItem } from '../../../src/relay/delivery/heap.ts';
import { Hop } from '../../../src/relay/delivery/hop.ts';
import { Queue } from '../../../src/relay/delivery/queue.ts';
import { RateLimit } from '../../../src/relay/delivery/rate.ts';
import { address, smarthost } from './harness.ts';

const START = 1_800_000_000_000;

function makeHop(): Hop {
  return new Hop({ id: 'hop', name: 'hop', route: smarthost(25), open: () => Promise.reject(new Error('not here')) });
}

function scheduled(id: string, changes: Partial<ScheduledRecipient> = {}): ScheduledRecipient {
  return {
    message: id as MessageId,
    index: 0,
    state: 'queued',
    dueAt: START,
    expireAt: START + 1000,
    attempts: 0,
    address: address('ann@example.net'),
    sender: null,
    account: 'default',
    class: null,
    resent: false,
    released: false,
    attempting: false,
    ...changes,
  };
}

function put(queue: Queue, item: ScheduledRecipient, now = START): void {
  queue.update(item.message, item.index, item, now);
}

/** As it comes from the store's decoding: one string, not one put together of others. */
function flat(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function taken(queue: Queue, hop: Hop, most = 10): string[] {
  const lane = hop.turns.next(() => true);
  return lane === undefined ? [] : queue.take(lane, most).map(({ message, index }) => `${message}${index}`);
}

describe('the queue', () => {
  it('gives what is due in its order, each account in its turn, recipients of a message together', () => {
    const hop = makeHop();
    const queue = new Queue({ start: START, laneFor: ({ account }) => hop.laneOf(account, NORMAL) });
    for (const item of [
      scheduled('a', { account: 'one' }),
      scheduled('b', { account: 'one' }),
      scheduled('c', { account: 'two' }),
      scheduled('a', { account: 'one', index: 1 }),
      scheduled('later', { dueAt: START + 500 }),
    ]) {
      put(queue, item);
    }
    expect([taken(queue, hop), taken(queue, hop), taken(queue, hop), taken(queue, hop)]).toEqual([['a0', 'a1'], ['c0'], ['b0'], []]);
    expect(queue.nextAt).toBe(START + 500);
    queue.advance(START + 500, 10);
    expect(taken(queue, hop)).toEqual(['later0']);
  });

  it('leaves what it gave alone until it is given back, then puts it where the store says', () => {
    const hop = makeHop();
    const queue = new Queue({ start: START, laneFor: ({ account }) => hop.laneOf(account, NORMAL) });
    put(queue, scheduled('a'));
    const lane = hop.turns.next(() => true);
    const [entry] = lane === undefined ? [] : queue.take(lane, 1);
    put(queue, scheduled('a', { attempting: true }));
    put(queue, scheduled('a', { state: 'deferred', attempts: 1, dueAt: START + 300 }));
    expect(hop.turns.any).toBe(false);
    if (entry !== undefined) queue.giveBack(entry, START);
    expect(queue.nextAt).toBe(START + 300);
    queue.update('a' as MessageId, 0, null, START);
    expect([queue.size, queue.nextAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('makes due what waits for another try when it is flushed, and not what its sender scheduled', () => {
    const hop = makeHop();
    const queue = new Queue({ start: START, laneFor: ({ account }) => hop.laneOf(account, NORMAL) });
    put(queue, scheduled('tried', { state: 'deferred', attempts: 1, dueAt: START + 500 }));
    put(queue, scheduled('scheduled', { dueAt: START + 500 }));
    queue.flush(hop, START);
    expect([taken(queue, hop), taken(queue, hop)]).toEqual([['tried0'], []]);
  });

  it('expires at a hop that can not be tried, and gives the last attempt at one that can', () => {
    const hop = makeHop();
    const queue = new Queue({ start: START, laneFor: ({ account }) => hop.laneOf(account, NORMAL) });
    put(queue, scheduled('a'));
    expect(queue.advance(START + 1000, 10).expired).toHaveLength(0);
    hop.paused = { at: START, by: null };
    expect(queue.advance(START + 1000 + 60_000, 10).expired).toHaveLength(1);
    expect(hop.turns.any).toBe(false);
  });

  it('asks after attempts that are not ours when they should be over', () => {
    const hop = makeHop();
    const queue = new Queue({ start: START, laneFor: ({ account }) => hop.laneOf(account, NORMAL) });
    put(queue, scheduled('a', { attempting: true, dueAt: START + 50 }));
    expect(queue.advance(START + 49, 10).foreign).toHaveLength(0);
    expect(queue.advance(START + 50, 10).foreign).toHaveLength(1);
  });

  it('100,000 that wait cost under 300 octets each', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const hop = makeHop();
    const queue = new Queue({ start: START, laneFor: ({ account }) => hop.laneOf(account, NORMAL) });
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100_000; i++) put(queue, scheduled(flat(`01J${String(i).padStart(23, '0')}`), { dueAt: START + i }));
    collect();
    const octets = (process.memoryUsage().heapUsed - before) / queue.size;
    expect(octets).toBeLessThan(300);
    expect(octets).toBeGreaterThan(50);
  });
});

describe('the heap', () => {
  it('gives its items in order whatever was put in, moved and taken out before', () => {
    const operations = fc.array(fc.record({ item: fc.nat(20), key: fc.nat(50), remove: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(operations, (steps) => {
        const heap = new Heap<HeapItem>();
        const items = Array.from({ length: 21 }, (): HeapItem => ({ key: 0, place: -1 }));
        const keys = new Map<HeapItem, number>();
        for (const { item, key, remove } of steps) {
          const it = items[item];
          if (it === undefined) continue;
          if (remove) {
            heap.remove(it);
            keys.delete(it);
          } else {
            heap.set(it, key);
            keys.set(it, key);
          }
        }
        const given: number[] = [];
        for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
          given.push(first.key);
          heap.remove(first);
        }
        expect(given).toEqual([...keys.values()].sort((a, b) => a - b));
      }),
    );
  });
});

describe('a rate', () => {
  it('never lets more than its messages through within its time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(40), { minLength: 20, maxLength: 60 }), (messages, gaps) => {
        const rate = new RateLimit({ messages, per: 100 });
        const sent: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          if (rate.freeAt(now, NORMAL) > now) continue;
          rate.hold();
          if (!rate.isCovered(now)) rate.granted(rate.draft(now, true));
          rate.went(now);
          sent.push(now);
        }
        for (const [i, at] of sent.entries())
          expect(sent.slice(i).filter((other) => other < at + 100).length).toBeLessThanOrEqual(messages);
      }),
    );
  });
});
