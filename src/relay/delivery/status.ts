/** How the next hops stand, for /queue: counted when asked, over all that is pending. */
import { idTime } from '../../domain/ids.ts';
import type { NextHopStatus } from '../../domain/ports.ts';
import { HELD, READY, WAITING } from './entry.ts';
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
  for (const entry of queue.entries()) {
    const { hop } = entry.lane;
    const count = counts.get(hop);
    if (count === undefined) continue;
    if (entry.mode === HELD && hop.route.via !== 'hold') continue;
    if (entry.mode !== WAITING && entry.mode !== READY && entry.mode !== HELD) {
      count.attempting++;
      continue;
    }
    count.waiting++;
    if (count.oldest === null || entry.message < count.oldest) count.oldest = entry.message;
    const due = entry.mode === HELD ? null : queue.dueAt(entry);
    if (due !== null && (count.nextDueAt === null || due < count.nextDueAt)) count.nextDueAt = due;
  }
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
    blockedUntil: hop.failures > 0 && hop.blockedUntil > 0 ? hop.blockedUntil : null,
  }));
}
