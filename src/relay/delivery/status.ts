/** How the next hops stand, for /queue: counted when asked, over all that is pending. */
import { idTime } from '../../domain/ids.ts';
import type { NextHopStatus } from '../../domain/ports.ts';
import { type Entry, HELD, READY, WAITING } from './entry.ts';
import type { Hop } from './hop.ts';
import type { Hops } from './hops.ts';
import type { Queue } from './queue.ts';

interface Count {
  waiting: number;
  attempting: number;
  /** The least message id. */
  oldest: string | null;
  nextDueAt: number | null;
}

export function statusOf(hops: Hops, queue: Queue): readonly NextHopStatus[] {
  const counts = new Map<Hop, Count>();
  for (const hop of hops.all()) counts.set(hop, { waiting: 0, attempting: 0, oldest: null, nextDueAt: null });
  queue.each((entry) => {
    const count = counts.get(entry.lane.hop);
    if (count !== undefined) add(count, entry, queue);
  });
  return [...counts].map(([hop, count]) => ({
    nextHop: hop.name,
    via: hop.route.via,
    state: hop.state,
    waiting: count.waiting,
    attempting: count.attempting,
    connections: hop.lines.size,
    oldestAt: count.oldest === null ? null : idTime(count.oldest),
    nextDueAt: count.nextDueAt,
    lastReply: hop.lastReply,
    lastError: hop.lastError,
    paused: hop.paused,
    blockedUntil: hop.failures > 0 && hop.blockedUntil > 0 ? hop.blockedUntil : null,
  }));
}

function add(count: Count, entry: Entry, queue: Queue): void {
  const { mode, message } = entry;
  // Held by a person: it waits for nobody here.
  if (mode === HELD && entry.lane.hop.route.via !== 'hold') return;
  if (mode !== WAITING && mode !== READY && mode !== HELD) {
    count.attempting++;
    return;
  }
  count.waiting++;
  if (count.oldest === null || message < count.oldest) count.oldest = message;
  if (mode === HELD) return;
  const due = queue.dueAt(entry);
  if (count.nextDueAt === null || due < count.nextDueAt) count.nextDueAt = due;
}
