/**
 * What must be known of content before it goes out, found in one pass: its header section, whether it
 * is 7-bit (RFC 5322 §2.1), its size, and the hash of its body where it is to be signed. Streamed
 * content is also searched for bare CR and LF here, before anything is dialled: it throws UncleanContent.
 */
import { isAscii } from 'node:buffer';
import { divide } from '../../../domain/mime/header-section.ts';
import { DotStuffer } from '../dot-stuffing.ts';
import { BodyHash } from './body-hash.ts';
import type { Source } from './source.ts';

export interface Survey {
  /** One character an octet, without the empty line. */
  readonly header: string;
  readonly size: number;
  readonly eightBitHeader: boolean;
  readonly eightBitBody: boolean;
  /** Null: it was not wanted. */
  readonly bodyHash: string | null;
}

/** Whether the body's hash is wanted, now that the header section is known. */
export type WantsHash = (header: string) => boolean;

/** A header section beyond is not looked for an end in: what should be signed waits for a person then. */
const HEADER_LIMIT = 4 * 1024 * 1024;

export class HeaderTooLarge extends Error {
  override readonly name = 'HeaderTooLarge';
  constructor() {
    super(`the header section is larger than ${HEADER_LIMIT} octets: it can not be signed`);
  }
}

export async function survey(source: Source, wantsHash: WantsHash): Promise<Survey> {
  return source.kind === 'whole' ? surveyWhole(source.bytes, wantsHash) : surveyStream(source.open(), wantsHash);
}

function surveyWhole(bytes: Buffer, wantsHash: WantsHash): Survey {
  const found = divide(bytes) ?? { header: bytes.length, body: bytes.length };
  const header = bytes.toString('latin1', 0, found.header);
  const body = bytes.subarray(found.body);
  const ascii = isAscii(bytes);
  return {
    header,
    size: bytes.length,
    eightBitHeader: !ascii && !isAscii(bytes.subarray(0, found.header)),
    eightBitBody: !ascii && !isAscii(body),
    bodyHash: wantsHash(header) ? hashOf(body) : null,
  };
}

function hashOf(body: Buffer): string {
  const hash = new BodyHash();
  hash.update(body);
  return hash.digest();
}

async function surveyStream(pieces: AsyncIterable<Buffer>, wantsHash: WantsHash): Promise<Survey> {
  const stuffer = new DotStuffer();
  let header: string | null = null;
  let gathered: Buffer = Buffer.alloc(0);
  let hash: BodyHash | null = null;
  let size = 0;
  let eightBitHeader = false;
  let eightBitBody = false;
  const begin = (end: number, body: Buffer): void => {
    const section = gathered.subarray(0, end);
    const text = section.toString('latin1');
    header = text;
    eightBitHeader = !isAscii(section);
    hash = wantsHash(text) ? new BodyHash() : null;
    take(body);
  };
  const take = (body: Buffer): void => {
    eightBitBody ||= !isAscii(body);
    hash?.update(body);
  };
  const beginWithoutEnd = (): void => {
    begin(gathered.length, Buffer.alloc(0));
    if (hash !== null) throw new HeaderTooLarge();
  };
  for await (const piece of pieces) {
    size += piece.length;
    stuffer.stuff(piece);
    if (header !== null) {
      take(piece);
      continue;
    }
    gathered = Buffer.concat([gathered, piece]);
    const found = divide(gathered);
    if (found !== undefined) begin(found.header, gathered.subarray(found.body));
    else if (gathered.length > HEADER_LIMIT) beginWithoutEnd();
  }
  stuffer.end();
  if (header === null) begin(gathered.length, Buffer.alloc(0));
  return { header: header ?? '', size, eightBitHeader, eightBitBody, bodyHash: (hash as BodyHash | null)?.digest() ?? null };
}
