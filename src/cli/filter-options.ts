/** The filters of the register as options, and as parameters of the API: one table for both. */
import { parseDuration } from '../config/index.ts';
import { CommandError, EXIT } from './exit.ts';

/** Options by their names, with the parameters they become. */
const PARAMETERS = {
  state: 'state',
  recipient: 'recipient',
  domain: 'domain',
  sender: 'sender',
  account: 'account',
  template: 'template',
  document: 'document',
  documentType: 'documentType',
  contact: 'contact',
  administration: 'administration',
  stream: 'stream',
  tag: 'tag',
  messageId: 'messageId',
  search: 'q',
  from: 'from',
  to: 'to',
} as const;

export type FilterName = keyof typeof PARAMETERS;
export type ListFilter = { readonly [name in FilterName]?: string | undefined };

const NAMES = Object.keys(PARAMETERS) as FilterName[];

/** The filters that were given. */
export function givenFilters(options: ListFilter): FilterName[] {
  return NAMES.filter((name) => options[name] !== undefined);
}

/** As parameters; times become RFC 3339. */
export function filterQuery(options: ListFilter, now: number): Record<string, string> {
  const asked: ListFilter = { ...options, from: timeOf('from', options.from, now), to: timeOf('to', options.to, now) };
  return Object.fromEntries(givenFilters(asked).map((name) => [PARAMETERS[name], asked[name] ?? '']));
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
