/**
 * Walks a message part by part as it comes in pieces (RFC 2046 §5.1, §5.2.1), and hands every octet on
 * exactly once, in order, as what it is: a header section, a leaf's body, or framing.
 *
 * Memory is a header section and a line, whatever the message is like: a line that is long is handed
 * on in pieces, for it is no boundary (70 octets at most).
 *
 * Failure: throws MimeLimit where there is more of something than anybody means.
 */

import { fieldsOf, type HeaderField } from './header-section.ts';
import { type ContentType, contentTypeOf, transferEncodingOf } from './mime-fields.ts';

/** More parts, or deeper, or a longer header section, than a walk goes through; the message says which. */
export class MimeLimit extends Error {
  override readonly name = 'MimeLimit';
}

export interface Entity {
  /** In the order they begin, from 0. */
  readonly number: number;
  readonly fields: readonly HeaderField[];
  /** In lower case; where it does not say, what its place makes of it (RFC 2045 §5.2, RFC 2046 §5.1.5). */
  readonly type: string;
  /** Null: there is no such field, or none that can be read. */
  readonly contentType: ContentType | null;
  /** In lower case; '7bit' where there is no field (RFC 2045 §6.1). */
  readonly encoding: string;
  readonly kind: 'leaf' | 'multipart' | 'message';
  /** The header section of a message, the outer one or an attached one: with MIME-Version. */
  readonly isMessage: boolean;
  /** Number of the multipart or message that it stands in; null: the outer one. */
  readonly parent: number | null;
  /** Inside multipart/signed: not an octet may change (RFC 1847 §2.1). */
  readonly sealed: boolean;
}

export interface MimeVisitor {
  /** The header section has ended; `complete`: by an empty line, which is not handed on. */
  header(entity: Entity, complete: boolean): void;
  body(entity: Entity, octets: Buffer): void;
  bodyEnd(entity: Entity): void;
  /** Boundaries, and what stands before the first and after the last one; `sealed` as of an entity. */
  framing(octets: Buffer, sealed: boolean): void;
}

export interface WalkOptions {
  /** False: an attached message is a leaf, whose body is the message as it is. True unless given. */
  readonly openMessages?: boolean;
  /** Parts, and how deep they may be nested. */
  readonly entities?: number;
  readonly depth?: number;
  /** Octets of one header section. */
  readonly header?: number;
}

interface Level {
  readonly entity: number;
  readonly boundary: string;
  readonly digest: boolean;
  readonly sealed: boolean;
}

interface Next {
  readonly parent: number | null;
  readonly isMessage: boolean;
  readonly digest: boolean;
  readonly sealed: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
const CRLF = Buffer.from('\r\n');
/** A line longer than this is no boundary, and is handed on in pieces. */
const LINE_LIMIT = 8 * 1024;
const HEADER_LIMIT = 1024 * 1024;
const DEPTH_LIMIT = 50;
const ENTITY_LIMIT = 10_000;

export class MimeWalk {
  readonly #visitor: MimeVisitor;
  readonly #openMessages: boolean;
  readonly #entityLimit: number;
  readonly #depthLimit: number;
  readonly #headerLimit: number;
  readonly #levels: Level[] = [];
  #rest: Buffer = Buffer.alloc(0);
  /** The line that is being read has begun in an earlier piece. */
  #inLine = false;
  /** Lines of the header section that is being read; null: none is. */
  #header: Buffer[] | null = [];
  #headerSize = 0;
  /** Of the header section that is being read. */
  #next: Next = {
    parent: null,
    isMessage: true,
    digest: false,
    sealed: false,
  };
  #leaf: Entity | null = null;
  /** The leaf's last line end: of its body, or of the boundary that follows (RFC 2046 §5.1.1). */
  #heldLineEnd = false;
  #entities = 0;
  #messages = 0;

  constructor(visitor: MimeVisitor, options: WalkOptions = {}) {
    this.#visitor = visitor;
    this.#openMessages = options.openMessages ?? true;
    this.#entityLimit = options.entities ?? ENTITY_LIMIT;
    this.#depthLimit = options.depth ?? DEPTH_LIMIT;
    this.#headerLimit = options.header ?? HEADER_LIMIT;
  }

  push(piece: Buffer): void {
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    for (let end = data.indexOf(LF); end !== -1; end = data.indexOf(LF, at)) {
      this.#take(data.subarray(at, end + 1), true);
      at = end + 1;
    }
    this.#rest = data.subarray(at);
    if (this.#rest.length > LINE_LIMIT) {
      // Its last octet may be the CR of the line's end.
      this.#take(this.#rest.subarray(0, -1), false);
      this.#rest = this.#rest.subarray(-1);
    }
  }

  end(): void {
    if (this.#rest.length > 0) this.#take(this.#rest, false);
    if (this.#header !== null) this.#endHeader(false);
    this.#header = null;
    this.#endLeaf(true);
  }

  /** A line with its end, or a piece of one. */
  #take(line: Buffer, ends: boolean): void {
    const begins = !this.#inLine;
    this.#inLine = !ends;
    if (begins && line[0] === DASH && line[1] === DASH && this.#boundary(line)) return;
    if (this.#header !== null) this.#takeHeader(line, begins && ends);
    else if (this.#leaf !== null) this.#takeBody(this.#leaf, line, ends);
    else this.#framing(line);
  }

  #takeHeader(line: Buffer, whole: boolean): void {
    if (whole && line.length === 2 && line[0] === CR) {
      this.#endHeader(true);
      return;
    }
    this.#headerSize += line.length;
    if (this.#headerSize > this.#headerLimit) throw new MimeLimit(`a header section is larger than ${this.#headerLimit} octets`);
    this.#header?.push(line);
  }

  #takeBody(leaf: Entity, line: Buffer, ends: boolean): void {
    if (this.#heldLineEnd) this.#visitor.body(leaf, CRLF);
    this.#heldLineEnd = ends;
    const octets = ends ? line.subarray(0, -2) : line;
    if (octets.length > 0) this.#visitor.body(leaf, octets);
  }

  #endLeaf(withLineEnd: boolean): void {
    const leaf = this.#leaf;
    if (leaf === null) return;
    if (this.#heldLineEnd && withLineEnd) this.#visitor.body(leaf, CRLF);
    this.#visitor.bodyEnd(leaf);
    if (this.#heldLineEnd && !withLineEnd) this.#framing(CRLF);
    this.#heldLineEnd = false;
    this.#leaf = null;
  }

  #framing(octets: Buffer): void {
    this.#visitor.framing(octets, this.#levels.at(-1)?.sealed === true);
  }

  /** RFC 2046 §5.1.1: the boundary of any multipart that is open; the inner ones end with it. */
  #boundary(line: Buffer): boolean {
    if (this.#levels.length === 0 || line.length > LINE_LIMIT) return false;
    const text = line.toString('latin1').trimEnd();
    const depth = this.#levels.findLastIndex(({ boundary }) => text === boundary || text === `${boundary}--`);
    const level = this.#levels[depth];
    if (level === undefined) return false;
    if (this.#header !== null) this.#endHeader(false);
    this.#header = null;
    this.#endLeaf(false);
    const closes = text !== level.boundary;
    this.#levels.length = closes ? depth : depth + 1;
    this.#framing(line);
    if (!closes) this.#beginHeader({ parent: level.entity, isMessage: false, digest: level.digest, sealed: level.sealed });
    return true;
  }

  #beginHeader(next: Next): void {
    this.#header = [];
    this.#headerSize = 0;
    this.#next = next;
  }

  #endHeader(complete: boolean): void {
    const section = Buffer.concat(this.#header ?? []).toString('latin1');
    this.#header = null;
    if (++this.#entities > this.#entityLimit) throw new MimeLimit(`it has more than ${this.#entityLimit} parts`);
    const entity = this.#entityOf([...fieldsOf(section)]);
    this.#visitor.header(entity, complete);
    if (entity.kind === 'multipart') {
      const type = entity.contentType?.type;
      const boundary = `--${entity.contentType?.params.get('boundary') ?? ''}`.trimEnd();
      this.#levels.push({
        entity: entity.number,
        boundary,
        digest: type === 'multipart/digest',
        sealed: entity.sealed || type === 'multipart/signed',
      });
      if (this.#levels.length > this.#depthLimit) throw new MimeLimit(`its parts are nested more than ${this.#depthLimit} deep`);
    } else if (entity.kind === 'message') {
      if (++this.#messages > this.#entityLimit) throw new MimeLimit('it holds too many messages');
      this.#beginHeader({ parent: entity.number, isMessage: true, digest: false, sealed: entity.sealed });
    } else this.#leaf = entity;
  }

  #entityOf(fields: readonly HeaderField[]): Entity {
    const { parent, isMessage, digest, sealed } = this.#next;
    const contentType = contentTypeOf(fields);
    const encoding = transferEncodingOf(fields);
    const identity = encoding === '7bit' || encoding === '8bit' || encoding === 'binary';
    const type = contentType?.type ?? (digest ? 'message/rfc822' : 'text/plain');
    // RFC 2045 §6.4: neither has another encoding; where it has, it is read as a leaf, and stays whole.
    const multipart = type.startsWith('multipart/') && (contentType?.params.get('boundary') ?? '') !== '';
    const opened = type === 'message/rfc822' && this.#openMessages;
    const kind = multipart && identity ? 'multipart' : opened && identity ? 'message' : 'leaf';
    return { number: this.#entities - 1, fields, type, contentType, encoding, kind, parent, isMessage, sealed };
  }
}
