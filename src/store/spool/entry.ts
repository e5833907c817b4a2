/**
 * One entry of a segment file: a preamble of 64 octets, the header (JSON of what the content
 * belongs to), the content. Entries begin at multiples of 64, so that a preamble lies within one
 * sector and is there whole or not at all.
 *
 *     octet  0..3   magic 'RLSE'         octet 19..21  header length
 *            4      version              octet 22..27  content length
 *            5      kind                 octet 28..31  CRC-32 of the rest of the preamble and the header
 *            6      flags                octet 32..63  SHA-256 of the content
 *            7..12  seal                 then the header, then the content
 *           13..18  group                (numbers are big-endian)
 *
 * The seal is six random octets, the same in all entries of one spool. Who sends mail does not
 * know it, so that a message that contains a forged entry is not mistaken for one when the
 * entry around it is damaged and the scan looks for the next.
 *
 * The CRC covers preamble and header; the content is covered by its SHA-256. The CRC of an erased
 * entry covers the preamble alone: its header is being overwritten.
 *
 * Pure: knows no files.
 */
import { crc32 } from 'node:zlib';

export const MAGIC = Buffer.from('RLSE', 'latin1');
export const ALIGNMENT = 64;
export const PREAMBLE_LENGTH = 64;
export const SEAL_LENGTH = 6;
const VERSION = 1;
/** A header is addresses and a subject: 10,000 recipients make about 2 MiB. */
export const HEADER_LIMIT = 2 ** 24 - 1;

const KINDS = ['message', 'report'] as const;
export type EntryKind = (typeof KINDS)[number];

const FLAG = { erased: 1, large: 2 } as const;
const OFFSET = { version: 4, kind: 5, flags: 6, seal: 7, group: 13, headerLength: 19, contentLength: 22, crc: 28, sha256: 32 } as const;

export interface Preamble {
  readonly kind: EntryKind;
  readonly erased: boolean;
  /** It has a segment of its own. */
  readonly large: boolean;
  /** Number of the commit that wrote it; ascends. */
  readonly group: number;
  readonly headerLength: number;
  readonly contentLength: number;
  /** 32 octets; zeros once erased. */
  readonly sha256: Buffer;
}

/** The next place at or after `offset` where an entry can begin. */
export function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}

/** Octets of the whole entry, padding not counted. */
export function entryLength(preamble: Pick<Preamble, 'headerLength' | 'contentLength'>): number {
  return PREAMBLE_LENGTH + preamble.headerLength + preamble.contentLength;
}

function checksum(preamble: Buffer, header: Buffer | null): number {
  const fixed = crc32(preamble.subarray(OFFSET.sha256, PREAMBLE_LENGTH), crc32(preamble.subarray(0, OFFSET.crc)));
  return header === null ? fixed : crc32(header, fixed);
}

/** Writes the preamble into the first 64 octets of `target`; `header` is what the CRC covers beside it. */
export function encodePreamble(target: Buffer, preamble: Preamble, header: Buffer | null, seal: Buffer): void {
  MAGIC.copy(target, 0);
  target.writeUInt8(VERSION, OFFSET.version);
  target.writeUInt8(KINDS.indexOf(preamble.kind), OFFSET.kind);
  const flags = (preamble.erased ? FLAG.erased : 0) | (preamble.large ? FLAG.large : 0);
  target.writeUInt8(flags, OFFSET.flags);
  seal.copy(target, OFFSET.seal, 0, SEAL_LENGTH);
  target.writeUIntBE(preamble.group, OFFSET.group, 6);
  target.writeUIntBE(preamble.headerLength, OFFSET.headerLength, 3);
  target.writeUIntBE(preamble.contentLength, OFFSET.contentLength, 6);
  preamble.sha256.copy(target, OFFSET.sha256, 0, 32);
  target.writeUInt32BE(checksum(target, preamble.erased ? null : header), OFFSET.crc);
}

/** The preamble at the beginning of `bytes`, its CRC not yet checked; undefined when there is none of this spool. */
export function decodePreamble(bytes: Buffer, seal: Buffer): Preamble | undefined {
  if (bytes.length < PREAMBLE_LENGTH || bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined;
  if (bytes.readUInt8(OFFSET.version) !== VERSION) return undefined;
  if (bytes.compare(seal, 0, SEAL_LENGTH, OFFSET.seal, OFFSET.seal + SEAL_LENGTH) !== 0) return undefined;
  const kind = KINDS[bytes.readUInt8(OFFSET.kind)];
  if (kind === undefined) return undefined;
  const flags = bytes.readUInt8(OFFSET.flags);
  return {
    kind,
    erased: (flags & FLAG.erased) !== 0,
    large: (flags & FLAG.large) !== 0,
    group: bytes.readUIntBE(OFFSET.group, 6),
    headerLength: bytes.readUIntBE(OFFSET.headerLength, 3),
    contentLength: bytes.readUIntBE(OFFSET.contentLength, 6),
    sha256: Buffer.from(bytes.subarray(OFFSET.sha256, PREAMBLE_LENGTH)),
  };
}

/** Whether the CRC holds. `bytes` begins with the preamble; of an erased entry the header is not looked at. */
export function checksumHolds(bytes: Buffer, preamble: Preamble, header: Buffer): boolean {
  return bytes.readUInt32BE(OFFSET.crc) === checksum(bytes, preamble.erased ? null : header);
}

/** The seal that the preamble at the beginning of `bytes` carries; undefined when it is none. */
export function sealOf(bytes: Buffer): Buffer | undefined {
  if (bytes.length < PREAMBLE_LENGTH || bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined;
  return Buffer.from(bytes.subarray(OFFSET.seal, OFFSET.seal + SEAL_LENGTH));
}
