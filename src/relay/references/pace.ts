/**
 * When work that can wait is done: some at a time, while the relay has time for it. What the relay is
 * busy with is measured while nothing is done here; where it is, the work waits, for a while.
 */
import { performance as clock } from 'node:perf_hooks';

export interface Pacing {
  /** Milliseconds between two pieces of work: the load of all else is measured in them. */
  readonly pause: number;
  /** Share of the event loop's time that all else takes, above which the work waits. */
  readonly busy: number;
  /** Milliseconds that it waits at most: something is done even then. */
  readonly patience: number;
  /** Milliseconds that a piece of work is to take. */
  readonly slice: number;
  /** Milliseconds that the feed is left alone after it moved. */
  readonly gather: number;
  /** Milliseconds between two writes of what is known of streams. */
  readonly streams: number;
  readonly retryFirst: number;
  readonly retryLongest: number;
}

export const PACING: Pacing = {
  pause: 25,
  busy: 0.6,
  patience: 5_000,
  slice: 20,
  gather: 500,
  streams: 10_000,
  retryFirst: 1_000,
  retryLongest: 60_000,
};

/** Waits, or until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, signal.aborted ? 0 : ms);
    signal.addEventListener('abort', end, { once: true });
  });
}

/** Resolves when there is time, or none was to be had for so long that something is to be done anyway. */
export async function timeToWork({ pause: length, busy, patience }: Pacing, signal: AbortSignal): Promise<'free' | 'busy'> {
  const started = clock.now();
  do {
    const before = clock.eventLoopUtilization();
    await pause(length, signal);
    if (clock.eventLoopUtilization(before).utilization < busy) return 'free';
  } while (clock.now() - started < patience && !signal.aborted);
  return 'busy';
}
