/**
 * Notifications: tells the senders of messages what became of their recipients (RFC 3461), by delivery
 * status notifications (RFC 3464).
 *
 *   upstream    the change feed, from a consumer position of its own; a timer for what is overdue
 *   downstream  the Submitter: a notification is a message like any other, from the null reverse-path
 *   failure     what a committed event owes a sender goes out, once, also when relais was killed in
 *               between. A notification that fails makes nothing. Nothing here can stop mail.
 */
import type { Log } from '../../domain/log.ts';
import type { Store, Submitter } from '../../domain/ports.ts';
import type { Account } from '../../domain/settings.ts';
import { Follower } from './follower.ts';
import { Overdue } from './overdue.ts';
import { PACING, type Pacing } from './pacing.ts';
import { Sender } from './sender.ts';

export interface NotificationsOptions {
  readonly store: Store;
  readonly submitter: Submitter;
  readonly accounts: readonly Account[];
  readonly hostname: string;
  /** Where people reach the dashboard; null: nowhere. */
  readonly publicUrl: string | null;
  /** Milliseconds from acceptance until a delay is told. */
  readonly delayNoticeAfter: number;
  readonly now: () => number;
  readonly log: Log;
  /** The machine's by default. */
  readonly timeZone?: string;
  readonly pacing?: Partial<Pacing>;
}

export interface Notifications {
  /** Tells what was read from the feed, for `graceMs`; the rest is told after the next start. */
  stop(graceMs: number): Promise<void>;
}

export async function startNotifications(options: NotificationsOptions): Promise<Notifications> {
  const { store, now, log, delayNoticeAfter } = options;
  const pacing = { ...PACING, ...options.pacing };
  const timeZone = options.timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const sender = new Sender({ ...options, timeZone });
  const follower = new Follower({ store, sender, pacing, now, log });
  const overdue = new Overdue({ store, sender, after: delayNoticeAfter, pacing, now, log });
  await follower.start();
  await overdue.start();
  return {
    stop: async (graceMs) => {
      let timer: NodeJS.Timeout | undefined;
      const given = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, graceMs);
      });
      await Promise.race([Promise.all([follower.stop(), overdue.stop()]), given]);
      clearTimeout(timer);
    },
  };
}
