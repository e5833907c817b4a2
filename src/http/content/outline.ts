/**
 * What a message holds: its text, its HTML, the pictures that stand in the HTML, and a list of its
 * files. One pass over the content, whatever its size, with bounded memory; what is more than people
 * mean to send is left out, and said to be.
 *
 *   upstream    the preview, the list of attachments, the message's page
 *   downstream  domain/mime, the store's content
 *   failure     `incomplete` says what it ran into; what was read until then is given
 */
import { decodeText } from '../../domain/mime/charset.ts';
import { fileFieldsOf } from '../../domain/mime/file-name.ts';
import { fieldBody } from '../../domain/mime/header-section.ts';
import { type Entity, MimeLimit, type MimeVisitor, MimeWalk } from '../../domain/mime/mime-walk.ts';
import { decoderFor, type TransferDecoder } from '../../domain/mime/transfer-decoding.ts';

export interface MailFile {
  /** From 1, in the order they stand in. */
  readonly number: number;
  /** As the sender gave it: not safe to be used as it is. */
  readonly name: string | null;
  /** Declared, in lower case. */
  readonly type: string;
  /** Octets, transfer encoding taken off. */
  readonly size: number;
  /** Meant to be shown within the text. */
  readonly inline: boolean;
}

export interface MailBody {
  readonly kind: 'html' | 'text';
  readonly text: string;
  /** Only its beginning. */
  readonly cut: boolean;
}

export interface InlineImage {
  readonly type: string;
  readonly octets: Buffer;
}

export interface MailOutline {
  /** All that is text, in order, of alternatives each. */
  readonly texts: readonly MailBody[];
  /** What is to be seen of it: of alternatives the HTML. */
  readonly shown: readonly MailBody[];
  /** By Content-ID without its angle brackets. */
  readonly images: ReadonlyMap<string, InlineImage>;
  readonly files: readonly MailFile[];
  /** `limits`: more parts, or deeper, than is read; `time`: it took too long; null: it is whole. */
  readonly incomplete: 'limits' | 'time' | null;
}

/** What a mail may have of parts, nesting and header fields to be shown. Attached messages are files. */
export const WALK_LIMITS = { entities: 1_000, depth: 30, header: 256 * 1024, openMessages: false } as const;
/** Octets of all texts, of one picture, of all pictures. */
const TEXT_LIMIT = 1024 * 1024;
const IMAGE_LIMIT = 1024 * 1024;
const IMAGES_LIMIT = 4 * 1024 * 1024;
/** Octets of a part that are decoded at a time. */
const GATHERED = 48 * 1024;
/** Milliseconds for one message. */
const TIME_LIMIT = 20_000;

/** Pictures that hold no code; SVG does. */
const PICTURE = /^image\/(?:png|jpe?g|gif|webp|avif|bmp)$/;

export async function readOutline(
  slices: AsyncIterable<Buffer>,
  now: () => number = performance.now.bind(performance),
): Promise<MailOutline> {
  const collector = new Collector();
  const walk = new MimeWalk(collector, WALK_LIMITS);
  const deadline = now() + TIME_LIMIT;
  try {
    for await (const slice of slices) {
      walk.push(slice);
      if (now() > deadline) return collector.outline('time');
    }
    walk.end();
    return collector.outline(null);
  } catch (error) {
    if (error instanceof MimeLimit) return collector.outline('limits');
    throw error;
  }
}

/** Whether a leaf is text to be read, or a file. */
export function isBody(entity: Entity): boolean {
  if (entity.type !== 'text/plain' && entity.type !== 'text/html') return false;
  const { disposition, name } = fileFieldsOf(entity.fields);
  return disposition !== 'attachment' && name === null;
}

/** What a file says of itself. */
export function fileOf(entity: Entity): Pick<MailFile, 'name' | 'type' | 'inline'> {
  const { disposition, name } = fileFieldsOf(entity.fields);
  return { name, type: entity.type, inline: disposition === 'inline' || (disposition === null && contentIdOf(entity) !== null) };
}

function contentIdOf({ fields }: Entity): string | null {
  const field = fields.find(({ name }) => name === 'content-id');
  const id = field === undefined ? '' : fieldBody(field).trim().replace(/^<|>$/g, '').trim();
  return id === '' ? null : id;
}

interface Body extends MailBody {
  /** The outermost multipart/alternative that it is one of; null: it stands alone. */
  readonly alternative: number | null;
}

/** The leaf that is being read. */
interface Leaf {
  readonly decoder: TransferDecoder;
  readonly body: boolean;
  readonly contentId: string | null;
  gathered: Buffer[];
  gatheredOctets: number;
  /** What is kept of it, decoded. */
  kept: Buffer[];
  keptOctets: number;
  size: number;
}

class Collector implements MimeVisitor {
  readonly #bodies: Body[] = [];
  readonly #files: MailFile[] = [];
  readonly #images = new Map<string, InlineImage>();
  /** Of each multipart its parent and whether its parts are alternatives. */
  readonly #multiparts = new Map<number, { readonly parent: number | null; readonly alternative: boolean }>();
  #textRoom = TEXT_LIMIT;
  #imageRoom = IMAGES_LIMIT;
  #leaf: Leaf | null = null;

  header(entity: Entity): void {
    if (entity.kind !== 'leaf') {
      this.#multiparts.set(entity.number, { parent: entity.parent, alternative: entity.type === 'multipart/alternative' });
      return;
    }
    this.#leaf = {
      decoder: decoderFor(entity.encoding),
      body: isBody(entity),
      contentId: PICTURE.test(entity.type) ? contentIdOf(entity) : null,
      gathered: [],
      gatheredOctets: 0,
      kept: [],
      keptOctets: 0,
      size: 0,
    };
  }

  body(_: Entity, octets: Buffer): void {
    const leaf = this.#leaf;
    if (leaf === null) return;
    leaf.gathered.push(octets);
    leaf.gatheredOctets += octets.length;
    if (leaf.gatheredOctets >= GATHERED) this.#take(leaf, leaf.decoder.write(gatheredOf(leaf)));
  }

  bodyEnd(entity: Entity): void {
    const leaf = this.#leaf;
    if (leaf === null) return;
    this.#take(leaf, leaf.decoder.write(gatheredOf(leaf)));
    this.#take(leaf, leaf.decoder.end());
    this.#leaf = null;
    if (leaf.body) this.#addBody(entity, leaf);
    else this.#addFile(entity, leaf);
  }

  framing(): void {
    // Says nothing to people.
  }

  outline(incomplete: MailOutline['incomplete']): MailOutline {
    const htmlIn = new Set(this.#bodies.filter(({ kind }) => kind === 'html').map(({ alternative }) => alternative));
    return {
      texts: this.#bodies.filter(({ kind }) => kind === 'text'),
      shown: this.#bodies.filter(({ kind, alternative }) => kind === 'html' || alternative === null || !htmlIn.has(alternative)),
      images: this.#images,
      files: this.#files,
      incomplete,
    };
  }

  #take(leaf: Leaf, decoded: Buffer): void {
    leaf.size += decoded.length;
    const limit = leaf.body ? this.#textRoom : leaf.contentId === null ? 0 : Math.min(IMAGE_LIMIT, this.#imageRoom);
    const room = limit - leaf.keptOctets;
    if (room <= 0 || decoded.length === 0) return;
    // A copy: what was decoded may be a view of the slice.
    leaf.kept.push(Buffer.from(decoded.subarray(0, room)));
    leaf.keptOctets += Math.min(room, decoded.length);
  }

  #addBody({ type, contentType, parent }: Entity, leaf: Leaf): void {
    this.#textRoom -= leaf.keptOctets;
    this.#bodies.push({
      kind: type === 'text/html' ? 'html' : 'text',
      text: decodeText(Buffer.concat(leaf.kept), contentType?.params.get('charset') ?? null).replaceAll('\r\n', '\n'),
      cut: leaf.size > leaf.keptOctets,
      alternative: this.#alternativeAround(parent),
    });
  }

  #addFile(entity: Entity, leaf: Leaf): void {
    this.#files.push({ number: this.#files.length + 1, ...fileOf(entity), size: leaf.size });
    // Half a picture is none.
    if (leaf.contentId === null || leaf.size > leaf.keptOctets || this.#images.has(leaf.contentId)) return;
    this.#imageRoom -= leaf.keptOctets;
    this.#images.set(leaf.contentId, { type: entity.type, octets: Buffer.concat(leaf.kept) });
  }

  #alternativeAround(parent: number | null): number | null {
    let found: number | null = null;
    for (let at = parent; at !== null; at = this.#multiparts.get(at)?.parent ?? null) if (this.#multiparts.get(at)?.alternative) found = at;
    return found;
  }
}

function gatheredOf(leaf: Leaf): Buffer {
  const octets = Buffer.concat(leaf.gathered, leaf.gatheredOctets);
  leaf.gathered = [];
  leaf.gatheredOctets = 0;
  return octets;
}
