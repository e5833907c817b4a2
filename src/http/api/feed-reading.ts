/** Reading the feed for a caller: only what it may see and asked for, and never a position of another feed. */
import { StoreError } from '../../domain/errors.ts';
import type { EventType } from '../../domain/events.ts';
import type { FeedPage } from '../../domain/ports.ts';
import type { Caller } from '../auth/caller.ts';
import { asProblem, Problem } from '../problem.ts';
import type { Shared } from './context.ts';

/** Milliseconds a filtered read may look through events that it leaves out, before it answers with its position. */
const SEARCH_BUDGET = 2_000;

export interface FeedReader {
  readonly caller: Caller;
  readonly types: readonly EventType[] | undefined;
}

/** A position past the end is one of another feed: of before a restore. To wait there would miss events. */
export function assertNotAhead({ options }: Shared, after: number): void {
  const last = options.store.lastSeq;
  if (after <= last) return;
  throw new Problem(410, 'cursor-ahead', `The feed ends at ${last}: the position is of another feed, so synchronise anew`, {
    members: { last },
  });
}

export async function read({ options }: Shared, reader: FeedReader, after: number, limit: number): Promise<FeedPage> {
  try {
    return await options.store.changes({
      after,
      limit,
      ...(reader.types === undefined ? {} : { types: reader.types }),
      ...(reader.caller.accounts === null ? {} : { accounts: reader.caller.accounts }),
    });
  } catch (error) {
    const problem = error instanceof StoreError && error.code === 'cursor-expired' ? asProblem(error) : undefined;
    if (problem === undefined) throw error;
    throw new Problem(problem.status, problem.code, problem.message, { members: { last: options.store.lastSeq } });
  }
}

/** Reads on until something is found, the end is reached, or the budget is spent on events left out. */
export async function readThrough(shared: Shared, reader: FeedReader, after: number, limit: number): Promise<FeedPage> {
  const started = shared.options.now();
  let position = after;
  for (;;) {
    const page = await read(shared, reader, position, limit);
    if (page.items.length > 0 || page.last >= shared.options.store.lastSeq || page.last === position) return page;
    position = page.last;
    if (shared.options.now() - started > SEARCH_BUDGET) return page;
  }
}

export interface Until {
  readonly signal: AbortSignal;
  release(): void;
}

/** A signal that aborts after a time or with any of the others; released, it leaves no listener behind. */
export function abortAfter(ms: number, signals: readonly AbortSignal[]): Until {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  for (const signal of signals) {
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}
