/**
 * One person's address, as it is found in texts and put out of them: in every form in which it may be
 * written, and never as a part of another address. Pure.
 */
import { domainToASCII, domainToUnicode } from 'node:url';
import { type Entity, MimeLimit, MimeWalk } from './mime/mime-walk.ts';
import { decoderFor, type TransferDecoder } from './mime/transfer-decoding.ts';

/** What the address is replaced by: one that no mail goes to (RFC 2606 §2), and that says nothing without the salt. */
export const ERASED_DOMAIN = 'erased.invalid';

export function pseudonymOf(digest: string): string {
  return `erased-${digest.slice(0, 32)}@${ERASED_DOMAIN}`;
}

const BEFORE = String.raw`(?<![\p{L}\p{N}._%+-])`;
const AFTER = String.raw`(?![\p{L}\p{N}-]|\.[\p{L}\p{N}])`;

export class Subject {
  /** Normalised. */
  readonly address: string;
  readonly pseudonym: string;
  /** In small letters, as octets of UTF-8 read one by one. */
  readonly #needles: readonly string[];
  readonly #forms: readonly { readonly pattern: RegExp; readonly by: string }[];

  constructor(address: string, pseudonym: string) {
    this.address = address;
    this.pseudonym = pseudonym;
    const forms = formsOf(address, pseudonym);
    this.#needles = [...new Set(forms.map(({ text }) => latin1(Buffer.from(text))))];
    this.#forms = forms.map(({ text, by }) => ({ pattern: new RegExp(BEFORE + escaped(text) + AFTER, 'giu'), by }));
  }

  /** Whether octets may name it: those that do not are not looked at any closer. */
  mayBeIn(octets: Buffer): boolean {
    const text = latin1(octets);
    return this.#needles.some((needle) => text.includes(needle));
  }

  isIn(text: string): boolean {
    return this.#forms.some(({ pattern }) => text.search(pattern) !== -1);
  }

  /** The text without it; the same text where it is not in it. */
  outOf(text: string): string {
    let changed = text;
    for (const { pattern, by } of this.#forms) changed = changed.replace(pattern, by);
    return changed;
  }

  /** A value of JSON without it, names of members included; the same value where it is not in it. */
  outOfValue<T>(value: T): T {
    return this.#without(value) as T;
  }

  #without(value: unknown): unknown {
    if (typeof value === 'string') return this.outOf(value);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const items = value.map((item) => this.#without(item));
      return items.every((item, i) => item === value[i]) ? value : items;
    }
    let same = true;
    const entries = Object.entries(value).map(([name, item]): [string, unknown] => {
      const entry: [string, unknown] = [this.outOf(name), this.#without(item)];
      same &&= entry[0] === name && entry[1] === item;
      return entry;
    });
    return same ? value : Object.fromEntries(entries);
  }

  /** The longest of its forms, in octets. */
  get longest(): number {
    return Math.max(...this.#needles.map(({ length }) => length));
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Small letters of octets, each a character: the same for a needle and for what it is looked for in. */
function latin1(octets: Buffer): string {
  return octets.toString('latin1').toLowerCase();
}

/** As it may be written: with the domain in letters or as an A-label, quoted, as xtext (RFC 3461 §4), in a URL, in JSON. */
function formsOf(address: string, pseudonym: string): { readonly text: string; readonly by: string }[] {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const domains = [...new Set([domain, domainToASCII(domain), domainToUnicode(domain)])].filter((one) => one !== '');
  const xtext = local.replace(/[+=]/g, (char) => `+${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const bare = local.startsWith('"') ? local : `"${local}"`;
  const texts = domains.flatMap((one) => [local, xtext, bare, JSON.stringify(bare).slice(1, -1)].map((name) => `${name}@${one}`));
  const plain = [...new Set(texts)].map((text) => ({ text, by: pseudonym }));
  const inUrls = domains.map((one) => ({ text: encodeURIComponent(`${local}@${one}`), by: encodeURIComponent(pseudonym) }));
  return [...plain, ...inUrls];
}

/** Looks for it in a message or report that comes in pieces: as the octets stand, and as its parts decode. */
export class SubjectSearch {
  readonly #subject: Subject;
  readonly #walk: MimeWalk;
  #raw = '';
  #decoded = '';
  #decoder: TransferDecoder | null = null;
  #walking = true;
  #found = false;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#walk = new MimeWalk({
      header: (entity) => this.#begin(entity),
      body: (_, octets) => this.#part(this.#decoder?.write(octets)),
      bodyEnd: () => {
        this.#part(this.#decoder?.end());
        this.#decoder = null;
        this.#decoded = '';
      },
      framing: () => {},
    });
  }

  get found(): boolean {
    return this.#found;
  }

  write(octets: Buffer): void {
    if (this.#found) return;
    this.#raw = this.#look(this.#raw, octets);
    if (this.#walking) this.#guarded(() => this.#walk.push(octets));
  }

  end(): boolean {
    if (!this.#found && this.#walking) this.#guarded(() => this.#walk.end());
    return this.#found;
  }

  #begin({ encoding, kind }: Entity): void {
    this.#decoder = kind === 'leaf' && (encoding === 'base64' || encoding === 'quoted-printable') ? decoderFor(encoding) : null;
    this.#decoded = '';
  }

  #part(octets: Buffer | undefined): void {
    if (octets !== undefined && octets.length > 0) this.#decoded = this.#look(this.#decoded, octets);
  }

  /** Gives what is to be looked at again with what follows. */
  #look(before: string, octets: Buffer): string {
    const text = before + octets.toString('latin1');
    if (this.#subject.mayBeIn(Buffer.from(text, 'latin1')) && this.#subject.isIn(Buffer.from(text, 'latin1').toString('utf8')))
      this.#found = true;
    // With the character on either side, which tells it from a part of another address.
    return text.slice(-(this.#subject.longest + 8));
  }

  /** What is no mail that a walk goes through is looked at as it stands. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof MimeLimit)) throw error;
      this.#walking = false;
    }
  }
}
