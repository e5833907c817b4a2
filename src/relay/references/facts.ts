/**
 * From a stored message to what it says of itself, and to what follows from that: the references that
 * the rules find, and the stream that it is of.
 *
 *   upstream    the follower, the changes to the past, the desk
 *   downstream  mail-reading.ts, document-reader.ts, domain/reference-rules.ts, domain/streams.ts
 *   failure     a content that is erased or damaged says nothing; its header fields of the record do
 */
import { StoreError } from '../../domain/errors.ts';
import type { AcceptedMessage, ReferenceChange } from '../../domain/message.ts';
import type { Store, StoredContent } from '../../domain/ports.ts';
import { type CompiledReferences, findAll, lacksLate, type MailFacts } from '../../domain/reference-rules.ts';
import type { ReferenceSettings } from '../../domain/settings.ts';
import { htmlStructure, streamOf, subjectPattern } from '../../domain/streams.ts';
import type { DocumentReader } from './document-reader.ts';
import { type MailReading, readMail } from './mail-reading.ts';

/** The rules of the configuration, compiled once. */
export interface Rules {
  readonly settings: ReferenceSettings;
  readonly compiled: CompiledReferences;
}

export interface Sources {
  readonly store: Pick<Store, 'content'>;
  readonly documents: DocumentReader;
}

/** What a message without a template is grouped by. */
export interface StreamFacts {
  readonly stream: string;
  readonly pattern: string;
}

/** Names of recipients stand in these, for the subject's sake. */
const NAME_FIELDS = ['to', 'cc'] as const;
const NOTHING_READ: MailReading = { headers: new Map(), html: null, attachments: [], files: [] };

/** Whether reading the content could say more than is known. */
export function isIncomplete({ message, rules }: { readonly message: AcceptedMessage; readonly rules: Rules }): boolean {
  if (message.origin === 'notification') return false;
  return needsStream(message, rules) || (isRead(message, rules) && lacksLate(rules.compiled, message.references));
}

export function needsStream({ references }: AcceptedMessage, { settings }: Rules): boolean {
  return settings.streams && references.template === null && references.stream === null;
}

/** Whether all that rules could say of it is said, once its content is read. */
export function isWhollyRead(message: AcceptedMessage, rules: Rules): boolean {
  return rules.settings.attachments === 0 || isRead(message, rules);
}

/** Whether the message is small enough for its attachments to be read. */
function isRead({ size }: AcceptedMessage, { settings }: Rules): boolean {
  return size <= settings.attachments;
}

/** `attachments`: whether rules that read them are to be asked. */
export async function readFacts(message: AcceptedMessage, rules: Rules, sources: Sources, attachments: boolean): Promise<MailFindings> {
  const content = await contentOf(message, sources);
  const files = attachments && isRead(message, rules) ? rules.settings.attachments : 0;
  return { ...(await factsOf({ message, rules, documents: sources.documents, content, files })), read: content !== null };
}

export interface MailFindings {
  readonly facts: MailFacts;
  readonly reading: MailReading;
  /** False: there is no content to be read. */
  readonly read: boolean;
}

/** Null: there is none, or none that can be read. */
async function contentOf({ id }: AcceptedMessage, { store }: Sources): Promise<StoredContent | null> {
  try {
    return await store.content(id);
  } catch (error) {
    if (error instanceof StoreError && (error.code === 'erased' || error.code === 'corrupt' || error.code === 'not-found')) return null;
    throw error;
  }
}

export async function factsOf(request: {
  readonly message: Pick<AcceptedMessage, 'headers'>;
  readonly rules: Rules;
  readonly documents: DocumentReader;
  readonly content: Pick<StoredContent, 'bytes' | 'stream'> | null;
  /** Octets of files that are read; 0: attachments are not looked at. */
  readonly files: number;
}): Promise<Omit<MailFindings, 'read'>> {
  const { message, rules, documents, content, files } = request;
  const headers = new Set([...rules.compiled.headers, ...NAME_FIELDS]);
  const reading = content === null ? NOTHING_READ : await readMail(content, { headers, files });
  const { subject, from, messageId } = message.headers;
  const facts: MailFacts = {
    subject,
    from,
    messageId,
    headers: reading.headers,
    ...(files === 0 ? {} : { attachments: reading.attachments, documents: await documents.read(reading.files) }),
  };
  return { facts, reading };
}

export function streamFactsOf(message: Pick<AcceptedMessage, 'account' | 'envelope' | 'headers'>, reading: MailReading): StreamFacts {
  const { account, envelope, headers } = message;
  return streamFacts({ account, subject: headers.subject, recipients: envelope.recipients.map(({ address }) => address) }, reading);
}

/** `recipients`: their addresses, as far as they are known beside the fields of the header. */
export function streamFacts(
  mail: { readonly account: string; readonly subject: string | null; readonly recipients: readonly string[] },
  { headers, html }: MailReading,
): StreamFacts {
  const recipients = [...NAME_FIELDS.flatMap((name) => headers.get(name) ?? []), ...mail.recipients];
  const pattern = subjectPattern(mail.subject, { recipients });
  return { pattern, stream: streamOf({ account: mail.account, pattern, structure: htmlStructure(html) }) };
}

export interface Completion {
  readonly change: ReferenceChange;
  /** Where it is of a stream that it was not of before. */
  readonly stream: StreamFacts | null;
}

/** What is missing of a message's references and can be found. */
export async function complete(message: AcceptedMessage, rules: Rules, sources: Sources): Promise<Completion> {
  const { references } = message;
  const attachments = lacksLate(rules.compiled, references);
  const { facts, reading, read } = await readFacts(message, rules, sources, attachments);
  const found = findAll(rules.compiled, { facts, known: references });
  const stream = read && needsStream(message, rules) && (found.template ?? null) === null ? streamFactsOf(message, reading) : null;
  return { change: stream === null ? found : { ...found, stream: stream.stream }, stream };
}
