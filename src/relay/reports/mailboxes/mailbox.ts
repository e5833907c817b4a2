/**
 * One mailbox of reports: looked through when it starts, when the server says that mail came (IDLE),
 * when its time has come (`every`), and when a person asks.
 *
 *   upstream    index.ts
 *   downstream  imap.ts, oauth2.ts, collection.ts; the position is kept in the store
 *   failure     whatever goes wrong is logged, told in its status, and tried again: later each time,
 *               later at once where the server refused who signs in; other mailboxes go on
 *
 *     waiting ──time, asked──▶ connected ──error──▶ failing ──time, asked──▶ connected
 *        ▲                        │
 *        └── all read, no IDLE ───┘     any of them ──stop──▶ stopped
 */
import type { EventDraft } from '../../../domain/events.ts';
import type { Log } from '../../../domain/log.ts';
import type { Collection, CollectorStatus, MailboxRecord, MailboxRun } from '../../../domain/ports.ts';
import type { MailboxSettings } from '../../../domain/settings.ts';
import { type CollectedMail, collectFrom, newTally, type TakenMail, type Tally } from './collection.ts';
import { type FolderRequest, ImapError, type ImapLimits, type MailFolder, openFolder } from './imap.ts';
import { OAuth2Error, type TokenSource } from './oauth2.ts';

export type MailboxStatus = CollectorStatus['mailboxes'][number];

export interface MailboxOptions {
  readonly settings: MailboxSettings;
  readonly positions: Collection<MailboxRecord>;
  readonly take: (mail: CollectedMail) => Promise<TakenMail>;
  /** Null: it signs in by password. */
  readonly tokens: TokenSource | null;
  readonly messageSize: number;
  /** Milliseconds after which a report is no longer believed. */
  readonly tokenLifetime: number;
  readonly limits: ImapLimits;
  readonly retry: MailboxRetry;
  /** Puts an event into the feed. */
  readonly tell: (event: EventDraft) => Promise<unknown>;
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

export interface MailboxRetry {
  /** Milliseconds after the first failure; doubled with each. */
  readonly first: number;
  /** The same where the server refused who signs in. */
  readonly refused: number;
  readonly most: number;
}

export const MAILBOX_RETRY: MailboxRetry = { first: 5_000, refused: 60_000, most: 15 * 60_000 };

/** SEARCH knows days alone, in the server's time zone. */
const DAYS_MARGIN = 2 * 86_400_000;
/** Failures in a row that are told to others: a server that is restarted is nobody's business. */
const TOLD_AFTER = 3;
/** Looks that fail at the same message before it is passed over. */
const UNREADABLE_AFTER = 3;
const GOODBYE = 2_000;

const NO_POSITION: MailboxRecord = { uidValidity: null, lastUid: 0, lastRun: null };

export class Mailbox {
  readonly #options: MailboxOptions;
  readonly #stopping = new AbortController();
  /** Gives up what is under way. */
  readonly #cutting = new AbortController();
  /** Ends a wait. */
  #wake = new AbortController();
  #position: MailboxRecord = NO_POSITION;
  #state: MailboxStatus['state'] = 'waiting';
  #nextRunAt: number | null = null;
  #failures = 0;
  /** It stands in the feed that it fails. */
  #told = false;
  #unreadable: { readonly uid: number; readonly times: number } | null = null;
  #looking = false;
  #askers: (() => void)[] = [];
  #ended: Promise<void> | null = null;

  constructor(options: MailboxOptions) {
    this.#options = options;
  }

  get status(): MailboxStatus {
    const { name, folder } = this.#options.settings;
    return { name, folder, state: this.#state, nextRunAt: this.#nextRunAt, lastRun: this.#position.lastRun };
  }

  get looking(): boolean {
    return this.#looking;
  }

  start(): void {
    this.#ended ??= this.#live();
  }

  /** Looks now, or joins the look that is under way; resolves when it has ended, well or not. */
  look(): Promise<void> {
    if (this.#stopping.signal.aborted) return Promise.resolve();
    const looked = new Promise<void>((resolve) => this.#askers.push(resolve));
    this.#wake.abort();
    return looked;
  }

  /** Ends after the batch at hand, or after `graceMs`, whichever is first. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#wake.abort();
    const timer = setTimeout(() => this.#cutting.abort(), graceMs);
    await this.#ended;
    clearTimeout(timer);
    this.#state = 'stopped';
    this.#nextRunAt = null;
    this.#tellAskers();
  }

  async #live(): Promise<void> {
    const { positions, settings } = this.#options;
    while (!this.#stopping.signal.aborted) {
      let wait: number;
      try {
        this.#position = (await positions.get(settings.name)) ?? NO_POSITION;
        const left = await this.#session();
        wait = left === 'by itself' ? settings.every : this.#options.retry.first;
        this.#state = 'waiting';
      } catch (error) {
        if (this.#stopping.signal.aborted) break;
        wait = this.#fail(error);
      }
      this.#nextRunAt = this.#options.now() + wait;
      await this.#pause(wait);
    }
    this.#tellAskers();
  }

  /** One connection: a look, and with IDLE more of them until the server, as they do after a time, sends us away. */
  async #session(): Promise<'by itself' | 'sent away'> {
    const { settings, limits, log } = this.#options;
    const startedAt = this.#beginLook();
    let folder: MailFolder | null = null;
    const cut = (): void => folder?.cut();
    this.#cutting.signal.addEventListener('abort', cut);
    try {
      folder = await this.#open();
      this.#state = 'connected';
      await this.#look(folder, startedAt);
      while (folder.idles && !this.#stopping.signal.aborted) {
        this.#nextRunAt = null;
        try {
          await folder.awaitNews(settings.every, this.#nextWake());
        } catch (error) {
          log.debug({ mailbox: settings.name, error: messageOf(error) }, 'the connection to a mailbox was lost while it waited');
          return 'sent away';
        }
        if (this.#stopping.signal.aborted) break;
        await this.#look(folder, this.#beginLook());
      }
      await folder.leave(Math.min(GOODBYE, limits.command));
      return 'by itself';
    } catch (error) {
      folder?.cut();
      this.#state = 'failing';
      await this.#endLook(startedAt, newTally(), messageOf(error));
      throw error;
    } finally {
      this.#cutting.signal.removeEventListener('abort', cut);
    }
  }

  async #open(): Promise<MailFolder> {
    const { settings, messageSize, limits, tokens } = this.#options;
    const { imap, folder, moveTo, idle } = settings;
    // What is not yet begun is given up at once.
    const { signal } = this.#stopping;
    const accessToken = tokens === null ? null : await orAborted(tokens.token(), signal);
    const request: FolderRequest = { imap, accessToken, folder, moveTo, idle, messageSize, limits };
    try {
      return await openFolder(request, signal);
    } catch (error) {
      if (error instanceof ImapError && error.refused) tokens?.forget();
      throw error;
    }
  }

  #beginLook(): number {
    this.#looking = true;
    return this.#options.now();
  }

  async #look(folder: MailFolder, startedAt: number): Promise<void> {
    const { settings, take, messageSize, tokenLifetime, now, log } = this.#options;
    const { uidValidity } = folder;
    if (this.#position.uidValidity !== uidValidity) {
      if (this.#position.uidValidity !== null) {
        log.warn({ mailbox: settings.name }, 'the mailbox has new UIDs: it is read anew, and what was taken before changes nothing');
      }
      this.#position = { ...this.#position, uidValidity, lastUid: 0 };
    }
    const tally = newTally();
    const since = new Date(now() - tokenLifetime - DAYS_MARGIN);
    try {
      await collectFrom({
        folder,
        after: this.#position.lastUid,
        since,
        messageSize,
        take,
        reached: (uid) => this.#reached(uid),
        tally,
        cautious: this.#failures > 0,
        signal: this.#stopping.signal,
        unreadable: (uid, error) => this.#isUnreadable(uid, error),
      });
    } catch (error) {
      this.#state = 'failing';
      await this.#endLook(startedAt, tally, messageOf(error));
      throw error;
    }
    this.#nextRunAt = folder.idles ? null : now() + settings.every;
    if (this.#failures > 0) log.info({ mailbox: settings.name, failures: this.#failures }, 'the mailbox can be read again');
    this.#failures = 0;
    if (this.#told) this.#tell({ type: 'mailbox.recovered', mailbox: settings.name });
    this.#told = false;
    if (tally.trouble !== null)
      log.warn({ mailbox: settings.name, trouble: tally.trouble }, 'reports were taken from a mailbox, but lie there still');
    await this.#endLook(startedAt, tally, tally.trouble);
  }

  async #reached(uid: number): Promise<void> {
    if (uid <= this.#position.lastUid) return;
    this.#position = { ...this.#position, lastUid: uid };
    await this.#options.positions.put(this.#options.settings.name, this.#position);
  }

  /** Tells those who asked, and keeps how it went. A look that ended in an error is ended once. */
  async #endLook(startedAt: number, tally: Tally, error: string | null): Promise<void> {
    if (!this.#looking) return;
    this.#looking = false;
    const { settings, positions, now, log } = this.#options;
    const { taken, repeated, unmatched, left } = tally;
    const lastRun: MailboxRun = { startedAt, endedAt: now(), taken, repeated, unmatched, left, error };
    this.#position = { ...this.#position, lastRun };
    if (taken > 0) log.info({ mailbox: settings.name, taken, repeated, unmatched, left }, 'reports collected from a mailbox');
    this.#tellAskers();
    await positions.put(settings.name, this.#position).catch((cause: unknown) => {
      log.error({ err: cause, mailbox: settings.name }, 'how far a mailbox was read could not be recorded: it is read again from there');
    });
  }

  #tellAskers(): void {
    for (const tell of this.#askers.splice(0)) tell();
  }

  /** True once it was tried often enough: it stays where it is, and the ones after it are read. */
  #isUnreadable(uid: number, error: unknown): boolean {
    const times = this.#unreadable?.uid === uid ? this.#unreadable.times + 1 : 1;
    this.#unreadable = { uid, times };
    if (times < UNREADABLE_AFTER) return false;
    const fields = { mailbox: this.#options.settings.name, uid, error: messageOf(error) };
    this.#options.log.error(fields, 'a message of a mailbox can not be read: it is left there, look at it by hand');
    this.#unreadable = null;
    return true;
  }

  /** Milliseconds to wait. */
  #fail(error: unknown): number {
    const { settings, retry, random, log } = this.#options;
    this.#failures++;
    this.#state = 'failing';
    const refused = (error instanceof ImapError || error instanceof OAuth2Error) && error.refused;
    const doubled = (refused ? retry.refused : retry.first) * 2 ** Math.min(this.#failures - 1, 20);
    const wait = Math.min(doubled, retry.most) * (0.8 + 0.4 * random());
    const fields = { mailbox: settings.name, failures: this.#failures, retryInSeconds: Math.round(wait / 1000), error: messageOf(error) };
    log.warn(fields, 'a mailbox of reports could not be read: it is tried again');
    if (!this.#told && (refused || this.#failures >= TOLD_AFTER)) {
      this.#told = true;
      this.#tell({ type: 'mailbox.failing', mailbox: settings.name, reason: messageOf(error) });
    }
    return wait;
  }

  #tell(event: EventDraft): void {
    const { tell, log } = this.#options;
    tell(event).catch((cause: unknown) => log.error({ err: cause, mailbox: event.mailbox }, 'how a mailbox stands could not be recorded'));
  }

  #nextWake(): AbortSignal {
    if (this.#askers.length > 0 || this.#stopping.signal.aborted) return AbortSignal.abort();
    this.#wake = new AbortController();
    return this.#wake.signal;
  }

  async #pause(ms: number): Promise<void> {
    const signal = this.#nextWake();
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Leaves off waiting when the signal aborts. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('stopped'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
