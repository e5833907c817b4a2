/**
 * What is new, told to all open pages at once: one reader of the feed, whatever their number. It
 * gathers what happens and tells it in ticks, at once after a quiet time and slower the more there is
 * to tell; when there is more than a page could show, only that there is.
 *
 * Upstream: the feed. Downstream: the pages' event streams (dashboard/live-route.ts). On failure of
 * the store the pages are told nothing, and the reader begins anew with the next page that comes.
 */
import type { FeedEvent } from '../domain/events.ts';
import type { Store } from '../domain/ports.ts';

/** Milliseconds for which what follows an event is gathered with it. */
const GATHER = 100;
const GATHER_MANY = 1_000;
/** More each page, so that many pages cost little more than few. */
const GATHER_PAGE = 5;
/** Events in one tick; of more it is only said that there are. */
const NAMED = 400;

export interface LiveListener {
  /** Accounts whose mail it may see; null: all. */
  readonly accounts: readonly string[] | null;
  tick(text: string): void;
  /** Time for a sign of life. */
  beat(): void;
}

/** What a page is told. */
interface Tick {
  /** Messages that came in. */
  readonly accepted: number;
  /** Messages to which something happened; null: more than can be named. */
  readonly changed: readonly string[] | null;
}

/** For a page that missed some: look at all of it. */
export const ANYTHING = textOf({ accepted: 0, changed: null });

export interface LiveHubOptions {
  readonly store: Pick<Store, 'changes' | 'waitForChanges' | 'lastSeq'>;
  /** Milliseconds between two signs of life. */
  readonly heartbeat: number;
  readonly stopping: AbortSignal;
}

export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #listeners = new Set<LiveListener>();
  #reading: AbortController | null = null;
  #beats: NodeJS.Timeout | null = null;

  constructor(options: LiveHubOptions) {
    this.#options = options;
  }

  /** Pages that listen. */
  get pages(): number {
    return this.#listeners.size;
  }

  /** Returns how to leave. */
  join(listener: LiveListener): () => void {
    const { heartbeat, stopping } = this.#options;
    this.#listeners.add(listener);
    this.#beats ??= setInterval(() => {
      for (const each of [...this.#listeners]) each.beat();
    }, heartbeat).unref();
    if (this.#reading === null && !stopping.aborted) {
      this.#reading = new AbortController();
      void this.#read(this.#reading.signal);
    }
    return () => this.#leave(listener);
  }

  #leave(listener: LiveListener): void {
    if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
    this.#reading?.abort();
    this.#reading = null;
    if (this.#beats !== null) clearInterval(this.#beats);
    this.#beats = null;
  }

  async #read(left: AbortSignal): Promise<void> {
    const { store, stopping } = this.#options;
    const signal = AbortSignal.any([left, stopping]);
    let position = store.lastSeq;
    try {
      for (let gather = GATHER; ; ) {
        await store.waitForChanges(position, signal);
        await pause(gather, signal);
        if (signal.aborted) return;
        const events = store.lastSeq - position > NAMED ? null : (await store.changes({ after: position, limit: NAMED })).items;
        position = events === null ? store.lastSeq : (events.at(-1)?.seq ?? position);
        this.#tell(events);
        gather = events === null ? GATHER_MANY + GATHER_PAGE * this.#listeners.size : GATHER + GATHER_PAGE * this.#listeners.size;
      }
    } catch {
      if (!left.aborted) this.#reading = null;
    }
  }

  #tell(events: readonly FeedEvent[] | null): void {
    const texts = new Map<string, string | null>();
    for (const listener of [...this.#listeners]) {
      const key = listener.accounts === null ? '' : JSON.stringify(listener.accounts);
      let text = texts.get(key);
      if (text === undefined) {
        text = events === null ? ANYTHING : tickOf(events, listener.accounts);
        texts.set(key, text);
      }
      if (text !== null) listener.tick(text);
    }
  }
}

/** Null: nothing of it is for those who see these accounts. */
function tickOf(events: readonly FeedEvent[], accounts: readonly string[] | null): string | null {
  const visible = accounts === null ? events : events.filter(({ account }) => account !== undefined && accounts.includes(account));
  if (visible.length === 0) return null;
  const changed = new Set<string>();
  for (const { message } of visible) if (message !== undefined) changed.add(message);
  return textOf({ accepted: visible.filter(({ type }) => type === 'message.accepted').length, changed: [...changed] });
}

function textOf(tick: Tick): string {
  return `data: ${JSON.stringify(tick)}\n\n`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}
