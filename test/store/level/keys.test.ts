import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createIdFactory, invertId } from '../../../src/domain/ids.ts';
import {
  afterWord,
  attemptIndexOf,
  attemptKey,
  eventKey,
  eventSeqOf,
  indexKey,
  indexPrefix,
  invertedIdOf,
  keyValue,
  pendingKey,
  pendingKeyParts,
  prefixRange,
  signalIdOf,
  signalOrderKey,
  signalPrefix,
  signalTimeOf,
  wordKey,
  wordOf,
  wordRange,
} from '../../../src/store/level/keys.ts';

const nextId = createIdFactory({ now: () => 1_772_409_600_000, randomBytes: (length) => new Uint8Array(length).fill(7) });

/** As LevelDB compares keys: by octets. */
function isBelow(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

function inRange(key: string, { gte = '', lt = '\u{10ffff}' }: { gte?: string; lt?: string }): boolean {
  return !isBelow(key, gte) && isBelow(key, lt);
}

const value = fc.string({ unit: 'binary', maxLength: 300 });

describe('keys', () => {
  it('hold values apart that differ, whatever octets they have', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const inverted = invertId(nextId());
        const key = indexKey('document', a, inverted);
        expect(key.startsWith(indexPrefix('document', b))).toBe(keyValue(a) === keyValue(b));
        expect(keyValue(a) === keyValue(b)).toBe(a === b);
        expect(keyValue(a)).not.toContain('\x00');
        expect(invertedIdOf(key)).toBe(inverted);
      }),
    );
  });

  it('are bounded in length', () => {
    expect(keyValue('x'.repeat(100_000)).length).toBeLessThan(120);
    expect(keyValue('x'.repeat(100_000))).not.toBe(keyValue('x'.repeat(99_999)));
  });

  it('have the newest first where they end with an inverted id', () => {
    const [older, newer] = [nextId(), nextId()];
    expect(isBelow(indexKey('state', 'failed', invertId(newer)), indexKey('state', 'failed', invertId(older)))).toBe(true);
  });

  it('keep events in the order of their numbers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        expect(isBelow(eventKey(a), eventKey(b))).toBe(a < b);
        expect(eventSeqOf(eventKey(a))).toBe(a);
      }),
    );
  });

  it('give back what they were made of', () => {
    const id = nextId();
    expect(pendingKeyParts(pendingKey(id, 46_655))).toEqual({ id, index: 46_655 });
    expect(attemptIndexOf(attemptKey(invertId(id), 1234, 5))).toBe(1234);
    expect(wordOf(wordKey('m\u00fcller', invertId(id)))).toBe('m\u00fcller');
    const delivery = { signal: 'a\x00b', createdAt: 1_772_409_600_000, id };
    expect(signalIdOf(signalOrderKey(delivery), signalPrefix('a\x00b'))).toBe(id);
    expect(signalTimeOf(signalOrderKey(delivery))).toEqual({ createdAt: 1_772_409_600_000, id });
  });

  it('hold all words with a beginning in its range, and no others', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '\u00fc', '\u4e2d', '\u{1f4e7}', '-', '9'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(word, word, (text, beginning) => {
        const key = wordKey(text, invertId(nextId()));
        expect(inRange(key, wordRange(beginning))).toBe(text.startsWith(beginning));
        expect(isBelow(key, afterWord(text))).toBe(true);
        expect(isBelow(afterWord(text), wordKey(`${text}-`, ''))).toBe(true);
      }),
    );
  });

  it('have a family for each kind, none within another', () => {
    const families = ['a', 'd', 'D', 'e', 'g', 'h', 'i', 'k', 'm', 'o', 'p', 'q', 'r', 's', 'w', '!'];
    for (const one of families) for (const other of families) if (one !== other) expect(inRange(`${other}x`, prefixRange(one))).toBe(false);
  });
});
