/**
 * One file of a message, decoded as whoever asked takes it: memory is that of a slice, also of a file
 * of 80 MB before a slow reader.
 */
import { type Entity, MimeLimit, type MimeVisitor, MimeWalk } from '../../domain/mime/mime-walk.ts';
import { decoderFor, type TransferDecoder } from '../../domain/mime/transfer-decoding.ts';
import { fileOf, isBody, type MailFile, WALK_LIMITS } from './outline.ts';

export interface OpenedFile extends Pick<MailFile, 'name' | 'type'> {
  /** To be read once. */
  readonly octets: AsyncIterable<Buffer>;
}

/** The file of that number, from 1; undefined: there is none. The slices are read as far as they are needed. */
export async function openFile(slices: AsyncGenerator<Buffer>, number: number): Promise<OpenedFile | undefined> {
  const picker = new Picker(number);
  const walk = new MimeWalk(picker, WALK_LIMITS);
  const more = (): Promise<boolean> => walkOn(walk, slices);
  while (picker.found === null) if (!(await more())) break;
  const { found } = picker;
  if (found === null) {
    await slices.return(undefined);
    return undefined;
  }
  return { ...fileOf(found), octets: octetsOf(picker, more, slices) };
}

/** False: there is no more, or no more that is read. */
async function walkOn(walk: MimeWalk, slices: AsyncGenerator<Buffer>): Promise<boolean> {
  const { done, value } = await slices.next();
  try {
    if (done === true) walk.end();
    else walk.push(value);
    return done !== true;
  } catch (error) {
    if (error instanceof MimeLimit) return false;
    throw error;
  }
}

async function* octetsOf(picker: Picker, more: () => Promise<boolean>, slices: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let goesOn = true; goesOn && !picker.ended; ) {
      const taken = picker.taken();
      if (taken.length > 0) yield taken;
      goesOn = await more();
    }
    const rest = picker.taken();
    if (rest.length > 0) yield rest;
  } finally {
    await slices.return(undefined);
  }
}

class Picker implements MimeVisitor {
  found: Entity | null = null;
  ended = false;
  readonly #number: number;
  #files = 0;
  #decoder: TransferDecoder | null = null;
  #gathered: Buffer[] = [];

  constructor(number: number) {
    this.#number = number;
  }

  header(entity: Entity): void {
    if (this.found !== null || entity.kind !== 'leaf' || isBody(entity)) return;
    if (++this.#files !== this.#number) return;
    this.found = entity;
    this.#decoder = decoderFor(entity.encoding);
  }

  body(entity: Entity, octets: Buffer): void {
    if (entity === this.found) this.#gathered.push(octets);
  }

  bodyEnd(entity: Entity): void {
    if (entity === this.found) this.ended = true;
  }

  framing(): void {
    // No part of any file.
  }

  /** What was decoded since the last call. */
  taken(): Buffer {
    if (this.#decoder === null) return Buffer.alloc(0);
    const decoded = this.#decoder.write(Buffer.concat(this.#gathered));
    this.#gathered = [];
    return this.ended ? Buffer.concat([decoded, this.#decoder.end()]) : decoded;
  }
}
