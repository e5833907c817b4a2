/**
 * Reads the header block of a message on its way in (RFC 5322 §2.2): the few fields that the register
 * shows, our X-Relais-* fields, and how many hops the message has seen. The block that goes on is the
 * same octets without the X-Relais-* fields. Pure; one pass, linear in the block, whatever it holds.
 */
import { decodeFieldText } from '../../domain/encoded-words.ts';
import type { MessageHeaders, References } from '../../domain/message.ts';
import { NO_REFERENCES, REFERENCE_FIELD_PREFIX, readReferences } from '../../domain/references.ts';

export interface HeaderBlock {
  readonly headers: MessageHeaders;
  readonly references: References;
  /** The body of the first X-Relais-Send-At, decoded; null where there is none. */
  readonly sendAt: string | null;
  /** Fields that RFC 5322 §3.6 wants and that are not there; both false where the block was not read to its end. */
  readonly lacks: { readonly messageId: boolean; readonly date: boolean };
  /** Trace fields (RFC 5321 §4.4), for finding loops (§6.3). */
  readonly received: number;
  /** Other fields that were asked for, decoded, by their names in lower case, each as often as it is there. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The block less X-Relais-* fields, otherwise octet for octet. */
  readonly content: Buffer;
}

/** Fields beside those that are always read. */
export interface WantedFields {
  /** In lower case. */
  readonly names: ReadonlySet<string>;
  /** Codes of the letters that they begin with: of most fields nothing else is looked at. */
  readonly initials: ReadonlySet<number>;
}

export function wantedFields(names: ReadonlySet<string>): WantedFields {
  return { names, initials: new Set([...names].map((name) => name.charCodeAt(0))) };
}

export const NO_FIELDS: WantedFields = wantedFields(new Set());

/** Lines that are read as the start of a field, so that no header block holds up the event loop; the rest is left as it is. */
const FIELD_LIMIT = 20_000;
/** Octets of one field that are looked at, and characters of it that are kept. */
const RAW_LIMIT = 8192;
const TEXT_LIMIT = 1000;
/** X-Relais-* fields that are read; more are taken off all the same. */
const REFERENCE_LIMIT = 100;
const NAME_LIMIT = 80;
/** Of one name. */
const REPEATED_LIMIT = 20;
const SEND_AT_FIELD = `${REFERENCE_FIELD_PREFIX}send-at`;

const TAB = 0x09;
const SPACE = 0x20;
const COLON = 0x3a;
const NO_HEADERS: MessageHeaders = { subject: null, messageId: null, from: null, date: null };

type Shown = 'subject' | 'message-id' | 'from' | 'date';

interface Reading {
  readonly text: string;
  readonly raw: Map<Shown, string>;
  readonly references: { readonly name: string; readonly value: string }[];
  readonly wanted: WantedFields;
  readonly fields: Map<string, string[]>;
  /** Ranges of X-Relais-* fields: start, end, start, end … */
  readonly cuts: number[];
  received: number;
}

/** `block`: from the first octet of the message to the empty line that ends its header, inclusive. */
export function readHeaderBlock(block: Buffer, wanted: WantedFields = NO_FIELDS): HeaderBlock {
  const text = block.toString('latin1');
  const reading: Reading = { text, raw: new Map(), references: [], wanted, fields: new Map(), cuts: [], received: 0 };
  const whole = readFields(reading);
  const { references } = reading;
  return {
    headers: reading.raw.size === 0 ? NO_HEADERS : shownHeaders(reading.raw),
    references: references.length === 0 ? NO_REFERENCES : readReferences(references),
    sendAt: references.find(({ name }) => name.toLowerCase() === SEND_AT_FIELD)?.value ?? null,
    lacks: { messageId: whole && !reading.raw.has('message-id'), date: whole && !reading.raw.has('date') },
    received: reading.received,
    fields: reading.fields,
    content: reading.cuts.length === 0 ? block : withoutRanges(block, reading.cuts),
  };
}

/** Whether the block was read to its end. */
function readFields(reading: Reading): boolean {
  const { text } = reading;
  let at = 0;
  for (let fields = 0; at < text.length; fields++) {
    if (fields === FIELD_LIMIT) return false;
    const end = lineEnd(text, at);
    if (end - at === 2 && text.charCodeAt(at) === 0x0d) break;
    at = readField(reading, at, end);
  }
  return true;
}

/** Index after the CRLF of the line at `at`. */
function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\r\n', at);
  return end === -1 ? text.length : end + 2;
}

/** Reads the field that starts at `at`, whose first line ends at `end`; returns where the next one starts. */
function readField(reading: Reading, at: number, end: number): number {
  const { text } = reading;
  const initial = text.charCodeAt(at) | 0x20;
  if (reading.wanted.initials.has(initial)) readWanted(reading, at, end);
  switch (initial) {
    case 0x73: // s
      return readShown(reading, at, end, 'subject');
    case 0x6d: // m
      return readShown(reading, at, end, 'message-id');
    case 0x66: // f
      return readShown(reading, at, end, 'from');
    case 0x64: // d
      return readShown(reading, at, end, 'date');
    case 0x72: // r
      if (bodyStart(text, at, 'received') !== -1) reading.received++;
      return end;
    case 0x78: // x
      return readReference(reading, at, end);
    default:
      return end;
  }
}

function readShown(reading: Reading, at: number, end: number, name: Shown): number {
  const body = bodyStart(reading.text, at, name);
  // The first of a repeated field counts: RFC 5322 §3.6 allows one of each.
  if (body === -1 || reading.raw.has(name)) return end;
  const next = fieldEnd(reading.text, end);
  reading.raw.set(name, unfold(reading.text, body, next));
  return next;
}

function readReference(reading: Reading, at: number, end: number): number {
  const { text } = reading;
  if (text.slice(at, at + REFERENCE_FIELD_PREFIX.length).toLowerCase() !== REFERENCE_FIELD_PREFIX) return end;
  const head = text.slice(at, Math.min(end, at + NAME_LIMIT));
  const colon = head.indexOf(':');
  if (colon === -1) return end;
  const next = fieldEnd(text, end);
  if (reading.cuts.at(-1) === at) reading.cuts.pop();
  else reading.cuts.push(at);
  reading.cuts.push(next);
  if (reading.references.length < REFERENCE_LIMIT) {
    const value = decodeFieldText(unfold(text, at + colon + 1, next), TEXT_LIMIT);
    reading.references.push({ name: head.slice(0, colon).trimEnd(), value });
  }
  return next;
}

function readWanted({ text, wanted, fields }: Reading, at: number, end: number): void {
  const head = text.slice(at, Math.min(end, at + NAME_LIMIT));
  const colon = head.indexOf(':');
  const name = head.slice(0, Math.max(0, colon)).trimEnd().toLowerCase();
  if (!wanted.names.has(name)) return;
  const values = fields.get(name) ?? [];
  if (values.length >= REPEATED_LIMIT) return;
  values.push(decodeFieldText(unfold(text, at + colon + 1, fieldEnd(text, end)), TEXT_LIMIT));
  fields.set(name, values);
}

/** Index after the colon when the field at `at` is called `name`, in any case; otherwise -1. */
function bodyStart(text: string, at: number, name: string): number {
  if (text.slice(at, at + name.length).toLowerCase() !== name) return -1;
  let colon = at + name.length;
  // RFC 5322 §4.5.8: blanks before the colon are obsolete, and still sent.
  while (colon < at + NAME_LIMIT && (text.charCodeAt(colon) === SPACE || text.charCodeAt(colon) === TAB)) colon++;
  return text.charCodeAt(colon) === COLON ? colon + 1 : -1;
}

/** Index after the last line of a field whose first line ends at `end` (RFC 5322 §2.2.3). */
function fieldEnd(text: string, end: number): number {
  let at = end;
  while (at < text.length && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) at = lineEnd(text, at);
  return at;
}

function unfold(text: string, start: number, end: number): string {
  return text.slice(start, Math.min(end, start + RAW_LIMIT)).replaceAll('\r\n', '');
}

function shownHeaders(raw: ReadonlyMap<Shown, string>): MessageHeaders {
  const decoded = (name: Shown): string | null => {
    const value = decodeFieldText(raw.get(name) ?? '', TEXT_LIMIT);
    return value === '' ? null : value;
  };
  return { subject: decoded('subject'), messageId: messageIdOf(decoded('message-id')), from: decoded('from'), date: decoded('date') };
}

/** RFC 5322 §3.6.4, without its brackets; what has none is taken as it stands. */
function messageIdOf(value: string | null): string | null {
  if (value === null) return null;
  const start = value.indexOf('<');
  const end = value.indexOf('>', start + 1);
  const id = start === -1 || end === -1 ? value : value.slice(start + 1, end).trim();
  return id === '' ? null : id;
}

function withoutRanges(block: Buffer, cuts: readonly number[]): Buffer {
  const kept = Buffer.allocUnsafe(block.length);
  let length = 0;
  let from = 0;
  for (let i = 0; i < cuts.length; i += 2) {
    length += block.copy(kept, length, from, cuts[i] ?? block.length);
    from = cuts[i + 1] ?? block.length;
  }
  length += block.copy(kept, length, from);
  return kept.subarray(0, length);
}
