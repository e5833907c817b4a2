/** An archive as unzip reads it: entry by entry, and beyond 4 GiB. */
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { directoryOf, zipOf } from '../../src/http/export/zip.ts';

const GIB = 2 ** 30;

describe('a zip archive', () => {
  it('holds what was put in, in blocks, with its checksum and sizes', async () => {
    const blocks = [Buffer.alloc(70_000, 'a'), Buffer.from('Grüße'), Buffer.alloc(0)];
    const parts: Buffer[] = [];
    for await (const part of zipOf([
      { name: 'ä.txt', content: blocks },
      { name: 'empty', content: [] },
    ]))
      parts.push(part);
    const zip = Buffer.concat(parts);
    const end = zip.length - 22;
    expect([zip.readUInt32LE(end), zip.readUInt16LE(end + 10)]).toEqual([0x0605_4b50, 2]);
    const directory = zip.readUInt32LE(end + 16);
    const [packed, size, name] = [zip.readUInt32LE(directory + 20), zip.readUInt32LE(directory + 24), zip.readUInt16LE(directory + 28)];
    expect(zip.toString('utf8', directory + 46, directory + 46 + name)).toBe('ä.txt');
    const content = inflateRawSync(zip.subarray(30 + name, 30 + name + packed));
    expect(content.equals(Buffer.concat(blocks))).toBe(true);
    expect(size).toBe(content.length);
    // The checksum of "123456789" is the published one of this CRC.
    const known: Buffer[] = [];
    for await (const part of zipOf([{ name: 'n', content: [Buffer.from('1234'), Buffer.from('56789')] }])) known.push(part);
    expect(known.at(-1)?.readUInt32LE(16)).toBe(0xcbf4_3926);
  });

  it('says beyond 4 GiB in zip64 where its entries and its directory stand', () => {
    const near = { name: 'a', crc: 1, packed: 10, size: 20, offset: 0 };
    const far = { ...near, offset: 5 * GIB };
    const directory = directoryOf([near, far], 6 * GIB);
    const second = 46 + 1;
    expect([directory.readUInt32LE(second + 42), directory.readUInt16LE(second + 30)]).toEqual([0xffff_ffff, 12]);
    expect([directory.readUInt16LE(second + 47), directory.readBigUInt64LE(second + 51)]).toEqual([1, BigInt(5 * GIB)]);
    const end64 = second + 46 + 1 + 12;
    expect(directory.readUInt32LE(end64)).toBe(0x0606_4b50);
    expect(directory.readBigUInt64LE(end64 + 48)).toBe(BigInt(6 * GIB));
    expect(directory.readBigUInt64LE(end64 + 56 + 8)).toBe(BigInt(6 * GIB + end64));
    expect(directory.readUInt32LE(directory.length - 6)).toBe(0xffff_ffff);
    expect(directoryOf([near], 100)).toHaveLength(47 + 22);
  });
});
