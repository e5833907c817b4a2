/**
 * What else in a report may tell which message it speaks of: tokens wherever they stand, the names
 * that servers and headers give the message, its subject and date. Pure, inside the worker.
 *
 *   upstream    parse.ts
 *   downstream  candidates.ts
 *   standards   RFC 3464 §2.2.1 (Original-Envelope-Id), §2.3.7 (Final-Log-ID); RFC 5322 §3.6.4
 */
import { decodeFieldText } from '../../domain/encoded-words.ts';
import { type Field, fieldValue, readBlocks } from './fields.ts';
import type { ReportMime } from './mime.ts';
import { readProviderNotification } from './provider-notification.ts';
import { returnedHeaders } from './returned.ts';

export interface ReportHints {
  /** In the shape of our tokens, with the domain behind where there is one; in the order found. */
  readonly tokens: readonly string[];
  /** Message-IDs that the report gives the message, or answers (In-Reply-To, References); no brackets. */
  readonly messageIds: readonly string[];
  /** What servers' logs call the message: queue ids. */
  readonly logIds: readonly string[];
  /** Final recipients and the original ones beside them, as written. */
  readonly originals: readonly { readonly final: string; readonly original: string }[];
  /** Of the returned message, decoded; null: it does not say. */
  readonly subject: string | null;
  /** Date of the returned message, Unix milliseconds. */
  readonly date: number | null;
  /** Date of the report itself. */
  readonly writtenAt: number | null;
}

const TOKENS_LIMIT = 20;
/** As the register keeps the subject it is compared with. */
const SUBJECT_LIMIT = 1000;
const NAMES_LIMIT = 20;
const ORIGINALS_LIMIT = 200;
const TOKEN = /(?<![0-9a-z])rb-[0-9a-z]{26}-[0-9a-z]{1,4}-[0-9a-z]{1,2}-[0-9a-z]{16}(?![0-9a-z])(?:@[0-9a-z.-]{1,253})?/gi;
const STATUS = /^message\/(?:global-)?delivery-status$/;

export function readHints(mime: ReportMime): ReportHints {
  const { headers, parts, text } = mime;
  const returned = returnedHeaders(mime);
  const providerId = readProviderNotification(text)?.providerId ?? null;
  const groups = parts.filter(({ contentType }) => STATUS.test(contentType)).flatMap((part) => readBlocks(part.text));
  const status = groups.flat();
  const values = [...headers, ...status, ...returned].map(({ value }) => value);
  const subject = fieldValue(returned, 'subject') ?? lineOf(text, SUBJECT_LINE);
  return {
    tokens: tokensIn([...values, text]),
    messageIds: bounded([
      ...idsOf(returned, ['message-id', 'x-original-message-id']),
      ...idsOf(status, ['x-original-message-id']),
      ...idsOf(headers, ['in-reply-to', 'x-original-message-id', 'original-message-id', 'references']),
      ...idsIn(lineOf(text, MESSAGE_ID_LINE) ?? ''),
    ]),
    logIds: bounded([
      ...status.filter(({ name }) => LOG_IDS.includes(name)).map(({ value }) => value.replace(TYPED, '')),
      ...(providerId === null ? [] : [providerId]),
    ]),
    originals: originalsOf(groups),
    subject: subject === null ? null : decodeFieldText(Buffer.from(subject, 'utf8').toString('latin1'), SUBJECT_LIMIT),
    date: dateOf(fieldValue(returned, 'date')),
    writtenAt: dateOf(fieldValue(headers, 'date')),
  };
}

const SUBJECT_LINE = /^[ \t>]*subject:[ \t]*(\S.*)$/im;
const MESSAGE_ID_LINE = /^[ \t>]*message-id:[ \t]*(<[^<>\s]+>)/im;
const TYPED = /^[A-Za-z0-9-]{1,30}\s*;\s*/;
const LOG_IDS = ['final-log-id', 'x-postfix-queue-id', 'x-queue-id', 'original-queue-id', 'x-original-queue-id'];

function lineOf(text: string, pattern: RegExp): string | null {
  return pattern.exec(text)?.[1]?.trim() ?? null;
}

function tokensIn(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [token] of text.matchAll(TOKEN)) {
      found.add(token.toLowerCase());
      if (found.size === TOKENS_LIMIT) return [...found];
    }
  }
  return [...found];
}

function idsOf(fields: readonly Field[], names: readonly string[]): string[] {
  return names.flatMap((name) => idsIn(fieldValue(fields, name) ?? '').reverse());
}

/** Message-IDs in their order. */
function idsIn(value: string): string[] {
  return [...value.slice(0, 8000).matchAll(/<\s*([^<>\s]{3,998})\s*>/g)].map(([, id = '']) => id);
}

function bounded(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))].slice(0, NAMES_LIMIT);
}

/** Groups hold one recipient each, but for servers that leave the empty line out; then nothing is paired. */
function originalsOf(groups: readonly (readonly Field[])[]): ReportHints['originals'] {
  const pairs = groups.flatMap((group) => {
    const finals = group.filter(({ name }) => name === 'final-recipient');
    const originals = group.filter(({ name }) => name === 'original-recipient');
    const [final, original] = [finals[0], originals[0]];
    if (finals.length !== 1 || originals.length !== 1 || final === undefined || original === undefined) return [];
    return [{ final: final.value.replace(TYPED, ''), original: original.value.replace(TYPED, '') }];
  });
  return pairs.slice(0, ORIGINALS_LIMIT);
}

function dateOf(value: string | null): number | null {
  const time = value === null ? Number.NaN : Date.parse(value.replace(/\([^)]*\)/g, '').trim());
  return Number.isFinite(time) && time > 0 ? time : null;
}
