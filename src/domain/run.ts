/**
 * A run as it is kept and shown: mail that belongs together, because it says so (X-Relais-Run) or
 * because much of one template came from one account without a pause. How much of it came, how it
 * went, what came twice. Counted from the events of the feed; it names messages by id alone. Pure.
 *
 * What was sent again (by resend) is no part of it: it says of the run how it went by itself.
 */
import { createHash } from 'node:crypto';
import { type Address, normalizeAddress } from './address.ts';
import type { FeedEvent } from './events.ts';
import { idTime, type MessageId } from './ids.ts';
import type { AcceptedMessage } from './message.ts';
import type { RecipientState } from './recipient.ts';
import type { Category } from './reply.ts';
import { namedKey, RUN_LEAST, RUN_PAUSE, unnamedKey } from './signal-runs.ts';

export interface RunFailure {
  readonly message: MessageId;
  readonly index: number;
  readonly category: Category | null;
}

export interface RunDuplicate {
  readonly message: MessageId;
  /** The earlier one, with the same document to the same recipient. */
  readonly of: MessageId;
  /** Its recipient. */
  readonly index: number;
  /** Octet for octet the same; else the document was made anew. */
  readonly identical: boolean;
}

export interface RunRecord {
  /** 24 characters, of its key. */
  readonly id: string;
  /** As in the cause of signals. */
  readonly key: string;
  readonly account: string;
  /** Null: nobody named it. */
  readonly name: string | null;
  /** Null: none, or several. */
  readonly template: string | null;
  /** How many messages it is to have, as it says; null: it does not. */
  readonly expected: number | null;
  /** Unix milliseconds of its first and last message. */
  readonly startedAt: number;
  readonly lastAt: number;
  readonly messages: number;
  readonly recipients: number;
  /** Recipients by their state. */
  readonly states: Readonly<Partial<Record<RecipientState, number>>>;
  /** The latest. */
  readonly failures: readonly RunFailure[];
  readonly duplicates: number;
  /** Of these, those that are the same octet for octet. */
  readonly identical: number;
  readonly duplicateExamples: readonly RunDuplicate[];
  /** What waits of it is held, and what comes: by a person, or by a rule. */
  readonly held: { readonly at: number; readonly by: string | null; readonly rule: string | null } | null;
  /** Since then no longer; a rule does not hold it again. */
  readonly released: { readonly at: number; readonly by: string } | null;
}

const EXAMPLES = 20;
/** Time of acceptance and time of the id are not quite the same. Far shorter than RUN_PAUSE. */
const TOLERANCE = 5_000;

export function runId(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 24);
}

/** Those of account and template that nobody named follow each other; null: such mail is of no run. */
export function runPrefix({ account, template }: Pick<FeedEvent, 'account' | 'template'>): string | null {
  return account === undefined || template === undefined ? null : `${account}: ${template} `;
}

/** Many enough, or named: below that a burst is no run yet. */
export function isRun({ name, messages }: RunRecord): boolean {
  return name !== null || messages >= RUN_LEAST;
}

export function isHeld({ held, released }: RunRecord): boolean {
  return held !== null && released === null;
}

export function beginRun(message: AcceptedMessage): RunRecord {
  const { account, acceptedAt, references } = message;
  const name = references.run?.name ?? null;
  const key = name === null ? unnamedKey(account, references.template ?? '', acceptedAt) : namedKey(account, name);
  return {
    id: runId(key),
    key,
    account,
    name,
    template: references.template,
    expected: references.run?.expected ?? null,
    startedAt: acceptedAt,
    lastAt: acceptedAt,
    messages: 0,
    recipients: 0,
    states: {},
    failures: [],
    duplicates: 0,
    identical: 0,
    duplicateExamples: [],
    held: null,
    released: null,
  };
}

/** With one message more, as it was accepted: what became of it since is in the events that follow. */
export function joinRun(run: RunRecord, message: AcceptedMessage, recipients: number): RunRecord {
  const { acceptedAt, references } = message;
  return {
    ...run,
    expected: references.run?.expected ?? run.expected,
    template: run.template === references.template ? run.template : null,
    lastAt: Math.max(run.lastAt, acceptedAt),
    messages: run.messages + 1,
    recipients: run.recipients + recipients,
    states: { ...run.states, queued: (run.states.queued ?? 0) + recipients },
  };
}

/** Whether one more message of the template goes on with this one. */
export function goesOn(run: RunRecord, acceptedAt: number): boolean {
  return run.name === null && acceptedAt - run.lastAt <= RUN_PAUSE;
}

/** Whether a message that was accepted with this id is of the run: of its account and template, or name, it is. */
export function covers({ name, startedAt, lastAt }: RunRecord, message: string): boolean {
  if (name !== null) return true;
  const at = idTime(message);
  return at >= startedAt - TOLERANCE && at <= lastAt + TOLERANCE;
}

/** A recipient's state has changed. */
export function countOutcome(run: RunRecord, event: FeedEvent): RunRecord {
  const { state, previous, message, index, category = null } = event;
  if (state === undefined || previous === undefined || state === previous) return run;
  const states = { ...run.states, [previous]: Math.max(0, (run.states[previous] ?? 0) - 1), [state]: (run.states[state] ?? 0) + 1 };
  const failed = (state === 'failed' || state === 'expired' || state === 'suppressed') && message !== undefined && index !== undefined;
  const failures = failed ? [...run.failures, { message, index, category }].slice(-EXAMPLES) : run.failures;
  return { ...run, states, failures };
}

export interface Candidate {
  readonly message: Pick<AcceptedMessage, 'id' | 'sha256'>;
  readonly recipients: readonly { readonly address: string }[];
}

/** Recipients that an earlier message with the same document went to as well. */
export function duplicatesOf(message: Candidate, earlier: readonly Candidate[]): readonly RunDuplicate[] {
  return message.recipients.flatMap(({ address }, index) => {
    const name = normalizeAddress(address as Address);
    const same = earlier.filter(({ recipients }) => recipients.some((one) => normalizeAddress(one.address as Address) === name));
    const found = same.find((one) => one.message.sha256 === message.message.sha256) ?? same[0];
    if (found === undefined) return [];
    return [{ message: message.message.id, of: found.message.id, index, identical: found.message.sha256 === message.message.sha256 }];
  });
}

export function noteDuplicates(run: RunRecord, found: readonly RunDuplicate[]): RunRecord {
  if (found.length === 0) return run;
  return {
    ...run,
    duplicates: run.duplicates + found.length,
    identical: run.identical + found.filter(({ identical }) => identical).length,
    duplicateExamples: [...run.duplicateExamples, ...found].slice(-EXAMPLES),
  };
}

export interface RunFigures {
  readonly expected: number | null;
  /** Messages. */
  readonly received: number;
  readonly missing: number;
  /** Recipients. */
  readonly waiting: number;
  readonly held: number;
  readonly transferred: number;
  readonly failed: number;
  readonly cancelled: number;
}

export function runFigures({ expected, messages, states }: RunRecord): RunFigures {
  const of = (...names: readonly RecipientState[]): number => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  return {
    expected,
    received: messages,
    missing: expected === null ? 0 : Math.max(0, expected - messages),
    waiting: of('queued', 'deferred'),
    held: of('held'),
    transferred: of('transferred', 'delivered'),
    failed: of('failed', 'expired', 'suppressed'),
    cancelled: of('cancelled'),
  };
}
