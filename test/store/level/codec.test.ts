import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeJson, encodeJson, encodeText, payloadOf, seal } from '../../../src/store/level/codec.ts';

describe('values', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (content) => {
        expect(decodeJson('k', encodeJson(content))).toEqual(JSON.parse(JSON.stringify(content)));
      }),
    );
    expect(payloadOf('k', encodeText('h\u00e9')).toString()).toBe('h\u00e9');
  });

  it('are an error and never another value when a single bit is wrong (classic-level checks nothing)', () => {
    const sound = encodeJson({ state: 'transferred', at: 12345 });
    for (let bit = 0; bit < sound.length * 8; bit++) {
      const wrong = Buffer.from(sound);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      // The version alone is not covered by the checksum: another one is refused as such.
      expect(() => decodeJson('k', wrong)).toThrow(expect.objectContaining({ code: bit < 8 ? 'version' : 'damaged' }));
    }
    for (let length = 0; length < sound.length; length++) {
      expect(() => decodeJson('k', sound.subarray(0, length))).toThrow(expect.objectContaining({ code: 'damaged' }));
    }
  });

  it('name the key and what to do', () => {
    expect(() => payloadOf('e000000000000012', Buffer.from('xxxxxxxx'))).toThrow(/e000000000000012.*relais verify.*relais rebuild/);
  });

  it('of a newer version are told apart from damage', () => {
    const newer = seal(Buffer.from('-----{}'));
    newer[0] = 2;
    expect(() => decodeJson('k', newer)).toThrow(expect.objectContaining({ code: 'version' }));
  });
});
