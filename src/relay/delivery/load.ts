/** Fills the queue from the store and keeps it in step: what changes while it loads is the newer word. */
import type { Store } from '../../domain/ports.ts';
import type { Queue } from './queue.ts';

/** Resolves when all is loaded; returns how to stop following. */
export async function loadQueue(request: {
  readonly store: Store;
  readonly queue: Queue;
  readonly now: () => number;
  /** Called when something may have become ready. */
  readonly stir: () => void;
}): Promise<() => void> {
  const { store, queue, now, stir } = request;
  let changed: Set<string> | null = new Set();
  const unfollow = store.onSchedule((changes) => {
    const time = now();
    for (const { message, index, scheduled } of changes) {
      changed?.add(`${message} ${index}`);
      queue.update(message, index, scheduled, time);
    }
    stir();
  });
  for await (const slice of store.schedule()) {
    const time = now();
    for (const scheduled of slice) {
      const { message, index } = scheduled;
      if (changed.has(`${message} ${index}`)) continue;
      // An attempt of a process before us: looked at now, not when its retry is due.
      const known = scheduled.attempting ? { ...scheduled, dueAt: time } : scheduled;
      queue.update(message, index, known, time);
    }
    stir();
  }
  changed = null;
  return unfollow;
}
