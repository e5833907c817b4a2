/**
 * Follows the change feed and has the senders notified of what it tells.
 *
 *   upstream    the feed, from this consumer's own position
 *   downstream  sender.ts
 *   failure     the position moves on only when all that was read is told, or owed to nobody. After a
 *               crash it is read again from there, and the keys of the notifications see to it that
 *               none goes out twice. What the store or the submission refuses for now is tried again.
 *
 * Recipients of one message that change within a moment are told of in one notification; a moment
 * is short where no other recipient of it is about to be tried, and longer where some are. So a
 * message to 1,000 recipients that all fail makes few notifications.
 *
 * The first start begins at the present end of the feed: nobody wants to hear of what is long past.
 */
import { StoreError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../domain/events.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import { NOTIFIED_EVENTS } from '../../domain/notification.ts';
import type { Store } from '../../domain/ports.ts';
import type { RecipientRecord } from '../../domain/recipient.ts';
import type { Pacing } from './pacing.ts';
import { logUntold, type Owed, type Sender } from './sender.ts';
import { sleep } from './sleep.ts';

export const CONSUMER = 'notifications';

export interface FollowerOptions {
  readonly store: Pick<Store, 'changes' | 'lastSeq' | 'waitForChanges' | 'consumers' | 'record'>;
  readonly sender: Sender;
  readonly pacing: Pacing;
  readonly now: () => number;
  readonly log: Log;
}

const PAGE = 500;
/** Events held at once; past that what is there is told before more is read. */
const HELD_LIMIT = 10_000;
/** Events passed without one of interest before the position is written: they need no commit each. */
const UNWRITTEN_LIMIT = 5_000;
/** Notifications submitted side by side. */
const SIDE_BY_SIDE = 8;

interface Group {
  readonly owed: { readonly message: MessageId; readonly group: Owed['group']; readonly events: FeedEvent[] };
  readonly openedAt: number;
  lookAt: number;
}

export class Follower {
  readonly #o: FollowerOptions;
  readonly #abort = new AbortController();
  #position = 0;
  #written = 0;
  /** Since the position was written. */
  #toldSome = false;
  #running: Promise<void> = Promise.resolve();

  constructor(options: FollowerOptions) {
    this.#o = options;
  }

  async start(): Promise<void> {
    const { store } = this.#o;
    const known = await store.consumers.get(CONSUMER);
    this.#position = known?.seq ?? store.lastSeq;
    // Written before anything can happen: what happens from now on is told.
    if (known === undefined) await this.#write();
    this.#written = this.#position;
    this.#running = this.#run();
  }

  /** Tells what was read, without waiting for more of it. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #write(): Promise<void> {
    await this.#o.store.consumers.put(CONSUMER, { seq: this.#position, at: this.#o.now() });
    this.#written = this.#position;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { pacing, log } = this.#o;
    let retry = pacing.retryFirst;
    while (!signal.aborted) {
      try {
        await this.#round(signal);
        retry = pacing.retryFirst;
      } catch (error) {
        if (error instanceof StoreError && error.code === 'cursor-expired') this.#skip(error);
        else if (!signal.aborted) {
          logUntold(log, error, { retryMs: retry });
          await sleep(retry, signal);
          retry = Math.min(retry * 2, pacing.retryLongest);
        }
      }
    }
  }

  /** From one position, at which nothing read is untold, to the next. */
  async #round(signal: AbortSignal): Promise<void> {
    const { store, pacing, now } = this.#o;
    const groups = new Map<string, Group>();
    const startedAt = now();
    let read = this.#position;
    do {
      read = await this.#read(read, groups);
      const all = signal.aborted || groups.size === 0 || held(groups) >= HELD_LIMIT || now() - startedAt >= pacing.longest;
      await this.#tell(groups, all);
      if (groups.size > 0) await sleep(pacing.window / 4, signal);
    } while (groups.size > 0);
    this.#position = read;
    const unwritten = read - this.#written;
    if (unwritten >= UNWRITTEN_LIMIT || (unwritten > 0 && (this.#toldSome || signal.aborted))) await this.#write();
    this.#toldSome = false;
    if (signal.aborted || store.lastSeq > read) return;
    await store.waitForChanges(read, signal);
    // Readers of a busy feed are woken by each commit: events are gathered for a moment.
    await sleep(pacing.gather, signal);
  }

  async #read(after: number, groups: Map<string, Group>): Promise<number> {
    const { store, now, pacing } = this.#o;
    let read = after;
    while (read < store.lastSeq && held(groups) < HELD_LIMIT) {
      const page = await store.changes({ after: read, limit: PAGE, types: NOTIFIED_EVENTS });
      for (const event of page.items) {
        const group = groupOf(event);
        if (group === null || event.message === undefined) continue;
        const key = `${event.message} ${group}`;
        const known = groups.get(key);
        if (known !== undefined) known.owed.events.push(event);
        else {
          const openedAt = now();
          groups.set(key, { owed: { message: event.message, group, events: [event] }, openedAt, lookAt: openedAt + pacing.window });
        }
      }
      if (page.last <= read) break;
      read = page.last;
    }
    return read;
  }

  /** Tells those groups that are complete, or all. */
  async #tell(groups: Map<string, Group>, all: boolean): Promise<void> {
    const { now, pacing, sender } = this.#o;
    const due: [string, Group][] = [];
    for (const [key, group] of groups) {
      if (!all && now() < group.lookAt) continue;
      if (all || now() - group.openedAt >= pacing.longest || !(await this.#mayGrow(group))) due.push([key, group]);
      else group.lookAt = now() + pacing.window;
    }
    for (let i = 0; i < due.length; i += SIDE_BY_SIDE) {
      const slice = due.slice(i, i + SIDE_BY_SIDE);
      const results = await Promise.allSettled(slice.map(([, { owed }]) => sender.tell(owed)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      for (const [key] of slice) groups.delete(key);
      this.#toldSome = true;
    }
  }

  /** Whether other recipients of the message are about to be tried for the first time, or are being tried. */
  async #mayGrow({ owed }: Group): Promise<boolean> {
    const record = await this.#o.store.record(owed.message);
    return record?.recipients.some((recipient) => isUnderWay(recipient)) ?? false;
  }

  /** The feed no longer has what comes next: retention went past us while we were away. */
  #skip(error: StoreError): void {
    const { log, store } = this.#o;
    log.error(
      { err: error, from: this.#position, to: store.lastSeq },
      'notifications: events were removed from the feed before they were read; going on at its end',
    );
    this.#position = store.lastSeq;
  }
}

function held(groups: ReadonlyMap<string, Group>): number {
  let count = 0;
  for (const { owed } of groups.values()) count += owed.events.length;
  return count;
}

function isUnderWay({ state, attempts, attempting }: RecipientRecord): boolean {
  return attempting !== null || (state === 'queued' && attempts === 0);
}

/** What may be told together; null: there is nothing to tell. */
function groupOf({ type, dsnPassed, origin }: FeedEvent): Owed['group'] | null {
  if (origin === 'notification') return null;
  switch (type) {
    case 'recipient.failed':
    case 'recipient.expired':
    case 'recipient.suppressed':
      return 'failure';
    case 'recipient.delayed':
      return 'delay';
    case 'recipient.transferred':
      return dsnPassed === false ? 'success' : null;
    case 'recipient.delivered':
    case 'recipient.relayed':
    case 'recipient.expanded':
      return 'success';
    default:
      return null;
  }
}
