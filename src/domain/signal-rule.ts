/**
 * A rule of signals: which events it hears, which of them it means, when it tells, whom, and over
 * which channels. Made from the configuration; durations are milliseconds.
 */
import type { EventType } from './events.ts';
import type { Language } from './settings.ts';

/** What `where` can ask for; each a list of patterns with `*`, of which one must fit. All that are given must hold. */
export const SIGNAL_FILTERS = [
  /** Of the recipient, or of the message. */
  'state',
  'category',
  'template',
  'documentType',
  'account',
  /** Reverse-path, a pattern of addresses. */
  'sender',
  /** Of the recipient; `*.example.com` covers those below. */
  'domain',
  /** `name` or `name=value`. */
  'tag',
  'class',
  'confidence',
  /** `attempt`: refused by the next hop; `report`: by a report that came later. */
  'source',
  'nextHop',
] as const;
export type SignalFilterName = (typeof SIGNAL_FILTERS)[number];
export type SignalFilter = Readonly<Partial<Record<SignalFilterName, readonly string[]>>>;

/**
 * What makes two events one signal. `cause`: for recipients domain and category, for others the next
 * hop, mailbox or channel that they are about. An empty list: all events of the rule.
 */
export const SIGNAL_GROUP_KEYS = [
  'cause',
  'domain',
  'category',
  'nextHop',
  'account',
  'template',
  'documentType',
  'document',
  'sender',
  'message',
  'run',
] as const;
export type SignalGroupKey = (typeof SIGNAL_GROUP_KEYS)[number];

export interface SignalGrouping {
  readonly by: readonly SignalGroupKey[];
  /** After the signal was told further events are counted for so long, and then told of together. */
  readonly within: number;
  /** How long events are gathered before the signal is told at all. */
  readonly wait: number;
}

/** From how much on a rule tells. */
export type SignalThreshold =
  /** So many events within the time. */
  | { readonly kind: 'count'; readonly count: number; readonly within: number }
  /** More than this share (0 to 1) of the recipients whose outcome became known, of at least so many. */
  | { readonly kind: 'share'; readonly share: number; readonly least: number; readonly within: number | 'run' };

/** ISO 8601: 1 is Monday, 7 Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

export const WORKING_WEEK: readonly Weekday[] = [1, 2, 3, 4, 5];

/** What is missing where nothing happens. */
export type SignalExpectation =
  | {
      readonly kind: 'mail';
      /** Messages that fit `where`, accepted between `since` and `by`, minutes of the local day. `since` after `by`: of the day before. */
      readonly least: number;
      readonly since: number;
      readonly by: number;
      readonly days: readonly Weekday[];
      /** Local dates, `2026-12-25`, that are no working days. */
      readonly holidays: readonly string[];
      readonly timeZone: string;
    }
  /** A run that said how many messages it has, and has fewer `within` after its last one. */
  | { readonly kind: 'run'; readonly within: number };

/** When nobody wants to be told; what arises then is told afterwards, if it is still open. */
export interface QuietTimes {
  /** Minutes of the local day; `from` after `to`: over midnight. Null: no hours of each day. */
  readonly hours: { readonly from: number; readonly to: number } | null;
  /** Whole local days. */
  readonly days: readonly Weekday[];
  readonly timeZone: string;
}

/** One message of all that is new, instead of one for each signal. */
export interface DigestTimes {
  readonly every: 'day' | 'week';
  /** Minutes of the local day. */
  readonly at: number;
  /** Of weekly ones. */
  readonly day: Weekday;
  readonly timeZone: string;
}

export type WebhookFormat = 'standard' | 'slack' | 'mattermost' | 'teams';

export interface WebhookChannel {
  readonly kind: 'webhook';
  readonly url: string;
  /** One, or two while a secret is rotated: `whsec_…`. Empty: not signed, in the formats of chats alone. */
  readonly secrets: readonly string[];
  readonly allowPrivate: boolean;
  /** Absent: `standard`. */
  readonly format?: WebhookFormat;
  /** Of the words in it. Absent: `en`. */
  readonly language?: Language;
}

export interface MailChannel {
  readonly kind: 'mail';
  /** Addresses, `sender`: whoever sent the message, `owner`: whom `owners` names for it. */
  readonly to: readonly string[];
  /** Of the addresses; a sender has its account's, an owner its own. */
  readonly language: Language;
  /** Whose routes it takes. */
  readonly account: string;
}

export interface CommandChannel {
  readonly kind: 'command';
  /** Absolute path of the program. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Beside PATH, LANG and RELAIS_*: the environment is otherwise empty. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds after which the program and all that it started is killed. */
  readonly timeout: number;
}

export type SignalChannel = WebhookChannel | MailChannel | CommandChannel;

export interface SignalRule {
  readonly name: string;
  /** Empty with `expect`. */
  readonly on: readonly EventType[];
  readonly where: SignalFilter;
  /** Only what is still so after this time. */
  readonly after: number | null;
  readonly threshold: SignalThreshold | null;
  readonly expect: SignalExpectation | null;
  /** Null: each event is told by itself, and nothing stays open. */
  readonly group: SignalGrouping | null;
  readonly quiet: QuietTimes | null;
  readonly digest: DigestTimes | null;
  /** Told again after each of these times until it is acknowledged or closed. */
  readonly repeat: number | null;
  readonly escalate: { readonly after: number; readonly notify: readonly SignalChannel[] } | null;
  /** With a threshold within a run: what waits of the run, and what still comes, is held until a person releases it. */
  readonly hold: boolean;
  /** Empty: shown on the page and over the API alone. */
  readonly notify: readonly SignalChannel[];
}

/** Who looks after what: the first that matches is the `owner` of a message. */
export interface SignalOwner {
  readonly match: Pick<SignalFilter, 'template' | 'account' | 'documentType' | 'sender' | 'class'>;
  readonly mail: readonly string[];
  readonly language: Language;
}

export const DEFAULT_WITHIN = 86_400_000;
export const BY_CAUSE: SignalGrouping = { by: ['cause'], within: DEFAULT_WITHIN, wait: 0 };

/** A rule with all that it does not say. */
export function signalRule(given: Pick<SignalRule, 'name'> & Partial<SignalRule>): SignalRule {
  return {
    on: [],
    where: {},
    after: null,
    threshold: null,
    expect: null,
    group: null,
    quiet: null,
    digest: null,
    repeat: null,
    escalate: null,
    hold: false,
    notify: [],
    ...given,
  };
}

export const STANDARD_RULE_NAME = 'sending-failed';

/** Events of which something can last; the configuration allows `after` with these alone. */
export const LASTING_EVENTS: readonly EventType[] = [
  'message.accepted',
  'recipient.deferred',
  'recipient.transferred',
  'recipient.failed',
  'recipient.expired',
  'recipient.delayed',
  'recipient.held',
  'recipient.suppressed',
  'report.unmatched',
  'queue.blocked',
  'mailbox.failing',
  'channel.failing',
  'backup.failed',
];

/** What holds where the configuration says nothing of signals. */
export const STANDARD_RULES: readonly SignalRule[] = [
  signalRule({
    name: STANDARD_RULE_NAME,
    on: ['recipient.failed', 'recipient.expired', 'recipient.suppressed'],
    group: BY_CAUSE,
  }),
];

/** The rule that tells on the other channels when one fails; no rule of the configuration may have its name. */
export const CHANNEL_RULE_NAME = 'channel-failing';
