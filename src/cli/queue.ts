/** `relais queue`: what waits, by next hop; and pausing, resuming and flushing one. */
import type { Api } from './api.ts';
import { formatReply, type Reply } from './messages.ts';
import { type Column, localTime, printable, type Terminal, table } from './terminal.ts';

interface NextHop {
  readonly nextHop: string;
  readonly via: string;
  readonly state: string;
  readonly waiting: number;
  readonly attempting: number;
  readonly connections: number;
  readonly oldestAt: string | null;
  readonly nextDueAt: string | null;
  readonly lastReply: Reply | null;
  readonly lastError: string | null;
  readonly blockedUntil: string | null;
}

interface Queue {
  readonly items: readonly NextHop[];
  readonly totals: { readonly messages: number; readonly queued: number; readonly deferred: number; readonly held: number };
}

export async function queue(api: Api, options: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const { items, totals } = await api.get<Queue>('/queue');
  if (options.json === true) {
    for (const item of items) terminal.print(JSON.stringify(item));
    return;
  }
  const { colors } = terminal;
  const columns: Column<NextHop>[] = [
    { title: 'NEXT HOP', of: (hop) => hop.nextHop },
    { title: 'STATE', of: stateOf, paint: (text, { state }) => (state === 'active' ? colors.green(text) : colors.yellow(text)) },
    { title: 'WAITING', of: (hop) => String(hop.waiting), right: true },
    { title: 'TRYING', of: (hop) => String(hop.attempting), right: true },
    { title: 'OLDEST', of: (hop) => (hop.oldestAt === null ? '' : localTime(hop.oldestAt)) },
    { title: 'NEXT TRY', of: (hop) => (hop.nextDueAt === null ? '' : localTime(hop.nextDueAt)) },
    { title: 'LAST ANSWER', of: (hop) => (hop.lastReply === null ? (hop.lastError ?? '') : formatReply(hop.lastReply)) },
  ];
  if (items.length > 0) for (const line of table(terminal, items, columns)) terminal.print(line);
  terminal.print(
    `${totals.messages} messages in the queue: ${totals.queued} recipients queued, ${totals.deferred} deferred, ${totals.held} held`,
  );
}

function stateOf(hop: NextHop): string {
  return hop.blockedUntil === null ? hop.state : `${hop.state} until ${localTime(hop.blockedUntil)}`;
}

const DONE = { pause: 'is paused: nothing is sent to it', resume: 'goes on', flush: 'is tried now with all that waits' } as const;

export async function queueAction(
  api: Api,
  action: keyof typeof DONE,
  nextHop: string,
  options: { readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const hop = await api.post<NextHop>(`/queue/${encodeURIComponent(nextHop)}/${action}`);
  terminal.print(options.json === true ? JSON.stringify(hop) : `${printable(nextHop)} ${DONE[action]}.`);
}
