/** `relais status WHAT`: a message by id, Message-ID, recipient's address or document; several: a list. */
import { parseMessageId } from '../domain/ids.ts';
import { type Api, NotFound } from './api.ts';
import { type Detail, messageDetail, messageTable, type Summary } from './messages.ts';
import { printable, type Terminal } from './terminal.ts';

const SEVERAL = 20;

interface Found {
  readonly items: readonly Summary[];
  readonly more: boolean;
}

export async function status(api: Api, what: string, options: { readonly json: boolean }, terminal: Terminal): Promise<void> {
  const id = parseMessageId(what);
  const direct = id === undefined ? undefined : await detailOf(api, id);
  const found: Found = direct === undefined ? await search(api, what) : { items: [], more: false };
  const [only] = found.items;
  const detail = direct ?? (found.items.length === 1 && only !== undefined ? await detailOf(api, only.id) : undefined);
  if (detail !== undefined) {
    if (options.json) terminal.print(JSON.stringify(detail));
    else for (const line of messageDetail(terminal, detail)) terminal.print(line);
    return;
  }
  if (found.items.length === 0) {
    throw new NotFound(`Nothing is recorded for ${printable(what)}: it is no id, Message-ID, recipient or document of any message.`);
  }
  if (options.json) for (const item of found.items) terminal.print(JSON.stringify(item));
  else for (const line of messageTable(terminal, found.items)) terminal.print(line);
  if (found.more) terminal.note(`Only the newest ${found.items.length} are shown; \`relais list\` shows more.`);
}

async function detailOf(api: Api, id: string): Promise<Detail | undefined> {
  try {
    return await api.get<Detail>(`/messages/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** From the most to the least particular thing that the text can be. */
async function search(api: Api, what: string): Promise<Found> {
  const bare = what.replace(/^<(.*)>$/, '$1');
  const filters: Record<string, string>[] = bare.includes('@') ? [{ messageId: bare }, { recipient: bare }] : [{ messageId: bare }];
  filters.push({ document: what });
  for (const filter of filters) {
    const { items, next } = await api
      .get<{ items: Summary[]; next: string | null }>('/messages', { ...filter, limit: String(SEVERAL) })
      .catch(refused);
    if (items.length > 0) return { items, more: next !== null };
  }
  return { items: [], more: false };
}

/** What is no address is no recipient either: not a mistake of the one who asks. */
function refused(error: unknown): { items: Summary[]; next: string | null } {
  if ((error as { exitCode?: number }).exitCode === 64) return { items: [], next: null };
  throw error;
}
