/**
 * Content in a form that is 7-bit and means the same (RFC 6152 §3, RFC 2049 §2): the bodies that need
 * it in quoted-printable or base64, header fields as encoded words; all else stays octet for octet.
 *
 * Two passes over the content, in memory or from the spool, each with the memory of a piece: the first
 * finds out which parts need it, since a part's header stands before its body; the second converts, each
 * time the result is read. What is signed (multipart/signed) is never altered: RFC 1847 §2.1.
 *
 * Upstream: forms.ts. Failure: a refusal with its reply where there is no such form, decided before
 * anything is dialled or sent; a message without MIME fields gets them: `charset=utf-8` where its
 * octets are UTF-8, `unknown-8bit` otherwise (RFC 1428 §3).
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { type Entity, MimeLimit, type MimeVisitor, MimeWalk } from '../../../domain/mime/mime-walk.ts';
import type { Reply } from '../../../domain/reply.ts';
import { asciiField } from './ascii-fields.ts';
import { NoSevenBitForm, unconvertible } from './refusal.ts';
import { piecesOf, type Source } from './source.ts';
import { Base64, QuotedPrintable, type TransferEncoder } from './transfer-encodings.ts';

export type Converted = { readonly kind: 'converted'; readonly source: Source } | { readonly kind: 'refused'; readonly reply: Reply };

interface Wanted {
  /** Bodies too; otherwise header sections alone. */
  readonly bodies: boolean;
}

type Encoding = 'quoted-printable' | 'base64';

/** What becomes of a leaf that is not 7-bit. */
interface Change {
  readonly encoding: Encoding;
  /** For a part that does not say what it is. */
  readonly charset: string;
}

type Plan = ReadonlyMap<number, Change>;

export async function toSevenBit(content: Source, wanted: Wanted): Promise<Converted> {
  try {
    const planner = new Planner(wanted);
    const walk = new MimeWalk(planner);
    for await (const piece of piecesOf(content)) walk.push(piece);
    walk.end();
    const { plan } = planner;
    if (content.kind === 'whole') return { kind: 'converted', source: { kind: 'whole', bytes: convertWhole(content.bytes, plan, wanted) } };
    return { kind: 'converted', source: { kind: 'stream', open: () => convertStream(content, plan, wanted) } };
  } catch (error) {
    if (error instanceof MimeLimit) return { kind: 'refused', reply: unconvertible(error.message).reply };
    if (error instanceof NoSevenBitForm) return { kind: 'refused', reply: error.reply };
    throw error;
  }
}

function convertWhole(bytes: Buffer, plan: Plan, wanted: Wanted): Buffer {
  const converter = new Converter(plan, wanted);
  const walk = new MimeWalk(converter);
  walk.push(bytes);
  walk.end();
  return converter.taken();
}

async function* convertStream(content: Source, plan: Plan, wanted: Wanted): AsyncGenerator<Buffer> {
  const converter = new Converter(plan, wanted);
  const walk = new MimeWalk(converter);
  for await (const piece of piecesOf(content)) {
    walk.push(piece);
    const converted = converter.taken();
    if (converted.length > 0) yield converted;
  }
  walk.end();
  const rest = converter.taken();
  if (rest.length > 0) yield rest;
}

/** Text with a larger share of octets above 127 can not be read in quoted-printable, and is shorter in base64. */
const BASE64_SHARE = 0.25;

/** The first pass. */
class Planner implements MimeVisitor {
  readonly plan = new Map<number, Change>();
  readonly #wanted: Wanted;
  #octets = 0;
  #above = 0;
  /** Whether the leaf so far is UTF-8, and the octets of a character that is not whole yet. */
  #utf8 = true;
  #partial: Buffer = Buffer.alloc(0);

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  header({ fields, sealed }: Entity): void {
    this.#octets = 0;
    this.#above = 0;
    this.#utf8 = true;
    this.#partial = Buffer.alloc(0);
    if (!fields.some(({ raw }) => /[\x80-\xff]/.test(raw))) return;
    if (sealed) throw SIGNED;
    // Tells what can not be encoded while there is still time to refuse.
    for (const field of fields) asciiField(field);
  }

  body(_: Entity, octets: Buffer): void {
    this.#octets += octets.length;
    if (isAscii(octets)) {
      if (this.#partial.length > 0) this.#utf8 = false;
      return;
    }
    for (const octet of octets) if (octet > 0x7f) this.#above++;
    if (this.#utf8) this.#checkUtf8(octets);
  }

  #checkUtf8(octets: Buffer): void {
    const data = this.#partial.length === 0 ? octets : Buffer.concat([this.#partial, octets]);
    // A character has four octets at most: three may be the beginning of one that goes on.
    for (let held = 0; held <= Math.min(3, data.length); held++) {
      const end = data.length - held;
      if (held > 0 && (data[end] ?? 0) < 0x80) break;
      if (!isUtf8(data.subarray(0, end))) continue;
      this.#partial = Buffer.from(data.subarray(end));
      return;
    }
    this.#utf8 = false;
  }

  bodyEnd(entity: Entity): void {
    if (this.#above === 0 || !this.#wanted.bodies) return;
    const { contentType, encoding, sealed, number } = entity;
    if (sealed) throw SIGNED;
    // RFC 2045 §6.4: no encoding is put on top of another; RFC 2046 §5.2.2.1, §5.2.3: these have none.
    if (encoding !== '7bit' && encoding !== '8bit' && encoding !== 'binary') {
      throw unconvertible(`a part is declared ${encoding.slice(0, 40)} and has octets above 127 all the same`);
    }
    const type = contentType?.type ?? 'text/plain';
    if (type.startsWith('multipart/') || type === 'message/partial' || type === 'message/external-body') {
      throw unconvertible(`a part of type ${type.slice(0, 80)} can not be encoded`);
    }
    const text = type.startsWith('text/') || type === 'message/delivery-status';
    this.plan.set(number, {
      encoding: text && this.#above <= this.#octets * BASE64_SHARE ? 'quoted-printable' : 'base64',
      charset: this.#utf8 && this.#partial.length === 0 ? 'utf-8' : 'unknown-8bit',
    });
  }

  framing(octets: Buffer, sealed: boolean): void {
    if (sealed && this.#wanted.bodies && !isAscii(octets)) throw SIGNED;
  }
}

const SIGNED = unconvertible('a part that is signed has octets above 127, and converting it would break the signature');

/** The second pass. */
class Converter implements MimeVisitor {
  readonly #plan: Plan;
  readonly #wanted: Wanted;
  #out: Buffer[] = [];
  #encoder: TransferEncoder | null = null;

  constructor(plan: Plan, wanted: Wanted) {
    this.#plan = plan;
    this.#wanted = wanted;
  }

  /** What was converted since the last call. */
  taken(): Buffer {
    const [only, ...more] = this.#out;
    const taken = only === undefined ? Buffer.alloc(0) : more.length === 0 ? only : Buffer.concat(this.#out);
    this.#out = [];
    return taken;
  }

  header(entity: Entity, complete: boolean): void {
    const change = this.#plan.get(entity.number);
    this.#encoder = change === undefined ? null : change.encoding === 'base64' ? new Base64() : new QuotedPrintable();
    const lines = entity.sealed ? entity.fields.map(({ raw }) => raw) : this.#fields(entity, change);
    this.#out.push(Buffer.from(lines.join(''), 'latin1'));
    if (complete) this.#out.push(CRLF);
  }

  #fields(entity: Entity, change: Change | undefined): readonly string[] {
    const encoding = change?.encoding ?? this.#relabelled(entity);
    let labelled = encoding === null;
    const lines = entity.fields.flatMap((field) => {
      if (field.name !== 'content-transfer-encoding' || encoding === null) return [asciiField(field)];
      if (labelled) return [];
      labelled = true;
      return [`Content-Transfer-Encoding: ${encoding}\r\n`];
    });
    if (change === undefined) return lines;
    if (entity.isMessage && !entity.fields.some(({ name }) => name === 'mime-version')) lines.push('MIME-Version: 1.0\r\n');
    if (!entity.fields.some(({ name }) => name === 'content-type')) lines.push(`Content-Type: text/plain; charset=${change.charset}\r\n`);
    if (!labelled) lines.push(`Content-Transfer-Encoding: ${change.encoding}\r\n`);
    return lines;
  }

  /** What holds only what is 7-bit now, and says that it may hold more. */
  #relabelled({ encoding }: Entity): '7bit' | null {
    return this.#wanted.bodies && (encoding === '8bit' || encoding === 'binary') ? '7bit' : null;
  }

  body(_: Entity, octets: Buffer): void {
    this.#out.push(this.#encoder === null ? octets : this.#encoder.write(octets));
  }

  bodyEnd(): void {
    if (this.#encoder !== null) this.#out.push(this.#encoder.end());
    this.#encoder = null;
  }

  framing(octets: Buffer): void {
    this.#out.push(
      isAscii(octets) || !this.#wanted.bodies ? octets : Buffer.from(octets.map((octet) => (octet > 0x7f ? QUESTION : octet))),
    );
  }
}

const CRLF = Buffer.from('\r\n');
const QUESTION = 0x3f;
