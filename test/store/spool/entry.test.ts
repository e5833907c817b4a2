import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checksumHolds,
  decodePreamble,
  encodePreamble,
  entryLength,
  PREAMBLE_LENGTH,
  type Preamble,
} from '../../../src/store/spool/entry.ts';

const SEAL = Buffer.from('a1b2c3d4e5f6', 'hex');

const preambles: fc.Arbitrary<Preamble> = fc.record({
  kind: fc.constantFrom('message', 'report'),
  erased: fc.constant(false),
  large: fc.boolean(),
  group: fc.nat({ max: 2 ** 47 }),
  headerLength: fc.nat({ max: 400 }),
  contentLength: fc.nat({ max: 2 ** 40 }),
  sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((octets) => Buffer.from(octets)),
});

function encoded(preamble: Preamble): { bytes: Buffer; header: Buffer } {
  const header = createHash('sha512').update(String(preamble.group)).digest().subarray(0, 1);
  const bytes = Buffer.concat([Buffer.alloc(PREAMBLE_LENGTH), Buffer.alloc(preamble.headerLength, header)]);
  encodePreamble(bytes, preamble, bytes.subarray(PREAMBLE_LENGTH), SEAL);
  return { bytes, header: bytes.subarray(PREAMBLE_LENGTH) };
}

describe('an entry of the spool', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(preambles, (preamble) => {
        const { bytes, header } = encoded(preamble);
        expect(decodePreamble(bytes, SEAL)).toEqual(preamble);
        expect(checksumHolds(bytes, preamble, header)).toBe(true);
        expect(entryLength(preamble)).toBe(64 + preamble.headerLength + preamble.contentLength);
      }),
    );
  });

  it('is not read when any one bit of preamble or header is flipped', () => {
    fc.assert(
      fc.property(preambles, fc.nat(), (preamble, position) => {
        const { bytes } = encoded(preamble);
        const bit = position % (bytes.length * 8);
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const read = decodePreamble(bytes, SEAL);
        const header = bytes.subarray(PREAMBLE_LENGTH, PREAMBLE_LENGTH + (read?.headerLength ?? 0));
        expect(read !== undefined && checksumHolds(bytes, read, header)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('of another spool is none', () => {
    const { bytes } = encoded({
      kind: 'message',
      erased: false,
      large: false,
      group: 1,
      headerLength: 2,
      contentLength: 3,
      sha256: Buffer.alloc(32, 7),
    });
    expect(decodePreamble(bytes, Buffer.from('a1b2c3d4e5f7', 'hex'))).toBeUndefined();
  });
});
