import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdFactory, idTime, invertId, lowestIdAt, parseMessageId } from '../../src/domain/ids.ts';

const MAX_TIME = 2 ** 48 - 1;
const anyTime = fc.integer({ min: 0, max: MAX_TIME });

/** An id factory whose clock shows `times`, one after the other. */
function factoryAt(times: readonly number[]): () => string {
  let i = 0;
  return createIdFactory({ now: () => times[i++] ?? 0, randomBytes });
}

const anyId = anyTime.map((time) => factoryAt([time])());

describe('createIdFactory', () => {
  it('makes ids that ascend strictly, also when the clock stands still or goes back', () => {
    fc.assert(
      fc.property(fc.array(anyTime, { minLength: 2, maxLength: 50 }), (times) => {
        const next = factoryAt(times);
        const ids = times.map(() => next());
        for (let i = 1; i < ids.length; i++) expect((ids[i] ?? '') > (ids[i - 1] ?? '')).toBe(true);
      }),
    );
  });

  it('carries over when the random part counts up', () => {
    const next = createIdFactory({ now: () => 1, randomBytes: (length) => new Uint8Array(length).fill(31) });
    const [first, second] = [next(), next()];
    expect(first).toBe(`0000000001F${'Z'.repeat(15)}`);
    expect(second).toBe(`0000000001G${'0'.repeat(15)}`);
  });

  it('makes 26 characters that parse as themselves, in either case', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        expect(id).toHaveLength(26);
        expect(parseMessageId(id)).toBe(id);
        expect(parseMessageId(id.toLowerCase())).toBe(id);
      }),
    );
  });

  it('tells the time it was made', () => {
    fc.assert(fc.property(anyTime, (time) => void expect(idTime(factoryAt([time])())).toBe(time)));
  });
});

describe('parseMessageId', () => {
  it.each([
    '',
    '01ARZ3NDEKTSV4RRFFQ69G5FA',
    '01ARZ3NDEKTSV4RRFFQ69G5FAVV',
    '81ARZ3NDEKTSV4RRFFQ69G5FAV',
    '01ARZ3NDEKTSV4RRFFQ69G5FAI',
    '01ARZ3NDEKTSV4RRFFQ69G5FA ',
    '../../../../../etc/passwd0',
  ])('refuses %j', (text) => expect(parseMessageId(text)).toBeUndefined());
});

describe('lowestIdAt', () => {
  it('parts the ids made before a time from those made at or after it', () => {
    fc.assert(
      fc.property(anyTime, anyTime, (made, bound) => {
        expect(factoryAt([made])() >= lowestIdAt(bound)).toBe(made >= bound);
      }),
    );
  });

  it.each([
    [-1, 0],
    [0.5, 1],
    [8.64e15, MAX_TIME],
    [Number.POSITIVE_INFINITY, MAX_TIME],
  ])('takes %d for %d', (given, meant) => expect(lowestIdAt(given)).toBe(lowestIdAt(meant)));
});

describe('invertId', () => {
  it('turns an id round and back', () => {
    fc.assert(fc.property(anyId, (id) => void expect(invertId(invertId(id))).toBe(id)));
  });

  it('reverses the order', () => {
    fc.assert(fc.property(anyId, anyId, (a, b) => void expect(invertId(a) < invertId(b)).toBe(a > b)));
  });
});
