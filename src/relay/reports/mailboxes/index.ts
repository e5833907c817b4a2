/**
 * Reports that lie in mailboxes, collected over IMAP.
 *
 *   index.ts       all mailboxes together: the Collector of domain/ports.ts
 *   mailbox.ts     when one is looked through, and what happens when it can not be
 *   collection.ts  one look: batches, the position
 *   imap.ts        the adapter to imapflow
 *   oauth2.ts      access tokens
 *   check.ts       whether one can be signed in to, for `relais check`
 *   addressee.ts   whom a message was delivered to
 */
import type { EventDraft } from '../../../domain/events.ts';
import type { Log } from '../../../domain/log.ts';
import type { Collection, Collector, CollectorStatus, MailboxRecord } from '../../../domain/ports.ts';
import type { MailboxSettings } from '../../../domain/settings.ts';
import { addresseeOf } from './addressee.ts';
import type { TakenMail } from './collection.ts';
import { IMAP_LIMITS, type ImapLimits } from './imap.ts';
import { MAILBOX_RETRY, Mailbox, type MailboxRetry } from './mailbox.ts';
import { createTokenSource } from './oauth2.ts';

export { checkMailbox } from './check.ts';
export type { TakenMail } from './collection.ts';

export interface MailboxesOptions {
  readonly mailboxes: readonly MailboxSettings[];
  readonly messageSize: number;
  readonly tokenLifetime: number;
  readonly positions: Collection<MailboxRecord>;
  /** Takes one in; resolves once it is durable. */
  readonly take: (mail: MailFromBox) => Promise<TakenMail>;
  /** Puts an event into the feed: a mailbox fails, or does no more. */
  readonly tell: (event: EventDraft) => Promise<unknown>;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Log;
  readonly limits?: Partial<ImapLimits>;
  readonly retry?: Partial<MailboxRetry>;
}

/** A message of a mailbox, with what it is to be read by. */
export interface MailFromBox {
  readonly raw: Buffer;
  /** The token address it was delivered to; null: none is noted. */
  readonly to: string | null;
  /** Name of the mailbox. */
  readonly mailbox: string;
  readonly otherMail: MailboxSettings['otherMail'];
  /** Octets it really has, where `raw` is only its head; null: `raw` is all. */
  readonly cutFrom: number | null;
}

export interface MailboxCollector extends Collector {
  /** Ends what is under way within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Begins to collect from all of them, each by itself. */
export function startMailboxes(options: MailboxesOptions): MailboxCollector {
  const { positions, messageSize, tokenLifetime, tell, now, random, log } = options;
  const mailboxes = options.mailboxes.map((settings) => {
    const { name, otherMail, imap } = settings;
    return new Mailbox({
      settings,
      positions,
      messageSize,
      tokenLifetime,
      tell,
      now,
      random,
      log,
      take: ({ raw, cutFrom }) => options.take({ raw, cutFrom, to: addresseeOf(raw), mailbox: name, otherMail }),
      tokens: imap.auth.kind === 'oauth2' ? createTokenSource({ settings: imap.auth, user: imap.user, now }) : null,
      limits: { ...IMAP_LIMITS, ...options.limits },
      retry: { ...MAILBOX_RETRY, ...options.retry },
    });
  });
  for (const mailbox of mailboxes) mailbox.start();
  let collecting: Promise<unknown> | null = null;
  const status = (): CollectorStatus => ({
    running: collecting !== null || mailboxes.some(({ looking }) => looking),
    mailboxes: mailboxes.map((mailbox) => mailbox.status),
  });
  return {
    status,
    collect: async () => {
      collecting ??= Promise.all(mailboxes.map((mailbox) => mailbox.look())).finally(() => {
        collecting = null;
      });
      await collecting;
      return status();
    },
    stop: async (graceMs) => {
      await Promise.all(mailboxes.map((mailbox) => mailbox.stop(graceMs)));
    },
  };
}
