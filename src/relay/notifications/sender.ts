/**
 * Makes a notification of what happened to recipients of one message, and submits it.
 *
 *   upstream    follower.ts (what the feed tells), overdue.ts (what has been waiting for too long)
 *   downstream  the Submitter; the way of any other mail from there on
 *   standards   RFC 3461 §5.2, §6; RFC 8689 §5
 *   failure     rejects with NotYet or a StoreError where it is to be tried again. A permanent refusal
 *               and a fault of ours in composing are logged, and that notification is given up: one
 *               that can not be made must not keep back all others.
 *
 * A notification is submitted under a key made of what it tells of, so that one whose position in
 * the feed was lost in a crash is not sent twice. Its Message-ID says up to which event it tells; by
 * that, what happened since is told in another one.
 */
import { StoreError } from '../../domain/errors.ts';
import type { FeedEvent } from '../../domain/events.ts';
import type { MessageId } from '../../domain/ids.ts';
import type { Log } from '../../domain/log.ts';
import type { AcceptedMessage } from '../../domain/message.ts';
import { decideNotification, type NotificationKind, type Occurrence } from '../../domain/notification.ts';
import type { MessageDetail, Store, SubmissionAnswer, Submitter } from '../../domain/ports.ts';
import { formatReply } from '../../domain/reply.ts';
import { type Account, DEFAULT_ACCOUNT } from '../../domain/settings.ts';
import { type ComposedNotification, composeNotification, type ReturnedContent } from './compose.ts';
import { type NotifiedRecipient, notifiedRecipient, type Told } from './facts.ts';
import { returnedContent } from './returned.ts';

export interface SenderOptions {
  readonly store: Pick<Store, 'message' | 'record' | 'content'>;
  readonly submitter: Submitter;
  readonly accounts: readonly Account[];
  readonly hostname: string;
  /** Where people reach the dashboard; null: nowhere. */
  readonly publicUrl: string | null;
  /** IANA name of the time zone in which people are told times. */
  readonly timeZone: string;
  readonly now: () => number;
  readonly log: Log;
}

/** The submission refused for now. */
export class NotYet extends Error {
  override readonly name = 'NotYet';
}

/** Events of one message that go into one notification, in the order of the feed. */
export interface Owed {
  readonly message: MessageId;
  readonly group: 'failure' | 'delay' | 'success';
  readonly events: readonly FeedEvent[];
}

/** How long a key is kept: longer than a relay is likely to be down between submitting and noting it. */
const KEY_LIFETIME = 30 * 24 * 3_600_000;

export class Sender {
  readonly #o: SenderOptions;
  readonly #accounts: ReadonlyMap<string, Account>;

  constructor(options: SenderOptions) {
    this.#o = options;
    this.#accounts = new Map(options.accounts.map((account) => [account.name, account]));
  }

  /** Notifies of events; resolves once that is durable, or nothing is owed. */
  async tell({ message, group, events }: Owed): Promise<void> {
    const record = await this.#o.store.record(message);
    if (record === undefined || !events.some((event) => this.#mayBeOwed(record.message, event))) return;
    const detail = await this.#o.store.message(message);
    if (detail === undefined) return;
    let rest = this.#owedEvents(detail, events);
    for (let first = rest[0]; first !== undefined; first = rest[0]) {
      const last = rest.at(-1) ?? first;
      // Of one recipient the last word.
      const told = [...new Map(rest.map(({ kind, event }) => [event.index, { index: event.index ?? 0, kind, event }])).values()];
      const prefix = `dsn-${message}-${group}-${first.event.seq}-`;
      const answer = await this.#submit(detail, told, {
        id: `${prefix}${last.event.seq}`,
        key: `dsn:${message}:${group}:${first.event.seq}`,
      });
      // Submitted before, perhaps when less had happened: the rest is told apart.
      const until = answer?.kind === 'recorded' && answer.repeated ? seqAfter(prefix, answer) : last.event.seq;
      rest = rest.filter(({ event }) => event.seq > until);
    }
  }

  /** Notifies of recipients that have been waiting for too long. */
  async tellOverdue(message: MessageId): Promise<void> {
    const detail = await this.#o.store.message(message);
    if (detail === undefined) return;
    const before = earlierEvents(detail);
    const told: Told[] = [];
    for (const { index, state } of detail.recipients) {
      if (state !== 'queued' && state !== 'deferred') continue;
      const kind = this.#decide(detail, index, { type: 'overdue' }, before.get(index) ?? []);
      if (kind !== null) told.push({ index, kind, event: null });
    }
    if (told.length > 0) await this.#submit(detail, told, { id: `dsn-${message}-overdue`, key: `dsn:${message}:overdue` });
  }

  /** Without the events before it, which can but take away: what is owed nobody costs no look at all of them. */
  #mayBeOwed(message: AcceptedMessage, event: FeedEvent): boolean {
    return event.index !== undefined && this.#decide({ message }, event.index, event, []) !== null;
  }

  #owedEvents(detail: MessageDetail, events: readonly FeedEvent[]): { kind: NotificationKind; event: FeedEvent }[] {
    const before = earlierEvents(detail);
    return events.flatMap((event) => {
      const { index } = event;
      if (index === undefined) return [];
      const earlier = (before.get(index) ?? []).filter(({ seq }) => seq < event.seq);
      const kind = this.#decide(detail, index, event, earlier);
      return kind === null ? [] : [{ kind, event }];
    });
  }

  #decide(
    { message }: Pick<MessageDetail, 'message'>,
    index: number,
    occurrence: Occurrence,
    before: readonly FeedEvent[],
  ): NotificationKind | null {
    return decideNotification({
      occurrence,
      before,
      reversePath: message.envelope.reversePath,
      origin: message.origin,
      notify: message.envelope.recipients[index]?.notify ?? null,
      setting: this.#account(message.account).notifications,
    });
  }

  #account(name: string): Pick<Account, 'notifications' | 'language'> {
    return this.#accounts.get(name) ?? this.#accounts.get(DEFAULT_ACCOUNT) ?? { notifications: 'standard', language: 'en' };
  }

  async #submit(
    detail: MessageDetail,
    told: readonly Told[],
    names: { readonly id: string; readonly key: string },
  ): Promise<SubmissionAnswer | undefined> {
    const { log, now } = this.#o;
    const recipients = told.flatMap((one) => notifiedRecipient(detail, one) ?? []);
    const returned = await returnedContent(this.#o.store, detail, recipients);
    const { message } = detail;
    let answer = await this.#submitOnce(detail, recipients, returned, names);
    if (answer?.kind === 'refused' && answer.reply.code === 552 && returned?.kind === 'whole') {
      // RFC 3461 §6.2: what is too big to be returned whole is returned by its header.
      const headers = await returnedContent(this.#o.store, detail, []);
      answer = await this.#submitOnce(detail, recipients, headers, names);
    }
    if (answer === undefined) return undefined;
    if (answer.kind === 'recorded') {
      const fields = { message: message.id, notification: answer.message.id, recipients: recipients.length, at: now() };
      log.info(fields, answer.repeated ? 'the sender had been notified before' : 'the sender is notified');
      return answer;
    }
    const said = formatReply(answer.reply);
    if (answer.reply.code < 500) throw new NotYet(`the notification about ${message.id} is not taken yet: ${said}`);
    log.error({ message: message.id, said }, 'a notification was refused, and is given up: the sender is not told');
    return answer;
  }

  /** Undefined: it could not be composed. */
  async #submitOnce(
    { message }: MessageDetail,
    recipients: readonly NotifiedRecipient[],
    returned: ReturnedContent | null,
    { id, key }: { readonly id: string; readonly key: string },
  ): Promise<SubmissionAnswer | undefined> {
    const { submitter, hostname, publicUrl, timeZone, now, log } = this.#o;
    const { reversePath } = message.envelope;
    if (reversePath.kind === 'null') return undefined;
    const link = publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/messages/${message.id}`;
    const { language } = this.#account(message.account);
    let composed: ComposedNotification;
    try {
      const to = reversePath.address;
      composed = await composeNotification({ message, to, recipients, returned, hostname, language, link, timeZone, id, now: now() });
    } catch (error) {
      log.error({ err: error, message: message.id }, 'a notification could not be composed, and is given up: the sender is not told');
      return undefined;
    }
    return submitter.submit({
      origin: 'notification',
      account: message.account,
      envelope: composed.envelope,
      content: composed.content,
      client: null,
      concerns: message.id,
      key: { value: key, until: now() + KEY_LIFETIME },
    });
  }
}

function earlierEvents({ events }: MessageDetail): ReadonlyMap<number, readonly FeedEvent[]> {
  const byIndex = new Map<number, FeedEvent[]>();
  for (const event of events) {
    if (event.index === undefined) continue;
    const list = byIndex.get(event.index);
    if (list === undefined) byIndex.set(event.index, [event]);
    else list.push(event);
  }
  return byIndex;
}

/** Up to which event a notification tells that was submitted before. */
function seqAfter(prefix: string, { message }: Extract<SubmissionAnswer, { kind: 'recorded' }>): number {
  const { messageId } = message.headers;
  const last = messageId?.startsWith(prefix) === true ? /^\d+/.exec(messageId.slice(prefix.length))?.[0] : undefined;
  return last === undefined ? Number.POSITIVE_INFINITY : Number(last);
}

/** Says of an error that what is owed is told later. That nothing is taken at the moment is no fault. */
export function logUntold(log: Log, error: unknown, fields: object): void {
  const text = 'notifications: not told yet, tried again';
  if (error instanceof NotYet) log.info({ ...fields, reason: error.message }, text);
  else if (error instanceof StoreError) log.warn({ ...fields, err: error }, text);
  else log.error({ ...fields, err: error }, text);
}
