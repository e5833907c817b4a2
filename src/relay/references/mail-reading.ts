/**
 * What a message holds of its references: header fields, the HTML's beginning, the names of attached
 * files, and those files in which XML documents may be. One pass, of bounded memory.
 *
 *   upstream    the follower, the changes to the past, `relais references test`
 *   downstream  domain/mime
 *   failure     what can not be walked any further is left; what was read until then counts
 */
import { setImmediate as turn } from 'node:timers/promises';
import { decodeFieldText } from '../../domain/encoded-words.ts';
import { decodeText } from '../../domain/mime/charset.ts';
import { fileFieldsOf } from '../../domain/mime/file-name.ts';
import { fieldBody } from '../../domain/mime/header-section.ts';
import { type Entity, MimeLimit, type MimeVisitor, MimeWalk } from '../../domain/mime/mime-walk.ts';
import { decoderFor, type TransferDecoder } from '../../domain/mime/transfer-decoding.ts';
import type { StoredContent } from '../../domain/ports.ts';

/** A file that may be, or hold, XML. */
export interface DocumentFile {
  readonly kind: 'xml' | 'pdf';
  readonly octets: Buffer;
}

export interface MailReading {
  /** Those asked for, by name in lower case, decoded. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Beginning of the first HTML that is no file; null: there is none. */
  readonly html: string | null;
  /** Names of files. */
  readonly attachments: readonly string[];
  readonly files: readonly DocumentFile[];
}

export interface ReadingRequest {
  /** Names of header fields, in lower case. */
  readonly headers: ReadonlySet<string>;
  /** Octets of files that are kept, altogether; 0: attachments are not looked at. */
  readonly files: number;
}

/** Octets walked before others have their turn: a millisecond or so. */
const SLICE = 64 * 1024;
const HTML_LIMIT = 128 * 1024;
const FILES_LIMIT = 10;
const NAMES_LIMIT = 50;
const FIELD_LIMIT = 1000;
const REPEATED_LIMIT = 20;
/** Attached messages are files: what they are about is not what this one is about. */
const WALK = { entities: 500, depth: 20, openMessages: false, header: 256 * 1024 } as const;
/** Of a PDF with files in it (ISO 32000-1 §7.11.4): their streams stand outside of compressed objects. */
const EMBEDDED = Buffer.from('/EmbeddedFile');

export async function readMail(content: Pick<StoredContent, 'bytes' | 'stream'>, request: ReadingRequest): Promise<MailReading> {
  const collector = new Collector(request);
  const walk = new MimeWalk(collector, WALK);
  try {
    for await (const piece of content.bytes === null ? content.stream() : [content.bytes]) {
      const octets = piece as Buffer;
      for (let at = 0; at < octets.length && !collector.done; at += SLICE) {
        if (at > 0) await turn();
        walk.push(octets.subarray(at, at + SLICE));
      }
      if (collector.done) break;
    }
    walk.end();
  } catch (error) {
    if (!(error instanceof MimeLimit)) throw error;
  }
  return collector.reading();
}

/** The leaf that is being read, as far as it is kept. */
interface Leaf {
  readonly use: 'html' | 'xml' | 'pdf';
  readonly decoder: TransferDecoder;
  readonly limit: number;
  pieces: Buffer[];
  size: number;
}

class Collector implements MimeVisitor {
  readonly #request: ReadingRequest;
  readonly #headers = new Map<string, string[]>();
  readonly #attachments: string[] = [];
  readonly #files: DocumentFile[] = [];
  #room: number;
  #html: string | null = null;
  #leaf: Leaf | null = null;
  /** Nothing that comes could be of use. */
  done = false;

  constructor(request: ReadingRequest) {
    this.#request = request;
    this.#room = request.files;
  }

  reading(): MailReading {
    return { headers: this.#headers, html: this.#html, attachments: this.#attachments, files: this.#files };
  }

  header(entity: Entity): void {
    if (entity.parent === null && entity.number === 0) this.#takeHeaders(entity);
    if (entity.kind !== 'leaf') return;
    const { disposition, name } = fileFieldsOf(entity.fields);
    const isFile = disposition === 'attachment' || name !== null;
    if (isFile && name !== null && this.#request.files > 0 && this.#attachments.length < NAMES_LIMIT) this.#attachments.push(name);
    const use = this.#useOf(entity.type, name, isFile);
    if (use === null) {
      // A message that is one text has nothing more.
      this.done ||= entity.number === 0;
      return;
    }
    const limit = use === 'html' ? HTML_LIMIT : this.#room;
    this.#leaf = { use, decoder: decoderFor(entity.encoding), limit, pieces: [], size: 0 };
  }

  body(_: Entity, octets: Buffer): void {
    const leaf = this.#leaf;
    if (leaf === null || leaf.size > leaf.limit) return;
    // Line by line; to decode them together is cheaper.
    leaf.pieces.push(octets);
    leaf.size += octets.length;
  }

  bodyEnd(entity: Entity): void {
    const leaf = this.#leaf;
    this.#leaf = null;
    if (leaf === null) return;
    const { decoder } = leaf;
    const decoded = Buffer.concat([decoder.write(Buffer.concat(leaf.pieces)), decoder.end()]);
    if (leaf.use === 'html') {
      this.#html = decodeText(decoded.subarray(0, HTML_LIMIT), entity.contentType?.params.get('charset') ?? null);
      this.done ||= this.#request.files === 0 || entity.number === 0;
    } else if (leaf.size <= leaf.limit) this.#keepFile(leaf.use, decoded);
  }

  framing(): void {
    // Holds nothing.
  }

  #takeHeaders({ fields }: Entity): void {
    const { headers } = this.#request;
    if (headers.size === 0) return;
    for (const field of fields) {
      if (!headers.has(field.name)) continue;
      const values = this.#headers.get(field.name) ?? [];
      if (values.length < REPEATED_LIMIT) values.push(decodeFieldText(fieldBody(field), FIELD_LIMIT));
      this.#headers.set(field.name, values);
    }
  }

  #useOf(type: string, name: string | null, isFile: boolean): Leaf['use'] | null {
    if (type === 'text/html' && !isFile) return this.#html === null ? 'html' : null;
    if (this.#room <= 0 || this.#files.length >= FILES_LIMIT) return null;
    if (/^(?:text|application)\/(?:[\w.-]+\+)?xml$/.test(type) || /\.xml$/i.test(name ?? '')) return 'xml';
    return type === 'application/pdf' || /\.pdf$/i.test(name ?? '') ? 'pdf' : null;
  }

  #keepFile(kind: 'xml' | 'pdf', octets: Buffer): void {
    if (octets.length === 0 || (kind === 'pdf' && !octets.includes(EMBEDDED))) return;
    this.#room -= octets.length;
    this.#files.push({ kind, octets });
  }
}
