/**
 * What a message is found by: its index and word keys, the same for writing, asking and erasing;
 * and the filter that every hit is held against. Pure.
 */
import { asciiDomainOf, normalizeAddress } from '../../domain/address.ts';
import { type AcceptedMessage, type MessageState, messageState, type PreparedMessage, type References } from '../../domain/message.ts';
import type { MessageFilter } from '../../domain/ports.ts';
import { isPending, type RecipientRecord, type RecipientState } from '../../domain/recipient.ts';
import { queryWords, wordsOf } from '../../domain/words.ts';
import { type IndexName, indexKey, wordKey } from './keys.ts';
import { type RecipientStatus, senderOf } from './records.ts';

/** Normalised sender; '' for the null reverse-path. */
function senderText(message: PreparedMessage): string {
  const sender = senderOf(message);
  return sender === null ? '' : normalizeAddress(sender);
}

function recipientTexts(message: PreparedMessage): string[] {
  return message.envelope.recipients.map(({ address }) => normalizeAddress(address));
}

/** What a message is searched by, addresses last: of many recipients only the first are words. */
function searchedTexts(message: PreparedMessage): (string | null)[] {
  const { headers, references } = message;
  return [headers.subject, references.document, headers.messageId, senderText(message), ...recipientTexts(message), headers.from];
}

/**
 * The words that are indexed: one that begins another of the same message is left out, since a
 * search goes by beginnings and finds it with the longer one.
 */
function indexedWords(message: PreparedMessage): string[] {
  const words = wordsOf(searchedTexts(message)).sort();
  return words.filter((word, i) => !(words[i + 1]?.startsWith(word) ?? false));
}

/** All index and word keys of a message that do not change with its state. */
export function messageIndexKeys(message: PreparedMessage, inverted: string): string[] {
  const keys: string[] = [];
  const add = (name: IndexName, value: string | null): void => {
    if (value !== null) keys.push(indexKey(name, value, inverted));
  };
  const { headers, references } = message;
  add('account', message.account);
  add('sender', senderText(message));
  add('template', references.template);
  add('document', references.document);
  add('documentType', references.documentType);
  add('contact', references.contact);
  add('administration', references.administration);
  add('stream', references.stream);
  add('messageId', headers.messageId);
  add('envelopeId', message.envelope.envid);
  for (const [name, value] of Object.entries(references.tags)) {
    add('tag', name);
    add('tag', `${name}=${value}`);
  }
  for (const recipient of new Set(recipientTexts(message))) add('recipient', recipient);
  for (const domain of new Set(message.envelope.recipients.map(({ address }) => asciiDomainOf(address)))) add('domain', domain);
  for (const word of indexedWords(message)) keys.push(wordKey(word, inverted));
  return keys;
}

/** States that are not indexed: the messages that have them are in memory (PendingTable). */
export function isPendingState(state: string): boolean {
  return state === 'in-progress' || isPending(state as RecipientState);
}

/** Of messages with a recipient that a server after ours is still trying: found like a state, and is none. */
export const DELAYED = 'delayed';

/**
 * What a message is indexed by as its state: its own and its recipients', those aside that are pending;
 * and whether one of them is delayed further on.
 */
export function indexedStates(recipients: readonly Pick<RecipientRecord, 'state' | 'delayedAt'>[]): Set<string> {
  const states = new Set<string>();
  let pending = false;
  let delayed = false;
  for (const { state, delayedAt } of recipients) {
    if (isPending(state)) pending = true;
    else states.add(state);
    if (delayedAt !== undefined) delayed = true;
  }
  if (!pending) states.add(messageState(states as Set<RecipientState>));
  if (delayed) states.add(DELAYED);
  return states;
}

/** A filter made ready to be asked many times, in two parts: what the message tells, and what its status does. */
export interface CompiledFilter {
  /** Whether the message can match, from the JSON of its record, unparsed. */
  readonly json: (json: Buffer) => boolean;
  readonly message: (message: AcceptedMessage) => boolean;
  readonly status: (state: MessageState, recipients: readonly RecipientStatus[]) => boolean;
}

/** A filter with what the store knows of it beside. */
export interface SearchedFilter extends MessageFilter {
  /** Streams that were given the name of the template. */
  readonly templateStreams?: readonly string[];
}

/** Bounds of time are not looked at: they are ranges of ids. */
export function compileFilter(filter: SearchedFilter): CompiledFilter {
  const checks: ((message: AcceptedMessage) => boolean)[] = [];
  const { state, account, q, tag, domain, recipient, stream } = filter;
  const asked = q === undefined ? [] : queryWords(q);
  if (account !== undefined) checks.push((message) => account.includes(message.account));
  const same = (asked: string | undefined, read: (message: AcceptedMessage) => string | null): void => {
    if (asked !== undefined) checks.push((message) => read(message) === asked);
  };
  if (filter.template !== undefined) checks.push(({ references }) => isOfTemplate(references, filter));
  same(filter.document, ({ references }) => references.document);
  same(filter.documentType, ({ references }) => references.documentType);
  same(filter.contact, ({ references }) => references.contact);
  same(filter.administration, ({ references }) => references.administration);
  if (stream !== undefined) checks.push(({ references }) => references.stream !== null && stream.includes(references.stream));
  same(filter.messageId, ({ headers }) => headers.messageId);
  same(filter.sender, senderText);
  if (tag !== undefined) checks.push(({ references }) => hasTag(references.tags, tag));
  if (domain !== undefined) checks.push(({ envelope }) => envelope.recipients.some(({ address }) => asciiDomainOf(address) === domain));
  if (recipient !== undefined) checks.push((message) => recipientTexts(message).includes(recipient));
  if (asked.length > 0) checks.push((message) => hasWords(message, asked));
  return {
    json: (json) => asked.length === 0 || mayHaveWords(json.toString('utf8'), asked),
    message: (message) => checks.every((check) => check(message)),
    status: (own, recipients) => state === undefined || state.includes(own) || recipients.some((status) => state.includes(status.state)),
  };
}

function isOfTemplate({ template, stream }: References, { template: wanted, templateStreams = [] }: SearchedFilter): boolean {
  return template === wanted || (template === null && stream !== null && templateStreams.includes(stream));
}

function hasTag(tags: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=');
  if (at === -1) return Object.hasOwn(tags, wanted);
  const name = wanted.slice(0, at);
  return Object.hasOwn(tags, name) && tags[name] === wanted.slice(at + 1);
}

const NOT_ASCII = /[^\x00-\x7f]/;

/** Most of what is looked at has not even the letters; parsing it and making words of it costs more than all else. */
function mayHaveWords(text: string, asked: readonly string[]): boolean {
  if (NOT_ASCII.test(text)) return true;
  const lower = text.toLowerCase();
  return asked.every((prefix) => lower.includes(prefix));
}

function hasWords(message: PreparedMessage, asked: readonly string[]): boolean {
  const texts = searchedTexts(message);
  if (!mayHaveWords(texts.join('\n'), asked)) return false;
  const words = wordsOf(texts);
  return asked.every((prefix) => words.some((word) => word.startsWith(prefix)));
}
