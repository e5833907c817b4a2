/**
 * `relais status WHAT`: a message by id or Message-ID, an address with the mail to it, or a document
 * with its verdict; the first of these that is recorded.
 */
import { parseMessageId } from '../domain/ids.ts';
import { type Api, NotFound } from './api.ts';
import { type ContactDetail, contactHead } from './contacts.ts';
import { type Document, documentDetail } from './documents.ts';
import { CommandError, EXIT } from './exit.ts';
import { type Detail, messageDetail, messageTable, type Summary } from './messages.ts';
import { printable, type Terminal } from './terminal.ts';

const SEVERAL = 20;

export interface StatusOptions {
  readonly json: boolean;
  /** Whose document it is, where several have one of this name. */
  readonly administration?: string | undefined;
}

export async function status(api: Api, what: string, options: StatusOptions, terminal: Terminal): Promise<void> {
  const id = parseMessageId(what);
  const detail = id === undefined ? undefined : await unlessMissing(api.get<Detail>(`/messages/${encodeURIComponent(id)}`));
  if (detail !== undefined) return showMessage(detail, options, terminal);
  const bare = what.replace(/^<(.*)>$/, '$1');
  if (await showFound(api, { messageId: bare }, options, terminal)) return;
  if (bare.includes('@') && (await showAddress(api, bare, options, terminal))) return;
  const document = await unlessMissing(
    api.get<Document>(`/documents/${encodeURIComponent(what)}`, { administration: options.administration }),
  );
  if (document !== undefined) return showDocument(document, options, terminal);
  throw new NotFound(`Nothing is recorded for ${printable(what)}: it is no id, Message-ID, recipient or document of any message.`);
}

/** Undefined where there is no such thing, or the text can not be the name of one: not a mistake of who asks. */
async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NotFound || (error instanceof CommandError && error.exitCode === EXIT.usage)) return undefined;
    throw error;
  }
}

function showMessage(detail: Detail, { json }: StatusOptions, terminal: Terminal): void {
  if (json) terminal.print(JSON.stringify(detail));
  else for (const line of messageDetail(terminal, detail)) terminal.print(line);
}

/** One message in full, several as a list; false: there is none. */
async function showFound(api: Api, filter: Record<string, string>, options: StatusOptions, terminal: Terminal): Promise<boolean> {
  const query = { ...filter, limit: String(SEVERAL) };
  const { items, next } = (await unlessMissing(api.get<{ items: Summary[]; next: string | null }>('/messages', query))) ?? NOTHING;
  const [only] = items;
  if (only === undefined) return false;
  if (items.length === 1) {
    showMessage(await api.get<Detail>(`/messages/${encodeURIComponent(only.id)}`), options, terminal);
    return true;
  }
  if (options.json) for (const item of items) terminal.print(JSON.stringify(item));
  else for (const line of messageTable(terminal, items)) terminal.print(line);
  if (next !== null) terminal.note(`Only the newest ${items.length} are shown; \`relais list\` shows more.`);
  return true;
}

const NOTHING = { items: [], next: null };

/** How it stands, then the mail to it. Programs get the mail alone. */
async function showAddress(api: Api, address: string, options: StatusOptions, terminal: Terminal): Promise<boolean> {
  const contact = options.json ? undefined : await unlessMissing(api.get<ContactDetail>(`/contacts/${encodeURIComponent(address)}`));
  if (contact !== undefined) for (const line of [...contactHead(terminal, contact), '']) terminal.print(line);
  return showFound(api, { recipient: address }, options, terminal);
}

function showDocument(document: Document, { json }: StatusOptions, terminal: Terminal): void {
  if (json) {
    terminal.print(JSON.stringify(document));
    return;
  }
  for (const line of documentDetail(terminal, document)) terminal.print(line);
  const { otherAdministrations: others } = document;
  if (others.length > 0) {
    const names = others.map((name) => (name === null ? 'mail that names none ("")' : printable(name))).join(', ');
    terminal.note(`Other books have a document of this name: ${names}. --administration shows it.`);
  }
  if (document.more) terminal.note('There is older mail of it; `relais list --document` shows all.');
}
