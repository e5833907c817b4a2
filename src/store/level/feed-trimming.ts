/**
 * The feed in a clean-up: it is cut at its beginning, up to where the slowest of its readers is, or
 * beyond where that one had its time. Events of a message whose record is there stay where they are,
 * in front of the feed: they are the message's history as long as it has one, and go with it.
 */
import type { CleanupRequest } from '../../domain/cleanup.ts';
import type { FeedEvent } from '../../domain/events.ts';
import { invertId } from '../../domain/ids.ts';
import { decodeJson } from './codec.ts';
import type { StoreContext } from './context.ts';
import type { Readers } from './due.ts';
import { eventKey, eventsAfter, messageKey } from './keys.ts';
import type { CleaningScope } from './report-cleaning.ts';

const SLICE = 200;

interface Bounds {
  /** Events at or after this time stay. */
  readonly before: number;
  /** Events up to this number are needed by nobody. */
  readonly needed: number;
  /** Events before this time nobody is waited for. */
  readonly waited: number;
}

function boundsOf({ eventsBefore, recordsBefore, patience }: CleanupRequest, { read, awaited }: Readers): Bounds {
  const before = eventsBefore ?? recordsBefore;
  let needed = read;
  for (const seq of awaited) needed = Math.min(needed, seq - 1);
  return { before, needed, waited: before - (patience ?? Number.POSITIVE_INFINITY) };
}

function goes({ seq, at }: Pick<FeedEvent, 'seq' | 'at'>, { before, needed, waited }: Bounds): boolean {
  return at < waited || (at < before && seq <= needed);
}

/** Cuts it; gives by how many events. */
export async function trimFeed({ context, request, pace, isOver }: CleaningScope, readers: Readers): Promise<number> {
  const { database, feed, turns } = context;
  const bounds = boundsOf(request, readers);
  const began = feed.firstSeq;
  for await (const slice of database.slices(eventsAfter(began - 1), SLICE)) {
    const events = slice.map(([key, value]) => decodeJson<FeedEvent>(key, value));
    const stays = events.findIndex((event) => !goes(event, bounds));
    const old = stays === -1 ? events : events.slice(0, stays);
    // In a turn: no message is deleted between the look whether it is there and the commit.
    if (old.length > 0) await pace.step(() => turns.take(() => cut(context, old)));
    if (stays !== -1 || isOver()) break;
  }
  return feed.firstSeq - began;
}

async function cut({ database, committer }: StoreContext, events: readonly FeedEvent[]): Promise<void> {
  const there = await database.hasMany(events.map(({ message }) => messageKey(message === undefined ? '' : invertId(message))));
  const kept = new Set(events.filter((_, i) => there[i]).map(({ seq }) => seq));
  const first = (events.at(-1)?.seq ?? 0) + 1;
  await committer.submit({ weight: events.length, stage: (transaction) => transaction.trimFeed(first, kept) });
}

/** By how many events it would be cut. They stand in the order of time, a few that a clock set back aside. */
export async function countOldEvents(context: StoreContext, request: CleanupRequest, readers: Readers): Promise<number> {
  const { database, feed } = context;
  const bounds = boundsOf(request, readers);
  let low = feed.firstSeq;
  let high = feed.lastSeq + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const key = eventKey(middle);
    const value = await database.get(key);
    if (value !== undefined && goes(decodeJson<FeedEvent>(key, value), bounds)) low = middle + 1;
    else high = middle;
  }
  return low - feed.firstSeq;
}
