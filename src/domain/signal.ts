/**
 * A signal: what a rule found, from its first event until it is closed. Events with the same cause
 * join the one that is open. The record is durable, and changes in the same commit as the position
 * of the reader that changed it. It names messages by id alone: what it says of people is read from
 * the register when it is told, and erased with them.
 */
import type { MessageId } from './ids.ts';
import type { RunRecord } from './run.ts';
import type { Language } from './settings.ts';
import type { SignalGroupKey } from './signal-rule.ts';

declare const signalIdBrand: unique symbol;
/** 26 characters, like those of messages. */
export type SignalId = string & { readonly [signalIdBrand]: true };

export const SIGNAL_STATES = ['open', 'acknowledged', 'closed'] as const;
export type SignalState = (typeof SIGNAL_STATES)[number];

/** What the events of a signal have in common. */
export type SignalCause = Readonly<
  Partial<Record<Exclude<SignalGroupKey, 'cause'> | 'mailbox' | 'channel' | 'directory' | 'event' | 'share' | 'expected' | 'day', string>>
>;

/** An event that joined. */
export interface SignalExample {
  /** 0: of no event, but of what did not happen. */
  readonly seq: number;
  readonly message: MessageId | null;
  readonly index: number | null;
}

/** Whom a mail channel tells beside fixed addresses. */
export interface SignalPerson {
  readonly kind: 'sender' | 'owner';
  readonly address: string;
  readonly language: Language;
}

/** Why a signal is over. */
export type SignalClosing =
  /** All that it told of went through since: sent again, or at last. */
  | 'resolved'
  /** The next hop, mailbox or channel works again; the share is low again; the mail came. */
  | 'recovered'
  /** Nothing of the kind happened for long. */
  | 'quiet'
  | 'person';

export interface SignalRecord {
  readonly id: SignalId;
  /** Name of its rule. */
  readonly rule: string;
  /** The same for all events that join it. */
  readonly key: string;
  readonly cause: SignalCause;
  readonly state: SignalState;
  /** Unix milliseconds of its first and its last event. */
  readonly openedAt: number;
  readonly lastAt: number;
  /** Events that joined. */
  readonly count: number;
  /** The first ones and the last. */
  readonly examples: readonly SignalExample[];
  readonly people: readonly SignalPerson[];
  /** Recipients that still have to go through, and those that did. */
  readonly unresolved: number;
  readonly resolved: number;
  /** More recipients than are followed: it does not close by itself when they go through. */
  readonly overfull?: true;
  /** How often it was told, when last, and how many events it had then. */
  readonly told: number;
  readonly toldAt: number | null;
  readonly toldCount: number;
  /** Unix milliseconds at which it is to be looked at again; null: when something happens. */
  readonly nextAt: number | null;
  readonly escalatedAt: number | null;
  readonly acknowledged: { readonly at: number; readonly by: string | null; readonly note: string | null } | null;
  readonly closed: { readonly at: number; readonly by: string | null; readonly why: SignalClosing } | null;
}

/** What a reader of the feed decided, to be written with its position. */
export interface SignalChanges {
  readonly signals: readonly SignalRecord[];
  /** Records of closed signals that are no longer kept. */
  readonly forgotten: readonly SignalId[];
  /** Recipients that signals wait for; null: no longer. */
  readonly members: readonly { readonly name: string; readonly value: SignalMember | null }[];
  /** What rules remember: counts, runs, when they last looked; null: nothing any more. */
  readonly states: readonly { readonly name: string; readonly value: object | null }[];
  /** Runs, by their key; null: no longer kept. */
  readonly runs?: readonly { readonly name: string; readonly value: RunRecord | null }[];
}

/** A recipient that a signal waits for; its name in the collection is `signal message index`. */
export interface SignalMember {
  readonly at: number;
}

export const NO_CHANGES: SignalChanges = { signals: [], forgotten: [], members: [], states: [] };

/** How one channel, a receiver and not a rule, does. */
export interface SignalChannelRecord {
  /** Answered 410: nothing is sent to it until a test or a retry by hand succeeds. */
  readonly off: { readonly at: number } | null;
  /** Tries without success in a row, and since when. */
  readonly failures: number;
  readonly failingSince: number | null;
  /** The feed says that it fails. */
  readonly announced: boolean;
  readonly lastError: string | null;
}
