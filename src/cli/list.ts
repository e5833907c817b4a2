/** `relais list`: the register, newest first, by the filters of the API. */
import { parseDuration } from '../config/index.ts';
import type { Api } from './api.ts';
import { CommandError, EXIT } from './exit.ts';
import { messageTable, type Summary } from './messages.ts';
import type { Terminal } from './terminal.ts';

export interface ListFilter {
  readonly state?: string;
  readonly recipient?: string;
  readonly domain?: string;
  readonly sender?: string;
  readonly account?: string;
  readonly template?: string;
  readonly document?: string;
  readonly documentType?: string;
  readonly contact?: string;
  readonly administration?: string;
  readonly stream?: string;
  readonly tag?: string;
  readonly messageId?: string;
  readonly search?: string;
  readonly from?: string;
  readonly to?: string;
}

export interface ListOptions extends ListFilter {
  readonly limit: number;
  readonly json?: boolean;
}

const PAGE = 500;

export async function list(api: Api, options: ListOptions, terminal: Terminal, now: number): Promise<void> {
  const query = filterQuery(options, now);
  const shown: Summary[] = [];
  let cursor: string | undefined;
  let more = false;
  while (shown.length < options.limit) {
    const limit = String(Math.min(PAGE, options.limit - shown.length));
    const page: { items: Summary[]; next: string | null } = await api.get('/messages', { ...query, limit, cursor });
    if (options.json === true) for (const item of page.items) terminal.print(JSON.stringify(item));
    shown.push(...page.items);
    more = page.next !== null;
    if (page.next === null) break;
    cursor = page.next;
  }
  if (options.json === true) return;
  if (shown.length === 0) terminal.note('No message fits.');
  else for (const line of messageTable(terminal, shown)) terminal.print(line);
  if (more) terminal.note(`The newest ${shown.length} are shown; there are more (--limit).`);
}

export function filterQuery(options: ListFilter, now: number): Record<string, string | undefined> {
  const {
    state,
    recipient,
    domain,
    sender,
    account,
    template,
    document,
    documentType,
    contact,
    administration,
    stream,
    tag,
    messageId,
    search,
    from,
    to,
  } = options;
  const query = {
    state,
    recipient,
    domain,
    sender,
    account,
    template,
    document,
    documentType,
    contact,
    administration,
    stream,
    tag,
    messageId,
    q: search,
  };
  return { ...query, from: timeOf('from', from, now), to: timeOf('to', to, now) };
}

/** `2026-11-24`, `2026-11-24T10:00Z`, or a time ago: `2h`. */
export function timeOf(name: string, text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00` : text) : now - ago;
  if (Number.isNaN(at)) {
    throw new CommandError(
      EXIT.usage,
      `--${name} ${text} is no time: allowed are 2026-11-24, 2026-11-24T10:00:00Z, or a time ago such as 2h or 7d.`,
    );
  }
  return new Date(at).toISOString();
}
